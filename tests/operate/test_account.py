"""The runs of a deployed stage, read through boto3."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from ladle.errors import LadleError
from ladle.operate.account import AccountRuns
from ladle.operate.actions import redrive, start, stop
from ladle.operate.ends import Runs
from ladle.operate.progress import Progress
from ladle.operate.records import ItemCounts
from ladle.operate.steps import progress_of
from tests.operate.stage import DAILY, ROLE, Stage, task


def test_it_is_one_of_the_two_ends(stage: Stage) -> None:
    """Whoever shows runs needs not know where they are kept."""
    end: Runs = stage.runs
    assert end.runs() == []


def test_runs_are_listed_newest_first_without_nested_ones(stage: Stage) -> None:
    """Of one workflow or all, with one status or any, page by page."""
    stage.begin("daily", "one", day=1)
    stage.fail = True
    stage.begin("daily", "two", day=2)
    stage.fail = False
    stage.begin("monthly", "three", month=1)
    assert [each.id for each in stage.runs.runs()] == ["three", "two", "one"]
    assert [each.id for each in stage.runs.runs(workflow="daily")] == ["two", "one"]
    assert [each.id for each in stage.runs.runs(status="FAILED")] == ["two"]
    assert [each.id for each in stage.runs.runs(limit=1)] == ["three"]
    with pytest.raises(
        LadleError, match="there is no workflow 'weekly' on this stage: it has asking, daily, monthly"
    ):
        stage.runs.runs(workflow="weekly")


def test_a_run_is_found_by_its_name_or_a_part_of_it(stage: Stage) -> None:
    """As on this machine: the whole name, its beginning, the hash at its end, or `last`."""
    stage.begin("daily", "2013-01-01-7f3a41", day=1)
    stage.begin("daily", "2013-01-02-9e21aa", day=2)
    assert stage.runs.find("2013-01-01-7f3a41").input == {"day": 1}
    assert stage.runs.find("9e21aa").id == "2013-01-02-9e21aa"
    assert stage.runs.find("2013-01-02").id == "2013-01-02-9e21aa"
    assert stage.runs.find("last").id == "2013-01-02-9e21aa"
    with pytest.raises(LadleError, match="may mean several runs: 2013-01-01-7f3a41, 2013-01-02-9e21aa"):
        stage.runs.find("2013")
    with pytest.raises(LadleError, match=r"no run 'x' among the newest 1,000 of each workflow.*90 days"):
        stage.runs.find("x")


def test_a_run_has_its_history_and_its_machine(stage: Stage) -> None:
    """So everything that is shown of a run made here is shown of one on AWS."""
    stage.begin("daily", "one", day=1)
    record = stage.runs.find("one")
    assert (record.status, record.output["Payload"], record.workflow) == ("SUCCEEDED", 842, "daily")
    assert stage.runs.definition("one") == DAILY
    events = list(stage.runs.events("one"))
    assert [each["type"] for each in events][:2] == ["ExecutionStarted", "TaskStateEntered"]
    assert abs(events[0]["timestamp"] / 1000 - record.started) < 1
    progress = Progress().see_all(events)
    assert (progress.status, progress.transitions) == ("SUCCEEDED", 1)


def test_nested_runs_are_children(stage: Stage) -> None:
    """Found by the run's own history, with their transitions; what Ladle told them is no input."""
    stage.begin("monthly", "root", month=1)
    (child,) = stage.runs.children("root")
    assert (child.workflow, child.parent, child.root, child.transitions) == ("daily", "root", "root", 1)
    assert child.input["day"] == 1
    assert "ladle" not in child.input


def test_logs_are_the_lines_that_name_the_run(stage: Stage) -> None:
    """Of the functions that its machine calls; lines of other runs in the same log are none of them."""
    arn = stage.begin("daily", "one", day=1)
    logs = stage.client("logs")
    logs.create_log_group(logGroupName="/aws/lambda/app-dev-load_day")
    logs.create_log_stream(logGroupName="/aws/lambda/app-dev-load_day", logStreamName="s")
    at = int(stage.runs.find("one").started * 1000)
    place = {"run": arn, "step": "load_day", "attempt": 1, "level": "INFO"}
    lines: list[Any] = [
        {**place, "message": "reading", "rows": 842},
        {**place, "message": "task failed", "level": "ERROR", "task": "load_day", "seconds": 0.2}
        | {"error": "BadFile", "exception": "Traceback: line 42"},
        {**place, "run": f"{arn}-other", "message": "other"},
        "START RequestId: 1",
    ]
    events = [
        {"timestamp": at + n, "message": line if isinstance(line, str) else json.dumps(line)}
        for n, line in enumerate(lines)
    ]
    logs.put_log_events(logGroupName="/aws/lambda/app-dev-load_day", logStreamName="s", logEvents=events)
    (call,) = stage.runs.calls("one")
    assert (call.step, call.task, call.attempt, call.error) == ("load_day", "load_day", 0, "BadFile")
    assert call.log == 'INFO reading {"rows": 842}\n'
    assert call.traceback == "Traceback: line 42"


def test_a_run_that_goes_on_is_stopped(stage: Stage) -> None:
    """With a reason in its record; one that has ended is left alone."""
    stage.begin("asking", "open", day=1)
    record = stage.runs.find("open")
    assert record.status == "RUNNING"
    stop(stage.client, record, "Not today.")
    stopped = stage.runs.find("open")
    assert (stopped.status, stopped.error, stopped.cause) == ("ABORTED", "Stopped", "Not today.")
    with pytest.raises(LadleError, match="open aborted already: nothing to stop"):
        stop(stage.client, stopped, "Again.")


def test_a_failed_run_is_redriven(stage: Stage) -> None:
    """It goes on from the step that failed; one that succeeded has nothing to redrive."""
    stage.fail = True
    stage.begin("daily", "one", day=1)
    assert stage.runs.find("one").status == "FAILED"
    stage.fail = False
    redrive(stage.client, stage.runs.find("one"))
    again = stage.runs.find("one")
    assert again.status == "SUCCEEDED"
    with pytest.raises(LadleError, match="one succeeded: there is nothing to redrive"):
        redrive(stage.client, again)


class Starter:
    """The Lambda client of a stage whose starter answers `payload`."""

    class exceptions:  # noqa: N801 - boto3's name
        class ResourceNotFoundException(Exception):
            pass

    def __init__(self, payload: Any, error: str | None = None, missing: bool = False) -> None:
        self.payload, self.error, self.missing = payload, error, missing
        self.events: list[Any] = []

    def invoke(self, *, FunctionName: str, Payload: bytes) -> dict[str, Any]:  # noqa: N803 - boto3's names
        if self.missing:
            raise self.exceptions.ResourceNotFoundException(FunctionName)
        self.events.append(json.loads(Payload))
        answer = {"Payload": io.BytesIO(json.dumps(self.payload).encode())}
        return answer | ({"FunctionError": self.error} if self.error else {})


def test_runs_are_started_by_the_starter() -> None:
    """Which checks the input and gives the name; what it refuses is said without its class."""
    run = {"workflow": "daily", "run": "one", "execution": "arn", "started": True}
    client = Starter({"runs": [run]})
    event = {"trigger": "manual", "workflow": "daily", "input": {}}
    assert start(lambda _: client, "app-dev-ladle-starter", event) == run
    assert client.events == [event]
    refusal = {"errorMessage": "daily: day: int is missing", "errorType": "LadleError"}
    with pytest.raises(LadleError, match=r"^daily: day: int is missing$"):
        start(lambda _: Starter(refusal, "Unhandled"), "app-dev-ladle-starter", event)
    with pytest.raises(LadleError, match="no function 'app-dev-ladle-starter': the stage is not deployed"):
        start(lambda _: Starter(None, missing=True), "app-dev-ladle-starter", event)


def test_items_of_a_distributed_map_are_counted(stage: Stage) -> None:
    """By DescribeMapRun: the run's own history does not tell of them."""
    processor = {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
        "StartAt": "load_day",
        "States": {"load_day": task(End=True)},
    }
    items = "{% $states.input.days %}"
    far = {"Type": "Map", "Items": items, "ItemProcessor": processor, "End": True}
    definition = {"StartAt": "far", "QueryLanguage": "JSONata", "States": {"far": far}}
    arn = stage.client("stepfunctions").create_state_machine(
        name="app-dev-far", definition=json.dumps(definition), roleArn=ROLE
    )["stateMachineArn"]
    runs = AccountRuns(stage.client, {"far": arn})
    stage.client("stepfunctions").start_execution(
        stateMachineArn=arn, name="one", input=json.dumps({"days": [1, 2, 3]})
    )
    (step,) = runs.steps(["one"])["one"]
    assert (step.step, step.items) == ("far", 3)
    progress = progress_of(runs, "one")
    assert list(progress.counts.values()) == [ItemCounts(total=3, succeeded=3, failed=0)]
