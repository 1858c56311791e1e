"""Intrinsic functions of JSONPath states: `States.Format('{} of {}', $.n, $.total)`.

https://docs.aws.amazon.com/step-functions/latest/dg/intrinsic-functions.html. Calls are parsed once; the
arguments are literals, paths and calls, at most ten deep.
"""

from __future__ import annotations

import base64
import binascii
import json
import math
import random
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from ladle.engine.jsonpath.path import CompiledPath, parse_path
from ladle.engine.jsonpath.text import Scanner, compact
from ladle.engine.scope import JSON, MISSING, Evaluate, Scope
from ladle.jsonata.functions import HASHES
from ladle.jsonata.java_random import JavaRandom

__all__ = ["INTRINSICS", "ArgumentNotFound", "IntrinsicFailed", "compile_call", "is_call"]

_MAX_NESTING: Final = 10
_MAX_TEXT: Final = 10_000
_MAX_RANGE: Final = 1000
_PLACE: Final = re.compile(r"(?<!\\)\{\}")
_ESCAPE: Final = re.compile(r"\\([{}'\\])")


class IntrinsicFailed(Exception):
    """An intrinsic function that cannot be applied to its arguments. The message is the reason."""


class ArgumentNotFound(Exception):
    """An argument's path that leads nowhere."""

    def __init__(self, path: CompiledPath) -> None:
        super().__init__(path.text)
        self.path = path


@dataclass(frozen=True, slots=True)
class Intrinsic:
    """One function of the table: how many arguments it takes, and what it does with them.

    `apply` gets the scope (for random numbers) and the arguments. `maximum` None stands for any number.
    """

    minimum: int
    maximum: int | None
    apply: Callable[..., JSON]


def is_call(text: str) -> bool:
    """Tell whether `text` is meant as a call rather than as a path."""
    return text.startswith("States.")


def compile_call(text: str) -> Evaluate:
    """Compile a call. Raises InvalidPath; the closure raises IntrinsicFailed and ArgumentNotFound."""
    scan = Scanner(text)
    run = _call(scan, 1)
    scan.blanks()
    if not scan.at_end():
        raise scan.error("nothing may follow the call")
    return run


# --- parsing


def _call(scan: Scanner, depth: int) -> Evaluate:
    start = scan.at
    if depth > _MAX_NESTING:
        raise scan.error(f"calls nest at most {_MAX_NESTING} deep")
    scan.expect("States.")
    name = scan.name()
    intrinsic = INTRINSICS.get(name)
    if intrinsic is None:
        scan.at = start
        raise scan.error(f"there is no function States.{name}")
    scan.expect("(")
    scan.blanks()
    arguments: list[Evaluate] = []
    if not scan.accept(")"):
        arguments = scan.separated(lambda: _argument(scan, depth))
        scan.expect(")")
    _check_count(scan, name, intrinsic, len(arguments))
    apply = intrinsic.apply
    if len(arguments) == 1:
        only = arguments[0]
        return lambda scope: apply(scope, only(scope))
    if len(arguments) == 2:
        first, second = arguments
        return lambda scope: apply(scope, first(scope), second(scope))
    return lambda scope: apply(scope, *[argument(scope) for argument in arguments])


def _check_count(scan: Scanner, name: str, intrinsic: Intrinsic, count: int) -> None:
    if count < intrinsic.minimum or (intrinsic.maximum is not None and count > intrinsic.maximum):
        wanted = (
            str(intrinsic.minimum)
            if intrinsic.minimum == intrinsic.maximum
            else f"{intrinsic.minimum} or more"
        )
        raise scan.error(f"States.{name} takes {wanted} arguments, {count} given")


def _argument(scan: Scanner, depth: int) -> Evaluate:
    char = scan.peek()
    if char == "'":
        text = _string(scan)
        return lambda _scope: text
    if char == "$":
        return _path(scan)
    if scan.text.startswith("States.", scan.at):
        return _call(scan, depth + 1)
    for word, value in (("true", True), ("false", False), ("null", None)):
        if scan.accept(word):
            return lambda _scope, value=value: value  # type: ignore[misc]
    number = scan.number()
    if number is None:
        raise scan.error("expected a path, a string in single quotes, a number, true, false, null or a call")
    return lambda _scope: number


def _path(scan: Scanner) -> Evaluate:
    """Read a path out of the argument list: up to a comma or bracket outside brackets and quotes."""
    start, depth, quote = scan.at, 0, ""
    while not scan.at_end():
        char = scan.peek()
        if quote:
            quote = "" if char == quote else quote
        elif char in "'\"" and depth:
            quote = char
        elif char in "[(":
            depth += 1
        elif char == ")" and depth == 0:
            break
        elif char in "])":
            depth -= 1
        elif char == "," and depth == 0:
            break
        scan.at += 1
    path = parse_path(scan.text[start : scan.at].rstrip())
    get = path.get

    def run(scope: Scope) -> JSON:
        value = get(scope)
        if value is MISSING:
            raise ArgumentNotFound(path)
        return value

    return run


def _string(scan: Scanner) -> str:
    r"""Read a string in single quotes; `\'`, `\{`, `\}` and `\\` are the escapes.

    The braces' escapes stay in the text for States.Format to read.
    """
    scan.expect("'")
    parts: list[str] = []
    while not scan.at_end():
        char = scan.peek()
        scan.at += 1
        if char == "'":
            return "".join(parts)
        if char == "\\":
            escaped = scan.peek()
            if escaped not in ("'", "\\", "{", "}") or not escaped:
                raise scan.error(r"the escapes of a string are \' \{ \} \\")
            scan.at += 1
            parts.append("\\" + escaped if escaped in "{}" else escaped)
            continue
        parts.append(char)
    raise scan.error("the string does not end")


# --- arguments


def _array(value: JSON, which: str = "first") -> list[JSON]:
    if type(value) is not list:
        raise IntrinsicFailed(f"Invalid argument: the {which} argument must be an array")
    return value


def _text(value: JSON, which: str = "first", limit: int | None = None) -> str:
    if type(value) is not str:
        raise IntrinsicFailed(f"Invalid argument: the {which} argument must be a string")
    if limit is not None and len(value) > limit:
        raise IntrinsicFailed(f"Invalid argument: the {which} argument is longer than {limit} characters")
    return value


def _round(value: JSON, which: str) -> int:
    """Round to the nearest integer, halves upwards, as Java's Math.round does."""
    if type(value) is int:
        return value
    if type(value) is not float:
        raise IntrinsicFailed(f"Invalid argument: the {which} argument must be a number")
    return math.floor(value + 0.5)


def _typed(value: JSON) -> object:
    """Return a hashable image of a JSON value in which equal values of one JSON type are equal."""
    if type(value) is dict:
        return ("object", frozenset((key, _typed(item)) for key, item in value.items()))
    if type(value) is list:
        return ("array", tuple(map(_typed, value)))
    if type(value) in (int, float):
        return ("number", float(value) if abs(value) < 2**53 else value)
    return (type(value).__name__, value)


# --- functions


def _format(_scope: Scope, template: JSON, *values: JSON) -> JSON:
    r"""Put the values in the places `{}`; `\{` and `\}` are braces."""
    pieces = _pieces(_text(template))
    if len(pieces) - 1 != len(values):
        more = "{} than values" if len(pieces) - 1 > len(values) else "values than {}"
        raise IntrinsicFailed(f"Invalid arguments: more {more}")
    parts = [pieces[0]]
    for value, piece in zip(values, pieces[1:], strict=True):
        parts += (_shown(value), piece)
    return "".join(parts)


@lru_cache(maxsize=1024)
def _pieces(text: str) -> tuple[str, ...]:
    """Cut a template at its `{}`, and undo its escapes."""
    return tuple(_ESCAPE.sub(r"\1", piece) for piece in _PLACE.split(text))


def _shown(value: JSON) -> str:
    """Return a value as States.Format writes it: strings bare, containers as Java prints maps and lists."""
    if type(value) is str:
        return value
    if type(value) is list:
        return "[" + ", ".join(map(_shown, value)) + "]"
    if type(value) is dict:
        return "{" + ", ".join(f"{key}={_shown(item)}" for key, item in value.items()) + "}"
    return compact(value)


def _string_to_json(_scope: Scope, value: JSON) -> JSON:
    text = _text(value)
    if not text.strip():
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise IntrinsicFailed("Invalid argument: the first argument must be a valid JSON text") from None


def _array_partition(_scope: Scope, values: JSON, size: JSON) -> JSON:
    items, length = _array(values), _round(size, "second")
    if length <= 0:
        raise IntrinsicFailed("Invalid argument: the chunk size must be a non-zero, positive integer")
    return [items[start : start + length] for start in range(0, len(items), length)]


def _array_contains(_scope: Scope, values: JSON, wanted: JSON) -> JSON:
    image = _typed(wanted)
    return any(_typed(item) == image for item in _array(values))


def _array_range(_scope: Scope, first: JSON, last: JSON, step: JSON) -> JSON:
    start, stop, stride = _round(first, "first"), _round(last, "second"), _round(step, "third")
    if stride == 0:
        raise IntrinsicFailed("Invalid argument: the third argument must not be zero")
    numbers = range(start, stop + (1 if stride > 0 else -1), stride)
    if len(numbers) > _MAX_RANGE:
        raise IntrinsicFailed(f"Invalid arguments: the array would have more than {_MAX_RANGE} items")
    return list(numbers)


def _array_get_item(_scope: Scope, values: JSON, index: JSON) -> JSON:
    items, position = _array(values), _round(index, "second")
    if not 0 <= position < len(items):
        raise IntrinsicFailed(
            f"Invalid argument: index {position} is outside the array of {len(items)} items"
        )
    return items[position]


def _array_unique(_scope: Scope, values: JSON) -> JSON:
    seen: set[object] = set()
    kept: list[JSON] = []
    for item in _array(values):
        image = _typed(item)
        if image not in seen:
            seen.add(image)
            kept.append(item)
    return kept


def _base64_decode(_scope: Scope, value: JSON) -> JSON:
    try:
        return base64.b64decode(_text(value, limit=_MAX_TEXT), validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        raise IntrinsicFailed(
            "Invalid argument: the first argument must be valid Base64 of UTF-8 text"
        ) from None


def _base64_encode(_scope: Scope, value: JSON) -> JSON:
    return base64.b64encode(_text(value, limit=_MAX_TEXT).encode()).decode()


def _hash(_scope: Scope, value: JSON, algorithm: JSON) -> JSON:
    data = value if type(value) is str else compact(value)
    make = HASHES.get(_text(algorithm, "second"))
    if make is None:
        raise IntrinsicFailed(f"Invalid argument: the algorithm must be one of {', '.join(HASHES)}")
    return make(_text(data, limit=_MAX_TEXT).encode(), usedforsecurity=False).hexdigest()


def _json_merge(_scope: Scope, first: JSON, second: JSON, deep: JSON) -> JSON:
    if type(first) is not dict or type(second) is not dict:
        raise IntrinsicFailed("Invalid arguments: the first two arguments must be objects")
    if deep is not False:
        raise IntrinsicFailed(
            "Invalid argument: deep merging is not supported; the third argument must be false"
        )
    return {**first, **second}


def _math_random(scope: Scope, first: JSON, last: JSON, seed: JSON = None) -> JSON:
    start, stop = _round(first, "first"), _round(last, "second")
    if start >= stop:
        raise IntrinsicFailed("Invalid arguments: the first argument must be smaller than the second")
    if seed is None or stop - start >= 2**31:
        chosen = scope.seed_source() if seed is None else _round(seed, "third")
        return random.Random(chosen).randrange(start, stop)
    return start + JavaRandom(_round(seed, "third")).next_int(stop - start)


_MOST_BITS: Final = 14_000
"""Of an integer that can still be written as text: Python stops at 4,300 digits."""


def _math_add(_scope: Scope, first: JSON, second: JSON) -> JSON:
    total = _round(first, "first") + _round(second, "second")
    if total.bit_length() > _MOST_BITS:
        raise IntrinsicFailed("Invalid result: the sum is too large")
    return total


def _string_split(_scope: Scope, value: JSON, separators: JSON) -> JSON:
    """Cut at every character of `separators`; adjacent ones count as one."""
    parts, current = [], ""
    for char in _text(value):
        if char in _text(separators, "second"):
            if current:
                parts.append(current)
            current = ""
        else:
            current += char
    return [*parts, current] if current else parts


def _uuid(scope: Scope) -> JSON:
    return str(uuid.UUID(int=random.Random(scope.seed_source()).getrandbits(128), version=4))


INTRINSICS: Final[dict[str, Intrinsic]] = {
    "Array": Intrinsic(0, None, lambda _scope, *values: list(values)),
    "ArrayContains": Intrinsic(2, 2, _array_contains),
    "ArrayGetItem": Intrinsic(2, 2, _array_get_item),
    "ArrayLength": Intrinsic(1, 1, lambda _scope, values: len(_array(values))),
    "ArrayPartition": Intrinsic(2, 2, _array_partition),
    "ArrayRange": Intrinsic(3, 3, _array_range),
    "ArrayUnique": Intrinsic(1, 1, _array_unique),
    "Base64Decode": Intrinsic(1, 1, _base64_decode),
    "Base64Encode": Intrinsic(1, 1, _base64_encode),
    "Format": Intrinsic(1, None, _format),
    "Hash": Intrinsic(2, 2, _hash),
    "JsonMerge": Intrinsic(3, 3, _json_merge),
    "JsonToString": Intrinsic(1, 1, lambda _scope, value: compact(value)),
    "MathAdd": Intrinsic(2, 2, _math_add),
    "MathRandom": Intrinsic(2, 3, _math_random),
    "StringSplit": Intrinsic(2, 2, _string_split),
    "StringToJson": Intrinsic(1, 1, _string_to_json),
    "UUID": Intrinsic(0, 0, _uuid),
}
"""Every intrinsic function by its name after `States.`."""
