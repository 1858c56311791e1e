"""A `raise` that a handler in the same scope takes leads to it."""

from ladle import task, workflow


@task
def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


class Late(Exception):
    pass


@workflow
def raise_caught(n: int) -> str:
    try:
        twice = add(n, n)
        if twice > 10:
            raise Late(f"{twice}")
        text = "fine"
    except Late as late:
        text = "late " + str(late)
    return text
