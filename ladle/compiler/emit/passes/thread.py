"""Leads past a Choice whose way is known on some of the ways into it.

`failure = "late"` in a handler and `if failure == "late"` after it are one Choice for everybody who comes
there; who comes from the handler knows the answer. So does who enters `while polls < 20` with `polls = 0`.
"""

from __future__ import annotations

from dataclasses import replace

from ladle.compiler.emit.machine import Catch, Choose, Each, Edge, Fork, Region, Rule, State, Work
from ladle.compiler.emit.passes.fold import folded
from ladle.compiler.emit.walk import map_edges
from ladle.compiler.language import form
from ladle.compiler.language.form import Expr, Variable
from ladle.compiler.plan.expressions import can_fail, is_volatile, substitute

__all__ = ["thread"]


def thread(region: Region) -> Region:
    """The region with each edge led past the Choices that it decides."""
    states: dict[int, State] = {}
    for at, state in region.states.items():
        match state:
            case Fork():
                state = replace(state, regions=tuple(map(thread, state.regions)))
            case Each():
                state = replace(state, region=thread(state.region))
            case _:
                pass
        states[at] = _threaded(state, region)
    return replace(region, start=_past(region.start, region, failing=True), states=states)


def _threaded(state: State, region: Region) -> State:
    if not isinstance(state, Work | Fork | Each):
        return map_edges(state, lambda edge: _past(edge, region, failing=True))
    # What fails on the way out of these may be caught or retried by them.
    catches = tuple(Catch(one.errors, _past(one.edge, region, failing=False)) for one in state.catches)
    return replace(state, next=_past(state.next, region, failing=False), catches=catches)


def _past(edge: Edge, region: Region, *, failing: bool) -> Edge:
    """The edge led past the Choices that it decides; with `failing` it may take on what can fail."""
    seen: set[int] = set()
    while edge.target is not None and edge.target not in seen:
        seen.add(edge.target)
        state = region.states[edge.target]
        if not isinstance(state, Choose) or any(is_volatile(value) for _, value in edge.sets):
            break
        way = _decided(state, edge)
        if way is None or not (failing or _is_safe(way)):
            break
        edge = way.after(*edge.sets)
    return edge


def _decided(state: Choose, edge: Edge) -> Edge | None:
    """The way that a Choice takes for who comes along the edge; None where that is not known."""
    values: dict[Variable, Expr] = {}
    for variable, value in edge.sets:
        values[variable] = substitute(value, values)
    rule: Rule
    for rule in state.rules:
        test = folded(substitute(rule.test, values))
        if not isinstance(test, form.Const):
            return None
        if test.value:
            return rule.edge
    return state.default


def _is_safe(edge: Edge) -> bool:
    return not any(can_fail(value) for _, value in edge.sets) and not can_fail(edge.output)
