"""A call in `after` waits for the values named there."""

from ladle import after, task, workflow


@task
def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


@task
def note(text: str) -> None:
    pass


@workflow
def afterwards(n: int) -> int:
    a = add(n, 1)
    b = add(n, 2)
    with after(a):
        note("a is there")
    return add(a, b)
