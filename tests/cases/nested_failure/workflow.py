"""A nested run's failure is caught under its own name."""

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
    if key == "empty":
        raise LookupError("nothing in it")
    return load(key)


@workflow
def middle(key: str) -> int:
    return inner(key)


@workflow
def outer(key: str) -> str:
    try:
        size = middle(key)
    except BadFile as error:
        return "bad: " + str(error)
    except LookupError as error:
        return "lookup: " + str(error)
    return f"{size}"
