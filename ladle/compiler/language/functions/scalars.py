"""Of one value: `len`, `str`, `int`, `float`, `bool`, `abs`, `round`, `divmod`, and what `math` knows."""

from __future__ import annotations

import ast
import math
from collections.abc import Mapping
from typing import Any, Final

from ladle.compiler.language import form
from ladle.compiler.language.conditions import condition
from ladle.compiler.language.dates import size_of
from ladle.compiler.language.enums import members_of
from ladle.compiler.language.functions.taking import FunctionReader, refuse_type, takes
from ladle.compiler.language.guards import operation
from ladle.compiler.language.names import MISSING, static
from ladle.compiler.language.operations.formats import DIGITS
from ladle.compiler.language.reading import Reader, retyped
from ladle.compiler.language.receiving import given, one_of_kind
from ladle.compiler.language.setwise import members
from ladle.compiler.language.shapes import FLOAT, INT, NULL, is_duration, is_set, kind_of
from ladle.compiler.language.texts import text_of
from ladle.wire import RecordShape, Shape, TupleShape

__all__ = ["SCALARS"]


def read_len(reader: Reader, node: ast.Call, expected: Shape | None) -> form.Expr:
    del expected
    if not takes(reader, node, 1, 1):
        return reader.poison(node)
    value = _counted(reader, node.args[0])
    kind = kind_of(value.shape)
    if kind in ("list", "tuple"):
        return operation(reader, node, "list.len", value)
    if is_set(value.shape):
        return operation(reader, node, "list.len", members(value))
    if kind in ("str", "dict"):
        return operation(reader, node, f"{kind}.len", value)
    if isinstance(value.shape, RecordShape) and value.shape.kind == "typeddict":
        return operation(reader, node, "dict.len", value)
    return refuse_type(reader, node, value, "take the length of a list, dict or text")


def _counted(reader: Reader, node: ast.expr) -> form.Expr:
    """What is counted: a value, or the keys, values or items of a dict."""
    if (members := members_of(reader, node)) is not None:
        return members
    views = ("keys", "values", "items")
    called = node.func if isinstance(node, ast.Call) and not node.args else None
    if isinstance(called, ast.Attribute) and called.attr in views and static(reader, called) is MISSING:
        return reader.expression(called.value)
    return reader.expression(node)


def read_str(reader: Reader, node: ast.Call, expected: Shape | None) -> form.Expr:
    del expected
    if not takes(reader, node, 1, 1):
        return reader.poison(node)
    return text_of(reader, node.args[0], reader.expression(node.args[0]))


def read_int(reader: Reader, node: ast.Call, expected: Shape | None) -> form.Expr:
    del expected
    if not takes(reader, node, 1, 1):
        return reader.poison(node)
    value = reader.expression(node.args[0])
    kind = kind_of(value.shape)
    if kind == "int":
        return retyped(value, INT)
    if kind in ("str", "float", "bool"):
        return operation(reader, node, f"int.of_{kind}", value)
    return refuse_type(reader, node, value, "convert text or a number")


def read_float(reader: Reader, node: ast.Call, expected: Shape | None) -> form.Expr:
    del expected
    if not takes(reader, node, 1, 1):
        return reader.poison(node)
    value = reader.expression(node.args[0])
    kind = kind_of(value.shape)
    if kind in ("str", "int", "float"):
        return operation(reader, node, f"float.of_{kind}", value)
    return refuse_type(reader, node, value, "convert text or a number")


def read_bool(reader: Reader, node: ast.Call, expected: Shape | None) -> form.Expr:
    del expected
    if not takes(reader, node, 1, 1):
        return reader.poison(node)
    return condition(reader, node.args[0]).expr


def read_abs(reader: Reader, node: ast.Call, expected: Shape | None) -> form.Expr:
    del expected
    if not takes(reader, node, 1, 1):
        return reader.poison(node)
    value = reader.expression(node.args[0])
    kind = kind_of(value.shape)
    if kind in ("int", "float"):
        return operation(reader, node, f"{kind}.abs", value)
    if is_duration(value.shape):
        return size_of(reader, node, value)
    return refuse_type(reader, node, value, "take the size of a number")


def read_round(reader: Reader, node: ast.Call, expected: Shape | None) -> form.Expr:
    """`round(x)` and `round(x, digits)`, with digits known when compiling."""
    del expected
    arguments = given(reader, node, ("number", "ndigits"), 1)
    if arguments is None or arguments[0] is None:
        return reader.poison(node)
    value = reader.expression(arguments[0])
    kind = kind_of(value.shape)
    if kind not in ("int", "float"):
        return refuse_type(reader, node, value, "round a number")
    digits_node = arguments[1]
    digits = None if digits_node is None else reader.expression(digits_node)
    if digits is None or digits.shape == NULL:
        return operation(reader, node, "int.round", value)
    if (
        not isinstance(digits, form.Const)
        or not isinstance(digits.value, int)
        or not 0 <= digits.value <= DIGITS
    ):
        hint = "write: round(x, 2)"
        what = f"the digits of `round` are a constant from 0 to {DIGITS} here"
        return reader.refuse("L417", digits_node or node, what, hint)
    return value if kind == "int" else operation(reader, node, "float.round", value, digits)


def read_isinstance(reader: Reader, node: ast.Call, expected: Shape | None) -> form.Expr:
    del expected
    return condition(reader, node).expr


def read_divmod(reader: Reader, node: ast.Call, expected: Shape | None) -> form.Expr:
    """`divmod(a, b)` of integers."""
    del expected
    if not takes(reader, node, 2, 2):
        return reader.poison(node)
    first, second = (one_of_kind(reader, argument, "divmod", "int") for argument in node.args)
    if first is None or second is None:
        return reader.poison(node)

    def both(above: form.Expr, below: form.Expr) -> form.Expr:
        parts = tuple(operation(reader, node, f"int.{verb}", above, below) for verb in ("floordiv", "mod"))
        return form.MakeList(TupleShape((INT, INT)), reader.span(node), parts)

    return reader.bound(
        node.args[0],
        "above",
        first,
        lambda above: reader.bound(node.args[1], "below", second, lambda below: both(above, below)),
    )


def read_math(name: str) -> FunctionReader:
    """`math.floor`, `math.ceil`, `math.trunc`, `math.fabs`, `math.sqrt`."""

    def read(reader: Reader, node: ast.Call, expected: Shape | None) -> form.Expr:
        del expected
        if not takes(reader, node, 1, 1):
            return reader.poison(node)
        value = reader.expression(node.args[0])
        if kind_of(value.shape) in ("int", "float"):
            return operation(reader, node, name, value)
        return refuse_type(reader, node, value, "give it a number")

    return read


def read_isclose(reader: Reader, node: ast.Call, expected: Shape | None) -> form.Expr:
    """`math.isclose(a, b, rel_tol=…, abs_tol=…)`, written out: equal, or not further apart than allowed."""
    del expected
    arguments = given(reader, node, ("a", "b", "rel_tol", "abs_tol"), 2)
    if arguments is None or arguments[0] is None or arguments[1] is None:
        return reader.poison(node)
    at, by = arguments[0], arguments[1]
    span = reader.span(node)
    defaults = {2: 1e-09, 3: 0.0}
    values: list[form.Expr] = []
    for place, argument in enumerate(arguments):
        if argument is None:
            values.append(form.Const(FLOAT, span, defaults[place]))
            continue
        value = one_of_kind(reader, argument, "isclose", "float", "int")
        if value is None:
            return reader.poison(node)
        tolerance = isinstance(value, form.Const) and value.value >= 0
        if place in defaults and not tolerance:
            what = "a tolerance is a constant here, and not negative"
            return reader.refuse("L417", argument, what, "write: rel_tol=1e-6")
        values.append(value)
    first, second, relative, absolute = values

    def close(a: form.Expr, b: form.Expr) -> form.Expr:
        apart = operation(reader, node, "float.abs", operation(reader, node, "float.sub", b, a))
        sizes = (operation(reader, node, "float.abs", each) for each in (b, a))
        limits = [*(operation(reader, node, "float.mul", relative, size) for size in sizes), absolute]
        tests = [operation(reader, node, "num.le", apart, limit) for limit in limits]
        return operation(reader, node, "bool.or", operation(reader, node, "eq", a, b), *tests)

    return reader.bound(at, "a", first, lambda a: reader.bound(by, "b", second, lambda b: close(a, b)))


SCALARS: Final[Mapping[Any, FunctionReader]] = {
    len: read_len,
    str: read_str,
    int: read_int,
    float: read_float,
    bool: read_bool,
    abs: read_abs,
    round: read_round,
    isinstance: read_isinstance,
    divmod: read_divmod,
    math.floor: read_math("int.floor"),
    math.ceil: read_math("int.ceil"),
    math.trunc: read_math("int.of_float"),
    math.fabs: read_math("float.abs"),
    math.sqrt: read_math("float.sqrt"),
    math.isclose: read_isclose,
}
