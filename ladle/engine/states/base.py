"""What all states share: the compiled form, how one is left, how one fails, how time and size are kept."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ladle.engine.history import entered, exited, failure_details, plain
from ladle.engine.scope import JSON, MISSING, EvaluationFailed

if TYPE_CHECKING:
    from ladle.engine.errors import Catcher, Retrier
    from ladle.engine.strand import Step, Strand

__all__ = ["State", "evaluation_failed", "finish", "leave", "over_limit", "record_entered", "size_failure"]


class State:
    """One compiled state.

    `enter` begins it; `run` does its work again on a retry (no Entered event); `after` is the step that
    follows it: the next state's `enter`, or `finish`. `failed_event` is the type of the event that a failure
    leaves when it is not retried (MapStateFailed, ParallelStateFailed), None elsewhere.
    """

    __slots__ = (
        "after",
        "catchers",
        "definition",
        "enter",
        "failed_event",
        "language",
        "name",
        "next_name",
        "retriable",
        "retriers",
        "run",
        "type",
    )

    enter: Step
    run: Step
    after: Step

    def __init__(self, name: str, definition: dict[str, Any], language: str) -> None:
        self.name = name
        self.definition = definition
        self.type: str = definition["Type"]
        self.language = language
        self.next_name: str | None = None if definition.get("End") is True else definition.get("Next")
        self.retriable = self.type in ("Task", "Parallel", "Map")
        self.retriers: tuple[Retrier, ...] = ()
        self.catchers: tuple[Catcher, ...] = ()
        self.failed_event: str | None = None

    def __repr__(self) -> str:
        return f"<{self.type} {self.name!r}>"


def finish(s: Strand) -> Step | None:
    """The step after a state that ends its strand."""
    return s.join.done(s)


def record_entered(s: Strand, state: State) -> None:
    """Record that a state was entered, and make it the strand's own.

    A strand that enters a state again does so a millisecond later at the earliest. On AWS that takes care of
    itself, and `State.EnteredTime` tells the passes of a loop apart; here a pass may take no time.
    """
    h = s.history
    passed = s.passed
    if passed.get(state) == h.clock.ms:
        h.clock.advance(1)
    passed[state] = h.clock.ms
    s.state = state
    s.nested = None
    s.before = s.prev
    s.entered_ms = h.clock.ms
    s.emit((entered, s.prev, s.entered_ms, state, s.input))
    h.count = s.prev = s.entered = h.count + 1


def leave(s: Strand, state: State, output: JSON, assigned: dict[str, JSON] | None) -> Step | None:
    """Record that a state was left with an output, and go on after it."""
    h = s.history
    s.emit((exited, s.prev, h.clock.ms, state, output, assigned))
    h.count = s.prev = h.count + 1
    s.input = output
    if assigned:
        s.variables = {**s.variables, **assigned}
    return state.after


_PLACE = re.compile(r" specified for the field '(.*?)' (?:returned|threw) ")


def place_of(failure: EvaluationFailed) -> str:
    """The field whose expression failed, as EvaluationFailed events name it; the cause names it too."""
    if failure.location is not None:
        return failure.location
    found = _PLACE.search(failure.cause)
    return found[1] if found is not None else ""


def opening(s: Strand, state: State) -> str:
    """The words with which AWS opens the cause of an error that an execution makes itself."""
    if s.execution.bare_causes:
        return ""
    return (
        f"An error occurred while executing the state '{state.name}' (entered at the event id #{s.entered}). "
    )


def evaluation_failed(s: Strand, state: State, failure: EvaluationFailed) -> Step | None:
    """An expression of a state whose Entered event is recorded has no value."""
    from ladle.engine.errors import fail

    cause = failure.cause if failure.bare else opening(s, state) + failure.cause
    s.result = MISSING
    if failure.error == "States.QueryEvaluationError":
        details = failure_details(failure.error, cause, location=place_of(failure), state=state.name)
        h = s.history
        # As recorded on AWS, the event follows what came before the state, not the state's own Entered event.
        previous = s.before if s.prev == s.entered else s.prev
        s.emit((plain, previous, h.clock.ms, state, "EvaluationFailed", details))
        h.count = s.prev = h.count + 1
    return fail(s, state, failure.error, cause)


def size_failure(s: Strand, state: State) -> Step | None:
    """A state's own output is over the limit."""
    from ladle.engine.errors import fail

    return fail(s, state, "States.DataLimitExceeded", too_large_cause(state.name))


def too_large_cause(name: str) -> str:
    """AWS's cause for an output over the limit; `name` is the state, the function's ARN or the service."""
    return (
        f"The state/task '{name}' returned a result with a size exceeding the maximum number of bytes"
        " service limit."
    )


def over_limit(s: Strand) -> Step | None:
    """The history is full: the execution fails, whatever could catch it."""
    limit = s.history.limit
    s.execution.history_full = True
    cause = f"The execution reached the maximum number of history events ({limit})."
    return s.execution.terminate(s.prev, "States.Runtime", cause)
