"""What waits for the outside stays RUNNING, whatever time it has, until it is answered or looked at."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest
from api_making import Make, Refused, finished, states

from ladle.local.stepfunctions import StepFunctions


def token_task(seen: str = "echo", **more: Any) -> dict[str, Any]:
    """A task that waits for its token."""
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
        "Parameters": {"FunctionName": seen, "Payload": {"token.$": "$$.Task.Token"}},
        **more,
    }


def token_of(service: StepFunctions, arn: str) -> str:
    """The token that an execution waits for."""
    return str(service.executions[arn].waiting_for[0]["token"])


def test_a_token_is_answered(sfn: Any, make: Make, service: StepFunctions) -> None:
    """And the execution has gone on when the answer returns."""
    arn = sfn.start_execution(stateMachineArn=make(states(A=token_task(TimeoutSeconds=60))))["executionArn"]
    assert sfn.describe_execution(executionArn=arn)["status"] == "RUNNING"
    sfn.send_task_heartbeat(taskToken=token_of(service, arn))
    sfn.send_task_success(taskToken=token_of(service, arn), output='{"ok": true}')
    found = sfn.describe_execution(executionArn=arn)
    assert (found["status"], found["output"]) == ("SUCCEEDED", '{"ok":true}')


def test_a_token_is_answered_with_a_failure(sfn: Any, make: Make, service: StepFunctions) -> None:
    """Which the state may catch, like any other."""
    task = token_task(Catch=[{"ErrorEquals": ["Mine"], "Next": "C"}], End=True)
    arn = sfn.start_execution(stateMachineArn=make(states(A=task, C={"Type": "Pass"})))["executionArn"]
    sfn.send_task_failure(taskToken=token_of(service, arn), error="Mine", cause="so")
    assert json.loads(sfn.describe_execution(executionArn=arn)["output"]) == {"Error": "Mine", "Cause": "so"}


def test_a_token_is_answered_once(sfn: Any, make: Make, service: StepFunctions, refused: Refused) -> None:
    """An invented token was never one."""
    arn = sfn.start_execution(stateMachineArn=make(states(A=token_task())))["executionArn"]
    token = token_of(service, arn)
    assert refused("send_task_success", taskToken=token, output="{")[0] == "InvalidOutput"
    sfn.send_task_success(taskToken=token, output="{}")
    assert refused("send_task_success", taskToken=token, output="{}") == (
        "TaskTimedOut",
        "Task Timed Out: 'Provided task does not exist anymore'",
    )
    assert refused("send_task_heartbeat", taskToken="invented")[0] == "InvalidToken"


def test_others_do_not_make_it_late(sfn: Any, make: Make, service: StepFunctions) -> None:
    """Starting an execution that waits for an hour does not time out one that has a minute."""
    first = sfn.start_execution(stateMachineArn=make(states(A=token_task(TimeoutSeconds=60))))["executionArn"]
    waits = make(states(W={"Type": "Wait", "Seconds": 3600}), name="waits")
    second = sfn.start_execution(stateMachineArn=waits)["executionArn"]
    sfn.send_task_success(taskToken=token_of(service, first), output="{}")
    assert sfn.describe_execution(executionArn=first)["status"] == "SUCCEEDED"
    assert sfn.describe_execution(executionArn=second)["status"] == "SUCCEEDED"


def test_asking_for_what_takes_longer_lets_time_pass(sfn: Any, make: Make) -> None:
    """For everybody: the hour is over for the one that had a minute."""
    first = sfn.start_execution(stateMachineArn=make(states(A=token_task(TimeoutSeconds=60))))["executionArn"]
    waits = make(states(W={"Type": "Wait", "Seconds": 3600}), name="waits")
    assert finished(sfn, waits)["status"] == "SUCCEEDED"
    found = sfn.describe_execution(executionArn=first)
    assert (found["status"], found["error"]) == ("FAILED", "States.Timeout")


@pytest.mark.parametrize("limit", [{"TimeoutSeconds": 20}, {"TimeoutSeconds": 90, "HeartbeatSeconds": 20}])
def test_polling_ends(sfn: Any, make: Make, limit: dict[str, int]) -> None:
    """A second passes each time somebody looks: what nobody answers times out."""
    arn = sfn.start_execution(stateMachineArn=make(states(A=token_task(**limit))))["executionArn"]
    looks = 0
    while sfn.describe_execution(executionArn=arn)["status"] == "RUNNING":
        looks += 1
    assert 18 <= looks <= 20


def test_a_list_is_one_look(sfn: Any, make: Make, service: StepFunctions) -> None:
    """However many of its executions wait."""
    machine = make(states(A=token_task(TimeoutSeconds=20)))
    for _ in range(5):
        sfn.start_execution(stateMachineArn=machine)
    for _ in range(19):
        sfn.list_executions(stateMachineArn=machine)
    assert {execution.status for execution in service.executions.values()} == {"RUNNING"}
    sfn.list_executions(stateMachineArn=machine)
    assert {execution.status for execution in service.executions.values()} == {"FAILED"}


def test_time_can_be_advanced(sfn: Any, make: Make, service: StepFunctions) -> None:
    """Exactly to the second at which a heartbeat is missed."""
    task = token_task(HeartbeatSeconds=30)
    arn = sfn.start_execution(stateMachineArn=make(states(A=task)))["executionArn"]
    service.advance(29)
    sfn.send_task_heartbeat(taskToken=token_of(service, arn))
    service.advance(29)
    assert service.executions[arn].status == "RUNNING"
    service.advance(1)
    assert service.executions[arn].status == "FAILED"


def test_a_function_answers_its_own_token(sfn: Any, make: Make) -> None:
    """From inside, with boto3, while the engine runs it."""
    import boto3

    from ladle.testing import mock_stepfunctions

    def answers(event: Any, _context: Any) -> None:
        boto3.client("stepfunctions").send_task_success(taskToken=event["token"], output='"from inside"')

    with mock_stepfunctions({"answers": answers}):
        machine = make(states(A=token_task("answers")))
        assert finished(sfn, machine)["output"] == '"from inside"'


def test_a_function_starts_and_asks(sfn: Any, make: Make) -> None:
    """A function that starts an execution and polls it sees it end."""
    import boto3

    from ladle.testing import mock_stepfunctions

    def asks(event: Any, _context: Any) -> Any:
        client = boto3.client("stepfunctions")
        arn = client.start_execution(stateMachineArn=event["inner"])["executionArn"]
        first = client.describe_execution(executionArn=event["me"])["status"]
        return [first, client.describe_execution(executionArn=arn)["status"]]

    with mock_stepfunctions({"asks": asks}):
        inner = make(states(W={"Type": "Wait", "Seconds": 5}), name="inner")
        outer = make(
            states(
                A={
                    "Type": "Task",
                    "Resource": "arn:aws:states:::lambda:invoke",
                    "Parameters": {
                        "FunctionName": "asks",
                        "Payload": {"inner": inner, "me.$": "$$.Execution.Id"},
                    },
                    "OutputPath": "$.Payload",
                }
            )
        )
        assert finished(sfn, outer)["output"] == '["RUNNING","SUCCEEDED"]'


def test_a_worker_fetches_its_task(sfn: Any, make: Make, refused: Refused) -> None:
    """An activity's task waits for it."""
    activity = sfn.create_activity(name="work", tags=[{"key": "a", "value": "b"}])["activityArn"]
    assert sfn.create_activity(name="work")["activityArn"] == activity
    assert sfn.get_activity_task(activityArn=activity).get("taskToken") is None
    machine = make(states(A={"Type": "Task", "Resource": activity, "TimeoutSeconds": 60}))
    arn = sfn.start_execution(stateMachineArn=machine, input='{"n": 1}')["executionArn"]
    task = sfn.get_activity_task(activityArn=activity, workerName="w")
    assert task["input"] == '{"n":1}'
    sfn.send_task_success(taskToken=task["taskToken"], output="[1]")
    assert sfn.describe_execution(executionArn=arn)["output"] == "[1]"
    assert [a["name"] for a in sfn.list_activities()["activities"]] == ["work"]
    sfn.delete_activity(activityArn=activity)
    gone = ("ActivityDoesNotExist", f"Activity Does Not Exist: '{activity}'")
    assert refused("describe_activity", activityArn=activity) == gone
    assert refused("get_activity_task", activityArn=activity) == gone


def test_a_worker_may_be_a_thread(sfn: Any, make: Make) -> None:
    """It polls while the test starts executions."""
    activity = sfn.create_activity(name="work")["activityArn"]
    machine = make(states(A={"Type": "Task", "Resource": activity}))
    worked = threading.Event()

    def work() -> None:
        for _ in range(100_000):
            task = sfn.get_activity_task(activityArn=activity)
            if task.get("taskToken"):
                sfn.send_task_success(taskToken=task["taskToken"], output='"done"')
                worked.set()
                return

    worker = threading.Thread(target=work)
    worker.start()
    arn = sfn.start_execution(stateMachineArn=machine)["executionArn"]
    worker.join(30)
    assert worked.is_set()
    assert sfn.describe_execution(executionArn=arn)["output"] == '"done"'
