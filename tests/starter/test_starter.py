"""The starter: one run for each upload, each scheduled time, each call of a person."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import botocore.awsrequest
import botocore.endpoint
import pytest

from ladle.errors import LadleError
from ladle.runtime import aws
from ladle.runtime.run_names import scheduled_name
from ladle.runtime.starter import handler
from tests.starter.stage import MACHINES, Call, runs_of, uploaded

SCHEDULED = {
    "trigger": "schedule",
    "workflow": "monthly_report",
    "scheduled_for": "2013-02-01T06:00:00Z",
    "input": {"last_day": 7},
}
"""What Scheduler sends."""


def started(event: Any, call: Call) -> dict[str, Any]:
    """The one run that an event starts."""
    [run] = handler(event, call)["runs"]
    return run  # type: ignore[no-any-return]


def input_of(states: Any, run: dict[str, Any]) -> dict[str, Any]:
    """A run's input, without the mark of what started it."""
    found = json.loads(states.describe_execution(executionArn=run["execution"])["input"])
    found.pop("ladle")
    return found  # type: ignore[no-any-return]


# -------------------------------------------------------------------------------------------------- uploads


def test_an_upload_fills_the_parameters_by_name(stage: Any, call: Call) -> None:
    """Those that the workflow has; defaults fill the rest."""
    run = started(uploaded("flights/2013-01-01.csv"), call)
    assert run["started"] is True
    assert run["run"].startswith("2013-01-01-")
    assert (
        run["execution"]
        == f"{MACHINES.replace('stateMachine', 'execution')}:nyc-flights-dev-daily_delays:{run['run']}"
    )
    assert input_of(stage, run) == {
        "bucket": "landing-dev",
        "key": "flights/2013-01-01.csv",
        "size": 12,
        "version_id": None,
    }


def test_an_event_delivered_twice_makes_one_run(stage: Any, call: Call) -> None:
    """Also when the first run has ended since, which is when AWS refuses the name."""
    first = started(uploaded("flights/a.csv"), call)
    assert started(uploaded("flights/a.csv"), call)["run"] == first["run"]
    stage.stop_execution(executionArn=first["execution"])
    again = started(uploaded("flights/a.csv"), call)
    assert (again["run"], again["started"]) == (first["run"], False)
    assert runs_of(stage, "daily_delays") == [first["run"]]


@pytest.mark.parametrize(
    "key",
    [
        "flights/2013 01 01.csv",
        "flights/a+b&c=d%20e.csv",
        "flights/日本語/ñandú 🛫.csv",
        "flights/" + "x" * 1012 + ".csv",
        "flights/..//./a.csv",
        'flights/"quoted" \\ $.csv',
    ],
)
def test_every_key_that_s3_takes_starts_a_run_with_this_very_key(stage: Any, call: Call, key: str) -> None:
    """Spaces, plus signs, Unicode, 1,024 characters, quotes."""
    run = started(uploaded(key), call)
    assert len(run["run"]) <= 80
    assert input_of(stage, run)["key"] == key
    assert started(uploaded(key), call)["run"] == run["run"]


def test_keys_are_not_decoded(call: Call) -> None:
    """`a%20b` and `a b` are two files: EventBridge passes keys on as they are."""
    names = {
        started(uploaded(key), call)["run"] for key in ("flights/a b.csv", "flights/" + quote("a b.csv"))
    }
    assert len(names) == 2


def test_another_version_of_a_file_is_another_run(call: Call) -> None:
    """By its version, and in a bucket without versions by its sequencer."""
    events = [
        uploaded("flights/a.csv", **more)
        for more in ({"version-id": "v1"}, {"version-id": "v2"}, {"sequencer": "01"}, {"sequencer": "02"})
    ]
    assert len({started(event, call)["run"] for event in events}) == 4


def test_without_a_workflow_every_matching_trigger_starts_its_own(call: Call) -> None:
    """Prefix and suffix both count, and an event that nothing waits for is an error, not silence."""
    event = uploaded("flights/a.csv")
    del event["workflow"]
    assert [run["workflow"] for run in handler(event, call)["runs"]] == ["daily_delays"]
    for key in ("flights/a.txt", "weather/a.csv"):
        other = uploaded(key)
        del other["workflow"]
        with pytest.raises(LadleError, match=rf"no workflow is started by uploads of s3://landing-dev/{key}"):
            handler(other, call)


def test_a_rerun_is_asked_for_and_has_its_own_name(call: Call) -> None:
    """One for each text that asks; the same text twice is one rerun."""
    plain = started(uploaded("flights/a.csv"), call)
    events = [{**uploaded("flights/a.csv"), "rerun": text} for text in ("fixed", "fixed", "once more")]
    runs = [started(event, call) for event in events]
    assert runs[0]["run"] == runs[1]["run"]
    assert len({plain["run"], runs[1]["run"], runs[2]["run"]}) == 3
    assert [run["run"].rpartition("-")[0] for run in runs] == ["a"] * 3


# ------------------------------------------------------------------------------------------------ schedules


def test_a_schedule_that_fires_twice_makes_one_run(stage: Any, call: Call) -> None:
    """Named by the time that was meant, however that is written."""
    first = started(SCHEDULED, call)
    assert started({**SCHEDULED, "scheduled_for": "2013-02-01T07:00:00+01:00"}, call)["run"] == first["run"]
    assert first["run"].startswith("2013-02-01-0600-")
    assert input_of(stage, first) == {"scheduled_for": "2013-02-01T06:00:00Z", "last_day": 7}


def test_each_schedule_and_each_time_is_a_run(call: Call) -> None:
    """Two schedules of one workflow may fire at one time, with different input."""
    events = [
        SCHEDULED,
        {**SCHEDULED, "scheduled_for": "2013-03-01T06:00:00Z"},
        {**SCHEDULED, "input": {}},
        {**SCHEDULED, "schedule": "second"},
        {**SCHEDULED, "rerun": "fixed"},
    ]
    assert len({started(event, call)["run"] for event in events}) == 5


def test_the_name_of_a_scheduled_run_is_known_beforehand(call: Call) -> None:
    """The deadline looks for it."""
    from datetime import UTC, datetime

    when = datetime(2013, 2, 1, 6, tzinfo=UTC)
    assert started(SCHEDULED, call)["run"] == scheduled_name("monthly_report", {"last_day": 7}, when)


def test_run_scheduled_for_is_there_for_a_workflow_without_the_parameter(stage: Any, call: Call) -> None:
    """`run.scheduled_for` reads it from the run's input."""
    event = {
        "trigger": "schedule",
        "workflow": "daily_delays",
        "scheduled_for": "2013-02-01T06:00:00Z",
        "input": {"bucket": "b", "key": "k"},
    }
    assert input_of(stage, started(event, call))["scheduled_for"] == "2013-02-01T06:00:00Z"


# --------------------------------------------------------------------------------------------------- people


MANUAL = {"trigger": "manual", "workflow": "daily_delays", "input": {"bucket": "b", "key": "k"}}


def test_each_call_by_a_person_is_a_run(call: Call) -> None:
    """Lambda's own repetition of a call is not another call."""
    first = started(MANUAL, call)
    assert started(MANUAL, call)["run"] == first["run"]
    call.aws_request_id = "another"
    assert started(MANUAL, call)["run"] != first["run"]


def test_a_chosen_name_is_taken_and_means_one_input(stage: Any, call: Call) -> None:
    """With the same input it is the same run; with another it is refused."""
    named = {**MANUAL, "name": "backfill-2013-01"}
    assert started(named, call)["run"] == "backfill-2013-01"
    stage.stop_execution(executionArn=started(named, call)["execution"])
    assert started(named, call)["started"] is False
    with pytest.raises(LadleError, match="there is a run backfill-2013-01 already, with another input"):
        handler({**named, "input": {"bucket": "b", "key": "other"}}, call)


@pytest.mark.parametrize("name", ["a b", "a/b", "ü", "x" * 81, 7])
def test_a_name_that_step_functions_would_refuse_is_refused(call: Call, name: object) -> None:
    """Saying what is allowed."""
    with pytest.raises(LadleError, match="letters, digits, - and _, at most 80"):
        handler({**MANUAL, "name": name}, call)


# ------------------------------------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("event", "message"),
    [
        ({**MANUAL, "input": {"bucket": 3, "key": "k"}}, r"bucket: expected str, got int \(3\)"),
        ({**MANUAL, "input": {"bucket": "b"}}, r"key: missing \(expected str\)"),
        ({**MANUAL, "input": {"bucket": "b", "key": "k", "sise": 1}}, "sise: .* did you mean size"),
        ({**MANUAL, "input": []}, "the input must be a JSON object with bucket: str, key: str"),
        ({**MANUAL, "workflow": "daily"}, "there is no workflow 'daily' in nyc-flights dev: it has daily_de"),
        ({**MANUAL, "trigger": "cron"}, "has the trigger 'cron', and must have one of schedule, manual"),
        ([], "the starter's event must be a JSON object, got list"),
        ({**SCHEDULED, "scheduled_for": "2013-02-01"}, "must be a time with its offset from UTC"),
        ({**SCHEDULED, "scheduled_for": None}, "`scheduled_for` is None"),
        ({**SCHEDULED, "input": {"last_day": "7"}}, r"last_day: expected int, got str \('7'\)"),
        ({"detail-type": "Object Created", "detail": {}}, "has no `detail` as S3 writes it"),
    ],
)
def test_wrong_input_starts_nothing_and_says_which_field(
    stage: Any, call: Call, event: Any, message: str
) -> None:
    """The error is what the dead-letter queue shows."""
    with pytest.raises(LadleError, match=message):
        handler(event, call)
    assert runs_of(stage, "daily_delays") == runs_of(stage, "monthly_report") == []


def test_all_wrong_fields_are_named_at_once(call: Call) -> None:
    """So that one repair is enough."""
    with pytest.raises(LadleError) as caught:
        handler({**MANUAL, "input": {"bucket": 3, "size": "x"}}, call)
    assert [line.split(":")[0].strip() for line in str(caught.value).splitlines()[1:]] == [
        "bucket",
        "key",
        "size",
    ]


# ------------------------------------------------------------------------------------------------- AWS itself


def test_throttling_is_waited_out(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    """Step Functions throttles StartExecution; the starter tries again, later each time.

    (A request whose answer was replaced has reached the AWS in memory all the same; even so, it is one run.)
    """
    waits: list[float] = []
    monkeypatch.setattr(botocore.endpoint.time, "sleep", waits.append)
    left = [3]

    def throttle(request: Any, **_: Any) -> Any:
        if left[0] == 0:
            return None
        left[0] -= 1
        body = b'{"__type": "ThrottlingException", "message": "Rate exceeded"}'
        raw = type("Raw", (), {"stream": lambda _: iter([body])})()
        return botocore.awsrequest.AWSResponse(request.url, 400, {}, raw)

    client = aws.client("stepfunctions")
    client.meta.events.register_first("before-send.stepfunctions.StartExecution", throttle)
    run = started(uploaded("flights/a.csv"), call)
    assert runs_of(client, "daily_delays") == [run["run"]]
    assert (len(waits), left) == (3, [0])


def test_a_name_that_another_run_has_by_chance_loses_no_event(stage: Any, call: Call) -> None:
    """A longer name is taken then, the same each time the event arrives."""
    first = started(uploaded("flights/a.csv"), call)["run"]
    arn = f"{MACHINES}:nyc-flights-dev-daily_delays"
    event = uploaded("flights/b/a.csv")
    stranger = started(event, call)
    stage.stop_execution(executionArn=stranger["execution"])
    # The same name, but made by someone else:
    other = uploaded("flights/c/a.csv")
    usual = _usual_name(other, call)
    stage.start_execution(stateMachineArn=arn, name=usual, input="{}")
    longer = started(other, call)
    assert longer["run"] != usual
    assert longer["run"].startswith(usual)
    assert started(other, call)["run"] == longer["run"]
    assert set(runs_of(stage, "daily_delays")) == {first, stranger["run"], usual, longer["run"]}


def _usual_name(event: dict[str, Any], call: Call) -> str:
    from ladle.runtime.project_file import project_file
    from ladle.runtime.starter import _start

    return _start(project_file(call).workflow("daily_delays"), event, call).names[0]


def test_one_workflow_that_cannot_start_does_not_hold_up_the_others(
    stage: Any, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An event for several is tried for each, and then the error is raised."""
    from ladle.runtime import starter

    tried: list[str] = []
    real = starter._workflows

    def both(project: Any, event: Any) -> Any:
        return [project.workflow("monthly_report"), *real(project, event)]

    monkeypatch.setattr(starter, "_workflows", both)
    with pytest.raises(LadleError, match="monthly_report: the input is not right"):
        tried += [run["run"] for run in handler(uploaded("flights/a.csv"), call)["runs"]]
    assert len(runs_of(stage, "daily_delays")) == 1
