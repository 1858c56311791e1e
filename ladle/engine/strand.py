"""A strand: one line of states being run (an execution, a branch of a Parallel, an iteration of a Map).

A strand is the scope that its states' expressions read, and where the trampoline keeps its place. It is
never a thread: it runs until its state must wait, and is put back on the ready queue when what it waits for
is there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Optional, Protocol, TypeAlias

from ladle.engine.context import context_object
from ladle.engine.scope import JSON, MISSING, Scope

if TYPE_CHECKING:
    from ladle.engine.execution import Execution
    from ladle.engine.states.base import State
    from ladle.engine.states.task import Flight

__all__ = ["Fork", "Join", "Step", "Strand"]

Step: TypeAlias = Callable[["Strand"], Optional["Step"]]
"""One piece of work of a strand: returns the next piece, or None when the strand waits or has ended."""


class Join(Protocol):
    """What a strand reports to when it ends: its execution, or the state that forked it."""

    def done(self, strand: Strand) -> Step | None:
        """The strand has ended well; `strand.input` is its output."""

    def failed(self, strand: Strand, error: str | None, cause: str | None) -> Step | None:
        """The strand has ended with an error that nothing in it caught."""


class Fork(Join, Protocol):
    """A state that waits for what it has forked: strands, or executions of a distributed Map."""

    @property
    def children(self) -> list[Any]:
        """What was forked, ended or not."""

    def abort(self, previous: int) -> None:
        """Stop all of it, recording what was cut, chained to the event `previous` that did it."""

    def revive(self, previous: int) -> None:
        """Take up again what has not ended well, for a redrive recorded as event `previous`."""


class Strand(Scope):
    """One line of states. See the module.

    `prev` is the id of the strand's last event; `entered` that of its state's Entered event and `before` the
    one that came before it. `epoch` is raised whenever the strand goes on or is stopped: timers and outcomes
    that belong to an earlier epoch are stale. `nested` is the `.sync` execution that its state started last,
    `item` the Map item (index and value) that it works on.
    """

    __slots__ = (
        "attempt",
        "before",
        "canceller",
        "dead",
        "emit",
        "entered",
        "entered_ms",
        "epoch",
        "execution",
        "flight",
        "fork",
        "history",
        "index",
        "item",
        "join",
        "nested",
        "over",
        "passed",
        "prev",
        "retries",
        "state",
        "step",
        "token",
    )

    def __init__(self, execution: Execution, join: Join, step: Step, input: JSON, prev: int) -> None:
        self.execution = execution
        self.history = execution._history
        self.emit = self.history.emit
        self.join = join
        self.step: Step | None = step
        self.input = input
        self.document = input
        self.variables = {}
        self.result = MISSING
        self.error_output = MISSING
        self.prev = prev
        self.before = 0
        self.entered = 0
        self.entered_ms = 0
        self.passed: dict[State, int] = {}
        self.attempt = 0
        self.retries: list[int] | None = None
        self.state: State | None = None
        self.token: str | None = None
        self.fork: Fork | None = None
        self.canceller: Callable[[], None] | None = None
        self.flight: Flight | None = None
        self.nested: Execution | None = None
        self.index = 0
        self.item: tuple[int, JSON] | None = None
        self.epoch = 0
        self.dead = False
        self.over = False

    def context_source(self) -> dict[str, Any]:
        """Build the context object."""
        return context_object(self)

    @property
    def execution_input(self) -> JSON:
        """See Scope."""
        return self.execution.input

    @property
    def map_index(self) -> JSON:
        """See Scope."""
        item = self.item
        return MISSING if item is None else item[0]

    @property
    def map_value(self) -> JSON:
        """See Scope."""
        item = self.item
        return MISSING if item is None else item[1]

    def clock(self) -> float:
        """Seconds since the epoch on the engine's clock."""
        return self.history.clock.ms / 1000

    def seed_source(self) -> int:
        """A number from the engine's seeded generator."""
        return self.execution.engine.random.getrandbits(64)

    def end(self) -> None:
        """All work of the strand is done, well."""
        self.dead = self.over = True

    def revive(self, previous: int) -> None:
        """Take a stopped or failed strand up again at the state where it was, for a redrive.

        Branches, iterations and children that had ended well are not run again; retries count from zero.
        """
        self.dead = False
        self.epoch += 1
        self.prev = previous
        self.retries = None
        self.attempt = 0
        if self.fork is not None:
            self.fork.revive(previous)
            return
        if self.state is not None:
            self.step = self.state.run
        self.execution.engine.ready.append(self)

    def stop(self) -> None:
        """Run no further: what the strand waits for is cancelled, without a word in the history."""
        self.dead = True
        self.epoch += 1
        if self.flight is not None:
            self.flight.land()
        canceller, self.canceller = self.canceller, None
        if canceller is not None:
            canceller()
