"""Merges a Choice into the one before it: `if … elif … else`, and an `if` in an `if`, become one state.

A Choice that is reached from elsewhere too is written out again in the one before it, unless that gets long.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from ladle.compiler.emit.machine import NOWHERE, Choose, Each, Edge, Fork, Region, Rule, State
from ladle.compiler.emit.passes.fold import folded
from ladle.compiler.emit.walk import edges_of, incoming, is_cheap, reachable
from ladle.compiler.language import form
from ladle.compiler.language.form import Expr, Variable
from ladle.compiler.plan.expressions import count_reads, is_volatile, substitute
from ladle.wire import BoolShape

__all__ = ["fuse"]

MOST: Final = 8
"""Ways out of a Choice and of another that is written out again in it."""

DUPLICATES: Final = 3
"""How often a value that is more than a name may be written out in the tests of a Choice."""


def fuse(region: Region) -> Region:
    """The region without Choices that follow each other directly, as far as they stay short."""
    states = {at: _inner(state) for at, state in region.states.items()}
    count = incoming(replace(region, states=states))
    for at in reversed(reachable(replace(region, states=states))):
        states[at] = _merged(at, states[at], states, lambda _, target: count[target] == 1)
    region = _reached(replace(region, states=states))
    once = region.states
    return _reached(replace(region, states={at: _again(at, once[at], once) for at in once}))


def _again(at: int, state: State, states: Mapping[int, State]) -> State:
    """A Choice with others written out again in it. A loop is not unrolled: none that leads back here."""

    def short(way: Rule, target: int) -> bool:
        follows = states[target]
        return (
            all(edge.target != at for edge in edges_of(follows))
            and all(is_cheap(value) for _, value in way.edge.sets)
            and len(list(edges_of(state))) + len(list(edges_of(follows))) <= MOST
        )

    return _merged(at, state, states, short)


def _reached(region: Region) -> Region:
    return replace(region, states={at: region.states[at] for at in reachable(region)})


def _merged(at: int, state: State, states: Mapping[int, State], wanted: Callable[[Rule, int], bool]) -> State:
    """A Choice with those that its ways lead to merged into it, where that is wanted."""
    if not isinstance(state, Choose):
        return state
    ways: list[Rule] = []
    for way in (*state.rules, Rule(_TRUE, state.default)):
        target = way.edge.target
        follows = None if target in (None, at) else states[target]
        if (
            target is not None
            and isinstance(follows, Choose)
            and not is_volatile(way.test)
            and _stays_short(way.edge, follows)
            and wanted(way, target)
        ):
            ways += _instead(way, follows)
        else:
            ways.append(way)
    *rules, default = ways
    return replace(state, rules=tuple(rules), default=default.edge)


_TRUE = form.Const(BoolShape(), NOWHERE, True)
"""The test of the default."""


def _instead(way: Rule, follows: Choose) -> list[Rule]:
    """The ways through the Choice that a way leads to, in its place."""
    values: dict[Variable, Expr] = {}
    for variable, value in way.edge.sets:
        values[variable] = substitute(value, values)
    found: list[Rule] = []
    for rule in follows.rules:
        test = folded(substitute(rule.test, values))
        if test == _TRUE:
            return [*found, Rule(way.test, rule.edge.after(*way.edge.sets))]
        if not isinstance(test, form.Const):
            found.append(Rule(_both(way.test, test), rule.edge.after(*way.edge.sets)))
    return [*found, Rule(way.test, follows.default.after(*way.edge.sets))]


def _both(first: Expr, second: Expr) -> Expr:
    """Whether both tests hold; the second is made only where the first holds."""
    if first == _TRUE:
        return second
    tests = _tests(first)
    tests += tuple(test for test in _tests(second) if test not in tests)
    return tests[0] if len(tests) == 1 else form.Op(BoolShape(), first.span, "bool.and", tests)


def _tests(expr: Expr) -> tuple[Expr, ...]:
    return expr.operands if isinstance(expr, form.Op) and expr.name == "bool.and" else (expr,)


def _stays_short(edge: Edge, follows: Choose) -> bool:
    """Whether the values that an edge sets may be written out in the tests of the Choice it leads to."""
    return all(
        is_cheap(value) or sum(count_reads(rule.test, variable) for rule in follows.rules) <= DUPLICATES
        for variable, value in edge.sets
    )


def _inner(state: State) -> State:
    match state:
        case Fork():
            return replace(state, regions=tuple(map(fuse, state.regions)))
        case Each():
            return replace(state, region=fuse(state.region))
        case _:
            return state
