"""Merges a Choice into the one before it: `if … elif … else`, and an `if` in an `if`, become one state.

A Choice that is reached from elsewhere too is written out again in the one before it, unless that gets long.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from ladle.compiler.emit.machine import NOWHERE, Choose, Each, Edge, Fork, Region, Rule, State
from ladle.compiler.emit.passes.fold import folded
from ladle.compiler.emit.walk import incoming, is_cheap, reachable
from ladle.compiler.language import form
from ladle.compiler.language.form import Expr, Variable
from ladle.compiler.plan.expressions import count_reads, is_volatile, substitute
from ladle.wire import BoolShape

__all__ = ["fuse"]

MOST: Final = 8
"""Rules that a Choice may have with one written out again in it."""

DUPLICATES: Final = 3
"""How often a value that is more than a name may be written out in the tests of a Choice."""


def fuse(region: Region) -> Region:
    """The region without Choices that follow each other directly, as far as they stay short."""
    states = {at: _inner(state) for at, state in region.states.items()}
    region = replace(region, states=states)
    count = incoming(region)
    for at in reversed(reachable(region)):
        state = states[at]
        if isinstance(state, Choose):
            states[at] = _fused(at, state, states, count)
    return replace(region, states={at: states[at] for at in reachable(replace(region, states=states))})


def _fused(at: int, state: Choose, states: Mapping[int, State], count: Mapping[int, int]) -> Choose:
    """The Choice with those that its ways lead to merged into it.

    No way leads through one twice, nor through two that are written out again: a reader could not follow.
    """
    ways = [_Way(way, frozenset({at})) for way in (*state.rules, Rule(_TRUE, state.default))]
    position = 0
    while position < len(ways):
        way = ways[position]
        target = way.rule.edge.target
        follows = None if target is None else states[target]
        if target is None or target in way.passed or not isinstance(follows, Choose):
            position += 1
            continue
        shared = count[target] > 1
        if (
            (shared and (way.again or len(ways) + len(follows.rules) > MOST))
            or is_volatile(way.rule.test)
            or not _stays_short(way.rule.edge, follows)
        ):
            position += 1
            continue
        passed, again = way.passed | {target}, way.again or shared
        ways[position : position + 1] = [_Way(one, passed, again) for one in _instead(way.rule, follows)]
    *rules, default = (way.rule for way in ways)
    return replace(state, rules=tuple(rules), default=default.edge)


@dataclass(frozen=True, slots=True)
class _Way:
    """A way out of a Choice, the Choices that it leads through, and whether one is written out again."""

    rule: Rule
    passed: frozenset[int]
    again: bool = False


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
