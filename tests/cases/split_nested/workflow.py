"""Split loops in split loops, in helpers and in comprehensions; ranges, whose parts are ranges."""

from ladle import in_order, split, task, workflow


@task
def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


def summed(numbers: list[int], most: int) -> int:
    total = 0
    with split(every=2):
        for n in numbers:
            total = add(total, n)
            if total > most:
                return -total
    return total


@workflow
def split_nested(rows: list[list[int]], n: int) -> list[int]:
    try:
        most = add(n, 10 // n)
    except ZeroDivisionError:
        most = 10

    def within(row: list[int]) -> int:
        total = 0
        with split(every=2):
            for cell in row:
                total = add(total, min(cell, most))
        return total

    bounded = [within(row) for row in rows]
    found = [summed(row, 10) for row in rows]
    first = summed(found, 100)
    grid = 0
    with in_order(), split(every=2):
        for each in found:
            grid = add(grid, 0)
            first = add(first, each)
    with split(every=2):
        for row in rows:
            with split(every=1):
                for cell in row:
                    if cell == 9:
                        break
                    grid = add(grid, cell)
                else:
                    grid = add(grid, 1000)
    steps = 0
    with split(every=3):
        for i in range(n, 0, -2):
            steps = add(steps, i)
    with split(every=4):
        for i in range(5):
            last = add(steps, i)
    return [first, grid, steps, last, i, sum(bounded)]
