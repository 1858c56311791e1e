"""The times of a workflow's schedules: which of them ran, which were missed, which come next."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from ladle.declare.triggers import At, Cron
from ladle.operate.records import RunBrief
from ladle.operate.slots import Slot, slots
from ladle.web.ends import End, WorkflowFacts

__all__ = ["GRACE", "Slotted", "has_times", "missed", "next_time", "recent_slots"]

GRACE: Final = 15 * 60
"""Seconds after which a time without a run counts as missed: what starts runs tries again for a while."""

SLOTS_FOR: Final = 20.0
"""Seconds for which the last times are not worked out again."""

_HORIZONS: Final = (1, 3, 8, 40, 400)
"""Days that are looked through for the next time, and back for the last ones, until there are enough."""


def has_times(facts: WorkflowFacts) -> bool:
    """Whether it is known for which times there should be runs; of a Rate it is not."""
    return any(isinstance(each, Cron | At) for each in facts.triggers)


def next_time(end: End, facts: WorkflowFacts, now: float) -> float | None:
    """The next time that a schedule of the workflow is for; None where there is none."""
    if not has_times(facts):
        return None
    known: dict[str, tuple[float, float]] = end.cache.setdefault("next", {})
    before = known.get(facts.name)
    if before is not None and before[0] <= now < before[1]:
        return before[1]
    begin = datetime.fromtimestamp(now, UTC)
    for days in _HORIZONS:
        found = [slot.at.timestamp() for slot in slots(facts, begin, begin + timedelta(days=days))]
        later = [at for at in found if at > now]
        if later:
            known[facts.name] = (now, later[0])
            return later[0]
    return None


def recent_slots(
    end: End, facts: WorkflowFacts, now: float, most: int, days: float = _HORIZONS[-1]
) -> list[Slot]:
    """The last times up to now, at most so many, the oldest first; none of before that many days."""
    if not has_times(facts):
        return []
    known: dict[tuple[str, int], tuple[float, list[Slot]]] = end.cache.setdefault("slots", {})
    before = known.get((facts.name, most))
    if before is None or not before[0] <= now < before[0] + SLOTS_FOR:
        before = known[facts.name, most] = (now, _recent(facts, now, most, days))
    return before[1]


def _recent(facts: WorkflowFacts, now: float, most: int, days: float) -> list[Slot]:
    last = datetime.fromtimestamp(now, UTC)
    found: list[Slot] = []
    for horizon in _HORIZONS:
        found = slots(facts, last - timedelta(days=min(horizon, days)), last)
        if len(found) >= most or horizon >= days:
            break
    return found[-most:]


def missed(end: End, found: list[Slot], runs: Callable[[Slot], Any], now: float) -> list[Slot]:
    """Those of the times that have no run and should have one by now.

    A schedule is known to have been on from its first run on, so times before that are not missed. Nothing
    starts runs by schedule on this machine: here only the times between runs are.
    """
    ran = [slot for slot in found if runs(slot) is not None]
    if not ran:
        return []
    first, last = ran[0].at, ran[-1].at
    due = [slot for slot in found if runs(slot) is None and slot.at.timestamp() < now - GRACE]
    return [slot for slot in due if slot.at > first and (not end.is_local or slot.at < last)]


class Slotted:
    """The runs of some times of a workflow: by the name that the schedule gives, or by what they are for."""

    def __init__(self, end: End, facts: WorkflowFacts, found: list[Slot]) -> None:
        self.slots = found
        self._by_name: dict[str, RunBrief] = {}
        self._by_time: dict[float, RunBrief] = {}
        if not found:
            return
        since = found[0].at.timestamp()
        self._by_name = dict(end.runs.named(facts.name, [slot.run for slot in found], since=since))

    def add(self, at: float | None, brief: RunBrief) -> None:
        """Take a run that is known to be for that time."""
        if at is not None:
            self._by_time[at] = brief

    def of(self, slot: Slot) -> RunBrief | None:
        """The run of a time."""
        return self._by_name.get(slot.run) or self._by_time.get(slot.at.timestamp())
