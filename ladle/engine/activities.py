"""Activities: tasks that wait for a worker to ask for work."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, NamedTuple

from ladle.engine.history import json_text, plain
from ladle.errors import LadleError

if TYPE_CHECKING:
    from ladle.engine.clock import Timers, VirtualClock
    from ladle.engine.protocols import TaskCall, TaskRunner
    from ladle.engine.states.task import Flight

__all__ = ["Activities", "ActivityTask"]


class ActivityTask(NamedTuple):
    """What a worker is given: the token to answer with, and the input as JSON text."""

    token: str
    input: str


LONG_POLL_MS: Final = 60_000


class _Poll:
    """A worker that waits for work."""

    __slots__ = ("epoch", "give", "worker")

    def __init__(self, worker: str | None, give: Callable[[ActivityTask | None], None]) -> None:
        self.worker = worker
        self.give = give
        self.epoch = 0


class Activities:
    """The activities that exist, the tasks that wait for workers, the workers that wait for tasks."""

    __slots__ = ("_clock", "_polls", "_served", "_timers", "_waiting")

    def __init__(self, clock: VirtualClock, timers: Timers) -> None:
        self._clock = clock
        self._timers = timers
        self._waiting: dict[str, deque[tuple[Flight, TaskCall]]] = {}
        self._polls: dict[str, deque[_Poll]] = {}
        self._served: dict[str, tuple[TaskRunner, str]] = {}

    def create(self, arn: str) -> None:
        """Make an activity exist; creating it again changes nothing."""
        self._waiting.setdefault(arn, deque())

    def serve(self, arn: str, runner: TaskRunner, worker: str) -> None:
        """Make an activity exist whose tasks a runner takes at once, as a worker of that name would.

        It reports by itself that it is alive: no heartbeat is ever missed.
        """
        self.create(arn)
        self._served[arn] = (runner, worker)

    def delete(self, arn: str) -> None:
        """Remove an activity; tasks scheduled for it from then on fail."""
        self._waiting.pop(arn, None)
        self._served.pop(arn, None)

    def __contains__(self, arn: str) -> bool:
        return arn in self._waiting

    def is_served(self, arn: str) -> bool:
        """Whether a runner takes the tasks of an activity."""
        return arn in self._served

    def offer(self, flight: Flight, call: TaskCall) -> Callable[[], None] | None:
        """Put a task up for the workers of its activity; one that waits already gets it at once.

        Gives what cancels it, where a runner has taken it.
        """
        if call.resource in self._served:
            runner, worker = self._served[call.resource]
            self._started(flight, worker)
            flight.runs_outside = True
            return runner.start(call, flight)
        self._waiting[call.resource].append((flight, call))
        polls = self._polls.get(call.resource)
        if polls:
            poll = polls.popleft()
            poll.epoch += 1
            poll.give(self.take(call.resource, poll.worker))
        return None

    def poll(self, arn: str, worker: str | None, give: Callable[[ActivityTask | None], None]) -> None:
        """GetActivityTask with its long poll: `give` gets the next task, or None after 60 seconds.

        Raises LadleError for an activity that does not exist.
        """
        task = self.take(arn, worker)
        if task is not None:
            give(task)
            return
        poll = _Poll(worker, give)
        self._polls.setdefault(arn, deque()).append(poll)
        self._timers.set(self._clock.ms + LONG_POLL_MS, poll, self._give_up, arn)

    def _give_up(self, poll: _Poll, arn: str) -> None:
        self._polls[arn].remove(poll)
        poll.give(None)

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
            self._started(flight, worker)
            return ActivityTask(call.task_token, json_text(call.arguments))
        return None

    def _started(self, flight: Flight, worker: str | None) -> None:
        """Record that a worker has taken a task."""
        s = flight.s
        h = s.history
        details = {"workerName": worker} if worker is not None else {}
        s.emit((plain, s.prev, h.clock.ms, flight.state, "ActivityStarted", details))
        h.count = s.prev = h.count + 1
        flight.beat_at = h.clock.ms
