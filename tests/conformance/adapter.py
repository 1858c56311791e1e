"""Runs recorded cases on the engine: `run(case)` has the form that the conformance scorer asks for.

A case is one recorded execution: the definition as sent, the input, the Lambda functions' sources, the calls
that set its surroundings up, and what AWS answered.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import botocore.session

sys.path.insert(0, str(Path(__file__).parent))  # a scorer may import this as tests.conformance.adapter

from aws_standin import Surroundings, surroundings
from lambda_standin import Function

from ladle.engine import Engine, Machine, TaskCall, VirtualClock, compile_machine, state_test
from ladle.engine.mock_schema import mock_problem
from ladle.engine.protocols import Done

ACCOUNT = "111111111111"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/sfn-role"


class CaseRunner:
    """Runs the tasks of one case, and answers their tokens as the person or program outside did."""

    def __init__(self, around: Surroundings, answers: list[Any]) -> None:
        self.services = around.services
        self.answers = list(answers)

    def answer(self, engine: Engine, token: str) -> None:
        """Answer a token as it was answered when the case was recorded."""
        output = self.answers.pop(0)
        if isinstance(output, dict):
            output = {key: token if key == "TaskToken" else value for key, value in output.items()}
        engine.send_task_success(token, output)

    def start(self, call: TaskCall, done: Done) -> None:
        """See TaskRunner."""
        self.services.start(call, done)
        if call.task_token is not None and self.answers:
            self.answer(call.execution.engine, call.task_token)


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
    functions = functions_of(case)
    with surroundings(case, functions) as around:
        return _run(case, around)


def _run(case: dict[str, Any], around: Surroundings) -> dict[str, Any]:
    runner = CaseRunner(around, _answers_from_outside(case))
    engine = Engine(runner, clock=VirtualClock(), store=around.buckets)
    for arn in case.get("activities") or []:
        if not _names_missing_activity(case, arn):
            engine.activities.create(arn)
    for related in case.get("related_state_machines") or []:
        arn = related["arn"]
        if "CredentialsRoleArn" in (case.get("input_raw") or ""):
            arn = _across_accounts(arn)
        engine.register(machine_of(related["name"], related["definition"], related["type"], arn))
    for start in case.get("related_starts") or []:
        text = around.text(start["input"])
        engine.start(start["stateMachineArn"], json.loads(text), name=start.get("name"))
    machine = machine_of(
        case.get("state_machine_name") or "machine",
        around.text(case["definition_raw"]),
        case.get("type") or "STANDARD",
    )
    text = around.text(case.get("input_raw") or "{}")
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


def _mock_problem(resource: str, result: Any, mode: str) -> str | None:
    """What botocore's model of the operation has against a mocked result."""
    parts = resource.partition(":::")[2].removeprefix("aws-sdk:").split(":")
    if parts[:2] == ["lambda", "invoke"] or len(parts) < 2:
        return None
    service = {"sfn": "stepfunctions", "states": "stepfunctions"}.get(parts[0], parts[0])
    model = botocore.session.get_session().get_service_model(service)
    action = parts[1].partition(".")[0]
    name = next((n for n in model.operation_names if n.lower() == action.lower()), None)
    shape = None if name is None else model.operation_model(name).output_shape
    return mock_problem(shape, result, mode)


def test_state(case: dict[str, Any]) -> dict[str, Any]:
    """Run one recorded TestState request. A refusal gives `error_code` and `error_message`."""
    request = case["request"]
    with surroundings(case, functions_of(case)) as around:
        try:
            result = state_test.try_state(
                case["definition_raw"],
                json.loads(case.get("input_raw") or "{}"),
                state_name=request.get("stateName"),
                role_arn=request.get("roleArn"),
                mock=request.get("mock"),
                state_configuration=request.get("stateConfiguration"),
                context=json.loads(request["context"]) if "context" in request else None,
                reveal_secrets=request.get("revealSecrets", False),
                runner=CaseRunner(around, []),
                check_mock=_mock_problem,
                account=ACCOUNT,
            )
        except state_test.StateTestRefused as refusal:
            nothing = dict.fromkeys(("status", "error", "cause", "output"))
            return {**nothing, "error_code": refusal.code, "error_message": str(refusal)}
    if request.get("inspectionLevel", "INFO") == "INFO":
        del result["inspectionData"]
    return result


test_state.__test__ = False  # type: ignore[attr-defined]


def validate(case: dict[str, Any]) -> dict[str, Any]:
    """Send one recorded CreateStateMachine, UpdateStateMachine or ValidateStateMachineDefinition request."""
    import api_adapter

    return api_adapter.validate(case)
