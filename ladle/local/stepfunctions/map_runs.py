"""Map Runs: list, describe, update."""

from __future__ import annotations

from collections import Counter
from typing import Any

from ladle.engine.history import moment
from ladle.engine.states.map_distributed import CHILDREN_AT_ONCE
from ladle.engine.states.map_run import MapRun
from ladle.local.stepfunctions.checks import check_arn
from ladle.local.stepfunctions.errors import ApiError, no_resource
from ladle.local.stepfunctions.paging import page
from ladle.local.stepfunctions.world import Desk

__all__ = ["describe_map_run", "list_map_runs", "update_map_run"]


def _found(desk: Desk, arn: str) -> MapRun:
    check_arn(arn, "mapRun")
    found = desk.world.engine.map_runs.get(arn)
    if found is None:
        raise no_resource(arn)
    return found


def list_map_runs(desk: Desk, request: dict[str, Any]) -> dict[str, Any]:
    """ListMapRuns of an execution."""
    check_arn(request["executionArn"], "execution")
    execution = desk.world.execution(request["executionArn"])
    desk.world.driver.look(execution)
    items, more = page(execution.map_runs, request, f"map runs of {execution.arn}")
    return {"mapRuns": [_item(run) for run in items], **more}


def _item(run: MapRun) -> dict[str, Any]:
    item: dict[str, Any] = {
        "executionArn": run.parent.execution.arn,
        "mapRunArn": run.arn,
        "stateMachineArn": run.machine.arn,
        "startDate": moment(run.started_ms),
    }
    if run.stopped_ms is not None:
        item["stopDate"] = moment(run.stopped_ms)
    return item


def describe_map_run(desk: Desk, request: dict[str, Any]) -> dict[str, Any]:
    """DescribeMapRun, with its counts of items and of child executions."""
    run = _found(desk, request["mapRunArn"])
    execution = run.parent.execution
    desk.world.driver.look(execution)
    items: Counter[str] = Counter()
    children: Counter[str] = Counter()
    for child in run.children:
        children[child.status] += 1
        items[child.status] += run.items_in(child.input)
    waiting = run.inputs[run.upcoming :]
    children["PENDING"] = len(waiting)
    items["PENDING"] = sum(map(run.items_in, waiting))
    answer: dict[str, Any] = {
        "mapRunArn": run.arn,
        "executionArn": execution.arn,
        "status": run.status,
        "startDate": moment(run.started_ms),
        "maxConcurrency": 0 if run.concurrency >= CHILDREN_AT_ONCE else run.concurrency,
        "toleratedFailurePercentage": float(run.tolerated_percentage),
        "toleratedFailureCount": int(run.tolerated_count),
        "itemCounts": _counts(items, "ResultWriter" in run.state.definition),
        "executionCounts": _counts(children, "ResultWriter" in run.state.definition),
        "redriveCount": run.redrive_count,
    }
    if run.stopped_ms is not None:
        answer["stopDate"] = moment(run.stopped_ms)
    return answer


def _counts(found: Counter[str], written: bool) -> dict[str, int]:
    return {
        "pending": found["PENDING"],
        "running": found["RUNNING"],
        "succeeded": found["SUCCEEDED"],
        "failed": found["FAILED"],
        "timedOut": found["TIMED_OUT"],
        "aborted": found["ABORTED"],
        "total": found.total(),
        "resultsWritten": found["SUCCEEDED"] + found["FAILED"] if written else 0,
        "failuresNotRedrivable": 0,
        "pendingRedrive": 0,
    }


def update_map_run(desk: Desk, request: dict[str, Any]) -> dict[str, Any]:
    """UpdateMapRun: concurrency and tolerated failures of a run under way."""
    run = _found(desk, request["mapRunArn"])
    if len(request) == 1:
        raise ApiError(
            "ValidationException",
            "At least one of MaxConcurrency, ToleratedFailureCount, ToleratedFailurePercentage is required",
        )
    if request.get("maxConcurrency") is not None:
        run.concurrency = request["maxConcurrency"] or CHILDREN_AT_ONCE
        while run.status == "RUNNING" and run.running < run.concurrency and run.upcoming < len(run.inputs):
            run.begin_next()
    if request.get("toleratedFailureCount") is not None:
        run.tolerated_count = request["toleratedFailureCount"]
    if request.get("toleratedFailurePercentage") is not None:
        run.tolerated_percentage = request["toleratedFailurePercentage"]
    desk.world.driver.settle()
    return {}
