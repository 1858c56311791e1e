"""How long the calls of a workflow took in its recorded runs."""

from __future__ import annotations

from collections import defaultdict
from statistics import median
from typing import Final

from ladle.local.store import Store

__all__ = ["durations"]

RUNS: Final = 50
"""Of the newest runs that succeeded, so many are looked at."""


def durations(store: Store, workflow: str) -> dict[str, float]:
    """The median seconds of each task and each nested workflow that `workflow` called, failed calls apart."""
    found: dict[str, list[float]] = defaultdict(list)
    for run in store.runs(workflow=workflow, status="SUCCEEDED", limit=RUNS):
        for call in store.calls(run.id):
            if call.error is None:
                found[call.task].append(call.seconds)
        for child in store.children(run.id):
            if child.parent == run.id and child.status == "SUCCEEDED" and child.seconds is not None:
                found[child.workflow].append(child.seconds)
    return {name: median(seconds) for name, seconds in found.items()}
