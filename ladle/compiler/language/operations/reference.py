"""What each operation means, as Python on wire values.

Dates are ISO text, records and dicts are dicts, lists and tuples are lists. A number of a float operation may
be an `int`: JSON does not tell 1 from 1.0. Functions raise what Python raises; :class:`Limit` is raised
instead of a value that the state machine could only approximate.
"""

from __future__ import annotations

import datetime as dt
import math
import re
import sys
from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import Any, Final

__all__ = ["LARGEST", "LONGEST", "SPACES", "Limit"]

LARGEST: Final = 2**53 - 1
"""Integers beyond this lose digits (`ladle.wire.LARGEST_INTEGER`)."""

LONGEST: Final = 10_000_000
"""Items that JSONata's range operator makes at most (error D2014)."""

SPACES: Final = "\t-\r\x1c- \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
"""White space to `str.strip()`, `str.split()` and `int()` (`str.isspace`): a character class's ranges."""

INTEGER: Final = re.compile(rf"[{SPACES}]*[+-]?[0-9]+(_[0-9]+)*[{SPACES}]*", re.ASCII)
DECIMAL: Final = re.compile(
    rf"[{SPACES}]*[+-]?([0-9]+(_[0-9]+)*(\.([0-9]+(_[0-9]+)*)?)?|\.[0-9]+(_[0-9]+)*)"
    rf"([eE][+-]?[0-9]+(_[0-9]+)*)?[{SPACES}]*",
    re.ASCII,
)
DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
COMPACT_DATE: Final = re.compile(r"[0-9]{8}", re.ASCII)
OTHER_DATE: Final = re.compile(r"[0-9]{4}-?W[0-9]{2}(-?[0-9])?", re.ASCII)


class Limit(Exception):
    """The operation stops the run although Python has a value. `name` is the error's name in the run."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name


# ------------------------------------------------------------------------------------------------ numbers


def whole(value: int) -> int:
    """`value`, if doubles hold it and its neighbours exactly."""
    if abs(value) > LARGEST:
        raise Limit("OverflowError", "int past 2**53")
    return value


def finite(value: float) -> float:
    """`value`, if JSON can hold it."""
    if not math.isfinite(value):
        raise Limit("OverflowError", "float past 1.8e308")
    return value


def float_div(a: float, b: float) -> float:
    return finite(float(a) / float(b))


def truncated(value: float) -> int:
    return whole(int(value))


def int_of_str(text: str) -> int:
    if INTEGER.fullmatch(text):
        return whole(int(re.sub(rf"[{SPACES}_]", "", text)))
    if _foreign(text):
        raise Limit("UnicodeError", "digits other than 0-9")
    raise ValueError(f"invalid literal for int() with base 10: {text}")


def float_of_str(text: str) -> float:
    if DECIMAL.fullmatch(text):
        return finite(float(re.sub(rf"[{SPACES}_]", "", text)))
    if _foreign(text) or re.search("inf|nan", text, re.IGNORECASE):
        raise Limit("UnicodeError", "digits other than 0-9, inf or nan")
    raise ValueError(f"could not convert string to float: {text}")


def is_int(text: str) -> bool:
    """Whether `int(text)` succeeds."""
    try:
        int_of_str(text)
    except ValueError:
        return False
    except Limit as limit:
        if limit.name == "UnicodeError":
            raise
    return True


def is_float(text: str) -> bool:
    """Whether `float(text)` succeeds."""
    try:
        float_of_str(text)
    except ValueError:
        return False
    except Limit as limit:
        if limit.name == "UnicodeError":
            raise
    return True


def _foreign(text: str) -> bool:
    """Whether `text` has a character outside ASCII that is no white space."""
    return re.search(rf"[^\x00-\x7f{SPACES}]", text) is not None


# ------------------------------------------------------------------------------------------------ text


def beyond_bmp(*texts: str) -> bool:
    return any(ord(char) > 0xFFFF for text in texts for char in text)


def ordered(compare: Callable[[str, str], bool]) -> Callable[[str, str], bool]:
    """A comparison of texts: UTF-16 order, which evaluators use, is Python's within the BMP only."""

    def compared(a: str, b: str) -> bool:
        if beyond_bmp(a, b):
            raise Limit("UnicodeError", "order of text beyond U+FFFF")
        return compare(a, b)

    return compared


NEWLY_CASED: Final = "\u019b\u0264\u1c80-\u1c8f\ua7c0-\ua7ff"
"""Characters of the BMP, with their blocks, whose case Unicode 14 (Python 3.11) and later see differently."""


def cased(change: Callable[[str], str]) -> Callable[[str], str]:
    """Upper or lower case, of characters that every Unicode version since 14 treats alike."""

    def changed(text: str) -> str:
        if beyond_bmp(text) or re.search(f"[{NEWLY_CASED}]", text):
            raise Limit("UnicodeError", "case of a character that is new or beyond U+FFFF")
        return change(text)

    return changed


# ------------------------------------------------------------------------------------------------ lists


def same(a: Any, b: Any) -> bool:
    """Equality of JSON values: a bool is no number."""
    if isinstance(a, bool) or isinstance(b, bool):
        return a is b
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same(value, b[key]) for key, value in a.items())
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(same, a, b))
    return type(a) is type(b) and bool(a == b) if not _number(a) else _number(b) and bool(a == b)


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def member(items: Sequence[Any], value: Any) -> bool:
    return any(same(item, value) for item in items)


def position(items: Sequence[Any], value: Any) -> int:
    for index, item in enumerate(items):
        if same(item, value):
            return index
    raise ValueError("value is not in list")


def without_first(items: Sequence[Any], value: Any) -> list[Any]:
    """What `items.remove(value)` leaves."""
    for index, item in enumerate(items):
        if same(item, value):
            return [*items[:index], *items[index + 1 :]]
    raise ValueError("list.remove(x): x not in list")


def int_sum(items: Sequence[int]) -> int:
    """`sum` of integers, if no order of them could leave the exact range."""
    whole(sum(map(abs, items)))
    return sum(items)


def float_sum(items: Sequence[float]) -> float:
    """`sum` of floats as this Python does it: compensated (Neumaier) from 3.12 on, plain before.

    https://docs.python.org/3/library/functions.html#sum
    """
    if any(not math.isfinite(partial) for partial in accumulate(map(float, items))):
        raise Limit("OverflowError", "float past 1.8e308")
    return finite(sum(map(float, items)))


def int_product(items: Sequence[int]) -> int:
    """`math.prod` of integers."""
    return whole(math.prod(items))


def float_product(items: Sequence[float]) -> float:
    """`math.prod` of floats: from the left, as doubles."""
    product = 1.0
    for item in items:
        product = finite(product * item)
    return product


COMPENSATED_SUM: Final = sys.version_info >= (3, 12)


def text_order(items: Sequence[Any]) -> Sequence[Any]:
    """`items`, refused if they are texts whose order evaluators do not know."""
    if any(isinstance(item, str) and beyond_bmp(item) for item in items):
        raise Limit("UnicodeError", "order of text beyond U+FFFF")
    return items


def least(items: Sequence[Any], largest: bool = False) -> Any:
    if not items:
        raise ValueError(f"{'max' if largest else 'min'}() arg is an empty sequence")
    return (max if largest else min)(text_order(items))


def sorted_by(items: Sequence[Any], keys: Sequence[Any], reverse: bool = False) -> list[Any]:
    """`sorted(items, key=…)` with the keys already computed: stable, also when reversed."""
    for column in zip(*(key if isinstance(key, list) else [key] for key in keys), strict=True):
        text_order(column)
    order = sorted(range(len(items)), key=lambda index: keys[index], reverse=reverse)
    return [items[index] for index in order]


def chosen_by(items: Sequence[Any], keys: Sequence[Any], largest: bool = False) -> Any:
    """`min(items, key=…)`: the first of the least."""
    if not items:
        raise ValueError(f"{'max' if largest else 'min'}() arg is an empty sequence")
    for column in zip(*(key if isinstance(key, list) else [key] for key in keys), strict=True):
        text_order(column)
    indexes = range(len(items))
    return items[(max if largest else min)(indexes, key=lambda index: keys[index])]


def unique(items: Sequence[Any]) -> list[Any]:
    """The items without repetitions, in the order in which each first comes."""
    found: list[Any] = []
    for item in items:
        if not member(found, item):
            found.append(item)
    return found


def counted(start: int, stop: int, step: int) -> list[int]:
    numbers = range(start, stop, step)
    if len(numbers) > LONGEST:
        raise Limit("MemoryError", "range of more than 10,000,000")
    return list(numbers)


LATER_WORDS: Final = sys.version_info >= (3, 14)
"""Whether this Python says how many values it got when there are too many (What's New in Python 3.14)."""


def exactly(items: Sequence[Any], size: int) -> list[Any]:
    """`a, b = items`: the items, of which there must be `size`."""
    if len(items) < size:
        raise ValueError(f"not enough values to unpack (expected {size}, got {len(items)})")
    if len(items) > size:
        got = f", got {len(items)}" if LATER_WORDS else ""
        raise ValueError(f"too many values to unpack (expected {size}{got})")
    return list(items)


def enum_member(value: Any, members: Sequence[Any], name: str) -> Any:
    """`Color(value)`."""
    if not member(members, value):
        raise ValueError(f"{value!r} is not a valid {name}")
    return value


def arguments(items: Sequence[Any], size: int) -> list[Any]:
    """`f(*items)`: an argument for each parameter. A handler of TypeError is not told: the words differ."""
    if len(items) != size:
        raise Limit("TypeError", f"`*` takes {size} arguments here")
    return list(items)


def at_least(items: Sequence[Any], size: int) -> list[Any]:
    """`a, *b = items`: the items, of which there must be `size` besides those of the star."""
    if len(items) < size:
        raise ValueError(f"not enough values to unpack (expected at least {size}, got {len(items)})")
    return list(items)


def repeated(items: Sequence[Any], times: int) -> list[Any]:
    if len(items) * max(times, 0) > LONGEST:
        raise Limit("MemoryError", "list of more than 10,000,000")
    return list(items) * times


# ------------------------------------------------------------------------------------------------ dates


def date_plus(date: str, days: int) -> str:
    try:
        return (dt.date.fromisoformat(date) + dt.timedelta(days=days)).isoformat()
    except OverflowError:
        raise OverflowError("date value out of range") from None


def days_between(later: str, earlier: str) -> int:
    return (dt.date.fromisoformat(later) - dt.date.fromisoformat(earlier)).days


def date_of_str(text: str) -> str:
    """`date.fromisoformat` of `YYYY-MM-DD` and `YYYYMMDD`; its week forms (3.11) are a limit."""
    if OTHER_DATE.fullmatch(text):
        raise Limit("ValueError", "dates by weeks")
    if not DATE.fullmatch(text) and not COMPACT_DATE.fullmatch(text):
        raise ValueError(f"Invalid isoformat string: '{text}'")
    try:
        return dt.date.fromisoformat(text).isoformat()
    except ValueError:
        raise ValueError(f"Invalid isoformat string: '{text}'") from None


def moment(name: str) -> Callable[[str], int]:
    """A field of a time, in the time's own zone."""
    return lambda text: int(getattr(dt.datetime.fromisoformat(text), name))


def is_date(text: str) -> bool:
    """Whether `date.fromisoformat(text)` succeeds."""
    try:
        date_of_str(text)
    except ValueError:
        return False
    return True


def date_exists(year: int, month: int, day: int) -> bool:
    """Whether `date(year, month, day)` succeeds."""
    try:
        date_of_parts(year, month, day)
    except ValueError:
        return False
    return True


def day(method: str) -> Callable[[str], int]:
    """A field of a date."""

    def read(date: str) -> int:
        value = getattr(dt.date.fromisoformat(date), method)
        return int(value() if callable(value) else value)

    return read


def date_of_parts(year: int, month: int, day: int) -> str:
    try:
        return dt.date(year, month, day).isoformat()
    except (ValueError, OverflowError):
        raise ValueError("date is out of range") from None


# ------------------------------------------------------------------------------------------------ changes, as
# new values


def list_set(items: Sequence[Any], index: int, value: Any) -> list[Any]:
    changed = list(items)
    changed[index] = value
    return changed


def part(items: Sequence[Any], start: int, size: int) -> Sequence[Any]:
    """So many items from a place on, which is never below 0."""
    return items[start : start + size]


def at_most(items: Sequence[Any], most: int) -> Sequence[Any]:
    if len(items) > most:
        raise ValueError(f"each: more than {most:,} items")
    return items


def list_remove_at(items: Sequence[Any], index: int) -> list[Any]:
    changed = list(items)
    del changed[index]
    return changed


def dict_index(mapping: dict[str, Any], key: str) -> Any:
    return mapping[key]


def dict_set(mapping: dict[str, Any], key: str, value: Any) -> dict[str, Any]:
    if key == "__proto__":
        raise Limit("ValueError", "__proto__ cannot be a key")
    return {**mapping, key: value}


def dict_of_pairs(pairs: Sequence[Sequence[Any]]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for key, value in pairs:
        made = dict_set(made, key, value)
    return made


def dict_remove(mapping: dict[str, Any], key: str) -> dict[str, Any]:
    changed = dict(mapping)
    del changed[key]
    return changed


def sorted_items(mapping: dict[str, Any]) -> list[list[Any]]:
    return [[key, mapping[key]] for key in sorted(text_order(list(mapping)))]


# ------------------------------------------------------------------------------------------------ unions


def json_type(value: Any) -> str:
    """Which kind of JSON value it is, by JSON's names."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    return "string" if isinstance(value, str) else "array" if isinstance(value, list | tuple) else "object"
