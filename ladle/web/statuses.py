"""The words that the page has for statuses, and the letters they are packed as."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

__all__ = ["BAD", "LETTERS", "OF_RECORD", "packed", "run_lengths"]

LETTERS: Final[Mapping[str, str]] = {
    "succeeded": "s",
    "retried": "r",
    "failed": "f",
    "timed_out": "t",
    "running": "u",
    "waiting": "w",
    "backoff": "b",
    "caught": "c",
    "stopped": "x",
    "missed": "m",
    "pending": "-",
    "scheduled": "n",
}

OF_RECORD: Final[Mapping[str, str]] = {
    "SUCCEEDED": "succeeded",
    "FAILED": "failed",
    "TIMED_OUT": "timed_out",
    "ABORTED": "stopped",
    "INTERRUPTED": "stopped",
    "RUNNING": "running",
}
"""The word for the status of a run."""

BAD: Final = ("failed", "timed_out")


def packed(statuses: Iterable[str]) -> str:
    """A letter a status.

    >>> packed(["succeeded", "failed", "pending"])
    'sf-'
    """
    return "".join(LETTERS[status] for status in statuses)


def run_lengths(letters: Iterable[str]) -> list[list[str | int]]:
    """How often each letter follows itself.

    >>> run_lengths("ssfs")
    [['s', 2], ['f', 1], ['s', 1]]
    """
    found: list[list[str | int]] = []
    last, count = "", 0
    for letter in letters:
        if letter == last:
            count += 1
            continue
        if count:
            found.append([last, count])
        last, count = letter, 1
    if count:
        found.append([last, count])
    return found
