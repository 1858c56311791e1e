"""What a field may hold, one check a kind of value. Objects and their lists are the fields' own matter."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from difflib import get_close_matches
from typing import Any

from ladle.asl.problems import Pointer, Problem
from ladle.asl.queries import expression_in
from ladle.asl.tables import Field, Kind

__all__ = ["check_timestamp", "check_value", "wrong_type"]

Check = Callable[[Field, Any, Pointer, str], Iterator[Problem]]


def check_value(field: Field, value: Any, pointer: Pointer, language: str) -> Iterator[Problem]:
    """The value of a field against its row in the tables, in a state of `language`."""
    check = _CHECKS.get(field.kind)
    if check is not None:
        yield from check(field, value, pointer, language)


_TYPE_NAMES = {
    bool: "a boolean",
    int: "a number",
    float: "a number",
    str: "a text",
    list: "a list",
    dict: "an object",
}


def wrong_type(pointer: Pointer, value: Any, wanted: str, hint: str = "") -> Problem:
    """A value of another type than `wanted`."""
    given = "null" if value is None else _TYPE_NAMES.get(type(value), type(value).__name__)
    return Problem("A203", pointer, f"{pointer[-1]} must be {wanted}, not {given}", hint)


def _is_expression(value: Any) -> bool:
    return isinstance(value, str) and expression_in(value) is not None


def _text(_field: Field, value: Any, pointer: Pointer, _language: str) -> Iterator[Problem]:
    if not isinstance(value, str):
        yield wrong_type(pointer, value, "a text")


def _path(_field: Field, value: Any, pointer: Pointer, _language: str) -> Iterator[Problem]:
    if value is not None and not isinstance(value, str):
        yield wrong_type(pointer, value, "a path or null")


def _flag(_field: Field, value: Any, pointer: Pointer, _language: str) -> Iterator[Problem]:
    if not isinstance(value, bool):
        yield wrong_type(pointer, value, "true or false")
    elif pointer[-1] == "End" and value is False:
        yield Problem("A203", pointer, "End can only be true", "remove it; a state with Next does not end")


def _language_name(_field: Field, value: Any, pointer: Pointer, _language: str) -> Iterator[Problem]:
    if value not in ("JSONPath", "JSONata"):
        yield Problem(
            "A206", pointer, f"there is no query language {value!r}", "write 'JSONata' or 'JSONPath'"
        )


def _word(field: Field, value: Any, pointer: Pointer, _language: str) -> Iterator[Problem]:
    if value not in field.words:
        close = get_close_matches(str(value).upper(), field.words, 1, 0.6)
        yield Problem(
            "A203",
            pointer,
            f"{pointer[-1]} cannot be {value!r}",
            f"write {close[0]!r}" if close else f"one of {', '.join(field.words)}",
        )


def _strings(_field: Field, value: Any, pointer: Pointer, _language: str) -> Iterator[Problem]:
    if not isinstance(value, list):
        yield wrong_type(pointer, value, "a list of texts")
        return
    if not value:
        yield Problem("A213", pointer, f"{pointer[-1]} is empty", "name at least one")
    for index, item in enumerate(value):
        if not isinstance(item, str):
            yield wrong_type((*pointer, index), item, "a text")


def _assign(_field: Field, value: Any, pointer: Pointer, _language: str) -> Iterator[Problem]:
    if not isinstance(value, Mapping):
        yield wrong_type(pointer, value, "an object")


def _template(_field: Field, value: Any, pointer: Pointer, language: str) -> Iterator[Problem]:
    # JSONPath evaluates keys, so there must be some; JSONata takes any JSON.
    if language == "JSONPath" and not isinstance(value, Mapping):
        yield wrong_type(pointer, value, "an object")


def _arguments(_field: Field, value: Any, pointer: Pointer, language: str) -> Iterator[Problem]:
    if not isinstance(value, Mapping) and not (language == "JSONata" and _is_expression(value)):
        wanted = "an object" if language == "JSONPath" else "an object or a {% … %} expression"
        yield wrong_type(pointer, value, wanted)


def _items(_field: Field, value: Any, pointer: Pointer, _language: str) -> Iterator[Problem]:
    if not isinstance(value, list | Mapping) and not _is_expression(value):
        yield wrong_type(pointer, value, "an array, an object or a {% … %} expression")


def _number(field: Field, value: Any, pointer: Pointer, language: str) -> Iterator[Problem]:
    if language == "JSONata" and not field.literal and isinstance(value, str):
        if not _is_expression(value):
            yield wrong_type(pointer, value, "a number or a {% … %} expression")
        return
    if isinstance(value, bool) or not isinstance(value, int | float):
        readable = isinstance(value, str) and not field.literal
        hint = f"to read it from data, use {pointer[-1]}Path" if readable else ""
        yield wrong_type(pointer, value, "a number", hint)
        return
    if field.kind is Kind.INTEGER and isinstance(value, float) and not value.is_integer():
        yield wrong_type(pointer, value, "a whole number")
        return
    # AWS writes the limits of its decimal fields with a decimal point.
    decimal = ".0" if field.kind is Kind.NUMBER else ""
    if field.low is not None and value < field.low:
        yield Problem(
            "A208",
            pointer,
            f"{pointer[-1]} is {value}, its minimum is {_plain(field.low)}",
            aws_message=f"Minimum value is {_plain(field.low)}{decimal}",
        )
    if field.high is not None and value > field.high:
        yield Problem(
            "A208",
            pointer,
            f"{pointer[-1]} is {value}, its maximum is {_plain(field.high)}",
            aws_message=f"Maximum value is {_plain(field.high)}{decimal}",
        )


def _plain(number: float) -> str:
    return str(int(number)) if float(number).is_integer() else str(number)


def _timestamp(_field: Field, value: Any, pointer: Pointer, language: str) -> Iterator[Problem]:
    yield from check_timestamp(value, pointer, language)


# The profile of RFC 3339 that the specification asks for: an upper-case T, and Z or an offset.
_TIMESTAMP = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII)


def check_timestamp(value: Any, pointer: Pointer, language: str) -> Iterator[Problem]:
    """A literal timestamp must be a real moment; in JSONata states an expression will do."""
    if not isinstance(value, str):
        yield wrong_type(pointer, value, "a timestamp")
    elif not (language == "JSONata" and _is_expression(value)) and not _is_moment(value):
        yield Problem(
            "A209",
            pointer,
            f"{value!r} is no timestamp",
            "write it as 2016-03-14T01:59:00Z: an upper-case T, and Z or an offset at the end",
            aws_message="String does not match RFC3339 timestamp",
        )


def _is_moment(text: str) -> bool:
    match = _TIMESTAMP.fullmatch(text)
    if match is None:
        return False
    try:
        datetime.fromisoformat(match[1] + ("+00:00" if match[3] == "Z" else match[3]))
    except ValueError:
        return False
    return True


_CHECKS: Mapping[Kind, Check] = {
    Kind.STRING: _text,
    Kind.TEXT: _text,
    Kind.TARGET: _text,
    Kind.RESOURCE: _text,
    Kind.REFERENCE: _text,
    Kind.DATA_REFERENCE: _text,
    Kind.PATH_OR_INTRINSIC: _text,
    Kind.PATH: _path,
    Kind.RESULT_PATH: _path,
    Kind.FLAG: _flag,
    Kind.LANGUAGE: _language_name,
    Kind.ENUM: _word,
    Kind.STRINGS: _strings,
    Kind.ASSIGN: _assign,
    Kind.TEMPLATE: _template,
    Kind.ARGUMENTS: _arguments,
    Kind.ITEMS: _items,
    Kind.INTEGER: _number,
    Kind.NUMBER: _number,
    Kind.TIMESTAMP: _timestamp,
}
"""Kinds without a row hold anything (VALUE), or are judged apart (TYPE)."""
