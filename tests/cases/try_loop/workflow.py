"""A loop tries again until it works."""

from ladle import sleep, task, workflow

tries = {"n": 0}


def reset() -> None:
    tries["n"] = 0


@task
def flaky(least: int) -> int:
    tries["n"] += 1
    if tries["n"] < least:
        raise ConnectionError("not yet")
    return tries["n"]


@workflow
def try_loop(least: int) -> int:
    for number in range(3):
        try:
            found = flaky(least)
        except ConnectionError:
            sleep(60)
            continue
        return found * 10 + number
    return -1
