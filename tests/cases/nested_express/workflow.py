"""A call of an Express workflow: its value, its failure under its own name, as a value, and from within."""

from ladle import Failed, attempt, retry, task, workflow


class BadFile(Exception):
    pass


TRIES: list[str] = []


def reset() -> None:
    TRIES.clear()


@task
def load(key: str) -> list[int]:
    """Read a file."""
    if key.startswith("bad"):
        raise BadFile(f'no "{key}"')
    if key.startswith("odd"):
        raise ValueError(key)
    if key.startswith("late"):
        TRIES.append(key)
        if len(TRIES) < 3:
            raise BadFile("too early")
    return [len(key)] * (len(key) % 3)


@workflow(type="EXPRESS", timeout=60)
def inner(key: str) -> list[int]:
    if key == "empty":
        raise LookupError("nothing in it")
    return load(key)


@workflow(type="EXPRESS", timeout=60)
def middle(key: str) -> list[int]:
    return inner(key)


def tried(key: str) -> list[int]:
    return middle(key)


@workflow
def outer(key: str, others: list[str]) -> list[str]:
    try:
        sizes = middle(key)
    except BadFile as error:
        return ["bad: " + str(error)]
    except LookupError as error:
        return ["lookup: " + str(error)]
    found = [attempt(inner, other) for other in others]
    told = [one.error + " " + one.cause if isinstance(one, Failed) else f"{len(one)}" for one in found]
    late = retry(on=[BadFile], attempts=2)(tried)("late")
    return [f"{size}" for size in [*sizes, *late]] + told
