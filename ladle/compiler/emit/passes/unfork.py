"""Takes out of a Parallel what needs none: branches that make no call, and a Parallel of one branch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ladle.compiler.emit.machine import BranchValue, Each, Edge, Fork, Region, State
from ladle.compiler.emit.walk import map_edges
from ladle.compiler.language import form
from ladle.compiler.language.form import Expr, Variable
from ladle.compiler.plan.expressions import can_fail, rebuild, substitute

__all__ = ["unfork"]


def unfork(region: Region) -> Region:
    """The region with Parallels of at least two branches that have states, but for those that are retried."""
    states: dict[int, State] = {}
    entries: dict[int, Edge] = {}
    for at, state in region.states.items():
        match state:
            case Fork(retries=()):
                state = replace(state, regions=tuple(map(unfork, state.regions)))
                slim = _without_pure(state)
                if len(slim.regions) > 1 or slim.catches:
                    states[at] = slim
                else:
                    entries[at] = _spliced(slim, states)
            case Fork():
                states[at] = replace(state, regions=tuple(map(unfork, state.regions)))
            case Each():
                states[at] = replace(state, region=unfork(state.region))
            case _:
                states[at] = state

    def past(edge: Edge) -> Edge:
        while edge.target in entries:
            entry = entries[edge.target]
            edge = Edge(entry.target, edge.sets + entry.sets, entry.output)
        return edge

    states = {at: map_edges(state, past) for at, state in states.items()}
    return Region(past(region.start), states, region.exports)


def _without_pure(state: Fork) -> Fork:
    """The Parallel without branches that have no states; what they gave is worked out on the way on."""
    kept = [at for at, inner in enumerate(state.regions) if inner.start.target is not None]
    if len(kept) == len(state.regions):
        return state
    known: dict[int, dict[Variable, Expr]] = {}
    for at, inner in enumerate(state.regions):
        values: dict[Variable, Expr] = {}
        for variable, one in inner.start.sets:
            values[variable] = substitute(one, values)
        known[at] = values

    used: set[tuple[int, Variable]] = set()

    def instead(given: BranchValue) -> Expr:
        used.add((given.branch, given.variable))
        if given.branch in kept:
            return replace(given, branch=kept.index(given.branch))
        read = form.Read(given.shape, given.span, given.variable)
        return substitute(read, known[given.branch])

    slim = replace(state, regions=tuple(state.regions[at] for at in kept))
    onward = _taking(state.next, instead)
    # What may fail is worked out although nobody reads it.
    failing = tuple(
        (variable, value)
        for at, values in known.items()
        if at not in kept
        for variable, value in values.items()
        if can_fail(value) and (at, variable) not in used
    )
    return replace(slim, next=Edge(onward.target, failing + onward.sets, onward.output))


def _spliced(state: Fork, states: dict[int, State]) -> Edge:
    """The edge into the one branch, whose states join those of the region around it."""
    if not state.regions:
        return state.next
    (inner,) = state.regions
    onward = _taking(state.next, lambda given: form.Read(given.shape, given.span, given.variable))

    def end(edge: Edge) -> Edge:
        if edge.target is not None:
            return edge
        return Edge(onward.target, edge.sets + onward.sets, onward.output)

    states.update({at: map_edges(one, end) for at, one in inner.states.items()})
    return end(inner.start)


def _taking(edge: Edge, change: Callable[[BranchValue], Expr]) -> Edge:
    def value(expr: Expr) -> Expr:
        return change(expr) if isinstance(expr, BranchValue) else rebuild(expr, value)

    sets = tuple((variable, value(one)) for variable, one in edge.sets)
    return Edge(edge.target, sets, None if edge.output is None else value(edge.output))
