"""A handler within an iteration concerns that iteration alone."""

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


def safe(key: str) -> int:
    try:
        return load(key)
    except BadFile:
        return -1


@workflow
def try_in_map(keys: list[str]) -> list[int]:
    return [safe(key) for key in keys]
