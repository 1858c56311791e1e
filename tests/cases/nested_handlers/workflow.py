"""A nested run's failure goes to the first handler that names it, with `except Exception` after it, too."""

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


@workflow
def inner(key: str) -> int:
    return load(key)


@workflow
def outer(key: str) -> str:
    try:
        size = inner(key)
    except BadFile as error:
        return "bad: " + str(error)
    except Exception as error:
        return "other: " + str(error)
    return f"{size}"
