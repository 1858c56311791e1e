"""`finally` runs after the failure of a nested run too, and the error goes on."""

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
def inner(key: str) -> int:
    return load(key)


@workflow
def outer(key: str) -> str:
    try:
        try:
            size = inner(key)
        finally:
            note("inner done")
    except BadFile as error:
        return str(error)
    return f"{size}"
