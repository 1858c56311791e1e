"""The runs of past schedule times: those that are missing are started, so many at once, in an order."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ladle.errors import LadleError
from ladle.operate.ends import Actions, Runs
from ladle.operate.slots import Slot

__all__ = ["SlotOutcome", "backfill"]

EVERY_SECONDS: Final = 2.0
"""How often runs that go on are looked at: 15 requests a second are allowed, for each of them one."""


@dataclass(frozen=True, slots=True)
class SlotOutcome:
    """What became of a schedule's time.

    `outcome` is "was there"; or "missing", where one only looks; or "started", or how the run ended (its
    status in lower case); or "refused", of which `detail` has the reason. `status` is the run's, as far as
    that is known.
    """

    slot: Slot
    outcome: str
    status: str | None = None
    detail: str = ""

    @property
    def good(self) -> bool:
        """Whether nobody needs to look at it."""
        return self.outcome in ("missing", "started", "succeeded", "running") or (
            self.outcome == "was there" and self.status in (None, "SUCCEEDED", "RUNNING")
        )

    def as_json(self) -> dict[str, Any]:
        """As `--json` prints it."""
        return {
            "scheduled_for": self.slot.written,
            "run": self.slot.run,
            "outcome": self.outcome,
            "status": self.status,
            "detail": self.detail,
        }


def backfill(
    runs: Runs,
    actions: Actions,
    wanted: Sequence[Slot],
    *,
    concurrency: int = 0,
    dry_run: bool = False,
    pause: Callable[[float], None] = time.sleep,
) -> Iterator[SlotOutcome]:
    """Make the runs of these times in this order, and tell what became of each.

    With a `concurrency`, no more runs than that go on at once, and a time is told of when its run has ended;
    without, each run is started and told of at once. What is there already is left alone, so a backfill that
    was broken off goes on when it is begun again. `dry_run` only looks.
    """
    if dry_run:
        yield from _looked_at(runs, wanted)
        return
    open_: dict[str, Slot] = {}
    for slot in wanted:
        while concurrency and len(open_) >= concurrency:
            yield from _ended(runs, open_, pause)
        outcome = _made(runs, actions, slot)
        if concurrency and outcome.outcome == "started":
            open_[slot.run] = slot
        else:
            yield outcome
    while open_:
        yield from _ended(runs, open_, pause)


def _looked_at(runs: Runs, wanted: Sequence[Slot]) -> Iterator[SlotOutcome]:
    for slot in wanted:
        found = runs.named(slot.workflow, [slot.run]).get(slot.run)
        if found is None:
            yield SlotOutcome(slot, "missing")
        else:
            yield SlotOutcome(slot, "was there", found.status)


def _made(runs: Runs, actions: Actions, slot: Slot) -> SlotOutcome:
    try:
        if actions.start_slot(slot).started:
            return SlotOutcome(slot, "started")
    except LadleError as error:
        return SlotOutcome(slot, "refused", None, str(error))
    found = runs.named(slot.workflow, [slot.run]).get(slot.run)
    return SlotOutcome(slot, "was there", None if found is None else found.status)


def _ended(runs: Runs, open_: dict[str, Slot], pause: Callable[[float], None]) -> Iterator[SlotOutcome]:
    """The runs that have ended by now; waits a little where none has."""
    workflow = next(iter(open_.values())).workflow
    found = runs.named(workflow, list(open_))
    # What is not found yet was started a moment ago: DescribeExecution may lag behind StartExecution.
    ended = [run for run, brief in found.items() if brief.status != "RUNNING"]
    for run in ended:
        status = found[run].status
        yield SlotOutcome(open_.pop(run), status.lower(), status)
    if not ended:
        pause(EVERY_SECONDS)
