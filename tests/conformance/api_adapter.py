"""Judges recorded API requests by sending them through boto3 to the engine, behind moto's endpoint.

`validate(case)` and `test_state(case)` have the form that the conformance scorer takes.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from adapter import ACCOUNT, ROLE, functions_of
from aws_standin import _INVENTED, Surroundings, _without_openapi
from lambda_standin import invoke

from ladle.testing.stepfunctions import mock_stepfunctions

__all__ = ["test_state", "validate"]


@contextmanager
def _client(case: dict[str, Any]) -> Iterator[tuple[Any, Surroundings]]:
    """A Step Functions client, in the surroundings of a case."""
    functions = functions_of(case)

    def handler(name: str) -> Any:
        def run(event: Any, _context: Any) -> Any:
            result = invoke(functions[name], event)
            if result.failed:
                document = json.loads(result.payload)
                raise type(document["errorType"], (Exception,), {})(document["errorMessage"])
            return json.loads(result.payload)

        return run

    with patch.dict(os.environ, _INVENTED):
        import boto3
        from botocore.config import Config
        from moto import mock_aws

        with mock_aws(), _without_openapi(), mock_stepfunctions({name: handler(name) for name in functions}):
            made = Surroundings(functions)
            made.replay(case)
            config = Config(parameter_validation=False)
            yield boto3.client("stepfunctions", region_name="us-east-1", config=config), made


def validate(case: dict[str, Any]) -> dict[str, Any]:
    """The answer to a CreateStateMachine, UpdateStateMachine or ValidateStateMachineDefinition request."""
    from botocore.exceptions import ClientError

    with _client(case) as (client, _):
        request = dict(case["request"])
        if case["api"] == "validate_state_machine_definition":
            found = client.validate_state_machine_definition(definition=case["definition_raw"], **request)
            return {
                "valid": found["result"] == "OK",
                "result": found["result"],
                "diagnostics": found["diagnostics"],
            }
        if case["api"] == "create_state_machine":
            request["definition"] = case["definition_raw"]
        else:
            base = ":".join(request["stateMachineArn"].split(":")[:7])
            definition = case.get("definition_raw") or _ANY
            client.create_state_machine(name=base.split(":")[6], definition=definition, roleArn=ROLE)
        try:
            getattr(client, case["api"])(**request)
        except ClientError as error:
            found = error.response["Error"]
            return {"valid": False, "error_code": found["Code"], "error_message": found["Message"]}
    return {"valid": True}


_ANY = '{"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}}'


def test_state(case: dict[str, Any]) -> dict[str, Any]:
    """The answer to a TestState request. A refusal gives `error_code` and `error_message`."""
    from botocore.exceptions import ClientError

    nothing = dict.fromkeys(("status", "error", "cause", "output", "nextState"))
    with _client(case) as (client, around):
        request = dict(case["request"])
        if case.get("input_raw") is not None:
            request["input"] = around.text(case["input_raw"])
        try:
            found = client.test_state(definition=around.text(case["definition_raw"]), **request)
        except ClientError as error:
            refusal = error.response["Error"]
            return {**nothing, "error_code": refusal["Code"], "error_message": refusal["Message"]}
    del found["ResponseMetadata"]
    answer = {**nothing, **found}
    if answer["output"] is not None:
        answer["output"] = json.loads(answer["output"])
    return answer


test_state.__test__ = False  # type: ignore[attr-defined]
assert _INVENTED["MOTO_ACCOUNT_ID"] == ACCOUNT
