"""Alerts: one message for each run that fails, times out or is aborted, with what a person needs."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from ladle.errors import LadleError
from ladle.runtime import aws, claims
from ladle.runtime.alerts import handler
from ladle.runtime.claims import LeaseHeld
from tests.alerts.stage import MACHINES, REGION, Stage


def alerted(stage: Stage, execution: str) -> str:
    """Pass the event of a run's end on; gives what was done."""
    return str(handler(stage.event(execution), stage.context)["alert"])


def test_a_failed_run_gives_one_message_that_a_person_can_act_on(stage: Stage) -> None:
    """Workflow, stage, run, step, error and cause without wrapping, start, duration, link, redrive."""
    run = stage.run("daily")
    assert alerted(stage, run) == "sent"
    [message] = stage.messages()
    assert message["Subject"] == "[nyc-flights prod] daily failed: BadFile"
    lines = message["Message"].splitlines()
    assert lines[:8] == [
        "daily failed in nyc-flights, stage prod.",
        "",
        "Run       2013-01-01-7f3a41",
        "Step      load_day",
        "Error     BadFile",
        "Cause     bad.csv: line 3 has 2 fields",
        "          it came from the north",
        "          ValueError: too few",
    ]
    assert any("in load_day" in line for line in lines[8:14])
    assert any(line.startswith("Started   2026-11-22 06:00:00 UTC, failed after ") for line in lines)
    assert lines[-9:] == [
        f"https://{REGION}.console.aws.amazon.com/states/home?region={REGION}#/v2/executions/details/{run}",
        "  ladle show 2013-01-01-7f3a41 --stage prod --logs",
        "",
        "To go on at the step that failed, within 14 days, once its reason is gone:",
        "  ladle redrive 2013-01-01-7f3a41 --stage prod",
        f"  aws stepfunctions redrive-execution --region {REGION} --execution-arn {run}",
        "",
        "Where the workflow itself was wrong, once corrected code is deployed:",
        "  ladle resume 2013-01-01-7f3a41 --stage prod",
    ]


def test_the_same_is_there_as_attributes(stage: Stage) -> None:
    """Single ones to filter by, at most ten, and all of it as JSON."""
    run = stage.run("daily")
    alerted(stage, run)
    [message] = stage.messages()
    attributes = {name: each["Value"] for name, each in message["MessageAttributes"].items()}
    assert len(attributes) <= 10
    attributes.pop("facts")
    assert attributes == {
        "alert": "run",
        "app": "nyc-flights",
        "stage": "prod",
        "workflow": "daily",
        "run": "2013-01-01-7f3a41",
        "status": "FAILED",
        "step": "load_day",
        "error": "BadFile",
    }


def test_the_facts_are_complete(stage: Stage) -> None:
    """What the text says, as values."""
    run = stage.run("daily")
    alerted(stage, run)
    facts = stage.facts()
    assert facts["execution"] == run
    assert facts["machine"] == f"{MACHINES}daily"
    assert facts["cause"] == "bad.csv: line 3 has 2 fields"
    assert facts["causes"] == ["it came from the north", "ValueError: too few"]
    assert facts["started"] == "2026-11-22T06:00:00+00:00"
    assert facts["seconds"] >= 0
    assert (facts["redrives"], facts["redrivable"], facts["nested"]) == (0, True, [])


def test_an_event_that_comes_twice_gives_one_message(stage: Stage) -> None:
    """EventBridge delivers at least once."""
    run = stage.run("daily")
    assert [alerted(stage, run) for _ in range(3)] == ["sent", *["none: it was sent before"] * 2]
    assert len(stage.messages()) == 1


def test_each_redrive_that_fails_gives_a_message(stage: Stage) -> None:
    """It says how often the run has been redriven."""
    run = stage.run("daily")
    alerted(stage, run)
    stage.states.redrive_execution(executionArn=run)
    assert alerted(stage, run) == "sent"
    first, second = stage.messages()
    assert "Redrives" not in first["Message"]
    assert "Redrives  1" in second["Message"]


def test_an_event_of_an_end_that_a_redrive_undid_alerts_all_the_same(stage: Stage) -> None:
    """With what the event says of it."""
    run = stage.run("daily")
    early = stage.event(run)
    stage.states.redrive_execution(executionArn=run)
    assert handler(early, stage.context)["alert"] == "sent"
    assert stage.facts()["redrives"] == 0
    assert alerted(stage, run) == "sent"


def test_the_step_behind_a_handler_is_named(stage: Stage) -> None:
    """`raise` at the end of a handler passes the error on; a redrive would end there again."""
    alerted(stage, stage.run("quarantined"))
    [message] = stage.messages()
    assert message["MessageAttributes"]["step"]["Value"] == "load_day"
    assert message["MessageAttributes"]["error"]["Value"] == "BadFile"
    assert "Cause     bad.csv: line 3 has 2 fields" in message["Message"]
    assert "A redrive would not help: it ended in a Fail state" in message["Message"]
    again = f"start-execution --region {REGION} --state-machine-arn {MACHINES}quarantined"
    assert again in message["Message"]


def test_a_workflow_that_raises_names_its_own_step(stage: Stage) -> None:
    """The error is the workflow's, and the cause its text."""
    alerted(stage, stage.run("rejected"))
    facts = stage.facts()
    assert (facts["step"], facts["error"], facts["cause"]) == (
        "raise Rejected",
        "Rejected",
        "too many bad days",
    )


def test_a_run_that_times_out_names_the_step_that_was_going_on(stage: Stage) -> None:
    """Not one that had ended."""
    alerted(stage, stage.run("slow"))
    [message] = stage.messages()
    assert message["MessageAttributes"]["status"]["Value"] == "TIMED_OUT"
    assert message["MessageAttributes"]["step"]["Value"] == "wait"
    assert "slow timed out" in message["Subject"]
    assert "timed out after 1 min 0 s" in message["Message"]


def test_an_aborted_run_says_what_its_stopper_said(stage: Stage) -> None:
    """Error and cause of StopExecution, and the step that was going on."""
    arn = stage.begin("asking")
    stage.messages()
    stage.states.stop_execution(executionArn=arn, error="Stop", cause="wrong month")
    alerted(stage, arn)
    facts = stage.facts()
    assert (facts["status"], facts["error"], facts["cause"]) == ("ABORTED", "Stop", "wrong month")
    assert facts["step"] == "ask"


def test_a_step_inside_a_map_is_named(stage: Stage) -> None:
    """The innermost one."""
    alerted(stage, stage.run("many"))
    assert stage.facts()["step"] == "load_day"


# --------------------------------------------------------------------------------------------------- nested


def test_nested_runs_alert_once_through_their_root_naming_the_deepest(stage: Stage) -> None:
    """The error and its cause are those of the deepest, however deeply they were wrapped."""
    root = stage.run("yearly")
    nested = [stage.nested("monthly"), stage.nested("daily")]
    assert [alerted(stage, each) for each in nested] == [f"none: {root} alerts"] * 2
    assert alerted(stage, root) == "sent"
    [message] = stage.messages()
    assert message["Subject"] == "[nyc-flights prod] yearly failed: BadFile"
    text = message["Message"]
    assert "Step      monthly\n" in text
    for arn, step in zip(nested, ("daily", "load_day"), strict=True):
        assert f"in its nested run {arn.rpartition(':')[2]}: {step}\n" in text
    assert "Cause     bad.csv: line 3 has 2 fields\n" in text
    assert f"--execution-arn {root}" in text
    assert message["MessageAttributes"]["step"]["Value"] == "load_day"


def test_a_failure_that_the_parent_handles_alerts_nobody(stage: Stage) -> None:
    """The root succeeded."""
    root = stage.run("tolerant")
    assert alerted(stage, stage.nested("daily")) == f"none: {root} alerts"
    assert handler(stage.event(root), stage.context)["alert"] == "none: it is SUCCEEDED"
    assert stage.messages() == []


def test_a_nested_run_alerts_by_itself_where_nobody_hears_of_its_root(stage: Stage) -> None:
    """Else nobody would hear of it at all."""
    root = stage.run("quiet")
    assert alerted(stage, root) == "none: nobody is to hear of this workflow"
    assert alerted(stage, stage.nested("daily")) == "sent"
    assert stage.facts()["workflow"] == "daily"


def test_a_cause_that_was_cut_still_leads_to_the_nested_run(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Causes may be cut at 32,768 characters; then they are no JSON."""
    from ladle.runtime import failed_runs

    root = stage.run("monthly")
    real = failed_runs.describe

    def cut(execution: str) -> Any:
        found = dict(real(execution))
        return {**found, "cause": found["cause"][:700]} if execution == root else found

    monkeypatch.setattr(failed_runs, "describe", cut)
    alerted(stage, root)
    facts = stage.facts()
    assert (facts["step"], facts["cause"]) == ("load_day", "bad.csv: line 3 has 2 fields")


# ---------------------------------------------------------------------------------------------------- dying


class Death(BaseException):
    """The end of a sandbox: nothing runs after it, so what would clean up dies too."""


@contextmanager
def dying(*moments: tuple[str, str]) -> Iterator[None]:
    """The function dies at the first of these calls to a service."""

    def die(**_: Any) -> None:
        raise Death

    with pytest.MonkeyPatch.context() as patch:
        for service, operation in moments:
            patch.setattr(aws.client(service), operation, die)
        with pytest.raises(Death):
            yield


def later(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """Let time pass."""
    now = time.time()
    monkeypatch.setattr(claims.time, "time", lambda: now + seconds)


BEFORE = [("sns", "publish"), ("dynamodb", "delete_item")]
BETWEEN = [("dynamodb", "update_item")]


def test_a_death_before_the_message_loses_nothing(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """The claim is held until its lease is over, then the event's next delivery sends the message."""
    run = stage.run("daily")
    with dying(*BEFORE):
        alerted(stage, run)
    with pytest.raises(LeaseHeld):
        alerted(stage, run)
    assert stage.messages() == []
    later(monkeypatch, claims.LEASE + 1)
    assert alerted(stage, run) == "sent"
    assert len(stage.messages()) == 1


def test_a_death_between_the_message_and_its_note_gives_a_second_one(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two rather than none; and then no third."""
    run = stage.run("daily")
    with dying(*BETWEEN):
        alerted(stage, run)
    assert len(stage.messages()) == 1
    with pytest.raises(LeaseHeld):
        alerted(stage, run)
    later(monkeypatch, claims.LEASE + 1)
    assert [alerted(stage, run) for _ in range(2)] == ["sent", "none: it was sent before"]
    assert len(stage.messages()) == 1


def test_a_topic_that_refuses_gives_the_claim_back(stage: Stage) -> None:
    """The next try need not wait for the lease."""
    run = stage.run("daily")
    stage.describe(daily={"topic": "gone"})
    with pytest.raises(Exception, match=r"NotFound|does not exist"):
        alerted(stage, run)
    stage.describe()
    assert alerted(stage, run) == "sent"


@pytest.mark.parametrize("event", [None, {}, {"detail-type": "Object Created"}])
def test_an_event_of_another_kind_is_refused(stage: Stage, event: Any) -> None:
    """It is not taken for "nothing failed"."""
    with pytest.raises(LadleError, match="must be an EventBridge event"):
        handler(event, stage.context)
