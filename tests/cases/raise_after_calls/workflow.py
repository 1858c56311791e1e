"""A `raise` that a handler takes waits for the calls before it: the run goes on, and they are Python's."""

from ladle import at_once, task, workflow


class Refused(Exception):
    pass


@task
def load(key: str) -> int:
    """Load a file."""
    return len(key)


@task
def tell(text: str) -> None:
    """Say something."""


@workflow
def raise_after_calls(key: str, most: int) -> int:
    found = 0
    try:
        rows = load(key)
        if most < 2:
            raise Refused("too few")
        more = load(key + "s")
        found = rows + more
    except Refused:
        found = -1
    try:
        with at_once():
            tell("one")
            tell("two")
            if found < 0:
                raise Refused("told")
    except Refused as error:
        tell(str(error))
    return found
