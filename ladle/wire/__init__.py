"""The wire: types to and from JSON, the one codec of every door.

`shape_of` reads a Python annotation, `encode` and `decode` convert values of that shape. Task arguments, task
results, workflow input, token answers and nested runs all pass here, so a type means the same at each of
them.
"""

from ladle.wire.annotations import shape_of
from ladle.wire.codec import decode, encode
from ladle.wire.errors import WireError
from ladle.wire.schema import json_schema
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
    RecordField,
    RecordShape,
    Shape,
    StrShape,
    TupleShape,
    UnionShape,
    can_be_large,
    describe,
)
from ladle.wire.unions import union_of

__all__ = [
    "ABSENT",
    "LARGEST_INTEGER",
    "AnyShape",
    "BoolShape",
    "DateShape",
    "DateTimeShape",
    "DictShape",
    "EnumShape",
    "FloatShape",
    "IntShape",
    "ListShape",
    "LiteralShape",
    "NullShape",
    "RecordField",
    "RecordShape",
    "Shape",
    "StrShape",
    "TupleShape",
    "UnionShape",
    "WireError",
    "can_be_large",
    "decode",
    "describe",
    "encode",
    "json_schema",
    "shape_of",
    "union_of",
]
