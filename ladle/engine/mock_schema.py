"""Whether a mocked result is one that a service could give, as TestState checks it.

The service's model comes from outside (botocore's `OperationModel.output_shape`, or anything with the same
attributes): the engine knows no service. Member names begin with a capital letter, as in Step Functions.
"""

from __future__ import annotations

from typing import Any

from ladle.engine.scope import JSON

__all__ = ["mock_problem"]

_NUMBERS = ("integer", "long", "float", "double", "bigdecimal", "biginteger")
_TEXTS = ("string", "character", "blob", "timestamp")


def mock_problem(shape: Any, value: JSON, mode: str) -> str | None:
    """What is wrong with a result, in AWS's words, or None.

    `mode` is STRICT (required fields must be there) or PRESENT (only fields that are there are checked).
    Fields that the model does not know are let through.
    """
    return None if shape is None else _problem(shape, value, mode == "STRICT", "")


def _problem(shape: Any, value: JSON, strict: bool, field: str) -> str | None:
    kind = shape.type_name
    if kind == "structure":
        return _structure(shape, value, strict, field)
    if kind == "list":
        if not isinstance(value, list):
            return f"Field '{field}' must be an array"
        return _first(_problem(shape.member, item, strict, field) for item in value)
    if kind == "map":
        if not isinstance(value, dict):
            return f"Field '{field}' must be an object"
        return _first(_problem(shape.value, item, strict, field) for item in value.values())
    if kind == "boolean":
        return None if isinstance(value, bool) else f"Field '{field}' must be a boolean"
    if kind in _NUMBERS:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            return f"Field '{field}' must be a number"
        return _bounds(shape, value, field, "is less than the minimum value", "exceeds the maximum value")
    if kind in _TEXTS:
        if not isinstance(value, str):
            return f"Field '{field}' must be a string"
        allowed = getattr(shape, "enum", None)
        if allowed and value not in allowed:
            return f"Field '{field}' is not an expected value"
        if kind != "timestamp":
            too_long = "is larger than the maximum length"
            return _bounds(shape, len(value), field, "is smaller than the minimum length", too_long)
    return None


def _structure(shape: Any, value: JSON, strict: bool, field: str) -> str | None:
    if not isinstance(value, dict):
        return f"Field '{field}' must be an object" if field else "The result must be an object"
    for name in shape.required_members if strict else ():
        if _capital(name) not in value:
            return f"Required field '{_capital(name)}' is missing"
    members = {_capital(name): member for name, member in shape.members.items()}
    return _first(
        _problem(members[name], item, strict, name) for name, item in value.items() if name in members
    )


def _bounds(shape: Any, size: float, field: str, under: str, over: str) -> str | None:
    metadata = shape.metadata
    if "min" in metadata and size < metadata["min"]:
        return f"Field '{field}' {under}"
    if "max" in metadata and size > metadata["max"]:
        return f"Field '{field}' {over}"
    return None


def _first(problems: Any) -> str | None:
    return next((problem for problem in problems if problem is not None), None)


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]
