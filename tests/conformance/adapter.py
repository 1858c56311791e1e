"""Runs recorded cases on the engine: `run(case)` has the form that the conformance scorer asks for.

A case is one recorded execution: the definition as sent, the input, the Lambda functions' sources and what
AWS answered. Cases that need services other than Lambda and the engine itself say so with `skip`.
"""

from __future__ import annotations

import base64
import json
import uuid
from typing import Any

from lambda_standin import Function, invoke
from services_standin import Services

from ladle.engine import Engine, Machine, TaskCall, TaskFailed, TaskSucceeded, VirtualClock, compile_machine
from ladle.engine.protocols import Done

ACCOUNT = "111111111111"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/sfn-role"


class CaseRunner:
    """Runs the tasks of one case: Lambda functions, directly or through `lambda:invoke`, and its services."""

    def __init__(self, functions: dict[str, Function], services: Services, answers: list[Any]) -> None:
        self.functions = functions
        self.services = services
        self.answers = list(answers)

    def answer(self, token: str) -> None:
        """Answer a token as the person or program outside did when the case was recorded."""
        output = self.answers.pop(0)
        if isinstance(output, dict):
            output = {key: token if key == "TaskToken" else value for key, value in output.items()}
        self.services.engine.send_task_success(token, output)

    def start(self, call: TaskCall, done: Done) -> None:
        """See TaskRunner."""
        resource = call.resource
        if resource.startswith("arn:aws:lambda:"):
            done(self.direct(resource, call.arguments))
        elif ":states:::lambda:invoke" in resource:
            done(self.optimized(call.arguments))
        else:
            self.services.start(call, done)
            if call.task_token is not None and self.answers:
                self.answer(call.task_token)

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
            output["LogResult"] = base64.b64encode(f"START RequestId: {request}\n".encode()).decode()
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
        f"Function not found: arn:aws:lambda:us-east-1:{ACCOUNT}:function:{short}:$LATEST"
        f" (Service: AWSLambda; Status Code: 404; Error Code: ResourceNotFoundException;"
        f" Request ID: {uuid.uuid4()}; Proxy: null)"
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


def machine_of(name: str, definition: str | dict[str, Any], kind: str, arn: str | None = None) -> Machine:
    """A machine in the account of the recordings."""
    account = ACCOUNT if arn is None else arn.split(":")[4]
    return compile_machine(definition, name=name, type=kind, account=account, role_arn=ROLE)


def _across_accounts(text: str) -> str:
    """A text in which state machines belong to the other account, as the events of such cases show it."""
    return text.replace(f":{ACCOUNT}:stateMachine:", ":000000000002:stateMachine:")


def run(case: dict[str, Any]) -> dict[str, Any]:
    """Run one recorded execution and give what AWS was asked for: status, output, error, cause, history."""
    services = Services(case)
    runner = CaseRunner(functions_of(case), services, _answers_from_outside(case))
    engine = Engine(runner, clock=VirtualClock(), store=services.buckets)
    services.engine = engine
    for arn in case.get("activities") or []:
        if not _names_missing_activity(case, arn):
            engine.activities.create(arn)
    for related in case.get("related_state_machines") or []:
        arn = related["arn"]
        if "CredentialsRoleArn" in (case.get("input_raw") or ""):
            arn = _across_accounts(arn)
        engine.register(machine_of(related["name"], related["definition"], related["type"], arn))
    for start in case.get("related_starts") or []:
        engine.start(start["stateMachineArn"], json.loads(start["input"]), name=start.get("name"))
    machine = machine_of(
        case.get("state_machine_name") or "machine", case["definition_raw"], case.get("type") or "STANDARD"
    )
    text = case.get("input_raw") or "{}"
    if "CredentialsRoleArn" in text:
        text = _across_accounts(text)
    execution = engine.start(
        machine,
        json.loads(text),
        name=case.get("execution_name"),
        input_text=text,
        sync=case["kind"] == "sync_execution",
    )
    engine.run(execution)
    return {
        "status": execution.status,
        "output": execution.output,
        "error": execution.error,
        "cause": execution.cause,
        "events": execution.history(),
    }


def _answers_from_outside(case: dict[str, Any]) -> list[Any]:
    """What answered the case's task tokens, where no helper machine did: only the recording knows."""
    if case.get("related_starts"):
        return []
    answers = []
    for event in case["expected"].get("events") or []:
        details = event.get("taskSucceededEventDetails") or {}
        if details.get("resource", "").endswith(".waitForTaskToken"):
            output = details["output"]
            answers.append(json.loads(output) if isinstance(output, str) else output)
    return answers


def _names_missing_activity(case: dict[str, Any], arn: str) -> bool:
    """Whether the recording deleted the activity before the start: the case does not say so otherwise."""
    return f"The activity {arn} does not exist." in (case["expected"].get("cause") or "")
