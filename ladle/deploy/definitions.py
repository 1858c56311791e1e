"""A compiled definition as it is deployed: what it calls by ARN, in the partition of the account."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from ladle.asl.model import walk
from ladle.deploy.resources import arn

__all__ = ["in_partition", "placed"]


def placed(definition: Mapping[str, Any], name: Callable[[str, str], str]) -> dict[str, Any]:
    """The definition with `${name}` of each callee replaced by its ARN: only where a callee stands.

    `name` gives the name on AWS of a kind and a logical name. Text of the author's that looks the same stays
    as it is.
    """
    copied: dict[str, Any] = _copy(definition)
    for visit in walk(copied):
        arguments = visit.state.get("Arguments")
        if visit.state.get("Type") != "Task" or not isinstance(arguments, dict):
            continue
        for place, found in list(arguments.items()):
            called = re.fullmatch(r"\$\{(.+)\}", found) if isinstance(found, str) else None
            if called and place == "FunctionName":
                arguments[place] = arn("lambda", f"function:{name('function', called[1])}")
            elif called and place == "StateMachineArn":
                arguments[place] = arn("states", f"stateMachine:{name('machine', called[1])}")
    return copied


def in_partition(definition: Mapping[str, Any]) -> dict[str, Any]:
    """The definition with the integrations of the partition it is deployed to: `arn:aws-cn:states:::…`."""
    copied: dict[str, Any] = _copy(definition)
    for visit in walk(copied):
        for holder in (visit.state, visit.state.get("ItemReader"), visit.state.get("ResultWriter")):
            if isinstance(holder, dict) and isinstance(holder.get("Resource"), str):
                text = holder["Resource"]
                holder["Resource"] = re.sub(r"^arn:aws:states:::", "arn:${AWS::Partition}:states:::", text)
    return copied


def _copy(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _copy(item) for key, item in value.items()}
    return [_copy(item) for item in value] if isinstance(value, list) else value
