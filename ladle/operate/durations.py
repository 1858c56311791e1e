"""How long the calls of a workflow took in its newest runs: weights for what runs when.

Nothing but lists of runs and histories are read, so the runs of an account and those of this machine are
measured alike. What is read is bounded: so many runs, and so many events of them.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from statistics import median
from typing import Any, Final

from ladle.operate.ends import Runs
from ladle.operate.progress import FAILED, SCHEDULED, SUCCEEDED, details_of
from ladle.operate.recording import callee_of

__all__ = ["EVENTS", "durations"]

EVENTS: Final = 100_000
"""When so many events have been read, no further run is looked at: on AWS they are a hundred requests."""


def durations(runs: Runs, workflow: str, names: Mapping[str, str], sample: int) -> dict[str, float]:
    """The median seconds of the calls that `workflow` made of each task and workflow, failed tries apart.

    A call takes from when the machine asks for it until it goes on: a cold start, the wait for the answer to
    a token and the whole of a nested run are in it. What is called within a distributed Map runs in runs of
    its own, and is not measured.

    Args:
        runs: Where the runs are.
        workflow: Whose runs: the newest that succeeded and that no other run started.
        names: What the project calls its functions and machines; calls of anything else are left out.
        sample: How many runs at most.
    """
    found: dict[str, list[float]] = defaultdict(list)
    read = 0
    for run in runs.briefs(workflow, status="SUCCEEDED", limit=sample):
        if read >= EVENTS:
            break
        events = list(runs.events(run.id))
        read += len(events)
        for callee, seconds in _calls(events):
            if callee in names:
                found[names[callee]].append(seconds)
    return {name: median(seconds) for name, seconds in found.items()}


def _calls(events: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, float]]:
    """The calls of a history that succeeded: what was called, and how long it took."""
    open_: dict[int, tuple[str, int]] = {}
    for event in events:
        kind, previous = event["type"], event["previousEventId"]
        if kind in SCHEDULED:
            open_[event["id"]] = _callee(kind, details_of(event) or {}), event["timestamp"]
        elif previous in open_:
            callee, since = open_.pop(previous)
            if kind in SUCCEEDED:
                yield callee, (event["timestamp"] - since) / 1000
            elif kind not in FAILED:  # it has started, or was submitted
                open_[event["id"]] = callee, since


def _callee(kind: str, details: Mapping[str, Any]) -> str:
    resource = str(details.get("resource", ""))
    if kind == "TaskScheduled":
        resource = f"{details.get('resourceType')}:{resource}"
    return callee_of(resource, _json(details.get("parameters")))


def _json(text: Any) -> Any:
    try:
        return json.loads(text)
    except (TypeError, ValueError):  # left out, or cut: then the resource alone tells
        return None
