"""Map, inline mode: a strand for each iteration that runs at once, reused for those that follow."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ladle.engine import expressions, fields
from ladle.engine.errors import fail
from ladle.engine.history import iteration, plain
from ladle.engine.limits import INLINE_CONCURRENCY, too_large
from ladle.engine.scope import JSON, EvaluationFailed
from ladle.engine.states.base import (
    State,
    evaluation_failed,
    leave,
    over_limit,
    record_entered,
    size_failure,
)
from ladle.engine.states.parallel import abort_failed, abort_strand
from ladle.engine.strand import Strand

if TYPE_CHECKING:
    from ladle.engine.strand import Step

__all__ = ["build_map_inline", "item_shaper", "items_of", "limit_of"]


class Iterations:
    """The iterations of one run of an inline Map state."""

    __slots__ = (
        "children",
        "complete",
        "first",
        "items",
        "outputs",
        "parent",
        "raw",
        "remaining",
        "select",
        "state",
        "succeeded",
        "upcoming",
    )

    def __init__(
        self,
        parent: Strand,
        state: State,
        items: list[JSON],
        select: fields.Inlet | None,
        first: State,
        complete: Step,
    ) -> None:
        self.parent = parent
        self.state = state
        self.items = items
        self.select = select
        self.first = first
        self.complete = complete
        self.raw = parent.input
        self.outputs: list[JSON] = [None] * len(items)
        self.remaining = len(items)
        self.upcoming = 0
        self.succeeded = 0
        self.children: list[Strand] = []

    def start(self, concurrency: int) -> None:
        """Begin as many iterations as may run at once."""
        parent = self.parent
        started = parent.prev
        for _ in range(min(concurrency, len(self.items))):
            child = Strand(parent.execution, self, self.begin, None, started)
            self.children.append(child)
            self.assign(child)

    def assign(self, child: Strand) -> None:
        """Give a strand the next item and put it on the ready queue."""
        index = self.upcoming
        self.upcoming = index + 1
        child.index = index
        child.item = (index, self.items[index])
        child.variables = self.parent.variables
        h = child.history
        child.emit((iteration, child.prev, h.clock.ms, self.state, "MapIterationStarted", index))
        h.count = child.prev = h.count + 1
        child.step = self.begin
        child.execution.engine.ready.append(child)

    def begin(self, child: Strand) -> Step | None:
        """Work out an iteration's input and enter its first state."""
        select = self.select
        if select is None:
            item = child.item
            assert item is not None
            child.input = item[1]
            return self.first.enter
        child.input = self.raw
        try:
            child.input = select(child)
        except EvaluationFailed as failure:
            return self.selector_failed(failure)
        if too_large(child.input):
            return self.failed(child, "States.DataLimitExceeded", None)
        return self.first.enter

    def selector_failed(self, failure: EvaluationFailed) -> Step | None:
        """ItemSelector has no value for an item: the Map state itself fails."""
        parent = self.parent
        for other in self.children:
            other.stop()
        error = failure

        def go_on(s: Strand) -> Step | None:
            return evaluation_failed(s, self.state, error)

        parent.execution.engine.resume(parent, go_on)
        return None

    def done(self, strand: Strand) -> Step | None:
        """An iteration has ended: its strand takes the next item, or the state goes on after the last one."""
        h = strand.history
        strand.emit((iteration, strand.prev, h.clock.ms, self.state, "MapIterationSucceeded", strand.index))
        last = h.count = h.count + 1
        self.outputs[strand.index] = strand.input
        self.remaining -= 1
        if self.upcoming < len(self.items):
            strand.state = None
            self.assign(strand)
            return None
        strand.end()
        if self.remaining == 0:
            self.finish(last)
        return None

    def finish(self, last: int) -> None:
        """Record that all iterations ended well, the last with event `last`, and let the state go on."""
        parent = self.parent
        h = parent.history
        parent.prev = last
        parent.emit((plain, last, h.clock.ms, self.state, "MapStateSucceeded", None))
        self.succeeded = h.count = h.count + 1
        parent.execution.engine.resume(parent, self.complete)

    def failed(self, strand: Strand, error: str | None, cause: str | None) -> Step | None:
        """An iteration has failed: those that run are cut, and the state fails with the iteration's error."""
        abort_failed(strand)
        h = strand.history
        previous = strand.prev
        for child in self.children:
            self.cut(child, previous)
        strand.emit((iteration, previous, h.clock.ms, self.state, "MapIterationFailed", strand.index))
        h.count += 1
        parent = self.parent
        parent.prev = previous
        state = self.state

        def go_on(s: Strand) -> Step | None:
            return fail(s, state, error, cause)

        parent.execution.engine.resume(parent, go_on)
        return None

    def cut(self, child: Strand, previous: int) -> None:
        """Stop one iteration, with the events that AWS records for it."""
        if child.dead:
            return
        h = child.history
        child.emit((iteration, previous, h.clock.ms, self.state, "MapIterationAborted", child.index))
        h.count += 1
        abort_strand(child, previous)

    def abort(self, previous: int) -> None:
        """Stop all iterations."""
        for child in self.children:
            self.cut(child, previous)

    def revive(self, previous: int) -> None:
        """Run the unfinished iterations again."""
        for child in self.children:
            if not child.over:
                child.revive(previous)


def limit_of(given: float) -> int:
    """MaxConcurrency, checked; 0 is no limit of its own."""
    if given < 0:
        cause = f"Expected non-negative integer for MaxConcurrency, got '{given}' instead."
        raise EvaluationFailed("States.Runtime", cause)
    return int(given)


def items_of(definition: dict[str, Any], language: str) -> Callable[[Strand, JSON], list[JSON]]:
    """The list that a Map goes over, from its strand and its effective input."""
    if language == "JSONata":
        if "Items" not in definition:
            return lambda _s, value: _array(value, "$states.input")
        items = expressions.jsonata_template(definition["Items"], "Items", "array")
        return lambda s, _value: items(s)
    text = definition.get("ItemsPath", "$")
    if text == "$":
        return lambda _s, value: _array(value, "$")
    evaluate = expressions.path(text, "ItemsPath")

    def read(s: Strand, value: JSON) -> list[JSON]:
        s.document = value
        return _array(evaluate(s), text)

    return read


def _array(value: JSON, text: str) -> list[JSON]:
    if type(value) is list:
        return value
    shown = text[1:] if text.startswith("$$") else text
    raise EvaluationFailed("States.Runtime", f'Reference path "{shown}" must point to array.')


def item_shaper(definition: dict[str, Any], language: str) -> fields.Inlet | None:
    """ItemSelector (or Parameters, its older name): an iteration's input from the state's."""
    if language == "JSONata":
        if "ItemSelector" not in definition:
            return None
        return expressions.jsonata_template(definition["ItemSelector"], "ItemSelector")
    field = "ItemSelector" if "ItemSelector" in definition else "Parameters"
    if field not in definition:
        return None
    template = expressions.jsonpath_template(definition[field], field)
    input_path = fields.input_selector(definition)

    def select(s: Strand) -> JSON:
        s.document = s.input if input_path is None else input_path(s)
        return template(s)

    return select


def build_map_inline(
    state: State, compile_block: Callable[[dict[str, Any], str], State], default_language: str
) -> None:
    """Map, inline. `compile_block` compiles the iterator and gives its first state."""
    definition, language = state.definition, state.language
    state.failed_event = "MapStateFailed"
    first = compile_block(definition.get("ItemProcessor") or definition["Iterator"], default_language)
    input_path = None if language == "JSONata" else fields.input_selector(definition)
    items_in = items_of(definition, language)
    select = item_shaper(definition, language)
    give = fields.outlet(definition, language)
    concurrency = fields.number(definition, "MaxConcurrency", language)

    def enter(s: Strand) -> Step | None:
        if s.history.count > s.history.room:
            return over_limit(s)
        s.retries = None
        s.attempt = 0
        record_entered(s, state)
        return run(s)

    def run(s: Strand) -> Step | None:
        try:
            at_once = INLINE_CONCURRENCY
            if concurrency is not None:
                at_once = min(limit_of(concurrency(s)) or INLINE_CONCURRENCY, INLINE_CONCURRENCY)
            items = items_in(s, s.input if input_path is None else input_path(s))
        except EvaluationFailed as failure:
            return evaluation_failed(s, state, failure)
        h = s.history
        s.emit((plain, s.prev, h.clock.ms, state, "MapStateStarted", {"length": len(items)}))
        h.count = s.prev = h.count + 1
        iterations = Iterations(s, state, items, select, first, complete)
        s.fork = iterations
        if items:
            iterations.start(at_once)
        else:
            iterations.finish(s.prev)
        return None

    def complete(s: Strand) -> Step | None:
        iterations = s.fork
        assert isinstance(iterations, Iterations)
        s.fork = None
        result = iterations.outputs
        try:
            output, assigned = (result, None) if give is None else give(s, result)
        except EvaluationFailed as failure:
            s.prev = iterations.succeeded
            return evaluation_failed(s, state, failure)
        if output is not s.input and too_large(output):
            s.prev = iterations.succeeded
            return size_failure(s, state)
        return leave(s, state, output, assigned)

    state.enter = enter
    state.run = run
