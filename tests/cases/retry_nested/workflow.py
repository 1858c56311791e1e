"""A helper that calls a workflow is retried on the error that the nested run ended with."""

from ladle import retry, task, workflow

tries = {"n": 0}


def reset() -> None:
    tries["n"] = 0


class NotYet(Exception):
    pass


@task
def look(least: int) -> int:
    tries["n"] += 1
    if tries["n"] < least:
        raise NotYet(f"{tries['n']}")
    if least < 0:
        raise ValueError("never")
    return tries["n"]


@workflow
def inner(least: int) -> int:
    return look(least)


def both(least: int) -> int:
    found = inner(least)
    return found * 10


@workflow
def outer(least: int) -> int:
    return retry(on=[NotYet], attempts=2)(both)(least)
