"""A failure as a value lets a Map go on past bad items."""

from ladle import Failed, attempt, task, workflow


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
def attempts(keys: list[str]) -> list[str]:
    found = [attempt(load, key) for key in keys]
    return [one.error + " " + one.cause if isinstance(one, Failed) else "fine" for one in found]
