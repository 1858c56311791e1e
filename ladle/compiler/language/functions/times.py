"""Times: `datetime(2013, 1, 5, tzinfo=UTC)`, `datetime.combine`, `fromisoformat` and `fromtimestamp`."""

from __future__ import annotations

import ast
import datetime
from collections.abc import Mapping
from typing import Any, Final

from ladle.compiler.language import form
from ladle.compiler.language.functions.taking import FunctionReader
from ladle.compiler.language.guards import operation
from ladle.compiler.language.names import MISSING, static
from ladle.compiler.language.reading import Reader
from ladle.compiler.language.receiving import given, one_of_kind
from ladle.compiler.language.shapes import DATETIME, INT, STR
from ladle.compiler.language.zones import fixed_zone, zone_of
from ladle.wire import Shape

__all__ = ["TIMES"]

_DATE: Final = ("year", "month", "day")
_CLOCK: Final = ("hour", "minute", "second", "microsecond")


def read_datetime(reader: Reader, node: ast.Call, expected: Shape | None) -> form.Expr:
    """`datetime(year, month, day, hour, minute, second, microsecond, tzinfo=UTC)`."""
    del expected
    arguments = given(reader, node, (*_DATE, *_CLOCK, "tzinfo"), 3)
    if arguments is None:
        return reader.poison(node)
    parts = _numbers(reader, node, arguments[:7])
    zone = _zone(reader, node, arguments[7])
    if parts is None or zone is None:
        return reader.poison(node)
    if isinstance(zone, form.Const) and (made := _constant(node, reader, parts, zone.value)) is not None:
        return made
    day = operation(reader, node, "date.of_parts", *parts[:3])
    return operation(reader, node, "datetime.of_parts", day, *parts[3:], zone)


def _numbers(reader: Reader, node: ast.Call, arguments: list[ast.expr | None]) -> list[form.Expr] | None:
    """The parts, 0 for those left out; None after a problem."""
    called = reader.text(node.func)
    found = [
        form.Const(INT, reader.span(node), 0)
        if argument is None
        else one_of_kind(reader, argument, called, "int")
        for argument in arguments
    ]
    good = [part for part in found if part is not None]
    return good if len(good) == len(arguments) else None


def _zone(reader: Reader, node: ast.AST, argument: ast.expr | None) -> form.Expr | None:
    return form.Const(STR, reader.span(node), "") if argument is None else zone_of(reader, argument)


def _constant(node: ast.AST, reader: Reader, parts: list[form.Expr], zone: str) -> form.Expr | None:
    """A time whose parts are all known; None where they are not, or where there is no such time."""
    numbers = [part.value for part in parts if isinstance(part, form.Const)]
    if len(numbers) < len(parts):
        return None
    try:
        return form.Const(DATETIME, reader.span(node), datetime.datetime(*numbers).isoformat() + zone)
    except (ValueError, OverflowError):
        return None  # it fails when it runs, as in Python


def read_combine(reader: Reader, node: ast.Call, expected: Shape | None) -> form.Expr:
    """`datetime.combine(day, time(6, 30), tzinfo=UTC)`; the time of day is written where it stands."""
    del expected
    arguments = given(reader, node, ("date", "time", "tzinfo"), 2)
    if arguments is None or arguments[0] is None or arguments[1] is None:
        return reader.poison(node)
    day = one_of_kind(reader, arguments[0], reader.text(node.func), "date")
    clock = _clock(reader, arguments[1])
    if day is None or clock is None:
        return reader.poison(node)
    parts, zone = clock
    if arguments[2] is not None:
        own = zone_of(reader, arguments[2])
        if own is None:
            return reader.poison(node)
        zone = own
    return operation(reader, node, "datetime.of_parts", day, *parts, zone)


def _clock(reader: Reader, node: ast.expr) -> tuple[list[form.Expr], form.Expr] | None:
    """A time of day: hour, minute, second and microsecond, and its zone; None after a problem."""
    span = reader.span(node)
    found = static(reader, node)
    if isinstance(node, ast.Call) and static(reader, node.func) is datetime.time:
        arguments = given(reader, node, (*_CLOCK, "tzinfo"))
        if arguments is None:
            return None
        parts, zone = _numbers(reader, node, arguments[:4]), _zone(reader, node, arguments[4])
        return None if parts is None or zone is None else (parts, zone)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "time":
        moment = static(reader, node.func.value)
        found = moment.time() if isinstance(moment, datetime.datetime) and not node.args else MISSING
    if isinstance(found, datetime.time) and found.tzinfo is None:
        numbers = (found.hour, found.minute, found.second, found.microsecond)
        return [form.Const(INT, span, number) for number in numbers], form.Const(STR, span, "")
    hint = "write: datetime.combine(day, time(6, 30), tzinfo=UTC)"
    reader.problem("L417", node, "a time of day is written where it stands here", hint)
    return None


def read_fromisoformat(reader: Reader, node: ast.Call, expected: Shape | None) -> form.Expr:
    """`datetime.fromisoformat(text)`."""
    del expected
    arguments = given(reader, node, ("date_string",), 1)
    if arguments is None or arguments[0] is None:
        return reader.poison(node)
    text = one_of_kind(reader, arguments[0], reader.text(node.func), "str")
    return reader.poison(node) if text is None else operation(reader, node, "datetime.of_str", text)


def read_fromtimestamp(reader: Reader, node: ast.Call, expected: Shape | None) -> form.Expr:
    """`datetime.fromtimestamp(seconds, UTC)`, of whole seconds."""
    del expected
    arguments = given(reader, node, ("timestamp", "tz"), 1)
    if arguments is None or arguments[0] is None:
        return reader.poison(node)
    if arguments[1] is None or fixed_zone(reader, arguments[1]) != "Z":
        what = "without UTC, the zone of the machine that it runs on would decide"
        return reader.refuse("L417", node, what, "write: datetime.fromtimestamp(seconds, UTC)")
    seconds = one_of_kind(reader, arguments[0], reader.text(node.func), "int")
    return reader.poison(node) if seconds is None else operation(reader, node, "datetime.of_seconds", seconds)


TIMES: Final[Mapping[Any, FunctionReader]] = {
    datetime.datetime: read_datetime,
    datetime.datetime.combine: read_combine,
    datetime.datetime.fromisoformat: read_fromisoformat,
    datetime.datetime.fromtimestamp: read_fromtimestamp,
}
