"""Items and slices of lists, texts, tuples, dicts and TypedDicts."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Any, Final

from ladle.compiler.language import form
from ladle.compiler.language.enums import enum_shape, looked_up, member_by_name, table_of
from ladle.compiler.language.functions.regexes import group_of
from ladle.compiler.language.guards import operation
from ladle.compiler.language.names import static
from ladle.compiler.language.problems import nearest
from ladle.compiler.language.reading import Reader, retyped
from ladle.compiler.language.shapes import INT, NULL, is_match, is_poison, kind_of, options, show
from ladle.compiler.language.values import number, refuse_none
from ladle.services import AwsRecord
from ladle.wire import DictShape, RecordShape, Shape, TupleShape

__all__ = ["SUBSCRIPTS"]


def read_subscript(reader: Reader, node: ast.Subscript, expected: Shape | None) -> form.Expr:
    del expected
    if (enumerated := enum_shape(static(reader, node.value))) is not None:
        return member_by_name(reader, node, enumerated)
    if (table := table_of(reader, node.value)) is not None:
        return looked_up(reader, node, table, reader.expression(node.slice))
    base = reader.expression(node.value)
    if isinstance(node.slice, ast.Slice):
        return slice_of(reader, node, node.slice, base)
    key = reader.expression(node.slice)
    if is_poison(base.shape) or is_poison(key.shape):
        return reader.poison(node)
    kind = kind_of(base.shape)
    if is_match(base.shape):
        return group_of(reader, node.slice, base)
    take = _SUBSCRIPTS.get(kind)
    if take is not None:
        return take(reader, node, base, key)
    text = reader.text(node.value)
    if kind == "union" and NULL in options(base.shape):
        return refuse_none(reader, node.value, base.shape)
    if kind == "any":
        return reader.refuse(
            "L403",
            node,
            f"the type of `{text}` is Any: what an item of it is cannot be known",
            "annotate it: list[…], dict[str, …] or a dataclass",
        )
    hint = (
        f"write: {text}.{key.value}"
        if isinstance(key, form.Const) and kind == "record"
        else "use a list or dict"
    )
    return reader.refuse("L412", node, f"`{show(base.shape)}` has no items", hint)


def _index(reader: Reader, node: ast.Subscript, base: form.Expr, key: form.Expr) -> form.Expr:
    if kind_of(key.shape) != "int":
        return reader.refuse(
            "L412",
            node.slice,
            f"an index is an int, not `{show(key.shape)}`",
            f"write: {reader.text(node.value)}[0]",
        )
    return operation(reader, node, "str.index" if kind_of(base.shape) == "str" else "list.index", base, key)


def _tuple_item(reader: Reader, node: ast.Subscript, base: form.Expr, key: form.Expr) -> form.Expr:
    assert isinstance(base.shape, TupleShape)
    size = len(base.shape.items)
    if not isinstance(key, form.Const) or kind_of(key.shape) != "int":
        return reader.refuse("L412", node.slice, "a tuple's index must be a constant", "use a list")
    if not -size <= key.value < size:
        return reader.refuse("L416", node.slice, f"the tuple has {size} items", f"use 0 to {size - 1}")
    return operation(reader, node, "tuple.index", base, number(reader, node.slice, key.value % size))


def _dict_item(reader: Reader, node: ast.Subscript, base: form.Expr, key: form.Expr) -> form.Expr:
    if kind_of(key.shape) != "str":
        return reader.refuse("L412", node.slice, f"keys are text, not `{show(key.shape)}`", "write a str")
    return operation(reader, node, "dict.index", base, key)


def _record_item(reader: Reader, node: ast.Subscript, base: form.Expr, key: form.Expr) -> form.Expr:
    shape = base.shape
    assert isinstance(shape, RecordShape)
    text = reader.text(node.value)
    if shape.kind != "typeddict":
        name = key.value if isinstance(key, form.Const) else "…"
        return reader.refuse(
            "L412", node, f"`{shape.name}` has attributes, not items", f"write: {text}.{name}"
        )
    if not isinstance(key, form.Const) or not isinstance(key.value, str):
        return reader.refuse(
            "L410",
            node.slice,
            f"the keys of `{shape.name}` are known: the key must be a constant",
            "use dict[str, …] where keys are computed",
        )
    field = shape.field(key.value)
    if field is None:
        near = nearest(key.value, [field.name for field in shape.fields])
        hint = (
            f'did you mean "{near}"?' if near else f"it has {', '.join(field.name for field in shape.fields)}"
        )
        return reader.refuse("L410", node.slice, f"`{shape.name}` has no key {key.value!r}", hint)
    if field.may_be_absent and shape.cls is AwsRecord:
        # A service leaves out what it has nothing to say about: that is a KeyError, as of any dict.
        return operation(reader, node, "dict.index", retyped(base, DictShape(field.shape)), key)
    if field.may_be_absent:
        return reader.refuse(
            "L410",
            node,
            f"the key {key.value!r} of `{shape.name}` may be absent",
            f"make it required, with None as a value: {field.name}: {show(field.shape)} | None",
        )
    return form.FieldOf(field.shape, reader.span(node), base, field.name)


_SUBSCRIPTS: Final[Mapping[str, Callable[[Reader, ast.Subscript, form.Expr, form.Expr], form.Expr]]] = {
    "list": _index,
    "str": _index,
    "tuple": _tuple_item,
    "dict": _dict_item,
    "record": _record_item,
}


def slice_of(reader: Reader, node: ast.Subscript, part: ast.Slice, base: form.Expr) -> form.Expr:
    """`xs[a:b]` of a list or text."""
    ends: list[form.Expr] = []
    for end in (part.lower, part.upper):
        value = form.Const(NULL, reader.span(node), None) if end is None else reader.expression(end)
        if end is not None and kind_of(value.shape) not in ("int", "none", "poison"):
            value = reader.refuse(
                "L412", end, f"a slice takes ints, not `{show(value.shape)}`", "write xs[1:3]"
            )
        ends.append(value)
    step = None if part.step is None else reader.expression(part.step)
    if step is not None and not (isinstance(step, form.Const) and isinstance(step.value, int) and step.value):
        assert part.step is not None
        if is_poison(step.shape):
            return step
        hint = "write: xs[::2]"
        return reader.refuse("L412", part.step, "the step of a slice is a constant other than 0", hint)
    kind = kind_of(base.shape)
    if kind == "poison":
        return base
    if kind == "union" and NULL in options(base.shape):
        return refuse_none(reader, node.value, base.shape)
    if kind not in ("list", "str"):
        return reader.refuse("L412", node, f"`{show(base.shape)}` has no slices", "slice a list or text")
    if step is not None and step != form.Const(INT, step.span, 1):
        return operation(reader, node, f"{kind}.slice_step", base, *ends, step)
    return operation(reader, node, f"{kind}.slice", base, *ends)


SUBSCRIPTS: Final[Mapping[type[ast.AST], Any]] = {ast.Subscript: read_subscript}
