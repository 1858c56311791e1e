"""Two calls that need the same result run at once; a third needs both."""

from ladle import task, workflow


@task
def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


@task
def double(n: int) -> int:
    return 2 * n


@workflow
def diamond(start: int) -> int:
    top = double(start)
    left = add(top, 1)
    right = add(top, 2)
    return add(left, right)
