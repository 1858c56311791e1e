"""Nested executions: startExecution, .sync, .sync:2 and .waitForTaskToken, run in the engine itself."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING

from ladle.engine.history import json_text
from ladle.engine.protocols import TaskCall, TaskFailed, TaskSubmitted, TaskSucceeded
from ladle.engine.scope import JSON

if TYPE_CHECKING:
    from ladle.engine.execution import Execution
    from ladle.engine.scheduler import Engine
    from ladle.engine.states.task import Flight

__all__ = ["describe", "start_nested"]


def start_nested(engine: Engine, flight: Flight, call: TaskCall) -> Callable[[], None] | None:
    """Start the target of a startExecution call, and tell the flight what becomes of it.

    Only a `.sync` child is stopped when its task is given up, as on AWS.
    """
    from ladle.engine.scheduler import ExecutionAlreadyExists

    previous, flight.s.nested = flight.s.nested, None
    if previous is not None and call.attempt == 0 and previous.redrive_status[0] == "REDRIVABLE":
        previous.redrive()  # the parent is redriven, and its failed child with it
        return _follow(engine, flight, previous)
    arguments = call.arguments
    text = _input_text(arguments.get("Input"))
    try:
        value = json.loads(text)
    except ValueError:
        flight(
            TaskFailed(
                "StepFunctions.InvalidExecutionInputException",
                _service_error("InvalidExecutionInput", "Invalid State Machine Execution Input"),
            )
        )
        return None
    try:
        child = engine.start(
            arguments["StateMachineArn"],
            value,
            name=arguments.get("Name"),
            parent=call.execution,
            input_text=text,
        )
    except ExecutionAlreadyExists as error:
        flight(
            TaskFailed(
                "StepFunctions.ExecutionAlreadyExistsException",
                _service_error("ExecutionAlreadyExists", str(error)),
            )
        )
        return None
    return _follow(engine, flight, child)


def _follow(engine: Engine, flight: Flight, child: Execution) -> Callable[[], None] | None:
    """Tell the flight that its child runs and, for `.sync`, how it ends."""
    accepted = {
        "ExecutionArn": child.arn,
        "SdkHttpMetadata": {"HttpStatusCode": 200},
        "SdkResponseMetadata": {"RequestId": str(uuid.UUID(int=engine.random.getrandbits(128), version=4))},
        "StartDate": child.started_ms,
    }
    resource = flight.form.resource
    if resource.pattern != "sync":
        flight(TaskSucceeded(accepted))
        return None
    flight.s.nested = child
    decoded = resource.action.endswith(":2")
    flight(TaskSubmitted(accepted))
    flight.open = False

    def ended(execution: Execution) -> None:
        if execution.status == "SUCCEEDED":
            flight(TaskSucceeded(describe(execution, decoded=decoded)))
        else:
            flight(TaskFailed("States.TaskFailed", json_text(describe(execution, decoded=decoded))))

    child.ended.append(ended)
    return lambda: child.stop()


def _input_text(given: JSON) -> str:
    """The child's input as text: what is not a text is encoded, nothing is an empty object."""
    if given is None:
        return "{}"
    return given if isinstance(given, str) else json_text(given)


def _service_error(code: str, message: str) -> str:
    return (
        f"{message} (Service: AWSStepFunctions; Status Code: 400; Error Code: {code};"
        f" Request ID: {uuid.uuid4()}; Proxy: null)"
    )


def describe(execution: Execution, *, decoded: bool) -> dict[str, JSON]:
    """DescribeExecution's answer as service integrations show it, keys in alphabetical order.

    `decoded` gives Input and Output as JSON values (`.sync:2`) instead of JSON texts.
    """
    history = execution._history

    def show(value: JSON) -> JSON:
        return value if decoded else history.text(value)

    answer: dict[str, JSON] = {}
    if execution.cause is not None:
        answer["Cause"] = execution.cause
    if execution.error is not None:
        answer["Error"] = execution.error
    answer["ExecutionArn"] = execution.arn
    answer["Input"] = show(execution.input)
    answer["InputDetails"] = {"Included": True}
    if execution.map_run_arn is not None:
        answer["MapRunArn"] = execution.map_run_arn
    answer["Name"] = execution.name
    if execution.status == "SUCCEEDED":
        answer["Output"] = show(execution.output)
        answer["OutputDetails"] = {"Included": True}
    answer["RedriveCount"] = execution.redrive_count
    answer["RedriveStatus"], reason = execution.redrive_status
    if reason is not None:
        answer["RedriveStatusReason"] = reason
    answer["StartDate"] = execution.started_ms
    answer["StateMachineArn"] = execution.machine.arn
    answer["Status"] = execution.status
    answer["StopDate"] = execution.stopped_ms
    return answer
