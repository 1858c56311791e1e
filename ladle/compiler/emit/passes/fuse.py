"""Merges a Choice into the one before it: `if … elif … else` becomes one state with a rule for each test."""

from __future__ import annotations

from dataclasses import replace

from ladle.compiler.emit.machine import Choose, Each, Fork, Region, Rule, State
from ladle.compiler.emit.walk import incoming, reachable
from ladle.compiler.language.form import Expr, Variable
from ladle.compiler.plan.expressions import substitute

__all__ = ["fuse"]


def fuse(region: Region) -> Region:
    """The region with each Choice that only another Choice's default leads to merged into that one."""
    states = {at: _inner(state) for at, state in region.states.items()}
    region = replace(region, states=states)
    count = incoming(region)
    for at in reversed(reachable(region)):
        state = states[at]
        while isinstance(state, Choose) and state.default.target is not None:
            follows = states[state.default.target]
            if not isinstance(follows, Choose) or count[state.default.target] != 1 or follows is state:
                break
            del states[state.default.target]
            state = states[at] = _merged(state, follows)
    return replace(region, states=states)


def _merged(first: Choose, second: Choose) -> Choose:
    sets = first.default.sets
    values: dict[Variable, Expr] = {}
    for variable, value in sets:
        values[variable] = substitute(value, values)
    rules = tuple(Rule(substitute(rule.test, values), rule.edge.after(*sets)) for rule in second.rules)
    return replace(first, rules=first.rules + rules, default=second.default.after(*sets))


def _inner(state: State) -> State:
    match state:
        case Fork():
            return replace(state, regions=tuple(map(fuse, state.regions)))
        case Each():
            return replace(state, region=fuse(state.region))
        case _:
            return state
