"""`aws-sdk:sfn:…` calls that concern runs of this process: they go to the engine, not to a service."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from ladle.engine.protocols import Done, TaskCall, TaskFailed, TaskSucceeded
from ladle.engine.scope import JSON
from ladle.errors import LadleError
from ladle.local.aws.failures import second_failure

if TYPE_CHECKING:
    from datetime import datetime

    from ladle.engine.execution import Execution
    from ladle.engine.scheduler import Engine

__all__ = ["ENGINE_CALLS"]


class _Refused(Exception):
    """The engine's answer is an error of the Step Functions API."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name


def _answered(action: Callable[[Engine, dict[str, Any]], JSON]) -> Callable[[TaskCall, Done], None]:
    def run(call: TaskCall, done: Done) -> None:
        from ladle.engine import TaskDoesNotExist

        try:
            result = action(call.execution.engine, call.arguments or {})
        except TaskDoesNotExist:
            done(_failure("TaskTimedOut", "Task Timed Out: 'Provided task does not exist anymore'"))
        except _Refused as refusal:
            done(_failure(refusal.name, str(refusal)))
        else:
            done(TaskSucceeded(result))

    return run


def _failure(name: str, message: str) -> TaskFailed:
    return second_failure("SFN", name, message, 400)


def _send_success(engine: Engine, arguments: dict[str, Any]) -> JSON:
    output = arguments.get("Output", "")
    try:
        value = json.loads(output) if isinstance(output, str) else output
    except ValueError:
        raise _Refused("InvalidOutput", f"Invalid Output: '{output}'") from None
    engine.send_task_success(arguments["TaskToken"], value)
    return {}


def _send_failure(engine: Engine, arguments: dict[str, Any]) -> JSON:
    engine.send_task_failure(arguments["TaskToken"], arguments.get("Error"), arguments.get("Cause"))
    return {}


def _send_heartbeat(engine: Engine, arguments: dict[str, Any]) -> JSON:
    engine.send_task_heartbeat(arguments["TaskToken"])
    return {}


def _start(
    engine: Engine, arguments: dict[str, Any], *, sync: bool = False, parent: Execution | None = None
) -> Execution:
    from ladle.engine import ExecutionAlreadyExists

    given = arguments.get("Input", "{}")
    text = given if isinstance(given, str) else json.dumps(given)
    arn = arguments["StateMachineArn"]
    if arn not in engine.machines:
        raise _Refused("StateMachineDoesNotExist", f"State Machine Does Not Exist: '{arn}'")
    try:
        value = json.loads(text)
    except ValueError:
        raise _Refused("InvalidExecutionInput", "Invalid State Machine Execution Input") from None
    if sync and engine.machines[arn].type != "EXPRESS":
        what = "This operation is not supported by this type of state machine"
        raise _Refused("StateMachineTypeNotSupported", what)
    try:
        return engine.start(arn, value, name=arguments.get("Name"), parent=parent, input_text=text, sync=sync)
    except ExecutionAlreadyExists as error:
        raise _Refused("ExecutionAlreadyExists", str(error)) from None


def _start_execution(engine: Engine, arguments: dict[str, Any]) -> JSON:
    started = _start(engine, arguments)
    return {"ExecutionArn": started.arn, "StartDate": _time(started.started)}


def _find(engine: Engine, arguments: dict[str, Any]) -> Execution:
    arn = arguments.get("ExecutionArn")
    found = engine.executions.get(str(arn))
    if found is None:
        raise _Refused("ExecutionDoesNotExist", f"Execution Does Not Exist: '{arn}'")
    return found


def _describe_execution(engine: Engine, arguments: dict[str, Any]) -> JSON:
    return _described(_find(engine, arguments))


def _described(execution: Execution) -> dict[str, JSON]:
    from ladle.engine.nested import describe

    answer = describe(execution, decoded=False)
    answer["StartDate"] = _time(execution.started)
    answer.pop("StopDate", None)
    if execution.stopped is not None:
        answer["StopDate"] = _time(execution.stopped)
    return answer


def _stop_execution(engine: Engine, arguments: dict[str, Any]) -> JSON:
    execution = _find(engine, arguments)
    engine.stop(execution, arguments.get("Error"), arguments.get("Cause"))
    return {"StopDate": _time(execution.stopped or execution.started)}


def _time(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


def _start_sync_execution(call: TaskCall, done: Done) -> None:
    """Run an Express execution to its end. One that fails is an answer too, not a failure of the call."""
    engine = call.execution.engine
    try:
        child = _start(engine, call.arguments or {}, sync=True, parent=call.execution)
    except _Refused as refusal:
        done(_failure(refusal.name, str(refusal)))
        return

    def ended(execution: Execution) -> None:
        answer = _described(execution)
        for name in ("RedriveCount", "RedriveStatus", "RedriveStatusReason"):
            answer.pop(name, None)
        done(TaskSucceeded(answer))

    _takes_virtual_time(done)
    child.ended.append(ended)


def _takes_virtual_time(done: Done) -> None:
    """The engine itself is what the call waits for: its clock may skip ahead meanwhile."""
    from ladle.engine.states.task import Flight

    if isinstance(done, Flight):
        done.runs_outside = False


def _get_activity_task(call: TaskCall, done: Done) -> None:
    engine = call.execution.engine
    arguments = call.arguments or {}

    def give(task: Any) -> None:
        done(TaskSucceeded({} if task is None else {"Input": task.input, "TaskToken": task.token}))

    _takes_virtual_time(done)
    try:
        engine.activities.poll(arguments["ActivityArn"], arguments.get("WorkerName"), give)
    except LadleError as error:
        done(_failure("ActivityDoesNotExist", str(error)))


ENGINE_CALLS: Final[dict[str, Callable[[TaskCall, Done], None]]] = {
    "describeExecution": _answered(_describe_execution),
    "getActivityTask": _get_activity_task,
    "sendTaskFailure": _answered(_send_failure),
    "sendTaskHeartbeat": _answered(_send_heartbeat),
    "sendTaskSuccess": _answered(_send_success),
    "startExecution": _answered(_start_execution),
    "startSyncExecution": _start_sync_execution,
    "stopExecution": _answered(_stop_execution),
}
