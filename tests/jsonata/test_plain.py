"""The plain evaluator gives what jlens gives, or hands the expression over."""

from __future__ import annotations

from typing import Any

import jlens
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ladle.jsonata import UNDEFINED, JsonataError, compile_expression, evaluate, functions
from ladle.jsonata.lexer import tokenize
from ladle.jsonata.plain import compile_plain, fetch_from_mapping
from ladle.jsonata.syntax import NotPlain, parse_plain

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**55), 2**55),
    st.sampled_from([0, 1, -1, 0.1, 0.5, 2.5, -0.0, 1e-7, 1e21, 1.0, 123456789012345678]),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(["", "a", "b", "ab", "é", "\U0001f600", "Hello", "10"]),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=6,
)
BINDINGS = st.fixed_dictionaries(
    {},
    optional={
        "x": VALUES,
        "y": VALUES,
        "z": st.integers(-2, 3) | VALUES,
        "count": VALUES,
        "v": VALUES,
        "abs": SCALARS,
    },
)

PATHS = st.sampled_from(
    ["$x", "$y", "$z", "$x.a", "$y.b", "$x.a.b", "$x[0]", "$x[-1]", "$y.a[1]", "$x[0].a", "$x.`a`", "$count",
     "$v", "$i", "$w", "$x.a.b.c", "$x[a].b", "$y.a[0].b", "$x[$z]", "$x[$i].b", "$y.a[$z]", "$x[-$z]"]
)  # fmt: skip
TESTS = st.sampled_from(
    ["a = 1", "$ = 1", "$ != 'a'", "a < $z", "$.b", "b and a", "$v = $", "a.b in $y", "$exists(a)", "$z = 1"]
)
LITERALS = st.sampled_from(["1", "-2", "0", "0.5", "'a'", "''", "true", "false", "null", '"b"', "1e3"])


def compound(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    operators = ["+", "-", "*", "/", "%", "&", "=", "!=", "<", "<=", ">", ">=", "and", "or", "in"]
    infix = st.builds(lambda a, o, b: f"({a} {o} {b})", inner, st.sampled_from(operators), inner)
    bare = st.builds(lambda a, o, b: f"{a} {o} {b}", inner, st.sampled_from(operators), inner)
    minus = st.builds("-({})".format, inner) | st.builds("-{}".format, PATHS)
    ternary = st.builds("({} ? {} : {})".format, inner, inner, inner)
    lists = st.builds(lambda items: "[" + ", ".join(items) + "]", st.lists(inner, max_size=3))
    picked = st.builds("[{}, {}][{}]".format, inner, inner, st.sampled_from(["0", "-1", "$z", "$ = 1"]))
    grouped = st.builds("({})".format, inner) | st.builds("[{}, ({})]".format, inner, picked)
    ranges = st.builds("[{}..{}]".format, inner, inner) | st.just("[0..3]")
    objects = st.builds("{{'k': {}, 'j': {}}}".format, inner, inner)
    filtered = st.builds("{}[{}]".format, PATHS, TESTS)
    block = st.builds("($v := {}; $w := {}; {})".format, inner, inner, inner)
    unary = ["string", "count", "exists", "not", "boolean", "length", "sum", "floor", "type", "uppercase",
             "lowercase", "abs", "keys", "merge", "formatBase", "number", "error"]  # fmt: skip
    calls = st.builds("${}({})".format, st.sampled_from(unary), inner)
    pairs = st.sampled_from(["append", "contains", "lookup", "partition", "split", "join"])
    two = st.builds("${}({}, {})".format, pairs, inner, inner)
    parameters = st.sampled_from(["$v", "$v, $i", "$v, $i, $w"])
    each = st.builds(
        "${}({}, function({}) {{ {} }})".format, st.sampled_from(["map", "filter"]), inner, parameters, inner
    )
    mapped = st.builds("$map({}, $abs)".format, inner)
    folded = st.builds("$reduce({}, function($v, $i) {{ {} }}, {})".format, inner, inner, inner)
    simple = infix | bare | minus | ternary | lists | picked | grouped | ranges | objects | filtered
    return simple | block | calls | two | each | mapped | folded


EXPRESSIONS = st.recursive(PATHS | LITERALS, compound, max_leaves=6)


def in_jlens(text: str, bindings: dict[str, Any]) -> Any:
    expression = jlens.Expression(text)
    table = functions.implementations(functions.EvaluationState())
    if "$partition" in text and "partition" not in bindings:
        expression.register_function("partition", table["partition"], functions.SIGNATURES["partition"])
    return expression.evaluate(None, bindings, timeout=1.0)


def by_jlens(text: str, bindings: dict[str, Any]) -> tuple[Any, ...]:
    try:
        value = in_jlens(text, bindings)
        if value is None:
            kind = in_jlens(f"$type(({text}))", bindings)
            if kind == "object":  # what the reference calls not-a-number
                return ("E", "D1001")
            return ("V", None) if kind == "null" else ("U",)
    except (jlens.JlensError, JsonataError) as error:
        return ("E", error.code)
    return ("V", value)


def typed(value: Any) -> Any:
    """A value with its JSON types, so that 1 and true differ and 1 and 1.0 do not."""
    if isinstance(value, dict):
        return {key: typed(item) for key, item in value.items()}
    if isinstance(value, list):
        return [typed(item) for item in value]
    return (isinstance(value, bool), value)


@settings(max_examples=600, deadline=None)
@given(EXPRESSIONS, BINDINGS)
def test_the_plain_evaluator_agrees_with_jlens(text: str, bindings: dict[str, Any]) -> None:
    """Whatever the plain evaluator answers, jlens answers too (a division by zero apart, which is AWS's)."""
    try:
        run = compile_plain(parse_plain(tokenize(text)), fetch_from_mapping)
        value = run(bindings)
    except NotPlain:
        return
    expected = by_jlens(text, bindings)
    if expected == ("E", "D1001"):
        return  # a division by zero, or beyond a double's range, somewhere inside
    got = ("U",) if value is UNDEFINED else ("V", value)
    if got[0] == "V" and expected[0] == "V" and isinstance(value, int) and abs(value) > 2**53:
        return  # passed through unchanged, where a double would lose digits
    if got[0] == "V" and _holds_large_integer(value):
        return
    assert got[0] == expected[0], (got, expected)
    if got[0] == "V":
        assert typed(got[1]) == typed(expected[1])


def _holds_large_integer(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_holds_large_integer, value.values()))
    if isinstance(value, list):
        return any(map(_holds_large_integer, value))
    return isinstance(value, int) and abs(value) > 2**53


@pytest.mark.parametrize(
    ("text", "value"),
    [("1/0", "Infinity"), ("-1/0", "-Infinity"), ("0/0", "NaN"), ("[1/0]", ["Infinity"]), ("1/0 > 5", True)],
)
def test_a_division_by_zero_leaves_as_a_string(text: str, value: Any) -> None:
    """Step Functions writes infinity and not-a-number as strings."""
    assert compile_expression(text).evaluate({}) == value


def test_a_variable_hides_the_function_of_its_name() -> None:
    """With `count` bound to a number, `$count($x)` is an attempt to call the number."""
    expression = compile_expression("$count($x)")
    assert expression.evaluate({"x": [1, 2]}) == 2
    with pytest.raises(Exception, match="non-function"):
        expression.evaluate({"x": [1, 2], "count": 5})


@pytest.mark.parametrize(
    ("text", "value"),
    [("[1, ([2, [3, 4]][1])]", [1, 3, 4]), ("[1, [2, [3, 4]][1]]", [1, [3, 4]]), ("[([3, 4])]", [3, 4])],
)
def test_parentheses_open_what_a_constructor_keeps_together(text: str, value: Any) -> None:
    """As in jsonata 2.0.6, where an item that begins with `[` is one item."""
    assert evaluate(text, {}) == value
