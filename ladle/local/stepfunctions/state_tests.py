"""TestState: one state on its own."""

from __future__ import annotations

import json
from functools import cache
from typing import Any, Final

from ladle.engine.mock_schema import mock_problem
from ladle.engine.state_test import StateTestRefused, try_state
from ladle.local.stepfunctions.errors import ApiError
from ladle.local.stepfunctions.machines import checked_definition
from ladle.local.stepfunctions.world import Desk
from ladle.services.naming import botocore_service

__all__ = ["test_state"]

UNKNOWN_RESOURCE: Final = "A210"
"""Measured on AWS: TestState takes resources that CreateStateMachine does not recognise."""

_NESTED: Final = {"sfn": "stepfunctions", "states": "stepfunctions"}


def test_state(desk: Desk, request: dict[str, Any]) -> dict[str, Any]:
    """TestState, for every inspection level, with or without a mock."""
    definition = _definition(request)
    world = desk.world
    context = _json(request, "context", None)
    if context is not None and not isinstance(context, dict):
        raise ApiError("ValidationException", "Invalid Context object provided: it must be a JSON object")
    variables = _json(request, "variables", {})
    if not isinstance(variables, dict):
        raise ApiError("ValidationException", "Variables must be a JSON object")
    try:
        result = try_state(
            definition,
            _json(request, "input", {}),
            state_name=request.get("stateName"),
            role_arn=request.get("roleArn"),
            mock=request.get("mock"),
            state_configuration=request.get("stateConfiguration"),
            context=context,
            variables=variables,
            reveal_secrets=bool(request.get("revealSecrets")),
            runner=world,
            check_mock=check_mock,
            account=desk.account,
            region=desk.region,
            clock=world.engine.clock,
        )
    except StateTestRefused as refusal:
        raise ApiError(refusal.code, str(refusal)) from None
    answer = {
        name: result[name] for name in ("status", "error", "cause", "nextState") if result[name] is not None
    }
    if result["status"] in ("SUCCEEDED", "CAUGHT_ERROR"):
        answer["output"] = json.dumps(result["output"], ensure_ascii=False, separators=(",", ":"))
    if request.get("inspectionLevel", "INFO") != "INFO":
        answer["inspectionData"] = result["inspectionData"]
    return answer


test_state.__test__ = False  # type: ignore[attr-defined]


def _json(request: dict[str, Any], name: str, default: Any) -> Any:
    """A member that is JSON text."""
    text = request.get(name)
    if text is None:
        return default
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        if name == "input":
            raise ApiError(
                "InvalidExecutionInput", f"Invalid State Machine Execution Input: '{error}'"
            ) from None
        raise ApiError("ValidationException", f"Invalid {name} provided: {error}") from None


def _definition(request: dict[str, Any]) -> str:
    """The definition, once it has passed validation: a machine as it is, a state as one that stands alone."""
    text: str = request["definition"]
    try:
        decoded = json.loads(text)
    except (ValueError, RecursionError):
        decoded = None
    if not isinstance(decoded, dict) or "States" in decoded:
        checked_definition(text, "STANDARD", but=UNKNOWN_RESOURCE)
        return text
    states: dict[str, Any] = {"StateName": decoded}
    for target in _targets(decoded):
        states.setdefault(target, {"Type": "Succeed"})
    alone: dict[str, Any] = {"StartAt": "StateName", "States": states}
    if decoded.get("QueryLanguage") == "JSONata":
        alone["QueryLanguage"] = "JSONata"
    checked_definition(json.dumps(alone), "STANDARD", but=UNKNOWN_RESOURCE)
    return text


def _targets(state: dict[str, Any]) -> list[str]:
    """The states that a state leads to."""
    entries = [state, *_objects(state.get("Catch")), *_objects(state.get("Choices"))]
    names = [entry.get("Next") for entry in entries] + [state.get("Default")]
    return [name for name in names if isinstance(name, str)]


def _objects(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def check_mock(resource: str, result: Any, mode: str) -> str | None:
    """What botocore's model of the service has against a mocked result, None for nothing."""
    parts = resource.partition(":::")[2].removeprefix("aws-sdk:").split(":")
    if parts[:2] == ["lambda", "invoke"] or len(parts) < 2:
        return None
    session = _botocore()
    service = _NESTED.get(parts[0]) or botocore_service(parts[0], tuple(session.get_available_services()))
    if service is None:
        return None
    model = session.get_service_model(service)
    action = parts[1].partition(".")[0]
    name = next((known for known in model.operation_names if known.lower() == action.lower()), None)
    shape = None if name is None else model.operation_model(name).output_shape
    return mock_problem(shape, result, mode)


@cache
def _botocore() -> Any:
    import botocore.session

    return botocore.session.get_session()
