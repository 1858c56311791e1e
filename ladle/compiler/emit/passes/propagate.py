"""Replaces variables that are only another name: of a constant, or of a variable that is set once.

Arguments of helpers come to stand in their bodies this way. A variable that is set in one place is the same
wherever it is read; in a loop that place may be passed again, so a name of another variable is followed
outside of loops only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from ladle.asl.ways import components
from ladle.compiler.emit.machine import Each, Edge, Fork, Region, State
from ladle.compiler.emit.walk import edges_of, expressions_of, map_edges, regions_of, rename
from ladle.compiler.language import form
from ladle.compiler.language.form import Expr, Variable
from ladle.compiler.plan.expressions import children, substitute

__all__ = ["propagate"]


def propagate(region: Region) -> Region:
    """The region with other names of constants and variables replaced."""
    sets = list(_sets(region, within=False))
    count = Counter(variable for variable, _, _ in sets)
    errors = frozenset(_errors(region))
    values: dict[Variable, Expr] = {}
    for variable, value, looping in sets:
        if count[variable] != 1 or variable in errors:
            continue
        value = substitute(value, values)
        if isinstance(value, form.Const) or (
            isinstance(value, form.Read) and count[value.variable] == 1 and not looping
        ):
            values[variable] = value
    while True:  # a name of a name
        further = {variable: substitute(value, values) for variable, value in values.items()}
        if further == values:
            break
        values = further
    return _without(region, values)


def _sets(region: Region, *, within: bool) -> Iterator[tuple[Variable, Expr, bool]]:
    """Every assignment, and whether it can be made more than once in a run."""
    for variable, value in region.start.sets:
        yield variable, value, within
    loops = _on_loops(region)
    for at, state in region.states.items():
        looping = within or at in loops
        for edge in edges_of(state):
            for variable, value in edge.sets:
                yield variable, value, looping
        for inner in regions_of(state):
            yield from _sets(inner, within=looping)


def _on_loops(region: Region) -> set[int]:
    """The states that can be reached again from themselves."""
    ways = {
        at: [edge.target for edge in edges_of(state) if edge.target is not None]
        for at, state in region.states.items()
    }
    return {at for group in components(ways) for at in group if len(group) > 1 or at in ways[at]}


def _errors(region: Region) -> Iterator[Variable]:
    """Variables that are read as caught errors, or given back by branches: these must stay variables."""

    def within(expr: Expr) -> Iterator[Variable]:
        if isinstance(expr, form.ErrorText | form.ErrorName):
            yield expr.error
        for part in children(expr):
            yield from within(part)

    yield from region.exports or ()
    for edge in _edges(region):
        for _, value in edge.sets:
            yield from within(value)
        if edge.output is not None:
            yield from within(edge.output)
    for state in region.states.values():
        for expr in expressions_of(state):
            yield from within(expr)
        for inner in regions_of(state):
            yield from _errors(inner)


def _edges(region: Region) -> Iterator[Edge]:
    yield region.start
    for state in region.states.values():
        yield from edges_of(state)


def _without(region: Region, values: dict[Variable, Expr]) -> Region:
    """The region with the assignments of `values` left out and their variables replaced."""
    return rename(_dropped(region, values), values) if values else region


def _dropped(region: Region, values: dict[Variable, Expr]) -> Region:
    def drop(edge: Edge) -> Edge:
        return Edge(edge.target, tuple(one for one in edge.sets if one[0] not in values), edge.output)

    def inner(state: State) -> State:
        state = map_edges(state, drop)
        match state:
            case Fork():
                return replace(state, regions=tuple(_dropped(one, values) for one in state.regions))
            case Each():
                return replace(state, region=_dropped(state.region, values))
            case _:
                return state

    return Region(
        drop(region.start), {at: inner(state) for at, state in region.states.items()}, region.exports
    )
