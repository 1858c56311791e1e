"""The text of an error is computed also where nobody reads it: it may fail."""

from ladle import task, workflow


class Bad(Exception):
    pass


@task
def tell(text: str) -> None:
    """Says what happened."""


@workflow
def raise_failing(text: str) -> str:
    try:
        raise Bad(text[0])
    except Bad:
        tell("bad")
    return "done"
