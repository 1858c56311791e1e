"""A helper retried on every error is so on expressions too."""

from ladle import retry, task, workflow

tries = {"n": 0}


def reset() -> None:
    tries["n"] = 0


@task
def prices(least: int) -> dict[str, int]:
    tries["n"] += 1
    return {"a": tries["n"]} if tries["n"] >= least else {}


def price(least: int) -> int:
    found = prices(least)
    return found["a"]


@workflow
def outer(least: int) -> int:
    return retry(attempts=2)(price)(least) + 1
