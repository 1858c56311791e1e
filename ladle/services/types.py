"""botocore's shapes as those of the wire: what an action's parameters and results are in a workflow.

Names are in the case that Step Functions shows: that of Java's second SDK for SDK integrations, of the first
for optimized ones. Times are ISO 8601 text in results of the second, milliseconds since 1970 in those of the
first; parameters take text or a datetime. Blobs and streams are text.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, Final

from ladle.services.naming import capital, pascal
from ladle.wire import (
    AnyShape,
    BoolShape,
    DateTimeShape,
    DictShape,
    FloatShape,
    IntShape,
    ListShape,
    RecordField,
    RecordShape,
    Shape,
    StrShape,
    UnionShape,
)

__all__ = ["AwsRecord", "parameters", "result", "words_of"]

DEPTH: Final = 2
"""How often a shape may contain itself before it is any JSON: DynamoDB's values hold values."""

_AS_JSON: Final = frozenset({"MessageBody", "Message", "Detail", "Payload", "Input", "Body", "Output"})
"""Parameters of text for which Step Functions takes any JSON value, and sends its text."""


class AwsRecord(dict[str, Any]):
    """The class of what AWS services give: an object of JSON, in which any key may be absent."""


def parameters(operation: Any, *, second: bool) -> RecordShape:
    """What an action takes, as a record of its parameters."""
    spell = pascal if second else capital
    shape = operation.input_shape
    if shape is None:
        return RecordShape(operation.name, (), "arguments", dict)
    found = _structure(shape, spell, second, False, ())
    fields = tuple(
        RecordField(each.name, AnyShape(), each.required)
        if each.name in _AS_JSON and isinstance(each.shape, StrShape)
        else each
        for each in found.fields
    )
    return RecordShape(operation.name, fields, "arguments", dict)


def result(operation: Any, *, second: bool) -> RecordShape:
    """What an action gives."""
    shape = operation.output_shape
    if shape is None:
        return RecordShape(f"{operation.name}Result", (), "typeddict", AwsRecord)
    return _structure(shape, pascal if second else capital, second, True, ())


def inner(shape: Any, *, second: bool) -> Shape:
    """What a part of an action's result is."""
    return _shape(shape, pascal if second else capital, second, True, ())


@cache
def words_of(operation: Any, *, second: bool) -> dict[str, tuple[str, ...]]:
    """By parameter, the words that it may be, as far as the model lists them."""
    spell = pascal if second else capital
    shape = operation.input_shape
    members = {} if shape is None else shape.members
    return {spell(name): tuple(m.enum) for name, m in members.items() if getattr(m, "enum", None)}


def _structure(
    shape: Any, spell: Callable[[str], str], second: bool, out: bool, within: tuple[str, ...]
) -> RecordShape:
    inside = (*within, shape.name)
    fields = tuple(
        RecordField(
            spell(name),
            _shape(member, spell, second, out, inside),
            # An SDK makes up the token by which a service knows a repeated request.
            required=not out
            and name in shape.required_members
            and not shape.members[name].metadata.get("idempotencyToken"),
        )
        for name, member in shape.members.items()
    )
    return RecordShape(shape.name, fields, "typeddict", AwsRecord)


def _shape(
    shape: Any, spell: Callable[[str], str], second: bool, out: bool, within: tuple[str, ...]
) -> Shape:
    match shape.type_name:
        case "structure" if getattr(shape, "is_document_type", False) or within.count(shape.name) >= DEPTH:
            return AnyShape()
        case "structure":
            return _structure(shape, spell, second, out, within)
        case "list":
            return ListShape(_shape(shape.member, spell, second, out, within))
        case "map":
            return DictShape(_shape(shape.value, spell, second, out, within))
        case "boolean":
            return BoolShape()
        case "integer" | "long" | "short" | "byte":
            return IntShape()
        case "float" | "double" | "bigdecimal":
            return FloatShape()
        case "timestamp" if not out:
            return UnionShape((DateTimeShape(), StrShape()))
        case "timestamp" if not second:
            return IntShape()
        case _:
            return StrShape()
