"""How long calls took, from the histories of the newest runs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from ladle.operate import durations as module
from ladle.operate.durations import durations
from ladle.operate.ends import Runs
from tests.operate.stage import Stage

LISTS = ("ListExecutions", "ListStateMachines")
NAMES = {"app-dev-load_day": "load_day", "app-dev-daily": "daily"}
FUNCTION = {"resourceType": "lambda", "resource": "invoke"}
NESTED = {"resourceType": "states", "resource": "startExecution.sync:2"}


class Told:
    """Runs with the histories given: for each event its second, its type, its previous event, its details."""

    unfinished = None

    def __init__(self, *histories: list[tuple[float, str, int, dict[str, Any]]]) -> None:
        self.histories = histories
        self.read = 0

    def briefs(self, workflow: str, *, status: str, limit: int) -> list[Any]:
        assert (workflow, status) == ("daily", "SUCCEEDED")
        return [type("Brief", (), {"id": number})() for number in range(len(self.histories))][:limit]

    def events(self, run: int, after: int = 0) -> Iterator[dict[str, Any]]:
        assert not after
        self.read += 1
        for at, (second, kind, previous, details) in enumerate(self.histories[run], start=1):
            yield {
                "id": at, "type": kind, "previousEventId": previous, "timestamp": round(second * 1000),
                f"{kind[0].lower()}{kind[1:]}EventDetails": details,
            }  # fmt: skip


def scheduled(callee: str, **kind: str) -> dict[str, Any]:
    arn = f"arn:aws:lambda:eu-central-1:1:function:{callee}"
    if kind == NESTED:
        given = {"StateMachineArn": f"arn:aws:states:eu-central-1:1:stateMachine:{callee}"}
        return {**kind, "parameters": json.dumps(given)}
    return {**kind, "parameters": json.dumps({"FunctionName": arn, "Payload": {}})}


def call(start: float, end: float, first: int, how: str = "TaskSucceeded", **kind: str) -> list[Any]:
    """The events of one call of `load_day`, or of the nested workflow."""
    callee = "app-dev-daily" if kind == NESTED else "app-dev-load_day"
    return [
        (start, "TaskScheduled", first - 1, scheduled(callee, **(kind or FUNCTION))),
        (start + 0.5, "TaskStarted", first, {}),
        (end, how, first + 1, {}),
    ]


def measured(*histories: list[Any], sample: int = 20) -> dict[str, float]:
    runs: Any = Told(*histories)
    return durations(runs, "daily", NAMES, sample)


def test_the_median_of_all_calls_of_all_runs() -> None:
    """From the moment the machine asks for a call until it goes on."""
    assert measured(call(0, 2, 1), call(0, 4, 1), call(10, 19, 1)) == {"load_day": 4.0}


def test_calls_that_overlap_are_told_apart() -> None:
    """By the event before each."""
    events = [
        (0, "TaskScheduled", 0, scheduled("app-dev-load_day", **FUNCTION)),
        (0, "TaskScheduled", 0, scheduled("app-dev-daily", **NESTED)),
        (1, "TaskStarted", 2, {}),
        (1, "TaskStarted", 1, {}),
        (5, "TaskSucceeded", 4, {}),
        (6, "TaskSubmitted", 3, {}),
        (60, "TaskSucceeded", 6, {}),
    ]
    assert measured(events) == {"load_day": 5.0, "daily": 60.0}


@pytest.mark.parametrize("how", ["TaskFailed", "TaskTimedOut"])
def test_failed_tries_do_not_count(how: str) -> None:
    """They say nothing of how long the work takes."""
    assert measured(call(0, 900, 1, how) + call(901, 904, 4)) == {"load_day": 3.0}


def test_what_the_project_does_not_call_by_a_name_is_left_out() -> None:
    """Services, and functions that are somebody else's; also a call whose arguments were left out."""
    events = [
        (0, "TaskScheduled", 0, {"resourceType": "aws-sdk:s3", "resource": "getObject", "parameters": "{}"}),
        (1, "TaskSucceeded", 1, {}),
        (1, "TaskScheduled", 0, {"resourceType": "lambda", "resource": "invoke"}),
        (2, "TaskSucceeded", 3, {}),
        (2, "TaskScheduled", 0, scheduled("somebody-elses", **FUNCTION)),
        (9, "TaskSucceeded", 5, {}),
    ]
    assert measured(events) == {}


def test_no_more_runs_and_events_are_read_than_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    """So many runs; and none more once enough events have been seen."""
    runs: Any = Told(*[call(0, n + 1, 1) for n in range(9)])
    assert durations(runs, "daily", NAMES, 5) == {"load_day": 3.0}
    assert runs.read == 5
    monkeypatch.setattr(module, "EVENTS", 6)
    assert durations(runs, "daily", NAMES, 5) == {"load_day": 1.5}
    assert runs.read == 7


def test_runs_of_a_stage_are_measured(stage: Stage) -> None:
    """A list, and a history for each run: nothing is described, and runs that failed are not read."""
    stage.begin("daily", "one", day=1)
    stage.begin("daily", "two", day=2)
    stage.fail = True
    stage.begin("daily", "three", day=3)
    stage.asked.clear()
    end: Runs = stage.runs
    found = durations(end, "daily", NAMES, 20)
    assert set(found) == {"load_day"}
    assert found["load_day"] >= 0
    assert [one for one in stage.asked if one not in LISTS] == ["GetExecutionHistory"] * 2


def test_nested_runs_of_a_stage_are_calls(stage: Stage) -> None:
    """Of the workflow that started them."""
    stage.begin("monthly", "one", month=1)
    assert set(durations(stage.runs, "monthly", NAMES, 20)) == {"daily"}
