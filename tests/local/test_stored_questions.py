"""What the store of runs answers about many runs: filters, the steps of runs, and what older stores lack."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ladle.local.schema import MIGRATIONS
from ladle.local.store import Store
from ladle.operate.ends import Runs
from ladle.operate.records import StepSummary


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / ".ladle") as opened:
        yield opened


def begin(store: Store, run: str, workflow: str = "daily", created: float = 1.0, **more: Any) -> None:
    given = {"arn": f"arn:{run}", "input": {}, "created": created, "started": created, "definition": "{}"}
    store.begin(id=run, workflow=workflow, **(given | more))


def event(number: int, kind: str, previous: int | None = None, **details: Any) -> dict[str, Any]:
    found: dict[str, Any] = {"id": number, "type": kind, "timestamp": 1000 * number}
    found["previousEventId"] = number - 1 if previous is None else previous
    if "state" in details:
        found["state"] = details.pop("state")
    return found | ({"someEventDetails": details} if details else {})


FAILED_TWICE = [
    event(1, "ExecutionStarted", 0),
    event(2, "TaskStateEntered", 0, name="load", state="load"),
    event(3, "TaskScheduled", state="load"),
    event(4, "TaskFailed", error="BadFile", cause="torn", state="load"),
    event(6, "TaskScheduled", 4, state="load") | {"id": 5},
    event(7, "TaskFailed", 5, error="BadFile", cause="torn", state="load") | {"id": 6},
    event(8, "ExecutionFailed", 6, error="BadFile", cause="torn") | {"id": 7},
]


def ids(store: Runs, **filters: Any) -> list[str]:
    return [each.id for each in store.runs(**filters)]


def test_runs_are_found_by_what_one_knows_of_them(store: Store) -> None:
    """Time, trigger, time of the schedule, the step that failed and its error; together, too."""
    slot = "2013-01-01T06:00:00Z"
    begin(store, "a", created=10, via={"kind": "S3Upload"})
    begin(store, "b", created=20, via={"kind": "backfill", "scheduled_for": slot})
    begin(store, "c", created=30, via={"kind": "input"})
    store.finish("a", status="FAILED", error="BadFile", cause="torn", failed_step="load")
    nested = json.dumps({"ExecutionArn": "arn:x", "Error": "BadFile", "Cause": "torn"})
    store.finish("b", status="FAILED", error="States.TaskFailed", cause=nested, failed_step="daily")
    assert ids(store, since=20) == ["c", "b"]
    assert ids(store, until=20) == ["a"]
    assert [ids(store, trigger=word) for word in ("upload", "schedule", "manual")] == [["a"], ["b"], ["c"]]
    assert ids(store, slot=1357020000.0) == ["b"]
    assert ids(store, step="load") == ["a"]
    assert ids(store, error="BadFile") == ["b", "a"]
    assert ids(store, error="BadFile", trigger="upload", since=5) == ["a"]
    assert ids(store, redriven=True) == []
    assert store.count(error="BadFile") == 2
    assert store.find("b").failure == "BadFile"


def test_runs_that_were_made_at_one_time_are_paged_in_their_order(store: Store) -> None:
    """None is lost between two pages."""
    for name in "abcd":
        begin(store, name, created=5)
    assert ids(store, limit=2) == ["d", "c"]
    assert ids(store, limit=2, before="c") == ["b", "a"]


def test_a_run_that_was_not_summed_up_is_when_somebody_asks(store: Store) -> None:
    """A process that was killed left its history, and nothing else."""
    begin(store, "a")
    store.append([("a", FAILED_TWICE)])
    store.interrupt("a", "killed")
    (step,) = store.steps(["a"])["a"]
    assert step == StepSummary(
        "load",
        "Task",
        "failed",
        entered=1,
        attempts=2,
        items=None,
        started=2.0,
        seconds=5.0,
        waited=2.0,
        critical=5.0,
        error="BadFile",
    )
    assert ids(store, step="load") == ["a"]


def test_the_steps_of_a_run_that_goes_on_are_those_so_far(store: Store) -> None:
    """Read from its history; nothing of it is kept yet."""
    begin(store, "a")
    store.append([("a", FAILED_TWICE[:3])])
    (step,) = store.steps(["a"])["a"]
    assert (step.step, step.status, step.attempts) == ("load", "running", 1)
    assert store.steps([]) == {}


def test_only_new_events_are_read(store: Store) -> None:
    """Who watches a run asks for what comes after the last event that it has seen."""
    begin(store, "a")
    store.append([("a", FAILED_TWICE[:3])])
    store.append([("a", FAILED_TWICE[3:])])
    for after in range(9):
        assert [each["id"] for each in store.events("a", after)] == list(range(after + 1, 8))


def test_a_store_of_an_older_ladle_answers_too(tmp_path: Path) -> None:
    """What it did not keep is worked out: what runs were for when it is opened, their steps when asked."""
    path = tmp_path / "runs.db"
    db = sqlite3.connect(path)
    for script in MIGRATIONS[:2]:
        db.executescript(script)
    db.execute("PRAGMA user_version = 2")
    db.execute(
        "INSERT INTO runs (id, root, workflow, arn, via, input, status, error, created, started, definition)"
        " VALUES ('a', 'a', 'daily', '', ?, '{}', 'FAILED', 'BadFile', 5, 5, 'h')",
        (json.dumps({"kind": "backfill", "scheduled_for": "2013-01-01T06:00:00Z"}),),
    )
    db.commit()
    db.close()
    with Store(tmp_path) as store:
        store.append([("a", FAILED_TWICE)])
        assert ids(store, trigger="schedule", slot=1357020000.0, error="BadFile", step="load") == ["a"]
        assert store.counts() == {"daily": {"FAILED": 1}}
