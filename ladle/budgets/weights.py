"""How many bytes of JSON a value of a type takes: at least, and at most where there is a most."""

from __future__ import annotations

import json
from typing import Any

from ladle.wire import Shape
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
    StrShape,
    TupleShape,
    UnionShape,
)

__all__ = ["least_bytes", "most_bytes"]


def least_bytes(shape: Shape) -> int:
    """The bytes of the shortest value.

    >>> least_bytes(ListShape(IntShape())), least_bytes(DateShape())
    (2, 12)
    """
    match shape:
        case NullShape() | BoolShape():
            return 4
        case DateShape():
            return len('"2013-01-31"')
        case DateTimeShape():
            return len('"2013-01-31T00:00:00"')
        case StrShape() | ListShape() | DictShape():
            return 2
        case EnumShape(members=members):
            return min((_size(value) for _, value in members), default=2)
        case LiteralShape(values=values):
            return min(map(_size, values))
        case TupleShape(items=items):
            return _array([least_bytes(item) for item in items])
        case UnionShape(options=options):
            return min(map(least_bytes, options))
        case RecordShape(fields=fields):
            there = [(each.name, least_bytes(each.shape)) for each in fields if not each.may_be_absent]
            return _object(there)
        case IntShape() | FloatShape() | AnyShape():
            return 1


def most_bytes(shape: Shape) -> int | None:
    """The bytes of the longest value; None where there is no longest.

    >>> most_bytes(TupleShape((IntShape(), BoolShape()))), most_bytes(StrShape())
    (25, None)
    """
    match shape:
        case StrShape() | ListShape() | DictShape() | AnyShape():
            return None
        case NullShape():
            return 4
        case BoolShape():
            return 5
        case IntShape():
            return len("-9007199254740991")
        case FloatShape():
            return len("-2.2250738585072014e-308")
        case DateShape():
            return len('"2013-01-31"')
        case DateTimeShape():
            return len('"2013-01-31T00:00:00.000000+00:00:00"')
        case EnumShape(members=members):
            return max((_size(value) for _, value in members), default=2)
        case LiteralShape(values=values):
            return max(map(_size, values))
        case TupleShape(items=items):
            sizes = [most_bytes(item) for item in items]
            return None if None in sizes else _array([size for size in sizes if size is not None])
        case UnionShape(options=options):
            sizes = [most_bytes(option) for option in options]
            return None if None in sizes else max(size for size in sizes if size is not None)
        case RecordShape(fields=fields):
            found = [(each.name, most_bytes(each.shape)) for each in fields]
            if any(size is None for _, size in found):
                return None
            return _object([(name, size) for name, size in found if size is not None])


def _size(value: Any) -> int:
    return len(json.dumps(value, ensure_ascii=False).encode())


def _array(sizes: list[int]) -> int:
    return 2 + sum(sizes) + max(0, len(sizes) - 1)


def _object(sizes: list[tuple[str, int]]) -> int:
    return _array([_size(name) + 1 + size for name, size in sizes])
