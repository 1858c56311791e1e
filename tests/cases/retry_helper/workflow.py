"""A helper is retried as a whole."""

from ladle import retry, task, workflow

tries = {"n": 0}


def reset() -> None:
    tries["n"] = 0


@task
def begin(n: int) -> int:
    tries["n"] += 1
    return tries["n"]


@task
def finish(n: int, failures: int) -> str:
    if n <= failures:
        raise ValueError(f"{n}")
    return f"try {n}"


def both(failures: int) -> str:
    number = begin(failures)
    return finish(number, failures)


@workflow
def retry_helper(failures: int) -> str:
    return retry(on=[ValueError], attempts=2)(both)(failures)
