"""A definition as text for people: what `ladle compile` commits and a review reads as a diff.

Fields stand in the order of the tables (Type first, Next and End last), so that two states of a type look
alike; payloads keep the order they were given. What is short stands on one line, states never do.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ladle.asl.tables import BRANCH, MACHINE, PROCESSOR, STATES, Fields, Kind

__all__ = ["WIDTH", "print_definition"]

WIDTH = 110
_INDENT = "  "
_encoded = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode
_LAST = ("Next", "Default", "End")


def print_definition(definition: Mapping[str, Any]) -> str:
    """The canonical JSON text: UTF-8, two spaces, lines up to 110 columns where that is possible.

    The same definition always gives the same text, whatever the order its fields were built in; decoding the
    text gives the definition back.

    Raises:
        ValueError: a number is not finite, which JSON cannot express.
        TypeError: a value is no JSON.
    """
    return _machine(definition, MACHINE, 0) + "\n"


def _machine(value: Mapping[str, Any], table: Fields, depth: int) -> str:
    return _block(((key, _field(table, key, value[key], depth + 1)) for key in _ordered(value, table)), depth)


def _field(table: Fields, key: str, value: Any, depth: int) -> str:
    column = _start(key, depth)
    field = table.get(key)
    kind = field.kind if field is not None else None
    if kind is Kind.STATES and isinstance(value, Mapping):
        return _block(((name, _state(state, depth + 1, name)) for name, state in value.items()), depth)
    if kind is Kind.SCOPE and isinstance(value, Mapping):
        return _machine(value, PROCESSOR, depth)
    if kind is Kind.SCOPES and isinstance(value, list) and all(isinstance(item, Mapping) for item in value):
        branches = [_machine(item, BRANCH, depth + 1) for item in value]
        return _lines("[", branches, "]", depth)
    if field is not None and field.fields is not None:
        inner = field.fields
        if isinstance(value, Mapping):
            value = {name: value[name] for name in _ordered(value, inner)}
        elif isinstance(value, list):
            value = [
                {name: item[name] for name in _ordered(item, inner)} if isinstance(item, Mapping) else item
                for item in value
            ]
    return _payload(value, depth, column)


def _state(state: Any, depth: int, name: str) -> str:
    table = (
        STATES.get(state.get("Type", "")) if isinstance(state, Mapping) and _has_text_type(state) else None
    )
    if table is None or not isinstance(state, Mapping):
        return _payload(state, depth, _start(name, depth))
    return _block(((key, _field(table, key, state[key], depth + 1)) for key in _ordered(state, table)), depth)


def _has_text_type(state: Mapping[str, Any]) -> bool:
    return isinstance(state.get("Type"), str)


def _ordered(value: Mapping[str, Any], table: Fields) -> list[str]:
    known = [key for key in table if key in value]
    unknown = sorted(key for key in value if key not in table)
    tail = [key for key in known if key in _LAST]
    return [key for key in known if key not in _LAST] + unknown + tail


def _payload(value: Any, depth: int, column: int) -> str:
    """Any JSON at an indent of `depth`, its first character at `column` of its line."""
    flat = _encoded(value)
    # The comma that may follow counts too.
    if not isinstance(value, Mapping | list) or not value or column + len(flat) + 1 <= WIDTH:
        return flat
    if isinstance(value, Mapping):
        return _block(
            (
                (str(key), _payload(inner, depth + 1, _start(str(key), depth + 1)))
                for key, inner in value.items()
            ),
            depth,
        )
    items = [_payload(item, depth + 1, len(_INDENT) * (depth + 1)) for item in value]
    return _lines("[", items, "]", depth)


def _block(pairs: Any, depth: int) -> str:
    lines = [f"{_encoded(key)}: {text}" for key, text in pairs]
    return _lines("{", lines, "}", depth) if lines else "{}"


def _lines(opening: str, items: list[str], closing: str, depth: int) -> str:
    if not items:
        return opening + closing
    inner = _INDENT * (depth + 1)
    return f"{opening}\n{inner}" + f",\n{inner}".join(items) + f"\n{_INDENT * depth}{closing}"


def _start(key: str, depth: int) -> int:
    return len(_INDENT) * depth + len(_encoded(key)) + 2
