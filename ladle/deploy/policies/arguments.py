"""Arguments of a state that name a resource: only a text that is known now can stand in a policy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ladle.asl.integrations import PLACEHOLDER

__all__ = ["Dynamic", "named"]


class Dynamic(Exception):
    """An argument that names a resource is an expression, or is not there."""


def named(arguments: Mapping[str, Any], *names: str) -> str:
    """The first of these arguments that is there, as a text that holds no expression. Raises Dynamic."""
    for name in names:
        value = arguments.get(name)
        if isinstance(value, str) and "{%" not in value and not _substituted(value):
            return value
        if value is not None or f"{name}.$" in arguments:
            raise Dynamic(f"`{name}`")
    raise Dynamic(f"`{names[0]}`")


def _substituted(text: str) -> bool:
    """Whether it holds a placeholder that nobody has filled in yet."""
    return any(not found.startswith("${AWS::") for found in PLACEHOLDER.findall(text))
