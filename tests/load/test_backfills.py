"""A backfill on an AWS that fails, broken off and begun again: one run for each time, whatever happens."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from io import BytesIO
from types import SimpleNamespace
from typing import Any

import boto3

from ladle import Cron
from ladle.declare import Workflow
from ladle.operate.account import AccountRuns
from ladle.operate.actions import AccountActions
from ladle.operate.backfill import backfill
from ladle.operate.slots import slots
from ladle.runtime import starter
from tests.load.faults import faults
from tests.starter.stage import MACHINES, REGION, STARTER, call, stage  # noqa: F401

DAYS = int(os.environ.get("SLOTS", "60"))


def monthly_report(scheduled_for: datetime, last_day: int = 31) -> None:
    """The workflow of the stage, here once a day."""


DAILY: Workflow[..., Any] = Workflow(monthly_report, on=Cron("0 6 * * ? *"))


def lambda_of(context: Any) -> Any:
    """Lambda, as far as it calls the starter: what that raises is a `FunctionError` of the answer."""

    def invoke(FunctionName: str, Payload: bytes) -> dict[str, Any]:  # noqa: N803 - boto3's names
        assert FunctionName == STARTER
        try:
            body: Any = starter.handler(json.loads(Payload), context)
        except Exception as error:  # noqa: BLE001 - it is the answer
            body = {"errorType": type(error).__name__, "errorMessage": str(error)}
            return {"FunctionError": "Unhandled", "Payload": BytesIO(json.dumps(body).encode())}
        return {"Payload": BytesIO(json.dumps(body).encode())}

    exceptions = SimpleNamespace(ResourceNotFoundException=KeyError)
    return SimpleNamespace(invoke=invoke, exceptions=exceptions)


def test_each_time_has_one_run(stage: Any, call: Any) -> None:  # noqa: F811
    """A quarter of all requests fail, and the backfill is broken off now and then: it is begun again until
    nothing is missing."""
    begin = datetime(2013, 1, 1, tzinfo=UTC)
    wanted = slots(DAILY, begin, begin + timedelta(days=DAYS))
    machines = {"monthly_report": f"{MACHINES}:nyc-flights-dev-monthly_report"}

    def client(service: str) -> Any:
        return lambda_of(call) if service == "lambda" else boto3.client(service, region_name=REGION)

    runs = AccountRuns(client, machines)
    actions = AccountActions(client, runs, machines, STARTER)
    begun = 0
    with faults(0.25, seed=3) as found:
        while begun < 500:
            begun += 1
            done = []
            try:
                for outcome in backfill(runs, actions, wanted):
                    done.append(outcome)
                    if begun < 4 and len(done) == begun * DAYS // 4:
                        break  # somebody pressed Ctrl-C
            except Exception:  # noqa: BLE001 - a request failed for good: a person begins again
                continue
            if len(done) == len(wanted) and all(each.outcome != "refused" for each in done):
                break
    names = [
        each["name"]
        for page in stage.get_paginator("list_executions").paginate(
            stateMachineArn=machines["monthly_report"]
        )
        for each in page["executions"]
    ]
    assert sorted(names) == sorted(slot.run for slot in wanted)
    assert begun >= 4
    assert found.counts["unanswered"] > 0
