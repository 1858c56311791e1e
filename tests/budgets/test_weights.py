"""Bytes of a value: between the least and the most that its type allows."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any, Literal, NotRequired, TypedDict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ladle.budgets.weights import least_bytes, most_bytes
from ladle.wire import encode, shape_of


class Color(Enum):
    RED = "red"
    ULTRAMARINE = "ultramarine"


@dataclass
class Point:
    when: date
    color: Color
    height: float = 0.0
    name: Literal["a", "bcd"] | None = None


class Options(TypedDict):
    level: int
    extra: NotRequired[bool]


TYPES: list[Any] = [
    None, bool, int, float, str, date, datetime, Color, Literal["x", 12], list[int], tuple[int, str],
    dict[str, bool], Point, Options, int | None, list[Point], tuple[Point, date], Any,
]  # fmt: skip


def values(annotation: Any) -> st.SearchStrategy[Any]:
    if annotation is Any:
        return st.one_of(st.none(), st.integers(-9, 9), st.text(), st.lists(st.booleans()))
    if annotation is float:
        return st.floats(allow_nan=False, allow_infinity=False)
    if annotation is int:
        return st.integers(-(2**53) + 1, 2**53 - 1)
    if annotation is str:
        return st.text()
    if annotation == int | None:
        return st.none() | values(int)
    if annotation == list[int]:
        return st.lists(values(int))
    if annotation == tuple[int, str]:
        return st.tuples(values(int), st.text())
    if annotation is Point:
        return st.builds(Point, height=values(float))
    if annotation == list[Point]:
        return st.lists(values(Point))
    if annotation == tuple[Point, date]:
        return st.tuples(values(Point), st.dates())
    if annotation is Options:
        return st.fixed_dictionaries({"level": values(int)}, optional={"extra": st.booleans()})
    return st.from_type(annotation) if annotation is not None else st.none()


@pytest.mark.parametrize("annotation", TYPES, ids=str)
@settings(deadline=None)
@given(data=st.data())
def test_every_value_is_within_what_its_type_allows(annotation: Any, data: st.DataObject) -> None:
    """As JSON without spaces, in UTF-8."""
    shape = shape_of(annotation)
    value = encode(data.draw(values(annotation)), shape)
    size = len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace"))
    most = most_bytes(shape)
    assert least_bytes(shape) <= size
    assert most is None or size <= most
