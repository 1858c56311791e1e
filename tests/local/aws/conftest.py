"""An empty AWS in memory for each test, and one Task run against it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from types import ModuleType
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


@pytest.fixture
def without_openapi() -> Iterator[None]:
    """Let moto's API Gateway load where the package that it needs for importing OpenAPI texts is missing."""
    names = ("openapi_spec_validator", "openapi_spec_validator.validation")
    if find_spec(names[0]) is not None:
        yield
        return
    stubs = {name: ModuleType(name) for name in (*names, f"{names[1]}.exceptions")}
    stubs[names[0]].validate = None  # type: ignore[attr-defined]
    stubs[f"{names[1]}.exceptions"].OpenAPIValidationError = ValueError  # type: ignore[attr-defined]
    with patch.dict(sys.modules, stubs):
        yield
