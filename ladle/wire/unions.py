"""Unions: only those whose options no JSON value can confuse.

A value on the wire does not say which option it is, so it must be possible to tell from the JSON alone: by
its kind (null, boolean, number, string, array, object), by finite sets of values that do not meet, or for
records by their field names or a `Literal` field.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ladle.wire.errors import WireError
from ladle.wire.shapes import (
    AnyShape,
    BoolShape,
    DateShape,
    DateTimeShape,
    DictShape,
    EnumShape,
    FloatShape,
    IntShape,
    ListShape,
    LiteralShape,
    NullShape,
    RecordShape,
    Shape,
    StrShape,
    TupleShape,
    UnionShape,
    describe,
)

__all__ = ["json_kinds", "union_of"]

_KINDS: Final[dict[type, str]] = {
    NullShape: "null",
    BoolShape: "boolean",
    IntShape: "number",
    FloatShape: "number",
    StrShape: "string",
    DateShape: "string",
    DateTimeShape: "string",
    ListShape: "array",
    TupleShape: "array",
    DictShape: "object",
    RecordShape: "object",
}


def json_kinds(shape: Shape) -> frozenset[str]:
    """The kinds of JSON value the shape has: null, boolean, number, string, array, object."""
    match shape:
        case AnyShape():
            return frozenset({"null", "boolean", "number", "string", "array", "object"})
        case UnionShape(options=options):
            return frozenset().union(*map(json_kinds, options))
        case LiteralShape() | EnumShape():
            return frozenset(_scalar_kind(value) for value in _values(shape))
        case _:
            return frozenset({_KINDS[type(shape)]})


def union_of(options: Sequence[Shape]) -> Shape:
    """The union of the options: nested ones opened, equal ones once, literals merged, None last.

    Raises WireError when two options could both be meant by one JSON value.
    """
    flat: list[Shape] = []
    for option in options:
        flat.extend(option.options if isinstance(option, UnionShape) else [option])
    if any(isinstance(option, AnyShape) for option in flat):
        return AnyShape()
    distinct: list[Shape] = []
    for option in flat:
        before = next((i for i, each in enumerate(distinct) if isinstance(each, LiteralShape)), None)
        if isinstance(option, LiteralShape) and before is not None:
            distinct[before] = _merged(distinct[before], option)
        elif option not in distinct:
            distinct.append(option)
    distinct.sort(key=lambda option: isinstance(option, NullShape))
    for index, one in enumerate(distinct):
        for other in distinct[:index]:
            _refuse_confusable(other, one)
    return distinct[0] if len(distinct) == 1 else UnionShape(tuple(distinct))


def _merged(one: Shape, other: Shape) -> LiteralShape:
    typed = {(type(value), value): value for value in (*_values(one), *_values(other))}
    return LiteralShape(tuple(typed.values()))


def _values(shape: Shape) -> tuple[str | int | bool, ...]:
    """All values of a finite shape."""
    match shape:
        case LiteralShape(values=values):
            return values
        case EnumShape(members=members):
            return tuple(value for _, value in members)
        case _:
            return ()


def _scalar_kind(value: str | int | bool) -> str:
    return "string" if isinstance(value, str) else "boolean" if isinstance(value, bool) else "number"


def _refuse_confusable(one: Shape, other: Shape) -> None:
    if not json_kinds(one) & json_kinds(other):
        return
    if _values(one) and _values(other):
        shared = {(type(v), v) for v in _values(one)} & {(type(v), v) for v in _values(other)}
        if not shared:
            return
    if {type(one), type(other)} == {DateShape, DateTimeShape}:
        return  # only one of them is written with a `T`
    if isinstance(one, RecordShape) and isinstance(other, RecordShape) and _told_apart(one, other):
        return
    raise WireError(f"`{describe(one)} | {describe(other)}`: {_remedy(one, other)}")


def _told_apart(one: RecordShape, other: RecordShape) -> bool:
    """Whether one requires a field the other lacks, or a shared `Literal` field has no shared value."""
    for a, b in ((one, other), (other, one)):
        if any(field.required and b.field(field.name) is None for field in a.fields):
            return True
    for field in one.fields:
        twin = other.field(field.name)
        if twin is not None and field.required and twin.required:
            mine = {(type(v), v) for v in _values(field.shape)}
            theirs = {(type(v), v) for v in _values(twin.shape)}
            if mine and theirs and not mine & theirs:
                return True
    return False


def _remedy(one: Shape, other: Shape) -> str:
    pair = {type(one), type(other)}
    if pair == {IntShape, FloatShape}:
        return "JSON has one kind of number, so 3 and 3.0 are the same: write `float`"
    if pair == {RecordShape}:
        return (
            "one JSON object could be either: give both a `kind: Literal[…]` field with different values, "
            "or each a required field that the other does not have"
        )
    kind = sorted(json_kinds(one) & json_kinds(other))[0]
    return f"both are a JSON {kind}, so a value could be either: write one of them, or put them into records"
