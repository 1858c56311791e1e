"""JSONata's operators on scalars, where the result is provably jlens's; anything else raises NotPlain.

Integers stay within the range that doubles hold exactly, strings that are ordered are ASCII (JavaScript
orders UTF-16 units), floats print only where fifteen digits need no exponent.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

from ladle.jsonata.syntax import NotPlain
from ladle.jsonata.values import JSON, UNDEFINED

__all__ = [
    "OPERATORS",
    "SAFE",
    "SCALARS",
    "add",
    "check_numbers",
    "finite",
    "negate",
    "number",
    "same",
    "text_of",
    "truth",
]

SAFE: Final = 2**53 - 1
_STRING_SAFE: Final = 10**15


def finite(value: JSON) -> JSON:
    """Return `value`, with infinity and not-a-number as the strings that Step Functions makes of them."""
    if type(value) is float and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return value


def number(value: float) -> JSON:
    """Return a double as jlens would: integral ones as int."""
    if value.is_integer():
        if -SAFE <= value <= SAFE:
            return int(value)
        raise NotPlain
    if math.isfinite(value):
        return value
    raise NotPlain


def check_numbers(left: JSON, right: JSON) -> None:
    """Let only finite numbers pass, integers within the doubles' exact range."""
    for value in (left, right):
        kind = type(value)
        if kind is int:
            if not -SAFE <= value <= SAFE:
                raise NotPlain
        elif kind is not float or not math.isfinite(value):
            raise NotPlain


def add(left: JSON, right: JSON) -> JSON:
    if type(left) is int and type(right) is int:
        if -SAFE <= left <= SAFE and -SAFE <= right <= SAFE:
            total = left + right
            if -SAFE <= total <= SAFE:
                return total
        raise NotPlain
    check_numbers(left, right)
    return number(float(left + right))


def _subtract(left: JSON, right: JSON) -> JSON:
    if type(left) is int and type(right) is int:
        if -SAFE <= left <= SAFE and -SAFE <= right <= SAFE:
            total = left - right
            if -SAFE <= total <= SAFE:
                return total
        raise NotPlain
    check_numbers(left, right)
    return number(float(left - right))


def _multiply(left: JSON, right: JSON) -> JSON:
    check_numbers(left, right)
    product = left * right
    if type(product) is int:
        if -SAFE <= product <= SAFE:
            return product
        raise NotPlain
    return number(product)


def _divide(left: JSON, right: JSON) -> JSON:
    check_numbers(left, right)
    if right == 0:
        if math.copysign(1.0, right) < 0:
            raise NotPlain
        return math.nan if left == 0 else math.copysign(math.inf, left)
    return number(left / right)


def _remainder(left: JSON, right: JSON) -> JSON:
    check_numbers(left, right)
    if right == 0:
        return math.nan
    return number(math.fmod(left, right))


def _less(left: JSON, right: JSON) -> bool:
    _comparable(left, right)
    return bool(left < right)


def _less_or_equal(left: JSON, right: JSON) -> bool:
    _comparable(left, right)
    return bool(left <= right)


def _greater(left: JSON, right: JSON) -> bool:
    _comparable(left, right)
    return bool(left > right)


def _greater_or_equal(left: JSON, right: JSON) -> bool:
    _comparable(left, right)
    return bool(left >= right)


def _comparable(left: JSON, right: JSON) -> None:
    """Let pairs of numbers pass, and pairs of ASCII strings (UTF-16 orders others differently)."""
    first, second = type(left), type(right)
    if first is str and second is str:
        if left.isascii() and right.isascii():
            return
        raise NotPlain
    if first is int:
        if not -SAFE <= left <= SAFE:
            raise NotPlain
    elif first is not float:
        raise NotPlain
    if second is int:
        if not -SAFE <= right <= SAFE:
            raise NotPlain
    elif second is not float:
        raise NotPlain


SCALARS: Final = frozenset({str, bool, type(None), float, int})


def _equal(left: JSON, right: JSON) -> bool:
    if left is UNDEFINED or right is UNDEFINED:
        return False
    return same(left, right)


def _not_equal(left: JSON, right: JSON) -> bool:
    if left is UNDEFINED or right is UNDEFINED:
        return False
    return not same(left, right)


def same(left: JSON, right: JSON) -> bool:
    """Compare two scalars by type and value; numbers by value."""
    first, second = type(left), type(right)
    if first not in SCALARS or second not in SCALARS:
        raise NotPlain
    if first is second:
        if first is int and not (-SAFE <= left <= SAFE and -SAFE <= right <= SAFE):
            raise NotPlain
        return bool(left == right)
    if first in (int, float) and second in (int, float):
        check_numbers(left, right)
        return bool(left == right)
    return False


def text_of(value: JSON) -> str:
    """Return `$string` of a scalar; a float only where fifteen digits print without an exponent."""
    kind = type(value)
    if kind is str:
        return str(value)
    if kind is bool:
        return "true" if value else "false"
    if kind is int:
        if -_STRING_SAFE < value < _STRING_SAFE:
            return str(value)
    elif kind is float:
        if 1e-4 <= abs(value) < 1e15:
            rounded = float(f"{value:.15g}")
            return str(int(rounded)) if rounded.is_integer() else repr(rounded)
    elif value is None:
        return "null"
    raise NotPlain


def _concatenate(left: JSON, right: JSON) -> str:
    return ("" if left is UNDEFINED else text_of(left)) + ("" if right is UNDEFINED else text_of(right))


def truth(value: JSON) -> bool:
    """Return `$boolean` of anything but a list; undefined counts as false."""
    kind = type(value)
    if kind is bool:
        return bool(value)
    if kind is list or (kind is float and math.isnan(value)):
        raise NotPlain
    return bool(value)


def _among(left: JSON, right: JSON) -> bool:
    if left is UNDEFINED or right is UNDEFINED:
        return False
    if type(left) not in SCALARS:
        raise NotPlain
    candidates = right if type(right) is list else [right]
    found = False
    for candidate in candidates:
        if type(candidate) in SCALARS and same(candidate, left):
            found = True
    return found


OPERATORS: Final[dict[str, Callable[[JSON, JSON], JSON]]] = {
    "+": add,
    "-": _subtract,
    "*": _multiply,
    "/": _divide,
    "%": _remainder,
    "&": _concatenate,
    "=": _equal,
    "!=": _not_equal,
    "<": _less,
    "<=": _less_or_equal,
    ">": _greater,
    ">=": _greater_or_equal,
    "in": _among,
}


def negate(value: JSON) -> JSON:
    """Return `-value`; undefined stays undefined."""
    if value is UNDEFINED:
        return value
    check_numbers(value, 0)
    return -value
