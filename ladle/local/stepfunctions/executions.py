"""Executions: start, describe, list, history, stop, redrive; and the tokens that their tasks wait for."""

from __future__ import annotations

import json
import re
from typing import Any, Final

from ladle.engine import (
    Execution,
    ExecutionAlreadyExists,
    InvalidInput,
    Machine,
    NotRedrivable,
    TaskDoesNotExist,
)
from ladle.engine.history import moment
from ladle.local.stepfunctions.checks import check_arn, check_name, unqualified
from ladle.local.stepfunctions.errors import (
    ApiError,
    invalid_token,
    no_machine,
    no_resource,
    wrong_machine_type,
    wrong_resource_type,
)
from ladle.local.stepfunctions.machines import described
from ladle.local.stepfunctions.paging import page
from ladle.local.stepfunctions.world import Desk, Started, StoredMachine

__all__ = [
    "describe_execution",
    "describe_state_machine_for_execution",
    "get_execution_history",
    "list_executions",
    "redrive_execution",
    "send_task_failure",
    "send_task_heartbeat",
    "send_task_success",
    "start_execution",
    "start_sync_execution",
    "stop_execution",
]

_OUR_TOKEN: Final = re.compile(r"AQ[0-9a-f]{64}")
_MEMORY_MB: Final = 64
_DATA: Final = frozenset({"input", "output", "parameters"})


# Starting -------------------------------------------------------------------------------------------------


def _target(desk: Desk, arn: str) -> tuple[StoredMachine, Machine, str | None]:
    """What an ARN given to StartExecution runs: machine, version or alias (its ARN is the third)."""
    check_arn(arn, "stateMachine")
    base, qualifier = unqualified(arn)
    stored = desk.world.machines.get(base)
    if stored is None:
        raise no_machine(arn)
    if qualifier is None:
        return stored, stored.machine, None
    alias = stored.aliases.get(qualifier)
    if alias is not None:
        drawn = desk.world.engine.random.randrange(100)
        for route in alias.routing:
            drawn -= route["weight"]
            if drawn < 0:
                number = int(route["stateMachineVersionArn"].rpartition(":")[2])
                return stored, stored.versions[number].machine, alias.arn
    version = stored.versions.get(int(qualifier)) if qualifier.isdecimal() else None
    if version is None:
        raise no_machine(arn)
    return stored, version.machine, None


def _begin(desk: Desk, request: dict[str, Any], *, sync: bool) -> Execution:
    stored, machine, alias = _target(desk, request["stateMachineArn"])
    if sync and stored.type != "EXPRESS":
        raise wrong_machine_type()
    name = request.get("name")
    if name is not None:
        check_name(name)
    text = request.get("input")
    text = "{}" if text is None else text
    try:
        value = json.loads(text, parse_constant=_no_json)
    except (ValueError, RecursionError) as error:
        raise ApiError("InvalidExecutionInput", f"Invalid State Machine Execution Input: '{error}'") from None
    world = desk.world
    try:
        execution = world.engine.start(machine, value, name=name, input_text=text, sync=sync)
    except ExecutionAlreadyExists as error:
        raise ApiError("ExecutionAlreadyExists", str(error)) from None
    except InvalidInput as error:
        raise ApiError("InvalidExecutionInput", str(error)) from None
    world.started[execution.arn] = Started(alias, request.get("traceHeader"))
    return execution


def _no_json(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


def start_execution(desk: Desk, request: dict[str, Any]) -> dict[str, Any]:
    """StartExecution. The execution runs as far as it can before this returns."""
    execution = _begin(desk, request, sync=False)
    desk.world.driver.settle()
    return {"executionArn": execution.arn, "startDate": execution.started}


def start_sync_execution(desk: Desk, request: dict[str, Any]) -> dict[str, Any]:
    """StartSyncExecution: Express only, and the answer is how it ended."""
    execution = _begin(desk, request, sync=True)
    desk.world.driver.finish(execution)
    milliseconds = (execution.stopped_ms or 0) - execution.started_ms
    answer = {
        "executionArn": execution.arn,
        "stateMachineArn": request["stateMachineArn"],
        "name": execution.name,
        "startDate": execution.started,
        "stopDate": execution.stopped,
        "status": execution.status,
        **_data(execution),
        "billingDetails": {
            "billedMemoryUsedInMB": _MEMORY_MB,
            "billedDurationInMilliseconds": max(100, -(-milliseconds // 100) * 100),
        },
    }
    if request.get("traceHeader") is not None:
        answer["traceHeader"] = request["traceHeader"]
    return answer


def _data(execution: Execution) -> dict[str, Any]:
    """Input, and output or error and cause."""
    history = execution._history
    answer: dict[str, Any] = {"input": history.text(execution.input), "inputDetails": {"included": True}}
    if execution.status == "SUCCEEDED":
        answer["output"] = history.text(execution.output)
        answer["outputDetails"] = {"included": True}
    if execution.error is not None:
        answer["error"] = execution.error
    if execution.cause is not None:
        answer["cause"] = execution.cause
    return answer


# Looking --------------------------------------------------------------------------------------------------


def _standard(desk: Desk, arn: str) -> Execution:
    """A Standard execution; Express ones are not for these operations."""
    check_arn(arn, "execution", "express")
    execution = desk.world.execution(arn)
    if execution.machine.type == "EXPRESS":
        raise wrong_resource_type("express")
    return execution


def _origin_arns(desk: Desk, execution: Execution) -> dict[str, str]:
    """stateMachineArn, and the version's and alias's where it was started through them."""
    origin = desk.world.origin(execution)
    if origin is None or execution.map_run_arn is not None:
        return {"stateMachineArn": execution.machine.arn}
    arns = {"stateMachineArn": origin.stored.arn}
    if origin.version is not None:
        arns["stateMachineVersionArn"] = origin.version.arn
    started = desk.world.started.get(execution.arn)
    if started is not None and started.alias is not None:
        arns["stateMachineAliasArn"] = started.alias
    return arns


def describe_execution(desk: Desk, request: dict[str, Any]) -> dict[str, Any]:
    """DescribeExecution."""
    execution = _standard(desk, request["executionArn"])
    desk.world.driver.look(execution)
    answer: dict[str, Any] = {
        "executionArn": execution.arn,
        **_origin_arns(desk, execution),
        "name": execution.name,
        "status": execution.status,
        "startDate": execution.started,
        **_data(execution),
        "redriveCount": execution.redrive_count,
    }
    if execution.stopped is not None:
        answer["stopDate"] = execution.stopped
    if execution.redriven_ms is not None:
        answer["redriveDate"] = moment(execution.redriven_ms)
    if execution.map_run_arn is not None:
        answer["mapRunArn"] = execution.map_run_arn
    answer["redriveStatus"], reason = execution.redrive_status
    if reason is not None:
        answer["redriveStatusReason"] = reason
    started = desk.world.started.get(execution.arn)
    if started is not None and started.trace_header is not None:
        answer["traceHeader"] = started.trace_header
    if request.get("includedData") == "METADATA_ONLY":
        for name in ("input", "output", "error", "cause"):
            answer.pop(name, None)
        answer["inputDetails"] = {"included": False}
        answer["outputDetails"] = {"included": False}
    return answer


def describe_state_machine_for_execution(desk: Desk, request: dict[str, Any]) -> dict[str, Any]:
    """DescribeStateMachineForExecution: the definition that the execution runs, whatever became of it."""
    execution = _standard(desk, request["executionArn"])
    origin = desk.world.origin(execution)
    if origin is None:
        raise no_machine(execution.machine.arn)
    machine = execution.machine
    answer = described(origin.stored, origin.version, machine, origin.settings)
    answer["updateDate"] = origin.stored.updated
    if origin.revision != "INITIAL":
        answer["revisionId"] = origin.revision
    if execution.map_run_arn is not None:
        label = machine.name.partition("/")[2]
        answer |= {"mapRunArn": execution.map_run_arn, "label": label, "stateMachineArn": machine.arn}
    return answer


def list_executions(desk: Desk, request: dict[str, Any]) -> dict[str, Any]:
    """ListExecutions of a machine, version, alias or Map Run, newest first."""
    world = desk.world
    arn, map_run = request.get("stateMachineArn"), request.get("mapRunArn")
    if (arn is None) == (map_run is None):
        raise ApiError("ValidationException", "Must provide a StateMachine ARN or MapRun ARN")
    if map_run is not None:
        check_arn(map_run, "mapRun")
        run = world.engine.map_runs.get(map_run)
        if run is None:
            raise no_resource(map_run)
        found = list(run.children)
    else:
        assert arn is not None
        check_arn(arn, "stateMachine")
        base, qualifier = unqualified(arn)
        stored = world.machines.get(base)
        if stored is None:
            raise no_machine(arn)
        if stored.type == "EXPRESS":
            raise wrong_machine_type()
        found = [
            execution
            for execution in list(world.engine.executions.values())
            if execution.map_run_arn is None
            and (origin := world.origins.get(execution.machine)) is not None
            and origin.stored is stored
            and (qualifier is None or arn in _origin_arns(desk, execution).values())
        ]
    world.driver.look(*found)
    status, redriven = request.get("statusFilter"), request.get("redriveFilter")
    if status is not None:
        found = [execution for execution in found if execution.status == status]
    if redriven is not None:
        found = [
            execution for execution in found if (execution.redrive_count > 0) == (redriven == "REDRIVEN")
        ]
    found.reverse()
    found.sort(key=lambda execution: -execution.started_ms)
    items, more = page(found, request, f"executions of {arn or map_run} {status}")
    return {"executions": [_item(desk, execution) for execution in items], **more}


def _item(desk: Desk, execution: Execution) -> dict[str, Any]:
    item: dict[str, Any] = {
        "executionArn": execution.arn,
        **_origin_arns(desk, execution),
        "name": execution.name,
        "status": execution.status,
        "startDate": execution.started,
        "redriveCount": execution.redrive_count,
    }
    if execution.stopped is not None:
        item["stopDate"] = execution.stopped
    if execution.redriven_ms is not None:
        item["redriveDate"] = moment(execution.redriven_ms)
    if execution.map_run_arn is not None:
        value = execution.input
        item["mapRunArn"] = execution.map_run_arn
        if isinstance(value, dict) and isinstance(value.get("Items"), list):
            item["itemCount"] = len(value["Items"])
    return item


def get_execution_history(desk: Desk, request: dict[str, Any]) -> dict[str, Any]:
    """GetExecutionHistory."""
    execution = _standard(desk, request["executionArn"])
    if request.get("nextToken") is None:
        desk.world.driver.look(execution)
    events = execution.history()
    arns = _origin_arns(desk, execution)
    for name in ("stateMachineVersionArn", "stateMachineAliasArn"):
        if name in arns:
            events[0]["executionStartedEventDetails"][name] = arns[name]
    if request.get("reverseOrder"):
        events.reverse()
    items, more = page(events, request, f"history of {execution.arn}")
    if request.get("includeExecutionData") is False:
        items = [_without_data(event) for event in items]
    return {"events": items, **more}


def _without_data(event: dict[str, Any]) -> dict[str, Any]:
    return {
        key: {k: v for k, v in value.items() if k not in _DATA} if isinstance(value, dict) else value
        for key, value in event.items()
    }


# Stopping and redriving -----------------------------------------------------------------------------------


def stop_execution(desk: Desk, request: dict[str, Any]) -> dict[str, Any]:
    """StopExecution. Stopping one that has ended changes nothing."""
    execution = _standard(desk, request["executionArn"])
    world = desk.world
    world.engine.stop(execution, request.get("error"), request.get("cause"))
    world.driver.settle()
    return {"stopDate": execution.stopped}


def redrive_execution(desk: Desk, request: dict[str, Any]) -> dict[str, Any]:
    """RedriveExecution. The execution goes on as far as it can before this returns."""
    execution = _standard(desk, request["executionArn"])
    world = desk.world
    try:
        world.engine.redrive(execution)
    except NotRedrivable as error:
        reason = str(error).removeprefix(f"{execution.name}: ")
        raise ApiError("ExecutionNotRedrivable", reason) from None
    redriven = execution.redriven_ms
    world.driver.settle()
    return {"redriveDate": moment(redriven or 0)}


# Task tokens ----------------------------------------------------------------------------------------------


def _unknown(token: str) -> ApiError:
    """The error for a token that nobody waits on: one that was given out once, or never."""
    if _OUR_TOKEN.fullmatch(token):
        return ApiError("TaskTimedOut", "Task Timed Out: 'Provided task does not exist anymore'")
    return invalid_token()


def send_task_success(desk: Desk, request: dict[str, Any]) -> dict[str, Any]:
    """SendTaskSuccess. The execution goes on as far as it can before this returns."""
    output = request["output"]
    try:
        value = json.loads(output, parse_constant=_no_json)
    except (ValueError, RecursionError):
        raise ApiError("InvalidOutput", f"Invalid Output: '{output}'") from None
    return _answered(desk, request, lambda token: desk.world.engine.send_task_success(token, value))


def send_task_failure(desk: Desk, request: dict[str, Any]) -> dict[str, Any]:
    """SendTaskFailure."""
    error, cause = request.get("error"), request.get("cause")
    return _answered(desk, request, lambda token: desk.world.engine.send_task_failure(token, error, cause))


def send_task_heartbeat(desk: Desk, request: dict[str, Any]) -> dict[str, Any]:
    """SendTaskHeartbeat."""
    return _answered(desk, request, desk.world.engine.send_task_heartbeat)


def _answered(desk: Desk, request: dict[str, Any], send: Any) -> dict[str, Any]:
    token = request["taskToken"]
    with desk.world.driver.if_free() as free:
        try:
            send(token)
        except TaskDoesNotExist:
            raise _unknown(token) from None
        if free:
            desk.world.driver.settle()
    return {}
