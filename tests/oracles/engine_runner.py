"""Runs a state machine on Ladle's engine, its tasks called one after the other in this process."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from botocore import xform_name

from ladle.engine import Engine, Execution, TaskCall, TaskFailed, TaskSucceeded, compile_machine
from ladle.engine.protocols import Done
from ladle.local.aws import AwsServices, S3Objects

__all__ = ["EngineRun", "run", "substituted"]


@dataclass(frozen=True, slots=True)
class EngineRun:
    """The end of a run. `transitions` counts those of nested runs too."""

    status: str
    output: Any
    error: str | None
    cause: str | None
    transitions: int
    execution: Execution


class _Runner:
    def __init__(
        self, tasks: Mapping[str, Callable[[Any], Any]], answers: Mapping[str, Callable[[Any], Any]]
    ) -> None:
        self.tasks = tasks
        self.answers = answers
        self.engine: Engine | None = None

    def start(self, call: TaskCall, done: Done) -> None:
        is_activity = ":activity:" in call.resource
        if not is_activity and not call.resource.startswith("arn:aws:states:::lambda:invoke"):
            AwsServices(region="us-east-1").start(call, done)
            name = _action(call.resource)
            if call.task_token is not None and self.engine is not None and name in self.answers:
                self._answer(self.engine, call.task_token, name, call.arguments)
            return
        assert isinstance(call.arguments, dict)
        name, event = str(call.arguments.get("FunctionName")), call.arguments.get("Payload")
        if is_activity:
            name, event = call.resource.rpartition(":")[2], call.arguments
        try:
            result = self.tasks[name](json.loads(json.dumps(event)))
        except Exception as error:  # noqa: BLE001 - whatever a task raises is its failure
            payload = getattr(error, "payload", None)
            if not isinstance(payload, dict):
                payload = {"errorMessage": str(error), "errorType": type(error).__name__}
            done(TaskFailed(payload["errorType"], json.dumps(payload, separators=(",", ":"))))
            return
        if is_activity:
            done(TaskSucceeded(result))
            return
        done(TaskSucceeded({"ExecutedVersion": "$LATEST", "Payload": result, "StatusCode": 200}))
        if call.task_token is not None and self.engine is not None:
            self._answer(self.engine, call.task_token, name, event)

    def _answer(self, engine: Engine, token: str, name: str, event: Any) -> None:
        try:
            value = self.answers[name](event)
        except Exception as error:  # noqa: BLE001 - an answer may be an error
            engine.send_task_failure(token, type(error).__name__, str(error))
        else:
            engine.send_task_success(token, value)


def _action(resource: str) -> str:
    """As a workflow calls it: `aws.sqs.send_message` for `…:sqs:sendMessage.waitForTaskToken`."""
    *_, service, action = resource.split(":")
    return f"aws.{service}.{xform_name(action.split('.')[0])}"


def run(
    definitions: Mapping[str, Any],
    name: str,
    given: Any,
    tasks: Mapping[str, Callable[[Any], Any]],
    *,
    answers: Mapping[str, Callable[[Any], Any]] | None = None,
    express: Collection[str] = (),
) -> EngineRun:
    """Runs the machine `name` of `definitions` (nested ones are among them) with the input `given`.

    `tasks` gives for each function name what is called with the event; an exception that has a dict `payload`
    fails with that as Lambda's report. `answers` gives for each task that waits for a token what answers it,
    `express` names the machines of that type.
    """
    runner = _Runner(tasks, answers or {})
    engine = runner.engine = Engine(runner, store=S3Objects())
    activity = "arn:aws:states:us-east-1:123456789012:activity:"
    for one in tasks:
        engine.activities.serve(f"{activity}{one}", runner, "worker")
    arns = {one: f"arn:aws:states:us-east-1:123456789012:stateMachine:{one}" for one in definitions}
    machines = {
        one: compile_machine(
            substituted(worked(definition, activity), arns),
            name=one,
            type="EXPRESS" if one in express else "STANDARD",
        )
        for one, definition in definitions.items()
    }
    for machine in machines.values():
        engine.register(machine)
    execution = engine.start(machines[name], given, name="run-1")
    engine.run(execution)
    engine.run()  # runs that were only started
    total = sum(one.transitions for one in engine.executions.values())
    return EngineRun(execution.status, execution.output, execution.error, execution.cause, total, execution)


def worked(definition: Any, before: str) -> Any:
    """The definition with the ARN of each activity, which begins so, where its name stands as a resource."""
    if isinstance(definition, list):
        return [worked(inner, before) for inner in definition]
    if not isinstance(definition, dict):
        return definition
    found = {key: worked(inner, before) for key, inner in definition.items()}
    if definition.get("Type") == "Task" and str(found["Resource"]).startswith("${"):
        found["Resource"] = before + found["Resource"][2:-1]
    return found


def substituted(definition: Any, names: Mapping[str, str]) -> Any:
    """The definition with each `${name}` replaced by what `names` has for it, or by the name (of a table)."""
    if isinstance(definition, dict):
        return {key: substituted(inner, names) for key, inner in definition.items()}
    if isinstance(definition, list):
        return [substituted(inner, names) for inner in definition]
    if isinstance(definition, str) and definition.startswith("${") and definition.endswith("}"):
        return names.get(definition[2:-1], definition[2:-1].rpartition(".")[2])
    return definition
