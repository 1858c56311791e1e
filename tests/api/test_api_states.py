"""TestState and ValidateStateMachineDefinition through boto3."""

from __future__ import annotations

import json
from typing import Any

import pytest
from api_making import ROLE, Refused, states

TASK = {
    "Type": "Task",
    "Resource": "arn:aws:lambda:us-east-1:123456789012:function:echo",
    "Retry": [{"ErrorEquals": ["Busy"], "IntervalSeconds": 2, "MaxAttempts": 2, "BackoffRate": 3}],
    "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Mend", "ResultPath": "$.error"}],
    "Next": "On",
}


def test_a_task_really_runs(sfn: Any) -> None:
    """Where no mock is given: the function itself."""
    found = sfn.test_state(definition=json.dumps(TASK), roleArn=ROLE, input='{"a": 1}')
    assert (found["status"], found["output"], found["nextState"]) == ("SUCCEEDED", '{"a":1}', "On")
    assert "inspectionData" not in found


def test_a_mock_answers(sfn: Any) -> None:
    """With a result, and what became of it on the way."""
    found = sfn.test_state(
        definition=json.dumps(TASK | {"ResultPath": "$.b"}),
        input='{"a": 1}',
        mock={"result": "[2]"},
        inspectionLevel="DEBUG",
    )
    assert found["output"] == '{"a":1,"b":[2]}'
    assert found["inspectionData"]["result"] == "[2]"


@pytest.mark.parametrize(
    ("error", "retried", "status"),
    [("Busy", 0, "RETRIABLE"), ("Busy", 2, "CAUGHT_ERROR"), ("X", 0, "CAUGHT_ERROR")],
)
def test_errors_are_retried_then_caught(sfn: Any, error: str, retried: int, status: str) -> None:
    """As far as the retrier's attempts go."""
    found = sfn.test_state(
        definition=json.dumps(TASK),
        mock={"errorOutput": {"error": error, "cause": "c"}},
        stateConfiguration={"retrierRetryCount": retried},
        inspectionLevel="TRACE",
    )
    assert (found["status"], found["error"]) == (status, error)
    details = found["inspectionData"]["errorDetails"]
    if status == "RETRIABLE":
        assert details == {"retryIndex": 0, "retryBackoffIntervalSeconds": 2}
    else:
        assert details["catchIndex"] == 0
        assert found["nextState"] == "Mend"


def test_variables_and_context_are_given(sfn: Any) -> None:
    """As JSON texts."""
    state = {
        "Type": "Task",
        "QueryLanguage": "JSONata",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Arguments": {"FunctionName": "f", "Payload": "{% $x & $states.context.Execution.Name %}"},
        "End": True,
    }
    found = sfn.test_state(
        definition=json.dumps(state),
        variables='{"x": "run "}',
        context='{"Execution": {"Name": "seven"}}',
        mock={"result": '{"Payload": 1}'},
        inspectionLevel="DEBUG",
    )
    assert json.loads(found["inspectionData"]["afterArguments"])["Payload"] == "run seven"


def test_a_state_of_a_machine_is_tested(sfn: Any) -> None:
    """Named by `stateName`."""
    machine = states(A={"Type": "Pass"}, B={"Type": "Pass", "Result": 7})
    assert sfn.test_state(definition=machine, stateName="B")["output"] == "7"


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        ({"definition": "{"}, "InvalidDefinition"),
        ({"definition": '{"Type": "Pass", "Nxt": "B"}'}, "InvalidDefinition"),
        ({"definition": '{"Type": "Pass", "End": true}', "input": "{"}, "InvalidExecutionInput"),
        ({"definition": '{"Type": "Pass", "End": true}', "variables": "["}, "ValidationException"),
        ({"definition": '{"Type": "Pass", "End": true}', "mock": {"result": "1"}}, "ValidationException"),
        ({"definition": json.dumps(TASK)}, "ValidationException"),
    ],
)
def test_what_cannot_be_tested_is_refused(refused: Refused, request_: dict[str, Any], code: str) -> None:
    """With the error that says why."""
    assert refused("test_state", **request_)[0] == code


def test_a_definition_is_judged(sfn: Any) -> None:
    """With diagnostics that have a place, warnings when they are asked for, no more than asked for."""
    good = sfn.validate_state_machine_definition(definition=states(A={"Type": "Pass"}))
    assert (good["result"], good["diagnostics"], good["truncated"]) == ("OK", [], False)
    bad = states(A={"Type": "Pass", "Next": "X"}, B={"Type": "Pass", "Next": "Y"})
    found = sfn.validate_state_machine_definition(definition=bad, maxResults=1)
    assert (found["result"], len(found["diagnostics"]), found["truncated"]) == ("FAIL", 1, True)
    assert found["diagnostics"][0]["severity"] == "ERROR"
    assert found["diagnostics"][0]["location"].startswith("/States/")


def test_express_is_judged_by_its_own_rules(sfn: Any) -> None:
    """No `.sync`, no tokens."""
    task = {"Type": "Task", "Resource": "arn:aws:states:::states:startExecution.sync:2", "Parameters": {}}
    definition = states(A=task)
    assert sfn.validate_state_machine_definition(definition=definition)["result"] == "OK"
    assert sfn.validate_state_machine_definition(definition=definition, type="EXPRESS")["result"] == "FAIL"
