"""Runs the plain part of JSONata as Python closures, where the result is provably jlens's.

A closure takes an environment and gives a value, UNDEFINED, or raises NotPlain when it meets a value
whose treatment is not plain (a list inside a path, a number beyond 2^53, a string outside ASCII in a
comparison, any error): the caller then evaluates the whole expression with jlens. Re-evaluating is safe
because nothing here has effects.

Two rules are AWS's and not jlens's: a division by zero gives infinity or not-a-number, and such a
number leaves the expression as the string "Infinity", "-Infinity" or "NaN".
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from ladle.jsonata.functions import BUILT_IN
from ladle.jsonata.syntax import (
    Array,
    Binary,
    Call,
    Condition,
    Literal,
    Node,
    NotPlain,
    Object,
    Path,
)
from ladle.jsonata.values import JSON, UNDEFINED

__all__ = ["SAFE", "Fetch", "Getter", "Run", "compile_plain", "fetch_from_mapping", "finite"]

Run: TypeAlias = Callable[[Any], JSON]
"""A compiled node: environment in, value or UNDEFINED out; raises NotPlain."""

Getter: TypeAlias = Callable[[Any], JSON]
"""Reads one value out of an environment; UNDEFINED where there is none."""

Fetch: TypeAlias = Callable[[str, tuple[str, ...]], tuple[Getter, int]]
"""Given a variable's name and the field names after it, a getter and how many of those names it takes."""

SAFE: Final = 2**53 - 1
_STRING_SAFE: Final = 10**15
_MISSING: Final = UNDEFINED


def fetch_from_mapping(name: str, _path: tuple[str, ...]) -> tuple[Getter, int]:
    """Read variables from an environment that is a mapping of names to values."""

    def get(environment: Mapping[str, JSON]) -> JSON:
        return environment.get(name, _MISSING)

    return get, 0


def finite(value: JSON) -> JSON:
    """Return `value`, with infinity and not-a-number as the strings that Step Functions makes of them."""
    if type(value) is float and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return value


def compile_plain(node: Node, fetch: Fetch) -> Run:
    """Return the closure of `node`. Raises NotPlain for functions that are not in the table."""
    match node:
        case Literal(value):
            return lambda _environment: value
        case Path(name, steps):
            return _path(name, steps, fetch)
        case Binary(operator, left, right):
            return _binary(operator, left, right, fetch)
        case Condition(test, then, otherwise):
            return _condition(test, then, otherwise, fetch)
        case Array(items):
            return _array(items, fetch)
        case Object(fields):
            return _object(fields, fetch)
        case Call(name, arguments):
            return _call(name, arguments, fetch)


# --- paths


def _path(name: str, steps: tuple[str | int, ...], fetch: Fetch) -> Run:
    if name in BUILT_IN:  # the function itself, where no variable hides it
        raise NotPlain
    names: list[str] = []
    for step in steps:
        if not isinstance(step, str):
            break
        names.append(step)
    get, taken = fetch(name, tuple(names))
    rest = steps[taken:]
    if not rest:
        return get
    if len(rest) == 1 and isinstance(rest[0], str):
        return _one_field(get, rest[0])
    if all(isinstance(step, str) for step in rest):
        return _fields(get, rest[:-1], rest[-1])

    def walk(environment: Any) -> JSON:
        value = get(environment)
        for step in rest:
            if type(step) is int:
                if type(value) is list:
                    try:
                        value = value[step]
                    except IndexError:
                        return _MISSING
                elif step not in (0, -1):
                    return _MISSING
            elif type(value) is dict:
                value = value.get(step, _MISSING)
            elif type(value) is list:
                raise NotPlain
            else:
                return _MISSING
        return value

    return walk


def _one_field(get: Getter, field: str) -> Run:
    def read(environment: Any) -> JSON:
        value = get(environment)
        if type(value) is dict:
            return value.get(field, _MISSING)
        if type(value) is list:
            raise NotPlain
        return _MISSING

    return read


def _fields(get: Getter, inner: tuple[str | int, ...], last: str | int) -> Run:
    def read(environment: Any) -> JSON:
        value = get(environment)
        for field in inner:
            if type(value) is dict:
                value = value.get(field, _MISSING)
            elif type(value) is list:
                raise NotPlain
            else:
                return _MISSING
        if type(value) is dict:
            return value.get(last, _MISSING)
        if type(value) is list:
            raise NotPlain
        return _MISSING

    return read


# --- operators


def _number(value: float) -> JSON:
    """Return a double as jlens would: integral ones as int."""
    if value.is_integer():
        if -SAFE <= value <= SAFE:
            return int(value)
        raise NotPlain
    if math.isfinite(value):
        return value
    raise NotPlain


def _numbers(left: JSON, right: JSON) -> None:
    """Let only finite numbers pass, integers within the doubles' exact range."""
    for value in (left, right):
        kind = type(value)
        if kind is int:
            if not -SAFE <= value <= SAFE:
                raise NotPlain
        elif kind is not float or not math.isfinite(value):
            raise NotPlain


def _add(left: JSON, right: JSON) -> JSON:
    if type(left) is int and type(right) is int:
        if -SAFE <= left <= SAFE and -SAFE <= right <= SAFE:
            total = left + right
            if -SAFE <= total <= SAFE:
                return total
        raise NotPlain
    _numbers(left, right)
    return _number(float(left + right))


def _subtract(left: JSON, right: JSON) -> JSON:
    if type(left) is int and type(right) is int:
        if -SAFE <= left <= SAFE and -SAFE <= right <= SAFE:
            total = left - right
            if -SAFE <= total <= SAFE:
                return total
        raise NotPlain
    _numbers(left, right)
    return _number(float(left - right))


def _multiply(left: JSON, right: JSON) -> JSON:
    _numbers(left, right)
    product = left * right
    if type(product) is int:
        if -SAFE <= product <= SAFE:
            return product
        raise NotPlain
    return _number(product)


def _divide(left: JSON, right: JSON) -> JSON:
    _numbers(left, right)
    if right == 0:
        if math.copysign(1.0, right) < 0:
            raise NotPlain
        return math.nan if left == 0 else math.copysign(math.inf, left)
    return _number(left / right)


def _remainder(left: JSON, right: JSON) -> JSON:
    _numbers(left, right)
    if right == 0:
        return math.nan
    return _number(math.fmod(left, right))


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


_SCALARS: Final = frozenset({str, bool, type(None), float, int})


def _equal(left: JSON, right: JSON) -> bool:
    if left is _MISSING or right is _MISSING:
        return False
    return _same(left, right)


def _not_equal(left: JSON, right: JSON) -> bool:
    if left is _MISSING or right is _MISSING:
        return False
    return not _same(left, right)


def _same(left: JSON, right: JSON) -> bool:
    """Compare two scalars by type and value; numbers by value."""
    first, second = type(left), type(right)
    if first not in _SCALARS or second not in _SCALARS:
        raise NotPlain
    if first is second:
        if first is int and not (-SAFE <= left <= SAFE and -SAFE <= right <= SAFE):
            raise NotPlain
        return bool(left == right)
    if first in (int, float) and second in (int, float):
        _numbers(left, right)
        return bool(left == right)
    return False


def _text(value: JSON) -> str:
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
    return ("" if left is _MISSING else _text(left)) + ("" if right is _MISSING else _text(right))


def _truth(value: JSON) -> bool:
    """Return `$boolean` of anything but a list; undefined counts as false."""
    kind = type(value)
    if kind is bool:
        return bool(value)
    if kind is list or (kind is float and math.isnan(value)):
        raise NotPlain
    return bool(value)


def _among(left: JSON, right: JSON) -> bool:
    if left is _MISSING or right is _MISSING:
        return False
    if type(left) not in _SCALARS:
        raise NotPlain
    candidates = right if type(right) is list else [right]
    found = False
    for candidate in candidates:
        if type(candidate) in _SCALARS and _same(candidate, left):
            found = True
    return found


_OPERATORS: Final[dict[str, Callable[[JSON, JSON], JSON]]] = {
    "+": _add,
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


def _binary(operator: str, left: Node, right: Node, fetch: Fetch) -> Run:
    first, second = compile_plain(left, fetch), compile_plain(right, fetch)
    if operator == "and":
        return lambda environment: _truth(first(environment)) and _truth(second(environment))
    if operator == "or":
        return lambda environment: _truth(first(environment)) or _truth(second(environment))
    apply = _OPERATORS[operator]
    if isinstance(right, Literal):
        constant = right.value
        return lambda environment: apply(first(environment), constant)
    return lambda environment: apply(first(environment), second(environment))


def _condition(test: Node, then: Node, otherwise: Node | None, fetch: Fetch) -> Run:
    check, yes = compile_plain(test, fetch), compile_plain(then, fetch)
    if otherwise is None:
        return lambda environment: yes(environment) if _truth(check(environment)) else _MISSING
    no = compile_plain(otherwise, fetch)
    return lambda environment: yes(environment) if _truth(check(environment)) else no(environment)


# --- constructors


def _array(items: tuple[Node, ...], fetch: Fetch) -> Run:
    parts = tuple((isinstance(item, Array), compile_plain(item, fetch)) for item in items)

    def build(environment: Any) -> JSON:
        result: list[JSON] = []
        for nested, part in parts:
            value = part(environment)
            if value is _MISSING:
                continue
            if type(value) is list and not nested:
                result.extend(value)
            else:
                result.append(finite(value))
        return result

    return build


def _object(fields: tuple[tuple[str, Node], ...], fetch: Fetch) -> Run:
    parts = tuple((key, compile_plain(node, fetch)) for key, node in fields)

    def build(environment: Any) -> JSON:
        result: dict[str, JSON] = {}
        for key, part in parts:
            value = part(environment)
            if value is not _MISSING:
                result[key] = finite(value)
        return result

    return build


# --- functions. Each gets its arguments evaluated and raises NotPlain for all but the plain case.


def _append(first: JSON, second: JSON) -> JSON:
    if first is _MISSING or second is _MISSING:
        raise NotPlain
    left = first if type(first) is list else [finite(first)]
    return left + (second if type(second) is list else [finite(second)])


def _count(value: JSON) -> JSON:
    if value is _MISSING:
        return 0
    return len(value) if type(value) is list else 1


def _string(value: JSON) -> JSON:
    return _MISSING if value is _MISSING else _text(value)


def _exists(value: JSON) -> JSON:
    return value is not _MISSING


def _boolean(value: JSON) -> JSON:
    return _MISSING if value is _MISSING else _truth(value)


def _not(value: JSON) -> JSON:
    return _MISSING if value is _MISSING else not _truth(value)


def _length(value: JSON) -> JSON:
    if type(value) is not str:
        raise NotPlain
    return len(value)


def _sum(value: JSON) -> JSON:
    if type(value) is not list:
        raise NotPlain
    total: JSON = 0
    for item in value:
        total = _add(total, item)
    return total


def _floor(value: JSON) -> JSON:
    _numbers(value, 0)
    return math.floor(value) if abs(value) <= SAFE else value


def _ascii(value: JSON) -> str:
    if type(value) is not str or not value.isascii():
        raise NotPlain
    return value


def _contains(text: JSON, part: JSON) -> JSON:
    return _ascii(part) in _ascii(text)


def _lookup(value: JSON, key: JSON) -> JSON:
    if type(value) is not dict or type(key) is not str:
        raise NotPlain
    return value.get(key, _MISSING)


_TYPES: Final = {
    dict: "object",
    list: "array",
    str: "string",
    bool: "boolean",
    int: "number",
    float: "number",
}


def _type(value: JSON) -> JSON:
    if value is _MISSING:
        return _MISSING
    return "null" if value is None else _TYPES[type(value)]


_FUNCTIONS: Final[dict[tuple[str, int], Callable[..., JSON]]] = {
    ("append", 2): _append,
    ("boolean", 1): _boolean,
    ("contains", 2): _contains,
    ("count", 1): _count,
    ("exists", 1): _exists,
    ("floor", 1): _floor,
    ("length", 1): _length,
    ("lookup", 2): _lookup,
    ("lowercase", 1): lambda value: _ascii(value).lower(),
    ("not", 1): _not,
    ("string", 1): _string,
    ("sum", 1): _sum,
    ("type", 1): _type,
    ("uppercase", 1): lambda value: _ascii(value).upper(),
}


def _call(name: str, arguments: tuple[Node, ...], fetch: Fetch) -> Run:
    apply = _FUNCTIONS.get((name, len(arguments)))
    if apply is None:
        raise NotPlain
    shadow, _ = fetch(name, ())  # a variable of the same name hides the function
    parts = tuple(compile_plain(argument, fetch) for argument in arguments)
    if len(parts) == 1:
        only = parts[0]

        def call_one(environment: Any) -> JSON:
            if shadow(environment) is not _MISSING:
                raise NotPlain
            return apply(only(environment))

        return call_one

    def call(environment: Any) -> JSON:
        if shadow(environment) is not _MISSING:
            raise NotPlain
        return apply(*[part(environment) for part in parts])

    return call
