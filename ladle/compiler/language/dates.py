"""Days between dates: `timedelta(days=n)`, `day + timedelta(...)`, `(b - a).days`.

JSON has no durations, so a timedelta lives between two tasks only, as a record of its days: it may be
assigned, compared, added to a date and asked for `.days`, and goes through no door. Times of day have no part
in it.
"""

from __future__ import annotations

import ast
import datetime
from typing import Final

from ladle.compiler.language import form
from ladle.compiler.language.guards import operation
from ladle.compiler.language.reading import Reader
from ladle.compiler.language.shapes import INT, is_poison, kind_of, show
from ladle.wire import RecordField, RecordShape, Shape

__all__ = ["DURATION", "days_of", "duration", "read_constant_duration", "read_timedelta", "shift"]

DURATION: Final = RecordShape("timedelta", (RecordField("days", INT),), "dataclass", datetime.timedelta)
"""The shape of a timedelta, which no annotation of a door has."""

_UNITS: Final = {"days": 1, "weeks": 7}


def duration(reader: Reader, node: ast.AST, days: form.Expr) -> form.Expr:
    """A timedelta of so many days."""
    return form.MakeObject(DURATION, reader.span(node), (("days", days),))


def days_of(value: form.Expr) -> form.Expr:
    """The days of a timedelta."""
    if isinstance(value, form.MakeObject):
        return value.entries[0][1]
    return form.FieldOf(INT, value.span, value, "days")


def read_timedelta(reader: Reader, node: ast.Call, expected: Shape | None) -> form.Expr:
    """`timedelta(days=n)`, `timedelta(weeks=n)`."""
    del expected
    given: list[tuple[int, ast.expr]] = [(1, argument) for argument in node.args]
    for keyword in node.keywords:
        if keyword.arg not in _UNITS:
            return reader.refuse(
                "L204",
                keyword,
                f"`timedelta` does not take `{keyword.arg or '**'}` here: only whole days are added to dates",
                "give it days or weeks, or compute with times in a task",
            )
        given.append((_UNITS[keyword.arg], keyword.value))
    if len(node.args) > 1:
        return reader.refuse(
            "L202", node, "`timedelta` takes days by place, and nothing else", "name the rest"
        )
    total: form.Expr | None = None
    for unit, argument in given:
        if isinstance(argument, ast.Starred):
            return reader.refuse(
                "L206", argument, "`*` in a call hides which argument is which", "write them"
            )
        days = reader.expression(argument)
        if is_poison(days.shape):
            return days
        if kind_of(days.shape) != "int":
            return reader.refuse(
                "L417",
                argument,
                f"`timedelta` takes ints here, not `{show(days.shape)}`",
                "write int(…): whole days are added to dates",
            )
        if unit > 1:
            days = _times(reader, argument, days, unit)
        total = days if total is None else operation(reader, node, "int.add", total, days)
    return duration(reader, node, total or form.Const(INT, reader.span(node), 0))


def _times(reader: Reader, node: ast.expr, days: form.Expr, unit: int) -> form.Expr:
    if isinstance(days, form.Const):
        return form.Const(INT, days.span, days.value * unit)
    return operation(reader, node, "int.mul", days, form.Const(INT, reader.span(node), unit))


def read_constant_duration(reader: Reader, node: ast.AST, value: datetime.timedelta, name: str) -> form.Expr:
    """A timedelta that a module names."""
    if value.seconds or value.microseconds:
        return reader.refuse(
            "L403", node, f"`{name}` is no whole number of days", "compute with times in a task"
        )
    return duration(reader, node, form.Const(INT, reader.span(node), value.days))


def shift(reader: Reader, node: ast.AST, sign: str, first: form.Expr, second: form.Expr) -> form.Expr | None:
    """`+` and `-` of dates and timedeltas; None for other operands. The operands are not None."""
    match sign, _side(first), _side(second):
        case "+", "date", "duration":
            return operation(reader, node, "date.add_days", first, days_of(second))
        case "+", "duration", "date":
            return operation(reader, node, "date.add_days", second, days_of(first))
        case "-", "date", "duration":
            return operation(reader, node, "date.sub_days", first, days_of(second))
        case "-", "date", "date":
            return duration(reader, node, operation(reader, node, "date.days_between", first, second))
        case "+" | "-", "duration", "duration":
            verb = "int.add" if sign == "+" else "int.sub"
            return duration(reader, node, operation(reader, node, verb, days_of(first), days_of(second)))
        case _:
            return None


def _side(value: form.Expr) -> str:
    return "duration" if value.shape == DURATION else kind_of(value.shape)
