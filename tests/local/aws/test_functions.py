"""Lambda functions, by ARN and through the optimized integration."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from ladle.engine.scope import JSON
from ladle.local.aws import FunctionNotFound, LambdaReply

RunTask = Callable[..., Any]
ARN = "arn:aws:lambda:us-east-1:123456789012:function:"
INVOKE = "arn:aws:states:::lambda:invoke"


def functions(name: str, event: JSON) -> LambdaReply:
    """`echo` gives its event back; `bad` fails as Python functions do; `mute` fails without saying how."""
    if name == "echo":
        return LambdaReply(json.dumps(event), log="bG9n")
    if name == "bad":
        return LambdaReply('{"errorType": "BadFile", "errorMessage": "row 7"}', failed=True)
    if name == "mute":
        return LambdaReply('"gone"', failed=True)
    raise FunctionNotFound(name)


@pytest.mark.parametrize(
    "identifier", ["echo", "echo:live", ARN + "echo", ARN + "echo:1", "123:function:echo"]
)
def test_all_ways_to_name_a_function(task: RunTask, identifier: str) -> None:
    """Its name, a partial ARN, an ARN, with or without a qualifier."""
    execution = task(INVOKE, {"FunctionName": identifier, "Payload": {"a": 1}}, functions)
    assert execution.output["Payload"] == {"a": 1}


def test_the_result_of_the_integration(task: RunTask) -> None:
    """The payload, the version, the status; the log where it was asked for."""
    execution = task(INVOKE, {"FunctionName": "echo", "Payload": [1], "LogType": "Tail"}, functions)
    assert set(execution.output) == {
        "ExecutedVersion",
        "LogResult",
        "Payload",
        "SdkHttpMetadata",
        "SdkResponseMetadata",
        "StatusCode",
    }
    assert (execution.output["StatusCode"], execution.output["LogResult"]) == (200, "bG9n")


@pytest.mark.parametrize(("payload", "event"), [(None, {}), ('"text"', "text"), ({"a": None}, {"a": None})])
def test_payloads(task: RunTask, payload: Any, event: Any) -> None:
    """None is an empty object; a text is JSON text."""
    execution = task(INVOKE, {"FunctionName": "echo", "Payload": payload}, functions)
    assert execution.output["Payload"] == event


def test_a_function_as_the_resource(task: RunTask) -> None:
    """The state's arguments are the event, the result is the output."""
    assert task(ARN + "echo", {"a": 1}, functions).output == {"a": 1}


@pytest.mark.parametrize("by_arn", [True, False])
def test_a_failing_function(task: RunTask, by_arn: bool) -> None:
    """Fails under its exception's name, with Lambda's document as cause; nameless failures are Unknown."""

    def call(name: str) -> Any:
        if by_arn:
            return task(ARN + name, {}, functions)
        return task(INVOKE, {"FunctionName": name}, functions)

    execution = call("bad")
    assert (execution.error, json.loads(execution.cause)["errorMessage"]) == ("BadFile", "row 7")
    execution = call("mute")
    assert execution.error == "Lambda.Unknown"
    assert execution.cause.endswith('Returned payload: "gone"')


def test_a_function_that_is_not_there(task: RunTask) -> None:
    """With the full ARN, as Lambda reports it."""
    execution = task(INVOKE, {"FunctionName": "none"}, functions)
    assert execution.error == "Lambda.ResourceNotFoundException"
    assert execution.cause.startswith(f"Function not found: {ARN}none:$LATEST (Service: AWSLambda;")


def test_what_step_functions_refuses(task: RunTask) -> None:
    """A missing name and unknown fields, all of them at once."""
    execution = task(INVOKE, {"Payloadd": 1}, functions)
    assert execution.error == "States.Runtime"
    assert "The field 'FunctionName' is required but was missing" in execution.cause
    assert "The field 'Payloadd' is not supported by Step Functions" in execution.cause


def test_other_invocation_types(task: RunTask) -> None:
    """An event is only accepted, a dry run does not even run."""
    event = task(INVOKE, {"FunctionName": "echo", "InvocationType": "Event"}, functions)
    assert (event.output["StatusCode"], event.output["Payload"]) == (202, "")
    dry = task(INVOKE, {"FunctionName": "none", "InvocationType": "DryRun"}, functions)
    assert dry.output["StatusCode"] == 204


def test_the_sdk_integration_gives_text(task: RunTask) -> None:
    """And a function's failure as an answer; a function that is not there is an error of the API."""
    invoke = "arn:aws:states:::aws-sdk:lambda:invoke"
    output = task(invoke, {"FunctionName": "echo", "Payload": {"a": 1}}, functions).output
    assert output == {"ExecutedVersion": "$LATEST", "Payload": '{"a": 1}', "StatusCode": 200}
    assert task(invoke, {"FunctionName": "bad"}, functions).output["FunctionError"] == "Unhandled"
    execution = task(invoke, {"FunctionName": "none"}, functions)
    assert execution.error == "Lambda.ResourceNotFoundException"
    assert "(Service: Lambda, Status Code: 404, Request ID: " in execution.cause
