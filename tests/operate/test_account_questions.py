"""What is asked about the runs of a stage, and what each answer costs in requests."""

from __future__ import annotations

from typing import Any

import pytest

from ladle.operate import account
from ladle.operate.stats import health, stats
from ladle.runtime.run_names import scheduled_name, time_slug
from tests.operate.stage import Stage


def ids(stage: Stage, **filters: Any) -> list[str]:
    return [each.id for each in stage.runs.runs(**filters)]


def failed(stage: Stage, name: str, **given: Any) -> None:
    stage.fail = True
    stage.begin("daily", name, **given)
    stage.fail = False


def test_runs_are_found_by_what_one_knows_of_them(stage: Stage) -> None:
    """Time, what started them, the step that failed and its error, whether they were redriven."""
    stage.begin("daily", "one", day=1, ladle={"start": "a1", "trigger": "upload"})
    failed(stage, "two", day=2)
    stage.begin("daily", "three", day=3)
    at = stage.runs.find("two").created
    assert ids(stage, since=at) == ["three", "two"]
    assert ids(stage, until=at) == ["one"]
    assert ids(stage, trigger="upload") == ["one"]
    assert ids(stage, trigger="manual") == ["three", "two"]
    assert ids(stage, error="ValueError") == ["two"]
    assert ids(stage, step="load_day") == ["two"]
    assert ids(stage, step="publish") == []
    assert ids(stage, redriven=True) == []
    stage.client("stepfunctions").redrive_execution(executionArn=stage.runs.find("two").arn)
    assert ids(stage, redriven=True) == ["two"]
    assert ids(stage, status="INTERRUPTED") == []


def test_a_run_for_a_time_is_known_by_its_name(stage: Stage) -> None:
    """Of the others not one is described."""
    for day in range(1, 6):
        stage.begin(
            "daily", f"2013-01-0{day}-0600-{day:010x}", scheduled_for=f"2013-01-0{day}T06:00:00Z", ladle={}
        )
    stage.asked.clear()
    (found,) = stage.runs.runs(slot=1357192800.0)
    assert (found.id, found.trigger, found.slot) == ("2013-01-03-0600-0000000003", "schedule", 1357192800.0)
    assert stage.asked.count("DescribeExecution") == 1


def test_runs_that_cannot_fit_are_not_described(stage: Stage) -> None:
    """Those that succeeded have no error."""
    for n in range(5):
        stage.begin("daily", f"good-{n}")
    failed(stage, "bad")
    stage.asked.clear()
    assert ids(stage, error="ValueError") == ["bad"]
    assert stage.asked.count("DescribeExecution") == 1


def test_a_search_gives_up_and_says_where(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rather than describe every run of a busy account; it goes on from there when asked to."""
    monkeypatch.setattr(account, "LOOKED_AT", 3)
    failed(stage, "old")
    stage.fail = True
    for n in range(4):
        stage.begin("daily", f"new-{n}")
    assert ids(stage, error="KeyError") == []
    assert stage.runs.unfinished == "new-1"
    assert ids(stage, error="ValueError", before=stage.runs.unfinished) == ["new-0", "old"]
    assert stage.runs.unfinished is None


def test_runs_are_told_in_passing_by_lists_alone(stage: Stage) -> None:
    """Page by page, nested ones left out by their names, none described."""
    stage.begin("daily", "one")
    stage.begin("daily", "2013-01-01-7f3a41-5d0c27b1a9e4-0-0")
    failed(stage, "two")
    stage.begin("asking", "three")
    stage.asked.clear()
    found = stage.runs.briefs()
    assert [(each.id, each.workflow, each.status) for each in found] == [
        ("three", "asking", "RUNNING"),
        ("two", "daily", "FAILED"),
        ("one", "daily", "SUCCEEDED"),
    ]
    assert [each.seconds for each in found] == [None, 0, 0]
    # Which machines of resumed runs there are is asked once.
    assert set(stage.asked) - {"ListStateMachines"} == {"ListExecutions"}
    assert [each.id for each in stage.runs.briefs("daily", until=found[1].created)] == ["one"]


def test_lists_are_read_page_by_page(stage: Stage) -> None:
    """As far as is needed, and no further."""
    for n in range(250):
        stage.begin("daily", f"r{n:03}")
    stage.asked.clear()
    assert len(stage.runs.runs(workflow="daily", limit=5)) == 5
    assert stage.asked.count("ListExecutions") == 1
    assert len(ids(stage, workflow="daily", limit=120)) == 120


def test_named_runs_are_looked_for_in_the_list_or_by_name(stage: Stage) -> None:
    """Back to a time, or one by one."""
    for n in range(3):
        stage.begin("daily", f"r{n}")
    since = stage.runs.find("r1").created
    stage.asked.clear()
    assert set(stage.runs.named("daily", ["r0", "r1", "r2", "r9"], since)) == {"r1", "r2"}
    assert stage.asked == ["ListExecutions"]
    assert set(stage.runs.named("daily", ["r0", "r9"])) == {"r0"}


def test_only_new_events_are_asked_for(stage: Stage) -> None:
    """From the newest end: a watched run of many events costs a page a look."""
    stage.begin("monthly", "one")
    whole = [each["id"] for each in stage.runs.events("one")]
    for after in range(len(whole) + 1):
        assert [each["id"] for each in stage.runs.events("one", after)] == whole[after:]


def test_figures_of_a_workflow(stage: Stage) -> None:
    """Counts of a list; steps of a sample, a history each."""
    for n in range(4):
        stage.begin("daily", f"r{n}")
    failed(stage, "bad")
    stage.asked.clear()
    found = stats(stage.runs, "daily", sample=2)
    assert (found.runs, found.success, found.sampled) == ({"FAILED": 1, "SUCCEEDED": 4}, 0.8, 2)
    (step,) = found.steps
    assert (step.step, step.runs, step.failed, step.errors) == ("load_day", 2, 1, (("ValueError", 1),))
    assert stage.asked.count("GetExecutionHistory") == 2
    assert stage.asked.count("DescribeExecution") == 0
    (one,) = health(stage.runs, ["daily"])
    assert [each.id for each in one.recent] == ["r0", "r1", "r2", "r3", "bad"]


def test_scheduled_names_are_what_they_are_taken_for() -> None:
    """The pattern by which a list tells a schedule's runs agrees with the names that are given."""
    from datetime import UTC, datetime

    from ladle.operate.listed import cannot_be

    at = datetime(2013, 1, 3, 6, tzinfo=UTC)
    name = scheduled_name("daily", {}, at)
    assert name.startswith(time_slug(at))
    listed = {"name": name, "status": "SUCCEEDED"}
    assert not cannot_be(listed, "schedule", at.timestamp(), failed=False)
    assert cannot_be(listed, None, at.timestamp() + 60, failed=False)
    assert cannot_be({**listed, "name": "by-hand"}, "schedule", None, failed=False)
