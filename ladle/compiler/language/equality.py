"""Whether `==` on two types is what comparing their JSON gives."""

from __future__ import annotations

from ladle.compiler.language.shapes import DIGEST, NEVER, NULL, is_match, kind_of, options, plain_shape
from ladle.wire import DictShape, EnumShape, ListShape, RecordShape, Shape, TupleShape

__all__ = ["comparable"]


def comparable(first: Shape, second: Shape) -> bool:
    """Whether `==` on the two is what comparing their JSON gives."""
    if first != second:
        first, second = plain_shape(first), plain_shape(second)
    kinds = {kind_of(first), kind_of(second)}
    if kinds & {"any", "datetime", "error"} or _unequal_parts(first) or _unequal_parts(second):
        return False
    if first in (NEVER, NULL) or second in (NEVER, NULL):
        return True
    if "union" in kinds:
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


def _unequal_parts(shape: Shape) -> bool:
    """Whether a record's class compares in a way of its own, or by identity."""
    if shape == DIGEST or is_match(shape):
        return True
    if isinstance(shape, RecordShape) and shape.kind == "dataclass":
        own = getattr(shape.cls, "__dataclass_params__", None)
        return own is not None and not own.eq
    return False


def _confused(first: Shape, second: Shape) -> bool:
    """Whether different Python values of the two can have equal JSON (an enum's member and its value)."""
    for a in options(first):
        for b in options(second):
            kinds = (kind_of(plain_shape(a)), kind_of(plain_shape(b)))
            if a not in (b, NULL) and b != NULL and "enum" in kinds and a != b:
                return True
    return False
