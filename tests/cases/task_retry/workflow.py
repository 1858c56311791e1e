"""A task's own retries come before any handler."""

from ladle import Retry, task, workflow

tries = {"n": 0}


def reset() -> None:
    tries["n"] = 0


@task(retry=Retry(on=[ConnectionError], attempts=2))
def flaky(failures: int) -> int:
    tries["n"] += 1
    if tries["n"] <= failures:
        raise ConnectionResetError("again")
    return tries["n"]


@workflow
def task_retry(failures: int) -> int:
    return flaky(failures)
