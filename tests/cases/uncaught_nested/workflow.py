"""A nested run's failure that nobody catches ends the run."""

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
def outer(key: str) -> int:
    return inner(key) + 1
