"""What Step Functions has that JSONata has not, and the other way round."""

from __future__ import annotations

import pytest

from ladle.jsonata import UNDEFINED, JsonataError, UnsupportedResult, compile_expression, evaluate


@pytest.mark.parametrize(
    "text",
    ["$x ?: 1", "$x ?? 1", "$eval('1')", "foo", "$", "$$.a", "*", "**", "{'a': foo}", "$sum(foo)",
     "$map($x, function($v) { foo })", "1 +", "$x[0", "'open", "`open", "$x ~> /open"],
)  # fmt: skip
def test_refused_when_the_machine_is_created(text: str) -> None:
    """No elvis, no coalescing, no $eval, no input of the expression's own, no wrong syntax."""
    with pytest.raises(JsonataError) as caught:
        compile_expression(text)
    assert caught.value.message


@pytest.mark.parametrize(
    "text",
    ["'a ?: b ?? c'", '"$eval(1)"', "/* foo ?: $$ */ 1", "$match('a??', /a[?]{2}/).match", "$x.`a?:b`",
     "$x[foo = 1]", "$x.{'a': foo}", "$x.(foo; bar)", "$x^(>foo)", "$x{foo: bar}", "$x.$sum(foo)",
     "$x ~> |$|{'a': foo}|", "$filter($x, function($v, $i) { $v.foo })", "$x.*.b", "$x.**",
     "$x#$i[$i = 0].foo",
     "function($v)<n:n>{ $v + 1 }(1)", "$map([1..3], λ($v) { $v })", "$x.foo[bar > $$.a][0]"],
)  # fmt: skip
def test_not_refused(text: str) -> None:
    """The same signs inside strings, comments, patterns and quoted names, and where there is a context."""
    compile_expression(text)


def test_a_reported_position_points_into_the_text() -> None:
    """The position counts characters from 0."""
    with pytest.raises(JsonataError) as caught:
        compile_expression("$x + foo")
    assert caught.value.position == 5


def test_undefined_is_not_null() -> None:
    """`null` is a value; what is not there is not."""
    assert evaluate("null", {}) is None
    assert evaluate("$x", {"x": None}) is None
    assert evaluate("$x", {}) is UNDEFINED
    assert evaluate("$x.a.b", {"x": {"a": 1}}) is UNDEFINED
    assert evaluate("$map([], $string)", {}) is UNDEFINED
    assert evaluate("$lookup({'a': null}, 'a')", {}) is None


def test_a_function_is_no_result() -> None:
    """A lambda or a built-in as the whole value is refused, not turned into null."""
    for text in ("function($x) { $x }", "$f := function($x) { $x }", "$sum"):
        with pytest.raises(UnsupportedResult):
            evaluate(text, {})


def test_endless_recursion_ends() -> None:
    """Both a tail call, which never fills a stack, and one that does."""
    for text in ("($f := function($x) { $f($x + 1) }; $f(1))", "($f := function($x) { 1 + $f($x) }; $f(1))"):
        with pytest.raises(JsonataError):
            evaluate(text, {})


def test_a_catastrophic_pattern_ends() -> None:
    """A regular expression that backtracks exponentially is stopped by the clock."""
    with pytest.raises(JsonataError, match="timeout"):
        evaluate("$contains($x, /^(a+)+$/)", {"x": "a" * 60 + "b"})


def test_only_what_is_read_is_passed_on() -> None:
    """Values beside the field that is read are not even looked at."""
    bindings = {"x": {"used": [3, 1, 2], "unused": object()}, "y": object()}
    assert evaluate("$sort($x.used)", bindings) == [1, 2, 3]
