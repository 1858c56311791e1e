"""What is done with the runs of a stage: started, stopped, redriven, retried, resumed, backfilled."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from ladle import Cron, task, workflow
from ladle.errors import LadleError
from ladle.operate.actions import AccountActions
from ladle.operate.backfill import backfill
from ladle.operate.retry import retry
from ladle.operate.slots import grid, slots
from tests.operate.stage import FUNCTION, ROLE, Stage, machine

STEPS = {
    "load_day": {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Arguments": {"FunctionName": FUNCTION, "Payload": {"args": {"step": "load"}, "ladle": {}}},
        "Assign": {"day": "{% $states.result.Payload %}"},
        "Next": "publish",
    },
    "publish": {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Arguments": {"FunctionName": FUNCTION, "Payload": {"args": {"day": "{% $day %}"}, "ladle": {}}},
        "Output": "{% $states.result.Payload %}",
        "End": True,
    },
}
TWO_STEPS = {"StartAt": "load_day", "QueryLanguage": "JSONata", "States": STEPS}


@task
def report(scheduled_for: datetime) -> int:
    return scheduled_for.day


@workflow(on=Cron("0 6 * * ? *"))
def daily(scheduled_for: datetime) -> int:
    return report(scheduled_for)


class Starter:
    """The Lambda client of a stage: its starter starts runs under the names that it is told, once each."""

    class exceptions:  # noqa: N801 - boto3's name
        class ResourceNotFoundException(Exception):
            pass

    def __init__(self, stage: Stage) -> None:
        self.stage = stage

    def invoke(self, *, FunctionName: str, Payload: bytes) -> dict[str, Any]:  # noqa: N803 - boto3's names
        assert FunctionName == "app-dev-ladle-starter"
        event = json.loads(Payload)
        if event["trigger"] == "schedule":
            at = datetime.fromisoformat(event["scheduled_for"])
            (slot,) = slots(daily, at, at)
            name = slot.run
        else:
            name = event.get("name") or "by-hand"
        run = {"workflow": "daily", "run": name, "execution": "arn", "started": True}
        try:
            self.stage.begin("daily", name, **event["input"])
        except ClientError:
            run["started"] = False
        return {"Payload": io.BytesIO(json.dumps({"runs": [run]}).encode())}


@pytest.fixture
def actions(stage: Stage) -> AccountActions:
    starter = Starter(stage)
    machines = {"daily": machine("app-dev-daily"), "asking": machine("app-dev-asking")}
    return AccountActions(
        lambda service: starter if service == "lambda" else stage.client(service),
        stage.runs,
        machines,
        "app-dev-ladle-starter",
        pause=lambda _: None,
    )


def deploy(stage: Stage, definition: dict[str, Any]) -> None:
    stage.client("stepfunctions").update_state_machine(
        stateMachineArn=machine("app-dev-daily"), definition=json.dumps(definition), roleArn=ROLE
    )


def changed(step: str, **fields: Any) -> dict[str, Any]:
    return {**TWO_STEPS, "States": {**STEPS, step: {**STEPS[step], **fields}}}


@pytest.fixture
def failed(stage: Stage) -> Stage:
    """The run `one` loaded its day, and published it with an expression that fails."""
    broken = {"FunctionName": FUNCTION, "Payload": {"args": {"day": "{% $day + 'x' %}"}, "ladle": {}}}
    deploy(stage, changed("publish", Arguments=broken))
    stage.begin("daily", "one", day=1, ladle={"start": "a1", "trigger": "upload"})
    assert stage.runs.find("one").status == "FAILED"
    return stage


def test_a_start_is_made_once(stage: Stage, actions: AccountActions) -> None:
    """Under its name; the second one is told so."""
    assert actions.start("daily", {"day": 1}, "one").as_json() == {
        "workflow": "daily",
        "run": "one",
        "started": True,
    }
    assert not actions.start("daily", {"day": 1}, "one").started
    assert stage.runs.find("one").input == {"day": 1}


def test_a_run_is_stopped_and_redriven(stage: Stage, actions: AccountActions) -> None:
    """Each gives the run as it is then."""
    stage.begin("asking", "open")
    assert actions.stop("open", "Enough.").status == "ABORTED"
    assert actions.redrive("open").status == "RUNNING"


def test_a_failed_run_is_resumed_on_what_is_deployed_now(failed: Stage, actions: AccountActions) -> None:
    """After the last completed step, with the recorded values, on a machine of its own with the same role."""
    deploy(failed, TWO_STEPS)
    failed.advance(1)
    started, plan = actions.resume("one")
    assert (started.run, plan.step, plan.after, plan.restored) == ("one-r1", "publish", "load_day", ("day",))
    record = failed.runs.find("one-r1")
    assert (record.status, record.output, record.workflow) == ("SUCCEEDED", 842, "daily")
    assert (record.trigger, record.input, record.via) == (
        "resume",
        {"day": 1},
        {"of": "one", "step": "publish", "kind": "resume"},
    )
    entered = [
        e["stateEnteredEventDetails"]["name"] for e in failed.runs.events("one-r1") if "Entered" in e["type"]
    ]
    assert entered == ["resume at publish", "publish"]
    assert [each.id for each in failed.runs.runs(workflow="daily")] == ["one-r1", "one"]
    states = failed.client("stepfunctions")
    resumer = states.describe_state_machine(stateMachineArn=f"{machine('app-dev-daily')}-resume")
    assert resumer["roleArn"] == ROLE
    assert (
        states.list_state_machine_versions(stateMachineArn=resumer["stateMachineArn"])["stateMachineVersions"]
        == []
    )


def test_ordinary_runs_pay_nothing_for_it(failed: Stage, actions: AccountActions) -> None:
    """The workflow's own machine is not changed."""
    deploy(failed, TWO_STEPS)
    actions.resume("one")
    failed.begin("daily", "two", day=2)
    entered = [e for e in failed.runs.events("two") if "Entered" in e["type"]]
    assert len(entered) == 2


def test_values_of_the_failed_run_may_be_read_by_its_continuation(
    failed: Stage, actions: AccountActions
) -> None:
    """Each call of the resumed machine names the run that they belong to, and those before it."""
    deploy(failed, TWO_STEPS)
    plan = actions.plan_resume("one")
    told = plan.definition["States"]["publish"]["Arguments"]["Payload"]["ladle"]
    assert told["lineages"] == ["app-dev-daily/one"]
    assert plan.input["ladle"]["lineages"] == ["app-dev-daily/one"]


def test_it_is_not_resumed_twice_at_once(failed: Stage, actions: AccountActions) -> None:
    """Unless the first time failed, too."""
    failed.fail = True
    deploy(failed, TWO_STEPS)
    assert actions.resume("one")[0].run == "one-r1"
    failed.fail = False
    assert actions.resume("one")[0].run == "one-r2"
    with pytest.raises(LadleError, match="one was resumed as one-r2, which succeeded"):
        actions.resume("one")


def test_code_that_does_not_fit_is_refused(failed: Stage, actions: AccountActions) -> None:
    """And no machine is made for it."""
    other = {"FunctionName": FUNCTION, "Payload": {"args": {"day": "{% $sky %}"}, "ladle": {}}}
    deploy(failed, changed("publish", Arguments=other))
    with pytest.raises(LadleError, match="'publish' reads `sky`, of which the run has no value"):
        actions.resume("one")
    names = [m["name"] for m in failed.client("stepfunctions").list_state_machines()["stateMachines"]]
    assert "app-dev-daily-resume" not in names


def test_a_retry_redrives_where_that_helps_and_else_begins_anew(
    stage: Stage, actions: AccountActions
) -> None:
    """A run that raised by itself would only raise again."""
    stage.fail = True
    stage.begin("daily", "one", day=1)
    stage.fail = False
    assert retry(stage.runs, actions, "one").how == "redriven"
    assert stage.runs.find("one").status == "SUCCEEDED"
    states = {"load_day": {"Type": "Fail", "Error": "Never", "Cause": "by itself"}}
    deploy(stage, {"StartAt": "load_day", "QueryLanguage": "JSONata", "States": states})
    stage.begin("daily", "two", day=2)
    done = retry(stage.runs, actions, "two")
    assert (done.how, done.run) == ("started", "two-r1")
    assert "the workflow itself raised Never" in done.because
    with pytest.raises(LadleError, match="one succeeded: there is nothing to repeat"):
        retry(stage.runs, actions, "one")


# ------------------------------------------------------------------------------------------------ backfill

DAYS = (datetime(2013, 1, 1, tzinfo=UTC), datetime(2013, 1, 5, tzinfo=UTC))


def outcomes(stage: Stage, actions: AccountActions, **more: Any) -> list[str]:
    return [each.outcome for each in backfill(stage.runs, actions, slots(daily, *DAYS), **more)]


def test_a_backfill_starts_what_is_missing(stage: Stage, actions: AccountActions) -> None:
    """Given again, it starts nothing; one that was broken off goes on."""
    wanted = slots(daily, *DAYS)
    assert [each.outcome for each in backfill(stage.runs, actions, wanted, dry_run=True)] == ["missing"] * 4
    first = backfill(stage.runs, actions, wanted)
    assert next(first).outcome == "started"
    assert outcomes(stage, actions) == ["was there", "started", "started", "started"]
    assert outcomes(stage, actions) == ["was there"] * 4
    assert outcomes(stage, actions, dry_run=True) == ["was there"] * 4


def test_a_backfill_waits_for_its_runs_where_only_so_many_may_go_on(
    stage: Stage, actions: AccountActions
) -> None:
    """And tells how they ended."""
    stage.fail = True
    told = list(backfill(stage.runs, actions, slots(daily, *DAYS)[:1], concurrency=1))
    assert [(each.outcome, each.good) for each in told] == [("failed", False)]
    stage.fail = False
    told = list(backfill(stage.runs, actions, slots(daily, *DAYS), concurrency=2))
    assert [(each.outcome, each.status, each.good) for each in told] == [
        ("was there", "FAILED", False),
        *[("succeeded", "SUCCEEDED", True)] * 3,
    ]


def test_no_more_runs_go_on_than_are_allowed() -> None:
    """However long they take; others are started as they end."""
    going_on: list[str] = []
    most = 0

    class Slow:
        def start_slot(self, slot: Any) -> Any:
            nonlocal most
            going_on.append(slot.run)
            most = max(most, len(going_on))
            return type("Started", (), {"started": True})

        def named(self, _: str, names: list[str]) -> dict[str, Any]:
            brief = type("Brief", (), {"status": "RUNNING"})
            done = type("Brief", (), {"status": "SUCCEEDED"})
            ended = going_on.pop(0) if len(going_on) == 2 or len(names) == 1 else None
            return {name: done if name == ended else brief for name in names}

    slow: Any = Slow()
    told = list(backfill(slow, slow, slots(daily, *DAYS), concurrency=2, pause=lambda _: None))
    assert [each.outcome for each in told] == ["succeeded"] * 4
    assert most == 2


def test_a_grid_has_an_empty_slot_for_each_missing_run(stage: Stage, actions: AccountActions) -> None:
    """Found by the names that the schedule gives."""
    (_, second, *_) = wanted = slots(daily, *DAYS)
    actions.start_slot(second)
    found = grid(stage.runs, daily, *DAYS)
    assert [slot for slot, _ in found] == wanted
    assert [brief is not None for _, brief in found] == [False, True, False, False]
