"""Requests that AWS throttles are repeated until they are answered; nobody notices but the clock."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSResponse

from ladle.deploy.account import PATIENT
from ladle.operate.account import AccountRuns
from tests.operate.stage import REGION, Stage, machine

THROTTLED = {"__type": "ThrottlingException", "message": "Rate exceeded"}


class Busy:
    """A Step Functions client whose every `one`-th request is throttled."""

    def __init__(self, one: int) -> None:
        self.one, self.sent, self.throttled = one, 0, 0
        self.client = boto3.client("stepfunctions", region_name=REGION, config=PATIENT)
        self.client.meta.events.register_first("before-send.stepfunctions", self._answer)

    def _answer(self, request: Any, **_: Any) -> AWSResponse | None:
        self.sent += 1
        if self.sent % self.one:
            return None
        self.throttled += 1
        raw = type("Raw", (), {"stream": lambda _: iter([json.dumps(THROTTLED).encode()])})()
        return AWSResponse(request.url, 400, {"content-type": "application/x-amz-json-1.0"}, raw)


@pytest.mark.slow
def test_throttled_requests_change_no_answer(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lists, histories and figures are those of an idle account."""
    monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_: 0.01)
    stage.begin("daily", "one", day=1)
    stage.fail = True
    stage.begin("daily", "two", day=2)
    stage.fail = False
    busy = Busy(3)
    runs = AccountRuns(lambda _: busy.client, {"daily": machine("app-dev-daily")})
    for _ in range(3):
        assert [each.id for each in runs.runs()] == [each.id for each in stage.runs.runs(workflow="daily")]
        assert [each.id for each in runs.briefs()] == ["two", "one"]
        assert runs.steps(["one"]) == stage.runs.steps(["one"])
    assert busy.throttled >= 5
