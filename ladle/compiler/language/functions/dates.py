"""Dates and durations: `date(2013, 1, 5)`, `date.fromisoformat(text)`, `timedelta(days=1)`."""

from __future__ import annotations

import ast
import datetime
from collections.abc import Mapping
from typing import Any, Final

from ladle.compiler.language import form
from ladle.compiler.language.dates import DAY, SIZES, made, times
from ladle.compiler.language.functions.taking import FunctionReader, refuse_type, takes
from ladle.compiler.language.guards import operation
from ladle.compiler.language.reading import Reader
from ladle.compiler.language.receiving import given, one_of_kind
from ladle.compiler.language.shapes import INT, is_poison, kind_of, show
from ladle.wire import Shape

__all__ = ["DATES"]

_UNITS: Final = {
    "days": DAY * 1_000_000, "seconds": 1_000_000, "microseconds": 1, "milliseconds": 1000,
    "minutes": 60_000_000, "hours": 3_600_000_000, "weeks": 7 * DAY * 1_000_000,
}  # fmt: skip
"""Microseconds of one unit, in the order in which `timedelta` takes them."""


def read_date(reader: Reader, node: ast.Call, expected: Shape | None) -> form.Expr:
    """`date(2013, 1, 5)`."""
    del expected
    arguments = given(reader, node, ("year", "month", "day"), 3)
    if arguments is None:
        return reader.poison(node)
    found = [one_of_kind(reader, each, "date", "int") for each in arguments if each is not None]
    good = [part for part in found if part is not None]
    return reader.poison(node) if len(good) < 3 else operation(reader, node, "date.of_parts", *good)


def read_fromisoformat(reader: Reader, node: ast.Call, expected: Shape | None) -> form.Expr:
    """`date.fromisoformat(text)`."""
    del expected
    if not takes(reader, node, 1, 1):
        return reader.poison(node)
    value = reader.expression(node.args[0])
    if kind_of(value.shape) not in ("str", "poison"):
        return refuse_type(reader, node, value, "give it text")
    return operation(reader, node, "date.of_str", value)


def read_timedelta(reader: Reader, node: ast.Call, expected: Shape | None) -> form.Expr:
    """`timedelta(days=1, hours=6)`: whole numbers, and constants with a fraction."""
    del expected
    arguments = given(reader, node, tuple(_UNITS))
    if arguments is None:
        return reader.poison(node)
    numbers: list[tuple[int, form.Expr]] = []
    named = zip(_UNITS.items(), arguments, strict=True)
    stated = [(name, unit, argument) for (name, unit), argument in named if argument is not None]
    for name, unit, argument in sorted(stated, key=lambda each: (each[2].lineno, each[2].col_offset)):
        number = reader.expression(argument)
        if is_poison(number.shape):
            return number
        if isinstance(number, form.Const) and kind_of(number.shape) == "float":
            micros = datetime.timedelta(**{name: number.value}) // datetime.timedelta(microseconds=1)
            unit, number = 1, form.Const(INT, number.span, micros)
        elif kind_of(number.shape) != "int":
            what = f"`timedelta` takes ints here, not `{show(number.shape)}`"
            return reader.refuse("L417", argument, what, "write int(…): whole numbers are added")
        numbers.append((unit, number))
    shape = _coarsest(numbers)
    total: form.Expr | None = None
    for unit, number in numbers:
        part = number
        if unit != SIZES[shape]:
            part = _scaled(reader, node, number, unit, SIZES[shape])
        if isinstance(total, form.Const) and isinstance(part, form.Const):
            total = form.Const(INT, reader.span(node), total.value + part.value)
        else:
            total = part if total is None else operation(reader, node, "int.add", total, part)
    return made(reader, node, shape, total or form.Const(INT, reader.span(node), 0))


def _coarsest(numbers: list[tuple[int, form.Expr]]) -> Shape:
    """The coarsest unit in which some numbers of units are whole."""
    for shape, size in SIZES.items():
        if all(
            number.value * unit % size == 0 if isinstance(number, form.Const) else unit % size == 0
            for unit, number in numbers
        ):
            return shape
    raise AssertionError("microseconds are whole")


def _scaled(reader: Reader, node: ast.AST, number: form.Expr, unit: int, size: int) -> form.Expr:
    """A number of units as one of units of another size, in which it is whole."""
    if isinstance(number, form.Const):
        return form.Const(INT, number.span, number.value * unit // size)
    return times(reader, node, number, unit // size)


DATES: Final[Mapping[Any, FunctionReader]] = {
    datetime.date: read_date,
    datetime.date.fromisoformat: read_fromisoformat,
    datetime.timedelta: read_timedelta,
}
