"""What AWS answers, word for word, where that is known: recorded, or measured and published by others."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from ladle.asl import (
    aws_diagnostics,
    aws_message,
    has_errors,
    print_definition,
    validate,
    variable_references,
)

PASS = {"Type": "Pass", "End": True}


def _message(definition: Any) -> str:
    return aws_message(validate(definition))


MEASURED: list[tuple[dict[str, Any], str]] = [
    (
        {"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "C"}, "B": PASS}},
        "MISSING_TRANSITION_TARGET: Missing 'Next' target: C at /States/A/Next, "
        'MISSING_TRANSITION_TARGET: State "B" is not reachable. at /States/B',
    ),
    (
        {"StartAt": "X", "States": {"A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Succeed"}}},
        "MISSING_TRANSITION_TARGET: Missing 'Next' target: X at /StartAt, "
        'MISSING_TRANSITION_TARGET: State "A" is not reachable. at /States/A',
    ),
    (
        {"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Pass", "Next": "A"}}},
        "MISSING_END_STATE: Workflow has no terminal state at null",
    ),
    (
        {"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "NOPE"}}},
        "MISSING_TRANSITION_TARGET: Missing 'Next' target: NOPE at /States/A/Next, "
        "MISSING_END_STATE: Workflow has no terminal state at null",
    ),
    (
        {"StartAt": "A", "States": {"A": {**PASS, "Catch": []}}},
        "SCHEMA_VALIDATION_FAILED: Field 'Catch' is not supported at /States/A",
    ),
    (
        {"StartAt": "A", "States": {"A": {"Type": "Wait", "Seconds": 10**16, "End": True}}},
        "SCHEMA_VALIDATION_FAILED: Maximum value is 99999999 at /States/A/Seconds",
    ),
    (
        {"StartAt": "A", "States": {"A": {**PASS, "OutputPath": "Test"}}},
        "SCHEMA_VALIDATION_FAILED: Value must be a valid JSONPath. at /States/A/OutputPath",
    ),
    (
        {"StartAt": "A", "States": {"A": {**PASS, "Output": 1}}},
        "SCHEMA_VALIDATION_FAILED: The QueryLanguage is set to 'JSONPath', but field 'Output' is only "
        "supported for the 'JSONata' QueryLanguage at /States/A",
    ),
    (
        {
            "QueryLanguage": "JSONata",
            "StartAt": "A",
            "States": {"A": {**PASS, "Output": {"v": "{% phone %}"}}},
        },
        "UNSUPPORTED_JSONATA_EXPRESSION: Reference to 'phone' at the top level is not supported. "
        "at /States/A/Output/v",
    ),
]


@pytest.mark.parametrize(("definition", "expected"), MEASURED)
def test_messages(definition: dict[str, Any], expected: str) -> None:
    """The InvalidDefinition error's text, every diagnostic with its code and location."""
    assert _message(definition) == f"Invalid State Machine Definition: '{expected}'"


def test_warnings_are_not_in_the_answer() -> None:
    """What AWS accepts gives no message."""
    found = validate({"StartAt": "A", "States": {"A": {**PASS, "Parameters": {"a": "$.a"}}}})
    assert [item.severity for item in found] == ["warning"]
    assert (has_errors(found), aws_message(found), aws_diagnostics(found)) == (False, "", [])


def test_a_catchers_place_is_written_with_brackets() -> None:
    """Dangling targets are called Next wherever they stand, at AWS's form of the path."""
    states = {
        "A": {
            "Type": "Task",
            "Resource": "arn:aws:states:::lambda:invoke",
            "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "X"}],
            "End": True,
        }
    }
    assert aws_diagnostics(validate({"StartAt": "A", "States": states})) == [
        {
            "severity": "ERROR",
            "code": "MISSING_TRANSITION_TARGET",
            "message": "Missing 'Next' target: X",
            "location": "/States/A/Catch[0]/Next",
        }
    ]


def _recorded(kind: str) -> list[Any]:
    folder = os.environ.get("CONFORMANCE_CASES")
    if not folder:
        return [pytest.param(None, marks=pytest.mark.skip(reason="CONFORMANCE_CASES names no folder"))]
    cases = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(Path(folder).glob("*.json"))]
    return [pytest.param(case, id=case["id"]) for case in cases if case["kind"] == kind]


@pytest.mark.parametrize("case", _recorded("validation"))
def test_recorded_validation(case: dict[str, Any]) -> None:
    """The verdict, and the message or diagnostics, of every recorded creation that judges a definition."""
    if case["about"] != "definition":
        pytest.skip("judges the request")
    found = validate(case["definition_raw"], type=case["type"])
    expected = case["expected"]
    assert has_errors(found) != expected["valid"]
    if "diagnostics" in expected:
        assert aws_diagnostics(found) == expected["diagnostics"]
    elif not expected["valid"]:
        assert aws_message(found) == expected["error_message"]


@pytest.mark.parametrize("case", _recorded("describe"))
def test_recorded_variable_references(case: dict[str, Any]) -> None:
    """DescribeStateMachine's variableReferences; AWS leaves the field out when there are none."""
    assert variable_references(case["definition"]) == (case["expected"]["variableReferences"] or {})
    assert json.loads(print_definition(case["definition"])) == case["definition"]
