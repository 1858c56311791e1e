"""Errors within and around a split loop: under their own names, with their texts, through `finally`."""

from ladle import run, split, task, workflow


class Bad(Exception):
    pass


class Worse(Bad):
    pass


@task
def load(key: str, of: str) -> str:
    """Load a file."""
    if key == "bad":
        raise Bad("bad " + key)
    if key == "worse":
        raise Worse("worse " + key)
    if key == "odd":
        raise ValueError(key)
    return key + of


@task
def tell(text: str) -> None:
    """Tell somebody."""


@workflow
def split_errors(keys: list[str], again: list[str]) -> list[str]:
    found: list[str] = []
    try:
        load("bad", "")
    except Bad as error:
        with split(every=2):
            for key in again:
                found.append(load(key, str(error)))
    try:
        with split(every=2):
            for key in keys:
                try:
                    if key == "stop":
                        break
                    if key == "raise":
                        raise LookupError("raised in the loop")
                    found.append(load(key, run.workflow))
                except Worse as error:
                    found.append("worse: " + str(error))
                finally:
                    tell(key)
                    found.append(".")
    except Bad as error:
        return ["bad", str(error)]
    except LookupError as error:
        return ["lookup", str(error)]
    return found
