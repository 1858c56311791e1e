"""An empty AWS in memory for each test, and one Task run against it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any
from unittest.mock import patch

import pytest

from ladle.engine import Engine, VirtualClock, compile_machine
from ladle.local.aws import AwsServices, LambdaBackend, no_functions

INVENTED = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
}

RunTask = Callable[..., Any]


@pytest.fixture
def aws() -> Iterator[Callable[[str], Any]]:
    """Give boto3 clients of an AWS in memory."""
    from moto import mock_aws

    with patch.dict(os.environ, INVENTED), mock_aws():
        import boto3

        yield lambda service: boto3.client(service, region_name="us-east-1")


@pytest.fixture
def task(aws: Callable[[str], Any]) -> RunTask:
    """Run one Task state on `resource` with `arguments`; give the execution."""
    del aws

    def run(resource: str, arguments: Any, functions: LambdaBackend = no_functions) -> Any:
        definition = {
            "StartAt": "T",
            "QueryLanguage": "JSONata",
            "States": {"T": {"Type": "Task", "Resource": resource, "Arguments": arguments, "End": True}},
        }
        engine = Engine(AwsServices(functions=functions), clock=VirtualClock())
        execution = engine.start(compile_machine(definition, name="m"), {})
        engine.run(execution)
        return execution

    return run
