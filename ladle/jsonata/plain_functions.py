"""JSONata's functions for the plain evaluator, by name and number of arguments.

Each gets its arguments evaluated and raises NotPlain for all but the plain case, so that what it does give
is what jlens gives.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any, Final, TypeAlias

from ladle.jsonata.scalars import SAFE, add, check_numbers, finite, text_of, truth
from ladle.jsonata.syntax import NotPlain
from ladle.jsonata.values import JSON, UNDEFINED

__all__ = ["FUNCTIONS", "HIGHER_ORDER", "REFERENCES", "Apply", "sequence"]

Apply: TypeAlias = Callable[..., JSON]

_MISSING: Final = UNDEFINED
_INTEGER: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,14})", re.ASCII)


def sequence(values: list[JSON]) -> JSON:
    """Return a result sequence as JSONata shows it: none is undefined, one stands for itself."""
    if len(values) > 1:
        return values
    return values[0] if values else _MISSING


def _ascii(value: JSON) -> str:
    if type(value) is not str or not value.isascii():
        raise NotPlain
    return value


def _append(first: JSON, second: JSON) -> JSON:
    if first is _MISSING or second is _MISSING:
        raise NotPlain
    left = first if type(first) is list else [finite(first)]
    return left + (second if type(second) is list else [finite(second)])


def _abs(value: JSON) -> JSON:
    check_numbers(value, 0)
    return abs(value)


def _count(value: JSON) -> JSON:
    if value is _MISSING:
        return 0
    return len(value) if type(value) is list else 1


def _string(value: JSON) -> JSON:
    return _MISSING if value is _MISSING else text_of(value)


def _exists(value: JSON) -> JSON:
    return value is not _MISSING


def _boolean(value: JSON) -> JSON:
    return _MISSING if value is _MISSING else truth(value)


def _not(value: JSON) -> JSON:
    return _MISSING if value is _MISSING else not truth(value)


def _length(value: JSON) -> JSON:
    if type(value) is not str:
        raise NotPlain
    return len(value)


def _sum(value: JSON) -> JSON:
    if type(value) is not list:
        raise NotPlain
    total: JSON = 0
    for item in value:
        total = add(total, item)
    return total


def _floor(value: JSON) -> JSON:
    check_numbers(value, 0)
    return math.floor(value) if abs(value) <= SAFE else value


def _contains(text: JSON, part: JSON) -> JSON:
    return _ascii(part) in _ascii(text)


def _lookup(value: JSON, key: JSON) -> JSON:
    if type(value) is not dict or type(key) is not str:
        raise NotPlain
    return value.get(key, _MISSING)


def _keys(value: JSON) -> JSON:
    """The reference's objects put keys that look like indexes first: those are left to jlens."""
    if type(value) is not dict or any(key.isdigit() for key in value):
        raise NotPlain
    return sequence(list(value))


def _merge(value: JSON) -> JSON:
    if type(value) is not list or not all(type(item) is dict for item in value):
        raise NotPlain
    merged: dict[str, JSON] = {}
    for item in value:
        merged.update(item)
    return merged


def _partition(values: JSON, size: JSON) -> JSON:
    if type(values) is not list or type(size) is not int or size <= 0:
        raise NotPlain
    return [values[start : start + size] for start in range(0, len(values), size)]


def _format_base(value: JSON) -> JSON:
    if type(value) is not int or not -SAFE <= value <= SAFE:
        raise NotPlain
    return str(value)


def _number(value: JSON) -> JSON:
    if type(value) is str and _INTEGER.fullmatch(value):
        return int(value)
    if type(value) is int and -SAFE <= value <= SAFE:
        return value
    raise NotPlain


def _split(text: JSON, separator: JSON) -> JSON:
    if type(text) is not str or type(separator) is not str or not separator:
        raise NotPlain
    return text.split(separator)


def _join(values: JSON, separator: JSON) -> JSON:
    if type(values) is not list or type(separator) is not str:
        raise NotPlain
    if not all(type(value) is str for value in values):
        raise NotPlain
    return separator.join(values)


def _raise(_message: JSON) -> JSON:
    raise NotPlain  # `$error`: jlens knows its words


_TYPES: Final[dict[type, str]] = {
    dict: "object",
    list: "array",
    str: "string",
    bool: "boolean",
    int: "number",
    float: "number",
    type(None): "null",
}


def _type(value: JSON) -> JSON:
    return _MISSING if value is _MISSING else _TYPES[type(value)]


FUNCTIONS: Final[dict[tuple[str, int], Apply]] = {
    ("abs", 1): _abs,
    ("append", 2): _append,
    ("boolean", 1): _boolean,
    ("contains", 2): _contains,
    ("count", 1): _count,
    ("error", 1): _raise,
    ("exists", 1): _exists,
    ("floor", 1): _floor,
    ("formatBase", 1): _format_base,
    ("join", 2): _join,
    ("keys", 1): _keys,
    ("length", 1): _length,
    ("lookup", 2): _lookup,
    ("lowercase", 1): lambda value: _ascii(value).lower(),
    ("merge", 1): _merge,
    ("not", 1): _not,
    ("number", 1): _number,
    ("partition", 2): _partition,
    ("split", 2): _split,
    ("string", 1): _string,
    ("sum", 1): _sum,
    ("type", 1): _type,
    ("uppercase", 1): lambda value: _ascii(value).upper(),
}

REFERENCES: Final[dict[str, Apply]] = {"abs": _abs}
"""Functions that may be passed by name: those of exactly one parameter."""


# --- functions that take a function: (function, its number of parameters), then the other arguments


_FEW: Final = 16
"""Longer lists are left to jlens: measured, it runs lambdas faster than closures run from about here on."""


def _items(value: JSON) -> list[JSON]:
    if type(value) is not list:
        return [value]
    if len(value) > _FEW:
        raise NotPlain
    return value


def _arguments(arity: int, item: JSON, index: int, items: list[JSON]) -> tuple[Any, ...]:
    """Return what a function of `arity` parameters is called with. It gets at least the item."""
    if arity == 1:
        return (item,)
    if arity == 2:
        return (item, index)
    if arity == 3:
        return (item, index, items)
    raise NotPlain


def _map(function: tuple[Apply, int], values: JSON) -> JSON:
    if values is _MISSING:
        return values
    apply, arity = function
    items = _items(values)
    results = []
    for index, item in enumerate(items):
        result = apply(*_arguments(arity, item, index, items))
        if result is not _MISSING:
            results.append(finite(result))
    return sequence(results)


def _filter(function: tuple[Apply, int], values: JSON) -> JSON:
    if values is _MISSING:
        return values
    apply, arity = function
    items = _items(values)
    kept = []
    for index, item in enumerate(items):
        if truth(apply(*_arguments(arity, item, index, items))):
            kept.append(item)
    return sequence(kept)


def _reduce(function: tuple[Apply, int], values: JSON, first: JSON) -> JSON:
    apply, arity = function
    if values is _MISSING or first is _MISSING or arity not in (2, 3):
        raise NotPlain
    result = first
    for index, item in enumerate(_items(values)):
        result = apply(result, item) if arity == 2 else apply(result, item, index)
        if result is _MISSING:
            raise NotPlain
    return result


HIGHER_ORDER: Final[dict[tuple[str, int], Apply]] = {
    ("filter", 2): _filter,
    ("map", 2): _map,
    ("reduce", 3): _reduce,
}
