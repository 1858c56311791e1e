"""Walking machines: the edges and expressions of a state, and states with them replaced."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from ladle.compiler.emit.machine import (
    Catch,
    Choose,
    Done,
    Each,
    Edge,
    Fork,
    Pass,
    Pause,
    Raw,
    Region,
    Rule,
    State,
    Stop,
    Work,
)
from ladle.compiler.language import form
from ladle.compiler.language.form import Expr, Variable
from ladle.compiler.plan.expressions import reads, substitute

__all__ = [
    "edges_of",
    "expressions_of",
    "free_reads",
    "incoming",
    "is_cheap",
    "map_edges",
    "map_expressions",
    "map_template",
    "reachable",
    "regions_of",
    "rename",
    "template_leaves",
]


def template_leaves(template: Any) -> list[Expr]:
    """The expressions in a JSON template, in its order."""
    found: list[Expr] = []
    _add_leaves(template, found)
    return found


def _add_leaves(template: Any, found: list[Expr]) -> None:
    if isinstance(template, Expr):
        found.append(template)
    elif isinstance(template, dict):
        for value in template.values():
            _add_leaves(value, found)
    elif isinstance(template, list | tuple):
        for value in template:
            _add_leaves(value, found)


def map_template(template: Any, change: Callable[[Expr], Expr]) -> Any:
    """A JSON template with its expressions replaced."""
    if isinstance(template, Expr):
        return change(template)
    if isinstance(template, dict):
        return {key: map_template(value, change) for key, value in template.items()}
    if isinstance(template, list | tuple):
        return [map_template(value, change) for value in template]
    return template


def edges_of(state: State) -> Iterator[Edge]:
    """The ways out of a state; the first is the one it takes when all goes well."""
    match state:
        case Choose():
            yield from (rule.edge for rule in state.rules)
            yield state.default
        case Work() | Fork() | Each():
            yield state.next
            yield from (catch.edge for catch in state.catches)
        case Pause() | Pass():
            yield state.next
        case _:
            return


def map_edges(state: State, change: Callable[[Edge], Edge]) -> State:
    """The state with each way out replaced."""
    match state:
        case Choose():
            rules = tuple(Rule(rule.test, change(rule.edge)) for rule in state.rules)
            return replace(state, rules=rules, default=change(state.default))
        case Work() | Fork() | Each():
            way = change(state.next)
            if way is state.next and not state.catches:
                return state  # the usual case, worth its line in machines of thousands of states
            catches = tuple(Catch(catch.errors, change(catch.edge)) for catch in state.catches)
            return replace(state, next=way, catches=catches)
        case Pause() | Pass():
            return replace(state, next=change(state.next))
        case _:
            return state


def regions_of(state: State) -> tuple[Region, ...]:
    """The regions inside a state."""
    match state:
        case Fork(regions=regions):
            return regions
        case Each(region=region):
            return (region,)
        case _:
            return ()


def expressions_of(state: State) -> tuple[Expr, ...]:
    """What a state evaluates when it is entered, in that order; what its edges assign is left out."""
    found: tuple[Expr | None, ...]
    match state:
        case Work():
            found = tuple(template_leaves(state.arguments))
        case Each():
            extra = template_leaves(state.extra)
            found = (state.items, state.concurrency, *(value for _, value in state.selector), *extra)
        case Choose():
            found = tuple(rule.test for rule in state.rules)
        case Pause():
            found = (state.seconds, state.instant)
        case Stop():
            found = (state.error, state.cause)
        case Done():
            found = (state.output,)
        case _:
            found = ()
    return tuple(expr for expr in found if expr is not None)


def map_expressions(state: State, change: Callable[[Expr], Expr]) -> State:
    """The state with what it evaluates when entered replaced."""

    def maybe(expr: Expr | None) -> Expr | None:
        return None if expr is None else change(expr)

    match state:
        case Work():
            return replace(state, arguments=map_template(state.arguments, change))
        case Each():
            selector = tuple((variable, change(value)) for variable, value in state.selector)
            return replace(
                state,
                items=maybe(state.items),
                concurrency=maybe(state.concurrency),
                selector=selector,
                extra=map_template(state.extra, change),
            )
        case Choose():
            return replace(state, rules=tuple(Rule(change(rule.test), rule.edge) for rule in state.rules))
        case Pause():
            return replace(state, seconds=maybe(state.seconds), instant=maybe(state.instant))
        case Stop():
            return replace(state, error=change(state.error), cause=maybe(state.cause))
        case Done():
            return replace(state, output=maybe(state.output))
        case _:
            return state


def edge_reads(edge: Edge) -> frozenset[Variable]:
    """The variables read on an edge, before it sets them."""
    found: set[Variable] = set()
    done: set[Variable] = set()
    for variable, value in edge.sets:
        found |= reads(value) - done
        done.add(variable)
    return frozenset(found | (reads(edge.output) - done))


def free_reads(region: Region) -> frozenset[Variable]:
    """The variables of outer regions that a region reads."""
    found: set[Variable] = set(edge_reads(region.start))
    own: set[Variable] = {variable for variable, _ in region.start.sets}
    for state in region.states.values():
        found |= {variable for expr in expressions_of(state) for variable in reads(expr)}
        for inner in regions_of(state):
            found |= free_reads(inner)
        for edge in edges_of(state):
            found |= edge_reads(edge)
            own |= {variable for variable, _ in edge.sets}
    if isinstance(region.exports, tuple):
        found |= set(region.exports)
    return frozenset(found - own)


def rename(region: Region, names: dict[Variable, Expr]) -> Region:
    """The region with variables replaced wherever they are read or set; what is set must stay a variable."""
    if not names:
        return region

    def target(variable: Variable) -> Variable:
        found = names.get(variable)
        return variable if found is None else next(iter(reads(found)))

    def value(expr: Expr) -> Expr:
        return substitute(expr, names)

    def edge(old: Edge) -> Edge:
        sets = tuple((target(variable), value(expr)) for variable, expr in old.sets)
        return Edge(old.target, sets, None if old.output is None else value(old.output))

    def state(old: State) -> State:
        new = map_edges(map_expressions(old, value), edge)
        match new:
            case Fork():
                return replace(new, regions=tuple(rename(inner, names) for inner in new.regions))
            case Each():
                return replace(new, region=rename(new.region, names))
            case _:
                return new

    exports = None if region.exports is None else tuple(map(target, region.exports))
    return Region(edge(region.start), {at: state(old) for at, old in region.states.items()}, exports)


def incoming(region: Region) -> dict[int, int]:
    """How many edges lead to each state."""
    count: dict[int, int] = dict.fromkeys(region.states, 0)
    edges = [region.start, *(edge for state in region.states.values() for edge in edges_of(state))]
    for edge in edges:
        if edge.target is not None:
            count[edge.target] += 1
    return count


def reachable(region: Region) -> list[int]:
    """The states that the start leads to, in the order in which a reader meets them."""
    order: list[int] = []
    seen: set[int] = set()
    stack = [region.start.target]
    while stack:
        at = stack.pop()
        if at is None or at in seen:
            continue
        seen.add(at)
        order.append(at)
        stack.extend(edge.target for edge in reversed(tuple(edges_of(region.states[at]))))
    return order


def is_cheap(expr: Expr) -> bool:
    """Whether an expression may be written several times: a plain path or a constant."""
    match expr:
        case form.Read() | form.Context():
            return True
        case form.Const(value=value):
            return not isinstance(value, list | dict) or not value
        case form.FieldOf(base=base):
            return is_cheap(base)
        case Raw(operands=operands, fails=False):
            return all(map(is_cheap, operands))
        case _:
            return False
