"""Judges the definitions of recorded CreateStateMachine and ValidateStateMachineDefinition calls.

`validate(case)` has the form that the conformance scorer takes. Cases that judge the request (its name, its
logging, its versions) are the API's, not the language's, and are not for this adapter.
"""

from __future__ import annotations

from typing import Any

from ladle.asl import aws_diagnostics, aws_message, has_errors
from ladle.asl import validate as validate_definition
from ladle.jsonata import JsonataError, compile_expression

__all__ = ["check_expression", "validate"]


def check_expression(expression: str) -> tuple[str, int] | None:
    """Whether the evaluator's parser takes an expression; see `ladle.asl.ExpressionChecker`."""
    try:
        compile_expression(expression)
    except JsonataError as error:
        if error.code:  # without a code it parses, and is refused for what it reads
            return error.message, error.position or 0
    return None


def validate(case: dict[str, Any]) -> dict[str, Any]:
    """AWS's answer to the case's definition; `skip` for a case that judges the request."""
    if case["about"] != "definition":
        return {"skip": "judges the request, not the definition"}
    found = validate_definition(
        case["definition_raw"], type=case["type"] or "STANDARD", check_expression=check_expression
    )
    refused = has_errors(found)
    answer: dict[str, Any] = {"valid": not refused}
    if case["api"] == "validate_state_machine_definition":
        return answer | {"result": "FAIL" if refused else "OK", "diagnostics": aws_diagnostics(found)}
    if refused:
        answer |= {"error_code": "InvalidDefinition", "error_message": aws_message(found)}
    return answer
