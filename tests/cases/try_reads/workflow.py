"""A handler reads what the body had set before it failed."""

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
def try_reads(a: str, b: str) -> int:
    first = 0
    try:
        first = load(a)
        second = load(b)
    except BadFile:
        note(f"after {first}")
        return first
    return first + second
