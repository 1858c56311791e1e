"""The schema of a workflow's input accepts and gives what the workflow itself would."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from typing import Any, Literal, NotRequired, TypedDict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ladle import wire
from ladle.errors import LadleError
from ladle.runtime.inputs import checked, fields_of, shape_of_schema


class Color(Enum):
    """Two colours."""

    RED = "red"
    BLUE = 2


@dataclass
class Part:
    """A part."""

    name: str
    price: float = 1.5
    tags: list[str] = field(default_factory=list)


class Options(TypedDict):
    """Options."""

    deep: bool
    note: NotRequired[str]


TYPES: list[Any] = [
    str,
    int,
    float,
    bool,
    None,
    date,
    datetime,
    Any,
    Color,
    Literal["a", 2, True],
    list[int],
    tuple[str, int],
    tuple[()],
    dict[str, float],
    Part,
    Options,
    str | None,
    Part | list[Part] | None,
    dict[str, list[Part | None]],
    list[date | datetime],
]

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 5)
    | st.sampled_from([2**53, 2**53 - 1, 1.5, 3.0])
    | st.sampled_from(["", "a", "red", "2013-01-31", "2013-01-31T06:00:00+00:00", "2013-01-31T06:00:00Z"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["name", "price", "tags", "deep", "note", "x"]), inner, max_size=4)
    ),
    max_leaves=6,
)


@pytest.mark.parametrize("annotation", TYPES, ids=str)
@given(value=JSON)
def test_a_schema_is_as_strict_as_its_type(annotation: Any, value: Any) -> None:
    """What passes comes out in the same form, defaults filled in; what does not, fails at the same place."""
    shape = wire.shape_of(annotation)
    read = shape_of_schema(wire.json_schema(shape))
    assert _passed(value, read) == _passed(value, shape)


def _passed(value: Any, shape: wire.Shape) -> tuple[str, str]:
    """The value's form behind the door, or the place of what is wrong with it."""
    try:
        return "passed", repr(wire.encode(wire.decode(value, shape, "p"), shape))
    except wire.WireError as error:
        return "refused", error.path


def test_defaults_of_parameters_are_filled_in() -> None:
    """In the order of the parameters."""
    schema = {
        "type": "object",
        "properties": {"n": {"type": "integer"}, "part": {"type": "string", "default": "x"}},
        "required": ["n"],
    }
    assert list(checked("w", fields_of(schema), {"n": 3.0}).items()) == [("n", 3), ("part", "x")]


@pytest.mark.parametrize("schema", [{"type": "thing"}, {"$ref": "#/x"}, {"oneOf": []}])
def test_a_schema_of_another_version_is_refused(schema: dict[str, Any]) -> None:
    """It is not taken for "anything goes"."""
    with pytest.raises(LadleError, match="of another version: deploy again"):
        shape_of_schema({"type": "array", "items": schema})
