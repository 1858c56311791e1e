"""A chain of tests is one Choice."""

from ladle import task, workflow


@task
def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


@workflow
def elif_chain(n: int) -> int:
    if n < 0:
        found = add(n, -1)
    elif n == 0:
        found = 100
    elif n < 10:
        found = add(n, 1)
    else:
        found = add(n, 2)
    return found
