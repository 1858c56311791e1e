"""`Value`: what a frozen dataclass is, without what a dataclass costs at import."""

from __future__ import annotations

import copy
import pickle
from dataclasses import dataclass
from typing import Any

import pytest

from ladle.value import Value


class Point(Value):
    x: int
    y: int = 0


class Named(Point, apart=("note",)):
    name: str = ""
    note: str = ""


@dataclass(frozen=True)
class DataPoint:
    x: int
    y: int = 0


@pytest.mark.parametrize("make", [lambda: Point(1, 2), lambda: Point(1, y=2), lambda: Point(y=2, x=1)])
def test_fields_are_given_by_place_and_by_name(make: Any) -> None:
    """As to a dataclass; equal fields make equal values, with equal hashes."""
    point = make()
    assert (point.x, point.y) == (1, 2)
    assert point == Point(1, 2)
    assert hash(point) == hash(Point(1, 2))
    assert point != Point(1, 3)


def test_a_default_stands_for_what_is_left_out() -> None:
    """Also in comparisons."""
    assert Point(1).y == 0
    assert Point(1) == Point(1, 0)
    assert hash(Point(1)) == hash(Point(1, 0))


@pytest.mark.parametrize(
    ("args", "kwargs"),
    [((), {}), ((), {"y": 1}), ((1, 2, 3), {}), ((1,), {"x": 1}), ((1,), {"z": 1}), ((1, 2), {"z": 1})],
)
def test_what_a_dataclass_refuses_is_refused(args: tuple[int, ...], kwargs: dict[str, int]) -> None:
    """Fields that are missing, given twice, unknown or too many."""
    for cls in (Point, DataPoint):
        with pytest.raises(TypeError):
            cls(*args, **kwargs)


def test_another_class_is_another_value() -> None:
    """Equal fields or not, subclasses included."""
    assert Point(1, 2) != Named(1, 2)
    assert Point(1, 2) != DataPoint(1, 2)
    assert Point(1, 2) != (1, 2)


def test_a_subclass_has_the_fields_of_its_base_first() -> None:
    """And fields `apart` neither compare nor show."""
    found = Named(1, 2, "a", "b")
    assert found == Named(1, 2, "a", "c")
    assert hash(found) == hash(Named(1, 2, "a", "c"))
    assert found != Named(1, 2, "b", "b")
    assert repr(found) == "Named(x=1, y=2, name='a')"


def test_a_value_never_changes() -> None:
    """Neither its fields nor anything else."""
    point: Any = Point(1, 2)
    with pytest.raises(AttributeError, match="Point is a value: its `x` cannot be set"):
        point.x = 2
    with pytest.raises(AttributeError, match="`z` cannot be set"):
        point.z = 2
    with pytest.raises(AttributeError, match="`x` cannot be deleted"):
        del point.x
    assert point == Point(1, 2)


def test_it_is_matched_by_place_and_by_name() -> None:
    """In the order of the fields."""
    match Point(1, 2):
        case Point(1, y=found):
            assert found == 2
        case _:
            pytest.fail("no match")


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda value: pickle.loads(pickle.dumps(value))])
def test_it_can_be_copied_and_pickled(again: Any) -> None:
    """The copy is an equal value."""
    assert again(Named(1, name="a", note="b")) == Named(1, 0, "a")
    assert again(Named(1, name="a", note="b")).note == "b"
