"""A stage of two workflows on an AWS in memory, as the starter meets it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import pytest

from ladle import Cron, S3Upload, wire, workflow
from ladle.runtime import aws, logs, project_file, starter
from ladle.testing import mock_stepfunctions

REGION = "eu-central-1"
ACCOUNT = "123456789012"
STARTER = "nyc-flights-dev-ladle-starter"
MACHINES = f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine"

WAITING = {"StartAt": "wait", "States": {"wait": {"Type": "Wait", "Seconds": 60, "End": True}}}


@workflow(on=S3Upload("landing", prefix="flights/", suffix=".csv"))
def daily_delays(bucket: str, key: str, size: int = 0, version_id: str | None = None) -> None:
    """One uploaded file."""


@workflow(on=Cron("0 6 1 * ? *"))
def monthly_report(scheduled_for: datetime, last_day: int = 31) -> None:
    """One month."""


def document() -> dict[str, Any]:
    """The project's file, as its deployment writes it."""
    upload = {"kind": "S3Upload", "bucket": "landing-dev", "prefix": "flights/", "suffix": ".csv"}
    cron = {"kind": "Cron", "expression": "0 6 1 * ? *", "timezone": "UTC", "input": {}}
    return {
        "app": "nyc-flights",
        "stage": "dev",
        "workflows": {
            each.name: {
                "machine": f"nyc-flights-dev-{each.name}",
                "schema": wire.json_schema(each.door.arguments),
                "triggers": triggers,
            }
            for each, triggers in ((daily_delays, [upload]), (monthly_report, [cron]))
        },
    }


class Call(SimpleNamespace):
    """Lambda's context object, as far as the starter looks at it."""

    invoked_function_arn: str
    aws_request_id: str


@pytest.fixture
def call(stage: Any) -> Call:
    """A call of the starter of that stage."""
    del stage
    return Call(
        invoked_function_arn=f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{STARTER}",
        aws_request_id="7f3a41c2-0000-4000-8000-000000000001",
    )


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The stage's machines; gives boto3's client of Step Functions."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("LAMBDA_TASK_ROOT", str(tmp_path))
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", f"test-{tmp_path.name}")  # a logger of this test's own
    monkeypatch.setattr(logs, "_logger", [])
    (tmp_path / project_file.FILE_NAME).write_text(json.dumps(document()))
    with mock_stepfunctions({STARTER: starter.handler}, look=0):
        aws.client.cache_clear()
        states = boto3.client("stepfunctions", region_name=REGION)
        for name in document()["workflows"]:
            states.create_state_machine(
                name=f"nyc-flights-dev-{name}",
                definition=json.dumps(WAITING),
                roleArn=f"arn:aws:iam::{ACCOUNT}:role/machine",
            )
        yield states
        aws.client.cache_clear()


def uploaded(key: str, **more: Any) -> dict[str, Any]:
    """The event of an upload, as the rule of a workflow passes it on."""
    item = {"key": key, "size": 12, "etag": "d41d8cd9", "sequencer": "0055AED6DCD90281E5", **more}
    return {
        "trigger": "upload",
        "workflow": "daily_delays",
        "source": "aws.s3",
        "detail-type": "Object Created",
        "detail": {"version": "0", "bucket": {"name": "landing-dev"}, "object": item, "reason": "PutObject"},
    }


def runs_of(states: Any, workflow: str) -> list[str]:
    """The names of a workflow's runs."""
    found = states.list_executions(stateMachineArn=f"{MACHINES}:nyc-flights-dev-{workflow}")["executions"]
    return [each["name"] for each in found]
