"""A distributed Map on a stage: its items are runs that AWS lists by the Map Run, as here by their parent."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import boto3
import pytest

from ladle.operate.account import AccountRuns
from ladle.testing import mock_stepfunctions
from ladle.web.answer import Page
from ladle.web.ends import End
from ladle.web.http import Request

REGION = "eu-central-1"
MACHINE = f"arn:aws:states:{REGION}:123456789012:stateMachine:app-dev-backlog"
DEFINITION = {
    "StartAt": "geocode",
    "QueryLanguage": "JSONata",
    "States": {
        "geocode": {
            "Type": "Map",
            "Items": "{% [1..20] %}",
            "Label": "geocode",
            "ToleratedFailureCount": 5,
            "MaxConcurrency": 10,
            "ItemProcessor": {
                "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
                "StartAt": "locate",
                "States": {
                    "locate": {
                        "Type": "Task",
                        "Resource": "arn:aws:states:::lambda:invoke",
                        "Arguments": {"FunctionName": "locate", "Payload": "{% $states.input %}"},
                        "End": True,
                    }
                },
            },
            "End": True,
        }
    },
}


def locate(event: Any, _: Any) -> int:
    if event in (7, 8):
        raise ConnectionError(f"geocoder answered 503 to {event}")
    return int(event)


@pytest.fixture
def get(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Ask the page of a stage in which such a run has ended."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_stepfunctions({"locate": locate}):
        states = boto3.client("stepfunctions", region_name=REGION)
        role = "arn:aws:iam::123456789012:role/machine"
        states.create_state_machine(name="app-dev-backlog", definition=json.dumps(DEFINITION), roleArn=role)
        states.start_execution(stateMachineArn=MACHINE, name="one", input="{}")

        def client(service: str) -> Any:
            return boto3.client(service, region_name=REGION)

        end = End("dev", "app", AccountRuns(client, {"backlog": MACHINE}), {}, option=" --stage dev")
        page = Page({"dev": lambda: end}, "dev")

        def ask(address: str, **query: str) -> Any:
            response = page.answer(Request("GET", address, query))
            assert response.status == 200, response.body
            return json.loads(response.body)

        yield ask


def test_items_are_counted_and_those_that_failed_say_why(get: Callable[..., Any]) -> None:
    view = get("/api/runs/one/map", step="geocode")
    assert view["total"] == 20
    assert view["counts"] == {"succeeded": 18, "failed": 2}
    (cause,) = view["errors"]
    assert cause["count"] == 2
    assert cause["text"].startswith("ConnectionError: geocoder answered # to #")
    run = get("/api/runs/one")
    (row,) = [each for each in run["rows"] if each["kind"] == "Map"]
    assert row["map"] == {"total": 20, "done": 18, "failed": 2}


def test_an_item_opens_the_run_that_it_is(get: Callable[..., Any]) -> None:
    view = get("/api/runs/one/map", step="geocode")
    first = view["errors"][0]["first"]
    item = get("/api/runs/one/item", step="geocode", index=str(first))
    assert item["status"] == "failed"
    assert item["state"] == "locate"
    assert item["attempts"][0]["error"] == "ConnectionError"
    inner = get(f"/api/runs/{quote(item['run'], safe='')}")
    assert inner["focus"] == "locate"
