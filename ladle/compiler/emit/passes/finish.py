"""Makes the ends of regions real: the values of branches as outputs, a Succeed where a Choice or a Catch
ends."""

from __future__ import annotations

from dataclasses import replace

from ladle.compiler.emit.machine import (
    NOWHERE,
    BranchValue,
    Catch,
    Choose,
    Done,
    Each,
    Edge,
    Fork,
    Pass,
    Raw,
    Region,
    Rule,
    State,
    Work,
)
from ladle.compiler.emit.walk import map_edges
from ladle.compiler.language import form
from ladle.compiler.language.form import Expr, Variable
from ladle.compiler.plan.expressions import can_fail, rebuild, substitute
from ladle.wire import AnyShape

__all__ = ["finish"]


def finish(region: Region) -> Region:
    """The region with no abstract ends left."""
    return _finish(region, "return")


def _finish(region: Region, label: str) -> Region:
    if region.exports is not None:
        value = _exported(region.exports)
        region = _ending(region, value)
    states = {at: _inner(state) for at, state in region.states.items()}
    start = region.start
    done = _Done(states, label)
    for at, state in list(states.items()):
        match state:
            case Choose():
                rules = tuple(Rule(rule.test, done.instead(rule.edge, fold=True)) for rule in state.rules)
                states[at] = replace(state, rules=rules, default=done.instead(state.default, fold=True))
            case Work() | Fork() | Each():
                catches = tuple(
                    Catch(one.errors, done.instead(one.edge, fold=False)) for one in state.catches
                )
                states[at] = replace(state, catches=catches)
            case _:
                pass
    if start.target is None:
        number = max(states, default=0) + 1
        states[number] = Pass(label, NOWHERE, start)
        start = Edge(number)
    return Region(start, states)


class _Done:
    """The Succeed states of a region, one for each value."""

    def __init__(self, states: dict[int, State], label: str) -> None:
        self.states = states
        self.label = label
        self.made: list[tuple[Expr | None, int]] = []

    def instead(self, edge: Edge, *, fold: bool) -> Edge:
        """An edge that ends the region, led to a Succeed with its value.

        With `fold` the Succeed evaluates what the edge would set, unless that may fail: the output may not
        read it, or only in an arm that is not taken.
        """
        if edge.target is not None:
            return edge
        sets, output = edge.sets, edge.output
        if fold and output is not None and not any(can_fail(value) for _, value in sets):
            for variable, value in reversed(sets):
                output = substitute(output, {variable: value})
            sets = ()
        for known, number in self.made:
            if known == output:
                return Edge(number, sets)
        number = max(self.states, default=0) + 1
        self.states[number] = Done(self.label, NOWHERE, output)
        self.made.append((output, number))
        return Edge(number, sets)


def _exported(exports: tuple[Variable, ...]) -> Expr:
    reads = [form.Read(variable.shape, NOWHERE, variable) for variable in exports]
    if len(reads) == 1:
        return reads[0]
    keys = field_names(exports)
    return form.MakeObject(AnyShape(), NOWHERE, tuple(zip(keys, reads, strict=True)))


def field_names(variables: tuple[Variable, ...]) -> tuple[str, ...]:
    """The keys under which a branch gives its values."""
    names: list[str] = []
    for variable in variables:
        name = variable.name
        while name in names:
            name += "_"
        names.append(name)
    return tuple(names)


def _ending(region: Region, value: Expr) -> Region:
    def end(edge: Edge) -> Edge:
        return replace(edge, output=value) if edge.target is None else edge

    states = {at: map_edges(state, end) for at, state in region.states.items()}
    return replace(region, start=end(region.start), states=states)


def _inner(state: State) -> State:
    match state:
        case Each():
            return replace(state, region=_finish(state.region, "done"))
        case Fork():
            exports = tuple(region.exports or () for region in state.regions)
            finished = replace(state, regions=tuple(_finish(region, "done") for region in state.regions))
            return map_edges(finished, lambda edge: _taking(edge, exports))
        case _:
            return state


def _taking(edge: Edge, exports: tuple[tuple[Variable, ...], ...]) -> Edge:
    def value(expr: Expr) -> Expr:
        if not isinstance(expr, BranchValue):
            return rebuild(expr, value)
        names = exports[expr.branch]
        text = f"$states.result[{expr.branch}]"
        if len(names) > 1:
            text += f".{field_names(names)[names.index(expr.variable)]}"
        return Raw(expr.shape, expr.span, text, (), valid="state")

    sets = tuple((variable, value(expr)) for variable, expr in edge.sets)
    return Edge(edge.target, sets, None if edge.output is None else value(edge.output))
