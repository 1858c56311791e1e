"""The times that schedules were meant for, and the runs of them: what a backfill has to make."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Protocol

from ladle.declare.triggers import At, Cron, Schedule
from ladle.errors import LadleError
from ladle.operate.ends import Runs
from ladle.operate.records import RunBrief
from ladle.runtime.cron import occurrences
from ladle.runtime.run_names import scheduled_name

__all__ = ["Scheduled", "Slot", "grid", "instant", "slots"]


EXAMPLE: Final = "2013-01-31 or 2013-01-31T06:00:00Z"


@dataclass(frozen=True, slots=True)
class Slot:
    """A time (UTC) that a schedule of a workflow is for, and the name that its run has, whoever starts it."""

    workflow: str
    at: datetime
    run: str
    schedule: Schedule

    @property
    def written(self) -> str:
        """The time as `scheduled_for` has it."""
        return self.at.astimezone(UTC).isoformat().replace("+00:00", "Z")

    @property
    def event(self) -> dict[str, Any]:
        """What the starter is to be told, the same as EventBridge Scheduler tells it."""
        return {
            "trigger": "schedule",
            "workflow": self.workflow,
            "scheduled_for": self.written,
            "input": dict(self.schedule.input),
        }


class Scheduled(Protocol):
    """What may have schedules: a workflow, or what is known of one where it is not declared."""

    @property
    def name(self) -> str:
        """The workflow's name."""

    @property
    def triggers(self) -> Sequence[Any]:
        """What starts it."""


def slots(workflow: Scheduled, begin: datetime, end: datetime) -> list[Slot]:
    """The slots from `begin` to `end`, both in it, in order of time.

    Raises LadleError for a workflow without a Cron or At: when a Rate fires depends on when it was deployed.
    """
    if begin > end:
        raise LadleError(f"--from {begin.isoformat()} is after --to {end.isoformat()}")
    schedules = [each for each in workflow.triggers if isinstance(each, Cron | At)]
    if not schedules:
        raise LadleError(
            f"{workflow.name} has no Cron and no At, so no times that a run could be for: start single runs"
            " with `ladle start` or `ladle run`"
        )
    found = [
        Slot(workflow.name, at, scheduled_name(workflow.name, dict(each.input), at), each)
        for each in schedules
        for at in _times(each, begin, end)
    ]
    return sorted(found, key=lambda slot: slot.at)


def grid(
    runs: Runs, workflow: Scheduled, begin: datetime, end: datetime
) -> list[tuple[Slot, RunBrief | None]]:
    """The slots between two times, each with its run; None where it is empty.

    A run is found by the name that its schedule gives it, whoever started it, and cannot be older than the
    first time. Raises LadleError as `slots` does.
    """
    wanted = slots(workflow, begin, end)
    found = runs.named(workflow.name, [slot.run for slot in wanted], since=begin.timestamp())
    return [(slot, found.get(slot.run)) for slot in wanted]


def _times(schedule: Schedule, begin: datetime, end: datetime) -> Iterable[datetime]:
    kind = type(schedule).__name__
    return occurrences(kind, schedule.expression, schedule.timezone, begin - timedelta(microseconds=1), end)


def instant(text: str, option: str) -> datetime:
    """A day or a time on the command line; without an offset it is UTC. Raises LadleError.

    >>> instant("2013-01-31", "--from").isoformat()
    '2013-01-31T00:00:00+00:00'
    """
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise LadleError(
            f"{option} {text!r}: write a day or a time, 2013-01-31 or 2013-01-31T06:00:00Z"
        ) from None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)
