"""Decides which error a caught error can be, where only some can have reached the variable that holds it.

A `raise` in a handler goes to the first handler further out that takes the error. Where each way into the
handler is a Catch for certain names, that is known when compiling, and needs no Choice.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ladle.compiler.emit.machine import BranchValue, Each, Edge, ErrorIn, Fork, Raw, Region, State, Work
from ladle.compiler.emit.walk import edges_of, map_edges, map_expressions, regions_of
from ladle.compiler.language import form
from ladle.compiler.language.form import Expr, Variable
from ladle.compiler.plan.expressions import rebuild
from ladle.wire import BoolShape

__all__ = ["narrow"]

Names = frozenset[str]
ANY = None
"""In place of names: the error may have every name."""


def narrow(region: Region) -> Region:
    """The region with the tests that can only turn out one way as constants."""
    assigned = list(_assigned(region))
    known: dict[Variable, Names | None] = {variable: frozenset() for variable, _, _ in assigned}
    while True:  # a name of an error may stand for another, around a loop too
        grown = dict(known)
        for variable, value, caught in assigned:
            grown[variable] = _either(grown[variable], _names(value, caught, grown))
        if grown == known:
            return _narrowed(region, known)
        known = grown


def _assigned(region: Region) -> Iterator[tuple[Variable, Expr, tuple[str, ...]]]:
    """Every assignment, and where a Catch makes it, the names it is for."""
    yield from ((variable, value, ()) for variable, value in region.start.sets)
    for state in region.states.values():
        ways: list[tuple[Edge, tuple[str, ...]]] = [(edge, ()) for edge in edges_of(state)]
        if isinstance(state, Work | Fork | Each):
            ways = [(state.next, ()), *((catch.edge, catch.errors) for catch in state.catches)]
        for edge, errors in ways:
            yield from ((variable, value, errors) for variable, value in edge.sets)
        for inner in regions_of(state):
            yield from _assigned(inner)


def _either(one: Names | None, other: Names | None) -> Names | None:
    return ANY if one is ANY or other is ANY else one | other


def _names(value: Expr, caught: tuple[str, ...], known: dict[Variable, Names | None]) -> Names | None:
    """The names that the error in `value` may have; `caught` are those of the Catch that makes it."""
    match value:
        case form.Read(variable=variable) | BranchValue(variable=variable):
            return known.get(variable, ANY)
        case form.MakeObject(entries=(("Error", form.Const(value=str() as name)), *_)):
            return frozenset({name})
        case (
            Raw(name="$states.errorOutput")
            | form.MakeObject(entries=(("Error", Raw(name="$states.errorOutput.Error")), *_))
        ):
            # A name of Step Functions may stand for several.
            return ANY if any(name.startswith("States.") for name in caught) else frozenset(caught) or ANY
        case _:
            return ANY


def _narrowed(region: Region, known: dict[Variable, Names | None]) -> Region:
    def change(expr: Expr) -> Expr:
        if not isinstance(expr, ErrorIn):
            return rebuild(expr, change)
        names = _names(expr.operands[0], (), known)
        if not names or not (names <= expr.names or names.isdisjoint(expr.names)):
            return expr
        return form.Const(BoolShape(), expr.span, names <= expr.names)

    def edge(old: Edge) -> Edge:
        sets = tuple((variable, change(value)) for variable, value in old.sets)
        return Edge(old.target, sets, None if old.output is None else change(old.output))

    def state(old: State) -> State:
        new = map_edges(map_expressions(old, change), edge)
        match new:
            case Fork():
                return replace(new, regions=tuple(_narrowed(inner, known) for inner in new.regions))
            case Each():
                return replace(new, region=_narrowed(new.region, known))
            case _:
                return new

    states = {at: state(old) for at, old in region.states.items()}
    return Region(edge(region.start), states, region.exports)
