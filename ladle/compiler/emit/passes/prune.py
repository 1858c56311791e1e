"""Drops what nobody reads: assignments, results of branches, states that nothing leads to.

An assignment that can fail stays: leaving it out would let a run go on where Python stops.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ladle.compiler.emit.machine import BranchValue, Each, Edge, Fork, Region, State
from ladle.compiler.emit.walk import edges_of, expressions_of, free_reads, map_edges, reachable, regions_of
from ladle.compiler.language.form import Expr, Variable
from ladle.compiler.plan.expressions import can_fail, children, reads

__all__ = ["live_after", "prune"]

Names = frozenset[Variable]


def prune(region: Region) -> Region:
    """The region without dead assignments, exports and states."""
    while True:
        smaller = _prune(region)
        if smaller == region:
            return region
        region = smaller


def _prune(region: Region) -> Region:
    states = {at: region.states[at] for at in reachable(region)}
    states = {at: _inner(state) for at, state in states.items()}
    ends = frozenset(region.exports or ())
    live = _liveness(states, ends)

    def trim(edge: Edge) -> Edge:
        return _trim(edge, _after(edge, live, ends))

    pruned = {at: _drop_exports(map_edges(state, trim)) for at, state in states.items()}
    return Region(trim(region.start), pruned, region.exports)


def live_after(region: Region) -> Callable[[Edge], Names]:
    """Tells which variables are read once an edge of the region has been taken."""
    states = dict(region.states)
    ends = frozenset(region.exports or ())
    live = _liveness(states, ends)
    return lambda edge: _after(edge, live, ends)


def _inner(state: State) -> State:
    match state:
        case Fork():
            return replace(state, regions=tuple(map(prune, state.regions)))
        case Each():
            return replace(state, region=prune(state.region))
        case _:
            return state


def _liveness(states: dict[int, State], ends: Names) -> dict[int, Names]:
    """For each state, the variables read when it is entered or later."""
    own = {
        at: frozenset(variable for expr in expressions_of(state) for variable in reads(expr)).union(
            *(free_reads(inner) for inner in regions_of(state))
        )
        for at, state in states.items()
    }
    live = dict(own)
    changed = True
    while changed:
        changed = False
        for at in reversed(list(states)):
            found = own[at].union(*(_before(edge, _after(edge, live, ends)) for edge in edges_of(states[at])))
            if found != live[at]:
                live[at] = found
                changed = True
    return live


def _after(edge: Edge, live: dict[int, Names], ends: Names) -> Names:
    """What is read once the edge has set its variables."""
    return ends | reads(edge.output) if edge.target is None else live[edge.target]


def _before(edge: Edge, after: Names) -> Names:
    for variable, value in reversed(edge.sets):
        if variable in after or can_fail(value):
            after = (after - {variable}) | reads(value)
    return after


def _trim(edge: Edge, after: Names) -> Edge:
    kept: list[tuple[Variable, Expr]] = []
    for variable, value in reversed(edge.sets):
        if variable in after or can_fail(value):
            after = (after - {variable}) | reads(value)
            kept.append((variable, value))
    return Edge(edge.target, tuple(reversed(kept)), edge.output)


def _drop_exports(state: State) -> State:
    if not isinstance(state, Fork):
        return state
    used: set[tuple[int, Variable]] = set()

    def note(expr: Expr) -> None:
        if isinstance(expr, BranchValue):
            used.add((expr.branch, expr.variable))
        for part in children(expr):
            note(part)

    for edge in edges_of(state):
        for _, value in edge.sets:
            note(value)
        if edge.output is not None:
            note(edge.output)
    regions = tuple(
        replace(region, exports=tuple(v for v in region.exports or () if (at, v) in used))
        if region.exports is not None
        else region
        for at, region in enumerate(state.regions)
    )
    return replace(state, regions=regions)
