"""Dates: `date(2013, 1, 5)` and `date.fromisoformat(text)`; `language.dates` has durations."""

from __future__ import annotations

import ast
import datetime
from collections.abc import Mapping
from typing import Any, Final

from ladle.compiler.language import form
from ladle.compiler.language.dates import read_timedelta
from ladle.compiler.language.functions.taking import FunctionReader, refuse_type, takes
from ladle.compiler.language.guards import operation
from ladle.compiler.language.reading import Reader
from ladle.compiler.language.shapes import kind_of, show
from ladle.wire import Shape

__all__ = ["DATES"]


def read_date(reader: Reader, node: ast.Call, expected: Shape | None) -> form.Expr:
    """`date(2013, 1, 5)`."""
    del expected
    if not takes(reader, node, 3, 3):
        return reader.poison(node)
    values = [reader.expression(argument) for argument in node.args]
    for argument, value in zip(node.args, values, strict=True):
        if kind_of(value.shape) not in ("int", "poison"):
            return reader.refuse(
                "L417", argument, f"`date` takes ints, not `{show(value.shape)}`", "write int(…)"
            )
    return operation(reader, node, "date.of_parts", *values)


def read_fromisoformat(reader: Reader, node: ast.Call, expected: Shape | None) -> form.Expr:
    """`date.fromisoformat(text)`."""
    del expected
    if not takes(reader, node, 1, 1):
        return reader.poison(node)
    value = reader.expression(node.args[0])
    if kind_of(value.shape) not in ("str", "poison"):
        return refuse_type(reader, node, value, "give it text")
    return operation(reader, node, "date.of_str", value)


DATES: Final[Mapping[Any, FunctionReader]] = {
    datetime.date: read_date,
    datetime.date.fromisoformat: read_fromisoformat,
    datetime.timedelta: read_timedelta,
}
