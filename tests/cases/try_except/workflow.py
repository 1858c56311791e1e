"""A handler sees the text of the error, and may raise it again."""

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
def quarantine(key: str, reason: str) -> None:
    """Put a file aside."""


@workflow
def try_except(key: str) -> int:
    try:
        size = load(key)
    except BadFile as error:
        quarantine(key, str(error))
        raise
    return size + 1
