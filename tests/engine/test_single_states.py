"""A state on its own, as the TestState API runs it."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest

from ladle.engine.mock_schema import mock_problem
from ladle.engine.state_test import StateTestRefused, try_state
from tests.engine.engine_harness import Functions, task

INVOKE = {**task(Resource="arn:aws:states:::lambda:invoke"), "QueryLanguage": "JSONata"}
MAP = {
    "Type": "Map",
    "QueryLanguage": "JSONata",
    "Items": "{% $states.input %}",
    "ItemProcessor": {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
        "StartAt": "A",
        "States": {"A": {"Type": "Pass", "End": True}},
    },
    "End": True,
}


def _error(error: str, cause: str = "why") -> dict[str, Any]:
    return {"errorOutput": {"error": error, "cause": cause}}


def _result(value: Any, **more: Any) -> dict[str, Any]:
    return {"result": json.dumps(value), **more}


def test_a_pass_shows_what_became_of_its_input_on_the_way() -> None:
    """Inspection data are JSON texts."""
    state = {
        "Type": "Pass",
        "InputPath": "$.in",
        "Parameters": {"n.$": "$.n"},
        "ResultPath": "$.out",
        "Next": "Other",
    }
    result = try_state(state, {"in": {"n": 1}})
    assert (result["status"], result["nextState"]) == ("SUCCEEDED", "Other")
    assert result["output"] == {"in": {"n": 1}, "out": {"n": 1}}
    assert {key: json.loads(text) for key, text in result["inspectionData"].items()} == {
        "input": {"in": {"n": 1}},
        "afterInputPath": {"n": 1},
        "afterParameters": {"n": 1},
        "afterResultSelector": {"n": 1},
        "afterResultPath": {"in": {"n": 1}, "out": {"n": 1}},
    }


def test_a_mocked_result_takes_the_place_of_the_call() -> None:
    """Output and Assign work on it."""
    state = {**INVOKE, "Output": "{% $states.result.Payload %}"}
    assert try_state(state, {}, mock=_result({"Payload": 7}))["output"] == 7


def test_without_a_mock_the_runner_is_asked() -> None:
    """A role must be named, as on AWS."""
    runner = Functions(StateName=lambda _: "real")
    state = task()
    assert try_state(state, {}, runner=runner, role_arn="arn:aws:iam::1:role/r")["output"] == "real"
    with pytest.raises(StateTestRefused, match="RoleArn must be specified"):
        try_state(state, {}, runner=runner)


@pytest.mark.parametrize(
    ("retries", "status", "details"),
    [
        (0, "RETRIABLE", {"retryIndex": 0, "retryBackoffIntervalSeconds": 1}),
        (4, "RETRIABLE", {"retryIndex": 0, "retryBackoffIntervalSeconds": 16}),
        (5, "FAILED", {"retryIndex": 0}),
    ],
)
def test_an_error_that_a_retrier_takes_is_retriable_until_its_attempts_are_over(
    retries: int, status: str, details: dict[str, Any]
) -> None:
    """`retrierRetryCount` says how many there were."""
    state = {**INVOKE, "Retry": [{"ErrorEquals": ["E"], "MaxAttempts": 5}]}
    result = try_state(state, {}, mock=_error("E"), state_configuration={"retrierRetryCount": retries})
    assert (result["status"], result["error"], result["cause"]) == (status, "E", "why")
    assert result["inspectionData"]["errorDetails"] == details


def test_an_error_that_a_catcher_takes_is_caught() -> None:
    """With the catcher's output and next state."""
    catch = [{"ErrorEquals": ["X"], "Next": "N"}, {"ErrorEquals": ["States.ALL"], "Next": "C"}]
    result = try_state({**INVOKE, "Catch": catch}, {}, mock=_error("E"))
    assert (result["status"], result["nextState"]) == ("CAUGHT_ERROR", "C")
    assert result["output"] == {"Error": "E", "Cause": "why"}
    assert result["inspectionData"]["errorDetails"] == {"catchIndex": 1}


@pytest.mark.parametrize(("failures", "status"), [(1, "SUCCEEDED"), (2, "FAILED")])
def test_a_map_fails_over_its_tolerated_failures(failures: int, status: str) -> None:
    """`mapIterationFailureCount` says how many there were."""
    result = try_state(
        {**MAP, "ToleratedFailureCount": 1},
        [1, 2, 3],
        mock=_result([1, 2, 3]),
        state_configuration={"mapIterationFailureCount": failures},
    )
    assert result["status"] == status
    assert result["inspectionData"]["toleratedFailureCount"] == 1


def test_causes_do_not_name_the_state() -> None:
    """There is no event to name."""
    state = {"Type": "Pass", "QueryLanguage": "JSONata", "Output": "{% $gone %}", "End": True}
    assert try_state(state, {})["cause"] == (
        "The JSONata expression '$gone' specified for the field 'Output' returned nothing (undefined)."
    )


def test_a_state_of_a_machine_is_found_by_name() -> None:
    """Nested ones too."""
    inner = {"StartAt": "In", "States": {"In": {"Type": "Fail", "Error": "Deep"}}}
    definition = {"StartAt": "P", "States": {"P": {"Type": "Parallel", "Branches": [inner], "End": True}}}
    assert try_state(definition, {}, state_name="In")["error"] == "Deep"
    with pytest.raises(StateTestRefused, match="does not exist"):
        try_state(definition, {}, state_name="Out")


def test_the_context_object_can_be_given() -> None:
    """Then it is all there is."""
    state = {"Type": "Pass", "QueryLanguage": "JSONata", "Output": "{% $states.context %}", "End": True}
    assert try_state(state, {}, context={"Execution": {"Id": "x"}})["output"] == {"Execution": {"Id": "x"}}
    state["Output"] = "{% $states.context.Execution.Input & $states.context.Map.Item.Value %}"
    context = {"Execution": {"Input": "a"}, "Map": {"Item": {"Value": "b"}}}
    assert try_state(state, {}, context=context)["output"] == "ab"


@pytest.mark.parametrize(
    ("state", "options", "message"),
    [
        ({"Type": "Succeed"}, {"mock": _result(1)}, "'Succeed' is not supported when a mock"),
        (MAP, {}, "does not support Map or Parallel states"),
        (MAP, {"mock": _result({})}, "must be an array"),
        (INVOKE, {"mock": {"result": "{"}}, "must be valid JSON"),
        (INVOKE, {"mock": _result({}), "reveal_secrets": True}, "RevealSecrets"),
        (
            MAP,
            {"mock": _result([1]), "state_configuration": {"mapIterationFailureCount": 2}},
            "less than or equal",
        ),
        (INVOKE, {"mock": _result({}), "context": {"Task": {"Token": "t"}}}, "contains 'Task'"),
        ({"Type": "Nap"}, {}, "unknown Type"),
    ],
)
def test_requests_that_aws_refuses_are_refused(
    state: dict[str, Any], options: dict[str, Any], message: str
) -> None:
    """With AWS's code and words."""
    with pytest.raises(StateTestRefused, match=message):
        try_state(state, [1], **options)


def _shape(kind: str, **more: Any) -> Any:
    return SimpleNamespace(**{"type_name": kind, "metadata": {}, "enum": [], **more})


RESULT = _shape(
    "structure",
    required_members=["id"],
    members={
        "id": _shape("string", metadata={"min": 1}),
        "size": _shape("long", metadata={"max": 10}),
        "class": _shape("string", enum=["A", "B"]),
        "when": _shape("timestamp"),
        "tags": _shape("list", member=_shape("boolean")),
    },
)


@pytest.mark.parametrize(
    ("value", "mode", "problem"),
    [
        ({"Id": "x", "Size": 10, "Class": "A", "When": "now", "Tags": [True], "More": 1}, "STRICT", None),
        ({}, "STRICT", "Required field 'Id' is missing"),
        ({}, "PRESENT", None),
        ({"Id": ""}, "PRESENT", "Field 'Id' is smaller than the minimum length"),
        ({"Size": 11}, "PRESENT", "Field 'Size' exceeds the maximum value"),
        ({"Size": "1"}, "PRESENT", "Field 'Size' must be a number"),
        ({"Class": "C"}, "PRESENT", "Field 'Class' is not an expected value"),
        ({"When": 1}, "PRESENT", "Field 'When' must be a string"),
        ({"Tags": [1]}, "PRESENT", "Field 'Tags' must be a boolean"),
        ({"Tags": 1}, "PRESENT", "Field 'Tags' must be an array"),
    ],
)
def test_a_mocked_result_is_checked_against_the_services_model(
    value: Any, mode: str, problem: str | None
) -> None:
    """Required fields only in STRICT mode; unknown fields are let through."""
    assert mock_problem(RESULT, value, mode) == problem
