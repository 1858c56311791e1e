"""The door to moto: what it relies on holds, and it is closed behind us."""

from __future__ import annotations

import json
from typing import Any

import pytest
from api_making import PASS, ROLE, Make, finished

from ladle.local.stepfunctions.api import OPERATIONS
from ladle.testing import mock_stepfunctions


def test_every_operation_of_the_service_is_there() -> None:
    """And none that it does not have: boto3's model says which."""
    import botocore.session

    model = botocore.session.get_session().get_service_model("stepfunctions")
    assert set(OPERATIONS) == set(model.operation_names)


def test_moto_is_as_the_door_expects() -> None:
    """If this fails, moto has changed: `ladle/local/stepfunctions/door.py` is where to mend it."""
    import inspect

    import moto.backend_index
    import moto.stepfunctions.urls
    from moto.awslambda.models import LambdaFunction
    from moto.core.exceptions import AWSError
    from moto.core.models import MockAWS
    from moto.core.responses import BaseResponse
    from moto.stepfunctions.models import stepfunctions_backends
    from moto.stepfunctions.responses import StepFunctionResponse

    assert issubclass(StepFunctionResponse, BaseResponse)
    assert callable(StepFunctionResponse.start_execution)
    assert "stepfunctions" in {name for name, _ in moto.backend_index.backend_url_patterns}
    assert len(moto.stepfunctions.urls.url_bases) == 1, "moto knows the sync- host by now?"
    assert list(inspect.signature(LambdaFunction._invoke_lambda).parameters) == ["self", "event"]
    assert stepfunctions_backends["123456789012"]["us-east-1"].state_machines == []
    assert AWSError("message", "Code").error_type == "Code"
    assert isinstance(MockAWS._mocks_active, bool)


def test_the_door_closes() -> None:
    """Afterwards moto answers by itself, as before."""
    import moto.backend_index
    import moto.stepfunctions.urls
    from moto.awslambda.models import LambdaFunction
    from moto.stepfunctions.responses import StepFunctionResponse

    def state() -> tuple[Any, ...]:
        return (
            dict(vars(StepFunctionResponse)),
            list(moto.stepfunctions.urls.url_bases),
            list(moto.backend_index.backend_url_patterns),
            LambdaFunction._invoke_lambda,
        )

    before = state()
    with mock_stepfunctions():
        assert state() != before
    assert state() == before


def test_it_enters_moto_where_nobody_has(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that one `with` is enough; each one is a world of its own."""
    import boto3

    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    for _ in range(2):
        with mock_stepfunctions():
            client = boto3.client("stepfunctions")
            assert client.list_state_machines()["stateMachines"] == []
            machine = client.create_state_machine(name="m", definition=PASS, roleArn=ROLE)["stateMachineArn"]
            assert finished(client, machine)["status"] == "SUCCEEDED"


@mock_stepfunctions({"f": lambda event, _context: event + 1})
def test_it_is_a_decorator_too() -> None:
    """For one test."""
    import boto3

    task = {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:f", "End": True}
    definition = json.dumps({"StartAt": "F", "States": {"F": task}})
    client = boto3.client("stepfunctions", region_name="us-east-1")
    machine = client.create_state_machine(name="m", definition=definition, roleArn=ROLE)["stateMachineArn"]
    arn = client.start_execution(stateMachineArn=machine, input="1")["executionArn"]
    assert client.describe_execution(executionArn=arn)["output"] == "2"


def test_clients_made_before_come_through_the_door(make: Make, sfn: Any) -> None:
    """Moto answers below the client, so that it does not matter when the client was made."""
    machine = make()
    with mock_stepfunctions():
        assert sfn.list_state_machines()["stateMachines"] == []
    assert sfn.list_state_machines()["stateMachines"][0]["stateMachineArn"] == machine
