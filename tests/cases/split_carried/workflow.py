"""A split loop hands what it changes from run to run, and is left as Python leaves it."""

from ladle import split, task, workflow


@task
def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


@workflow
def split_carried(numbers: list[int], limit: int) -> list[int]:
    total, seen, last = 0, 0, -1
    with split(every=2):
        for at, n in enumerate(numbers):
            if n == 0:
                continue
            if n < 0:
                return [total, at]
            total = add(total, n)
            seen += 1
            last = n
            if total > limit:
                break
        else:
            total = add(total, 100)
    return [total, seen, last]
