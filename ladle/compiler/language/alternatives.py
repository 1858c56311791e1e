"""Telling the alternatives of a union apart: the test that a JSON value is one of some, and none of the
others.

`ladle.wire.unions` only lets unions through whose alternatives JSON tells apart: by the kind of value, by
finite sets of values, by a field that only one of them has, or by a `Literal` field. The test asks no more
than it must.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence

from ladle.compiler.language import form
from ladle.compiler.language.guards import all_of, negated, operation
from ladle.compiler.language.reading import Reader, retyped
from ladle.compiler.language.shapes import BOOL, NULL, STR, options
from ladle.wire import DateTimeShape, EnumShape, ListShape, LiteralShape, RecordShape, Shape
from ladle.wire.unions import json_kinds

__all__ = ["by_member", "is_one_of"]


def is_one_of(reader: Reader, node: ast.AST, value: form.Expr, wanted: tuple[Shape, ...]) -> form.Expr:
    """Whether `value`, of a union, is one of the alternatives `wanted`."""
    others = tuple(option for option in options(value.shape) if option not in wanted)
    if others == (NULL,):
        return negated(reader, node, operation(reader, node, "is_none", value))
    tests = [_is(reader, node, value, each, others) for each in wanted]
    return tests[0] if len(tests) == 1 else operation(reader, node, "bool.or", *tests)


def by_member(reader: Reader, node: ast.expr, value: form.Expr, texts: Sequence[str]) -> form.Expr:
    """A text for each member of the value's enum, in their order."""
    shape = value.shape
    assert isinstance(shape, EnumShape)
    span = reader.span(node)
    wires = [wire for _, wire in shape.members]
    if wires == list(texts):
        return retyped(value, STR)

    def chosen(held: form.Expr) -> form.Expr:
        result: form.Expr = form.Const(STR, span, texts[-1])
        for wire, text in list(zip(wires, texts, strict=True))[-2::-1]:
            test = operation(reader, node, "eq", held, form.Const(shape, span, wire))
            result = form.Cond(STR, span, test, form.Const(STR, span, text), result)
        return result

    return reader.bound(node, "member", value, chosen)


def _is(
    reader: Reader, node: ast.AST, value: form.Expr, wanted: Shape, others: tuple[Shape, ...]
) -> form.Expr:
    """The test for one alternative: its kind of JSON where that matters, then what differs within
    the kind."""
    if wanted == NULL:
        return operation(reader, node, "is_none", value)
    tests: list[form.Expr] = []
    kinds = json_kinds(wanted)
    if any(not json_kinds(other) <= kinds for other in others):
        kind = operation(reader, node, "json.type", value)
        found = [
            operation(reader, node, "eq", kind, form.Const(STR, reader.span(node), name))
            for name in sorted(kinds)
        ]
        tests.append(found[0] if len(found) == 1 else operation(reader, node, "bool.or", *found))
    for other in others:
        if json_kinds(other) & kinds:
            test = _differs(reader, node, retyped(value, wanted), wanted, other)
            if test not in tests:
                tests.append(test)
    return all_of(reader, node, tests) if tests else form.Const(BOOL, reader.span(node), True)


def _differs(reader: Reader, node: ast.AST, value: form.Expr, wanted: Shape, other: Shape) -> form.Expr:
    """The test for `wanted` among values that are `wanted` or `other`, of one kind of JSON."""
    span = reader.span(node)
    if isinstance(wanted, RecordShape) and isinstance(other, RecordShape):
        for field in wanted.fields:
            if field.required and other.field(field.name) is None:
                return operation(reader, node, "dict.contains", value, form.Const(STR, span, field.name))
        for field in other.fields:
            if field.required and wanted.field(field.name) is None:
                there = operation(reader, node, "dict.contains", value, form.Const(STR, span, field.name))
                return negated(reader, node, there)
        for field in wanted.fields:
            twin = other.field(field.name)
            mine = _values(field.shape)
            if twin is not None and mine and _values(twin.shape) and not set(mine) & set(_values(twin.shape)):
                return _among(reader, node, form.FieldOf(field.shape, span, value, field.name), mine)
    if mine := _values(wanted):
        return _among(reader, node, value, mine)
    if theirs := _values(other):
        return negated(reader, node, _among(reader, node, value, theirs))
    has_time = operation(reader, node, "str.contains", retyped(value, STR), form.Const(STR, span, "T"))
    return has_time if isinstance(wanted, DateTimeShape) else negated(reader, node, has_time)


def _values(shape: Shape) -> tuple[str | int | bool, ...]:
    if isinstance(shape, LiteralShape):
        return shape.values
    return tuple(value for _, value in shape.members) if isinstance(shape, EnumShape) else ()


def _among(
    reader: Reader, node: ast.AST, value: form.Expr, values: tuple[str | int | bool, ...]
) -> form.Expr:
    span = reader.span(node)
    constants = tuple(form.Const(LiteralShape((each,)), span, each) for each in values)
    if len(constants) == 1:
        return operation(reader, node, "eq", value, constants[0])
    return operation(
        reader, node, "list.contains", form.MakeList(ListShape(LiteralShape(values)), span, constants), value
    )
