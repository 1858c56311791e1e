"""A compiled definition as it is deployed: what it calls by ARN, in the partition of the account."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any, Final

from ladle.asl.model import walk
from ladle.asl.placeholders import stage_name
from ladle.deploy.resources import arn

__all__ = ["in_partition", "placed"]

CALLEES: Final = {"FunctionName": "function", "StateMachineArn": "machine"}
"""Where a callee stands among the arguments of a task, and what it is."""

SERVICES: Final = {
    "function": ("lambda", "function"),
    "machine": ("states", "stateMachine"),
    "activity": ("states", "activity"),
}
"""Of each kind of callee, the service and what its ARN has before the name."""

LISTED: Final = (
    (("ItemReader", "Arguments"), "Bucket"),
    (("ItemReader", "Parameters"), "Bucket"),
    (("ResultWriter", "Arguments"), "Bucket"),
    (("ResultWriter", "Parameters"), "Bucket"),
    (("Arguments", "Authentication"), "ConnectionArn"),
    (("Parameters", "Authentication"), "ConnectionArn"),
)
"""Where a name stands in a state that the stage's file lists."""


def placed(
    definition: Mapping[str, Any],
    name: Callable[[str, str], str],
    listed: Callable[[str, str], str],
    activities: Collection[str] = (),
) -> dict[str, Any]:
    """The definition with `${name}` of each callee replaced by its ARN: only where a callee stands.

    `name` gives the name on AWS of a kind and a logical name; `listed` what the stage's file has under a
    table for a name: the buckets of distributed Maps, the connections of HTTP tasks. Text of the author's
    that looks the same stays as it is. Of callees that stand as the resource itself, `activities` are such;
    the others are functions.
    """
    copied: dict[str, Any] = _copy(definition)
    for visit in walk(copied):
        for way, place in LISTED:
            part = _at(visit.state, way)
            text = part.get(place)
            if isinstance(text, str) and (known := stage_name(text)):
                part[place] = listed(*known)
        if visit.state.get("Type") != "Task":
            continue
        # An activity is called as the resource itself; a machine that was written by hand may call a function
        # so, too, or in Parameters.
        for holder, places in (
            (visit.state, {"Resource": "function"}),
            (visit.state.get("Arguments"), CALLEES),
            (visit.state.get("Parameters"), CALLEES),
        ):
            for place, found in list(holder.items()) if isinstance(holder, dict) else ():
                called = re.fullmatch(r"\$\{(.+)\}", found) if isinstance(found, str) else None
                if called and not called[1].startswith("AWS::") and place in places:
                    is_activity = place == "Resource" and called[1] in activities
                    kind = "activity" if is_activity else places[place]
                    service, start = SERVICES[kind]
                    holder[place] = arn(service, f"{start}:{name(kind, called[1])}")  # type: ignore[index]
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


def _at(state: Any, way: tuple[str, ...]) -> dict[str, Any]:
    """What stands there in a state; empty where nothing does."""
    for step in way:
        state = state.get(step) if isinstance(state, dict) else None
    return state if isinstance(state, dict) else {}


def _copy(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _copy(item) for key, item in value.items()}
    return [_copy(item) for item in value] if isinstance(value, list) else value
