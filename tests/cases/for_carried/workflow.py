"""A loop carries values from one iteration to the next."""

from ladle import task, workflow


@task
def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


@workflow
def for_carried(numbers: list[int]) -> int:
    total = 0
    for n in numbers:
        total = add(total, n)
    return total
