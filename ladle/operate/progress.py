"""What a run has done so far, folded from its history event by event.

The same fold serves the live tree, `ladle show` and everything else that draws a run: give it events as
they come (:meth:`Progress.see`), ask it at any time. It reads nothing but what GetExecutionHistory has.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from ladle.graph.outline import Row
from ladle.operate.causes import failure_of
from ladle.operate.records import ItemCounts

__all__ = ["Progress", "Step", "StepView", "details_of"]

SCHEDULED: Final = frozenset({"TaskScheduled", "LambdaFunctionScheduled", "ActivityScheduled"})
SUCCEEDED: Final = frozenset({"TaskSucceeded", "LambdaFunctionSucceeded", "ActivitySucceeded"})
FAILED: Final = frozenset(
    f"{kind}{how}"
    for kind in ("Task", "LambdaFunction", "Activity")
    for how in ("Failed", "TimedOut", "ScheduleFailed", "StartFailed", "SubmitFailed")
)
BLOCK_FAILED: Final = frozenset({"MapStateFailed", "ParallelStateFailed"})
BLOCK_SUCCEEDED: Final = frozenset({"MapStateSucceeded", "ParallelStateSucceeded"})
BLOCK_STARTED: Final = frozenset({"MapStateStarted", "ParallelStateStarted"})
WAITING: Final = frozenset({"PoolFull", "CallInProgress"})
"""Errors of calls that were not made yet (`ladle.runtime.failures.Waits`)."""
ENDED: Final = frozenset({"ExecutionSucceeded", "ExecutionFailed", "ExecutionTimedOut", "ExecutionAborted"})


class Step:
    """What happened in one state. Times are milliseconds since the epoch.

    `backoff` are the milliseconds between a failed try and the next one, `pooled` those of them spent waiting
    for a place in a pool or an earlier try of the same call; entries that overlap count each. `map_runs` are
    the ARNs of a distributed Map's Map Runs, `offered` counts calls of an activity that no worker has taken.
    """

    __slots__ = (
        "backoff",
        "busy",
        "cause",
        "entered",
        "error",
        "exited",
        "failed",
        "first",
        "items",
        "items_cut",
        "items_done",
        "items_failed",
        "items_started",
        "kind",
        "last",
        "map_runs",
        "offered",
        "peak",
        "pooled",
        "since",
        "stopped",
        "submitted",
        "succeeded",
        "tries",
        "waits",
    )

    def __init__(self, kind: str, first: int) -> None:
        self.kind = kind
        self.first = self.last = self.since = first
        self.busy = 0
        self.entered = self.exited = self.stopped = 0
        self.tries = self.succeeded = self.failed = self.submitted = self.waits = 0
        self.items: int | None = None
        self.items_started = self.items_done = self.items_failed = self.items_cut = 0
        self.peak = 0
        self.map_runs: list[str] = []
        self.offered = 0
        self.backoff = self.pooled = 0
        self.error: str | None = None
        self.cause: str | None = None

    @property
    def running(self) -> int:
        """How many times it is entered and not left."""
        return self.entered - self.exited - self.stopped

    def milliseconds(self, now: int) -> int:
        """How long it was entered, up to `now` if it still is; entries that overlap count once."""
        return self.busy + (now - self.since if self.running else 0)

    @property
    def retried(self) -> int:
        """How many tries were not the first of their entry, those that only asked for a place left out."""
        return max(0, self.tries - self.entered - self.waits)


@dataclass(frozen=True, slots=True)
class StepView:
    """One row of a run as it is to be drawn.

    `state` is one of running, waiting, succeeded, caught (it failed and a handler took over), failed,
    stopped. `seconds` is how long it was entered (overlapping entries once), `backoff` what of it passed
    between tries, `pooled` what of that was spent waiting for a place in a pool, or for an earlier try of the
    same call (entries that overlap count each). `done` of `total` counts items of a Map, or repetitions;
    `total` is None where there is nothing to count. `handled` counts failures inside of a Map that a handler
    of the same iteration took, `waits` tries that found no place in a pool, or an earlier try of the same
    call still at it.
    """

    row: Row
    state: str
    seconds: float
    done: int
    total: int | None
    failed: int
    handled: int
    at_once: int
    retried: int
    waits: int
    note: str
    error: str | None
    backoff: float = 0.0
    pooled: float = 0.0


class Progress:
    """The fold. `see` takes the events of one execution in order.

    A history does not tell of the items of a distributed Map, only which Map Runs there were (`map_runs`):
    who draws the fold puts the counts of each, by its ARN, into `counts`.
    """

    def __init__(self) -> None:
        self.counts: dict[str, ItemCounts] = {}
        self.steps: dict[str, Step] = {}
        self.status = "RUNNING"
        self.error: str | None = None
        self.cause: str | None = None
        self.output: str | None = None
        self.started: int | None = None
        self.now = 0
        self.transitions = 0
        self.failed_step: str | None = None
        self._previous = array("q", [0])
        self._ms = array("q", [0])
        self._state: list[str | None] = [None]
        self._failed: dict[int, str | None] = {}
        self._offered: set[int] = set()

    def see(
        self,
        kind: str,
        ms: int,
        previous: int,
        state: str | None,
        details: Mapping[str, Any] | None,
    ) -> None:
        """Take the next event (the first has id 1); `state` is the state's name where the caller knows it."""
        details = details or {}
        if state is None and kind not in ENDED:
            state = details.get("name") if "State" in kind or "Iteration" in kind else None
            if state is None and previous < len(self._state):
                state = self._state[previous]
        self._previous.append(previous)
        self._ms.append(ms)
        self._state.append(state)
        self.now = max(self.now, ms)
        if self.started is None:
            self.started = ms
        if kind in ENDED:
            self.status = {"Succeeded": "SUCCEEDED", "Failed": "FAILED", "TimedOut": "TIMED_OUT"}.get(
                kind.removeprefix("Execution"), "ABORTED"
            )
            self.error, self.cause = details.get("error"), details.get("cause")
            self.output = details.get("output")
            self.failed_step = self._state[previous] if previous < len(self._state) else None
            last = self.steps.get(self.failed_step or "")
            if last is not None and last.kind == "Fail":
                last.error, last.cause = self.error, self.cause
        elif state is not None:
            self._see_state(kind, ms, state, details)
            if kind == "ActivityScheduled":
                self._offered.add(len(self._ms) - 1)
                self.steps[state].offered += 1
            elif previous in self._offered:  # a worker has taken it, or its time is over
                self._offered.discard(previous)
                self.steps[state].offered -= 1
            if kind in FAILED or kind in BLOCK_FAILED:
                self._failed[len(self._ms) - 1] = details.get("error")
            elif previous in self._failed:
                self._see_retry(kind, ms, previous, state)
        elif kind == "ExecutionRedriven":
            self.status, self.error, self.cause, self.failed_step = "RUNNING", None, None, None
            for step in self.steps.values():
                if step.running > 0 or step.stopped:  # its items are taken up again
                    step.items_failed = step.items_cut = 0

    def _see_retry(self, kind: str, ms: int, previous: int, state: str) -> None:
        error = self._failed.pop(previous)
        if kind in SCHEDULED or kind in BLOCK_STARTED:
            waited = ms - self._ms[previous]
            self.steps[state].backoff += waited
            self.steps[state].pooled += waited if error in WAITING else 0

    def see_all(self, events: Iterable[Mapping[str, Any]]) -> Progress:
        """Take stored events (`timestamp` in milliseconds, and `state` where it is known)."""
        for event in events:
            self.see(
                event["type"],
                event["timestamp"],
                event["previousEventId"],
                event.get("state"),
                details_of(event),
            )
        return self

    def _see_state(self, kind: str, ms: int, name: str, details: Mapping[str, Any]) -> None:
        step = self.steps.get(name)
        if step is None:
            step = self.steps[name] = Step(kind.partition("State")[0], ms)
        step.last = ms
        if step.stopped and step.running <= 0 and (kind in SCHEDULED or kind.endswith("StateExited")):
            step.stopped -= 1  # cut off by the failure of another one, and taken up again by a redrive
            step.since = ms
        if kind.endswith("StateEntered"):
            if not step.running:
                step.since = ms
            step.entered += 1
            step.peak = max(step.peak, step.running)
            self.transitions += 1
        elif kind.endswith(("StateExited", "StateAborted")):
            if kind.endswith("Exited"):
                step.exited += 1
            else:
                step.stopped += 1
            if not step.running:
                step.busy += ms - step.since
        elif kind in SCHEDULED or kind in BLOCK_STARTED:
            step.tries += 1
            if step.tries > step.entered:
                self.transitions += 1  # AWS bills a retry as one more transition
            if "length" in details:
                step.items = (step.items or 0) + details["length"]
        elif kind == "TaskSubmitted":
            if details.get("resource", "").endswith(".waitForTaskToken"):
                step.submitted += 1
        elif kind in SUCCEEDED or kind in BLOCK_SUCCEEDED:
            step.succeeded += 1
        elif kind in FAILED or kind in BLOCK_FAILED:
            step.failed += 1
            if details.get("error") in WAITING:
                step.waits += 1
            if details.get("error") is not None or kind in FAILED:
                step.error, step.cause = details.get("error"), details.get("cause")
        elif kind == "MapRunStarted":
            step.map_runs.append(details["mapRunArn"])
        elif kind == "MapIterationStarted":
            step.items_started += 1
            over = step.items_done + step.items_failed + step.items_cut
            step.peak = max(step.peak, step.items_started - over)
        elif kind == "MapIterationSucceeded":
            step.items_done += 1
        elif kind == "MapIterationFailed":
            step.items_failed += 1
        elif kind == "MapIterationAborted":  # not by a failure of its own
            step.items_cut += 1

    # -------------------------------------------------------------------------------------------- drawing

    @property
    def state_of_last(self) -> str | None:
        """The state that the last event belongs to, as far as the history tells."""
        return self._state[-1]

    @property
    def ended(self) -> bool:
        """Whether the execution is over."""
        return self.status != "RUNNING"

    @property
    def _may_go_on(self) -> bool:
        """Whether something was still to come: nothing is after a failure."""
        return self.status not in ("FAILED", "TIMED_OUT")

    def views(self, rows: Iterable[Row], now: int | None = None) -> list[StepView]:
        """The rows that have been reached, as they stand at `now` (milliseconds on the run's clock)."""
        return [self._view(row, now or self.now) for row in rows if row.name in self.steps]

    def _view(self, row: Row, now: int) -> StepView:
        step = self.steps[row.name]
        inner = [self.steps[name] for name in row.folded if name in self.steps]
        parts = [step, *inner]
        is_open = step.running > 0 and not self.ended
        total = done = None
        failed = _caught(step)
        if step.kind == "Map":
            total, done, failed = self.items_of(step)
        elif step.entered > 1:
            total, done = step.entered, step.exited
        return StepView(
            row=row,
            state=self.status_of(step),
            seconds=step.milliseconds(now if is_open else step.last) / 1000,
            done=done or 0,
            total=total,
            failed=failed,
            handled=sum(_caught(part) for part in inner),
            at_once=step.peak,
            retried=sum(part.retried for part in parts),
            waits=sum(part.waits for part in parts),
            note=_waited_for(parts) if self._may_go_on and (step.running or step.stopped) else "",
            error=next((failure_of(p.error, p.cause).error for p in reversed(parts) if p.error), None),
            backoff=sum(part.backoff for part in parts) / 1000,
            pooled=sum(part.pooled for part in parts) / 1000,
        )

    @property
    def map_runs(self) -> list[str]:
        """The ARNs of the Map Runs that there have been."""
        return [arn for step in self.steps.values() for arn in step.map_runs]

    def items_of(self, step: Step) -> tuple[int | None, int, int]:
        """How many items a Map has (None: not known), how many have succeeded, and failed."""
        if not step.map_runs:
            return step.items, step.items_done, step.items_failed
        known = [self.counts[arn] for arn in step.map_runs if arn in self.counts]
        total = sum(each.total for each in known) if known else None
        return total, sum(each.succeeded for each in known), sum(each.failed for each in known)

    def status_of(self, step: Step) -> str:
        """How a step stands, in a word of `StepView.state`."""
        if step.running > 0 and not self.ended:
            waits = step.kind == "Wait" or step.submitted > step.succeeded + step.failed or step.offered > 0
            return "waiting" if waits or (step.error in WAITING and step.tries == step.failed) else "running"
        if step.kind == "Fail":
            return "failed"
        if step.entered > step.exited:  # never left in good order
            return "failed" if step.failed > max(0, step.tries - step.entered) else "stopped"
        if _caught(step):
            return "caught"
        return "succeeded"

    def critical_path(self, rows: Iterable[Row], least: float = 0.02) -> list[str]:
        """The labels of the steps that the run's duration is made of, in order.

        Follows `previousEventId` back from the last event: it names what each event waited for. Steps that
        took less than `least` of the whole are left out.
        """
        row_of: dict[str, str] = {}
        for row in rows:
            for name in (row.name, *row.folded):
                row_of[name] = row.label
        took: dict[str, int] = {}
        for state, milliseconds in self.critical_times().items():
            if (label := row_of.get(state)) is not None:
                took[label] = took.get(label, 0) + milliseconds
        whole = sum(took.values())
        return [label for label, spent in took.items() if whole and spent >= least * whole]

    def critical_times(self) -> dict[str, int]:
        """The milliseconds that each state adds to the run's duration, in the order of the critical path."""
        took: dict[str, int] = {}
        at = len(self._ms) - 1
        while at > 0:
            before = self._previous[at]
            if (state := self._state[at]) is not None:
                took[state] = took.get(state, 0) + (self._ms[at] - self._ms[before] if before > 0 else 0)
            if before >= at:
                break
            at = before
        return dict(reversed(took.items()))


def _caught(step: Step) -> int:
    """How often the step was left by a handler: entries that ended without having succeeded."""
    return max(0, step.exited - step.succeeded) if step.kind in ("Task", "Map", "Parallel") else 0


def _waited_for(parts: list[Step]) -> str:
    if any(part.kind == "Wait" and part.running > 0 for part in parts):
        return "waiting"
    if any(part.submitted > part.succeeded + part.failed for part in parts):
        return "waiting for an answer"
    if any(part.offered for part in parts):
        return "waiting for a worker"
    backoff = [part for part in parts if part.running > 0 and part.failed and part.tries == part.failed]
    if backoff and backoff[0].error in WAITING:
        return f"waiting: {failure_of(backoff[0].error, backoff[0].cause).message}"
    return f"{backoff[0].error}, will try again" if backoff else ""


def details_of(event: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The details of an event in boto3's form, whatever their name."""
    for name, value in event.items():
        if name.endswith("EventDetails"):
            found: Mapping[str, Any] = value
            return found
    return None
