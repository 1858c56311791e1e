"""Calls that know of other calls: those of idempotent tasks, and those that use a pool."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ladle.declare.tasks import Task
from ladle.errors import LadleError
from ladle.runtime.claims import TABLE_VARIABLE
from ladle.runtime.completed import call_of, once_completed
from ladle.runtime.envelope import Envelope
from ladle.runtime.kept import Kept, kept_of_stage
from ladle.runtime.pooling import holding

__all__ = ["shared"]

MARGIN = 5
"""Seconds that a try's lease lasts beyond its function's time: clocks differ."""


def shared(
    task: Task[..., Any],
    given: Any,
    envelope: Envelope,
    make: Callable[[], Any],
    kept: Kept | None,
    seconds: float | None,
) -> Any:
    """Make the call with a place in each of the task's pools, and once, if the task is idempotent.

    A call that came from no state machine is simply made: it is nobody's try.
    """
    if not envelope.run:
        return make()
    kept = kept or kept_of_stage()
    if kept is None:
        raise LadleError(
            f"{task.name} is idempotent or uses a pool, and {TABLE_VARIABLE} names no table: deploy again"
        )
    call = call_of(envelope, given)
    longest = float(task.timeout if seconds is None else seconds)
    where, what = kept, f"{envelope.run} {envelope.step}"

    def placed() -> Any:
        with holding(where, task.pools, call, longest, what=what):
            return make()

    # A result that is kept needs no place.
    return once_completed(where, call, longest + MARGIN, placed) if task.idempotent else placed()
