"""What a task's function tells about each call: structured lines, and metrics."""

from __future__ import annotations

import json
import logging
import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ladle import task
from ladle.runtime import (
    Envelope,
    TaskFailure,
    handler,
    logger,
    logs,
    measures,
    metrics,
    observation,
    task_of,
)

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
    _, last = [each for each in lines() if "level" in each]
    assert (last["message"], last["level"], last["error"]) == ("task failed", "ERROR", "ValueError")
    head, place, *_, error = last["exception"].splitlines()
    assert (head, error) == ("Traceback (most recent call last):", "ValueError: no rows")
    assert __file__ in place  # the task's own code comes first, not what of Ladle is around it
    assert last["step"] == "load_day"


def test_metrics_are_sent_when_the_call_ends(lines: Lines) -> None:
    """By workflow and step; those of one call do not show up in the next."""
    handler(EVENT, None)
    [sent] = [each for each in lines() if "rows" in each and "_aws" in each]
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
    assert not [each for each in lines() if "rows" in each and "_aws" in each]


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
    [last] = [each for each in lines() if "level" in each]
    assert (last["message"], last["error"]) == ("task failed", "LadleError")


def test_each_call_is_measured_by_workflow_and_task(lines: Lines, monkeypatch: pytest.MonkeyPatch) -> None:
    """Duration, attempts, failures and payload bytes; the first call of a sandbox is a cold start."""
    monkeypatch.setattr(observation, "_calls", [0])
    handler(EVENT, None)
    [sent] = [each for each in lines() if "_aws" in each and "duration" in each]
    assert (sent["workflow"], sent["task"]) == ("daily_delays", "load_day")
    assert (sent["attempts"], sent["failures"], sent["cold_starts"]) == (1, 0, 1)
    assert sent["payload"] == len('{"rows":3}') + len("3")
    assert sent["duration"] >= 0
    [directive] = sent["_aws"]["CloudWatchMetrics"]
    assert directive["Dimensions"] == [["workflow", "task"]]
    assert {each["Name"] for each in directive["Metrics"]} <= sent.keys()
    with pytest.raises(TaskFailure):
        handler({**EVENT, "args": {"rows": 0}}, None)
    [last] = [each for each in lines() if "_aws" in each]
    assert (last["attempts"], last["failures"], "cold_starts" in last) == (1, 1, False)


def test_a_tasks_own_logger_has_the_same_keys(lines: Lines, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that it made itself, with Powertools, as people do; from its first line on."""
    from aws_lambda_powertools import Logger

    own = Logger()

    @task
    def tell() -> None:
        own.info("mine")

    monkeypatch.setattr(observation, "_calls", [0])
    event = {**EVENT, "args": {}}
    monkeypatch.setitem(globals(), "tell", tell)
    monkeypatch.setenv("LADLE_TASK", f"{__name__}:tell")
    task_of.cache_clear()
    handler(event, None)
    [mine] = [each for each in lines() if each.get("message") == "mine"]
    assert (mine["step"], mine["attempt"], mine["cold_start"]) == ("load_day", 2, True)


@pytest.fixture
def daemon(monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """X-Ray's daemon, as Lambda has it beside the function."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as found:
        found.bind(("127.0.0.1", 0))
        found.settimeout(5)
        monkeypatch.setenv("AWS_XRAY_DAEMON_ADDRESS", f"127.0.0.1:{found.getsockname()[1]}")
        monkeypatch.setenv(
            "_X_AMZN_TRACE_ID", "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"
        )
        yield found


@pytest.mark.usefixtures("lines")
def test_a_traced_call_is_a_subsegment(daemon: socket.socket) -> None:
    """Of the function's segment, with what lines say as annotations; no SDK is loaded for it."""
    with pytest.raises(TaskFailure):
        handler({**EVENT, "args": {"rows": 0}}, None)
    header, _, body = daemon.recv(65_536).decode().partition("\n")
    assert json.loads(header) == {"format": "json", "version": 1}
    sent = json.loads(body)
    assert (sent["name"], sent["type"], sent["fault"]) == ("load_day", "subsegment", True)
    assert (sent["trace_id"], sent["parent_id"]) == (
        "1-5759e988-bd862e3fe1be46a994272793",
        "53995c3f42cd8ad8",
    )
    assert sent["annotations"] == {"workflow": "daily_delays", "run": RUN, "step": "load_day", "attempt": 2}
    assert sent["start_time"] <= sent["end_time"]


@pytest.mark.usefixtures("lines")
def test_a_call_that_is_not_sampled_sends_none(
    daemon: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    """X-Ray decides for each request."""
    monkeypatch.setenv("_X_AMZN_TRACE_ID", "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=0")
    handler(EVENT, None)
    daemon.settimeout(0)
    with pytest.raises(BlockingIOError):
        daemon.recv(65_536)


def test_what_started_the_run_is_in_each_line() -> None:
    """As the starter told the run, and as nested runs were told by theirs."""
    told = logs.keys(Envelope(run="r", root="r", step="s", trigger="upload"))
    assert told["trigger"] == "upload"
    assert "trigger" not in logs.keys(Envelope(run="r", root="r", step="s"))
