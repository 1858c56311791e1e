"""Lists and dicts: making them, and going over them."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any, Final

from ladle.compiler.language import form
from ladle.compiler.language.comprehensions import items_of
from ladle.compiler.language.functions.taking import (
    FunctionReader,
    gone_over,
    item_of,
    keyword,
    refuse_type,
    takes,
)
from ladle.compiler.language.guards import operation
from ladle.compiler.language.names import static
from ladle.compiler.language.operations import accepts
from ladle.compiler.language.reading import Condition, Reader, retyped
from ladle.compiler.language.records import as_dict
from ladle.compiler.language.rewriting import is_lazy
from ladle.compiler.language.sets import bag, read_set_call
from ladle.compiler.language.shapes import INT, NEVER, NULL, STR, is_poison, join, kind_of, show
from ladle.compiler.language.values import leak
from ladle.wire import DictShape, ListShape, Shape, TupleShape

__all__ = ["LISTS"]


def read_list(reader: Reader, node: ast.Call, expected: Shape | None) -> form.Expr:
    if not takes(reader, node, 0, 1):
        return reader.poison(node)
    if not node.args:
        return reader.expression(reader.derived(node, lambda: ast.List([], ast.Load())), expected)
    value = gone_over(reader, node.args[0])
    if isinstance(value.shape, TupleShape):
        item = NEVER
        for each in value.shape.items:
            item = join(item, each)
        return retyped(value, ListShape(item))
    return value


def read_tuple(reader: Reader, node: ast.Call, expected: Shape | None) -> form.Expr:
    del expected
    return reader.refuse("L201", node, "tuples have a fixed length", "use a list")


def read_dict(reader: Reader, node: ast.Call, expected: Shape | None) -> form.Expr:
    if len(node.args) == 1 and not node.keywords:
        value = as_dict(reader.expression(node.args[0]))
        if isinstance(value.shape, DictShape):
            return value
        pairs = value if is_poison(value.shape) else items_of(reader, node.args[0], value)
        if isinstance(pairs.shape, ListShape) and accepts("pair", pairs.shape.item):
            return operation(reader, node, "dict.of_pairs", pairs)
        return refuse_type(reader, node, pairs, "write a dict display or comprehension")
    if not takes(reader, node, 0, 1, tuple(keyword.arg for keyword in node.keywords)):
        return reader.poison(node)

    def display() -> ast.Dict:
        """`{**first, "name": value}`."""
        first = [ast.copy_location(ast.Call(node.func, node.args, []), node)] if node.args else []
        names = [None if k.arg is None else ast.copy_location(ast.Constant(k.arg), k) for k in node.keywords]
        return ast.Dict([*(None for _ in first), *names], [*first, *(k.value for k in node.keywords)])

    return reader.expression(reader.derived(node, display), expected)


def read_fromkeys(reader: Reader, node: ast.Call, expected: Shape | None) -> form.Expr:
    """`dict.fromkeys(keys, value)`."""
    del expected
    if not takes(reader, node, 1, 2):
        return reader.poison(node)
    keys = bag(reader, node.args[0])
    value = (
        reader.expression(node.args[1]) if len(node.args) == 2 else form.Const(NULL, reader.span(node), None)
    )
    if is_poison(keys.shape) or is_poison(value.shape):
        return reader.poison(node)
    if kind_of(item_of(keys.shape)) not in ("str", "never"):
        return refuse_type(reader, node, keys, "keys of JSON objects are text")
    if len(node.args) == 2:
        leak(reader, node.args[1])
    variable = reader.define("key", STR, node, made=True, tag="fromkeys")

    def filled(held: form.Expr) -> form.Expr:
        shape = TupleShape((STR, held.shape))
        pair = form.MakeList(shape, reader.span(node), (reader.value_of(variable, keys.span), held))
        pairs = form.Loop(ListShape(shape), reader.span(node), variable, keys, None, pair)
        return operation(reader, node, "dict.of_pairs", pairs)

    return reader.bound(node, "value", value, filled)  # computed once, also for no keys


def read_reversed(reader: Reader, node: ast.Call, expected: Shape | None) -> form.Expr:
    del expected
    if not takes(reader, node, 1, 1):
        return reader.poison(node)
    return operation(reader, node, "list.reversed", gone_over(reader, node.args[0]))


def read_range(reader: Reader, node: ast.Call, expected: Shape | None) -> form.Expr:
    del expected
    if not takes(reader, node, 1, 3):
        return reader.poison(node)
    values = [reader.expression(argument) for argument in node.args]
    for argument, value in zip(node.args, values, strict=True):
        if not is_poison(value.shape) and kind_of(value.shape) != "int":
            return reader.refuse(
                "L417", argument, f"`range` takes ints, not `{show(value.shape)}`", "write int(…)"
            )
    if any(is_poison(value.shape) for value in values):
        return reader.poison(node)
    zero, one = (form.Const(INT, reader.span(node), number) for number in (0, 1))
    start, stop, step = {1: (zero, *values, one), 2: (*values, one), 3: tuple(values)}[len(values)]
    if not isinstance(step, form.Const) or step.value == 0:
        return reader.refuse(
            "L417", node.args[2], "the step of `range` is a constant other than 0", "write: range(0, n, 2)"
        )
    return operation(reader, node, "list.range", start, stop, step)


def read_enumerate(reader: Reader, node: ast.Call, expected: Shape | None) -> form.Expr:
    del expected
    if not takes(reader, node, 1, 2, ("start",)):
        return reader.poison(node)
    value = gone_over(reader, node.args[0])
    start_node = node.args[1] if len(node.args) == 2 else keyword(node, "start")
    start = form.Const(INT, reader.span(node), 0) if start_node is None else reader.expression(start_node)
    if start_node is not None and kind_of(start.shape) not in ("int", "poison"):
        return reader.refuse("L417", start_node, "`start` is an int", "write: start=1")
    return operation(reader, node, "list.enumerate", value, start)


def read_zip(reader: Reader, node: ast.Call, expected: Shape | None) -> form.Expr:
    del expected
    strict = keyword(node, "strict")
    if not takes(reader, node, 2, 9, ("strict",)):
        return reader.poison(node)
    if strict is not None and not isinstance(strict, ast.Constant):
        return reader.refuse("L417", strict, "`strict` is True or False here", "write it out")
    name = "list.zip_strict" if strict is not None and strict.value else "list.zip"
    return operation(reader, node, name, *[gone_over(reader, argument) for argument in node.args])


def read_next(reader: Reader, node: ast.Call, expected: Shape | None) -> form.Expr:
    """`next((x for x in xs if …), default)`: the first of what is gone over once."""
    if len(node.args) != 2 or node.keywords:
        hint = "write: next((x for x in xs if …), None)"
        return reader.refuse("L203", node, "`next` needs a generator and a default", hint)
    source, default = node.args
    if isinstance(source, ast.Call) and static(reader, source.func) is iter and len(source.args) == 1:
        source = source.args[0]
    elif not isinstance(source, ast.GeneratorExp) and not is_lazy(reader, source):
        hint = "write: next((x for x in xs if …), None), or xs[0]"
        return reader.refuse("L201", node, "only what is made here can be gone over once", hint)
    value = gone_over(reader, source)
    instead = reader.expression(default, expected)
    if is_poison(value.shape) or is_poison(instead.shape):
        return reader.poison(node)
    zero = form.Const(INT, reader.span(node), 0)

    def first_or(held: form.Expr, other: form.Expr) -> form.Expr:
        return reader.choose(
            node,
            Condition(operation(reader, node, "truth.list", held)),
            lambda: form.Op(item_of(held.shape), zero.span, "list.pick", (held, zero)),
            lambda: other,
            f"if {reader.text(source)}",
        )

    # As that of `max`, the default is computed, and makes its calls, also where it is not needed.
    return reader.bound(
        node,
        "items",
        value,
        lambda held: reader.bound(node, "default", instead, lambda other: first_or(held, other)),
    )


LISTS: Final[Mapping[Any, FunctionReader]] = {
    list: read_list,
    tuple: read_tuple,
    dict: read_dict,
    dict.fromkeys: read_fromkeys,
    reversed: read_reversed,
    range: read_range,
    enumerate: read_enumerate,
    zip: read_zip,
    next: read_next,
    set: read_set_call,
    frozenset: read_set_call,
}
