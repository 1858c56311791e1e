"""Executions through boto3: start, look, stop, redrive, history."""

from __future__ import annotations

import json
from typing import Any

import pytest
from api_making import START, Make, Refused, finished, states

from ladle.local.stepfunctions import StepFunctions

ECHO = {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:echo"}
BROKEN = {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:broken"}
TOKEN = {
    "Type": "Task",
    "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
    "Parameters": {"FunctionName": "echo", "Payload": {"token.$": "$$.Task.Token"}},
}


def test_an_execution_has_run_when_it_has_started(sfn: Any, make: Make) -> None:
    """With its waits, which take no time."""
    machine = make(states(A=ECHO, W={"Type": "Wait", "Seconds": 86_400}))
    found = finished(sfn, machine, {"n": 1}, name="e")
    assert (found["status"], found["output"], found["name"]) == ("SUCCEEDED", '{"n":1}', "e")
    assert (found["stopDate"] - found["startDate"]).total_seconds() == 86_400
    assert found["startDate"].timestamp() == START
    assert (found["redriveCount"], found["redriveStatus"]) == (0, "NOT_REDRIVABLE")


def test_the_history_is_the_engines(sfn: Any, make: Make, service: StepFunctions) -> None:
    """In either order, in pages, with or without data."""
    arn = finished(sfn, make(states(A=ECHO, B={"Type": "Pass"})))["executionArn"]
    whole = sfn.get_execution_history(executionArn=arn)["events"]
    assert [event["type"] for event in whole] == [e.type for e in service.executions[arn].events()]
    assert sfn.get_execution_history(executionArn=arn, reverseOrder=True)["events"] == whole[::-1]
    pages = sfn.get_paginator("get_execution_history").paginate(
        executionArn=arn, PaginationConfig={"PageSize": 2}
    )
    assert [event for page in pages for event in page["events"]] == whole
    bare = sfn.get_execution_history(executionArn=arn, includeExecutionData=False)["events"]
    assert "input" not in bare[0]["executionStartedEventDetails"]


def test_a_failure_is_described(sfn: Any, make: Make) -> None:
    """With error and cause, as Lambda reports them."""
    found = finished(sfn, make(states(A=BROKEN)), {"why": "x"})
    assert (found["status"], found["error"]) == ("FAILED", "KeyError")
    assert json.loads(found["cause"])["errorMessage"] == "'x'"


def test_a_name_starts_once(sfn: Any, make: Make, refused: Refused) -> None:
    """The same request gives the same execution while it runs; later, or with another input, none."""
    machine = make(states(A=TOKEN))
    request = {"stateMachineArn": machine, "name": "e", "input": "{}"}
    first = sfn.start_execution(**request)
    again = sfn.start_execution(**request)
    assert (first["executionArn"], first["startDate"]) == (again["executionArn"], again["startDate"])
    taken = ("ExecutionAlreadyExists", f"Execution Already Exists: '{first['executionArn']}'")
    assert refused("start_execution", **{**request, "input": "[]"}) == taken
    sfn.stop_execution(executionArn=first["executionArn"])
    assert refused("start_execution", **request) == taken


@pytest.mark.parametrize("text", ["{", "", "NaN", '{"a": }'])
def test_an_input_is_json(make: Make, refused: Refused, text: str) -> None:
    """Or the execution does not start."""
    machine = make()
    assert refused("start_execution", stateMachineArn=machine, input=text)[0] == "InvalidExecutionInput"


def test_an_input_has_256_kib(make: Make, refused: Refused, sfn: Any) -> None:
    """Of characters for the request, of UTF-8 for the execution."""
    machine = make()
    fits = json.dumps("x" * (262_144 - 2))
    assert sfn.start_execution(stateMachineArn=machine, input=fits)
    code, message = refused("start_execution", stateMachineArn=machine, input=json.dumps("x" * 262_144))
    assert code == "ValidationException"
    assert message.endswith("Member must have length less than or equal to 262144")
    accents = json.dumps("é" * 200_000, ensure_ascii=False)
    assert refused("start_execution", stateMachineArn=machine, input=accents)[0] == "InvalidExecutionInput"


def test_executions_are_listed_newest_first(sfn: Any, make: Make, service: StepFunctions) -> None:
    """By status, too."""
    machine = make(
        states(
            C={
                "Type": "Choice",
                "Choices": [{"Variable": "$.bad", "IsPresent": True, "Next": "F"}],
                "Default": "S",
            },
            F={"Type": "Fail"},
            S={"Type": "Succeed"},
        )
    )
    for name, value in (("one", {}), ("two", {"bad": 1}), ("three", {})):
        service.advance(1)
        sfn.start_execution(stateMachineArn=machine, name=name, input=json.dumps(value))

    def names(**request: Any) -> list[str]:
        found = sfn.list_executions(stateMachineArn=machine, **request)
        return [item["name"] for item in found["executions"]]

    assert names() == ["three", "two", "one"]
    assert names(statusFilter="FAILED") == ["two"]
    assert names(maxResults=1) == ["three"]
    assert names(redriveFilter="REDRIVEN") == []


def test_stopping_aborts(sfn: Any, make: Make) -> None:
    """With the error and cause that are given; once."""
    arn = sfn.start_execution(stateMachineArn=make(states(A=TOKEN)))["executionArn"]
    first = sfn.stop_execution(executionArn=arn, error="E", cause="enough")
    assert sfn.stop_execution(executionArn=arn)["stopDate"] == first["stopDate"]
    found = sfn.describe_execution(executionArn=arn)
    assert (found["status"], found["error"], found["cause"]) == ("ABORTED", "E", "enough")


def test_a_redrive_goes_on_where_it_failed(sfn: Any, make: Make, refused: Refused) -> None:
    """States that ended well do not run again; what ended well cannot be redriven."""
    calls = {"A": {"Type": "Pass"}, "B": BROKEN}
    arn = finished(sfn, make(states(**calls)), {"why": 1})["executionArn"]
    sfn.redrive_execution(executionArn=arn)
    found = sfn.describe_execution(executionArn=arn)
    assert (found["status"], found["redriveCount"]) == ("FAILED", 1)
    types = [event["type"] for event in sfn.get_execution_history(executionArn=arn)["events"]]
    assert types.count("PassStateEntered") == 1
    assert types.count("LambdaFunctionFailed") == 2
    good = finished(sfn, make(name="good"))["executionArn"]
    assert refused("redrive_execution", executionArn=good) == (
        "ExecutionNotRedrivable",
        "Execution is SUCCEEDED and cannot be redriven",
    )


def test_the_definition_of_an_execution_stays(sfn: Any, make: Make) -> None:
    """Whatever becomes of the machine."""
    before = states(A={"Type": "Pass"})
    machine = make(before)
    arn = finished(sfn, machine)["executionArn"]
    sfn.update_state_machine(stateMachineArn=machine, definition=states(B={"Type": "Pass"}))
    assert sfn.describe_state_machine_for_execution(executionArn=arn)["definition"] == before


def test_an_express_execution_answers_at_once(sfn: Any, make: Make) -> None:
    """With its output, or error and cause, and what it would cost."""
    machine = make(states(A=ECHO, W={"Type": "Wait", "Seconds": 7}), type="EXPRESS")
    found = sfn.start_sync_execution(stateMachineArn=machine, input='{"a": 1}')
    assert (found["status"], found["output"]) == ("SUCCEEDED", '{"a":1}')
    assert found["billingDetails"] == {"billedMemoryUsedInMB": 64, "billedDurationInMilliseconds": 7000}
    late = make(states(W={"Type": "Wait", "Seconds": 301}), name="late", type="EXPRESS")
    assert sfn.start_sync_execution(stateMachineArn=late)["status"] == "TIMED_OUT"


def test_express_and_standard_have_different_operations(sfn: Any, make: Make, refused: Refused) -> None:
    """Express executions are not kept; Standard ones have no synchronous start."""
    standard, express = make(), make(name="x", type="EXPRESS")
    unsupported = (
        "StateMachineTypeNotSupported",
        "This operation is not supported by this type of state machine",
    )
    assert refused("start_sync_execution", stateMachineArn=standard) == unsupported
    assert refused("list_executions", stateMachineArn=express) == unsupported
    arn = sfn.start_execution(stateMachineArn=express)["executionArn"]
    other = ("InvalidArn", "Invalid Arn: 'Resource type not valid in this context: express'")
    for operation in ("describe_execution", "get_execution_history", "stop_execution"):
        assert refused(operation, executionArn=arn) == other


def test_express_starts_are_never_the_same(sfn: Any, make: Make) -> None:
    """Also under one name."""
    machine = make(type="EXPRESS")
    arns = {sfn.start_execution(stateMachineArn=machine, name="e")["executionArn"] for _ in range(2)}
    assert len(arns) == 2


def test_machines_start_machines(sfn: Any, make: Make) -> None:
    """Through the integration, and through the SDK: both come to the same engine."""
    inner = make(states(A={"Type": "Pass", "Result": 42}), name="inner")
    for name, resource in (
        ("sync", "arn:aws:states:::states:startExecution.sync:2"),
        ("sdk", "arn:aws:states:::aws-sdk:sfn:startExecution"),
    ):
        outer = make(
            states(A={"Type": "Task", "Resource": resource, "Parameters": {"StateMachineArn": inner}}),
            name=name,
        )
        assert finished(sfn, outer)["status"] == "SUCCEEDED"
    found = sfn.list_executions(stateMachineArn=inner)["executions"]
    assert [item["status"] for item in found] == ["SUCCEEDED", "SUCCEEDED"]


def test_machines_start_versions_and_aliases(sfn: Any, make: Make) -> None:
    """And are told when there is no such machine."""
    inner = make(name="inner")
    version = sfn.publish_state_machine_version(stateMachineArn=inner)["stateMachineVersionArn"]
    routing = [{"stateMachineVersionArn": version, "weight": 100}]
    alias = sfn.create_state_machine_alias(name="live", routingConfiguration=routing)["stateMachineAliasArn"]

    def started(name: str, arn: str) -> dict[str, Any]:
        resource = "arn:aws:states:::states:startExecution.sync:2"
        task = {"Type": "Task", "Resource": resource, "Parameters": {"StateMachineArn": arn}}
        return finished(sfn, make(states(A=task), name=name))

    for name, arn in (("one", version), ("two", alias)):
        assert started(name, arn)["status"] == "SUCCEEDED"
    assert len(sfn.list_executions(stateMachineArn=version)["executions"]) == 2
    sfn.delete_state_machine(stateMachineArn=inner)
    assert started("three", alias)["error"] == "StepFunctions.StateMachineDoesNotExistException"


def test_tasks_may_describe_and_list(sfn: Any, make: Make) -> None:
    """Every other action of the service goes through the same endpoint."""
    inner = make(name="inner")
    describe = {
        "Type": "Task",
        "Resource": "arn:aws:states:::aws-sdk:sfn:describeStateMachine",
        "Parameters": {"StateMachineArn": inner},
        "ResultSelector": {"name.$": "$.Name"},
    }
    assert finished(sfn, make(states(A=describe)))["output"] == '{"name":"inner"}'


def test_one_seed_gives_one_run(sfn: Any, make: Make) -> None:
    """Names included: the third UUID of seed 0 is always the same."""
    machine = make()
    first = sfn.start_execution(stateMachineArn=machine)["executionArn"].rpartition(":")[2]
    assert first == "e3e70682-c209-4cac-a29f-6fbed82c07cd"


def test_another_region_is_apart(make: Make) -> None:
    """A client of another region sees its own machines."""
    import boto3

    make()
    assert boto3.client("stepfunctions", region_name="eu-west-1").list_state_machines()["stateMachines"] == []
