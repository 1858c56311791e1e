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
    """The region without dead assignments, exports and states.

    What is read is worked out from nothing upwards, through Parallels too: variables that only carry each
    other around a loop, and that nothing else reads, are dead.
    """
    return _pruned(region)[0]


def _pruned(region: Region) -> tuple[Region, Names]:
    """The region without what is dead, and the variables that it reads of those around it."""
    states = {at: region.states[at] for at in reachable(region)}
    ends = frozenset(region.exports or ())
    inner = {
        at: [_pruned(_without_exports(one)) for one in regions_of(state)] for at, state in states.items()
    }
    own = _own_reads(states)
    while True:
        live = _liveness(states, _with_inner(own, inner), ends)

        def trim(edge: Edge, live: dict[int, Names] = live) -> Edge:
            return _trim(edge, _after(edge, live, ends))

        trimmed = {at: map_edges(state, trim) for at, state in states.items()}
        grown = {
            at: regions
            for at, state in trimmed.items()
            if (regions := _exporting(state))
            and [one.exports for one in regions] != [one.exports for one, _ in inner[at]]
        }
        if not grown:
            break
        inner |= {at: list(map(_pruned, regions)) for at, regions in grown.items()}
    pruned = {at: _with_regions(state, tuple(one for one, _ in inner[at])) for at, state in trimmed.items()}
    start = trim(region.start)
    return Region(start, pruned, region.exports), _before(start, _after(start, live, ends))


def _with_inner(own: dict[int, Names], inner: dict[int, list[tuple[Region, Names]]]) -> dict[int, Names]:
    """What each state reads when it is entered, what the regions in it read from outside among it."""
    return {at: names.union(*(read for _, read in inner[at])) for at, names in own.items()}


def _without_exports(region: Region) -> Region:
    return region if region.exports is None else replace(region, exports=())


def _exporting(state: State) -> tuple[Region, ...]:
    """The regions of a state as they are in the whole machine, each with the exports that its edges read."""
    if not isinstance(state, Fork):
        return regions_of(state)
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
    return tuple(
        region
        if region.exports is None
        else replace(region, exports=tuple(v for v in region.exports if (at, v) in used))
        for at, region in enumerate(state.regions)
    )


def _with_regions(state: State, regions: tuple[Region, ...]) -> State:
    match state:
        case Fork():
            return replace(state, regions=regions)
        case Each():
            return replace(state, region=regions[0])
        case _:
            return state


def live_after(region: Region) -> Callable[[Edge], Names]:
    """Tells which variables are read once an edge of the region has been taken."""
    states = dict(region.states)
    ends = frozenset(region.exports or ())
    own = _own_reads(states)
    reads_within = {at: names.union(*map(free_reads, regions_of(states[at]))) for at, names in own.items()}
    live = _liveness(states, reads_within, ends)
    return lambda edge: _after(edge, live, ends)


def _own_reads(states: dict[int, State]) -> dict[int, Names]:
    """For each state, the variables that it reads when it is entered, outside of the regions in it."""
    return {at: frozenset().union(*map(reads, expressions_of(state))) for at, state in states.items()}


def _liveness(states: dict[int, State], own: dict[int, Names], ends: Names) -> dict[int, Names]:
    """For each state, the variables read when it is entered or later; `own` are those it reads itself."""
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
    """What is read before the edge has set its variables."""
    return _backwards(edge, after)[1] if edge.sets else after


def _trim(edge: Edge, after: Names) -> Edge:
    """The edge without what nobody reads."""
    kept = _backwards(edge, after)[0] if edge.sets else ()
    return edge if len(kept) == len(edge.sets) else Edge(edge.target, kept, edge.output)


def _backwards(edge: Edge, after: Names) -> tuple[tuple[tuple[Variable, Expr], ...], Names]:
    """What an edge must set where `after` is read once it has, and what is read before that."""
    kept: list[tuple[Variable, Expr]] = []
    live = set(after)
    for variable, value in reversed(edge.sets):
        if variable in live or can_fail(value):
            live.discard(variable)
            live |= reads(value)
            kept.append((variable, value))
    return tuple(reversed(kept)), frozenset(live)
