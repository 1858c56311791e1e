"""Keeps a reading of the clock one value: what uses it is worked out by a later state.

Assignments on one way see the values from before it, so that an expression in terms of `now()` would read the
clock a second time. A Pass between them settles it.

What chance gives is assigned by a Pass alone, too: a replay takes what a Pass assigned from the recorded run,
while the other states run again, and would draw anew.
"""

from __future__ import annotations

from dataclasses import replace

from ladle.compiler.emit.machine import NOWHERE, Each, Edge, Fork, Pass, Region, State
from ladle.compiler.emit.walk import map_edges
from ladle.compiler.language.form import Variable
from ladle.compiler.plan.expressions import draws, is_volatile, reads

__all__ = ["settle"]


def settle(region: Region) -> Region:
    """The region with a state between each reading of the clock and its use, and before each draw."""
    made: dict[int, State] = {}
    free = max(region.states, default=0)

    def split(edge: Edge) -> Edge:
        for at, (variable, value) in enumerate(edge.sets):
            if is_volatile(value) and _read_after(edge, at, variable):
                number = free + len(made) + 1
                made[number] = Pass("", NOWHERE, edge)  # takes the number while the rest is split
                made[number] = Pass("", NOWHERE, split(Edge(edge.target, edge.sets[at + 1 :], edge.output)))
                return Edge(number, edge.sets[: at + 1])
        return edge

    def apart(edge: Edge) -> Edge:
        for at, (_, value) in enumerate(edge.sets):
            if draws(value):
                number = free + len(made) + 1
                made[number] = Pass("", NOWHERE, edge)
                made[number] = Pass("", NOWHERE, split(Edge(edge.target, edge.sets[at:], edge.output)))
                return split(Edge(number, edge.sets[:at]))
        return split(edge)

    states = {
        at: map_edges(_inner(state), split if isinstance(state, Pass) else apart)
        for at, state in region.states.items()
    }
    start = split(region.start)
    return Region(start, {**states, **made}, region.exports)


def _read_after(edge: Edge, at: int, variable: Variable) -> bool:
    """Whether what an edge works out after its assignment number `at` reads the variable."""
    return variable in reads(edge.output) or any(variable in reads(one) for _, one in edge.sets[at + 1 :])


def _inner(state: State) -> State:
    match state:
        case Fork():
            return replace(state, regions=tuple(map(settle, state.regions)))
        case Each():
            return replace(state, region=settle(state.region))
        case _:
            return state
