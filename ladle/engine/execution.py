"""One execution of a machine: what it was started with, how it stands, its history."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ladle.engine.history import History, HistoryEvent, failure_details, moment, plain, with_data
from ladle.engine.limits import EXPRESS_SECONDS, HISTORY_EVENTS, REDRIVE_MS
from ladle.engine.scope import JSON
from ladle.engine.states.map_run import MapRun
from ladle.engine.strand import Strand
from ladle.errors import LadleError

if TYPE_CHECKING:
    from ladle.engine.machine import Machine
    from ladle.engine.scheduler import Engine
    from ladle.engine.strand import Step

__all__ = ["Execution", "NotRedrivable"]


class NotRedrivable(LadleError):
    """An execution that cannot be redriven, with AWS's reason. AWS's ExecutionNotRedrivable."""


class Execution:
    """A run of a machine. Made by `Engine.start`; driven by `Engine.run`.

    `status` is RUNNING, SUCCEEDED, FAILED, TIMED_OUT or ABORTED; `output` is set when it succeeded, `error`
    and `cause` when it did not (either may be None). `parent` is the execution whose task started this one
    (or whose distributed Map made it a child), `root` the first of that line.
    """

    def __init__(
        self,
        engine: Engine,
        machine: Machine,
        input: JSON,
        *,
        name: str,
        arn: str,
        history: History,
        parent: Execution | None = None,
        input_text: str | None = None,
    ) -> None:
        self.engine = engine
        self.machine = machine
        self.input = input
        self.input_text = input_text
        self.name = name
        self.arn = arn
        self.parent = parent
        self.root: Execution = self if parent is None else parent.root
        self.status = "RUNNING"
        self.output: JSON = None
        self.error: str | None = None
        self.cause: str | None = None
        self.started_ms = history.clock.ms
        self.stopped_ms: int | None = None
        self.redrive_count = 0
        self.redriven_ms: int | None = None
        self.sync = False
        self.history_full = False
        self.bare_causes = False
        self.map_run_arn: str | None = None
        self.map_runs: list[MapRun] = []
        self.epoch = 0
        self.ended: list[Callable[[Execution], None]] = []
        self._history = history
        self._strand: Strand | None = None

    # How it stands

    @property
    def started(self) -> datetime:
        """When it started, on the engine's clock."""
        return moment(self.started_ms)

    @property
    def stopped(self) -> datetime | None:
        """When it ended, None while it runs."""
        return None if self.stopped_ms is None else moment(self.stopped_ms)

    @property
    def transitions(self) -> int:
        """State transitions so far, as AWS bills them (retries included)."""
        return self._history.transitions()

    def events(self) -> list[HistoryEvent]:
        """The history as values."""
        return list(self._history)

    def history(self) -> list[dict[str, Any]]:
        """The history exactly as boto3's `get_execution_history()["events"]`."""
        return [event.as_dict() for event in self._history]

    @property
    def event_count(self) -> int:
        """How many events the history has."""
        return self._history.count

    @property
    def redrive_status(self) -> tuple[str, str | None]:
        """AWS's RedriveStatus and, where it is NOT_REDRIVABLE, the reason."""
        if self.map_run_arn is not None and self.status in ("FAILED", "ABORTED", "TIMED_OUT"):
            return "REDRIVABLE_BY_MAP_RUN", None
        if self.status in ("FAILED", "ABORTED", "TIMED_OUT"):
            if self.history_full or self._history.count >= HISTORY_EVENTS - 1:
                return "NOT_REDRIVABLE", "Execution history event limit exceeded"
            return "REDRIVABLE", None
        return "NOT_REDRIVABLE", f"Execution is {self.status} and cannot be redriven"

    @property
    def waiting_for(self) -> list[dict[str, Any]]:
        """What the execution waits for that only the outside can give: task tokens and activity workers.

        Each entry has `state`, `resource` and `token`.
        """
        waiting = []
        for token, flight in list(self.engine.tokens.items()):
            resource = flight.form.resource
            if resource.pattern == "sync":
                continue
            if flight.s.execution is self or flight.s.execution.root is self:
                waiting.append({"state": flight.state.name, "resource": resource.arn, "token": token})
        return waiting

    def __repr__(self) -> str:
        return f"<Execution {self.machine.name}:{self.name} {self.status}>"

    # Its beginning and its end

    def begin(self) -> None:
        """Record the start and put the first state on the ready queue."""
        h = self._history
        details = {"roleArn": self.machine.role_arn}
        h.add((with_data, 0, h.clock.ms, None, "ExecutionStarted", details, "input", self.input))
        # The first state's Entered event follows event 0, as recorded on AWS.
        strand = Strand(self, self, self.machine.first.enter, self.input, 0)
        self._strand = strand
        self.engine.ready.append(strand)
        self._set_timeout()

    def done(self, strand: Strand) -> Step | None:
        """The last state has ended well."""
        self.output = strand.input
        self._close(
            "SUCCEEDED", (with_data, strand.prev, 0, None, "ExecutionSucceeded", {}, "output", self.output)
        )
        return None

    def failed(self, strand: Strand, error: str | None, cause: str | None) -> Step | None:
        """A state has failed and nothing caught it."""
        return self.terminate(strand.prev, error, cause)

    def terminate(self, previous: int, error: str | None, cause: str | None) -> Step | None:
        """Fail at once, whatever else runs and whatever could catch it."""
        self.error, self.cause = error, cause
        self._close("FAILED", (plain, previous, 0, None, "ExecutionFailed", failure_details(error, cause)))
        return None

    def stop(self, error: str | None = None, cause: str | None = None) -> None:
        """End it as StopExecution does. Nothing happens when it has ended already."""
        if self.status != "RUNNING":
            return
        self.error, self.cause = error, cause
        details = failure_details(error, cause)
        # As recorded on AWS, the event follows none.
        self._close("ABORTED", (plain, 0, 0, None, "ExecutionAborted", details))

    def redrive(self) -> None:
        """Take a failed, aborted or timed-out execution up again where it failed (RedriveExecution).

        States that ended well are not run again. The history goes on. Raises NotRedrivable.
        """
        status, reason = self.redrive_status
        if self.machine.type == "EXPRESS" and self.map_run_arn is None:
            reason = "EXPRESS executions cannot be redriven"
        elif self._history.clock.ms - (self.stopped_ms or 0) > REDRIVE_MS:
            reason = "Execution redrive period exceeded"
        if reason is not None or self._strand is None:
            raise NotRedrivable(f"{self.name}: {reason or status}")
        h = self._history
        self.status = "RUNNING"
        self.output = self.error = self.cause = None
        self.stopped_ms = None
        self.redrive_count += 1
        self.redriven_ms = h.clock.ms
        self.engine.running += 1
        details = {"redriveCount": self.redrive_count}
        redriven = h.add((plain, h.count, h.clock.ms, None, "ExecutionRedriven", details))
        self._set_timeout()
        self._strand.revive(redriven)

    def _set_timeout(self) -> None:
        seconds = self.machine.timeout_seconds
        if self.machine.type == "EXPRESS":
            seconds = min(seconds or EXPRESS_SECONDS, EXPRESS_SECONDS)
        if seconds is not None:
            self.engine.timers.set(self._history.clock.ms + int(seconds * 1000), self, _timed_out)

    def _last(self) -> int:
        return self._history.count if self._strand is None else self._strand.prev

    def _close(self, status: str, record: tuple[Any, ...]) -> None:
        h = self._history
        self.epoch += 1
        if self._strand is not None:
            stop_tree(self._strand)
        h.add((record[0], record[1], h.clock.ms, *record[3:]))
        self.status = status
        self.stopped_ms = h.clock.ms
        self.engine.running -= 1
        ended, self.ended = self.ended, []
        for call in ended:
            call(self)


def stop_tree(strand: Strand) -> None:
    """Stop a strand and all that it has forked, without events."""
    if not strand.dead:
        strand.stop()
    fork = strand.fork
    if isinstance(fork, MapRun):
        fork.stop()
    elif fork is not None:
        for child in fork.children:
            stop_tree(child)


def _timed_out(execution: Any) -> None:
    """The machine's own TimeoutSeconds are over (or an Express execution's five minutes)."""
    execution._close("TIMED_OUT", (plain, execution._last(), 0, None, "ExecutionTimedOut", {}))
