"""Each call uses the result of the one before."""

from ladle import task, workflow


@task
def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


@workflow
def sequence(start: int) -> int:
    """Add up in a row."""
    first = add(start, 1)
    second = add(first, 2)
    return add(second, first)
