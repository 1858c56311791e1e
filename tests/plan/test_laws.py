"""Laws of every plan: each statement once, nothing before what it waits for, steps between the others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from forms import BOOL, assign, call, const, if_, op, program, raise_, read, var
from hypothesis import given, settings
from hypothesis import strategies as st

from ladle.compiler.language import form
from ladle.compiler.plan import Leaf, Parallel, Series, Tree, plan
from ladle.compiler.plan.liveness import Around
from ladle.compiler.plan.order import Node, dependencies, flatten, node_of

VARIABLES = [var(f"v{n}") for n in range(8)]


@st.composite
def blocks(draw: st.DrawFn) -> tuple[form.Stmt, ...]:
    """Calls, bare calls, assignments, tests and gates over a few variables; labels are unique."""
    found: list[form.Stmt] = []
    for number in range(draw(st.integers(1, 9))):
        kind = draw(st.sampled_from(["call"] * 5 + ["bare", "assign", "if", "gate"]))
        reads = [read(VARIABLES[n]) for n in draw(st.lists(st.integers(0, 7), max_size=2))]
        target = VARIABLES[draw(st.integers(0, 7))]
        test = op("num.gt", *(reads or [const(0)])[:1], const(1), shape=BOOL)
        match kind:
            case "call":
                found.append(call(target, f"f{number}", *reads))
            case "bare":
                found.append(call(None, f"f{number}", *reads))
            case "assign":
                value = op("num.max", *reads, const(1), const(2))
                found.append(form.Assign(call(None, "f").span, f"f{number}", target, value))
            case "if":
                found.append(if_(test, (call(target, "g"),), (assign(target, const(1)),), label=f"f{number}"))
            case _:
                found.append(if_(test, (raise_("Bad"),), label=f"f{number}"))
    return tuple(found)


def spans(tree: Tree, start: float = 0) -> Iterator[tuple[str, float, float]]:
    """Each statement with a time at which it begins and one at which it has ended, each taking a moment."""
    yield from _spans(tree, start)[0]


def _spans(tree: Tree, start: float) -> tuple[list[tuple[str, float, float]], float]:
    match tree:
        case Leaf():
            return [(tree.stmt.label, start, start + 1)], start + 1
        case Series(items=items):
            found: list[tuple[str, float, float]] = []
            for item in items:
                inner, start = _spans(item, start)
                found += inner
            return found, start
        case Parallel(branches=branches):
            parts = [_spans(branch, start) for branch in branches]
            return [one for part, _ in parts for one in part], max((end for _, end in parts), default=start)


def waits(later: Node, earlier: Node) -> bool:
    """Rules 1 and 3, pair by pair: whether a node waits for one that is written before it."""
    return bool(
        earlier.gate
        or later.pins
        or earlier.writes & (later.reads | later.writes | later.waits)
        or earlier.reads & later.writes
    )


@settings(max_examples=300, deadline=None)
@given(blocks(), st.sets(st.integers(0, 7), max_size=2), st.booleans())
def test_the_edges_given_lead_to_all_that_the_rules_say(
    block: tuple[form.Stmt, ...], pins: set[int], handled: bool
) -> None:
    """`dependencies` leaves out what other edges imply: followed, they reach just what the rules, followed,
    reach."""
    around = Around(failing=frozenset(VARIABLES[n] for n in pins), handled=handled)
    nodes = tuple(node_of(stmt, mode, after, around) for stmt, mode, after in flatten(block))
    rules = {(i, j) for j, later in enumerate(nodes) for i in range(j) if waits(later, nodes[i])}
    assert dependencies(nodes) <= rules
    assert _followed(dependencies(nodes)) == _followed(rules)


def _followed(edges: Iterable[tuple[int, int]]) -> set[tuple[int, int]]:
    found = set(edges)
    while more := {(i, m) for i, j in found for k, m in found if j == k} - found:
        found |= more
    return found


@settings(max_examples=150, deadline=None)
@given(blocks())
def test_nothing_begins_before_what_it_waits_for_has_ended(block: tuple[form.Stmt, ...]) -> None:
    times = {label: (start, end) for label, start, end in spans(plan(program(*block)).tree)}
    nodes = tuple(node_of(stmt, mode, after, Around()) for stmt, mode, after in flatten(block))
    for j, later in enumerate(nodes):
        for earlier in nodes[:j]:
            if waits(later, earlier):
                assert times[earlier.stmt.label][1] <= times[later.stmt.label][0]


@settings(max_examples=150, deadline=None)
@given(blocks())
def test_each_statement_stands_once(block: tuple[form.Stmt, ...]) -> None:
    found = [label for label, _, _ in spans(plan(program(*block)).tree)]
    assert sorted(found) == sorted(stmt.label for stmt in block)


@settings(max_examples=150, deadline=None)
@given(blocks())
def test_a_step_stands_between_what_is_before_and_after_it(block: tuple[form.Stmt, ...]) -> None:
    times = {label: (start, end) for label, start, end in spans(plan(program(*block)).tree)}
    for at, stmt in enumerate(block):
        if isinstance(stmt, form.Call) and stmt.step:
            start, end = times[stmt.label]
            assert all(times[earlier.label][1] <= start for earlier in block[:at])
            assert all(times[later.label][0] >= end for later in block[at + 1 :])


@settings(max_examples=150, deadline=None)
@given(blocks())
def test_a_parallel_has_at_least_two_branches_that_take_time(block: tuple[form.Stmt, ...]) -> None:
    """It costs a transition, so it must save time."""

    def check(tree: Tree) -> None:
        match tree:
            case Parallel(branches=branches):
                assert len(branches) >= 2
                assert all(any(leaf.weight for leaf in _leaves(branch)) for branch in branches)
                for branch in branches:
                    check(branch)
            case Series(items=items):
                for item in items:
                    check(item)
            case _:
                pass

    check(plan(program(*block)).tree)


def _leaves(tree: Tree) -> Iterator[Leaf]:
    match tree:
        case Leaf():
            yield tree
        case Series(items=parts) | Parallel(branches=parts):
            for part in parts:
                yield from _leaves(part)


@settings(max_examples=150, deadline=None)
@given(blocks())
def test_no_order_beats_the_critical_path_and_none_is_worse_than_one_after_the_other(
    block: tuple[form.Stmt, ...],
) -> None:
    made = plan(program(*block))
    total = sum(leaf.weight for leaf in _leaves(made.tree))
    assert made.least <= made.seconds <= total
