"""Calls that can fail into different handlers run in order: the first that fails in Python decides."""

from ladle import task, workflow


class BadFile(Exception):
    pass


class BadDay(Exception):
    pass


@task
def load(key: str) -> int:
    """Read a file."""
    if key.startswith("bad"):
        raise BadFile(key)
    return len(key)


@task
def weather(key: str) -> int:
    """Read the weather of a day."""
    if key.startswith("bad"):
        raise BadDay(key)
    return len(key)


@workflow
def try_in_order(a: str, b: str) -> str:
    try:
        rows = load(a)
        degrees = weather(b)
    except BadFile:
        return "no file"
    except BadDay:
        return "no weather"
    return f"{rows} rows, {degrees} degrees"
