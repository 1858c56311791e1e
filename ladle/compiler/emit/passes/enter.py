"""Gets rid of what a region assigns before its first state, since nothing can assign there.

The first state evaluates the values itself wherever it reads the variables, and assigns them on its ways
out for what follows. Only where that would change when something fails, or what is evaluated, a Pass stands
before it.
"""

from __future__ import annotations

from dataclasses import replace
from operator import is_

from ladle.compiler.emit.machine import (
    NOWHERE,
    Choose,
    Each,
    Edge,
    Fork,
    Pass,
    Raw,
    Region,
    State,
    Work,
)
from ladle.compiler.emit.passes.prune import prune
from ladle.compiler.emit.walk import (
    expressions_of,
    free_reads,
    incoming,
    is_cheap,
    map_edges,
    map_expressions,
    regions_of,
    rename,
)
from ladle.compiler.language import form
from ladle.compiler.language.form import Expr, Variable
from ladle.compiler.plan.expressions import can_fail, children, is_volatile, substitute, surely_evaluated

__all__ = ["enter"]


def enter(region: Region) -> Region:
    """The region with no assignments before its first state."""
    entered = _entered(region)
    return region if entered is region else prune(entered)


def _entered(region: Region) -> Region:
    """The region, entered, and all within it; itself, where nothing was assigned before a first state."""
    entered = _enter(region)
    states = {at: _inner(state) for at, state in entered.states.items()}
    if all(map(is_, states.values(), entered.states.values())):
        return entered
    return replace(entered, states=states)


def _inner(state: State) -> State:
    inner = regions_of(state)
    entered = tuple(map(_entered, inner))
    if all(map(is_, entered, inner)):
        return state
    match state:
        case Fork():
            return replace(state, regions=entered)
        case Each():
            return replace(state, region=entered[0])
        case _:
            return state


def _enter(region: Region) -> Region:
    start = region.start
    if not start.sets or start.target is None:
        return region
    first = region.states[start.target]
    values: dict[Variable, Expr] = {}
    for variable, value in start.sets:
        values[variable] = substitute(value, values)
    if incoming(region)[start.target] > 1 or not all(
        _movable(variable, value, first) and not _hidden(variable, value, first)
        for variable, value in values.items()
    ):
        return _with_pass(region)
    entered = _read_within(map_expressions(first, lambda expr: substitute(expr, values)), values)
    sets = tuple(values.items())
    entered = map_edges(entered, lambda edge: edge.after(*sets))
    states = {at: entered if at == start.target else state for at, state in region.states.items()}
    return Region(Edge(start.target), states, region.exports)


def _with_pass(region: Region) -> Region:
    number = min(0, *region.states) - 1
    first = Pass("", NOWHERE, region.start)
    return Region(Edge(number), {number: first, **region.states}, region.exports)


def _movable(variable: Variable, value: Expr, first: State) -> bool:
    """Whether `first` may evaluate `value` itself, and again on its ways out."""
    if is_volatile(value):
        return False
    if not can_fail(value):
        return True
    if isinstance(first, Work | Each | Fork) and any("States.ALL" in catch.errors for catch in first.catches):
        return False
    own = expressions_of(first)[:1] if isinstance(first, Choose) else expressions_of(first)
    return any(
        isinstance(part, form.Read) and part.variable == variable
        for expr in own
        for part in surely_evaluated(expr)
    )


def _hidden(variable: Variable, value: Expr, first: State) -> bool:
    """Whether `first` is a Map that passes on what is told of this iteration: its ItemSelector would tell of
    its own items instead."""
    return isinstance(first, Each) and _validity(value) == "map" and variable in free_reads(first.region)


def _validity(expr: Expr) -> str:
    """How far an expression may be moved: within its "state", its "map" iteration, or the "run"."""
    found = [_validity(part) for part in children(expr)]
    if isinstance(expr, Raw):
        found.append(expr.valid)
    if isinstance(expr, form.Context) and expr.path.startswith("Map."):
        found.append("map")
    return next((valid for valid in ("state", "map") if valid in found), "run")


def _read_within(state: State, values: dict[Variable, Expr]) -> State:
    """The state with the variables that its inner regions read given to them."""
    if not regions_of(state):
        return state
    read = frozenset[Variable]().union(*(free_reads(region) for region in regions_of(state)))
    needed = {variable: value for variable, value in values.items() if variable in read}
    plain = {v: value for v, value in needed.items() if _validity(value) == "run" and is_cheap(value)}
    match state:
        case Fork():
            plain |= {
                v: value for v, value in needed.items() if _validity(value) == "map" and is_cheap(value)
            }
            rest = {v: value for v, value in needed.items() if v not in plain}
            regions = tuple(_given(_substituted(region, plain), rest) for region in state.regions)
            return replace(state, regions=regions)
        case Each():
            rest = {v: value for v, value in needed.items() if v not in plain}
            return _selecting(replace(state, region=_substituted(state.region, plain)), rest)
        case _:
            return state


def _substituted(region: Region, values: dict[Variable, Expr]) -> Region:
    """The region with reads of outer variables replaced (it sets none of them)."""
    return rename(region, values) if values else region


def _given(region: Region, values: dict[Variable, Expr]) -> Region:
    """A branch that sets the values it reads itself, first thing: its input is that of the Parallel."""
    here = free_reads(region)
    given = []
    names: dict[Variable, Expr] = {}
    for variable, value in values.items():
        if variable in here:
            own = _fresh(variable)
            names[variable] = form.Read(variable.shape, NOWHERE, own)
            given.append((own, value))
    renamed = rename(region, names)
    return replace(renamed, start=renamed.start.after(*given))


def _fresh(variable: Variable) -> Variable:
    return Variable(variable.name, variable.index + 10_000_000, variable.shape, variable.made)


def _selecting(state: Each, values: dict[Variable, Expr]) -> Each:
    """A Map whose items carry `values` along: the iteration's input is then an object."""
    if not values:
        return state
    names: dict[Variable, Expr] = {}
    given = []
    selector: dict[str, Expr] = {state.item.name: Raw.of("$states.context.Map.Item.Value")}
    for variable, value in values.items():
        name = variable.name
        while name in selector:
            name += "_"
        selector[name] = value
        own = _fresh(variable)
        names[variable] = form.Read(variable.shape, NOWHERE, own)
        given.append((own, Raw.of(f"$states.input.{name}", valid="state")))
    renamed = rename(state.region, names)
    item = Raw.of(f"$states.input.{state.item.name}", valid="state")
    sets = tuple(
        (variable, item if isinstance(value, Raw) and value.name == "$states.input" else value)
        for variable, value in renamed.start.sets
    )
    region = replace(renamed, start=Edge(renamed.start.target, (*given, *sets), renamed.start.output))
    return replace(state, region=region, selector=tuple(selector.items()))
