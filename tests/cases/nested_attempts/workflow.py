"""A Map of attempts at a workflow goes on past failed runs."""

from ladle import Failed, attempt, each, task, workflow


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
def outer(keys: list[str]) -> list[str]:
    found = [attempt(inner, key) for key in each(keys, concurrency=2)]
    return [one.error + " " + one.cause if isinstance(one, Failed) else "fine" for one in found]
