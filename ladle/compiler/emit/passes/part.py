"""Parts a value that may fail from the one that takes its place.

`found = [int(text)]` fails in Python although `found` is assigned again before anybody reads it. Where both
assignments meet on one way, the first gets a variable of its own, so that no pass takes it for replaced.
"""

from __future__ import annotations

from dataclasses import replace

from ladle.compiler.emit.machine import Each, Edge, Fork, Region, State
from ladle.compiler.emit.walk import map_edges
from ladle.compiler.language import form
from ladle.compiler.language.form import Expr, Variable
from ladle.compiler.plan.expressions import can_fail, substitute

__all__ = ["part"]

APART = 1_000_000_000_000
"""What tells the variable of a replaced value from that of the value in its place."""


def part(region: Region) -> Region:
    """The region, in which no way assigns a variable twice if the first value can fail."""
    states = {at: map_edges(_inner(state), _parted) for at, state in region.states.items()}
    return replace(region, start=_parted(region.start), states=states)


def _inner(state: State) -> State:
    match state:
        case Fork():
            return replace(state, regions=tuple(map(part, state.regions)))
        case Each():
            return replace(state, region=part(state.region))
        case _:
            return state


def _parted(edge: Edge) -> Edge:
    variables = [variable for variable, _ in edge.sets]
    if len(set(variables)) == len(variables):
        return edge
    sets: list[tuple[Variable, Expr]] = []
    instead: dict[Variable, Expr] = {}
    for at, (variable, value) in enumerate(edge.sets):
        value = substitute(value, instead)
        instead.pop(variable, None)
        if variable in variables[at + 1 :] and can_fail(value):
            index = variable.index + APART * (at + 1)
            apart = Variable(variable.name, index, variable.shape, variable.made)
            sets.append((apart, value))
            instead[variable] = form.Read(variable.shape, value.span, apart)
        else:
            sets.append((variable, value))
    return replace(edge, sets=tuple(sets))
