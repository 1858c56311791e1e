"""Activities: tasks that wait for a worker to ask for work."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, NamedTuple

from ladle.engine.history import json_text, plain
from ladle.errors import LadleError

if TYPE_CHECKING:
    from ladle.engine.protocols import TaskCall
    from ladle.engine.states.task import Flight

__all__ = ["Activities", "ActivityTask"]


class ActivityTask(NamedTuple):
    """What a worker is given: the token to answer with, and the input as JSON text."""

    token: str
    input: str


class Activities:
    """The activities that exist, and the tasks that wait for their workers, first come first served."""

    __slots__ = ("_waiting",)

    def __init__(self) -> None:
        self._waiting: dict[str, deque[tuple[Flight, TaskCall]]] = {}

    def create(self, arn: str) -> None:
        """Make an activity exist; creating it again changes nothing."""
        self._waiting.setdefault(arn, deque())

    def delete(self, arn: str) -> None:
        """Remove an activity; tasks scheduled for it from then on fail."""
        self._waiting.pop(arn, None)

    def __contains__(self, arn: str) -> bool:
        return arn in self._waiting

    def offer(self, flight: Flight, call: TaskCall) -> None:
        """Put a task up for the workers of its activity."""
        self._waiting[call.resource].append((flight, call))

    def take(self, arn: str, worker: str | None = None) -> ActivityTask | None:
        """Give the next task to a worker (GetActivityTask), or None when there is none.

        Raises LadleError for an activity that does not exist.
        """
        waiting = self._waiting.get(arn)
        if waiting is None:
            raise LadleError(f"Activity Does Not Exist: '{arn}'")
        while waiting:
            flight, call = waiting.popleft()
            s = flight.s
            if s.dead or s.epoch != flight.epoch or call.task_token is None:
                continue
            h = s.history
            details = {"workerName": worker} if worker is not None else {}
            s.emit((plain, s.prev, h.clock.ms, flight.state, "ActivityStarted", details))
            h.count = s.prev = h.count + 1
            flight.beat_at = h.clock.ms
            return ActivityTask(call.task_token, json_text(call.arguments))
        return None
