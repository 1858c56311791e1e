"""Ten thousand items of a Map."""

from __future__ import annotations

import random
from itertools import groupby
from typing import Any, Final

from tests.ui.samples.names import BATCH, NOW

ITEMS: Final = 10_000


def letters() -> str:
    """Ten thousand items: failures that stand together, a few alone, the last ones running."""
    draw = random.Random(99)
    found = []
    for n in range(ITEMS):
        clustered = 4180 < n < 4290
        if n > 9312:
            found.append("u" if n < 9374 else "-")
        elif draw.random() < (0.24 if clustered else 0.0007):
            found.append("f")
        else:
            found.append("r" if draw.random() < 0.031 else "s")
    return "".join(found)


LETTERS: Final = letters()
WORDS: Final = {"s": "succeeded", "r": "retried", "f": "failed", "u": "running", "-": "pending"}


def error_of(index: int) -> str:
    return (
        "ConnectionError: geocoder answered 503"
        if 4180 < index < 4290
        else "ValueError: no street in address"
    )


def counts() -> dict[str, int]:
    return {WORDS[letter]: LETTERS.count(letter) for letter in "srfu-"}


def the_map() -> dict[str, Any]:
    """Its items."""
    failures: dict[str, list[int]] = {}
    for index, letter in enumerate(LETTERS):
        if letter == "f":
            failures.setdefault(error_of(index), []).append(index)
    errors = [
        {
            "text": text,
            "error": text.split(":")[0],
            "count": len(found),
            "first": found[0],
            "items": [[n, 1] for n in found],
        }
        for text, found in sorted(failures.items(), key=lambda each: -len(each[1]))
    ]
    return {
        "now": NOW,
        "seq": 1,
        "run": BATCH,
        "workflow": "geocode_backlog",
        "status": "running",
        "step": "geocode",
        "total": ITEMS,
        "counts": counts(),
        "statuses": [[letter, len(list(group))] for letter, group in groupby(LETTERS)],
        "errors": errors,
        "concurrency": 64,
        "tolerated": "5 %",
        "eta": 40,
        "durations": {
            "p50": 1.4,
            "p95": 6.1,
            "max": 11.0,
            "width": 0.5,
            "bins": [0, 90, 60, 38, 30, 28, 24, 22, 20, 18, 16, 14, 11, 9, 3, 2, 1, 1, 1, 1, 0, 1],
        },
        "item": None,
    }


def items(status: str, error: str, after: int, limit: int) -> dict[str, Any]:
    """A page of the list of items."""
    wanted = {"succeeded": "sr", "failed": "f", "running": "u"}.get(status, "srfu-")
    found = [
        n
        for n, letter in enumerate(LETTERS)
        if letter in wanted and (not error or (letter == "f" and error_of(n) == error))
    ]
    rows = [
        [
            n,
            WORDS[LETTERS[n]],
            None if LETTERS[n] == "-" else 0.6 + n % 50 / 9,
            error_of(n) if LETTERS[n] == "f" else "",
        ]
        for n in found
        if n > after
    ][:limit]
    return {"total": len(found), "rows": rows, "next": rows[-1][0] if len(rows) == limit else None}
