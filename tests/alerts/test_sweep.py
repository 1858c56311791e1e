"""The sweep: what no event told of, and what somebody died over."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import boto3
import pytest

from ladle.runtime import aws, claims, sweep
from tests.alerts.stage import ACCOUNT, DEFINITIONS, MACHINES, NOW, REGION, Stage
from tests.alerts.test_alerts import BEFORE, BETWEEN, alerted, dying


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """The time of day, a few minutes after the engine's clock began."""
    found = SimpleNamespace(now=NOW.timestamp() + 600)
    monkeypatch.setattr(sweep.time, "time", lambda: found.now)
    return found


def swept(stage: Stage) -> list[str]:
    """The runs that a sweep sends a message for."""
    return list(sweep.handler({"trigger": "sweep"}, stage.context)["found"])


@pytest.mark.usefixtures("clock")
def test_a_run_whose_event_was_lost_is_found(stage: Stage) -> None:
    """Failed or timed out, of whichever workflow; and only once."""
    runs = [stage.run("daily"), stage.run("slow")]
    stage.service.advance(0)
    assert sorted(swept(stage)) == sorted(runs)
    assert len(stage.messages()) == 2
    assert swept(stage) == []


@pytest.mark.usefixtures("clock")
def test_a_resumed_run_is_the_workflows_too(stage: Stage) -> None:
    """It has a machine of its own, which is made when it is first needed."""
    states = boto3.client("stepfunctions", region_name=REGION)
    definition = json.dumps({"QueryLanguage": "JSONata", **DEFINITIONS["daily"]})
    role = f"arn:aws:iam::{ACCOUNT}:role/machine"
    states.create_state_machine(name="nyc-flights-prod-daily-resume", definition=definition, roleArn=role)
    execution = states.start_execution(
        stateMachineArn=f"{MACHINES}daily-resume", name="one-r1", input='{"key": "bad"}'
    )["executionArn"]
    assert swept(stage) == [execution]
    (message,) = stage.messages()
    assert "daily" in json.dumps(message)


@pytest.mark.usefixtures("clock")
def test_what_an_event_told_is_not_told_again(stage: Stage) -> None:
    """And an event that comes late, after the sweep, is not either."""
    told, late = stage.run("daily", name="told"), stage.run("daily", name="late")
    alerted(stage, told)
    assert swept(stage) == [late]
    assert alerted(stage, late) == "none: it was sent before"
    assert len(stage.messages()) == 2


def test_a_run_that_has_just_ended_is_left_to_its_event(stage: Stage, clock: SimpleNamespace) -> None:
    """The next sweep looks at it."""
    clock.now = NOW.timestamp() + 60
    run = stage.run("daily")
    assert swept(stage) == []
    clock.now += 600
    assert swept(stage) == [run]


@pytest.mark.usefixtures("clock")
def test_good_runs_handled_failures_and_quiet_workflows_are_left_alone(stage: Stage) -> None:
    """No message, and no error."""
    stage.run("daily", "good")
    stage.run("tolerant")
    assert swept(stage) == []
    assert stage.messages() == []


def test_a_redrive_that_fails_unseen_is_found(stage: Stage, clock: SimpleNamespace) -> None:
    """A redriven run still counts as begun when it first began."""
    run = stage.run("daily")
    alerted(stage, run)
    assert swept(stage) == []
    stage.service.advance(10 * 24 * 3600)
    stage.states.redrive_execution(executionArn=run)
    clock.now += 10 * 24 * 3600
    assert swept(stage) == [run]
    assert [("Redrives  1" in each["Message"]) for each in stage.messages()] == [False, True]


@pytest.mark.parametrize("moments", [BEFORE, BETWEEN])
def test_a_claim_that_went_stale_is_taken_up(
    stage: Stage, clock: SimpleNamespace, moments: list[tuple[str, str]]
) -> None:
    """Even long after the sweep has passed the run."""
    run = stage.run("daily")
    with dying(*moments):
        alerted(stage, run)
    before = len(stage.messages())
    assert swept(stage) == []  # the lease still runs
    clock.now += claims.LEASE + 1
    assert swept(stage) == [run]
    assert len(stage.messages()) == 1
    assert before == (1 if moments is BETWEEN else 0)
    assert swept(stage) == []


@pytest.mark.usefixtures("clock")
def test_every_page_is_read(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """ListExecutions answers in pages."""
    runs = [stage.run("rejected", name=f"r{number}") for number in range(5)]
    client = aws.client("stepfunctions")
    real, sizes = client._make_api_call, []

    def small(operation: str, request: dict[str, Any]) -> Any:
        if operation == "ListExecutions":
            request = {**request, "maxResults": 2}
            answer = real(operation, request)
            sizes.append(len(answer["executions"]))
            return answer
        return real(operation, request)

    monkeypatch.setattr(client, "_make_api_call", small)
    assert sorted(swept(stage)) == sorted(runs)
    assert max(sizes) == 2


@pytest.mark.usefixtures("clock")
def test_a_sweep_that_runs_out_of_time_goes_on_next_time(stage: Stage) -> None:
    """Nothing is marked as seen that was not."""
    run = stage.run("daily")
    short = SimpleNamespace(
        invoked_function_arn=stage.context.invoked_function_arn, get_remaining_time_in_millis=lambda: 1_000
    )
    answer = sweep.handler({}, short)
    assert answer["found"] == {}
    assert "daily" in answer["unfinished"]
    assert swept(stage) == [run]


def test_a_mark_is_kept_for_each_machine(stage: Stage, clock: SimpleNamespace) -> None:
    """So that the next sweep begins where this one ended."""
    swept(stage)
    table = aws.client("dynamodb")
    item = table.get_item(TableName=claims.table_name(), Key={"id": {"S": f"sweep/{MACHINES}daily"}})["Item"]
    assert float(item["until"]["N"]) == clock.now - sweep.GRACE.total_seconds()


@pytest.mark.usefixtures("clock")
def test_a_topic_that_is_gone_does_not_silence_the_others(stage: Stage) -> None:
    """The sweep looks at the rest, and then fails, so that somebody hears of it."""
    stage.describe(daily={"topic": "gone"})
    lost, other = stage.run("daily"), stage.run("rejected")
    with pytest.raises(Exception, match=r"NotFound|does not exist"):
        swept(stage)
    assert [other.rpartition(":")[2] in each["Message"] for each in stage.messages()] == [True]
    stage.describe()
    assert swept(stage) == [lost]
