"""Values that fail before others take their place: a way is the same done in turn and done all at once."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

from forms import HERE, INT, const, op, read, var
from hypothesis import given, settings
from hypothesis import strategies as st

from ladle.compiler.emit.machine import Edge, Fork, Region, Work
from ladle.compiler.emit.passes.part import part
from ladle.compiler.emit.passes.prune import prune
from ladle.compiler.emit.write import at_once
from ladle.compiler.language import form
from ladle.compiler.language.form import Expr, Variable
from ladle.compiler.plan.expressions import can_fail, reads

NAMES = [var(name) for name in "abcd"]
EXAMPLES = int(os.environ.get("CASES", "300"))


def quotient(left: Expr, right: Expr) -> form.Op:
    """The one operation here that fails: a division by zero."""
    return op("int.floordiv", left, right)


def expressions() -> st.SearchStrategy[Expr]:
    leaves = st.one_of(st.sampled_from([const(n) for n in (0, 1, 2, 5)]), st.sampled_from(NAMES).map(read))

    def grown(inner: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
        pairs = st.tuples(inner, inner)
        return st.one_of(
            pairs.map(lambda two: quotient(*two)),
            pairs.map(lambda two: op("num.max", *two)),
            st.tuples(inner, inner, inner).map(
                lambda three: form.Cond(INT, HERE, form.Op(INT, HERE, "num.gt", three[:2]), *three[1:])
            ),
        )

    return st.recursive(leaves, grown, max_leaves=5)


def edges() -> st.SearchStrategy[Edge]:
    """A way with assignments, some to the same names, that ends with a value."""
    sets = st.lists(st.tuples(st.sampled_from(NAMES), expressions()), max_size=6)
    return st.builds(lambda sets, output: Edge(None, tuple(sets), output), sets, expressions())


VALUES = st.fixed_dictionaries({name: st.integers(-1, 3) for name in NAMES})


class Fails(Exception):
    """A division by zero."""


def value_of(expr: Expr, known: dict[Variable, int]) -> Any:
    match expr:
        case form.Const(value=value):
            return value
        case form.Read(variable=variable):
            return known[variable]
        case form.Op(name=name, operands=operands):
            left, right = (value_of(one, known) for one in operands)
            if name == "int.floordiv" and right == 0:
                raise Fails
            return {"num.max": max, "num.gt": int.__gt__, "int.floordiv": int.__floordiv__}[name](left, right)
        case form.Cond(test=test, then=then, otherwise=otherwise):
            return value_of(then if value_of(test, known) else otherwise, known)
        case form.Bind(variable=variable, value=value, body=body):
            return value_of(body, known | {variable: value_of(value, known)})
        case _:
            raise AssertionError(expr)


@dataclass(frozen=True)
class Done:
    """What a way did: the values of the names, and the value it ended with. None of them, where it failed."""

    names: tuple[int, ...] = ()
    output: int | None = None


def in_turn(edge: Edge, given: dict[Variable, int]) -> Done:
    """One assignment after the other, as Python makes them."""
    known = dict(given)
    try:
        for variable, value in edge.sets:
            known[variable] = value_of(value, known)
        assert edge.output is not None
        return Done(tuple(known[name] for name in NAMES), value_of(edge.output, known))
    except Fails:
        return Done()


def together(edge: Edge, given: dict[Variable, int]) -> Done:
    """All at once, as States Language makes them: each sees the values from before."""
    known = dict(given)
    try:
        for variable, value in edge.sets:
            known[variable] = value_of(value, given)
        assert edge.output is not None
        return Done(tuple(known[name] for name in NAMES), value_of(edge.output, given))
    except Fails:
        return Done()


def parted(edge: Edge) -> Edge:
    return part(Region(edge, {})).start


@settings(max_examples=EXAMPLES, deadline=None)
@given(edges(), VALUES)
def test_a_parted_way_does_the_same(edge: Edge, known: dict[Variable, int]) -> None:
    """The same names have the same values, and it fails where it failed."""
    assert in_turn(parted(edge), known) == in_turn(edge, known)


@settings(max_examples=EXAMPLES, deadline=None)
@given(edges())
def test_no_value_that_may_fail_is_replaced_on_its_way(edge: Edge) -> None:
    """Each has a variable of its own; what cannot fail keeps its name, and so do the last values."""
    sets = parted(edge).sets
    for at, (variable, value) in enumerate(sets):
        assert not can_fail(value) or variable not in [later for later, _ in sets[at + 1 :]]
        assert variable in NAMES or can_fail(value)
    assert [variable for variable, value in sets if not can_fail(value)] == [
        variable for variable, value in edge.sets if not can_fail(value)
    ]
    assert parted(parted(edge)) == parted(edge)


@settings(max_examples=EXAMPLES, deadline=None)
@given(edges())
def test_nothing_new_is_read(edge: Edge) -> None:
    """A variable of its own is read after it has been set only."""
    known = set(NAMES)
    for variable, value in parted(edge).sets:
        assert reads(value) <= known
        known.add(variable)


@settings(max_examples=EXAMPLES, deadline=None)
@given(edges(), VALUES)
def test_a_parted_and_pruned_way_ends_and_fails_as_before(edge: Edge, known: dict[Variable, int]) -> None:
    """Pruning leaves out what nobody reads, never what fails; afterwards only the output is read."""
    pruned = prune(part(Region(edge, {}))).start
    assert in_turn(pruned, known).output == in_turn(edge, known).output


@settings(max_examples=EXAMPLES, deadline=None)
@given(edges(), VALUES)
def test_a_way_does_all_at_once_what_it_did_in_turn(edge: Edge, known: dict[Variable, int]) -> None:
    """As States Language assigns: every value is written in terms of what was there before the way."""
    written = at_once(prune(part(Region(edge, {}))).start, lambda _: frozenset())
    assert together(written, known).output == in_turn(edge, known).output


@settings(max_examples=EXAMPLES, deadline=None)
@given(edges(), VALUES)
def test_names_read_later_have_their_values_all_at_once(edge: Edge, known: dict[Variable, int]) -> None:
    """On a way that leads on, to a state that reads all names."""
    after = Work("f", HERE, "arn", [read(name) for name in NAMES], Edge(None, (), const(0)))
    region = Region(Edge(0, edge.sets), {0: after})
    written = at_once(prune(part(region)).start, lambda _: frozenset(NAMES))
    plain = in_turn(Edge(None, edge.sets, const(0)), known)
    assert together(Edge(None, written.sets, const(0)), known) == plain


def test_ways_within_branches_are_parted_too() -> None:
    """`part` goes into every region."""
    inner = Edge(None, ((NAMES[0], quotient(const(1), read(NAMES[1]))), (NAMES[0], const(2))))
    fork = Fork("fork", HERE, (Region(inner, {}, ()),), Edge(None, (), const(0)))
    (found,) = part(Region(Edge(0), {0: fork})).states.values()
    assert isinstance(found, Fork)
    assert found.regions[0].start == parted(inner) != inner
