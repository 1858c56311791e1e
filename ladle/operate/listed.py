"""What AWS's answers about an execution tell of a run: a line of a list, an event, the run's input."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from ladle.operate.records import RunRecord
from ladle.runtime.run_names import time_slug

__all__ = [
    "STATUSES",
    "cannot_be",
    "event_of",
    "is_kind",
    "is_nested",
    "json_of",
    "renumbered",
    "seconds_of",
    "via_of",
]

_NESTED: Final = re.compile(r"-[0-9a-f]{12}-\d+-\d+$")
"""How the name of a run ends that another run started (docs/decisions/0095)."""

_SCHEDULED: Final = re.compile(r"\d{4}-\d\d-\d\d-\d{4}-[0-9a-f]{10,40}")
"""The name of a run that a schedule started (`ladle.runtime.run_names`)."""


STATUSES: Final = ("RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED", "PENDING_REDRIVE")
"""What ListExecutions filters by."""


def is_nested(name: str) -> bool:
    """Whether the run of that name was started by another one: Ladle names those so."""
    return bool(_NESTED.search(name))


def event_of(event: Mapping[str, Any]) -> dict[str, Any]:
    """An event as the store has it: its time in milliseconds."""
    return {"previousEventId": 0, **event, "timestamp": round(event["timestamp"].timestamp() * 1000)}


def renumbered(events: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """The end of a history as one that begins with 1; what came before is event 0."""
    first = None
    for event in map(event_of, events):
        first = event["id"] - 1 if first is None else first
        yield {
            **event,
            "id": event["id"] - first,
            "previousEventId": max(0, event["previousEventId"] - first),
        }


def via_of(given: Any, told: Any) -> dict[str, Any]:
    """What started a run, as its input tells: the starter says so, a person at the console does not."""
    if not isinstance(told, dict):
        return {"kind": "manual"}
    found = {name: told[name] for name in ("of", "step") if name in told}
    if "trigger" in told:
        found["kind"] = told["trigger"]
    if isinstance(given, dict) and isinstance(given.get("scheduled_for"), str):
        found["scheduled_for"] = given["scheduled_for"]
        found.setdefault("kind", "schedule")
    return found


def cannot_be(listed: Mapping[str, Any], trigger: str | None, slot: float | None, failed: bool) -> bool:
    """Whether a run's line in the list shows that it is not of the kind that is looked for."""
    if failed and listed["status"] in ("RUNNING", "SUCCEEDED"):
        return True
    name = listed["name"]
    if is_nested(name):
        return True
    if trigger == "schedule" and not _SCHEDULED.fullmatch(name):
        return True
    return slot is not None and not name.startswith(time_slug(datetime.fromtimestamp(slot, UTC)))


def is_kind(record: RunRecord, trigger: str | None, slot: float | None, error: str | None) -> bool:
    """Whether a run, once described, is of the kind that is looked for."""
    return (
        (trigger is None or record.trigger == trigger)
        and (slot is None or record.slot == slot)
        and (error is None or record.failure == error)
    )


def seconds_of(moment: datetime) -> float:
    return moment.timestamp()


def json_of(text: str | None) -> Any:
    return None if text is None else json.loads(text)
