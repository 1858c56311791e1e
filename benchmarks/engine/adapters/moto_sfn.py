"""moto's interpreter through boto3, given what it lacks: a JSONata evaluator and functions in process."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Callable
from typing import Any

import boto3
import jlens
import moto.stepfunctions.parser.asl.component.state.exec.state_task.lambda_eval_utils as lambda_calls
import moto.stepfunctions.parser.asl.jsonata.jsonata as evaluator
from moto import mock_aws

from benchmarks.engine.functions import FUNCTIONS

POLL_SECONDS = 0.02
"""Asking more often slows the interpreter down: it shares the process."""


def partition(array: list[Any], size: float) -> list[list[Any]]:
    return [array[start : start + int(size)] for start in range(0, len(array), int(size))]


def evaluate(expression: str) -> Any:
    compiled = jlens.Expression(expression)
    if "$partition" in expression:
        compiled.register_function("partition", partition)
    return json.loads(compiled.evaluate_json("null") or "null")


def invoke(parameters: dict[str, Any], region: str, state_credentials: Any) -> dict[str, Any]:
    name = parameters["FunctionName"].rsplit(":", 1)[-1]
    try:
        return {"StatusCode": 200, "Payload": FUNCTIONS[name](json.loads(parameters.get("Payload") or b"{}"))}
    except Exception as error:  # noqa: BLE001 - whatever a function raises is its failure
        failure = {"errorType": type(error).__name__, "errorMessage": str(error)}
        return {"StatusCode": 200, "FunctionError": "Unhandled", "Payload": failure}


def prepare(definition: dict[str, Any]) -> Callable[[Any], Any]:
    evaluator._eval_jsonata = evaluate
    lambda_calls._invoke_lambda_function = invoke
    mock_aws(config={"stepfunctions": {"execute_state_machine": True}}).start()
    client = boto3.client("stepfunctions", region_name="us-east-1")
    role = "arn:aws:iam::123456789012:role/bench"
    arn = client.create_state_machine(name="bench", definition=json.dumps(definition), roleArn=role)[
        "stateMachineArn"
    ]
    numbers = itertools.count()

    def run(value: Any) -> Any:
        name = f"run{next(numbers)}"
        started = client.start_execution(stateMachineArn=arn, name=name, input=json.dumps(value))
        while True:
            answer = client.describe_execution(executionArn=started["executionArn"])
            if answer["status"] != "RUNNING" and (answer["status"] != "SUCCEEDED" or "output" in answer):
                break
            time.sleep(POLL_SECONDS)
        if answer["status"] != "SUCCEEDED":
            raise RuntimeError(f"{answer['status']} {answer.get('error')} {answer.get('cause', '')[:200]}")
        return json.loads(answer["output"])

    return run
