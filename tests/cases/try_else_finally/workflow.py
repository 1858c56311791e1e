"""`else` runs when nothing failed, `finally` always."""

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
def try_else_finally(key: str) -> int:
    size = 0
    try:
        size = load(key)
    except BadFile:
        size = -1
    else:
        note("loaded")
    finally:
        note("done")
    return size
