"""What a run costs before there is one: transitions, events and calls, worked out from the definition.

A bound is a sum of products: so much in any case, so much for each item of a Map, for each pass of a loop,
for each item of a Map within a Map. Where paths part, the bound takes the larger of each term, so no run goes
beyond it (retries apart, which are counted by themselves, and the one event of an expression that fails).
Counted as AWS counts: a transition for each state that is entered, and one for each retry; events as in
"HistoryEvent" of the Step Functions API reference.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, TypeAlias

from ladle.asl.model import successors
from ladle.asl.ways import components

__all__ = ["EVENT_LIMIT", "Amount", "Budget", "budget_of"]

EVENT_LIMIT: Final = 25_000
"""Events in the history of a Standard run (Step Functions quotas); with more it fails."""

Term: TypeAlias = "tuple[str, ...]"
"""What an amount is multiplied by: names of Maps and loops, the outermost first; none for what is always."""


@dataclass(frozen=True, slots=True)
class Amount:
    """A sum of products, as `7 + 5·delays + 3·delays·rows`."""

    terms: Mapping[Term, int] = field(default_factory=dict)

    def __add__(self, other: Amount) -> Amount:
        found = dict(self.terms)
        for term, number in other.terms.items():
            found[term] = found.get(term, 0) + number
        return Amount(found)

    def __or__(self, other: Amount) -> Amount:
        """The larger of each term: at least what either is."""
        both = self.terms.keys() | other.terms.keys()
        return Amount({term: max(self.terms.get(term, 0), other.terms.get(term, 0)) for term in both})

    def times(self, name: str) -> Amount:
        """As often as the Map or loop of that name goes round."""
        return Amount({(name, *term): number for term, number in self.terms.items() if number})

    def at(self, sizes: Mapping[str, int], otherwise: int = 1) -> int:
        """The number, for so many items and passes of each."""
        return sum(
            number * math.prod(sizes.get(name, otherwise) for name in term)
            for term, number in self.terms.items()
        )

    @property
    def names(self) -> tuple[str, ...]:
        """What it depends on, in order."""
        return tuple(dict.fromkeys(name for term in sorted(self.terms) for name in term))

    def __str__(self) -> str:
        shown = [
            "·".join((f"{number:,}", *term))
            for term, number in sorted(self.terms.items())
            if number or not term
        ]
        return " + ".join(shown) or "0"


def _of(number: int) -> Amount:
    return Amount({(): number})


@dataclass(frozen=True, slots=True)
class Budget:
    """The bounds of one run, without retries.

    `retries` are the transitions that all of them would add. `calls` are the functions that the run calls,
    `nested` the state machines that it starts, each with how often at most. `items` are the iterations
    of each Map, `loops` the states of each loop, by the name that amounts give it.
    """

    transitions: Amount
    events: Amount
    retries: Amount
    calls: Mapping[str, Amount]
    nested: Mapping[str, Amount]
    items: Mapping[str, Amount] = field(default_factory=dict)
    loops: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def items_at_limit(self, name: str, sizes: Mapping[str, int]) -> int | None:
        """How many items (passes) of one Map (loop) fill the history, the others being of these sizes.

        None when the history does not grow with it.
        """
        none, one = (self.events.at({**sizes, name: number}) for number in (0, 1))
        return None if one == none else max(0, (EVENT_LIMIT - none) // (one - none))


def budget_of(definition: Mapping[str, Any]) -> Budget:
    """The budget of a Standard state machine."""
    found = _region(definition)
    transitions, events = _of(0) + found.transitions, _of(2) + found.events
    return Budget(transitions, events, found.retries, found.calls, found.nested, found.items, found.loops)


# ---------------------------------------------------------------------------------------------- regions


@dataclass(frozen=True, slots=True)
class _Cost:
    transitions: Amount = field(default_factory=Amount)
    events: Amount = field(default_factory=Amount)
    retries: Amount = field(default_factory=Amount)
    calls: Mapping[str, Amount] = field(default_factory=dict)
    nested: Mapping[str, Amount] = field(default_factory=dict)
    items: Mapping[str, Amount] = field(default_factory=dict)
    loops: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __add__(self, other: _Cost) -> _Cost:
        return self._with(other, Amount.__add__)

    def __or__(self, other: _Cost) -> _Cost:
        return self._with(other, Amount.__or__)

    def _with(self, other: _Cost, join: Join) -> _Cost:
        return _Cost(
            join(self.transitions, other.transitions),
            join(self.events, other.events),
            join(self.retries, other.retries),
            _joined(self.calls, other.calls, join),
            _joined(self.nested, other.nested, join),
            _joined(self.items, other.items, join),
            {**self.loops, **other.loops},
        )

    def times(self, name: str) -> _Cost:
        return _Cost(
            self.transitions.times(name),
            self.events.times(name),
            self.retries.times(name),
            {each: amount.times(name) for each, amount in self.calls.items()},
            {each: amount.times(name) for each, amount in self.nested.items()},
            {each: amount.times(name) for each, amount in self.items.items()},
            self.loops,
        )


Ways: TypeAlias = "Mapping[str, list[str]]"
Join: TypeAlias = "Callable[[Amount, Amount], Amount]"


def _joined(one: Mapping[str, Amount], other: Mapping[str, Amount], join: Join) -> dict[str, Amount]:
    names = dict.fromkeys((*one, *other))
    return {name: join(one.get(name, Amount()), other.get(name, Amount())) for name in names}


def _region(region: Mapping[str, Any]) -> _Cost:
    """The dearest way through the states of a region. States that can come again are a loop."""
    states: Mapping[str, Any] = region.get("States", {})
    ways = {name: [to.target for to in successors(state)] for name, state in states.items()}
    costs = {name: _state(name, state) for name, state in states.items()}
    return _way(ways, costs, [str(region.get("StartAt"))])


def _way(ways: Ways, costs: Mapping[str, _Cost], begin: list[str]) -> _Cost:
    """The dearest way from any of `begin` through some states, loops and loops in them included."""
    best: dict[str, _Cost] = {}
    for group in components(ways):  # each after all that it leads to
        inside = set(group)
        own = costs[group[0]]
        if len(group) > 1 or group[0] in ways[group[0]]:
            own = _loop(group, ways, costs, begin)
        beyond = [best[to] for name in group for to in ways[name] if to in best and to not in inside]
        for name in group:
            best[name] = own + _most(beyond)
    return _most(best[name] for name in begin if name in best)


def _loop(group: list[str], ways: Ways, costs: Mapping[str, _Cost], begin: list[str]) -> _Cost:
    """What a loop costs, for each time that its head, the state by which it is entered, comes.

    Without the ways that lead back to the head, what is left of it is a way again, maybe with loops in it.
    """
    inside = set(group)
    entered = {to for name, targets in ways.items() if name not in inside for to in targets}.union(begin)
    head = next((name for name in reversed(group) if name in entered), group[0])
    rest = {name: [to for to in ways[name] if to in inside and to != head] for name in group if name != head}
    around = _way(rest, costs, [to for to in ways[head] if to in rest])
    cost = (costs[head] + around).times(head)
    return replace(cost, loops={**cost.loops, head: tuple(group)})


def _sum(costs: Iterable[_Cost]) -> _Cost:
    total = _Cost()
    for each in costs:
        total = total + each
    return total


def _most(costs: Iterable[_Cost]) -> _Cost:
    total = _Cost()
    for each in costs:
        total = total | each
    return total


# ----------------------------------------------------------------------------------------------- states

_EVENTS: Final = {"Succeed": 2, "Fail": 2, "Pass": 2, "Choice": 2, "Wait": 2}
"""Entered and exited; a Fail is entered, and the run's end is counted with it."""


def _state(name: str, state: Mapping[str, Any]) -> _Cost:
    kind = state.get("Type")
    retries = sum(int(policy.get("MaxAttempts", 3)) for policy in state.get("Retry", ()))
    if kind == "Task":
        return _task(state, retries)
    if kind == "Parallel":
        inner = _sum(_region(branch) for branch in state.get("Branches", ()))
        return _again(_Cost(_of(1), _of(4)) + inner, retries)
    if kind == "Map":
        processor = state.get("ItemProcessor") or state.get("Iterator") or {}
        inner = _region(processor)
        inner = replace(inner, items={**inner.items, name: _of(1)})
        config = processor.get("ProcessorConfig", {})
        if config.get("Mode") == "DISTRIBUTED":
            # The items run in executions of their own; the Map Run is started, and ends. Those of Express
            # machines have no transitions that are paid for.
            own = Amount() if config.get("ExecutionType") == "EXPRESS" else inner.transitions + _of(1)
            inner = replace(inner, transitions=own, events=Amount())
            return _again(_Cost(_of(1), _of(6)) + inner.times(name), retries)
        return _again(_Cost(_of(1), _of(4)) + (_Cost(Amount(), _of(2)) + inner).times(name), retries)
    return _Cost(_of(1), _of(_EVENTS.get(str(kind), 2)))


def _again(once: _Cost, retries: int) -> _Cost:
    """A Parallel or Map that is tried again as a whole."""
    more = [once.transitions + once.retries] * retries
    return replace(once, retries=sum(more, once.retries))


def _task(state: Mapping[str, Any], retries: int) -> _Cost:
    """Entered, scheduled, started, succeeded, exited; what is waited for is submitted, too."""
    resource = str(state.get("Resource", ""))
    waits = resource.endswith((".sync", ".sync:2", ".waitForTaskToken"))
    arguments = state.get("Arguments") or state.get("Parameters") or {}
    calls: dict[str, Amount] = {}
    nested: dict[str, Amount] = {}
    if ":states:startExecution" in resource or resource.endswith(":sfn:startSyncExecution"):
        nested[str(arguments.get("StateMachineArn", "?"))] = _of(1)
    elif ":lambda:invoke" in resource:
        calls[str(arguments.get("FunctionName", "?"))] = _of(1)
    elif ":lambda:" in resource:
        calls[resource] = _of(1)
    return _Cost(_of(1), _of(6 if waits else 5), _of(retries), calls, nested)
