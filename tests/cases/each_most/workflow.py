"""`each(…, most=…)` holds a comprehension and a loop to what their author said."""

from ladle import each, task, workflow


@task
def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


@workflow
def each_most(numbers: list[int], start: int) -> list[int]:
    total = start
    try:
        for n in each(numbers, most=3):
            total = add(total, n)
    except ValueError as error:
        return [add(total, len(str(error)))]
    return [add(n, total) for n in each(numbers, batch=2, most=2)]
