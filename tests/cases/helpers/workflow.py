"""Helpers are compiled in place, each call with its own names."""

from ladle import task, workflow


@task
def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


def shifted(n: int, by: int) -> int:
    if by == 0:
        return n
    moved = add(n, by)
    return moved * 10


@workflow
def helpers(n: int) -> int:
    a = shifted(n, 1)
    b = shifted(n, 0)
    return add(a, b)
