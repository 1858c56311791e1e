"""A loop, an `if`, a `try` and a helper are nodes like calls: each waits for the values it needs, no more."""

from ladle import task, workflow


class BadFile(Exception):
    pass


@task
def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


@task
def load(key: str) -> int:
    """Read a file."""
    if key.startswith("bad"):
        raise BadFile(key)
    return len(key)


def twice(n: int) -> int:
    return add(add(n, n), 0)


@workflow
def nodes_at_once(key: str, n: int) -> list[int]:
    total = 0
    for number in range(n):
        total = add(total, number)
    more = 0
    if n > 2:
        more = add(n, 1)
    try:
        size = load(key)
    except BadFile:
        size = add(n, 0)
    doubled = twice(n)
    return [total, more, size, doubled]
