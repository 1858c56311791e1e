"""Parameters and results between Step Functions' JSON and botocore's values, guided by botocore's models."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from typing import Any

from ladle.engine.scope import JSON
from ladle.services.naming import capital, pascal

__all__ = ["InvalidParameters", "UnknownFields", "from_response", "to_request"]


class UnknownFields(Exception):
    """Parameters that the action does not have; Step Functions refuses them before any call."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(", ".join(names))
        self.names = names


class InvalidParameters(Exception):
    """Required members that are missing or null. The message is the one services give."""

    def __init__(self, members: list[str]) -> None:
        count = f"{len(members)} validation error{'s' if len(members) > 1 else ''} detected"
        parts = [
            f"Value null at '{m}' failed to satisfy constraint: Member must not be null" for m in members
        ]
        super().__init__(f"{count}: {'; '.join(parts)}")


def to_request(shape: Any, arguments: JSON) -> dict[str, Any]:
    """Return botocore's parameters for a structure `shape` (None for an action without input).

    Members may be spelled as in the API or as Step Functions does. Objects given where the API wants text
    are sent as JSON text. Raises UnknownFields and InvalidParameters.
    """
    given = {} if arguments is None else arguments
    if not isinstance(given, dict):
        raise UnknownFields([type(given).__name__])
    missing: list[str] = []
    result = {} if shape is None else _structure(shape, given, missing)
    if shape is None and given:
        raise UnknownFields(list(given))
    if missing:
        raise InvalidParameters(missing)
    return result


def _structure(shape: Any, given: dict[str, JSON], missing: list[str]) -> dict[str, Any]:
    names = _accepted(shape)
    result: dict[str, Any] = {}
    unknown = []
    for key, value in given.items():
        member = names.get(key)
        if member is None:
            unknown.append(key)
        elif value is not None:
            result[member] = _value(shape.members[member], value, missing)
    if unknown:
        raise UnknownFields(unknown)
    missing += [
        name[:1].lower() + name[1:]
        for name in shape.required_members
        # An SDK makes up the token by which a service knows a repeated request.
        if name not in result and not shape.members[name].metadata.get("idempotencyToken")
    ]
    return result


@cache
def _accepted(shape: Any) -> dict[str, str]:
    """Return every spelling of a structure's members."""
    names: dict[str, str] = {}
    for member in shape.members:
        for spelling in (member, capital(member), pascal(member)):
            names.setdefault(spelling, member)
    return names


def _value(shape: Any, value: JSON, missing: list[str]) -> Any:
    kind = shape.type_name
    if kind == "structure" and isinstance(value, dict) and not getattr(shape, "is_document_type", False):
        return _structure(shape, value, missing)
    if kind == "list" and isinstance(value, list):
        return [_value(shape.member, item, missing) for item in value]
    if kind == "map" and isinstance(value, dict):
        return {key: _value(shape.value, item, missing) for key, item in value.items()}
    if kind == "string" and not isinstance(value, str):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    if kind == "blob":
        text = value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))
        return text.encode()
    return value


def from_response(shape: Any, response: dict[str, Any], *, second: bool) -> dict[str, JSON]:
    """Return a response as the JSON that a Task's result shows.

    `second` selects the second SDK's spelling of members and of times (ISO 8601 text; the first SDK gives
    milliseconds since the epoch). Streams and blobs are text, or Base64 where they are not UTF-8.
    """
    if shape is None:
        return {}
    spell = pascal if second else capital
    result = _result(shape, response, spell, second)
    return dict(sorted(result.items()))


def _result(shape: Any, value: Any, spell: Callable[[str], str], second: bool) -> Any:
    kind = shape.type_name
    if kind == "structure" and isinstance(value, dict):
        return {
            spell(name): _result(member, value[name], spell, second)
            for name, member in shape.members.items()
            if value.get(name) is not None
        }
    if kind == "list" and isinstance(value, list):
        return [_result(shape.member, item, spell, second) for item in value]
    if kind == "map" and isinstance(value, dict):
        return {key: _result(shape.value, item, spell, second) for key, item in value.items()}
    if isinstance(value, datetime):
        return _time(value, second=second)
    if kind == "blob":
        return _text(value)
    return value


def _time(value: datetime, *, second: bool) -> JSON:
    moment = value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
    if not second:
        return round(moment.timestamp() * 1000)
    milliseconds = f".{moment.microsecond // 1000:03d}" if moment.microsecond else ""
    return f"{moment:%Y-%m-%dT%H:%M:%S}{milliseconds}Z"


def _text(value: Any) -> str:
    data = value.read() if hasattr(value, "read") else value
    if isinstance(data, str):
        return data
    try:
        return bytes(data).decode("utf-8")
    except UnicodeDecodeError:
        return base64.b64encode(data).decode()
