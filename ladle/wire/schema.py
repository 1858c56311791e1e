"""Shapes as JSON Schema (draft 2020-12), for editors, forms and other languages."""

from __future__ import annotations

from typing import Any

from ladle.wire.shapes import (
    ABSENT,
    LARGEST_INTEGER,
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
)

__all__ = ["json_schema"]


def json_schema(shape: Shape) -> dict[str, Any]:
    """The JSON Schema that accepts what `decode` accepts (constraints of classes apart).

    >>> json_schema(ListShape(StrShape()))
    {'type': 'array', 'items': {'type': 'string'}}
    """
    match shape:
        case AnyShape():
            return {}
        case NullShape():
            return {"type": "null"}
        case BoolShape():
            return {"type": "boolean"}
        case IntShape():
            return {"type": "integer", "minimum": -LARGEST_INTEGER, "maximum": LARGEST_INTEGER}
        case FloatShape():
            return {"type": "number"}
        case StrShape():
            return {"type": "string"}
        case DateShape():
            return {"type": "string", "format": "date"}
        case DateTimeShape():
            return {"type": "string", "format": "date-time"}
        case EnumShape(cls=cls, members=members):
            return {"title": cls.__name__, "enum": [value for _, value in members]}
        case LiteralShape(values=values):
            return {"enum": list(values)}
        case ListShape(item=item):
            return {"type": "array", "items": json_schema(item)}
        case TupleShape(items=items):
            size = len(items)
            return {
                "type": "array",
                "prefixItems": [json_schema(item) for item in items],
                "items": False,
                "minItems": size,
                "maxItems": size,
            }
        case DictShape(value=value):
            return {"type": "object", "additionalProperties": json_schema(value)}
        case UnionShape(options=options):
            return {"anyOf": [json_schema(option) for option in options]}
        case RecordShape():
            return _record(shape)


def _record(shape: RecordShape) -> dict[str, Any]:
    properties: dict[str, Any] = {}
    for field in shape.fields:
        default = {} if field.default is ABSENT else {"default": field.default}
        properties[field.name] = {**json_schema(field.shape), **default}
    return {
        "title": shape.name,
        "type": "object",
        "properties": properties,
        "required": [field.name for field in shape.fields if field.required],
        "additionalProperties": False,
    }
