"""What the API asks of a request before it looks at anything: sizes, patterns, names, ARNs, logging."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final

from ladle.local.stepfunctions.errors import ApiError, invalid_arn, invalid_name, wrong_resource_type

__all__ = ["check_arn", "check_name", "check_request", "logging_of", "machine_of_execution", "unqualified"]

_NOT_IN_NAMES: Final = re.compile(r"[\s<>{}\[\]?*\"#%\\^|~`$&,;:/\x00-\x1f\x7f-\x9f]")
_ARN: Final = re.compile(
    r"arn:aws[a-z-]*:states:[a-z0-9-]+:\d{12}:(?P<kind>[A-Za-z]+):[\w.~+@()'=!/-]+(:[\w.~+@()'=!/-]+)*"
)
_OWN_WORDS: Final = frozenset({("CreateActivity", "name")})
"""Members whose length has an error of its own."""


def check_name(name: str) -> None:
    """Refuse a name of a machine, execution or activity that has a character AWS does not take."""
    if not name or len(name) > 80 or _NOT_IN_NAMES.search(name):
        raise invalid_name(name)


def check_arn(arn: str, *kinds: str) -> None:
    """Refuse a text that is not the ARN of a resource of one of these kinds (`stateMachine`, `execution`)."""
    match = _ARN.fullmatch(arn)
    if match is None:
        raise invalid_arn(arn)
    if match["kind"] not in kinds:
        raise wrong_resource_type(match["kind"])


def unqualified(arn: str) -> tuple[str, str | None]:
    """A machine's ARN without its version or alias, and that version or alias.

    >>> unqualified("arn:aws:states:us-east-1:123456789012:stateMachine:m:7")
    ('arn:aws:states:us-east-1:123456789012:stateMachine:m', '7')
    """
    parts = arn.split(":")
    return ":".join(parts[:7]), parts[7] if len(parts) > 7 else None


def machine_of_execution(arn: str) -> str:
    """The name of the machine in an execution's ARN."""
    return arn.split(":")[6]


# What the service's model says ----------------------------------------------------------------------------


@cache
def _model() -> Any:
    import botocore.session

    return botocore.session.get_session().get_service_model("stepfunctions")


def check_request(operation: str, request: Mapping[str, Any]) -> None:
    """Refuse what breaks a bound of the service's model, with all violations in one message, as AWS does."""
    shape = _model().operation_model(operation).input_shape
    found = [
        text
        for name, value in request.items()
        if name in shape.members and (operation, name) not in _OWN_WORDS
        for text in _violations(shape.members[name], value, name)
    ]
    if found:
        noun = "error" if len(found) == 1 else "errors"
        raise ApiError("ValidationException", f"{len(found)} validation {noun} detected: {'; '.join(found)}")


def _violations(shape: Any, value: Any, path: str) -> Iterator[str]:
    kind, bounds = shape.type_name, shape.metadata
    shown = "Value" if bounds.get("sensitive") else f"Value '{_shown(shape, value)}'"
    frame = f"{shown} at '{path}' failed to satisfy constraint: Member must "
    if kind in ("string", "list") and value is not None:
        if len(value) > bounds.get("max", len(value)):
            yield f"{frame}have length less than or equal to {bounds['max']}"
        if len(value) < bounds.get("min", 0):
            yield f"{frame}have length greater than or equal to {bounds['min']}"
    if kind == "string" and value is not None:
        if "pattern" in bounds and not re.fullmatch(bounds["pattern"], value):
            yield f"{frame}satisfy regular expression pattern: {bounds['pattern']}"
        if shape.enum and value not in shape.enum:
            yield f"{frame}satisfy enum value set: [{', '.join(shape.enum)}]"
    elif kind in ("integer", "long", "float") and value is not None:
        if value > bounds.get("max", value):
            yield f"{frame}have value less than or equal to {bounds['max']}"
        if value < bounds.get("min", value):
            yield f"{frame}have value greater than or equal to {bounds['min']}"
    elif kind == "list":
        for index, item in enumerate(value or (), 1):
            yield from _violations(shape.member, item, f"{path}.{index}.member")
    elif kind == "structure" and isinstance(value, Mapping):
        for name, item in value.items():
            if name in shape.members:
                yield from _violations(shape.members[name], item, f"{path}.{name}")


def _shown(shape: Any, value: Any) -> str:
    """A value as AWS's messages print it."""
    if shape.type_name == "list":
        return f"[{', '.join(_shown(shape.member, item) for item in value)}]"
    if shape.type_name == "structure":
        return f"{shape.name}({', '.join(f'{k}={v}' for k, v in value.items())})"
    return str(value)


# Logging --------------------------------------------------------------------------------------------------


def logging_of(given: Mapping[str, Any] | None) -> dict[str, Any]:
    """The logging configuration in full. Refuses one that logs to nowhere, or to several places."""
    configuration: dict[str, Any] = json.loads(json.dumps(given or {}))
    level = configuration.get("level") or "OFF"
    destinations = configuration.get("destinations") or []
    if len(destinations) > 1 or (level != "OFF" and not destinations):
        raise ApiError(
            "InvalidLoggingConfiguration",
            "Invalid Logging Configuration: Must specify exactly one Log Destination.",
        )
    configuration["level"] = level
    configuration.setdefault("includeExecutionData", False)
    return configuration
