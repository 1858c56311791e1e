"""From annotations to shapes: what is understood, and how the rest is refused."""

from __future__ import annotations

import collections
import decimal
import enum
import pathlib
import subprocess
import sys
import typing
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import InitVar, dataclass, field
from datetime import date, datetime, time, timedelta
from typing import (
    Annotated,
    Any,
    ClassVar,
    Final,
    Generic,
    Literal,
    NamedTuple,
    NewType,
    Optional,
    TypedDict,
    TypeVar,
)

import pytest

from ladle.wire import (
    ABSENT,
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
    StrShape,
    TupleShape,
    UnionShape,
    WireError,
    describe,
    shape_of,
)

T = TypeVar("T")
Carrier = NewType("Carrier", str)


class Size(enum.Enum):
    S = "s"
    L = "l"
    LARGE = "l"  # noqa: PIE796 - an alias, which is no member of its own


class Mixed(enum.Enum):
    ONE = 1.5


class Flags(enum.Flag):
    A = 1


@dataclass
class Page(Generic[T]):
    items: list[T]
    next: str | None = None
    kind: ClassVar[str] = "page"


@dataclass
class Node:
    children: list[Node]


@dataclass
class Holder:
    inner: Bad


@dataclass
class Bad:
    when: set[str]


@dataclass
class Clock:
    at: list[int] = field(default_factory=lambda: [next(COUNT)])


COUNT = iter(range(100))


@dataclass
class WithInitVar:
    a: int
    b: InitVar[int] = 0


@dataclass
class NotInit:
    a: int = field(init=False)


class Base(TypedDict):
    id: int


class Wide(Base, total=False):
    name: str
    size: typing.Required[int]


class Pair(NamedTuple):
    a: int


class Plain:
    pass


@pytest.mark.parametrize(
    ("annotation", "shape"),
    [
        (None, NullShape()),
        (bool, BoolShape()),
        (int, IntShape()),
        (float, FloatShape()),
        (str, StrShape()),
        (date, DateShape()),
        (datetime, DateTimeShape()),
        (Any, AnyShape()),
        (object, AnyShape()),
        (list, ListShape(AnyShape())),
        (dict, DictShape(AnyShape())),
        (typing.List[int], ListShape(IntShape())),  # noqa: UP006
        (list[int], ListShape(IntShape())),
        (Sequence[int], ListShape(IntShape())),
        (dict[str, int], DictShape(IntShape())),
        (Mapping[str, int], DictShape(IntShape())),
        (dict[Carrier, int], DictShape(IntShape())),
        (tuple[int, str], TupleShape((IntShape(), StrShape()))),
        (tuple[()], TupleShape(())),
        (Optional[int], UnionShape((IntShape(), NullShape()))),  # noqa: UP045
        (None | int, UnionShape((IntShape(), NullShape()))),
        (int | str | None, UnionShape((IntShape(), StrShape(), NullShape()))),
        (Any | None, AnyShape()),
        (Literal["a", 1], LiteralShape(("a", 1))),
        (Literal["a", None], UnionShape((LiteralShape(("a",)), NullShape()))),
        (Literal["a"] | Literal["b"], LiteralShape(("a", "b"))),
        (Size, EnumShape(Size, (("S", "s"), ("L", "l")))),
        (Literal[Size.S], EnumShape(Size, (("S", "s"),))),
        (Carrier, StrShape()),
        (Annotated[int, "metres"], IntShape()),
        (Final[int], IntShape()),
        (date | datetime, UnionShape((DateShape(), DateTimeShape()))),
    ],
)
def test_types_that_travel(annotation: Any, shape: Any) -> None:
    """Every annotation of the language has its shape."""
    assert shape_of(annotation) == shape


def test_dataclasses_are_records_with_json_defaults() -> None:
    """Class variables are no fields; a default is what the wire would carry."""
    shape = shape_of(Page[date])
    assert shape == RecordShape(
        "Page",
        (
            RecordField("items", ListShape(DateShape())),
            RecordField("next", UnionShape((StrShape(), NullShape())), False, None),
        ),
        "dataclass",
        Page,
    )


def test_typed_dicts_know_which_keys_may_be_absent() -> None:
    """Across inheritance, `total` and `Required`, also where annotations are strings."""
    shape = shape_of(Wide)
    assert isinstance(shape, RecordShape)
    assert {f.name: (f.required, f.default, f.may_be_absent) for f in shape.fields} == {
        "id": (True, ABSENT, False),
        "name": (False, ABSENT, True),
        "size": (True, ABSENT, False),
    }


@pytest.mark.parametrize(
    ("annotation", "message"),
    [
        (set[str], "`set[str]` has no form in JSON: write `list[str]`"),
        (frozenset, "`frozenset` has no form in JSON: write `list`"),
        (Iterable[int], "`Iterable[int]` has no form in JSON: write `list[int]`"),
        (
            bytes,
            "`bytes` has no form in JSON: write str (base64), or put the bytes into S3 and pass the key",
        ),
        (
            decimal.Decimal,
            "`Decimal` has no form in JSON: write str, or float where lost digits do not matter",
        ),
        (uuid.UUID, "`UUID` has no form in JSON: write `str`"),
        (pathlib.Path, "`Path` has no form in JSON: write `str`"),
        (timedelta, "`timedelta` has no form in JSON: write float (seconds)"),
        (time, "`time` has no form in JSON: write `str`"),
        (collections.OrderedDict, "`OrderedDict` has no form in JSON: write `dict`"),
        (Pair, "`Pair` has no form in JSON: write a dataclass with the same fields"),
        (
            Plain,
            "`Plain` has no form in JSON: write a dataclass, a TypedDict, "
            "or the JSON type that stands for it",
        ),
        (
            dict[int, str],
            "`dict[int, str]`: keys of JSON objects are strings: write `dict[str, str]`, or a list of pairs",
        ),
        (tuple[int, ...], "`tuple[int, ...]`: tuples that travel have a fixed length: write `list[int]`"),
        (tuple, "`tuple` does not say what is in it: write `list`, or for instance `tuple[str, int]`"),
        (int | float, "`int | float`: JSON has one kind of number, so 3 and 3.0 are the same: write `float`"),
        (
            str | date,
            "`str | date`: both are a JSON string, so a value could be either: "
            "write one of them, or put them into records",
        ),
        (T, "the type variable `~T` is open here: write a definite type"),
        (Page, "Page.items: the type variable `~T` is open here: write a definite type"),
        (Mixed, "`Mixed.ONE` is 1.5: an enum's values travel, so give its members strings or integers"),
        (Flags, "`Flags` is a set of flags: write a list of an `Enum`, or an `int`"),
        (
            Node,
            "Node.children: `Node` contains itself: a type of a fixed depth is needed, "
            "so write `Any` at that place",
        ),
        (Holder, "Bad.when: `set[str]` has no form in JSON: write `list[str]`"),
        (Clock, "Clock.at: its default changes from call to call: pass the value, or default to None"),
        (WithInitVar, "WithInitVar.b: an `InitVar` is not kept, so it cannot travel: make it a field"),
        (NotInit, "NotInit.a: fields with `init=False` cannot be given back when the value is read"),
        ("Day", "the annotation 'Day' has not been resolved: write the type itself, not a string"),
        (5, "`5` has no form in JSON: write a JSON type, a dataclass or a TypedDict"),
    ],
)
def test_types_that_do_not_travel(annotation: Any, message: str) -> None:
    """Each refusal names the annotation and what to write instead."""
    with pytest.raises(WireError) as caught:
        shape_of(annotation)
    assert str(caught.value) == message


def test_records_that_could_be_confused_are_refused() -> None:
    """Two records need a required field apart, or a literal that tells them."""

    @dataclass
    class A:
        id: int
        note: str = ""

    @dataclass
    class B:
        id: int

    with pytest.raises(WireError, match="one JSON object could be either"):
        shape_of(typing.Union[A, B])  # noqa: UP007


def test_a_literal_field_tells_records_apart() -> None:
    """The usual tagged union."""

    @dataclass
    class Cat:
        kind: Literal["cat"]

    @dataclass
    class Dog:
        kind: Literal["dog"]

    Cat.__annotations__["kind"] = Literal["cat"]
    Dog.__annotations__["kind"] = Literal["dog"]
    assert describe(shape_of(typing.Union[Cat, Dog])) == "Cat | Dog"  # noqa: UP007


@pytest.mark.parametrize(
    "annotation",
    [int, list[str | None], dict[str, list[date]], Literal["a", 1, True], Size, tuple[int, str]],
)
def test_a_shape_is_described_as_it_is_written(annotation: Any) -> None:
    """The description, evaluated, is the annotation again."""
    names = {"date": date, "Size": Size, "Literal": Literal}
    assert shape_of(eval(describe(shape_of(annotation)), names)) == shape_of(annotation)


def test_type_aliases_are_looked_through() -> None:
    """`type X = …` of Python 3.12, plain, generic and recursive."""
    if sys.version_info < (3, 12):
        typing_extensions = pytest.importorskip("typing_extensions")
        alias = typing_extensions.TypeAliasType("alias", list[int])
    else:
        alias = typing.TypeAliasType("alias", list[int])
    assert shape_of(alias) == ListShape(IntShape())


def test_pydantic_is_not_imported_for_it() -> None:
    """A type that is no model does not cost the import of pydantic."""
    code = "import sys, ladle.wire as w; w.shape_of(list[int]); sys.exit('pydantic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
