"""What a task's function tells about each call: structured lines, and metrics."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ladle import task
from ladle.runtime import TaskFailure, handler, logger, logs, measures, metrics, observation, task_of

RUN = "arn:aws:states:eu-central-1:123456789012:execution:nyc-flights-prod-daily_delays:2013-01-01-7f3a41"
EVENT = {"args": {"rows": 3}, "ladle": {"run": RUN, "root": RUN, "step": "load_day", "retry": 1}}


@task
def load_day(rows: int) -> int:
    """Counts rows, unless there are none."""
    logger().info("loading", extra={"rows": rows})
    if rows == 0:
        raise ValueError("no rows")
    metrics().add_metric(name="rows", unit="Count", value=rows)
    return rows


Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def lines(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], request: pytest.FixtureRequest
) -> Iterator[Lines]:
    """What the function has written to its log since the last look, in a sandbox of its own."""
    monkeypatch.setenv("LADLE_TASK", f"{__name__}:load_day")
    monkeypatch.setenv("LADLE_APP", "nyc-flights")
    monkeypatch.setenv("LADLE_STAGE", "prod")
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", f"nyc-flights-{request.node.name}")
    monkeypatch.setattr(logs, "_logger", [])
    monkeypatch.setattr(measures, "_metrics", [])
    task_of.cache_clear()

    def read() -> list[dict[str, Any]]:
        for each in logging.getLogger(logger().name).handlers:
            each.flush()
        return [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith("{")]

    yield read
    if measures._metrics:
        measures._metrics[0].clear_metrics()
    task_of.cache_clear()


def test_every_line_says_workflow_run_step_and_attempt(lines: Lines) -> None:
    """The task's own lines, and the last one, which says how it went."""
    assert handler(EVENT, None) == 3
    own, last = [each for each in lines() if "level" in each]
    for line in (own, last):
        found = {key: line[key] for key in ("workflow", "run", "step", "attempt")}
        assert found == {"workflow": "daily_delays", "run": RUN, "step": "load_day", "attempt": 2}
    assert (own["message"], own["rows"]) == ("loading", 3)
    assert (last["message"], last["task"]) == ("task succeeded", "load_day")
    assert last["seconds"] >= 0


def test_a_failure_is_a_line_with_the_error_itself(lines: Lines) -> None:
    """Not with what the wrapper makes of it; it goes on to the state machine all the same."""
    with pytest.raises(TaskFailure) as caught:
        handler({**EVENT, "args": {"rows": 0}}, None)
    assert caught.value.name == "ValueError"
    _, last = lines()
    assert (last["message"], last["level"], last["error"]) == ("task failed", "ERROR", "ValueError")
    assert last["exception"].endswith("ValueError: no rows")
    assert last["step"] == "load_day"


def test_metrics_are_sent_when_the_call_ends(lines: Lines) -> None:
    """By workflow and step; those of one call do not show up in the next."""
    handler(EVENT, None)
    [sent] = [each for each in lines() if "_aws" in each]
    [directive] = sent["_aws"]["CloudWatchMetrics"]
    assert directive["Namespace"] == "nyc-flights"
    assert (sent["workflow"], sent["step"], sent["run"], sent["rows"]) == (
        "daily_delays",
        "load_day",
        RUN,
        [3.0],
    )
    assert {"workflow", "step"} <= set(directive["Dimensions"][0])
    with pytest.raises(TaskFailure):
        handler({**EVENT, "args": {"rows": 0}}, None)
    assert not [each for each in lines() if "_aws" in each]


def test_without_powertools_tasks_run_and_ladles_own_functions_still_tell(
    lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A project may leave it out of its requirements."""
    monkeypatch.setattr(observation, "_has_powertools", lambda: False)
    assert observation.observed("load_day", EVENT, lambda: 3) == 3
    observation.note("started", {"run": "r"})
    assert lines() == [{"message": "started", "run": "r"}]


def test_an_event_of_another_form_is_told_too(lines: Lines) -> None:
    """Though it says nothing of a run."""
    with pytest.raises(TaskFailure):
        handler({"args": {"rows": 1}, "ladle": 7}, None)
    [last] = lines()
    assert (last["message"], last["error"]) == ("task failed", "LadleError")
