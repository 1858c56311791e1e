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
from ladle.compiler.language.shapes import INT, kind_of
from ladle.wire import RecordField, RecordShape, Shape

__all__ = [
    "DAY",
    "DURATION",
    "MICROS",
    "SECONDS",
    "SIZES",
    "days_of",
    "duration",
    "finest",
    "in_units",
    "made",
    "negative",
    "part_of",
    "read_constant_duration",
    "shift",
    "size_of",
    "times",
    "total_seconds",
]

DURATION: Final = RecordShape("timedelta", (RecordField("days", INT),), "dataclass", datetime.timedelta)
"""The shape of a timedelta of whole days, which no annotation of a door has."""

SECONDS: Final = RecordShape("timedelta", (RecordField("seconds", INT),), "dataclass", datetime.timedelta)
"""One of whole seconds."""

MICROS: Final = RecordShape("timedelta", (RecordField("micros", INT),), "dataclass", datetime.timedelta)
"""One of microseconds: what lies between two times."""

DAY: Final = 86_400
SIZES: Final[Mapping[Shape, int]] = {DURATION: DAY * 1_000_000, SECONDS: 1_000_000, MICROS: 1}
"""Microseconds of one unit."""


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
    factor = SIZES[value.shape] // SIZES[shape]
    return days_of(value) if factor == 1 else times(reader, node, days_of(value), factor)


def finest(*shapes: Shape) -> Shape:
    """The finest unit of some timedeltas."""
    return min((shape for shape in SIZES if shape in shapes), key=lambda shape: SIZES[shape])


def part_of(reader: Reader, node: ast.AST, value: form.Expr, name: str) -> form.Expr | None:
    """`.days` and `.seconds` of a timedelta; None for what it has not here."""
    size = SIZES[value.shape]
    number, span = days_of(value), reader.span(node)
    a_day = form.Const(INT, span, DAY * 1_000_000 // size)
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


def times(reader: Reader, node: ast.AST, days: form.Expr, unit: int) -> form.Expr:
    if isinstance(days, form.Const):
        return form.Const(INT, days.span, days.value * unit)
    return operation(reader, node, "int.mul", days, form.Const(INT, reader.span(node), unit))


def read_constant_duration(reader: Reader, node: ast.AST, value: datetime.timedelta) -> form.Expr:
    """A timedelta that a module names."""
    micros = value // datetime.timedelta(microseconds=1)
    shape = next(shape for shape, size in SIZES.items() if micros % size == 0)
    return made(reader, node, shape, form.Const(INT, reader.span(node), micros // SIZES[shape]))


def negative(reader: Reader, node: ast.AST, value: form.Expr) -> form.Expr:
    """`-duration`."""
    return made(
        reader, node, value.shape, _product(reader, node, days_of(value), form.Const(INT, value.span, -1))
    )


def size_of(reader: Reader, node: ast.AST, value: form.Expr) -> form.Expr:
    """`abs(duration)`."""
    return made(reader, node, value.shape, operation(reader, node, "int.abs", days_of(value)))


def shift(reader: Reader, node: ast.AST, sign: str, first: form.Expr, second: form.Expr) -> form.Expr | None:
    """Arithmetic of dates, times and timedeltas; None for other operands. The operands are not None."""
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
            return made(reader, node, MICROS, operation(reader, node, "int.sub", *ends))
        case (("+" | "-"), "duration", "duration"):
            shape = finest(first.shape, second.shape)
            parts = (in_units(reader, node, each, shape) for each in (first, second))
            verb = "int.add" if sign == "+" else "int.sub"
            return made(reader, node, shape, operation(reader, node, verb, *parts))
        case "*", "duration", "int":
            return made(reader, node, first.shape, _product(reader, node, days_of(first), second))
        case "*", "int", "duration":
            return made(reader, node, second.shape, _product(reader, node, first, days_of(second)))
        case (("/" | "//" | "%"), "duration", "duration"):
            shape = finest(first.shape, second.shape)
            above, below = (in_units(reader, node, each, shape) for each in (first, second))
            if sign == "/":
                return operation(reader, node, "float.div", above, below)
            verb = "int.floordiv" if sign == "//" else "int.mod"
            number = operation(reader, node, verb, above, below)
            return number if sign == "//" else made(reader, node, shape, number)
        case "//", "duration", "int":
            micros = in_units(reader, node, first, MICROS)
            return made(reader, node, MICROS, operation(reader, node, "int.floordiv", micros, second))
        case _:
            return None


def made(reader: Reader, node: ast.AST, shape: Shape, number: form.Expr) -> form.Expr:
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
        name, moved = "date.add_days", made(reader, node, moved.shape, back)
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
    return "duration" if value.shape in SIZES else kind_of(value.shape)
