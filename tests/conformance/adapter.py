"""Runs recorded cases on the engine: `run(case)` has the form that the conformance scorer asks for.

A case is one recorded execution: the definition as sent, the input, the Lambda functions' sources and what
AWS answered. Cases that need services other than Lambda and the engine itself say so with `skip`.
"""

from __future__ import annotations

import json
import uuid
from typing import Any

from lambda_standin import Function, invoke

from ladle.engine import Engine, TaskCall, TaskFailed, TaskSucceeded, VirtualClock, compile_machine
from ladle.engine.protocols import Done

ACCOUNT = "111111111111"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/sfn-role"


class LambdaRunner:
    """Runs Lambda tasks of one case, directly or through `lambda:invoke`."""

    def __init__(self, functions: dict[str, Function]) -> None:
        self.functions = functions

    def start(self, call: TaskCall, done: Done) -> None:
        """See TaskRunner."""
        resource = call.resource
        if resource.startswith("arn:aws:lambda:"):
            done(self.direct(resource, call.arguments))
        elif ":states:::lambda:invoke" in resource:
            done(self.optimized(call.arguments))
        else:
            raise NotImplementedError(f"no stand-in for {resource}")

    def function(self, name: str) -> Function | None:
        """The function that a name or ARN, with or without a version, means."""
        parts = name.split(":")
        return self.functions.get(parts[6] if name.startswith("arn:") and len(parts) > 6 else parts[-1])

    def direct(self, arn: str, payload: Any) -> TaskSucceeded | TaskFailed:
        """A Task whose Resource is the function."""
        function = self.function(arn)
        if function is None:
            return TaskFailed("Lambda.ResourceNotFoundException", _not_found(arn))
        result = invoke(function, payload)
        if result.failed:
            return TaskFailed(json.loads(result.payload)["errorType"], result.payload, result.seconds)
        return TaskSucceeded(_decoded(result.payload), result.seconds)

    def optimized(self, arguments: Any) -> TaskSucceeded | TaskFailed:
        """The optimized integration."""
        name = arguments["FunctionName"]
        function = self.function(name)
        if function is None:
            return TaskFailed("Lambda.ResourceNotFoundException", _not_found(name))
        payload = arguments.get("Payload")
        if payload is None:
            payload = {}
        elif isinstance(payload, str):
            payload = json.loads(payload)
        result = invoke(function, payload)
        if result.failed:
            return TaskFailed(json.loads(result.payload)["errorType"], result.payload, result.seconds)
        request = str(uuid.uuid4())
        output = {
            "ExecutedVersion": "$LATEST",
            "Payload": _decoded(result.payload),
            "SdkHttpMetadata": {"HttpStatusCode": 200},
            "SdkResponseMetadata": {"RequestId": request},
            "StatusCode": 200,
        }
        if "LogType" in arguments:
            output["LogResult"] = ""
        return TaskSucceeded(output, result.seconds)


def _decoded(payload: str) -> Any:
    """A payload as JSON, or as the text that it is."""
    try:
        return json.loads(payload)
    except ValueError:
        return payload


def _not_found(name: str) -> str:
    short = name.split(":")[6] if name.startswith("arn:") else name
    return (
        f"Function not found: arn:aws:lambda:us-east-1:{ACCOUNT}:function:{short}:$LATEST (Service: AWSLambda;"
        f" Status Code: 404; Error Code: ResourceNotFoundException; Request ID: {uuid.uuid4()}; Proxy: null)"
    )


def functions_of(case: dict[str, Any]) -> dict[str, Function]:
    """The Lambda functions of a case, by name."""
    found = {}
    for arn, source in (case.get("lambdas") or {}).items():
        config = (case.get("lambda_config") or {}).get(arn) or {}
        name = config.get("name") or arn.rpartition(":")[2]
        found[name] = Function(
            name,
            source,
            config.get("handler") or "handler.handler",
            config.get("envvars") or {},
            config.get("timeout"),
        )
    return found


def run(case: dict[str, Any]) -> dict[str, Any]:
    """Run one recorded execution and give what AWS was asked for: status, output, error, cause, history."""
    engine = Engine(LambdaRunner(functions_of(case)), clock=VirtualClock())
    machine = compile_machine(
        case["definition_raw"],
        name=case.get("state_machine_name") or "machine",
        type=case.get("type") or "STANDARD",
        account=ACCOUNT,
        role_arn=ROLE,
    )
    text = case.get("input_raw") or "{}"
    execution = engine.start(machine, json.loads(text), name=case.get("execution_name"), input_text=text)
    engine.run(execution)
    return {
        "status": execution.status,
        "output": execution.output,
        "error": execution.error,
        "cause": execution.cause,
        "events": execution.history(),
    }
