"""Bare calls in `at_once` overlap; the block as a whole is a step."""

from ladle import at_once, task, workflow


@task
def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


@task
def note(text: str) -> None:
    pass


@workflow
def together(n: int) -> int:
    a = add(n, 1)
    with at_once():
        note("one")
        note("two")
    return add(a, n)
