"""Paths, intrinsic functions and JSONata: what parses, what is read, and where an error is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ladle.asl import validate
from ladle.asl.intrinsics import ARITIES, Call, IntrinsicError, Literal, parse_intrinsic, paths_of
from ladle.asl.paths import Path, PathError, Selector, parse_path
from ladle.asl.queries import scan_query


@pytest.mark.parametrize(
    ("text", "root", "steps"),
    [
        ("$", "$", ()),
        ("$.a.b", "$", ("a", "b")),
        ("$$.Execution.Id", "$$", ("Execution", "Id")),
        ("$day.date", "$day", ("date",)),
        ("$['odd name'][0]", "$", ("odd name", 0)),
        ("$['it\\'s']", "$", ("it's",)),
        ("$.a-b", "$", ("a-b",)),
        ("$[-1]", "$", (-1,)),
    ],
)
def test_reference_paths(text: str, root: str, steps: tuple[str | int, ...]) -> None:
    """Fields and indexes, from the input, the context object or a variable."""
    path = parse_path(text)
    assert path == Path(root, steps)
    assert path.is_reference


@pytest.mark.parametrize(
    "text",
    [
        "$.a[*]",
        "$..name",
        "$.a[1:3]",
        "$.a[0,2]",
        "$['a','b']",
        "$.a[?(@.n > 1 && @.t == ']')]",
        "$.*",
        "$..[0]",
        "$.a.length()",
        "$.a[(@.length-1)]",
    ],
)
def test_paths_to_many(text: str) -> None:
    """Paths that may match several values parse, and are no reference paths."""
    path = parse_path(text)
    assert any(isinstance(step, Selector) for step in path.steps)
    assert not path.is_reference


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("a", 0),
        ("", 0),
        ("$.", 2),
        ("$a.", 3),
        ("$[", 2),
        ("$['a]", 2),
        ("$.a[1", 5),
        ("$..", 3),
    ],
)
def test_bad_paths(text: str, position: int) -> None:
    """The error says where the text stops being a path."""
    with pytest.raises(PathError) as caught:
        parse_path(text)
    assert caught.value.position <= max(position, 0) + 1


@given(st.text(alphabet="$.[]'\"()*?:@,ab01 \\", max_size=20))
def test_parsing_a_path_never_breaks(text: str) -> None:
    """Any text is a path or a PathError inside the text."""
    at = 0
    try:
        parse_path(text)
    except PathError as error:
        at = error.position
    assert 0 <= at <= len(text)


def test_an_intrinsic_function_is_taken_apart() -> None:
    """Texts, numbers, constants, paths and calls; escaped braces stay escaped for States.Format."""
    call = parse_intrinsic(
        "States.Format('it\\'s {} \\{x\\}', $.a['b,c'], -1.5, null, States.MathAdd($n, 2))"
    )
    assert call == Call(
        "States.Format",
        (
            Literal("it's {} \\{x\\}"),
            Path("$", ("a", "b,c")),
            Literal(-1.5),
            Literal(None),
            Call("States.MathAdd", (Path("$n", ()), Literal(2))),
        ),
    )
    assert [path.variable for path in paths_of(call)] == ["", "n"]
    assert call.depth == 2


@pytest.mark.parametrize(
    "text",
    [
        "States.Nope()",
        "States.UUID(1)",
        "States.MathAdd(1)",
        "States.Format()",
        "States.Array('a)",
        "States.Array(1",
        "States.Array(1) x",
        "States.Array(a)",
        "States.Hash($.a 'MD5')",
        "States.StringToJson('\\n')",
        "Format(1)",
        "States.JsonToString($.)",
    ],
)
def test_bad_intrinsic_functions(text: str) -> None:
    """Unknown names, wrong numbers of arguments, wrong texts and unbalanced parentheses."""
    with pytest.raises(IntrinsicError):
        parse_intrinsic(text)


@given(st.sampled_from(sorted(ARITIES)), st.integers(0, 5))
def test_arities(name: str, count: int) -> None:
    """A call is accepted with exactly the numbers of arguments that the table gives."""
    fewest, most = ARITIES[name]
    good = count >= fewest and (most is None or count <= most)
    try:
        parse_intrinsic(f"{name}({', '.join(['$.a'] * count)})")
    except IntrinsicError:
        assert not good
    else:
        assert good


@given(st.text(alphabet="States.Array()'$,1 \\{}\"", max_size=30))
def test_parsing_a_call_never_breaks(text: str) -> None:
    """Any text is a call or an IntrinsicError inside the text."""
    at = 0
    try:
        parse_intrinsic(text)
    except IntrinsicError as error:
        at = error.position
    assert 0 <= at <= len(text)


QUERIES = [
    ("$states.input.day & $x", ["states", "x"], []),
    ("($y := $x; $y + $z)", ["x", "z"], []),
    ("($y := $y; $y)", ["y"], []),
    ("(($y := 1; $y); $y)", ["y"], []),
    ("$map($xs, function($v, $i) { $v + $i + $k })", ["xs", "k"], []),
    ("($f := function($n) { $n > 0 ? $f($n - 1) : 0 }; $f($m))", ["m"], []),
    ("$xs@$a#$i.{'a': $a, 'i': $i}", ["xs"], []),
    ("$count($xs[price > $limit].name)", ["xs", "limit"], []),
    ("phone", [], ["phone"]),
    ("{'a': phone, b: 1}", [], ["phone", "b"]),
    ("[a, $f(b)]", ["f"], ["a", "b"]),
    ("$x.(a + b)", ["x"], []),
    ("$x^(>price){name: $sum(cost)}", ["x"], []),
    ("$x ~> |items|{'n': price * 2}|", ["x"], []),
    ("'phone' & \"$x\" & `odd`.a", [], ["odd"]),
    ("/* $c */ $x ~> /a$b/", ["x"], []),
    ("$ & $$ & *", [], ["$", "$$", "*"]),
    ("$x[$ > 1]", ["x"], []),
    ("true and false or null in $x", ["x"], []),
    ("and", [], ["and"]),
    ("6 / 3 / $x", ["x"], []),
]


@pytest.mark.parametrize(("text", "variables", "names"), QUERIES)
def test_what_an_expression_reads(text: str, variables: list[str], names: list[str]) -> None:
    """Variables from outside, local ones left out; names that would need an input document."""
    query = scan_query(text)
    assert query.error is None
    assert [read.name for read in query.variables] == variables
    assert [read.name for read in query.top_level_names] == names
    for read in query.variables:
        assert text[read.start : read.end] == f"${read.name}"


@pytest.mark.parametrize("text", ["'a", "[1", "(1]", ")", "`a", "$x ~> /ab", "/* a", "1 ! §"])
def test_expressions_that_cannot_be_read(text: str) -> None:
    """Quotes, brackets and characters are checked without a parser."""
    error = scan_query(text).error
    assert error is not None
    assert 0 <= error[1] <= len(text)


@given(st.text(max_size=40))
def test_scanning_never_breaks(text: str) -> None:
    """Any text gives a query or an error inside the text."""
    error = scan_query(text).error
    assert error is None or 0 <= error[1] <= len(text)


def test_the_parsers_word_is_passed_on() -> None:
    """An injected parser's message and offset become the diagnostic's and AWS's."""
    definition = {
        "QueryLanguage": "JSONata",
        "StartAt": "A",
        "States": {"A": {"Type": "Pass", "Output": "{% 1 + %}", "End": True}},
    }
    (found,) = validate(definition, check_expression=lambda text: ("Unexpected end of expression", len(text)))
    assert (found.code, found.aws_code) == ("A404", "INVALID_JSONATA_EXPRESSION")
    assert found.aws_message == "Unexpected end of expression"


def test_the_parser_sees_each_expression_without_its_delimiters() -> None:
    """In every JSONata field, and in JSONata states only."""
    seen: list[str] = []

    def check(text: str) -> None:
        seen.append(text)

    states = {
        "A": {
            "Type": "Task",
            "QueryLanguage": "JSONata",
            "Resource": "arn:aws:states:::lambda:invoke",
            "Arguments": {"l": ["{% 1 %}", {"a": "{%2%}", "b": "{{% 3 %}}", "c": "%}"}]},
            "TimeoutSeconds": "{% 4 %}",
            "Catch": [{"ErrorEquals": ["E"], "Output": "{% 5 %}", "Next": "B"}],
            "Assign": {"x": "{% 6 %}"},
            "Next": "B",
        },
        "B": {"Type": "Pass", "Parameters": {"a": "{% 7 %}"}, "End": True},
    }
    validate({"StartAt": "A", "States": states}, check_expression=check)
    assert sorted(seen) == [" 1 ", " 4 ", " 5 ", " 6 ", "2"]
