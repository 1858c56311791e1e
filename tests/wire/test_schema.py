"""Shapes as JSON Schema."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ladle.wire import json_schema, shape_of


@dataclass
class Day:
    date: date
    carriers: list[str]
    note: str | None = None


def test_a_record_is_an_object_with_exactly_its_fields() -> None:
    """Defaults are stated, further fields are refused."""
    assert json_schema(shape_of(Day)) == {
        "title": "Day",
        "type": "object",
        "properties": {
            "date": {"type": "string", "format": "date"},
            "carriers": {"type": "array", "items": {"type": "string"}},
            "note": {"anyOf": [{"type": "string"}, {"type": "null"}], "default": None},
        },
        "required": ["date", "carriers"],
        "additionalProperties": False,
    }


def test_a_tuple_has_its_length() -> None:
    """No item more, no item fewer."""
    assert json_schema(shape_of(tuple[int, str])) == {
        "type": "array",
        "prefixItems": [
            {"type": "integer", "minimum": -9007199254740991, "maximum": 9007199254740991},
            {"type": "string"},
        ],
        "items": False,
        "minItems": 2,
        "maxItems": 2,
    }
