"""A workflow without calls, and one that only computes at its ends."""

from ladle import task, workflow


@task
def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


@workflow
def pure(a: int, b: int) -> int:
    top = a * 2 + b
    found = add(top, b)
    if found > 10:
        found = found - 10
    return found + top
