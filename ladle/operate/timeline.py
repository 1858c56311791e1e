"""A run's top-level steps in the order in which they were entered, with the values around each.

Read from the history alone: what a step was given, what it assigned, how it was left. Steps at the top follow
each other, so the values before one are those that the ones before it assigned.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ladle.errors import LadleError
from ladle.operate.causes import failure_of
from ladle.operate.progress import BLOCK_FAILED, FAILED, details_of

__all__ = ["Passage", "Timeline", "timeline"]


@dataclass(slots=True)
class Passage:
    """One passage through a top-level step.

    `before` are the variables when it was entered; `after` those when it was left, None where it was not.
    `output` is what it handed on. `failure` is the name of the error with which a handler took it over, or
    which nothing took; `inside` are the steps within it that were completed, and how often.
    """

    step: str
    kind: str
    input: Any
    before: Mapping[str, Any]
    after: Mapping[str, Any] | None = None
    output: Any = None
    failure: str | None = None
    inside: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class Timeline:
    """The passages of a run, its input as it was started with (what Ladle told it included), and who assigned
    each variable last."""

    input: Any
    passages: list[Passage]
    assigned_by: dict[str, str]


def timeline(definition: Mapping[str, Any], events: Iterable[Mapping[str, Any]]) -> Timeline:
    """Read a run's history (as `Runs.events` gives it) on the machine that it ran.

    Raises LadleError where AWS left values out because they were too large.
    """
    found = Timeline(None, [], {})
    variables: dict[str, Any] = {}
    states = definition["States"]
    failures: dict[int, str] = {}
    for event in events:
        kind, details = event["type"], details_of(event) or {}
        name = details.get("name")
        if kind == "ExecutionStarted":
            found.input = _json(details.get("input"))
        elif kind in FAILED or kind in BLOCK_FAILED:
            failures[event["id"]] = failure_of(details.get("error"), details.get("cause")).error
        elif kind.endswith("StateEntered") and name in states:
            _whole(details, "input")
            kind = states[name].get("Type", "")
            found.passages.append(Passage(str(name), kind, _json(details.get("input")), dict(variables)))
        elif kind.endswith("StateExited") and name in states:
            _whole(details, "output")
            _whole(details, "assignedVariables")
            assigned = {key: json.loads(text) for key, text in details.get("assignedVariables", {}).items()}
            variables |= assigned
            found.assigned_by |= dict.fromkeys(assigned, name)
            passage = found.passages[-1]
            passage.after, passage.output = dict(variables), _json(details.get("output"))
            passage.failure = failures.get(event["previousEventId"])
        elif kind.endswith("StateExited") and found.passages and name is not None:
            inside = found.passages[-1].inside
            inside[name] = inside.get(name, 0) + 1
    return found


def _whole(details: Mapping[str, Any], name: str) -> None:
    if (details.get(f"{name}Details") or {}).get("truncated"):
        raise LadleError(f"the history of the run has only a part of the {name} of {details.get('name')!r}")


def _json(text: Any) -> Any:
    return json.loads(text) if isinstance(text, str) else None
