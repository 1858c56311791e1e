"""A Map Run: the child executions of one distributed Map, and when enough of them have failed."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING

from ladle.engine.history import History, plain
from ladle.engine.limits import RUNAWAY_EVENTS
from ladle.engine.scope import JSON

if TYPE_CHECKING:
    from ladle.engine.execution import Execution
    from ladle.engine.machine import Machine
    from ladle.engine.states.base import State
    from ladle.engine.strand import Step, Strand

__all__ = ["MapRun"]


class MapRun:
    """The children of one run of a distributed Map state.

    `tolerated_count` and `tolerated_percentage` are as given; a threshold of 0 counts as not set.
    `total_items` is None until the items are known: a reader has to read them.
    """

    def __init__(
        self,
        parent: Strand,
        state: State,
        machine: Machine,
        inputs: list[JSON],
        *,
        label: str,
        concurrency: int,
        tolerated_count: float,
        tolerated_percentage: float,
        over: Callable[[Strand, MapRun], Step | None],
    ) -> None:
        engine = parent.execution.engine
        self.parent = parent
        self.state = state
        self.machine = machine
        self.inputs = inputs
        self.concurrency = concurrency
        self.tolerated_count = tolerated_count
        self.tolerated_percentage = tolerated_percentage
        self.over = over
        self.uuid = str(uuid.UUID(int=engine.random.getrandbits(128), version=4))
        owner = parent.execution.machine
        self.arn = f"arn:aws:states:{owner.region}:{owner.account}:mapRun:{owner.name}/{label}:{self.uuid}"
        self.status = "RUNNING"
        self.started_ms = parent.history.clock.ms
        self.stopped_ms: int | None = None
        self.children: list[Execution] = []
        self.succeeded = 0
        self.failed_count = 0
        self.running = 0
        self.upcoming = 0
        self.batched = "ItemBatcher" in state.definition
        self.total_items: int | None = None
        self.succeeded_items = 0
        self.failed_items = 0
        self.redrive_count = 0

    def start(self) -> None:
        """Begin as many children as may run at once."""
        self.total_items = sum(map(self.items_in, self.inputs))
        for _ in range(min(self.concurrency, len(self.inputs))):
            self.begin_next()

    def items_in(self, value: JSON) -> int:
        """How many items a child's input holds: a batch has several."""
        return len(value["Items"]) if self.batched else 1

    def begin_next(self) -> None:
        """Start the child of the next input."""
        from ladle.engine.execution import Execution

        parent = self.parent.execution
        engine = parent.engine
        value = self.inputs[self.upcoming]
        self.upcoming += 1
        self.running += 1
        machine = self.machine
        name = str(uuid.UUID(int=engine.random.getrandbits(128), version=4))
        kind = "express" if machine.type == "EXPRESS" else "execution"
        arn = f"arn:aws:states:{machine.region}:{machine.account}:{kind}:{machine.name}:{name}"
        limit = RUNAWAY_EVENTS if machine.type == "EXPRESS" else engine.history_limit or RUNAWAY_EVENTS
        history = History(engine.clock, limit, value, None)
        child = Execution(engine, machine, value, name=name, arn=arn, history=history, parent=parent)
        child.map_run_arn = self.arn
        if engine.listener is not None:
            listener = engine.listener
            history.listen(lambda event: listener(child, event))
        child.ended.append(self.child_ended)
        self.children.append(child)
        engine.executions[arn] = child
        engine.running += 1
        child.begin()

    def child_ended(self, child: Execution) -> None:
        """Count a child that has ended; go on, or stop at too many failures."""
        self.running -= 1
        if self.status != "RUNNING":
            return
        if child.status == "SUCCEEDED":
            self.succeeded += 1
            self.succeeded_items += self.items_in(child.input)
        else:
            self.failed_count += 1
            self.failed_items += self.items_in(child.input)
            if self.too_many_failed():
                self.close("FAILED")
                return
        if self.upcoming < len(self.inputs):
            self.begin_next()
        elif self.running == 0:
            self.close("SUCCEEDED")

    def too_many_failed(self) -> bool:
        """Whether more children have failed than the state tolerates."""
        count, percentage = self.tolerated_count, self.tolerated_percentage
        if not count and not percentage:
            return True
        if count and self.failed_count > count:
            return True
        return bool(percentage) and self.failed_count * 100 > percentage * len(self.inputs)

    def close(self, status: str) -> None:
        """End the run, stop what is left of it, and let the Map state go on."""
        self.status = status
        self.stopped_ms = self.parent.history.clock.ms
        for child in self.children:
            if child.status == "RUNNING":
                child.stop()
        parent = self.parent
        over = self.over
        parent.execution.engine.resume(parent, lambda s: over(s, self))

    def stop(self) -> bool:
        """Stop the children; False when the run has ended already."""
        if self.status != "RUNNING":
            return False
        self.status = "ABORTED"
        self.stopped_ms = self.parent.history.clock.ms
        for child in self.children:
            if child.status == "RUNNING":
                child.stop()
        return True

    def abort(self, previous: int) -> None:
        """The Map state is cut: so are the children."""
        if self.stop():
            h = self.parent.history
            self.parent.emit((plain, previous, h.clock.ms, self.state, "MapRunAborted", None))
            h.count += 1

    def revive(self, previous: int) -> None:
        """Redrive the children that have not succeeded, and start those that never began."""
        parent = self.parent
        self.status = "RUNNING"
        self.stopped_ms = None
        self.failed_count = self.failed_items = 0
        again = [child for child in self.children if child.status != "SUCCEEDED"]
        self.running = len(again)
        for child in again:
            child.ended.append(self.child_ended)
            child.redrive()
        while self.running < self.concurrency and self.upcoming < len(self.inputs):
            self.begin_next()
        h = parent.history
        parent.emit((plain, previous, h.clock.ms, self.state, "MapRunRedriven", self.redriven_details()))
        h.count = parent.prev = h.count + 1
        if self.running == 0:
            self.close("SUCCEEDED")

    def redriven_details(self) -> dict[str, JSON]:
        """The details of a MapRunRedriven event."""
        self.redrive_count += 1
        return {"mapRunArn": self.arn, "redriveCount": self.redrive_count}

    # A Map Run is no strand's join: its children are executions.

    def done(self, _strand: Strand) -> Step | None:
        """Part of the strand protocol."""
        raise AssertionError("strands do not join a Map Run")

    def failed(self, _strand: Strand, _error: str | None, _cause: str | None) -> Step | None:
        """Part of the strand protocol."""
        raise AssertionError("strands do not join a Map Run")
