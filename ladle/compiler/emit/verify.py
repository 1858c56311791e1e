"""The laws of a machine under construction, checked. Used by tests after each pass, and by who writes one.

* Every edge leads to a state of its own region, and every state is reached.
* What is read has been set on every way there: by an edge on the way, or in a region around. What a region
  sets nobody outside sees, but what a branch exports, on the way out of its Parallel.
* No region sets a variable that one around it sets: AWS refuses that. The children of a distributed Map read
  nothing of what is around.
* A region ends as it must: with a value, or, as a branch, with all that it exports set.
* What holds in one place only is read in that place: a result on the way out of its state, a caught error on
  the way of its Catch, the input of a region at its beginning, what tells of an iteration within a Map.
* A reading of the clock is not used on the way on which it is made, where it would be made again.

Until what nobody reads is left out, a branch begins with copies of all that it may set, and exports it, set
or not; what it copies in vain counts as not set; readings of the clock may not be settled yet. Once finished,
a region has no abstract end left, and sets nothing before its first state.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from ladle.compiler.emit.machine import BranchValue, Choose, Each, Edge, Fork, Pass, Raw, Region, State, Work
from ladle.compiler.emit.walk import edges_of, expressions_of, reachable, regions_of
from ladle.compiler.language import form
from ladle.compiler.language.form import Expr, Variable
from ladle.compiler.plan.expressions import children, is_volatile, reads

__all__ = ["verify"]

_Names = frozenset[Variable]

_RESULT = re.compile(r"\$states\.result\b")
_ERROR = re.compile(r"\$states\.errorOutput\b")
_INPUT = re.compile(r"\$states\.input\b")
_ITERATION = re.compile(r"\$states\.context\.Map\b")


@dataclass(frozen=True, slots=True)
class _Around:
    """What is known where a region stands: the variables set there, those that the regions around it set
    anywhere, and whether it is within a Map."""

    known: _Names = frozenset()
    owned: _Names = frozenset()
    in_map: bool = False


@dataclass(frozen=True, slots=True)
class _Place:
    """What an expression may read where it stands, and how the place is called in a complaint."""

    name: str
    known: _Names
    result: bool = False
    error: bool = False
    input: bool = False
    in_map: bool = False
    exports: Mapping[int, frozenset[Variable]] = field(default_factory=dict)


def verify(
    region: Region, *, pruned: bool = True, reached: bool = True, finished: bool = False
) -> tuple[str, ...]:
    """What is wrong with a machine; empty for a lawful one.

    Args:
        region: The whole machine.
        pruned: Whether it must be without what nobody reads: from the first `prune` on.
        reached: Whether it must be without states that nothing leads to: after each `prune`.
        finished: Whether it must be ready to be written.
    """
    verifier = _Verifier(pruned=pruned, reached=reached, finished=finished)
    return tuple(verifier.region(region, _Around(), "the machine", None))


@dataclass(frozen=True, slots=True)
class _Verifier:
    pruned: bool
    reached: bool
    finished: bool

    def region(self, region: Region, around: _Around, name: str, within: State | None) -> Iterator[str]:
        lost = [
            f"{where}: leads to state {edge.target}, which {name} does not have"
            for where, edge in _ways(region, name)
            if edge.target is not None and edge.target not in region.states
        ]
        if lost:  # the rest could not be followed
            yield from lost
            return
        if self.reached:
            reached = reachable(region)
            yield from (
                f"{_named(state)}: nothing leads here"
                for at, state in region.states.items()
                if at not in reached
            )
        own = frozenset(variable for _, edge in _ways(region, name) for variable, _ in edge.sets)
        yield from (f"{name}: sets {variable}, as a region around it does" for variable in own & around.owned)
        yield from self.ends(region, name)
        known = _known_at(region, around.known)
        entry = _Place(f"{name}, at its start", around.known, input=within is not None, in_map=around.in_map)
        yield from self.edge(region.start, entry, region.exports)
        given = _given_the_input(region)
        for at in known:
            state = region.states[at]
            yield from self.state(
                state, known[at], around, own, region, begins=within is not None and at in given
            )

    def state(
        self, state: State, known: _Names, around: _Around, own: _Names, region: Region, *, begins: bool
    ) -> Iterator[str]:
        name = _named(state)
        place = _Place(name, known, input=begins, in_map=around.in_map)
        selecting = isinstance(state, Each) and bool(state.selector or state.extra)
        entered = replace(place, name=f"{name}, entered", in_map=around.in_map or selecting)
        for expr in expressions_of(state):
            yield from _expression(expr, entered)
        if isinstance(state, Fork | Pass) and state.given is not None:
            yield from _expression(state.given, replace(place, name=f"{name}, given", input=True))
        if isinstance(state, Choose) and not state.rules:
            yield f"{name}: a Choice without rules"
        if isinstance(state, Fork) and not state.regions:
            yield f"{name}: a Parallel without branches"
        inner = _Around(known, around.owned | own, around.in_map or isinstance(state, Each))
        if isinstance(state, Each) and state.far:
            inner = _Around()
        for number, inside in enumerate(regions_of(state)):
            yield from self.region(inside, inner, f"{name}, region {number}", state)
        if not isinstance(state, Work | Fork | Each):
            for edge in _taken(state):
                yield from self.edge(edge, place, region.exports)
            return
        exports = {at: frozenset(one.exports or ()) for at, one in enumerate(regions_of(state))}
        leaving = replace(place, name=f"{name}, left", result=True, exports=exports)
        yield from self.edge(state.next, leaving, region.exports)
        for one in state.catches:
            caught = replace(place, name=f"{name}, caught {one.errors[0]}", error=True)
            yield from self.edge(one.edge, caught, region.exports)

    def edge(self, edge: Edge, place: _Place, exports: tuple[Variable, ...] | None) -> Iterator[str]:
        """What is wrong with what is done on an edge; `exports` are those of its region."""
        known, clocks = place.known, frozenset[Variable]()
        for variable, value in edge.sets:
            if self.pruned or not isinstance(value, form.Read):
                yield from _expression(value, replace(place, known=known))
            if self.pruned and clocks & reads(value):
                yield f"{place.name}: {variable} uses a reading of the clock on the way on which it is made"
            known = known | {variable} if reads(value) <= known else known - {variable}
            clocks = clocks | {variable} if is_volatile(value) else clocks - {variable}
        if edge.output is not None:
            yield from _expression(edge.output, replace(place, known=known))
            if self.pruned and clocks & reads(edge.output):
                yield f"{place.name}: the output uses a reading of the clock on the way on which it is made"
        if edge.target is None and self.pruned:
            yield from (f"{place.name}: ends without {one}" for one in exports or () if one not in known)

    def ends(self, region: Region, name: str) -> Iterator[str]:
        """What is wrong with where the region begins and ends."""
        for where, edge in _ways(region, name):
            if edge.target is not None and edge.output is not None:
                yield f"{where}: has a value, but does not end {name}"
            if edge.target is None and (edge.output is None) is (region.exports is None):
                yield f"{where}: ends {name} {'without' if edge.output is None else 'with'} a value"
        if not self.finished:
            return
        if region.exports is not None:
            yield f"{name}: has exports left"
        if region.start.target is None or region.start.sets:
            yield f"{name}: begins without a state, or sets something before it"
        for state in region.states.values():
            ways = tuple(edges_of(state))
            if isinstance(state, Work | Fork | Each):
                ways = ways[1:]
            elif not isinstance(state, Choose):
                continue
            if any(edge.target is None for edge in ways):
                yield f"{_named(state)}: a Choice or a Catch ends {name}, which only a state can"


def _named(state: State) -> str:
    return f"{type(state).__name__} {state.label!r} at {state.span.line}"


def _ways(region: Region, name: str) -> Iterator[tuple[str, Edge]]:
    """Every edge of a region, with where it comes from."""
    yield f"{name}, at its start", region.start
    for state in region.states.values():
        for edge in edges_of(state):
            yield _named(state), edge


def _taken(state: State) -> Iterator[Edge]:
    """The ways that can be taken out of a state: of a Choice, those that no constant test rules out."""
    if not isinstance(state, Choose):
        yield from edges_of(state)
        return
    for rule in state.rules:
        if not isinstance(rule.test, form.Const):
            yield rule.edge
        elif rule.test.value:
            yield rule.edge
            return
    yield state.default


def _known_at(region: Region, around: _Names) -> dict[int, _Names]:
    """For each state that can be reached, what has been set on every way to it."""
    known: dict[int, _Names] = {}
    todo: list[tuple[_Names, Edge]] = [(around, region.start)]
    while todo:
        before, edge = todo.pop()
        if edge.target is None:
            continue
        after = _set_on(edge, before)
        old = known.get(edge.target)
        new = after if old is None else old & after
        if new != old:
            known[edge.target] = new
            todo += [(new, way) for way in _taken(region.states[edge.target])]
    return known


def _given_the_input(region: Region) -> frozenset[int]:
    """The states whose input is that of the region: the first, if nothing else leads to it, and those that
    only a Choice among them leads to: it gives on what it is given."""
    leading: dict[int | None, set[int | None]] = {region.start.target: {None}}
    for at, state in region.states.items():
        for edge in edges_of(state):
            leading.setdefault(edge.target, set()).add(at)
    found: frozenset[int | None] = frozenset((None,))
    while True:
        choices = {at for at in found if at is None or isinstance(region.states[at], Choose)}
        grown = found | {at for at, sources in leading.items() if at is not None and sources <= choices}
        if grown == found:
            return frozenset(at for at in found if at is not None)
        found = grown


def _set_on(edge: Edge, known: _Names) -> _Names:
    """What is set once an edge has been taken: a value made of what is not set is none."""
    for variable, value in edge.sets:
        known = known | {variable} if reads(value) <= known else known - {variable}
    return known


def _expression(expr: Expr, place: _Place) -> Iterator[str]:
    """What is wrong with an expression in its place."""
    yield from (
        f"{place.name}: reads {variable}, which is not set on every way here"
        for variable in reads(expr) - place.known
    )
    for part in _parts(expr):
        if isinstance(part, BranchValue) and part.variable not in place.exports.get(part.branch, ()):
            yield f"{place.name}: reads {part.variable} of branch {part.branch}, which does not give it"
        if not isinstance(part, Raw | form.Context):
            continue
        text = part.name if isinstance(part, Raw) else f"$states.context.{part.path}"
        for pattern, allowed, what in (
            (_RESULT, place.result, "a result"),
            (_ERROR, place.error, "a caught error"),
            (_INPUT, place.input, "the input of its region"),
            (_ITERATION, place.in_map, "an iteration"),
        ):
            if not allowed and pattern.search(text):
                yield f"{place.name}: reads {what}, which this place does not have: {text}"


def _parts(expr: Expr) -> Iterator[Expr]:
    yield expr
    for part in children(expr):
        yield from _parts(part)
