"""An error that a helper raises reaches the handler around its call."""

from ladle import task, workflow


@task
def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


class Late(Exception):
    pass


def checked(n: int) -> int:
    twice = add(n, n)
    if twice > 10:
        raise Late(f"{twice} is late")
    return twice


@workflow
def raise_through_helper(n: int) -> str:
    try:
        value = checked(n)
    except Late as late:
        return str(late)
    return f"{value}"
