"""A stage of three machines in memory, and what reads it through boto3."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest

from ladle.operate.account import AccountRuns
from ladle.testing import mock_stepfunctions

REGION = "eu-central-1"
ACCOUNT = "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/machine"
FUNCTION = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:app-dev-load_day"


def task(**more: Any) -> dict[str, Any]:
    envelope = {"run": "{% $states.context.Execution.Id %}"}
    arguments = {"FunctionName": FUNCTION, "Payload": {"args": {}, "ladle": envelope}}
    return {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Arguments": arguments, **more}


def machine(name: str) -> str:
    return f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:{name}"


DAILY = {"StartAt": "load_day", "QueryLanguage": "JSONata", "States": {"load_day": task(End=True)}}
MONTHLY = {
    "StartAt": "daily",
    "QueryLanguage": "JSONata",
    "States": {
        "daily": {
            "Type": "Task",
            "Resource": "arn:aws:states:::states:startExecution.sync:2",
            "Arguments": {
                "StateMachineArn": machine("app-dev-daily"),
                "Input": {"day": 1, "ladle": {"root": "{% $states.context.Execution.Id %}"}},
            },
            "Next": "wait",
        },
        "wait": {"Type": "Wait", "Seconds": 60, "End": True},
    },
}
WAITING = {
    "StartAt": "ask",
    "QueryLanguage": "JSONata",
    "States": {"ask": task(End=True) | {"Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken"}},
}


class Stage:
    """Three machines of a stage, and what reads them. `fail` lets their function fail."""

    def __init__(self, advance: Callable[[float], Any]) -> None:
        self.fail = False
        self.advance = advance
        self.asked: list[str] = []
        """The operations that were asked of Step Functions, in order."""
        machines = {name: machine(f"app-dev-{name}") for name in ("daily", "monthly", "asking")}
        self.runs = AccountRuns(self.client, machines)
        for name, definition in (("daily", DAILY), ("monthly", MONTHLY), ("asking", WAITING)):
            self.client("stepfunctions").create_state_machine(
                name=f"app-dev-{name}", definition=json.dumps(definition), roleArn=ROLE
            )
        self.asked.clear()

    def client(self, service: str) -> Any:
        client = boto3.client(service, region_name=REGION)
        client.meta.events.register("before-call", self._note)
        return client

    def _note(self, model: Any, **_: Any) -> None:
        self.asked.append(model.name)

    def load_day(self) -> int:
        if self.fail:
            raise ValueError("no such day")
        return 842

    def begin(self, workflow: str, name: str, **given: Any) -> str:
        self.advance(1)  # no two runs begin at the same moment
        arn: str = self.client("stepfunctions").start_execution(
            stateMachineArn=machine(f"app-dev-{workflow}"), name=name, input=json.dumps(given)
        )["executionArn"]
        return arn


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    found: list[Stage] = []
    with mock_stepfunctions({"app-dev-load_day": lambda _, __: found[0].load_day()}) as service:
        found.append(Stage(service.advance))
        yield found[0]
