"""pydantic models as types: their fields are the shape, their constraints are theirs."""

from __future__ import annotations

from typing import Annotated, Any

import pytest

from ladle.wire import WireError, decode, encode, shape_of

pydantic = pytest.importorskip("pydantic")


class Leg(pydantic.BaseModel):  # type: ignore[misc,name-defined]
    origin: str
    miles: Annotated[int, pydantic.Field(gt=0)]


class Flight(pydantic.BaseModel):  # type: ignore[misc,name-defined]
    number: int
    legs: list[Leg] = pydantic.Field(default_factory=list)
    tail: str | None = pydantic.Field(default=None, alias="tailNumber")


class Open(pydantic.BaseModel):  # type: ignore[misc,name-defined]
    model_config = pydantic.ConfigDict(extra="allow")


def test_models_travel_by_the_names_of_their_fields() -> None:
    """Nested ones too; aliases are for other doors."""
    flight = Flight(number=1, legs=[Leg(origin="EWR", miles=5)], tailNumber="N1")
    wire = {"number": 1, "legs": [{"origin": "EWR", "miles": 5}], "tail": "N1"}
    assert encode(flight, shape_of(Flight)) == wire
    assert decode(wire, shape_of(Flight)) == flight
    assert decode({"number": 2}, shape_of(Flight)) == Flight(number=2)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"number": "1"}, "number: expected int, got str ('1')"),
        (
            {"number": 1, "legs": [{"origin": "EWR", "miles": 0}]},
            "legs[0].miles: Leg refuses it: Input should be greater than 0",
        ),
    ],
)
def test_a_model_refuses_with_the_exact_path(value: Any, message: str) -> None:
    """Types are ours, and strict; constraints are the model's."""
    with pytest.raises(WireError) as caught:
        decode(value, shape_of(Flight))
    assert str(caught.value) == message


def test_a_model_open_to_more_fields_is_refused() -> None:
    """What they hold has no type."""
    with pytest.raises(WireError, match="allows further fields"):
        shape_of(Open)
