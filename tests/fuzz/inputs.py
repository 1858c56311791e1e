"""Random inputs of random workflows, the awkward ones among them."""

from __future__ import annotations

import random
from typing import Any

__all__ = ["PARAMETERS", "random_input"]

PARAMETERS = (
    "n: int, s: str, flagged: bool, x: float, xs: list[int], words: list[str], "
    "table: dict[str, int], thing: Item, perhaps: str | None, limit: int = 2"
)

INTEGERS = (0, 1, -1, 2, 3, 5, 9, 12, 100, 2**53 - 1, -(2**53) + 1, 2**53 - 2)
REALS = (0.0, -0.0, 0.5, -1.5, 3, 1e308, -1e308, 5e-324, 2.0**53)
TEXTS = (
    "", "a", "b", "ab", "äö-1", "𝄞", "a𝄞b", "12", " 7 ", "-3", "x/y.csv", "a,b,,c", "{% $n %}", "toString",
    "__proto__", "'\"\\", "line\nline", "long " * 400, "0x10", "٣",
)  # fmt: skip
KEYS = ("a", "b", "10", "2", "toString", "ä", "𝄞", "")


def random_input(chance: random.Random) -> dict[str, Any]:
    """A JSON input of a workflow with `PARAMETERS`. One in three is plain: small numbers and short text."""
    plain = chance.random() < 0.4
    integers = INTEGERS[:7] if plain else INTEGERS
    reals = REALS[:5] if plain else REALS
    texts = ("a", "b", "ab", "12", "x/y") if plain else TEXTS
    keys = KEYS[:4] if plain else KEYS

    def few(values: Any) -> list[Any]:
        return [chance.choice(values) for _ in range(chance.choice([0, 1, 1, 2, 3]))]

    given: dict[str, Any] = {
        "n": chance.choice(integers),
        "s": chance.choice(texts),
        "flagged": chance.random() < 0.5,
        "x": chance.choice(reals),
        "xs": few(integers[:9]),
        "words": few(texts),
        "table": {key: chance.choice(integers) for key in few(keys)},
        "thing": {"name": chance.choice(texts)},
        "perhaps": chance.choice([None, *texts[:6]]),
    }
    if chance.random() < 0.5:
        given["thing"]["size"] = chance.choice(integers[:9])
    if chance.random() < 0.5:
        given["thing"]["tags"] = chance.choice([None, few(texts)])
    if chance.random() < 0.5:
        given["thing"]["day"] = chance.choice(["2013-01-31", "0001-01-01", "9999-12-31", "2024-02-29"])
    if chance.random() < 0.5:
        given["limit"] = chance.choice(integers[:6])
    return given
