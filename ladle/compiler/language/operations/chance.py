"""What is made of a random draw, a float from 0 up to 1: whole numbers, and items of lists."""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from typing import Any, Final

from ladle.compiler.language.operations.reference import Limit

__all__ = ["EMPTY_RANGE", "SPREAD", "drawn", "drawn_below", "drawn_item"]

SPREAD: Final = 2**53
"""As many whole numbers as a draw can tell apart."""

EMPTY_RANGE: Final = (
    "empty range in randrange({low}, {stop})"
    if sys.version_info >= (3, 12)
    else "empty range for randrange() ({low}, {stop}, {size})"
)
"""What this Python says of `randint(3, 1)`."""


def drawn(draw: float, low: int, high: int) -> int:
    """`random.randint(low, high)`: a draw below 1 times at most 2**53 stays below that, however it rounds."""
    size = high - low + 1
    if size < 1:
        raise ValueError(EMPTY_RANGE.format(low=low, stop=high + 1, size=size))
    if size > SPREAD:
        raise Limit("OverflowError", "int past 2**53")
    return low + math.floor(draw * size)


def drawn_below(draw: float, stop: int) -> int:
    """`random.randrange(stop)`."""
    if stop < 1:
        raise ValueError("empty range for randrange()")
    return math.floor(draw * stop)


def drawn_item(items: Sequence[Any], draw: float) -> Any:
    """`random.choice(items)`."""
    if not items:
        raise IndexError("Cannot choose from an empty sequence")
    return items[math.floor(draw * len(items))]
