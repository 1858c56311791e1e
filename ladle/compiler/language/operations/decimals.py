"""What rounding to digits means: the exact value of the double, rounded half to even, as Python does."""

from __future__ import annotations

import math
from typing import Final

from ladle.compiler.language.operations.formats import format_float, parse_format
from ladle.compiler.language.operations.reference import LARGEST, Limit, finite

__all__ = ["FEWEST", "MOST", "float_kept", "float_round", "float_shown", "float_text"]

FEWEST: Final = 1e-4
MOST: Final = 1e16
"""From here to there, Python writes a float without an exponent."""


def float_kept(value: float) -> float:
    """A float that a text will show, from a variable: a zero has no sign there."""
    if value == 0 and math.copysign(1, value) < 0:
        raise Limit("ValueError", "a zero that would lose its sign")
    return value


def float_round(value: float, digits: int) -> float:
    """`round(value, digits)`, while value and digits together stay within the exact integers."""
    if abs(value) * 10.0**digits > LARGEST:
        raise Limit("OverflowError", "digits past 2**53")
    return round(float(value), digits)


def float_text(value: float, spec: str) -> str:
    """`format(value, spec)` of a number whose whole part is an exact integer."""
    shown = finite(float(value) * 100) if parse_format("float", spec).code == "%" else value
    if abs(shown) > LARGEST:
        raise Limit("OverflowError", "digits past 2**53")
    return format_float(value, spec)


def float_shown(value: float) -> str:
    """`str(value)`: the fewest digits that give the float back."""
    if value and not FEWEST <= abs(value) < MOST:
        raise Limit("OverflowError", "the text of a float that needs an exponent")
    return str(float(value))
