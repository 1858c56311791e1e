"""Tasks run in this process the way Lambda runs them: JSON in, JSON out, failures as Lambda reports them."""

import json
import threading
import time
from dataclasses import dataclass

import pytest

from ladle import TaskToken, task
from ladle.engine.protocols import TaskCall, TaskFailed, TaskSucceeded
from ladle.local.capture import Capture
from ladle.local.tasks import LocalTasks, task_name

INVOKE = "arn:aws:states:::lambda:invoke"
ARN = "arn:aws:lambda:us-east-1:123456789012:function:"


@dataclass
class Point:
    x: int
    y: int = 0


class Mine(Exception):
    pass


@task
def move(point: Point, by: int) -> Point:
    print("moving", point)
    point.x += by
    return point


@task
def fail(text: str) -> int:
    print("about to fail")
    try:
        json.loads("{")
    except ValueError as error:
        raise Mine(text) from error
    return 1


@task
def ask(answer: TaskToken[bool], n: int) -> None:
    print("token", answer.token, n)


@task
def untyped() -> dict[str, object]:
    return {"a": {1, 2}}


@task
def leave() -> None:
    raise SystemExit(2)


@task
def nap(seconds: float) -> float:
    time.sleep(seconds)
    return seconds


TASKS = {each.name: each for each in (move, fail, ask, untyped, leave, nap)}


class Elsewhere:
    """Stands for the services that are not the project's tasks."""

    def start(self, call, done):
        done(TaskSucceeded(f"elsewhere: {call.resource}"))


class Run:
    """A runner, what it reported, and the outcomes of its calls."""

    def __init__(self):
        self.logs, self.submitted = [], []
        self.runner = LocalTasks(TASKS, Elsewhere(), report=self.report, submit=self.submit)

    def report(self, _call, _invocation, log):
        self.logs.append(log)

    def submit(self, call, invocation, done):
        self.submitted.append((invocation.task, call.task_token))
        done()

    def call(self, name, args, *, resource=INVOKE, call_token=None, wait=True, **envelope):
        event = {"args": args, "ladle": {"run": "arn:run", "step": name, **envelope}}
        arguments = {"FunctionName": ARN + name, "Payload": event} if resource.startswith(INVOKE) else event
        over, outcomes = threading.Event(), []

        def done(outcome):
            outcomes.append(outcome)
            over.set()

        execution = type("E", (), {"arn": "arn:run"})()
        call = TaskCall(resource, arguments, call_token, f"step {name}", execution, None, None, None, 2)
        cancel = self.runner.start(call, done)
        if wait:
            assert over.wait(5)
            return outcomes[0]
        return cancel, outcomes

    def captured(self, *words, **more):
        """The call with its output captured, as a session does it."""
        with Capture():
            return self.call(*words, **more)


@pytest.fixture
def run():
    made = Run()
    yield made
    made.runner.close()


def test_a_call_through_lambda_invoke_is_wrapped_as_aws_wraps_it(run):
    """Arguments become the task's types, the result JSON; a default is filled in."""
    outcome = run.call("move", {"point": {"x": 1}, "by": 2})
    assert isinstance(outcome, TaskSucceeded)
    assert outcome.output["Payload"] == {"x": 3, "y": 0}
    assert (outcome.output["StatusCode"], outcome.output["ExecutedVersion"]) == (200, "$LATEST")


def test_a_call_by_the_functions_arn_gives_the_result_itself(run):
    """The older form, in hand-written machines."""
    outcome = run.call("move", {"point": {"x": 1}, "by": 2}, resource=f"{ARN}move")
    assert outcome == TaskSucceeded({"x": 3, "y": 0})


@pytest.mark.parametrize(
    "function", ["move", f"{ARN}move", f"{ARN}move:3", "123456789012:function:move", "move:live"]
)
def test_a_function_is_known_by_any_of_its_names(function):
    """Name, ARN, partial ARN, with a version or alias."""
    assert task_name(function) == "move"


def test_nothing_is_shared_with_the_machine(run):
    """A task may change what it got: Lambda gave it a copy."""
    arguments = {"point": {"x": 1, "y": 1}, "by": 1}
    run.call("move", arguments)
    assert arguments == {"point": {"x": 1, "y": 1}, "by": 1}


def test_a_failure_is_what_lambda_reports(run):
    """The class's name as Error; as Cause the document, whose message is JSON with the class and bases."""
    outcome = run.call("fail", {"text": "line 3"})
    assert isinstance(outcome, TaskFailed)
    assert outcome.error == "Mine"
    document = json.loads(outcome.cause)
    assert document["errorType"] == "Mine"
    assert json.loads(document["errorMessage"])["message"] == "line 3"
    assert any("in fail" in frame for frame in document["stackTrace"])


def test_the_log_of_a_failed_call_has_its_traceback_without_our_frames(run):
    """With what led to it, what was printed, the try, and the item of the Map."""
    run.captured("fail", {"text": "line 3"}, item=4)
    (log,) = run.logs
    assert (log.step, log.task, log.attempt, log.item) == ("step fail", "fail", 2, 4)
    assert (log.error, log.message, log.log) == ("Mine", "line 3", "about to fail\n")
    assert "JSONDecodeError" in log.traceback
    assert log.traceback.rstrip().endswith("Mine: line 3")
    assert "ladle" + "/local" not in log.traceback
    assert "ladle" + "/runtime" not in log.traceback


@pytest.mark.parametrize(
    ("name", "error"), [("untyped", "WireError"), ("leave", "SystemExit"), ("move", "WireError")]
)
def test_what_is_no_json_or_leaves_the_process_fails_that_call_and_nothing_else(run, name, error):
    """The next call works."""
    outcome = run.call(name, {})
    assert isinstance(outcome, TaskFailed)
    assert outcome.error == error
    assert isinstance(run.call("move", {"point": {"x": 1}, "by": 2}), TaskSucceeded)


def test_a_task_with_a_token_is_submitted_with_it(run):
    """Who knows the answer gets the token when the function has ended well."""
    outcome = run.captured("ask", {"n": 1}, resource=f"{INVOKE}.waitForTaskToken", call_token="T", token="T")
    assert isinstance(outcome, TaskSucceeded)
    assert run.submitted == [("ask", "T")]
    assert run.logs[0].log == "token T 1\n"


def test_what_is_not_the_projects_goes_elsewhere(run):
    """Unknown functions and other services."""
    resource = "arn:aws:states:::sqs:sendMessage"
    call = TaskCall(resource, {}, None, "s", None, None, None, None)
    outcomes = []
    run.runner.start(call, outcomes.append)
    assert outcomes == [TaskSucceeded(f"elsewhere: {resource}")]


def test_calls_overlap(run):
    """Twenty calls that wait take as long as one."""
    began = time.perf_counter()
    started = [run.call("nap", {"seconds": 0.2}, wait=False) for _ in range(20)]
    while not all(outcomes for _, outcomes in started):
        time.sleep(0.005)
    assert time.perf_counter() - began < 2


def test_a_stopped_call_gives_no_outcome_and_keeps_what_it_printed(run):
    """It timed out, or a sibling failed: nobody waits for it."""
    cancel, outcomes = run.call("nap", {"seconds": 0.3}, wait=False)
    time.sleep(0.05)
    cancel()
    time.sleep(0.4)
    assert outcomes == []
    assert [log.error for log in run.logs] == ["Stopped"]


def test_a_mistake_of_ladles_own_fails_the_call_and_never_hangs_the_run():
    """What `report` or `submit` raise has nobody else to hear of it."""

    def broken(*_):
        raise ZeroDivisionError("inside")

    run = Run()
    run.runner = LocalTasks(TASKS, Elsewhere(), report=broken, submit=broken)
    outcome = run.call("move", {"point": {"x": 1}, "by": 2})
    assert outcome.error == "Ladle.InternalError"
    assert "ZeroDivisionError: inside" in outcome.cause
    run.runner.close()
