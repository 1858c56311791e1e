"""Printed expressions mean what was to be printed."""

from __future__ import annotations

import doctest
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ladle.jsonata import evaluate, printing
from ladle.jsonata.printing import (
    Fragment,
    array,
    assign,
    binary,
    block,
    call,
    condition,
    index,
    lambda_,
    literal,
    negate,
    object_,
    path,
    predicate,
    quote,
    template,
    variable,
)

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))


@given(TEXTS)
def test_a_quoted_text_reads_back(text: str) -> None:
    """Any text, quotes, backslashes and control characters included."""
    assert evaluate(quote(text), {}) == text


@given(
    TEXTS.filter(lambda name: "`" not in name)
    | st.sampled_from(["a", "and", "in", "null", "unit price", "a`b"])
)
def test_a_field_of_any_name_is_reached(name: str) -> None:
    """Plain words as they are, others in backticks, names with a backtick through $lookup."""
    assert evaluate(str(path(variable("x"), name)), {"x": {name: 7}}) == 7


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(-1e9, 1e9) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)


@given(JSON_VALUES)
def test_a_literal_reads_back(value: Any) -> None:
    """Every JSON value, and numbers by value."""
    assert evaluate(str(literal(value)), {}) == value


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 2**53, {1, 2}])
def test_what_has_no_literal_is_refused(value: Any) -> None:
    """Rather than printed as something else."""
    with pytest.raises(ValueError):
        literal(value)


class Node:
    """A small tree of integer arithmetic with its value, to print and to evaluate."""

    def __init__(self, fragment: Fragment, value: int) -> None:
        self.fragment, self.value = fragment, value


def combine(operator: str, left: Node, right: Node) -> Node:
    value = {"+": left.value + right.value, "-": left.value - right.value, "*": left.value * right.value}
    return Node(binary(operator, left.fragment, right.fragment), value[operator])


TREES = st.recursive(
    st.integers(-9, 9).map(lambda n: Node(literal(n), n)),
    lambda inner: (
        st.builds(combine, st.sampled_from("+-*"), inner, inner)
        | st.builds(lambda node: Node(negate(node.fragment), -node.value), inner)
        | st.builds(
            lambda a, b, c: Node(
                condition(binary("<", a.fragment, b.fragment), b.fragment, c.fragment),
                b.value if a.value < b.value else c.value,
            ),
            inner,
            inner,
            inner,
        )
    ),
    max_leaves=10,
)


@settings(deadline=None)
@given(TREES)
def test_parentheses_keep_the_tree(node: Node) -> None:
    """The printed text computes what the tree computes, whatever stands inside what."""
    assert evaluate(str(node.fragment), {}) == node.value


def test_no_more_parentheses_than_needed() -> None:
    """What a person would write."""
    a, b, c = variable("a"), variable("b"), variable("c")
    assert str(binary("+", binary("*", a, b), c)) == "$a * $b + $c"
    assert str(binary("*", a, binary("+", b, c))) == "$a * ($b + $c)"
    assert str(binary("-", a, binary("-", b, c))) == "$a - ($b - $c)"
    assert str(binary("and", a, binary("and", b, c))) == "$a and $b and $c"
    assert str(binary("and", a, binary("or", b, c))) == "$a and ($b or $c)"
    assert str(condition(a, b, condition(b, c, a))) == "$a ? $b : $b ? $c : $a"
    assert str(call("sum", condition(a, b, c))) == "$sum($a ? $b : $c)"
    assert str(path(binary("+", a, b), "x")) == "($a + $b).x"


def test_the_other_forms() -> None:
    """Lists, objects, indexes, predicates, lambdas and blocks."""
    x = variable("x")
    assert evaluate(str(index(path(x, "a"), 1)), {"x": {"a": [5, 6]}}) == 6
    assert evaluate(str(index(x, variable("i"))), {"x": [5, 6], "i": 0}) == 5
    assert evaluate(str(predicate(x, binary(">", Fragment("$"), literal(5)))), {"x": [5, 6, 7]}) == [6, 7]
    assert evaluate(str(object_([("it's", array([x]))])), {"x": 1}) == {"it's": [1]}
    double = lambda_(["v"], binary("*", variable("v"), literal(2)))
    assert evaluate(str(call("map", x, double)), {"x": [1, 2]}) == [2, 4]
    assert evaluate(str(block(assign("y", x), binary("+", variable("y"), x))), {"x": 2}) == 4
    assert template(x) == "{% $x %}"


def test_a_name_that_is_none_is_refused() -> None:
    """Variables have identifiers for names."""
    with pytest.raises(ValueError):
        variable("not a name")


def test_the_examples_in_the_docstrings_hold() -> None:
    """Run as they stand."""
    assert doctest.testmod(printing).failed == 0
