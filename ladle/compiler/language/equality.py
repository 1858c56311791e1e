"""Whether `==` on two types is what comparing their JSON gives."""

from __future__ import annotations

import dataclasses

from ladle.compiler.language.shapes import DIGEST, NEVER, NULL, is_match, kind_of, options, plain_shape
from ladle.wire import DictShape, EnumShape, ListShape, RecordShape, Shape, TupleShape

__all__ = ["comparable"]


def comparable(first: Shape, second: Shape) -> bool:
    """Whether `==` on the two is what comparing their JSON gives."""
    if first != second:
        first, second = plain_shape(first), plain_shape(second)
    kinds = {kind_of(first), kind_of(second)}
    if kinds & {"any", "datetime", "error"} or _compares_otherwise(first) or _compares_otherwise(second):
        return False
    if first in (NEVER, NULL) or second in (NEVER, NULL):
        return True
    if "union" in kinds:
        if not all(comparable(one, one) for one in (*options(first), *options(second))):
            return False
        return any(comparable(a, b) for a in options(first) for b in options(second)) and not _confused(
            first, second
        )
    if isinstance(first, ListShape) and isinstance(second, ListShape):
        return comparable(first.item, second.item)
    if isinstance(first, DictShape) and isinstance(second, DictShape):
        return comparable(first.value, second.value)
    if isinstance(first, TupleShape) and isinstance(second, TupleShape):
        same_length = len(first.items) == len(second.items)
        return same_length and all(comparable(a, b) for a, b in zip(first.items, second.items, strict=True))
    if isinstance(first, RecordShape | EnumShape) or isinstance(second, RecordShape | EnumShape):
        return first == second
    return len(kinds) == 1 or kinds == {"int", "float"}


def _compares_otherwise(shape: Shape) -> bool:
    """Whether a record's class compares in a way of its own, or by identity, or a field of it does."""
    if shape == DIGEST or is_match(shape):
        return True
    if not isinstance(shape, RecordShape):
        return False
    if not all(comparable(field.shape, field.shape) for field in shape.fields):
        return True
    cls = shape.cls
    if shape.kind == "pydantic":
        return not str(cls.__eq__.__module__).startswith("pydantic.")
    if shape.kind != "dataclass" or not dataclasses.is_dataclass(cls):
        return False
    made = getattr(cls.__eq__, "__code__", None)  # what `dataclass` writes stands in no file
    written = made is None or made.co_filename != "<string>"
    return written or not all(field.compare for field in dataclasses.fields(cls))


def _confused(first: Shape, second: Shape) -> bool:
    """Whether different Python values of the two can have equal JSON (an enum's member and its value)."""
    for a in options(first):
        for b in options(second):
            kinds = (kind_of(plain_shape(a)), kind_of(plain_shape(b)))
            if a not in (b, NULL) and b != NULL and "enum" in kinds and a != b:
                return True
    return False
