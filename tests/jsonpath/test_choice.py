"""Choice rules: comparisons by type, type tests, boolean combinations."""

from __future__ import annotations

from typing import Any

import pytest

from ladle.engine.jsonpath import PathTemplateError, compile_choice
from ladle.engine.scope import EvaluationFailed, Scope


def holds(rule: dict[str, Any], document: Any, **variables: Any) -> bool:
    return compile_choice(rule)(Scope(document, variables=variables))


@pytest.mark.parametrize(
    ("operator", "value", "operand", "outcome"),
    [
        ("StringEquals", "a", "a", True),
        ("StringEquals", 1, "1", False),
        ("StringLessThan", "a", "b", True),
        ("StringLessThan", "a", "a", False),
        ("StringGreaterThanEquals", "b", "b", True),
        ("StringGreaterThan", "\uff61", "\U0001f600", True),
        ("NumericEquals", 1.0, 1, True),
        ("NumericEquals", True, 1, False),
        ("NumericEquals", "1", 1, False),
        ("NumericLessThan", 0.5, 1, True),
        ("NumericGreaterThanEquals", None, 1, False),
        ("BooleanEquals", False, False, True),
        ("BooleanEquals", 0, False, False),
        ("TimestampEquals", "2012-10-09T19:00:55Z", "2012-10-09T21:00:55.0+02:00", True),
        ("TimestampLessThan", "2012-10-09T19:00:55.1Z", "2012-10-09T19:00:55.12Z", True),
        ("TimestampGreaterThan", "2012-10-09", "2012-10-08T00:00:00Z", False),
        ("StringMatches", "foo23.log", "foo*.log", True),
        ("StringMatches", "zebra.log", "*.log", True),
        ("StringMatches", "foo*bar", r"foo\*bar", True),
        ("StringMatches", "fooxbar", r"foo\*bar", False),
        ("StringMatches", "a.b", "a?b", False),
        ("StringMatches", 5, "*", False),
    ],
)
def test_comparisons(operator: str, value: Any, operand: Any, outcome: bool) -> None:
    """A value of another type is not equal, not less, not greater: the rule just does not hold."""
    assert holds({"Variable": "$.v", operator: operand}, {"v": value}) is outcome
    if operator != "StringMatches":
        assert holds({"Variable": "$.v", operator + "Path": "$.w"}, {"v": value, "w": operand}) is outcome


@pytest.mark.parametrize(
    ("operator", "holding"),
    [
        ("IsNull", {"null"}),
        ("IsString", {"text", "time"}),
        ("IsNumeric", {"int", "float"}),
        ("IsBoolean", {"bool"}),
        ("IsTimestamp", {"time"}),
        ("IsPresent", {"null", "text", "time", "int", "float", "bool", "list"}),
    ],
)
def test_type_tests(operator: str, holding: set[str]) -> None:
    """Each holds for its type, and with `false` for every other."""
    values = {
        "null": None,
        "text": "a",
        "time": "2020-01-01T00:00:00Z",
        "int": 1,
        "float": 1.5,
        "bool": False,
        "list": [],
    }
    assert {name for name in values if holds({"Variable": f"$.{name}", operator: True}, values)} == holding
    others = {name for name in values if holds({"Variable": f"$.{name}", operator: False}, values)}
    assert others == set(values) - holding


def test_what_is_not_there() -> None:
    """Is for IsPresent to ask; a comparison with it, or another type test of it, fails the state."""
    assert holds({"Variable": "$.gone", "IsPresent": False}, {})
    with pytest.raises(EvaluationFailed):
        holds({"Variable": "$.gone", "IsNull": True}, {})
    with pytest.raises(EvaluationFailed) as caught:
        holds({"Variable": "$.gone", "StringEquals": "a"}, {})
    assert caught.value.error == "States.Runtime"
    assert caught.value.cause == (
        "Invalid path '$.gone': The choice state's condition path references an invalid value."
    )


def test_combinations() -> None:
    """And, Or and Not nest, and stop as soon as the answer is known."""
    present = {"Variable": "$.x", "IsPresent": True}
    positive = {"Variable": "$.x", "NumericGreaterThan": 0}
    assert holds({"And": [present, positive], "Next": "A"}, {"x": 1})
    assert not holds({"And": [present, positive]}, {})
    assert holds({"Or": [{"Not": present}, positive]}, {})
    assert holds({"Not": {"And": [present, {"Not": positive}]}}, {"x": 1})


def test_variables_and_operands_from_other_roots() -> None:
    """`$name` reads a variable, on both sides."""
    assert holds({"Variable": "$guess", "NumericEqualsPath": "$.x"}, {"x": 4}, guess=4)


@pytest.mark.parametrize(
    "rule",
    [{"Variable": "$.x"}, {"StringEquals": "a"}, {"Variable": "x", "IsNull": True}, {"And": []},
     {"Variable": "$.x", "IsNull": True, "IsString": True}, {"Variable": "$.x", "NumericEquals": "1"},
     {"Variable": "$.x", "TimestampEquals": "yesterday"}, {"Variable": "$.x", "StringMatches": 1}],
)  # fmt: skip
def test_rules_that_say_nothing_are_refused(rule: dict[str, Any]) -> None:
    """No operator, no variable, two operators, an operand of the wrong type."""
    with pytest.raises(PathTemplateError):
        compile_choice(rule)
