"""Durations: `timedelta(days=n, hours=m)`, `day + timedelta(…)`, `at - timedelta(…)`, `(b - a).days`.

JSON has no durations, so a timedelta lives between two tasks only, as a record of one number: of days, as
long as nothing finer is asked for, of seconds, or of microseconds (the difference of two times). It may be
assigned, compared, added to dates and times, and goes through no door.
"""

from __future__ import annotations

import ast
import datetime
from collections.abc import Mapping
from typing import Final

from ladle.compiler.language import form
from ladle.compiler.language.guards import operation
from ladle.compiler.language.reading import Reader
from ladle.compiler.language.shapes import INT, is_poison, kind_of, show
from ladle.wire import RecordField, RecordShape, Shape

__all__ = [
    "DURATION",
    "MICROS",
    "SECONDS",
    "days_of",
    "duration",
    "finest",
    "in_units",
    "part_of",
    "read_constant_duration",
    "read_timedelta",
    "shift",
    "total_seconds",
]

DURATION: Final = RecordShape("timedelta", (RecordField("days", INT),), "dataclass", datetime.timedelta)
"""The shape of a timedelta of whole days, which no annotation of a door has."""

SECONDS: Final = RecordShape("timedelta", (RecordField("seconds", INT),), "dataclass", datetime.timedelta)
"""One of whole seconds."""

MICROS: Final = RecordShape("timedelta", (RecordField("micros", INT),), "dataclass", datetime.timedelta)
"""One of microseconds: what lies between two times."""

_DAY: Final = 86_400
_SIZES: Final[Mapping[Shape, int]] = {DURATION: _DAY * 1_000_000, SECONDS: 1_000_000, MICROS: 1}
"""Microseconds of one unit."""

_UNITS: Final = {"days": _DAY, "weeks": 7 * _DAY, "hours": 3600, "minutes": 60, "seconds": 1}
"""Seconds of one unit."""


def duration(reader: Reader, node: ast.AST, days: form.Expr) -> form.Expr:
    """A timedelta of so many days."""
    return form.MakeObject(DURATION, reader.span(node), (("days", days),))


def days_of(value: form.Expr) -> form.Expr:
    """The number in a timedelta: its days, or its seconds or microseconds."""
    if isinstance(value, form.MakeObject):
        return value.entries[0][1]
    assert isinstance(value.shape, RecordShape)
    return form.FieldOf(INT, value.span, value, value.shape.fields[0].name)


def in_units(reader: Reader, node: ast.AST, value: form.Expr, shape: Shape) -> form.Expr:
    """The number of a timedelta in the unit of `shape`, which is as fine as its own or finer."""
    factor = _SIZES[value.shape] // _SIZES[shape]
    return days_of(value) if factor == 1 else _times(reader, node, days_of(value), factor)


def finest(*shapes: Shape) -> Shape:
    """The finest unit of some timedeltas."""
    return min((shape for shape in _SIZES if shape in shapes), key=lambda shape: _SIZES[shape])


def part_of(reader: Reader, node: ast.AST, value: form.Expr, name: str) -> form.Expr | None:
    """`.days` and `.seconds` of a timedelta; None for what it has not here."""
    size = _SIZES[value.shape]
    number, span = days_of(value), reader.span(node)
    a_day = form.Const(INT, span, _DAY * 1_000_000 // size)
    if name == "days":
        return number if value.shape == DURATION else operation(reader, node, "int.floordiv", number, a_day)
    if name != "seconds":
        return None
    if value.shape == DURATION:
        return form.Const(INT, span, 0)
    rest = operation(reader, node, "int.mod", number, a_day)
    if size > 1:
        return rest
    return operation(reader, node, "int.floordiv", rest, form.Const(INT, span, 1_000_000))


def total_seconds(reader: Reader, node: ast.AST, value: form.Expr) -> form.Expr:
    """`timedelta.total_seconds()`."""
    if value.shape == MICROS:
        million = form.Const(INT, reader.span(node), 1_000_000)
        return operation(reader, node, "float.div", days_of(value), million)
    return operation(reader, node, "float.of_int", in_units(reader, node, value, SECONDS))


def read_timedelta(reader: Reader, node: ast.Call, expected: Shape | None) -> form.Expr:
    """`timedelta(days=1, hours=6)`, of whole days, hours, minutes, seconds."""
    del expected
    given: list[tuple[str, ast.expr]] = [("days", argument) for argument in node.args]
    for keyword in node.keywords:
        if keyword.arg not in _UNITS:
            return reader.refuse(
                "L204",
                keyword,
                f"`timedelta` does not take `{keyword.arg or '**'}` here",
                "give it weeks, days, hours, minutes, seconds",
            )
        given.append((keyword.arg, keyword.value))
    if len(node.args) > 1:
        return reader.refuse(
            "L202", node, "`timedelta` takes days by place, and nothing else", "name the rest"
        )
    whole = all(name in ("days", "weeks") for name, _ in given)
    total: form.Expr | None = None
    for name, argument in given:
        if isinstance(argument, ast.Starred):
            return reader.refuse(
                "L206", argument, "`*` in a call hides which argument is which", "write them"
            )
        number = reader.expression(argument)
        if is_poison(number.shape):
            return number
        if kind_of(number.shape) != "int":
            return reader.refuse(
                "L417",
                argument,
                f"`timedelta` takes ints here, not `{show(number.shape)}`",
                "write int(…): whole days and seconds are added",
            )
        unit = _UNITS[name] // (_DAY if whole else 1)
        if unit > 1:
            number = _times(reader, argument, number, unit)
        if isinstance(total, form.Const) and isinstance(number, form.Const):
            total = form.Const(INT, reader.span(node), total.value + number.value)
        else:
            total = number if total is None else operation(reader, node, "int.add", total, number)
    made = total or form.Const(INT, reader.span(node), 0)
    return duration(reader, node, made) if whole else _made(reader, node, SECONDS, made)


def _times(reader: Reader, node: ast.AST, days: form.Expr, unit: int) -> form.Expr:
    if isinstance(days, form.Const):
        return form.Const(INT, days.span, days.value * unit)
    return operation(reader, node, "int.mul", days, form.Const(INT, reader.span(node), unit))


def read_constant_duration(reader: Reader, node: ast.AST, value: datetime.timedelta, name: str) -> form.Expr:
    """A timedelta that a module names."""
    if value.microseconds:
        return reader.refuse("L403", node, f"`{name}` is no whole number of seconds", "round it")
    if value.seconds:
        whole = form.Const(INT, reader.span(node), value.days * _DAY + value.seconds)
        return _made(reader, node, SECONDS, whole)
    return duration(reader, node, form.Const(INT, reader.span(node), value.days))


def shift(reader: Reader, node: ast.AST, sign: str, first: form.Expr, second: form.Expr) -> form.Expr | None:
    """`+`, `-` and `*` of dates, times and timedeltas; None for other operands. The operands are not None."""
    match sign, _side(first), _side(second):
        case "+", "date", "duration":
            return _of_date(reader, node, "date.add_days", first, second)
        case "+", "duration", "date":
            return _of_date(reader, node, "date.add_days", second, first)
        case "-", "date", "duration":
            return _of_date(reader, node, "date.sub_days", first, second)
        case "-", "date", "date":
            return duration(reader, node, operation(reader, node, "date.days_between", first, second))
        case (("+" | "-"), "datetime", "duration"):
            return _of_time(reader, node, first, second, back=sign == "-")
        case "+", "duration", "datetime":
            return _of_time(reader, node, second, first, back=False)
        case "-", "datetime", "datetime":
            ends = (operation(reader, node, "datetime.micros", each) for each in (first, second))
            return _made(reader, node, MICROS, operation(reader, node, "int.sub", *ends))
        case (("+" | "-"), "duration", "duration"):
            shape = finest(first.shape, second.shape)
            parts = (in_units(reader, node, each, shape) for each in (first, second))
            verb = "int.add" if sign == "+" else "int.sub"
            return _made(reader, node, shape, operation(reader, node, verb, *parts))
        case "*", "duration", "int":
            return _made(reader, node, first.shape, _product(reader, node, days_of(first), second))
        case "*", "int", "duration":
            return _made(reader, node, second.shape, _product(reader, node, first, days_of(second)))
        case _:
            return None


def _made(reader: Reader, node: ast.AST, shape: Shape, number: form.Expr) -> form.Expr:
    assert isinstance(shape, RecordShape)
    return form.MakeObject(shape, reader.span(node), ((shape.fields[0].name, number),))


def _product(reader: Reader, node: ast.AST, first: form.Expr, second: form.Expr) -> form.Expr:
    if isinstance(first, form.Const) and isinstance(second, form.Const):
        return form.Const(INT, reader.span(node), first.value * second.value)
    return operation(reader, node, "int.mul", first, second)


def _of_date(reader: Reader, node: ast.AST, name: str, date: form.Expr, moved: form.Expr) -> form.Expr:
    """A date moved by whole days: what is finer in a timedelta counts for nothing, as in Python."""
    if name == "date.sub_days" and moved.shape != DURATION:
        back = _product(reader, node, days_of(moved), form.Const(INT, reader.span(node), -1))
        name, moved = "date.add_days", _made(reader, node, moved.shape, back)
    days = part_of(reader, node, moved, "days")
    assert days is not None
    return operation(reader, node, name, date, days)


def _of_time(reader: Reader, node: ast.AST, time: form.Expr, moved: form.Expr, *, back: bool) -> form.Expr:
    if moved.shape == MICROS:
        hint = "add whole seconds: timedelta(seconds=int(d.total_seconds()))"
        return reader.refuse("L405", node, "a time moves by whole seconds here", hint)
    number = in_units(reader, node, moved, SECONDS)
    if back:
        number = _product(reader, node, number, form.Const(INT, reader.span(node), -1))
    return operation(reader, node, "datetime.add_seconds", time, number)


def _side(value: form.Expr) -> str:
    return "duration" if value.shape in _SIZES else kind_of(value.shape)
