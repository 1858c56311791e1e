"""Calls of a `try` overlap where one handler takes them all."""

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
def try_parallel(a: str, b: str) -> int:
    try:
        first = load(a)
        second = load(b)
    except BadFile:
        return -1
    return first + second
