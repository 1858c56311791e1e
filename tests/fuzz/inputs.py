"""Random inputs of random workflows, the awkward ones among them."""

from __future__ import annotations

import random
from typing import Any

from tests.fuzz.expressions import ANNOTATIONS

__all__ = ["KINDS", "PARAMETERS", "random_input"]

KINDS = {
    "n": "int", "m": "int", "s": "str", "t": "str", "flagged": "bool", "x": "float", "y": "float", "xs": "ints", "ys": "ints",
    "words": "words", "reals": "reals", "table": "table", "index": "index", "thing": "item", "things": "things", "row": "row",
    "day": "date", "at": "time", "then": "time", "perhaps": "maybe", "whole": "whole", "color": "color", "level": "level",
    "grid": "grid", "pair": "pair", "limit": "int",
}  # fmt: skip
"""The parameters of random workflows, with their kinds."""

PARAMETERS = ", ".join(f"{name}: {ANNOTATIONS[kind]}{' = 2' * (name == 'limit')}" for name, kind in KINDS.items())

INTEGERS = (0, 1, -1, 2, 3, 5, 9, 12, 100, 2**53 - 1, -(2**53) + 1, 2**53 - 2)
REALS = (0.0, -0.0, 0.5, -1.5, 3, 2.675, 0.1, 1e308, -1e308, 5e-324, 2.0**53, 1e16)
TEXTS = (
    "", "a", "b", "ab", "12", "äö-1", "𝄞", "a𝄞b", " 7 ", "-3", "x/y.csv", "a,b,,c", "{% $n %}", "toString",
    "__proto__", "'\"\\", "line\nline", "long " * 400, "0x10", "٣", "2013-01-31", "1_0", "\u2028x\x1c", "ßİς", "x/y",
)  # fmt: skip
KEYS = ("a", "b", "10", "2", "toString", "ä", "𝄞", "")
DAYS = ("2013-01-31", "2024-02-29", "1999-12-31", "0001-01-01", "9999-12-31", "1900-02-28")
TIMES = (
    "2013-01-31T06:00:00Z", "2024-02-29T23:59:59.123Z", "1999-12-31T23:59:59.5+02:00", "2099-12-31T23:59:59.999999Z",
    "1969-12-31T23:59:59.1234-05:30", "1900-01-01T00:00:00.000001+14:00",
)  # fmt: skip
COLORS = ("red", "green", "blue")


def random_input(chance: random.Random) -> dict[str, Any]:
    """A JSON input of a workflow with `PARAMETERS`. Two in five are plain: small numbers and short text."""
    plain = chance.random() < 0.4
    integers = INTEGERS[:7] if plain else INTEGERS
    reals = REALS[:5] if plain else REALS
    texts = (*TEXTS[:5], "x/y") if plain else TEXTS
    keys = KEYS[:4] if plain else KEYS
    days = DAYS[:3] if plain else DAYS
    times = TIMES[:2] if plain else TIMES

    def few(values: Any) -> list[Any]:
        return [chance.choice(values) for _ in range(chance.choice([0, 1, 1, 2, 3]))]

    def thing() -> dict[str, Any]:
        made: dict[str, Any] = {"name": chance.choice(texts)}
        if chance.random() < 0.5:
            made["size"] = chance.choice(integers[:9])
        if chance.random() < 0.5:
            made["tags"] = chance.choice([None, few(texts)])
        if chance.random() < 0.5:
            made["day"] = chance.choice(days)
        return made

    given: dict[str, Any] = {
        "n": chance.choice(integers),
        "m": chance.choice(integers),
        "s": chance.choice(texts),
        "t": chance.choice(texts),
        "flagged": chance.random() < 0.5,
        "x": chance.choice(reals),
        "y": chance.choice(reals),
        "xs": few(integers[:9]),
        "ys": few(integers),
        "words": few(texts),
        "reals": few(reals),
        "table": {key: chance.choice(integers) for key in few(keys)},
        "index": {key: few(integers[:9]) for key in few(keys)},
        "thing": thing(),
        "things": [thing() for _ in range(chance.choice([0, 1, 1, 2, 3]))],
        "row": {"count": chance.choice(integers), "label": chance.choice(texts)},
        "day": chance.choice(days),
        "at": chance.choice(times),
        "then": chance.choice(times),
        "perhaps": chance.choice([None, *texts[:6]]),
        "whole": chance.choice([None, *integers[:9]]),
        "color": chance.choice(COLORS),
        "level": chance.choice(["low", "high"]),
        "grid": [few(integers[:9]) for _ in range(chance.choice([0, 1, 1, 2, 3]))],
        "pair": [chance.choice(integers), chance.choice(texts)],
    }
    if chance.random() < 0.5:
        given["row"]["extra"] = chance.choice(integers[:9])
    if chance.random() < 0.5:
        given["limit"] = chance.choice(integers[:6])
    return given
