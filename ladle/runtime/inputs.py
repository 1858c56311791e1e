"""Checking the input of a run before it starts, without the workflow itself, and the times of events.

The workflow's file is not in the Lambda package, its input's JSON Schema is: `fields_of` turns that back into
the shapes of the wire, and `checked` is the one check of all doors.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from ladle import wire
from ladle.errors import LadleError

__all__ = ["checked", "fields_of", "instant_of", "shape_of_schema"]


def checked(workflow: str, parameters: Sequence[wire.RecordField], given: Any) -> dict[str, Any]:
    """The input as the machine gets it: every parameter, defaults filled in, values in their one JSON form.

    Raises `LadleError` that names the workflow and each field that is wrong, missing or unknown.
    """
    if not isinstance(given, dict):
        kind = "null" if given is None else type(given).__name__
        listed = ", ".join(f"{p.name}: {wire.describe(p.shape)}" for p in parameters) or "nothing in it"
        raise LadleError(f"{workflow}: the input must be a JSON object with {listed}, got {kind}")
    problems: list[str] = []
    found: dict[str, Any] = {}
    for parameter in parameters:
        if parameter.name in given:
            try:
                value = wire.decode(given[parameter.name], parameter.shape, parameter.name)
                found[parameter.name] = wire.encode(value, parameter.shape, parameter.name)
            except wire.WireError as error:
                problems.append(str(error))
        elif not parameter.required:
            found[parameter.name] = parameter.default
        else:
            problems.append(f"{parameter.name}: missing (expected {wire.describe(parameter.shape)})")
    known = [parameter.name for parameter in parameters]
    problems += [
        f"{name}: {workflow} has no such parameter; {_meant(str(name), known)}"
        for name in given
        if name not in known
    ]
    if problems:
        head = f"{workflow}: the input is not right, nothing was run"
        raise LadleError("\n".join([head, *(f"  {problem}" for problem in problems)]))
    return found


def _meant(name: str, known: list[str]) -> str:
    from difflib import get_close_matches  # only where something is wrong

    near = get_close_matches(name, known, n=1)
    return f"did you mean {near[0]}?" if near else f"it takes {', '.join(known) or 'no input'}"


def instant_of(workflow: str, event: Mapping[str, Any], field: str) -> datetime:
    """The time (UTC) that a field of an event says; raises LadleError where it says none."""
    text = event.get(field)
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise LadleError(
            f"{workflow}: `{field}` is {text!r}, and must be a time with its offset from UTC, "
            "such as 2013-01-31T06:00:00Z"
        )
    return found.astimezone(UTC)


def fields_of(schema: Mapping[str, Any]) -> tuple[wire.RecordField, ...]:
    """The parameters that the schema of a workflow's input describes: `wire.json_schema` of its arguments."""
    required = schema.get("required", ())
    return tuple(
        wire.RecordField(
            name, shape_of_schema(part, name), name in required, part.get("default", wire.ABSENT)
        )
        for name, part in schema.get("properties", {}).items()
    )


def shape_of_schema(schema: Mapping[str, Any], path: str = "") -> wire.Shape:
    """The shape that a schema made by `wire.json_schema` describes; raises LadleError for any other schema.

    Classes are not known here: an enum is the literals of its values, and a record a dict with known keys.
    They accept and give the same JSON.

    >>> shape_of_schema({"type": "array", "items": {"type": "string", "format": "date"}})
    ListShape(item=DateShape())
    """
    match {key: value for key, value in schema.items() if key != "default"}:
        case {"enum": values}:
            return wire.LiteralShape(tuple(values))
        case {"anyOf": options}:
            return wire.UnionShape(tuple(shape_of_schema(option, path) for option in options))
        case {"type": "array", "prefixItems": items}:
            return wire.TupleShape(tuple(shape_of_schema(item, f"{path}[]") for item in items))
        case {"type": "array", "maxItems": 0}:
            return wire.TupleShape(())
        case {"type": "array", "items": item}:
            return wire.ListShape(shape_of_schema(item, f"{path}[]"))
        case {"type": "object", "title": title}:
            return wire.RecordShape(str(title), fields_of(schema), "typeddict", dict)
        case {"type": "object", "additionalProperties": value}:
            return wire.DictShape(shape_of_schema(value, f"{path}.*"))
        case {"type": "string", "format": "date"}:
            return wire.DateShape()
        case {"type": "string", "format": "date-time"}:
            return wire.DateTimeShape()
        case {"type": "null"}:
            return wire.NullShape()
        case {"type": "boolean"}:
            return wire.BoolShape()
        case {"type": "integer"}:
            return wire.IntShape()
        case {"type": "number"}:
            return wire.FloatShape()
        case {"type": "string"}:
            return wire.StrShape()
        case empty if not empty:
            return wire.AnyShape()
        case _:
            raise LadleError(f"{path}: the input's schema is of another version: deploy again")
