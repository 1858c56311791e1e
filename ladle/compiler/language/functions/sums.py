"""One value of many: `sum`, `any` and `all`."""

from __future__ import annotations

import ast
import math
from collections.abc import Mapping
from typing import Any, Final

from ladle.compiler.language import form
from ladle.compiler.language.comprehensions import is_unordered, list_of
from ladle.compiler.language.conditions import condition, truth_of
from ladle.compiler.language.functions.taking import FunctionReader, item_of, refuse_type, takes
from ladle.compiler.language.guards import operation
from ladle.compiler.language.reading import Reader
from ladle.compiler.language.receiving import given
from ladle.compiler.language.sets import bag
from ladle.compiler.language.shapes import BOOL, INT, is_poison, join, kind_of, show
from ladle.wire import ListShape, Shape

__all__ = ["SUMS"]


def read_sum(reader: Reader, node: ast.Call, expected: Shape | None) -> form.Expr:
    del expected
    arguments = given(reader, node, ("iterable", "start"), 1)
    if arguments is None or arguments[0] is None:
        return reader.poison(node)
    value = bag(reader, arguments[0])
    if arguments[1] is not None:
        return _sum_from(reader, node, value, arguments[1])
    item = item_of(value.shape)
    if kind_of(item) == "bool":
        number = reader.define("each", BOOL, node, made=True, tag="sum")
        read = reader.value_of(number, reader.span(node))
        as_int = operation(reader, node, "int.of_bool", read)
        value = form.Loop(ListShape(INT), reader.span(node), number, value, None, as_int)
        item = INT
    if kind_of(item) in ("int", "never") and not is_poison(value.shape):
        return operation(reader, node, "list.sum", value)
    if kind_of(item) == "float":
        if is_unordered(value):
            return reader.refuse(
                "L415",
                node,
                "the sum of floats depends on their order, which dicts and sets do not keep",
                "sum a list, or do it in a task",
            )
        return operation(reader, node, "list.sum_float", value)
    return refuse_type(reader, node, value, "sum a list of numbers")


def _sum_from(reader: Reader, node: ast.Call, value: form.Expr, start_node: ast.expr) -> form.Expr:
    """`sum(xs, start)` of integers, and `sum(lists, [])`."""
    start = reader.expression(start_node)
    if is_poison(value.shape) or is_poison(start.shape):
        return reader.poison(node)
    item = item_of(value.shape)
    if kind_of(item) in ("int", "never") and kind_of(start.shape) == "int":
        return operation(reader, node, "int.add", start, operation(reader, node, "list.sum", value))
    if kind_of(item) == "list" and kind_of(start.shape) == "list" and not is_unordered(value):
        flat = operation(reader, node, "list.flatten", value)
        shape = join(start.shape, flat.shape)
        if isinstance(start, form.MakeList) and not start.items:
            return flat
        return operation(reader, node, "list.add", start, flat, shape=shape)
    hint = "sum integers from an integer, or write a comprehension of two `for`"
    return reader.refuse("L417", start_node, f"`sum` does not start with `{show(start.shape)}` here", hint)


def read_any_all(name: str) -> FunctionReader:
    """`any` and `all`: the truth of each item, then one of them or all."""

    def read(reader: Reader, node: ast.Call, expected: Shape | None) -> form.Expr:
        del expected
        if not takes(reader, node, 1, 1):
            return reader.poison(node)
        argument = node.args[0]
        if isinstance(argument, ast.GeneratorExp):
            test = lambda: condition(reader, argument.elt).expr  # noqa: E731 - as in the other readers
            value = list_of(reader, argument, test, calls=False, unordered=True)
            return operation(reader, node, f"list.{name}", value)
        value = bag(reader, argument)
        if is_poison(value.shape):
            return value
        if kind_of(item_of(value.shape)) not in ("bool", "never"):
            each = reader.define("each", item_of(value.shape), node, made=True, tag="truth")
            truth = truth_of(reader, argument, reader.value_of(each, reader.span(node)))
            if is_poison(truth.shape):
                return truth
            value = form.Loop(ListShape(BOOL), reader.span(node), each, value, None, truth)
        return operation(reader, node, f"list.{name}", value)

    return read


def read_prod(reader: Reader, node: ast.Call, expected: Shape | None) -> form.Expr:
    """`math.prod(xs)`."""
    del expected
    if not takes(reader, node, 1, 1):
        return reader.poison(node)
    value = bag(reader, node.args[0])
    kind = "poison" if is_poison(value.shape) else kind_of(item_of(value.shape))
    if kind in ("int", "never"):
        return operation(reader, node, "list.prod", value)
    if kind == "float" and not is_unordered(value):
        return operation(reader, node, "list.prod_float", value)
    return refuse_type(reader, node, value, "multiply a list of numbers")


SUMS: Final[Mapping[Any, FunctionReader]] = {
    sum: read_sum,
    math.prod: read_prod,
    any: read_any_all("any"),
    all: read_any_all("all"),
}
