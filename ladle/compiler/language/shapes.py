"""The algebra of types: which values may stand where others are expected, and what two branches have in
common.

Shapes are those of `ladle.wire`; two more exist only while reading. `NEVER` is the item of a list display
that has no items yet; `POISON` belongs to an expression in which a problem was reported: whatever is done
with it is silent, so that one mistake is one error.
"""

from __future__ import annotations

import datetime
import functools
import hashlib
import re
import uuid
from collections.abc import Iterable
from types import FunctionType
from typing import Any, Final

from ladle.services import AwsRecord
from ladle.wire import (
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
    describe,
)

__all__ = [
    "BOOL",
    "BYTES",
    "DATE",
    "DATETIME",
    "DIGEST",
    "FLOAT",
    "FUNCTION",
    "INT",
    "NEVER",
    "NULL",
    "POISON",
    "STR",
    "UUID",
    "assignable",
    "field_of",
    "is_duration",
    "is_error",
    "is_match",
    "is_mixed",
    "is_plain",
    "is_poison",
    "is_set",
    "join",
    "kind_of",
    "lives_between",
    "members_shape",
    "options",
    "plain_shape",
    "set_of",
    "show",
    "union",
    "vague",
    "without",
]

NULL: Shape = NullShape()
BOOL: Shape = BoolShape()
INT: Shape = IntShape()
FLOAT: Shape = FloatShape()
STR: Shape = StrShape()
DATE: Shape = DateShape()
DATETIME: Shape = DateTimeShape()
BYTES: Final = RecordShape("bytes", (RecordField("text", STR),), "dataclass", bytes)
"""Bytes, as the text whose UTF-8 they are."""
DIGEST: Final = RecordShape("hash", (RecordField("digits", STR),), "dataclass", type(hashlib.sha256()))
"""What `hashlib.sha256(…)` gives, as its hexadecimal digits."""
UUID: Final = RecordShape("UUID", (RecordField("text", STR),), "dataclass", uuid.UUID)
NEVER: Shape = UnionShape(())
POISON: Shape = LiteralShape(())
FUNCTION: Shape = RecordShape("function", (), "dataclass", FunctionType)
"""A name that stands for a function, which is called and is no value."""

_KINDS: dict[type, str] = {
    NullShape: "none",
    BoolShape: "bool",
    IntShape: "int",
    FloatShape: "float",
    StrShape: "str",
    DateShape: "date",
    DateTimeShape: "datetime",
    EnumShape: "enum",
    ListShape: "list",
    TupleShape: "tuple",
    DictShape: "dict",
    RecordShape: "record",
    UnionShape: "union",
    AnyShape: "any",
}


def kind_of(shape: Shape) -> str:
    """The kind of value: "int", "str", "list", "record", "union" and so on; "poison" and "never" for those
    two.

    A `Literal` has the kind of its values, "union" where they differ; an `IntEnum` is an "int", a `StrEnum` a
    "str"; an error that a handler bound is an "error".
    """
    if shape == NEVER:
        return "never"
    if isinstance(shape, LiteralShape):
        kinds = {_literal_kind(value) for value in shape.values}
        return "poison" if not kinds else kinds.pop() if len(kinds) == 1 else "union"
    if is_error(shape):
        return "error"
    if isinstance(shape, EnumShape) and is_plain(shape.cls):
        return "str" if issubclass(shape.cls, str) else "int"
    return _KINDS[type(shape)]


_OWN: Final = frozenset(
    (
        *("__new__", "__init__", "__str__", "__repr__", "__format__", "__hash__", "__dir__", "__doc__"),
        *("__class__", "__reduce__", "__reduce_ex__", "__getattribute__", "__init_subclass__"),
        *("__subclasshook__", "__sizeof__", "__getnewargs__", "__getstate__", "__setattr__", "__delattr__"),
    )
)
"""What an enum has of its own besides being a number or a text."""


@functools.lru_cache(maxsize=1024)
def is_mixed(cls: Any) -> bool:
    """Whether the members of an enum compute and compare as the numbers or texts that they are."""
    base = next((base for base in (str, int) if issubclass(cls, base)), None)
    return base is not None and all(
        getattr(cls, name) is getattr(base, name)
        for name in dir(base)
        if name.startswith("__") and name not in _OWN
    )


@functools.lru_cache(maxsize=1024)
def is_plain(cls: Any) -> bool:
    """Whether the members of an enum also read as the numbers or texts they are (`IntEnum`, `StrEnum`)."""
    if not is_mixed(cls) or not any(cls.__format__ is base.__format__ for base in (int, str)):
        return False
    return all(str(member) == str(member.value) for member in cls)


def plain_shape(shape: Shape) -> Shape:
    """A number's or a text's shape for an enum whose members are such, every other shape as it is."""
    if isinstance(shape, EnumShape) and is_mixed(shape.cls):
        return STR if issubclass(shape.cls, str) else INT
    return shape


def _literal_kind(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "bool"
    return "int" if isinstance(value, int) else "str"


def is_poison(shape: Shape) -> bool:
    """Whether a problem was already reported for the expression."""
    return shape == POISON


def is_set(shape: Shape) -> bool:
    """Whether the value is a set, which JSON has not (see `sets`)."""
    return isinstance(shape, RecordShape) and shape.cls is set


def set_of(item: Shape) -> Shape:
    """The shape of a set of such members, which no annotation of a door has."""
    return RecordShape("set", (RecordField("members", ListShape(item)),), "dataclass", set)


def members_shape(shape: Shape) -> Shape:
    """What a member of a set is."""
    assert isinstance(shape, RecordShape)
    members = shape.fields[0].shape
    assert isinstance(members, ListShape)
    return members.item


def is_duration(shape: Shape) -> bool:
    """Whether the value is a timedelta, which JSON has not (see `dates`)."""
    return isinstance(shape, RecordShape) and shape.cls is datetime.timedelta


def is_match(shape: Shape) -> bool:
    """Whether the value is what a regular expression found (see `regexes`)."""
    return isinstance(shape, RecordShape) and shape.cls is re.Match


def lives_between(shape: Shape) -> bool:
    """Whether the value lives between two tasks only: JSON has no bytes, hashes, timedeltas, sets."""
    return shape in (BYTES, DIGEST, UUID) or is_duration(shape) or is_set(shape) or is_match(shape)


def is_error(shape: Shape) -> bool:
    """Whether the value is an exception that `except … as name` bound."""
    return (
        isinstance(shape, RecordShape)
        and isinstance(shape.cls, type)
        and issubclass(shape.cls, BaseException)
    )


def show(shape: Shape) -> str:
    """The type as a person writes it."""
    if shape == NEVER:
        return "nothing"
    if shape == POISON:
        return "?"
    if isinstance(shape, ListShape) and shape.item == NEVER:
        return "list"
    if isinstance(shape, DictShape) and shape.value == NEVER:
        return "dict"
    if is_set(shape):
        inner = members_shape(shape)
        return "set" if inner == NEVER else f"set[{show(inner)}]"
    return describe(shape)


def options(shape: Shape) -> tuple[Shape, ...]:
    """The alternatives of a union; any other shape is its own only one. Mixed literals count as a union."""
    if isinstance(shape, UnionShape):
        return shape.options
    if isinstance(shape, LiteralShape) and kind_of(shape) == "union":
        kinds: dict[str, list[Any]] = {}
        for value in shape.values:
            kinds.setdefault(_literal_kind(value), []).append(value)
        return tuple(NULL if kind == "none" else LiteralShape(tuple(v)) for kind, v in kinds.items())
    return (shape,)


def union(shapes: Iterable[Shape]) -> Shape:
    """The union of shapes, in its simplest form: nested unions flat, no alternative that another one
    contains."""
    kept: list[Shape] = []
    for shape in shapes:
        for option in options(shape):
            if option == POISON or any(assignable(option, old) for old in kept):
                continue
            kept = [old for old in kept if not assignable(old, option)]
            kept.append(option)
    kept.sort(key=lambda option: isinstance(option, NullShape))  # `X | None`, as people write it
    if not kept:
        return NEVER
    return kept[0] if len(kept) == 1 else UnionShape(tuple(kept))


def join(first: Shape, second: Shape) -> Shape:
    """What a value is that may come from either branch."""
    if first == second or second in (POISON, NEVER):
        return first
    if first in (POISON, NEVER):
        return second
    same_kind = kind_of(first) == kind_of(second)
    if isinstance(first, LiteralShape) and isinstance(second, LiteralShape) and same_kind:
        return LiteralShape(tuple(dict.fromkeys((*first.values, *second.values))))
    if isinstance(first, ListShape) and isinstance(second, ListShape):
        item = join(first.item, second.item)
        if item != NEVER and (first.item == NEVER or second.item == NEVER or kind_of(item) != "union"):
            return ListShape(item)
    if is_set(first) and is_set(second):
        return set_of(join(members_shape(first), members_shape(second)))
    if isinstance(first, DictShape) and isinstance(second, DictShape):
        value = join(first.value, second.value)
        if first.value == NEVER or second.value == NEVER or kind_of(value) != "union":
            return DictShape(value)
    return union((first, second))


def without(shape: Shape, gone: Iterable[Shape]) -> Shape:
    """A union without some of its alternatives; NEVER when none is left."""
    dropped = tuple(gone)
    return union(option for option in options(shape) if option not in dropped)


def assignable(source: Shape, target: Shape) -> bool:
    """Whether every value of `source` may stand where a `target` is expected, with the same JSON and meaning.

    `int` may stand for `float` (PEP 484's numeric tower, and the wire agrees); `bool` never stands for `int`.
    Lists and dicts are covariant, because values are never shared across a door.
    """
    if source == target or source in (POISON, NEVER) or target == POISON:
        return True
    if len(options(source)) > 1:
        return all(assignable(option, target) for option in options(source))
    if isinstance(target, UnionShape):
        return any(assignable(source, option) for option in target.options)
    if isinstance(target, AnyShape):
        return not is_error(source) and not lives_between(source)
    if is_set(source) and is_set(target):
        return assignable(members_shape(source), members_shape(target))
    if isinstance(target, LiteralShape):
        return isinstance(source, LiteralShape) and _contains(target.values, source.values)
    if isinstance(source, LiteralShape):
        return kind_of(source) == kind_of(target) or (kind_of(source), kind_of(target)) == ("int", "float")
    if isinstance(target, FloatShape):
        return kind_of(source) in ("int", "float")
    if isinstance(source, EnumShape):
        return (
            is_plain(source.cls) and kind_of(source) == kind_of(target) and not isinstance(target, EnumShape)
        )
    if isinstance(source, ListShape) and isinstance(target, ListShape):
        return assignable(source.item, target.item)
    if isinstance(source, DictShape) and isinstance(target, DictShape):
        return assignable(source.value, target.value)
    if isinstance(source, RecordShape) and isinstance(target, DictShape):
        return source.cls in (AwsRecord, dict) and all(
            assignable(f.shape, target.value) for f in source.fields
        )
    if isinstance(source, TupleShape) and isinstance(target, TupleShape):
        return len(source.items) == len(target.items) and all(
            assignable(a, b) for a, b in zip(source.items, target.items, strict=True)
        )
    return False


def _contains(values: tuple[Any, ...], wanted: tuple[Any, ...]) -> bool:
    exact = {(type(value), value) for value in values}
    return all((type(value), value) in exact for value in wanted)


def field_of(shape: RecordShape, name: str) -> RecordField | None:
    """The field of a record, if it has one of this name."""
    return next((field for field in shape.fields if field.name == name), None)


def vague(shape: Shape) -> bool:
    """Whether `Any` stands somewhere in the shape, so that the compiler cannot know what an
    operation means."""
    if isinstance(shape, AnyShape):
        return True
    if isinstance(shape, ListShape):
        return vague(shape.item)
    if isinstance(shape, DictShape):
        return vague(shape.value)
    if isinstance(shape, TupleShape):
        return any(vague(item) for item in shape.items)
    return isinstance(shape, UnionShape) and any(vague(option) for option in shape.options)
