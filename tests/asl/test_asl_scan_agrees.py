"""The token scanner finds all that the evaluator's own analysis finds, on expressions of every shape."""

from __future__ import annotations

import jlens
from hypothesis import given, settings
from hypothesis import strategies as st

from ladle.asl.queries import FUNCTIONS, scan_query
from ladle.jsonata import JsonataError, compile_expression

NAMES = st.sampled_from(["a", "b", "price", "order", "`odd name`"])
VARIABLES = st.sampled_from(["$x", "$y", "$day", "$states.input", "$states.context.Execution.Id"])
LEAVES = st.one_of(
    VARIABLES,
    NAMES,
    st.sampled_from(
        ["1", "2.5", "'$x'", '"a"', "null", "true", "$", "*", "/[$x]+/i", "$uppercase", "[]", "{}"]
    ),
)


def _build(form: str, *parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(*parts).map(lambda values: form.format(*values))


def _bigger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    local = st.sampled_from(["$x", "$v", "$f"])
    return st.one_of(
        _build("{} & {}", inner, inner),
        _build("{} in [{}]", inner, inner),
        _build("({} ? {} : {})", inner, inner, inner),
        _build("({} := {}; {})", local, inner, inner),
        _build("({} := function({}){{{}}}; {})", local, local, inner, inner),
        _build("$map({}, function({}, $i){{{}}})", inner, local, inner),
        _build("λ({}){{{}}}({})", local, inner, inner),
        _build("{}[{}]", inner, inner),
        _build("{}.({})", inner, inner),
        _build("{}.{}", inner, NAMES),
        _build("{}.$string({})", inner, inner),
        _build("{}^(>{})", inner, NAMES),
        _build("{{'k': {}, {}: 1}}", inner, inner),
        _build("{}{{{}: $sum({})}}", inner, NAMES, inner),
        _build("{}@$v.($v & {})", inner, inner),
        _build("{}#$i[$i < {}]", inner, inner),
        _build("({} ~> |{}|{{'n': {}}}|)", inner, NAMES, inner),
        _build("/* {} */ {}", VARIABLES, inner),
        _build("{} ~> $join({})", inner, inner),
        _build("[{} .. {}]", inner, inner),
    )


@settings(max_examples=400, deadline=None)
@given(st.recursive(LEAVES, _bigger, max_leaves=6))
def test_the_scanner_agrees_with_the_evaluators_analysis(text: str) -> None:
    """No variable is overlooked; a bare name is found just where an expression is refused for it."""
    try:
        reads = jlens.Expression(text).reads()
    except jlens.JlensError:
        return  # no expression: whether it parses is not the scanner's to say
    query = scan_query(text)
    assert query.error is None
    found, expected = {read.name for read in query.variables}, set(reads["bindings"]) - FUNCTIONS
    # The analysis leaves out reads without effect on the result, such as $y in `($x := $y; 1)`.
    assert expected <= found
    try:
        compile_expression(text)
    except JsonataError:
        assert query.top_level_names
    else:
        assert not query.top_level_names
