"""Parallel: one strand a branch, all joined; the first failure stops the others."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ladle.engine import fields
from ladle.engine.errors import fail
from ladle.engine.history import plain
from ladle.engine.limits import too_large
from ladle.engine.scope import JSON, EvaluationFailed
from ladle.engine.states.base import (
    State,
    evaluation_failed,
    leave,
    over_limit,
    record_entered,
    size_failure,
)
from ladle.engine.strand import Strand

if TYPE_CHECKING:
    from ladle.engine.strand import Step

__all__ = ["abort_failed", "abort_strand", "build_parallel"]


def abort_strand(s: Strand, previous: int) -> None:
    """Stop a strand and what it has forked, recording the state that is cut, chained to what cut it."""
    if s.dead:
        return
    s.stop()
    h = s.history
    if s.state is not None:
        s.emit((plain, previous, h.clock.ms, s.state, s.state.type + "StateAborted", None))
        h.count += 1
    if s.fork is not None:
        s.fork.abort(previous)


def abort_failed(s: Strand) -> None:
    """End a strand whose state has failed.

    A Task (or Wait) that fails its strand is cut short itself, and AWS says so. Map and Parallel have said
    that they failed, and the other states leave nothing.
    """
    s.dead = True
    state = s.state
    if state is not None and state.type in ("Task", "Wait"):
        h = s.history
        s.emit((plain, s.prev, h.clock.ms, state, state.type + "StateAborted", None))
        h.count += 1


class Branches:
    """The strands of one run of a Parallel state."""

    __slots__ = ("children", "complete", "outputs", "parent", "remaining", "state", "succeeded")

    def __init__(self, parent: Strand, state: State, complete: Step) -> None:
        self.parent = parent
        self.state = state
        self.complete = complete
        self.children: list[Strand] = []
        self.outputs: list[JSON] = []
        self.remaining = 0
        self.succeeded = 0

    def start(self, firsts: list[State], value: JSON) -> None:
        """Put one strand a branch on the ready queue."""
        parent = self.parent
        self.outputs = [None] * len(firsts)
        self.remaining = len(firsts)
        ready = parent.execution.engine.ready
        for index, first in enumerate(firsts):
            child = Strand(parent.execution, self, first.enter, value, parent.prev)
            child.variables = parent.variables
            child.item = parent.item
            child.index = index
            self.children.append(child)
            ready.append(child)

    def done(self, strand: Strand) -> Step | None:
        """A branch has ended; after the last one the state goes on."""
        strand.end()
        self.outputs[strand.index] = strand.input
        self.remaining -= 1
        if self.remaining == 0:
            parent = self.parent
            h = parent.history
            parent.prev = strand.prev
            parent.emit((plain, strand.prev, h.clock.ms, self.state, "ParallelStateSucceeded", None))
            self.succeeded = h.count = h.count + 1
            parent.execution.engine.resume(parent, self.complete)
        return None

    def failed(self, strand: Strand, error: str | None, cause: str | None) -> Step | None:
        """A branch has failed: the others are cut, and the state fails with the branch's error."""
        abort_failed(strand)
        for child in self.children:
            abort_strand(child, strand.prev)
        parent = self.parent
        parent.prev = strand.prev
        state = self.state

        def go_on(s: Strand) -> Step | None:
            return fail(s, state, error, cause)

        parent.execution.engine.resume(parent, go_on)
        return None

    def abort(self, previous: int) -> None:
        """Stop all branches."""
        for child in self.children:
            abort_strand(child, previous)

    def revive(self, previous: int) -> None:
        """Run the unfinished branches again."""
        for child in self.children:
            if not child.over:
                child.revive(previous)


def build_parallel(
    state: State, compile_block: Callable[[dict[str, Any], str], State], default_language: str
) -> None:
    """Parallel. `compile_block` compiles a branch and gives its first state."""
    definition, language = state.definition, state.language
    state.failed_event = "ParallelStateFailed"
    firsts = [compile_block(branch, default_language) for branch in definition["Branches"]]
    take = fields.inlet(definition, language)
    give = fields.outlet(definition, language)

    def enter(s: Strand) -> Step | None:
        if s.history.count > s.history.room:
            return over_limit(s)
        s.retries = None
        s.attempt = 0
        record_entered(s, state)
        return run(s)

    def run(s: Strand) -> Step | None:
        try:
            value = s.input if take is None else take(s)
        except EvaluationFailed as failure:
            return evaluation_failed(s, state, failure)
        if value is not s.input and too_large(value):
            return size_failure(s, state)
        h = s.history
        s.emit((plain, s.prev, h.clock.ms, state, "ParallelStateStarted", None))
        h.count = s.prev = h.count + 1
        branches = Branches(s, state, complete)
        s.fork = branches
        branches.start(firsts, value)
        return None

    def complete(s: Strand) -> Step | None:
        branches = s.fork
        assert isinstance(branches, Branches)
        s.fork = None
        result = branches.outputs
        try:
            output, assigned = (result, None) if give is None else give(s, result)
        except EvaluationFailed as failure:
            s.prev = branches.succeeded
            return evaluation_failed(s, state, failure)
        if output is not s.input and too_large(output):
            s.prev = branches.succeeded
            return size_failure(s, state)
        return leave(s, state, output, assigned)

    state.enter = enter
    state.run = run
