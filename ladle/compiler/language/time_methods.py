"""Methods of dates and times."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Final

from ladle.compiler.language import form
from ladle.compiler.language.guards import operation
from ladle.compiler.language.reading import Reader
from ladle.compiler.language.receiving import given, one_of_kind, unknown, values_of
from ladle.compiler.language.shapes import INT, is_poison
from ladle.compiler.language.texts import iso_text, time_text, within
from ladle.compiler.language.zones import fixed_zone, zone_of
from ladle.wire import TupleShape

__all__ = ["CALENDAR", "date_method", "datetime_method"]

_DATE: Final[Mapping[str, str]] = {
    "isoformat": "str.of_date",
    "weekday": "date.weekday",
    "isoweekday": "date.isoweekday",
    "toordinal": "date.toordinal",
}

_TIMESPECS: Final = ("auto", "hours", "minutes", "seconds", "milliseconds", "microseconds")

CALENDAR: Final = ("year", "week", "weekday")
"""What `isocalendar()` gives, by name and in order."""


def date_method(reader: Reader, node: ast.Call, name: str, base: form.Expr) -> form.Expr:
    """`day.isoformat()` and the like."""
    if name == "strftime":
        return _strftime(reader, node, base)
    if name == "replace":
        return _replaced_date(reader, node, base)
    if name not in (*_DATE, "isocalendar"):
        return unknown(reader, node, "date", name, (*_DATE, "isocalendar", "strftime", "replace"))
    if values_of(reader, node, ()) is None:
        return reader.poison(node)
    return (
        _calendar(reader, node, base) if name == "isocalendar" else operation(reader, node, _DATE[name], base)
    )


def datetime_method(reader: Reader, node: ast.Call, name: str, base: form.Expr) -> form.Expr:
    """`at.date()`, `at.replace(…)`, `at.isoformat()` and the like."""
    if name == "strftime":
        return _strftime(reader, node, base)
    if name == "isoformat":
        return _isoformat(reader, node, base)
    if name == "replace":
        return _replaced_time(reader, node, base)
    if name == "astimezone":
        return _in_zone(reader, node, base)
    of_date = ("weekday", "isoweekday", "toordinal", "isocalendar")
    known = ("date", "timestamp", *of_date)
    if name not in known:
        others = ("strftime", "isoformat", "replace", "astimezone")
        return unknown(reader, node, "datetime", name, (*known, *others))
    if values_of(reader, node, ()) is None:
        return reader.poison(node)
    if name == "timestamp":
        million = form.Const(INT, reader.span(node), 1_000_000)
        return operation(reader, node, "float.div", operation(reader, node, "datetime.micros", base), million)
    day = operation(reader, node, "datetime.date", base)
    return day if name == "date" else date_method(reader, node, name, day)


def _strftime(reader: Reader, node: ast.Call, base: form.Expr) -> form.Expr:
    values = values_of(reader, node, ("constant",))
    if values is None or not isinstance(values[0], form.Const):
        return reader.poison(node)
    return time_text(reader, node, base, values[0].value)


def _isoformat(reader: Reader, node: ast.Call, base: form.Expr) -> form.Expr:
    arguments = given(reader, node, ("sep", "timespec"))
    if arguments is None:
        return reader.poison(node)
    texts: list[str] = []
    for argument, default in zip(arguments, ("T", "auto"), strict=True):
        value = default if argument is None else getattr(reader.expression(argument), "value", None)
        if not isinstance(value, str) or (default == "T") != (len(value) == 1):
            what = "`isoformat` takes a separator of one character and a timespec, known when compiling"
            return reader.refuse(
                "L417", argument or node, what, 'write: isoformat(sep=" ", timespec="seconds")'
            )
        texts.append(value)
    if texts[1] not in _TIMESPECS:
        return reader.refuse(
            "L417", node, f"there is no timespec {texts[1]!r}", f"use {', '.join(_TIMESPECS)}"
        )
    return iso_text(reader, node, base, *texts)


def _whole(
    reader: Reader, node: ast.Call, names: tuple[str, ...], arguments: list[ast.expr | None], kind: str,
    base: form.Expr,
) -> list[form.Expr] | None:  # fmt: skip
    """The parts that arguments give, and those of the value where there is none; None after a problem."""
    called = reader.text(node.func)
    found = [
        operation(reader, node, f"{kind}.{name}", base)
        if argument is None
        else one_of_kind(reader, argument, called, "int")
        for name, argument in zip(names, arguments, strict=True)
    ]
    good = [part for part in found if part is not None]
    return good if len(good) == len(names) else None


def _replaced_date(reader: Reader, node: ast.Call, base: form.Expr) -> form.Expr:
    """`day.replace(day=1)`."""
    names = ("year", "month", "day")
    arguments = given(reader, node, names)
    if arguments is None:
        return reader.poison(node)

    return reader.bound(node, "day", base, lambda held: _moved(reader, node, arguments, "date", held, held))


def _moved(
    reader: Reader,
    node: ast.Call,
    arguments: list[ast.expr | None],
    kind: str,
    base: form.Expr,
    day: form.Expr,
) -> form.Expr:
    """The date `day` of `base` with the year, month and day that arguments give."""
    if not any(argument is not None for argument in arguments):
        return day
    good = _whole(reader, node, ("year", "month", "day"), arguments, kind, base)
    if good is None:
        return reader.poison(node)
    if arguments[:2] == [None, None] and isinstance(good[2], form.Const) and 1 <= good[2].value <= 28:
        return within(reader, node, day, 8, f"{good[2].value:02d}")  # every month has such a day
    return operation(reader, node, "date.of_parts", *good)


def _replaced_time(reader: Reader, node: ast.Call, base: form.Expr) -> form.Expr:
    """`at.replace(hour=0, minute=0)`."""
    of_date, of_clock = ("year", "month", "day"), ("hour", "minute", "second", "microsecond")
    names = (*of_date, *of_clock, "tzinfo")
    arguments = given(reader, node, names)
    if arguments is None:
        return reader.poison(node)
    dated, clocked, tzinfo = arguments[:3], arguments[3:7], arguments[7]

    def parts(held: form.Expr) -> form.Expr:
        day = operation(reader, node, "datetime.date", held)
        day = _moved(reader, node, dated, "datetime", held, day)
        clock = _whole(reader, node, of_clock, clocked, "datetime", held)
        zone = operation(reader, node, "datetime.zone", held) if tzinfo is None else zone_of(reader, tzinfo)
        if is_poison(day.shape) or clock is None or zone is None:
            return reader.poison(node)
        return operation(reader, node, "datetime.of_parts", day, *clock, zone)

    return reader.bound(node, "at", base, parts)


def _in_zone(reader: Reader, node: ast.Call, base: form.Expr) -> form.Expr:
    """`at.astimezone(UTC)`."""
    arguments = given(reader, node, ("tz",))
    if arguments is None:
        return reader.poison(node)
    if arguments[0] is None or fixed_zone(reader, arguments[0]) != "Z":
        what = "`astimezone` goes to UTC here: other zones need their rules, or those of the machine"
        return reader.refuse(
            "L417", node, what, "write: astimezone(UTC), or do it in a task: inline(helper)(…)"
        )
    return operation(reader, node, "datetime.utc", base)


def _calendar(reader: Reader, node: ast.expr, day: form.Expr) -> form.Expr:
    """`day.isocalendar()`: the week is that of its Thursday, whose year it belongs to."""
    span = reader.span(node)

    def number(value: int) -> form.Const:
        return form.Const(INT, span, value)

    def made(held: form.Expr, thursday: form.Expr) -> form.Expr:
        year = operation(reader, node, "date.year", thursday)
        days = operation(
            reader, node, "date.days_between", thursday, within(reader, node, thursday, 5, "01-01")
        )
        week = operation(
            reader, node, "int.add", operation(reader, node, "int.floordiv", days, number(7)), number(1)
        )
        parts = (year, week, operation(reader, node, "date.isoweekday", held))
        return form.MakeList(TupleShape((INT, INT, INT)), span, parts)

    def with_thursday(held: form.Expr) -> form.Expr:
        away = operation(reader, node, "int.sub", number(4), operation(reader, node, "date.isoweekday", held))
        thursday = operation(reader, node, "date.add_days", held, away)
        return reader.bound(node, "thursday", thursday, lambda found: made(held, found))

    return reader.bound(node, "day", day, with_thursday)
