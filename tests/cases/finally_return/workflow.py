"""A `return` inside a `try` passes through its `finally`, with the value from before."""

from ladle import task, workflow


class BadFile(Exception):
    pass


@task
def load(key: str) -> int:
    """Read a file."""
    if key.startswith("bad"):
        raise BadFile(f'no "{key}"')
    if key.startswith("odd"):
        raise ValueError(key)
    return len(key)


@task
def note(text: str) -> None:
    pass


@workflow
def finally_return(key: str) -> int:
    try:
        size = load(key)
        if size > 3:
            return size
        note("short")
    finally:
        note("done")
    return -size
