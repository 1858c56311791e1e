"""JSON templates with expressions, over the scope of a state."""

from __future__ import annotations

from typing import Any

import pytest

from ladle.engine.jsonata_payload import TemplateError, compile_template
from ladle.engine.scope import EvaluationFailed, Scope

CONTEXT = {"Execution": {"Input": {"n": 1}, "Name": "run"}, "Map": {"Item": {"Index": 2, "Value": {"v": 3}}}}


def scope(**more: Any) -> Scope:
    return Scope(
        {"a": {"b": [1, 2]}}, variables={"v": 2, "error": "E"}, context_source=lambda: CONTEXT, **more
    )


def value(template: Any, **more: Any) -> Any:
    return compile_template(template, field="Output")(scope(**more))


def test_expressions_stand_for_their_values() -> None:
    """At any depth; what is no expression stays, also a string with only half of the signs."""
    template = {
        "x": "{% $states.input.a %}",
        "y": [1, {"z": "{% $v + 1 %}"}],
        "t": "{% half",
        "u": " {% $v %}",
    }
    assert value(template) == {"x": {"b": [1, 2]}, "y": [1, {"z": 3}], "t": "{% half", "u": " {% $v %}"}


def test_a_constant_template_is_itself() -> None:
    """Nothing is copied."""
    template = {"a": [1, {"b": None}]}
    assert value(template) is template


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$states.input.a.b[0]", 1),
        ("$states.result", {"r": 1}),
        ("$states.context.Execution.Input.n", 1),
        ("$states.context.Execution.Name", "run"),
        ("$states.context.Map.Item.Index", 2),
        ("$states.context.Map.Item.Value.v", 3),
        ("$states.context.Map.Item", {"Index": 2, "Value": {"v": 3}}),
        ("$states.context", CONTEXT),
        ("$error", "E"),
        ("$keys($states)", ["input", "context", "result"]),
        ("$sort($keys($states.context.Execution))", ["Input", "Name"]),
    ],
)
def test_what_an_expression_sees(text: str, expected: Any) -> None:
    """The input, the result, the context object, the variables (also one named like a function)."""
    assert value(f"{{% {text} %}}", result={"r": 1}) == expected


@pytest.mark.parametrize(
    ("template", "field", "cause"),
    [
        ("{% $none %}", "Output", "'$none' specified for the field 'Output' returned nothing (undefined)."),
        (
            {"a": [{"b": "{% $states.result %}"}]},
            "Catch[1]/Output",
            "'$states.result' specified for the field 'Catch[1]/Output/a[0]/b' returned nothing (undefined).",
        ),
        (
            "{% 'a' + 1 %}",
            "Assign",
            "''a' + 1' specified for the field 'Assign' threw an error during evaluation. T2001: The left"
            ' side of the "+" operator must evaluate to a number',
        ),
        (
            "{% [1..900000] ~> $count() %}",
            "Output",
            "'[1..900000] ~> $count()' specified for the field 'Output' threw an error during evaluation:"
            " Expression evaluation memory limit exceeded: Check for excessive memory usage",
        ),
        (
            "{% function($x) { $x } %}",
            "Items",
            "'function($x) { $x }' specified for the field 'Items' returned an unsupported result type.",
        ),
    ],
)
def test_failures_in_the_words_of_aws(template: Any, field: str, cause: str) -> None:
    """The expression, its place, what happened; a coded error after a full stop, a bound after a colon."""
    with pytest.raises(EvaluationFailed) as caught:
        compile_template(template, field=field)(scope())
    assert caught.value.error == "States.QueryEvaluationError"
    assert caught.value.cause == f"The JSONata expression {cause}"


def test_a_value_of_another_type() -> None:
    """Is told with the value."""
    items = compile_template("{% {'foo': 'bar'} %}", field="Items", expected="array")
    with pytest.raises(EvaluationFailed) as caught:
        items(scope())
    assert caught.value.cause == (
        "The JSONata expression '{'foo': 'bar'}' specified for the field 'Items' returned an unexpected"
        """ result type. Expected 'array', but was 'object' for value: {"foo":"bar"}"""
    )
    assert compile_template("{% [1] %}", field="Items", expected="array")(scope()) == [1]


def test_what_aws_refuses_is_refused_when_compiled() -> None:
    """With the field and the reason."""
    with pytest.raises(TemplateError) as caught:
        compile_template({"a": "{% foo %}"}, field="Arguments")
    assert caught.value.field == "Arguments/a"


def test_the_clock_and_the_seed_are_the_scope_s() -> None:
    """Evaluations repeat for the same clock and seed."""
    assert value("{% $millis() %}", clock=lambda: 1.5) == 1500
    assert value("{% $uuid() %}", seed_source=lambda: 7) == value("{% $uuid() %}", seed_source=lambda: 7)
