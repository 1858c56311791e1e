"""A bare call waits for everything before it, and everything after waits for it."""

from ladle import task, workflow


@task
def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


@task
def note(text: str) -> None:
    """Told for its effect."""


@workflow
def step_barrier(n: int) -> int:
    a = add(n, 1)
    b = add(n, 2)
    note("between")
    c = add(n, 3)
    d = add(n, 4)
    return add(add(a, b), add(c, d))
