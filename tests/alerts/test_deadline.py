"""The deadline: a scheduled run that has not succeeded by then, or never started."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from ladle.errors import LadleError
from ladle.runtime.deadline import handler
from ladle.runtime.resumed import resumer_of
from ladle.runtime.run_names import scheduled_name
from tests.alerts.stage import MACHINES, Stage

BERLIN = {"kind": "Cron", "expression": "0 7 * * ? *", "timezone": "Europe/Berlin", "input": {"key": "good"}}
SCHEDULED = datetime(2026, 11, 22, 6, tzinfo=UTC)
"""Seven in the morning in Berlin, which is when the engine's clock begins."""

EVENT = {"workflow": "daily", "deadline": "2026-11-22T07:00:00Z", "timezone": "Europe/Berlin"}


def begin(stage: Stage, workflow: str = "daily", key: str = "good", name: str = "") -> str:
    """The run that the schedule starts, or one by hand for the same time."""
    answer = stage.states.start_execution(
        stateMachineArn=f"{MACHINES}{workflow}",
        name=name or scheduled_name(workflow, BERLIN["input"], SCHEDULED),
        input=json.dumps({"key": key, "scheduled_for": "2026-11-22T06:00:00Z"}),
    )
    return str(answer["executionArn"])


def late(stage: Stage, **more: Any) -> dict[str, str]:
    """The runs that are late at the deadline."""
    stage.describe(**{name: {"triggers": [BERLIN], "deadline": "08:00"} for name in ("daily", "asking")})
    return handler({**EVENT, **more}, stage.context)["late"]  # type: ignore[no-any-return]


def test_a_run_that_has_succeeded_is_no_news(stage: Stage) -> None:
    """No message."""
    begin(stage)
    assert late(stage) == {}
    assert stage.messages() == []


def test_a_run_that_never_started_gives_one_message(stage: Stage) -> None:
    """Saying when it should have, and where to look."""
    name = scheduled_name("daily", BERLIN["input"], SCHEDULED)
    assert late(stage) == late(stage) == {"2026-11-22T06:00:00+00:00": name}
    [message] = stage.messages()
    assert message["Subject"] == "[nyc-flights prod] daily missed its deadline"
    assert "Scheduled 2026-11-22 06:00:00 UTC" in message["Message"]
    assert "Deadline  2026-11-22 07:00:00 UTC" in message["Message"]
    assert "It never started" in message["Message"]
    values = {key: each["Value"] for key, each in message["MessageAttributes"].items() if key != "facts"}
    assert (values["alert"], values["status"], values["run"]) == ("deadline", "NOT_STARTED", name)


def test_a_run_that_failed_or_still_runs_is_late(stage: Stage) -> None:
    """It says which, and where the run is."""
    failed = begin(stage, key="bad")
    asking = begin(stage, "asking")
    stage.messages()
    late(stage)
    late(stage, workflow="asking")
    first, second = stage.messages()
    assert "It failed." in first["Message"]
    assert first["Message"].endswith(failed)
    assert "It is still running." in second["Message"]
    assert second["Message"].endswith(asking)


def test_a_rerun_by_hand_for_the_same_time_makes_up_for_it(stage: Stage) -> None:
    """Whatever its name."""
    begin(stage, key="bad")
    begin(stage, name="by-hand")
    assert late(stage) == {}


def test_a_resumed_run_for_the_same_time_makes_up_for_it(stage: Stage) -> None:
    """It is a run of a machine beside the workflow's own, with the input of the run that failed."""
    begin(stage, key="bad")
    own = stage.states.describe_state_machine(stateMachineArn=f"{MACHINES}daily")
    stage.states.create_state_machine(
        name=resumer_of(own["name"]), definition=own["definition"], roleArn=own["roleArn"]
    )
    assert list(late(stage)) == ["2026-11-22T06:00:00+00:00"]
    begin(stage, resumer_of("daily"), name="resumed-r1")
    assert late(stage) == {}


def test_a_run_for_another_time_does_not(stage: Stage) -> None:
    """Though it succeeded since."""
    stage.run("daily", "good")
    assert list(late(stage)) == ["2026-11-22T06:00:00+00:00"]


def test_days_without_a_run_have_no_deadline(stage: Stage) -> None:
    """The schedule says which days count, in its own zone."""
    stage.describe(daily={"triggers": [{**BERLIN, "expression": "0 7 1 * ? *"}]})
    assert handler(EVENT, stage.context) == {"late": {}}
    stage.describe(daily={"triggers": [BERLIN]})
    assert handler({**EVENT, "timezone": "UTC"}, stage.context) == {"late": {}}


def test_a_run_of_the_evening_before_counts(stage: Stage) -> None:
    """Since the deadline of the day before, each time is looked at once."""
    stage.describe(daily={"triggers": [{**BERLIN, "expression": "0 8,22 * * ? *"}]})
    assert list(handler(EVENT, stage.context)["late"]) == [
        "2026-11-21T21:00:00+00:00",
        "2026-11-22T07:00:00+00:00",
    ]


@pytest.mark.parametrize(
    ("event", "message"),
    [
        (None, "must be a JSON object"),
        ({**EVENT, "workflow": "x"}, "there is no workflow 'x'"),
        ({**EVENT, "deadline": "07:00"}, "`deadline` is '07:00', and must be a time with its offset"),
    ],
)
def test_an_event_of_another_form_is_refused(stage: Stage, event: Any, message: str) -> None:
    """It is not taken for "nothing is late"."""
    with pytest.raises(LadleError, match=message):
        handler(event, stage.context)
