"""A name that is used again is another value."""

from ladle import task, workflow


@task
def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


@workflow
def reused_name(n: int) -> int:
    x = add(n, 1)
    first = add(x, 1)
    x = add(n, 10)
    if n > 5:
        x = add(x, 100)
    return add(first, x)
