"""What goes by order: `min`, `max` and `sorted`, with their keys."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any, Final

from ladle.compiler.language import form
from ladle.compiler.language.comprehensions import is_unordered
from ladle.compiler.language.conditions import condition
from ladle.compiler.language.functions.taking import FunctionReader, item_of, keyword, refuse_type, takes
from ladle.compiler.language.guards import operation
from ladle.compiler.language.operations import accepts
from ladle.compiler.language.reading import Condition, Reader
from ladle.compiler.language.rewriting import applied
from ladle.compiler.language.sets import bag
from ladle.compiler.language.shapes import INT, NULL, STR, is_poison, kind_of, options, show
from ladle.compiler.language.values import refuse_none
from ladle.wire import ListShape, Shape, TupleShape

__all__ = ["ORDERED", "sorted_list"]


def read_min_max(name: str) -> FunctionReader:
    """`min` and `max` of a list, or of some values."""

    def read(reader: Reader, node: ast.Call, expected: Shape | None) -> form.Expr:
        del expected
        if not takes(reader, node, 1, 99, ("default", "key")):
            return reader.poison(node)
        if len(node.args) > 1:
            return _of_values(reader, node, name)
        key = keyword(node, "key")
        value = bag(reader, node.args[0])
        if is_poison(value.shape):
            return value
        if key is not None and is_unordered(value):
            return _ties(reader, node, name)
        default = keyword(node, "default")
        if default is None:
            return _least(reader, node, name, value, key)

        # The default is an argument: Python computes it, and makes its calls, also where it is not needed.
        instead = reader.expression(default)
        if is_poison(instead.shape):
            return instead

        def least_or_default(held: form.Expr, other: form.Expr) -> form.Expr:
            some = operation(reader, node, "truth.list", held)
            return reader.choose(
                node,
                Condition(some),
                lambda: _least(reader, node, name, held, key),
                lambda: other,
                f"if {reader.text(node.args[0])}",
            )

        return reader.bound(
            node,
            "items",
            value,
            lambda held: reader.bound(node, "default", instead, lambda other: least_or_default(held, other)),
        )

    return read


def _ties(reader: Reader, node: ast.Call, name: str) -> form.Expr:
    """Refuses keys on what has no order: among equal ones, the order would decide."""
    text = reader.text(node.args[0])
    what = f"where keys are equal, the order of `{text}` would decide"
    return reader.refuse("L415", node, what, f"put it in order before: {name}(sorted({text}), key=…)")


def _least(reader: Reader, node: ast.Call, name: str, value: form.Expr, key: ast.expr | None) -> form.Expr:
    if key is not None:
        keys = _keys(reader, value, key)
        return keys if is_poison(keys.shape) else operation(reader, node, f"list.{name}_by", value, keys)
    if isinstance(value.shape, ListShape) and isinstance(value.shape.item, TupleShape):
        if accepts("key", value.shape.item):
            return operation(reader, node, f"list.{name}_by", value, _itself(reader, node, value))
    elif accepts("list sortable", value.shape):
        return operation(reader, node, f"list.{name}", value)
    return refuse_type(reader, node, value, f"take the {name} of numbers, text or dates, or give key=")


def _of_values(reader: Reader, node: ast.Call, name: str) -> form.Expr:
    values = [reader.expression(argument) for argument in node.args]
    if any(is_poison(value.shape) for value in values):
        return reader.poison(node)
    if node.keywords:
        return reader.refuse(
            "L204", node.keywords[0], f"`{name}` of several values takes no options here", "use a list"
        )
    for argument, value in zip(node.args, values, strict=True):
        if NULL in options(value.shape):
            return refuse_none(reader, argument, value.shape)
    kinds = {kind_of(value.shape) for value in values}
    if kinds <= {"int", "float"}:
        return operation(reader, node, f"num.{name}", *values)
    if kinds == {"date"}:
        return operation(reader, node, f"date.{name}", *values)
    if kinds == {"str"}:
        items = form.MakeList(ListShape(STR), reader.span(node), tuple(values))
        return operation(reader, node, f"list.{name}", items)
    return reader.refuse(
        "L417",
        node,
        f"`{name}` does not take {', '.join(f'`{show(value.shape)}`' for value in values)}",
        "give it numbers, text or dates of one type",
    )


def _keys(reader: Reader, value: form.Expr, key: ast.expr) -> form.Expr:
    """The sort keys of a list's items: the body of a lambda for each, call-free."""
    made = applied(reader, key)
    if made is None:
        return reader.poison(key)
    (name,), body_node = made
    before = reader.frame.env
    reader.frame.env = before.copy()
    reader.comprehended.append(frozenset((name,)))
    try:
        with reader.collect() as block:
            item = reader.define(name, item_of(value.shape), key, tag="key")
            body = reader.expression(body_node)
    finally:
        before.left(reader.frame.env)
        reader.frame.env = before
        reader.comprehended.pop()
    if is_poison(body.shape):
        return body
    if block:
        return reader.refuse(
            "L108", key, "a sort key contains no calls of tasks", "compute the keys in a list before"
        )
    if not accepts("key", body.shape):
        return reader.refuse(
            "L417", body_node, f"`{show(body.shape)}` has no order here", "use a number, text or date"
        )
    return form.Loop(ListShape(body.shape), reader.span(key), item, value, None, body)


def read_sorted(reader: Reader, node: ast.Call, expected: Shape | None) -> form.Expr:
    """`sorted(xs, key=…, reverse=…)`, also of what has no order of its own."""
    del expected
    if not takes(reader, node, 1, 1, ("key", "reverse")):
        return reader.poison(node)
    return sorted_list(reader, node, bag(reader, node.args[0]))


def sorted_list(reader: Reader, node: ast.Call, value: form.Expr) -> form.Expr:
    """A list as the `key=` and `reverse=` of a call order it."""
    key, reverse = keyword(node, "key"), keyword(node, "reverse")
    if is_poison(value.shape):
        return value
    if reverse is None or isinstance(reverse, ast.Constant):
        return _sorted(reader, node, value, key, down=reverse is not None and bool(reverse.value))
    test = condition(reader, reverse)
    return reader.bound(
        node,
        "items",
        value,
        lambda held: reader.choose(
            node,
            test,
            lambda: _sorted(reader, node, held, key, down=True),
            lambda: _sorted(reader, node, held, key, down=False),
            f"if {reader.text(reverse)}",
        ),
    )


def _sorted(
    reader: Reader, node: ast.Call, value: form.Expr, key: ast.expr | None, *, down: bool
) -> form.Expr:
    name = f"list.sorted{'_by' if key is not None else ''}{'_desc' if down else ''}"
    if key is not None:
        if is_unordered(value):
            return _ties(reader, node, "sorted")
        keys = _keys(reader, value, key)
        return keys if is_poison(keys.shape) else operation(reader, node, name, value, keys)
    if isinstance(value, form.Op) and value.name in ("dict.keys", "dict.items"):
        # Keys are distinct, so the other way round is the reverse.
        ordered = operation(reader, node, f"dict.sorted_{value.name[5:]}", *value.operands)
        return operation(reader, node, "list.reversed", ordered) if down else ordered
    if accepts("list sortable", value.shape):
        return operation(reader, node, name, value)
    if isinstance(value.shape, ListShape) and accepts("key", value.shape.item):
        keys = _itself(reader, node, value)
        return operation(reader, node, f"list.sorted_by{'_desc' if down else ''}", value, keys)
    return refuse_type(reader, node, value, "sort numbers, text or dates, or give key=lambda x: …")


def _itself(reader: Reader, node: ast.AST, value: form.Expr) -> form.Expr:
    """The keys of a list of tuples that are compared item by item: the tuples themselves."""
    shape = item_of(value.shape)
    assert isinstance(shape, TupleShape)
    span = reader.span(node)
    variable = reader.define("each", shape, node, made=True, tag="itself")
    read = reader.value_of(variable, span)
    parts = tuple(
        form.Op(item, span, "tuple.index", (read, form.Const(INT, span, place)))
        for place, item in enumerate(shape.items)
    )
    return form.Loop(ListShape(shape), span, variable, value, None, form.MakeList(shape, span, parts))


ORDERED: Final[Mapping[Any, FunctionReader]] = {
    min: read_min_max("min"),
    max: read_min_max("max"),
    sorted: read_sorted,
}
