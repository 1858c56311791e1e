"""The codec: what goes in comes out, and everything else is refused with its place."""

from __future__ import annotations

import enum
import json
import math
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any, Literal, NotRequired, TypedDict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ladle.wire import (
    AnyShape,
    BoolShape,
    DateShape,
    DateTimeShape,
    DictShape,
    FloatShape,
    IntShape,
    ListShape,
    LiteralShape,
    NullShape,
    Shape,
    StrShape,
    TupleShape,
    UnionShape,
    WireError,
    decode,
    encode,
    shape_of,
)


class Color(enum.Enum):
    RED = "red"
    BLUE = "blue"


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


@dataclass(frozen=True)
class Point:
    x: int
    y: float = 0.5


@dataclass(kw_only=True, slots=True)
class Trip:
    points: list[Point]
    color: Color = Color.RED
    tags: dict[str, str] = field(default_factory=dict)
    note: str | None = None


class Row(TypedDict, total=False):
    id: int
    name: NotRequired[str]


SCALARS: list[tuple[Shape, st.SearchStrategy[Any]]] = [
    (NullShape(), st.none()),
    (BoolShape(), st.booleans()),
    (IntShape(), st.integers(-(2**53) + 1, 2**53 - 1)),
    (FloatShape(), st.floats(allow_nan=False, allow_infinity=False)),
    (StrShape(), st.text(st.characters(exclude_categories=["Cs"]))),
    (DateShape(), st.dates()),
    (DateTimeShape(), st.datetimes(timezones=st.none() | st.just(UTC))),
    (DateTimeShape(), st.datetimes(timezones=st.just(timezone(timedelta(hours=5, minutes=30))))),
    (LiteralShape(("a", 1, True)), st.sampled_from(["a", 1, True])),
    (shape_of(Color), st.sampled_from(Color)),
    (shape_of(Level), st.sampled_from(Level)),
    (shape_of(Point), st.builds(Point, st.integers(-9, 9), st.floats(-1, 1))),
]


def _grown(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Shapes around shapes, each with the strategy of its values."""
    return st.one_of(
        inner.map(lambda pair: (ListShape(pair[0]), st.lists(pair[1], max_size=3))),
        inner.map(lambda pair: (DictShape(pair[0]), st.dictionaries(st.text("abc"), pair[1], max_size=3))),
        st.lists(inner, min_size=1, max_size=3).map(
            lambda pairs: (TupleShape(tuple(s for s, _ in pairs)), st.tuples(*(v for _, v in pairs)))
        ),
    )


SHAPES_AND_VALUES = st.recursive(st.sampled_from(SCALARS), _grown, max_leaves=5).flatmap(
    lambda pair: pair[1].map(lambda value: (pair[0], value))
)


@given(SHAPES_AND_VALUES)
def test_decoding_undoes_encoding(case: tuple[Shape, Any]) -> None:
    """`decode(encode(v)) == v`, of the same types, also across the text of JSON."""
    shape, value = case
    wire = encode(value, shape)
    assert json.loads(json.dumps(wire, allow_nan=False)) == wire
    back = decode(json.loads(json.dumps(wire)), shape)
    assert back == value
    assert type(back) is type(value)


@given(SHAPES_AND_VALUES)
def test_encoding_undoes_decoding(case: tuple[Shape, Any]) -> None:
    """What has passed a door passes every further one unchanged."""
    shape, value = case
    wire = encode(value, shape)
    assert encode(decode(wire, shape), shape) == wire


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text("abc"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc"), inner, max_size=3),
    max_leaves=8,
)


@given(JSON, st.sampled_from([shape for shape, _ in SCALARS]))
def test_decoding_gives_a_value_or_a_wire_error(json_value: Any, shape: Shape) -> None:
    """No JSON value makes the codec fail in any other way."""
    try:
        value = decode(json_value, shape)
    except WireError:
        return
    assert decode(encode(value, shape), shape) == value


@given(JSON)
def test_any_takes_every_json_value(value: Any) -> None:
    """`Any` gives JSON back as it was, and shares nothing with it."""
    back = decode(encode(value, AnyShape()), AnyShape())
    assert back == value
    if isinstance(value, list | dict):
        assert back is not value


@pytest.mark.parametrize(
    ("annotation", "value", "message"),
    [
        (int, True, "expected int, got bool (True)"),
        (int, "5", "expected int, got str ('5')"),
        (int, 2.5, "expected int, got float (2.5)"),
        (int, 2**53, "an integer beyond 2**53 - 1 loses digits in JSON: pass it as str"),
        (float, math.nan, "float (nan) is not a number that JSON has"),
        (float, math.inf, "float (inf) is not a number that JSON has"),
        (float, 2**53 + 1, "int (9007199254740993) loses digits as a float: pass it as str"),
        pytest.param(float, 10**400, f"int ({'1' + '0' * 56}…) is not a number that JSON has", id="huge"),
        (bool, 1, "expected bool, got int (1)"),
        (str, None, "expected str, got None"),
        (str, "\ud800", "the text has a lone surrogate, which is not Unicode text"),
        (None, 0, "expected None, got int (0)"),
        (list[int], (1,), "expected list[int], got tuple of 1: write `list(…)`"),
        (list[int], [1, "x"], "[1]: expected int, got str ('x')"),
        (tuple[int, str], (1,), "expected tuple[int, str], got 1 items"),
        (dict[str, int], {1: 2}, "the key 1 is int: keys of JSON objects are str"),
        (dict[str, int], {"a b": "c"}, "['a b']: expected int, got str ('c')"),
        (Any, {"a": [{1}]}, "a[0]: expected a JSON value, got set of 1: write `list(…)`"),
        (Any, {"a": {2: 3}}, "a: the key 2 is int: keys of JSON objects are str"),
        (date, datetime(2013, 1, 1), "expected date, got datetime (datetime.datetime(2013, 1, 1, 0, 0))"),
        (datetime, date(2013, 1, 1), "expected datetime, got date (datetime.date(2013, 1, 1))"),
        (Color, "red", "expected Color, got str ('red'): one of Color.RED, Color.BLUE"),
        (Literal["a", "b"], "c", 'expected Literal["a", "b"], got str (\'c\')'),
        (Literal[1], True, "expected Literal[1], got bool (True)"),
        (str | None, 5, "expected str | None, got int (5)"),
    ],
)
def test_wrong_values_are_refused_when_encoding(annotation: Any, value: Any, message: str) -> None:
    """Each with what was expected and what was there."""
    with pytest.raises(WireError) as caught:
        encode(value, shape_of(annotation))
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("annotation", "value", "message"),
    [
        (date, "2013-1-1", "expected a date like 2013-01-31, got str ('2013-1-1')"),
        (date, "20130101", "expected a date like 2013-01-31, got str ('20130101')"),
        (date, "2013-01-01T00:00:00Z", "expected a date like 2013-01-31, got str ('2013-01-01T00:00:00Z')"),
        (datetime, "2013-01-01", "expected a time like 2013-01-31T06:00:00Z, got str ('2013-01-01')"),
        (Color, "green", "expected Color, got str ('green'): one of 'red', 'blue'"),
        (Level, True, "expected Level, got bool (True): one of 1, 2"),
        (tuple[int, int], [1, 2, 3], "expected tuple[int, int], got 3 items"),
        (Point, {"x": 1, "z": 2}, "z: Point has no such field; it has x, y"),
        (Point, {"y": 2}, "x: missing: Point needs x: int"),
        (Point, [1, 2], "expected Point, got list of 2"),
        (list[Trip], [{"points": [{"x": 1}, {"x": None}]}], "[0].points[1].x: expected int, got None"),
        (Trip | None, {"points": [{"x": "a"}]}, "points[0].x: expected int, got str ('a')"),
        (Row, {"id": 1, "nam": "x"}, "nam: Row has no such field; it has id, name"),
    ],
)
def test_wrong_json_is_refused_when_decoding(annotation: Any, value: Any, message: str) -> None:
    """Each with the path of what is wrong."""
    with pytest.raises(WireError) as caught:
        decode(value, shape_of(annotation))
    assert str(caught.value) == message


def test_the_path_begins_with_what_the_caller_names() -> None:
    """An error names the value as its reader knows it."""
    with pytest.raises(WireError) as caught:
        decode({"points": [{"x": 1, "y": "far"}]}, shape_of(Trip), "trip")
    assert caught.value.path == "trip.points[0].y"
    assert caught.value.problem == "expected float, got str ('far')"


def test_defaults_are_filled_in_and_not_shared() -> None:
    """A missing field stands for its default, a fresh one each time."""
    first, second = (decode({"points": []}, shape_of(Trip)) for _ in range(2))
    assert first == Trip(points=[], color=Color.RED, tags={}, note=None)
    first.tags["a"] = "b"
    assert second.tags == {}


def test_every_field_is_written() -> None:
    """Defaults included: behind a door nothing is missing."""
    assert encode(Trip(points=[Point(1)]), shape_of(Trip)) == {
        "points": [{"x": 1, "y": 0.5}],
        "color": "red",
        "tags": {},
        "note": None,
    }


def test_an_optional_key_of_a_typed_dict_stays_absent() -> None:
    """`NotRequired` has no default that could be filled in."""
    row: Row = {"id": 1}
    assert encode(row, shape_of(Row)) == {"id": 1}
    assert decode({}, shape_of(Row)) == {}


def test_numbers_compare_by_value() -> None:
    """JSON writes 3 and 3.0 alike, so both are the integer 3 and the float 3.0."""
    assert decode(3.0, IntShape()) == 3
    assert type(decode(3.0, IntShape())) is int
    assert type(decode(3, FloatShape())) is float
    assert decode(2.0, shape_of(Level)) is Level.HIGH
    assert decode(1.0, LiteralShape((1,))) == 1


def test_utc_is_written_as_step_functions_writes_it() -> None:
    """With `Z`; other zones keep their offset."""
    assert encode(datetime(2013, 1, 1, 6, tzinfo=UTC), DateTimeShape()) == "2013-01-01T06:00:00Z"
    berlin = timezone(timedelta(hours=1))
    assert encode(datetime(2013, 1, 1, 6, tzinfo=berlin), DateTimeShape()) == "2013-01-01T06:00:00+01:00"
    assert decode("2013-01-01T06:00:00.123Z", DateTimeShape()) == datetime(2013, 1, 1, 6, 0, 0, 123000, UTC)


def test_subclasses_of_scalars_become_plain() -> None:
    """What leaves is nothing but JSON's own types."""

    class Name(str):
        __slots__ = ()

    wire = encode([Name("a"), Level.HIGH], AnyShape())
    assert [type(item) for item in wire] == [str, int]


def test_a_subclass_of_a_record_is_refused() -> None:
    """Its further fields would be lost silently."""

    @dataclass(frozen=True)
    class Point3(Point):
        z: int = 0

    with pytest.raises(WireError, match="what a subclass adds would be lost"):
        encode(Point3(1), shape_of(Point))


def test_a_class_may_refuse_what_its_types_allow() -> None:
    """`__post_init__` speaks through the same error, at the record's path."""

    @dataclass
    class Positive:
        n: int

        def __post_init__(self) -> None:
            if self.n < 0:
                raise ValueError("n must not be negative")

    shape = shape_of(list[Positive])
    with pytest.raises(WireError) as caught:
        decode([{"n": 1}, {"n": -1}], shape, "all")
    assert str(caught.value) == "all[1]: Positive refuses it: ValueError: n must not be negative"


def test_a_union_of_records_is_told_apart_by_its_fields() -> None:
    """Encoding and decoding choose the option that fits."""

    @dataclass
    class Failed:
        error: str

    shape = shape_of(list[Point | Failed | None])
    values = [Point(1), Failed("x"), None]
    wire = [{"x": 1, "y": 0.5}, {"error": "x"}, None]
    assert isinstance(shape, ListShape)
    assert isinstance(shape.item, UnionShape)
    assert encode(values, shape) == wire
    assert decode(wire, shape) == values


@pytest.mark.parametrize("convert", [encode, decode])
def test_values_nested_beyond_reason_are_refused(convert: Any) -> None:
    """A value that contains itself ends in an error, not in a crash."""
    endless: list[Any] = []
    endless.append(endless)
    with pytest.raises(WireError, match="nested too deeply"):
        convert(endless, AnyShape(), "xs")
