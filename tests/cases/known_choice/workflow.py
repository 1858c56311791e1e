"""A Choice that some of the ways to it decide: only the others go through it."""

from ladle import task, workflow


class Late(Exception): ...


@task
def load(key: str) -> int:
    """How many rows there are."""
    if key == "late":
        raise Late(key)
    return len(key)


@task
def publish(rows: int) -> str:
    return f"{rows} rows"


@task
def excuse(why: str | None) -> str:
    return f"nothing: {why}"


@workflow
def known_choice(key: str) -> str:
    why: str | None = None
    tries = 0
    rows = 0
    while tries < 3:
        try:
            rows += load(key)
        except Late:
            why = "late"
            break
        tries += 1
    if why is None:
        return publish(rows)
    return excuse(why)
