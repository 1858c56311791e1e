"""What Step Functions has that JSONata has not, and the other way round."""

from __future__ import annotations

import pytest

from ladle.jsonata import UNDEFINED, JsonataError, UnsupportedResult, compile_expression, evaluate


@pytest.mark.parametrize(
    "text",
    ["$x ?: 1", "$x ?? 1", "foo", "$", "$$.a", "*", "**", "{'a': foo}", "$sum(foo)",
     "$map($x, function($v) { foo })", "1 +", "$x[0", "'open", "`open", "$x ~> /open"],
)  # fmt: skip
def test_refused_when_the_machine_is_created(text: str) -> None:
    """No elvis, no coalescing, no input of the expression's own, no wrong syntax."""
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


def test_numbers_are_one_kind() -> None:
    """An integral number is an integer, wherever it comes from."""
    assert repr(evaluate("$x", {"x": 2.0})) == "2"
    assert repr(evaluate("0.5 + 1.5", {})) == "2"
    assert repr(evaluate("$x", {"x": 2.5})) == "2.5"


def test_a_function_is_no_result() -> None:
    """A lambda or a built-in as the whole value is refused, not turned into null."""
    for text in ("function($x) { $x }", "$f := function($x) { $x }", "$sum"):
        with pytest.raises(UnsupportedResult):
            evaluate(text, {})


def test_eval_is_not_there() -> None:
    """A call of it is accepted when the machine is created, and fails when it is made."""
    with pytest.raises(JsonataError) as caught:
        evaluate("$eval('1 + 1')", {})
    assert (caught.value.code, caught.value.message) == ("T1006", "Attempted to invoke a non-function")


DEEP = (
    "Stack overflow error: Check for non-terminating recursive function."
    " Consider rewriting as tail-recursive."
)
LONG = "Expression evaluation timeout: Check for infinite loop"
LARGE = "Expression evaluation memory limit exceeded: Check for excessive memory usage"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("($f := function($x) { 1 + $f($x) }; $f(1))", DEEP),
        ("+".join(["1"] * 200), DEEP),
        ("($f := function($x) { $f($x + 1) }; $f(1))", LONG),
        ("[1..873783] ~> $count()", LARGE),
        ("($p := function($s, $n) { $n = 0 ? $s : $p($s & $s, $n - 1) }; $length($p('x', 23)))", LARGE),
    ],
)
def test_bounds(text: str, message: str) -> None:
    """Depth, time and memory end an evaluation, each in AWS's words and without a code."""
    with pytest.raises(JsonataError) as caught:
        evaluate(text, {})
    assert (caught.value.code, caught.value.message) == ("", message)


def test_what_just_fits() -> None:
    """The largest sizes that users saw AWS accept."""
    assert evaluate("[1..873782] ~> $count()", {}) == 873782
    assert evaluate("+".join(["1"] * 99), {}) == 99
    doubled = "($p := function($s, $n) { $n = 0 ? $s : $p($s & $s, $n - 1) }; $length($p('x', 22)))"
    assert evaluate(doubled, {}) == 2**22


def test_a_catastrophic_pattern_ends() -> None:
    """A regular expression that backtracks exponentially is stopped by the clock."""
    with pytest.raises(JsonataError, match="Expression evaluation timeout: Check for infinite loop"):
        evaluate("$contains($x, /^(a+)+$/)", {"x": "a" * 60 + "b"})


def test_only_what_is_read_is_passed_on() -> None:
    """Values beside the field that is read are not even looked at."""
    bindings = {"x": {"used": [3, 1, 2], "unused": object()}, "y": object()}
    assert evaluate("$sort($x.used)", bindings) == [1, 2, 3]


def nested(depth: int) -> list[object]:
    """A list in a list in a list."""
    outer: list[object] = []
    for _ in range(depth):
        outer = [outer]
    return outer


@pytest.mark.parametrize(
    ("text", "bindings"),
    [
        ("(" * 5000 + "1" + ")" * 5000, {}),
        ("-" * 5000 + "1", {}),
        ("+".join(["1"] * 20000), {}),
        ("$x" + ".a" * 20000, {"x": {}}),
        ("$reverse($x)", {"x": nested(5000)}),
        ("$x = $x", {"x": nested(5000)}),
        ("$x + 1", {"x": 10**400}),
        ("$sort($x)", {"x": [object()]}),
    ],
)
def test_hostile_input_is_a_clear_error(text: str, bindings: dict[str, object]) -> None:
    """Endless nesting of text or values, numbers beyond all bounds, values that are no JSON."""
    with pytest.raises(JsonataError):
        evaluate(text, bindings)
