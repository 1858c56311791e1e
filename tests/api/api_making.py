"""boto3 clients whose Step Functions is the engine, and short ways to make machines."""

from __future__ import annotations

import itertools
import json
import os
from collections.abc import Callable, Iterator
from typing import Any
from unittest.mock import patch

import pytest

from ladle.local.stepfunctions import StepFunctions
from ladle.testing import mock_stepfunctions

ROLE = "arn:aws:iam::123456789012:role/machine"
ENDS = ("Succeed", "Fail")
START = 1_800_000_000

INVENTED = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
}


def echo(event: Any, _context: Any) -> Any:
    """The function `echo`."""
    return event


def broken(event: Any, _context: Any) -> Any:
    """The function `broken`: fails until its event says otherwise."""
    raise KeyError(event["why"])


@pytest.fixture
def service() -> Iterator[StepFunctions]:
    """The service behind the clients, with the functions `echo` and `broken`."""
    from moto import mock_aws

    with (
        patch.dict(os.environ, INVENTED),
        mock_aws(),
        mock_stepfunctions({"echo": echo, "broken": broken}, start=START) as service,
    ):
        yield service


@pytest.fixture
def sfn(service: StepFunctions) -> Any:
    """A Step Functions client."""
    del service
    import boto3

    return boto3.client("stepfunctions")


def states(**states: Any) -> str:
    """A definition of states in a row, the first one first."""
    names = list(states)
    for name, following in itertools.pairwise(names):
        if not {"Next", "End", "Choices"} & states[name].keys() and states[name]["Type"] not in ENDS:
            states[name] = {**states[name], "Next": following}
    last = states[names[-1]]
    if not {"Next", "End"} & last.keys() and last["Type"] not in (*ENDS, "Choice"):
        states[names[-1]] = {**last, "End": True}
    return json.dumps({"StartAt": names[0], "States": states})


PASS = states(A={"Type": "Pass"})

Make = Callable[..., str]


@pytest.fixture
def make(sfn: Any) -> Make:
    """Create a machine and give its ARN."""

    def make(definition: str = PASS, name: str = "m", **more: Any) -> str:
        created = sfn.create_state_machine(name=name, definition=definition, roleArn=ROLE, **more)
        return str(created["stateMachineArn"])

    return make


Refused = Callable[..., tuple[str, str]]


@pytest.fixture
def refused(sfn: Any) -> Refused:
    """Do an operation that must be refused; give the code and the message."""
    from botocore.exceptions import ClientError

    def refused(operation: str, **request: Any) -> tuple[str, str]:
        with pytest.raises(ClientError) as caught:
            getattr(sfn, operation)(**request)
        error = caught.value.response["Error"]
        assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
        return error["Code"], error["Message"]

    return refused


def finished(sfn: Any, machine: str, value: Any = None, **more: Any) -> dict[str, Any]:
    """Start an execution and describe it."""
    arn = sfn.start_execution(stateMachineArn=machine, input=json.dumps(value or {}), **more)["executionArn"]
    found: dict[str, Any] = sfn.describe_execution(executionArn=arn)
    return found
