"""The budget of one workflow: the machine's bounds beside what source, types and recorded runs tell."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from ladle.asl.model import walk
from ladle.budgets.recorded import Recorded, Spread
from ladle.budgets.rounds import Round, rounds_of
from ladle.budgets.weights import least_bytes, most_bytes
from ladle.compiler import Compiled
from ladle.compiler.language import form
from ladle.compiler.language.walk import statements
from ladle.compiler.plan.demand import Keep, keeps
from ladle.declare import Task, Workflow
from ladle.errors import Span
from ladle.operate.budget import EVENT_LIMIT, Amount, Budget, budget_of

__all__ = [
    "ASSUMED_ITEMS", "DEFINITION_LIMIT", "FAR_AT_ONCE", "INLINE_AT_ONCE", "PAYLOAD_LIMIT", "Collected",
    "Report", "Shared", "Size", "report",
]  # fmt: skip

PAYLOAD_LIMIT: Final = 256 * 1024
"""Bytes of JSON that a state passes on (Step Functions quotas)."""

DEFINITION_LIMIT: Final = 1024 * 1024
"""Bytes of a state machine's definition (Step Functions quotas)."""

INLINE_AT_ONCE: Final = 40
"""Iterations of an inline Map that run at once (Step Functions, "Map state processing modes")."""

FAR_AT_ONCE: Final = 10_000
"""Child runs of a distributed Map that run at once (Step Functions quotas)."""

STORED: Final = 32 * 1024
"""Bytes from which a result outside of a Map is stored (`ladle.runtime.values`)."""

STORED_ITEM: Final = 2 * 1024
"""Bytes from which a result within a Map is stored, and a reference travels (`ladle.runtime.values`)."""

ASSUMED_ITEMS: Final = 10
"""How many items a Map, and passes a loop, is taken to have where nothing tells."""

ARN_BYTES: Final = len("arn:aws-us-gov:lambda:us-gov-east-1:123456789012:function:") + 64
"""What an ARN takes that stands for a callee's name when deployed, at most."""


@dataclass(frozen=True, slots=True)
class Size:
    """How often one Map or loop goes round: `name` is the state that stands for it in amounts.

    `turns` is the most that source or author tell (None for none), `usual` what recorded runs had, or what
    the caller states (then of no cases). `far` is true of a distributed Map.
    """

    name: str
    round: Round | None
    loop: bool
    far: bool
    usual: Spread | None

    @property
    def turns(self) -> int | None:
        """The most; of a loop with the test that ends it."""
        if self.round is None or self.round.turns is None:
            return None
        return self.round.turns + self.loop

    @property
    def typical(self) -> int:
        """What is usual: recorded, else the bound where it is small, else an assumption."""
        if self.usual is not None:
            return round(self.usual.mean)
        return ASSUMED_ITEMS if self.turns is None else min(self.turns, ASSUMED_ITEMS + self.loop)

    @property
    def origin(self) -> str:
        """Where the typical number comes from."""
        if self.usual is not None:
            return "recorded" if self.usual.cases else "stated"
        return "assumed" if self.turns is None or self.turns > self.typical else "source"


@dataclass(frozen=True, slots=True)
class Collected:
    """What the results of a Map take together: bytes of one at least, and at most (None for no most)."""

    name: str
    round: Round
    least: int
    most: int | None

    @property
    def sure(self) -> int | None:
        """Up to how many results there is surely room."""
        return None if self.most is None else (PAYLOAD_LIMIT - 2) // (self.most + 1)

    @property
    def full(self) -> int:
        """How many results have room if each is as small as it can be."""
        return (PAYLOAD_LIMIT - 2) // (self.least + 1)


@dataclass(frozen=True, slots=True)
class Shared:
    """What the branches of a Parallel give on together: the most bytes of each call's result, by state."""

    name: str
    results: Mapping[str, int | None]

    @property
    def most(self) -> int:
        """The bytes of all that has a most: others may be larger, but nothing tells by how much."""
        return sum(size for size in self.results.values() if size is not None)


@dataclass(frozen=True, slots=True)
class Report:
    """The budget of a workflow.

    `at_once` are the calls of each callee that may run at the same time; `usually_at_once` the same, with
    usual numbers of items where nothing tells how many there are.
    """

    workflow: Workflow[..., Any]
    place: Span
    budget: Budget
    sizes: Mapping[str, Size]
    collected: tuple[Collected, ...]
    shared: tuple[Shared, ...]
    definition_bytes: int
    largest_state: str
    at_once: Mapping[str, int]
    usually_at_once: Mapping[str, int]
    recorded: Recorded
    definition: Mapping[str, Any] = field(repr=False)
    places: Mapping[str, Span] = field(repr=False)
    tasks: Mapping[str, Task[..., Any]] = field(repr=False)
    activities: frozenset[str] = frozenset()

    @property
    def express(self) -> bool:
        """Whether it is an Express machine, whose history has no limit."""
        return self.workflow.type == "EXPRESS"

    def states_of(self, callee: str) -> tuple[str, ...]:
        """The states that call a task or workflow."""
        return tuple(
            visit.name
            for visit in walk(self.definition)
            if isinstance(arguments := visit.state.get("Arguments"), dict)
            and f"${{{callee}}}" in (arguments.get("FunctionName"), arguments.get("StateMachineArn"))
        )

    def typical(self, amount: Amount) -> int:
        """An amount for the usual numbers of items and passes."""
        return amount.at({name: size.typical for name, size in self.sizes.items()})

    def worst(self, amount: Amount) -> int | None:
        """An amount for the most items and passes; None where one of its Maps or loops has no bound."""
        turns = {name: self.sizes[name].turns for name in amount.names}
        if any(number is None for number in turns.values()):
            return None
        return amount.at({name: number for name, number in turns.items() if number is not None})

    def certain(self, amount: Amount) -> int:
        """An amount for the most that is known; Maps and loops without a bound do not count."""
        return amount.at({name: size.turns or 0 for name, size in self.sizes.items()})

    def full_at(self, name: str) -> int | None:
        """How many items of a Map, or passes of a loop, fill the history, the others being as usual."""
        others = {each: size.typical for each, size in self.sizes.items()}
        found = self.budget.items_at_limit(name, others)
        return found if found is None else max(0, found - self.sizes[name].loop)

    @property
    def even(self) -> int | None:
        """How many items fill the history when all that has no bound goes round so often."""
        open_ = [name for name in self.budget.events.names if self.sizes[name].turns is None]
        if not open_:
            return None
        known = {name: size.turns or 0 for name, size in self.sizes.items()}
        low, high = 0, EVENT_LIMIT
        while low < high:
            middle = (low + high + 1) // 2
            fits = self.budget.events.at({**known, **dict.fromkeys(open_, middle)}) <= EVENT_LIMIT
            low, high = (middle, high) if fits else (low, middle - 1)
        return low


def report(
    compiled: Compiled,
    workflow: Workflow[..., Any],
    place: Span,
    known: Recorded | None = None,
    items: Mapping[str, int] | None = None,
) -> Report:
    """The budget of a compiled workflow; `place` is where it is declared.

    `known` is what was recorded of it; `items` are numbers of items and passes that the caller states, by
    the name of the Map or loop.
    """
    seen = known or Recorded()
    budget = budget_of(compiled.definition)
    stated = {
        name: Spread(0, number + (name in budget.loops), number + (name in budget.loops))
        for name, number in (items or {}).items()
    }
    by_state = _rounds(compiled)
    amounts = (budget.transitions, budget.events, *budget.items.values())
    names = dict.fromkeys(name for amount in amounts for name in amount.names)
    far = {visit.name for visit in walk(compiled.definition) if _is_far(visit.state)}
    sizes: dict[str, Size] = {}
    for name in names:
        loop = name in budget.loops
        members = budget.loops.get(name, (name,))
        found = [by_state[each] for each in members if each in by_state and by_state[each].kind != "map"]
        one = _outermost(found) if loop else by_state.get(name)
        sizes[name] = Size(name, one, loop, name in far, stated.get(name) or seen.sizes.get(name))
    # As it is deployed: without spaces, with ARNs in place of names.
    text = json.dumps(compiled.definition, ensure_ascii=False, separators=(",", ":"))
    states = {visit.name: visit.state for visit in walk(compiled.definition)}
    return Report(
        workflow,
        place,
        budget,
        sizes,
        tuple(each for each in _collected(compiled, by_state) if each.name not in far),
        tuple(_shared(compiled)),
        len(text.encode()) + text.count('":"${') * ARN_BYTES,
        max(states, key=lambda name: len(str(states[name])), default=""),
        _at_once(compiled.definition, {name: size.turns for name, size in sizes.items()}),
        _at_once(compiled.definition, {name: size.turns or size.typical for name, size in sizes.items()}),
        seen,
        compiled.definition,
        compiled.source_map,
        {task.name: task for task in compiled.tasks},
        frozenset(each.name for each in compiled.activities),
    )


def _rounds(compiled: Compiled) -> dict[str, Round]:
    """By state, the Map or loop of the source that it comes from.

    Those that share a place (the `for`s of one comprehension) stand in the machine as in the source, the
    outer before the inner. Where a machine has more states of a place than that, the loosest bound counts.
    """
    if compiled.program is None:  # written by hand: nothing is known of its Maps but what stands in them
        return {}
    at: dict[Span, list[Round]] = {}
    for each in rounds_of(compiled.program):
        at.setdefault(each.span, []).append(each)
    states: dict[Span, list[str]] = {}
    for visit in walk(compiled.definition):
        span = compiled.source_map.get(visit.name)
        if span in at and visit.type in ("Map", "Choice"):
            states.setdefault(span, []).append(visit.name)
    found: dict[str, Round] = {}
    for span, names in states.items():
        here = at[span]
        if len(here) == len(names):
            found.update(zip(names, here, strict=True))
        else:
            found.update(dict.fromkeys(names, max(here, key=lambda one: _or_infinite(one.turns))))
    return found


def _or_infinite(number: int | None) -> float:
    return math.inf if number is None else number


def _outermost(rounds: list[Round]) -> Round | None:
    """Of loops within each other the one around the others."""
    return min(rounds, key=lambda one: (one.span.line, one.span.column, -one.span.end_line), default=None)


def _collected(compiled: Compiled, by_state: Mapping[str, Round]) -> Iterator[Collected]:
    """What each Map that gives its results on makes of them."""
    if compiled.program is None:
        return
    kept = keeps(compiled.program)
    maps = {each.span: each for each in statements(compiled.program.body) if isinstance(each, form.Map)}
    for name, one in by_state.items():
        stmt = maps.get(one.span)
        if one.kind == "map" and stmt is not None and stmt.target is not None and not one.batch > 1:
            least = least_bytes(stmt.result.shape)
            yield Collected(name, one, least, _most(stmt, kept))


def _shared(compiled: Compiled) -> Iterator[Shared]:
    """What each Parallel makes of the results of its branches' calls that something reads later."""
    if compiled.program is None:
        return
    kept = keeps(compiled.program)
    calls = {each.span: each for each in statements(compiled.program.body) if isinstance(each, form.Call)}
    for visit in walk(compiled.definition):
        results: dict[str, int | None] = {}
        for branch in visit.state.get("Branches", ()):
            for state in branch.get("States", {}):
                place = compiled.source_map.get(state)
                call = None if place is None else calls.get(place)
                if call is not None and call.target is not None and isinstance(call.callee, Task):
                    most = most_bytes(call.callee.door.result)
                    if kept.get(call.target) == {}:
                        most = STORED if most is None else min(most, STORED)
                    results[state] = most
        if len(results) > 1:
            yield Shared(visit.name, results)


def _most(stmt: form.Map, kept: Mapping[form.Variable, Keep]) -> int | None:
    """What one result takes at most: by its type, or because a longer one is stored."""
    most = most_bytes(stmt.result.shape)
    stored = isinstance(stmt.result, form.Read) and kept.get(stmt.result.variable) == {}
    if stored:
        return STORED_ITEM if most is None else min(most, STORED_ITEM)
    return most


# ---------------------------------------------------------------------------------------------- concurrency


def _at_once(region: Mapping[str, Any], turns: Mapping[str, int | None]) -> dict[str, int]:
    """How many calls of each callee a run may have at once: over Parallels added, over Maps multiplied."""
    found: dict[str, int] = {}
    for name, state in region.get("States", {}).items():
        inner: dict[str, int] = {}
        arguments = state.get("Arguments")
        if state.get("Type") == "Task" and isinstance(arguments, dict):
            callee = arguments.get("FunctionName", arguments.get("StateMachineArn"))
            if isinstance(callee, str):
                inner[callee.removeprefix("${").removesuffix("}")] = 1
        for branch in state.get("Branches", ()):
            for callee, number in _at_once(branch, turns).items():
                inner[callee] = inner.get(callee, 0) + number
        if "ItemProcessor" in state:
            times = _iterations(state, turns.get(name))
            inner = {
                callee: number * times for callee, number in _at_once(state["ItemProcessor"], turns).items()
            }
        for callee, number in inner.items():
            found[callee] = max(found.get(callee, 0), number)
    return found


def _is_far(state: Mapping[str, Any]) -> bool:
    config = state.get("ItemProcessor", {}).get("ProcessorConfig", {})
    return bool(config.get("Mode") == "DISTRIBUTED")


def _iterations(state: Mapping[str, Any], turns: int | None) -> int:
    most = FAR_AT_ONCE if _is_far(state) else INLINE_AT_ONCE
    limit = state.get("MaxConcurrency")
    if isinstance(limit, int) and limit > 0:
        most = min(most, limit)
    return most if turns is None else min(most, turns)
