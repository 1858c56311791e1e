"""Shapes: the types that values have on the wire.

A shape says which JSON values are legal at a place and which Python value each of them stands for. Shapes are
plain data and compare by structure; the compiler uses them as its types. `annotations` makes them from Python
annotations, `codec` turns values into JSON and back, `schema` prints them for other tools.
"""

from __future__ import annotations

from typing import Any, Final, TypeAlias

from ladle.value import Value

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
    "can_be_large",
    "describe",
]

LARGEST_INTEGER: Final = 2**53 - 1
"""Integers beyond this lose digits in JSONata, JavaScript and most JSON readers (RFC 8259, section 6)."""


class _Absent:
    """The type of `ABSENT`."""

    def __repr__(self) -> str:
        return "ABSENT"

    def __copy__(self) -> _Absent:
        return self

    def __deepcopy__(self, memo: object) -> _Absent:
        return self

    def __reduce__(self) -> str:
        return "ABSENT"


ABSENT: Final = _Absent()
"""The default of a field that has none."""


class NullShape(Value):
    """`None`."""


class BoolShape(Value):
    """`bool`: never a number."""


class IntShape(Value):
    """`int`, at most `LARGEST_INTEGER` in size; refuses `bool`."""


class FloatShape(Value):
    """`float`; takes integers, refuses `bool`, NaN and infinities, which JSON does not have."""


class StrShape(Value):
    """`str`."""


class DateShape(Value):
    """`datetime.date`, written `2013-01-31` (ISO 8601, and only so: text order is time order)."""


class DateTimeShape(Value):
    """`datetime.datetime`, written in ISO 8601 with `T`; UTC is written `Z`, as Step Functions does."""


class EnumShape(Value):
    """An `enum.Enum` class: `members` are pairs of a member's name and its value, which is what travels."""

    cls: Any
    members: tuple[tuple[str, str | int], ...]


class LiteralShape(Value):
    """`Literal[...]` of strings, integers and booleans."""

    values: tuple[str | int | bool, ...]


class ListShape(Value):
    """`list[item]`."""

    item: Shape


class TupleShape(Value):
    """`tuple[a, b, c]` of fixed length: a JSON array."""

    items: tuple[Shape, ...]


class DictShape(Value):
    """`dict[str, value]`: a JSON object with any keys."""

    value: Shape


class RecordField(Value):
    """A field of a record.

    `default` is the JSON value that a missing field stands for. A field that is neither `required` nor has a
    default (`NotRequired` in a `TypedDict`) may be absent and stays so; its `default` is `ABSENT`.
    """

    name: str
    shape: Shape
    required: bool = True
    default: Any = ABSENT

    @property
    def may_be_absent(self) -> bool:
        """Whether the field can be missing even behind a door, where defaults have been filled in."""
        return not self.required and self.default is ABSENT


class RecordShape(Value, apart=("cls",)):
    """A dataclass, `TypedDict` or pydantic model, as `kind` says: a JSON object with known keys."""

    name: str
    fields: tuple[RecordField, ...]
    kind: str
    cls: Any

    def field(self, name: str) -> RecordField | None:
        """The field of that name, or None."""
        return next((each for each in self.fields if each.name == name), None)


class UnionShape(Value):
    """One of several shapes that no JSON value can confuse (`shape_of` refuses others); None stands last."""

    options: tuple[Shape, ...]


class AnyShape(Value):
    """Any JSON value (`Any`, `object`): dicts, lists, strings, numbers, booleans and None in Python."""


Shape: TypeAlias = (
    NullShape
    | BoolShape
    | IntShape
    | FloatShape
    | StrShape
    | DateShape
    | DateTimeShape
    | EnumShape
    | LiteralShape
    | ListShape
    | TupleShape
    | DictShape
    | RecordShape
    | UnionShape
    | AnyShape
)

_NAMES: Final[dict[type, str]] = {
    NullShape: "None",
    BoolShape: "bool",
    IntShape: "int",
    FloatShape: "float",
    StrShape: "str",
    DateShape: "date",
    DateTimeShape: "datetime",
    AnyShape: "Any",
}


def can_be_large(shape: Shape) -> bool:
    """Whether values of a shape have no largest size."""
    match shape:
        case StrShape() | ListShape() | DictShape() | AnyShape():
            return True
        case TupleShape(items=parts) | UnionShape(options=parts):
            return any(map(can_be_large, parts))
        case RecordShape(fields=fields):
            return any(can_be_large(field.shape) for field in fields)
        case _:
            return False


def describe(shape: Shape) -> str:
    """The shape as a person writes the type.

    >>> describe(ListShape(UnionShape((StrShape(), NullShape()))))
    'list[str | None]'
    """
    match shape:
        case EnumShape(cls=cls, members=members):
            whole = len(members) == len(cls)
            names = ", ".join(f"{cls.__name__}.{name}" for name, _ in members)
            return str(cls.__name__) if whole else f"Literal[{names}]"
        case LiteralShape(values=values):
            return f"Literal[{', '.join(_quoted(value) for value in values)}]"
        case ListShape(item=item):
            return f"list[{describe(item)}]"
        case TupleShape(items=items):
            return f"tuple[{', '.join(map(describe, items)) or '()'}]"
        case DictShape(value=value):
            return f"dict[str, {describe(value)}]"
        case RecordShape(name=name):
            return name
        case UnionShape(options=options):
            return " | ".join(map(describe, options))
        case _:
            return _NAMES[type(shape)]


def _quoted(value: str | int | bool) -> str:
    """A literal as most people write it: strings in double quotes."""
    if isinstance(value, str):
        text = repr(value)
        return f'"{text[1:-1]}"' if text[0] == "'" and '"' not in text else text
    return repr(value)
