"""What runs when: the rules of the language, one by one, on forms built by hand."""

from __future__ import annotations

from typing import Any

import pytest
from forms import (
    BOOL,
    HERE,
    INTS,
    assign,
    call,
    const,
    each,
    for_,
    handler,
    if_,
    op,
    ordered,
    program,
    raise_,
    read,
    return_,
    scope,
    task,
    try_,
    var,
)

from ladle.compiler.language import form
from ladle.compiler.plan import Leaf, Parallel, Series, Tree, plan

A, B, C, D, E = (var(name) for name in "abcde")
FLAG = var("flag", BOOL)


def shape(tree: Tree) -> Any:
    """A tree as nested values: a list runs in order, a set at once; text is the label of a statement."""
    match tree:
        case Leaf():
            return tree.stmt.label
        case Series(items=items):
            return [shape(item) for item in items]
        case Parallel(branches=branches):
            return {"at once": [shape(branch) for branch in branches]}


def order(*body: form.Stmt) -> Any:
    return shape(plan(program(*body)).tree)


def body_of(*body: form.Stmt) -> Any:
    """The order of the first statement's body."""
    tree = plan(program(*body)).tree
    leaf = tree if isinstance(tree, Leaf) else tree.items[0]  # type: ignore[union-attr]
    assert isinstance(leaf, Leaf)
    return shape(leaf.part("body"))


def test_calls_that_need_nothing_of_each_other_run_at_once() -> None:
    """Rule 1: only values tie calls together."""
    assert order(call(A, "f"), call(B, "g"), call(C, "h", read(A), read(B))) == [{"at once": ["f", "g"]}, "h"]


def test_a_chain_runs_in_order() -> None:
    assert order(call(A, "f"), call(B, "g", read(A)), call(C, "h", read(B))) == ["f", "g", "h"]


def test_a_bare_call_is_a_full_barrier() -> None:
    """Rule 2."""
    assert order(call(A, "f"), call(B, "g"), call(None, "note"), call(C, "h"), call(D, "i")) == [
        {"at once": ["f", "g"]},
        "note",
        {"at once": ["h", "i"]},
    ]


def test_a_call_marked_as_step_is_a_barrier_although_its_value_is_used() -> None:
    assert order(call(A, "f"), call(B, "load", step=True), call(C, "h")) == ["f", "load", "h"]


def test_a_compound_statement_that_contains_a_step_is_one() -> None:
    branch = if_(read(FLAG), (call(None, "note"),))
    assert order(call(A, "f"), branch, call(B, "g")) == ["f", "if", "g"]


def test_a_return_waits_for_everything_before_it() -> None:
    branch = if_(read(FLAG), (return_(const(1)),))
    assert order(call(A, "f"), call(B, "g"), branch, call(C, "h")) == [{"at once": ["f", "g"]}, "if", "h"]


def test_a_break_makes_a_step_of_what_it_leaves_and_not_of_its_loop() -> None:
    total = var("total")
    stop = if_(op("num.gt", read(total), const(3), shape=BOOL), (form.Break(HERE, "break"),))
    loop = for_(
        A, read(var("xs", INTS)), call(total, "f", read(total)), call(B, "g"), stop, call(C, "h", read(B))
    )
    assert order(assign(total, const(0)), loop, call(D, "i"), call(E, "j", read(total))) == [
        "total =",
        {"at once": [["for a", "j"], "i"]},
    ]
    leaf = plan(program(loop)).tree
    assert isinstance(leaf, Leaf)
    assert shape(leaf.part("body")) == [{"at once": ["f", "g"]}, "if", "h"]


def test_what_follows_a_gate_waits_and_what_is_before_need_not_have_ended() -> None:
    """Rule 3."""
    gate = if_(op("num.gt", read(A), const(3), shape=BOOL), (raise_("TooBig"),), label="gate")
    found = order(
        call(A, "f"), call(B, "g"), call(D, "slow", read(B)), gate, call(C, "h"), call(E, "i", read(D))
    )
    assert found in (
        [{"at once": ["f", ["g", "slow"]]}, "gate", {"at once": ["h", "i"]}],
        [{"at once": [["f", "gate", "h"], ["g", "slow"]]}, "i"],
        [{"at once": [["f", "gate", "h"], ["g", "slow"]]}, "i"],
    )


def test_a_compound_statement_is_one_node() -> None:
    """Rule 4: a loop overlaps with what it does not need."""
    inner = var("inner")
    many = each(B, C, read(var("xs", INTS)), (call(inner, "one", read(C)),), read(inner))
    assert order(call(A, "f"), many, call(D, "g", read(A), read(B))) == [{"at once": ["f", "each"]}, "g"]


def test_a_helper_is_ordered_by_its_call_and_not_by_what_it_contains() -> None:
    """Rule 7: its bare calls order only its own body."""
    helper = scope(B, call(None, "note"), call(C, "g"), return_(read(C)))
    assert order(call(A, "f"), helper, call(D, "h", read(A), read(B))) == [{"at once": ["f", "helper"]}, "h"]
    assert body_of(helper) == ["note", "g", "return"]


def test_calls_of_a_try_overlap_where_one_handler_takes_them_all() -> None:
    """Rule 9."""
    body = (call(A, "f"), call(B, "g"))
    assert body_of(try_(body, handler(("Bad",), call(None, "note")))) == {"at once": ["f", "g"]}


def test_what_a_handler_reads_must_have_ended_before_later_calls_start() -> None:
    """Rule 9: a Parallel that fails assigns nothing."""
    body = (call(A, "f"), call(B, "g"))
    assert body_of(try_(body, handler(("Bad",), call(None, "note", read(A))))) == ["f", "g"]


def test_what_code_after_a_handler_reads_counts_too() -> None:
    body = (call(A, "f"), call(B, "g"))
    handled = try_(body, handler(("Bad",), assign(B, const(0))))
    tree = plan(program(assign(A, const(0)), handled, return_(op("int.add", read(A), read(B))))).tree
    assert isinstance(tree, Series)
    leaf = next(item for item in tree.items if isinstance(item, Leaf) and isinstance(item.stmt, form.Try))
    assert shape(leaf.part("body")) == ["f", "g"]


def test_the_body_of_a_try_with_several_handlers_runs_in_order() -> None:
    body = (call(A, "f"), call(B, "g"))
    handlers = (handler(("Bad",), call(None, "note")), handler(("Worse",), call(None, "note")))
    assert body_of(try_(body, *handlers)) == ["f", "g"]


def test_in_order_keeps_the_order_of_the_source() -> None:
    """Rule 10."""
    assert body_of(ordered("in_order", call(A, "f"), call(B, "g"))) == ["f", "g"]


def test_bare_calls_overlap_in_at_once_and_the_block_is_a_step() -> None:
    block = ordered("at_once", call(None, "f"), call(None, "g"))
    assert body_of(block) == {"at once": ["f", "g"]}
    assert order(call(A, "h"), block, call(B, "i")) == ["h", "at_once", "i"]


def test_a_bare_call_in_after_waits_for_what_is_named_only() -> None:
    late = ordered("after", call(None, "note"), after=(A,))
    found = order(call(A, "f"), call(B, "g"), call(C, "slow", read(B)), late)
    assert found == {"at once": [["f", "note"], ["g", "slow"]]}


def test_a_variable_set_again_waits_for_those_who_read_it_before() -> None:
    again = if_(read(FLAG), (call(A, "g"),))
    assert order(call(A, "f"), call(B, "h", read(A)), again, call(C, "i", read(A))) == ["f", "h", "if", "i"]


def test_assignments_stand_where_they_cost_nothing() -> None:
    """A constant goes to its use, a value to where it is known."""
    five = assign(E, const(5))
    found = order(
        five,
        call(A, "f"),
        call(B, "g"),
        assign(C, op("int.add", read(A), const(1))),
        call(D, "h", read(C), read(B), read(E)),
    )
    assert found == [{"at once": ["f", "g"]}, "c =", "e =", "h"] or found == [
        {"at once": ["f", "g"]},
        "e =",
        "c =",
        "h",
    ]


def test_a_loop_that_carries_nothing_becomes_a_map_of_one_at_a_time() -> None:
    loop = for_(A, read(var("xs", INTS)), call(B, "f", read(A)), call(None, "note", read(B)))
    tree = plan(program(loop)).tree
    assert isinstance(tree, Leaf)
    assert isinstance(tree.stmt, form.Map)
    assert tree.stmt.concurrency == const(1)


@pytest.mark.parametrize("after", [(return_(read(B)),), ()])
def test_a_loop_whose_values_are_read_later_stays_a_loop(after: tuple[form.Stmt, ...]) -> None:
    body = (call(B, "f", read(A), read(B)),) if not after else (call(B, "f", read(A)),)
    tree = plan(program(assign(B, const(0)), for_(A, read(var("xs", INTS)), *body), *after)).tree
    kinds = [type(item.stmt) for item in tree.items if isinstance(item, Leaf)]  # type: ignore[union-attr]
    assert form.For in kinds


def test_weights_are_what_tasks_expect() -> None:
    """`expect` decides what a Parallel is worth: the slow call starts with the first."""
    slow, quick = task("slow", expect=60), task("quick", expect=1)
    found = plan(
        program(call(A, quick), call(B, slow), call(C, quick, read(A)), call(D, quick, read(B), read(C)))
    )
    assert found.seconds == 61
    assert found.least == 61
    assert found.path == ("slow", "quick")
