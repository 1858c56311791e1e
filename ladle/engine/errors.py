"""Retry and Catch: what happens to a state that fails.

Rules from the Amazon States Language specification, with what recordings show where it is silent: the first
retrier that names the error decides, and when its attempts are used up the catchers are asked; States.Runtime
is neither retried nor caught; States.TaskFailed stands for every error but a timeout.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ladle.engine.history import exited, plain, retried_marker
from ladle.engine.limits import too_large
from ladle.engine.scope import JSON, MISSING, EvaluationFailed

if TYPE_CHECKING:
    from ladle.engine.states.base import State
    from ladle.engine.strand import Step, Strand

__all__ = ["Catcher", "Retrier", "fail"]


def matcher(names: list[str]) -> Callable[[str | None, bool], bool]:
    """Whether ErrorEquals names an error; the second argument says that it was a missed heartbeat."""
    wanted = frozenset(names)
    everything = "States.ALL" in wanted
    any_task = "States.TaskFailed" in wanted
    heartbeat = "States.HeartbeatTimeout" in wanted

    def matches(error: str | None, heartbeat_missed: bool) -> bool:
        if everything or error in wanted:
            return True
        if heartbeat_missed and heartbeat:
            return True
        return any_task and error not in (
            "States.Timeout",
            "States.HeartbeatTimeout",
            "States.QueryEvaluationError",
            "States.DataLimitExceeded",
        )

    return matches


class Retrier:
    """One entry of Retry."""

    __slots__ = ("backoff", "interval", "jitter", "matches", "max_attempts", "max_delay")

    def __init__(self, definition: dict[str, Any]) -> None:
        self.matches = matcher(definition["ErrorEquals"])
        self.interval: float = definition.get("IntervalSeconds", 1)
        self.max_attempts: int = definition.get("MaxAttempts", 3)
        self.backoff: float = definition.get("BackoffRate", 2.0)
        self.max_delay: float | None = definition.get("MaxDelaySeconds")
        self.jitter = definition.get("JitterStrategy", "NONE") == "FULL"

    def delay(self, done: int) -> float:
        """Seconds before the retry that follows `done` earlier ones, before jitter."""
        try:
            seconds = self.interval * self.backoff**done
        except OverflowError:
            seconds = float("inf")
        if self.max_delay is not None and seconds > self.max_delay:
            return float(self.max_delay)
        return min(seconds, 31_622_400.0)


class Catcher:
    """One entry of Catch. `shape(strand, error output)` gives the output and the variables it assigns."""

    __slots__ = ("after", "matches", "next_name", "shape")

    after: Step

    def __init__(
        self,
        definition: dict[str, Any],
        shape: Callable[[Strand, JSON], tuple[JSON, dict[str, JSON] | None]],
    ) -> None:
        self.matches = matcher(definition["ErrorEquals"])
        self.next_name: str = definition["Next"]
        self.shape = shape


def fail(
    s: Strand, state: State, error: str | None, cause: str | None, *, heartbeat: bool = False
) -> Step | None:
    """A state has failed: retry it, catch the error, or end the strand with it."""
    if error == "States.Runtime":
        return s.execution.terminate(s.prev, error, cause)
    for position, retrier in enumerate(state.retriers):
        if retrier.matches(error, heartbeat):
            counts = s.retries
            if counts is None:
                counts = s.retries = [0] * len(state.retriers)
            done = counts[position]
            if done >= retrier.max_attempts:
                break
            counts[position] = done + 1
            s.attempt += 1
            seconds = retrier.delay(done)
            if retrier.jitter:
                seconds = s.execution.engine.random.uniform(0, seconds)
            s.emit((retried_marker, s.prev, s.history.clock.ms, state))
            s.execution.engine.wake_after(s, seconds, state.run)
            return None
    stood = s.prev
    failed_again(s, state)
    for catcher in state.catchers:
        if catcher.matches(error, heartbeat):
            s.fork = None
            return caught(s, state, catcher, error, cause, stood)
    return s.join.failed(s, error, cause)


def caught(
    s: Strand, state: State, catcher: Catcher, error: str | None, cause: str | None, stood: int
) -> Step | None:
    """Go on at the catcher's state, with its output."""
    from ladle.engine.states.base import too_large_cause

    error_output = {"Error": error or "", "Cause": cause or ""}
    s.error_output = error_output
    try:
        output, assigned = catcher.shape(s, error_output)
    except EvaluationFailed as failure:
        return uncaught(s, state, failure, stood)
    finally:
        s.error_output = MISSING
    if output is not s.input and too_large(output):
        return s.join.failed(s, "States.DataLimitExceeded", too_large_cause(state.name))
    h = s.history
    s.emit((exited, s.prev, h.clock.ms, state, output, assigned))
    h.count = s.prev = h.count + 1
    s.input = output
    if assigned:
        s.variables = {**s.variables, **assigned}
    return catcher.after


def failed_again(s: Strand, state: State) -> None:
    """Record that a Map or Parallel has failed; other states leave nothing of that kind."""
    if state.failed_event is not None:
        h = s.history
        s.emit((plain, s.prev, h.clock.ms, state, state.failed_event, None))
        h.count = s.prev = h.count + 1


def uncaught(s: Strand, state: State, failure: EvaluationFailed, stood: int) -> Step | None:
    """A catcher's own expression has failed: no catcher of the same state may take that.

    As measured on AWS, EvaluationFailed follows the event at which the state stood when it failed, and the
    state then fails a second time.
    """
    from ladle.engine.history import failure_details
    from ladle.engine.states.base import opening, place_of

    cause = failure.cause if failure.bare else opening(s, state) + failure.cause
    if failure.error == "States.Runtime":
        return s.execution.terminate(s.prev, failure.error, cause)
    h = s.history
    if failure.error == "States.QueryEvaluationError":
        details = failure_details(failure.error, cause, location=place_of(failure), state=state.name)
        s.emit((plain, stood, h.clock.ms, state, "EvaluationFailed", details))
        h.count = s.prev = h.count + 1
    failed_again(s, state)
    return s.join.failed(s, failure.error, cause)
