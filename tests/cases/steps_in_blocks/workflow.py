"""An `if`, a helper and a call that nobody reads are steps: what they do has happened before what follows."""

from ladle import task, workflow

done: list[str] = []


@task
def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


@task
def note(text: str) -> None:
    """Told for its effect."""
    done.append(text)


@task
def told() -> list[str]:
    """What was noted until now: an effect that no value shows."""
    return list(done)


def reset() -> None:
    done.clear()


def noted(n: int) -> int:
    note(f"helper {n}")
    return add(n, 1)


@workflow
def steps_in_blocks(n: int) -> list[list[str]]:
    if n > 1:
        note("if")
    first = told()
    noted(n)
    second = told()
    _unread = add(n, 2)
    third = told()
    return [first, second, third]
