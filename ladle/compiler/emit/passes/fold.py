"""Works out what is known when compiling: operations on constants, conditions that are always or never met.

Operations are evaluated by their own reference in the table of operations; one that fails is left to the run.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Final

from ladle.compiler.emit.machine import Choose, Each, Edge, Fork, Region, State
from ladle.compiler.emit.walk import map_edges, map_expressions
from ladle.compiler.language import form
from ladle.compiler.language.form import Expr
from ladle.compiler.language.operations import OPERATIONS
from ladle.compiler.plan.expressions import can_fail, rebuild

__all__ = ["fold", "folded"]


def fold(region: Region) -> Region:
    """The region with constant expressions as constants, and no Choice whose way is known."""
    start = _edge(region.start)
    states = {at: _state(state) for at, state in region.states.items()}
    region = Region(start, states, region.exports)
    return _threaded(region)


def folded(expr: Expr) -> Expr:
    """An expression with its constant parts worked out."""
    expr = rebuild(expr, folded)
    if isinstance(expr, form.Cond) and isinstance(expr.test, form.Const):
        return expr.then if expr.test.value else expr.otherwise
    if type(expr) is form.Op and expr.name in _LAZY:
        return _joined(expr, _LAZY[expr.name])
    if (
        type(expr) is not form.Op
        or OPERATIONS[expr.name].volatile
        or not all(isinstance(part, form.Const) for part in expr.operands)
    ):
        return expr
    operands = [part.value for part in expr.operands if isinstance(part, form.Const)]
    try:
        value = OPERATIONS[expr.name].python(*operands)
        json.dumps(value, allow_nan=False)
    except Exception:  # noqa: BLE001 - whatever fails here is for the run to tell
        return expr
    return form.Const(expr.shape, expr.span, value)


_LAZY: Final = {"bool.and": False, "bool.or": True}
"""What decides `and` and `or` as soon as it is met."""


def _joined(expr: form.Op, decisive: bool) -> Expr:
    """`and` or `or` without the tests that are known; what may fail before one that decides is still made."""
    left: list[Expr] = []
    for test in expr.operands:
        if not isinstance(test, form.Const):
            left.append(test)
        elif test.value is decisive:
            left.append(test)
            break
    if not left:
        return form.Const(expr.shape, expr.span, not decisive)
    *before, last = left
    if len(left) == 1 or (isinstance(last, form.Const) and not any(map(can_fail, before))):
        return last
    return replace(expr, operands=tuple(left))


def _edge(edge: Edge) -> Edge:
    sets = tuple((variable, folded(value)) for variable, value in edge.sets)
    return Edge(edge.target, sets, None if edge.output is None else folded(edge.output))


def _state(state: State) -> State:
    state = map_edges(map_expressions(state, folded), _edge)
    match state:
        case Fork():
            return replace(state, regions=tuple(map(fold, state.regions)))
        case Each():
            return replace(state, region=fold(state.region))
        case Choose():
            return _decided(state)
        case _:
            return state


def _decided(state: Choose) -> Choose:
    """The Choice without rules that never hold, and without what follows one that always does."""
    rules = []
    for rule in state.rules:
        if not isinstance(rule.test, form.Const):
            rules.append(rule)
        elif rule.test.value:
            return replace(state, rules=tuple(rules), default=rule.edge)
    return replace(state, rules=tuple(rules))


def _threaded(region: Region) -> Region:
    """The region with edges led past each Choice that has no rules left."""

    def past(edge: Edge) -> Edge:
        seen = set()
        while edge.target is not None and edge.target not in seen:
            seen.add(edge.target)
            state = region.states[edge.target]
            if not isinstance(state, Choose) or state.rules:
                break
            edge = Edge(state.default.target, edge.sets + state.default.sets, state.default.output)
        return edge

    states = {
        at: map_edges(state, past)
        for at, state in region.states.items()
        if not isinstance(state, Choose) or state.rules
    }
    return replace(region, start=past(region.start), states=states)
