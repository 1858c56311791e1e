"""States that cannot be run again, and give instead what they gave: their value is not in their input.

A distributed Map read a bucket, and a Pass may have read the clock.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from typing import Any, Final, cast

from ladle.asl.model import Visit, is_distributed, walk

__all__ = ["RECORDED", "with_opaque_states"]

RECORDED: Final = "arn:aws:states:::ladle:recorded"
"""The resource of a task that stands for such a state."""

OWN: Final = re.compile(
    r"\$(now|millis|random|uuid)\b|States\.(UUID|MathRandom)\b|State\.EnteredTime\b|context\.Task\.Token"
)
"""What has another value each time."""

KEPT: Final = ("Comment", "QueryLanguage", "Catch", "Next", "End", "TimeoutSeconds")


def with_opaque_states(definition: Mapping[str, Any]) -> tuple[dict[str, Any], frozenset[str]]:
    """The definition with tasks of the resource `RECORDED` in place of such states, and their names.

    Such a task's result has the recorded `output` and the `assigned` variables, by name.
    """
    changed: dict[str, Any] = copy.deepcopy(dict(definition))
    found = [visit for visit in walk(changed) if _is_opaque(visit)]
    inside = {visit.name for visit in walk(changed) if _within(visit, found)}
    for visit in found:
        if visit.name not in inside:
            state = cast("dict[str, Any]", visit.state)  # of the copy
            stand_in = _recorded(visit)
            state.clear()
            state.update(stand_in)
    return changed, frozenset(visit.name for visit in found if visit.name not in inside)


def _within(visit: Visit, blocks: list[Visit]) -> bool:
    owner = visit.scope.owner
    while owner is not None:
        if any(owner.name == block.name for block in blocks):
            return True
        owner = owner.scope.owner
    return False


def _is_opaque(visit: Visit) -> bool:
    state = visit.state
    if visit.type == "Map":
        processor = state.get("ItemProcessor", state.get("Iterator", {}))
        return isinstance(processor, Mapping) and is_distributed(processor)
    return visit.type == "Pass" and any(_texts(state, OWN))


def _texts(value: Any, pattern: re.Pattern[str]) -> list[str]:
    if isinstance(value, str):
        return [value] if pattern.search(value) else []
    values = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    return [text for each in values for text in _texts(each, pattern)]


def _recorded(visit: Visit) -> dict[str, Any]:
    state = visit.state
    kept = {name: state[name] for name in KEPT if name in state}
    names = state.get("Assign", {})
    assigned = [name.removesuffix(".$") for name in names] if isinstance(names, Mapping) else []
    task: dict[str, Any] = {"Type": "Task", "Resource": RECORDED, **kept}
    if visit.language == "JSONata":
        task["Output"] = "{% $states.result.output %}"
        if assigned:
            task["Assign"] = {name: f"{{% $states.result.assigned.{name} %}}" for name in assigned}
        return task
    task["OutputPath"] = "$.output"
    if assigned:
        task["Assign"] = {f"{name}.$": f"$.assigned.{name}" for name in assigned}
    return task
