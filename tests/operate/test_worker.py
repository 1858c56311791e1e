"""A worker of an activity: asks for work, does it, answers; on the engine, through boto3."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from ladle import activity
from ladle.declare import Activity
from ladle.errors import LadleError
from ladle.operate.worker import POLL_SECONDS, Worker, states_client
from ladle.runtime import current_envelope
from ladle.testing import mock_stepfunctions, work_off
from tests.operate.stage import REGION, ROLE

SEEN: list[str] = []


class Unreadable(Exception):
    pass


class Torn(Unreadable):
    pass


@activity(timeout=600)
def measure(plate: str, gain: int = 1) -> int:
    SEEN.append(current_envelope().step)
    if plate == "torn":
        raise Torn("it is torn")
    if plate == "wrong":
        return "many"  # type: ignore[return-value]
    if plate == "huge":
        raise Torn("x" * 100_000)
    return len(plate) * gain


@activity
def long() -> str:
    return "x" * 300_000


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    SEEN.clear()


@pytest.fixture
def states() -> Iterator[Any]:
    with mock_stepfunctions():
        yield boto3.client("stepfunctions")


def begun(states: Any, arn: str, **args: Any) -> str:
    """A run of one task for the activity."""
    task = {"Type": "Task", "Resource": arn, "Arguments": {"args": args, "ladle": {"step": "measure"}}}
    definition = {
        "QueryLanguage": "JSONata",
        "StartAt": "measure",
        "States": {"measure": {**task, "TimeoutSeconds": 600, "End": True}},
    }
    machine = states.create_state_machine(
        name=f"m{time.monotonic_ns()}", definition=json.dumps(definition), roleArn=ROLE
    )["stateMachineArn"]
    run: str = states.start_execution(stateMachineArn=machine)["executionArn"]
    return run


def test_work_is_done_and_answered(states: Any) -> None:
    """With the arguments checked, defaults filled in, and the envelope of the call at hand."""
    arn = states.create_activity(name="measure")["activityArn"]
    runs = [begun(states, arn, plate="abc"), begun(states, arn, plate="de", gain=5)]
    assert work_off(measure, arn) == 2
    outputs = [states.describe_execution(executionArn=run)["output"] for run in runs]
    assert outputs == ["3", "10"]
    assert SEEN == ["measure", "measure"]
    (started,) = [
        each["activityStartedEventDetails"]
        for each in states.get_execution_history(executionArn=runs[0])["events"]
        if each["type"] == "ActivityStarted"
    ]
    assert started == {"workerName": "test"}


@pytest.mark.parametrize(
    ("plate", "errors", "error", "message"),
    [
        ("torn", [Unreadable], "Unreadable", "it is torn"),
        ("torn", [], "Torn", "it is torn"),
        ("wrong", [], "WireError", "result: expected int"),
        (3, [], "WireError", "plate"),
    ],
)
def test_a_failure_leaves_under_the_name_that_handlers_know(
    states: Any, plate: Any, errors: list[type[Exception]], error: str, message: str
) -> None:
    """With the document that Lambda would give as its cause; wrong values are failures, too."""
    arn = states.create_activity(name="measure")["activityArn"]
    run = begun(states, arn, plate=plate)
    work_off(measure, arn, errors)
    found = states.describe_execution(executionArn=run)
    assert (found["status"], found["error"]) == ("FAILED", error)
    cause = json.loads(found["cause"])
    assert cause["errorType"] == error
    assert message in json.loads(cause["errorMessage"])["message"]


def test_what_is_too_long_for_an_answer(states: Any) -> None:
    """A cause is cut so that it stays JSON; a result fails, and says what to do."""
    arn = states.create_activity(name="measure")["activityArn"]
    run = begun(states, arn, plate="huge")
    work_off(measure, arn)
    cause = states.describe_execution(executionArn=run)["cause"]
    assert len(cause) <= 32_768
    assert "more characters" in json.loads(json.loads(cause)["errorMessage"])["message"]
    run = begun(states, arn)
    work_off(long, arn)
    found = states.describe_execution(executionArn=run)
    assert found["error"] == "LadleError"
    assert "put it into a bucket" in found["cause"]


def test_what_was_not_made_for_a_function_fails_as_such(states: Any) -> None:
    """A hand-written machine that sends bare arguments is told the form."""
    arn = states.create_activity(name="measure")["activityArn"]
    machine = states.create_state_machine(
        name="bare",
        definition=json.dumps(
            {"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": arn, "End": True}}}
        ),
        roleArn=ROLE,
    )["stateMachineArn"]
    run = states.start_execution(stateMachineArn=machine, input="[1]")["executionArn"]
    work_off(measure, arn)
    assert "the event of a task has the form" in states.describe_execution(executionArn=run)["cause"]


@pytest.mark.usefixtures("states")
def test_an_activity_that_does_not_exist_ends_the_worker() -> None:
    with pytest.raises(LadleError, match=r"no work can be had of .*Activity Does Not Exist"):
        work_off(measure, f"arn:aws:states:{REGION}:123456789012:activity:nobody")


class Service:
    """Step Functions as a worker sees it: hands out one task, then nothing, and notes what it is told."""

    def __init__(self, heartbeat: float | None = None) -> None:
        self.told: list[tuple[str, dict[str, Any]]] = []
        self.heartbeat = heartbeat
        self.left = 1
        self.beaten = threading.Semaphore(0)
        self.refusals: list[str] = []

    def get_activity_task(self, **_: Any) -> dict[str, Any]:
        if not self.left:
            return {}
        self.left -= 1
        envelope = {} if self.heartbeat is None else {"heartbeat": self.heartbeat}
        return {"taskToken": "t", "input": json.dumps({"args": {}, "ladle": envelope})}

    def _note(self, what: str, **given: Any) -> None:
        self.told.append((what, given))
        if self.refusals:
            code = self.refusals.pop(0)
            raise ClientError({"Error": {"Code": code, "Message": code}}, what)

    def send_task_heartbeat(self, **given: Any) -> None:
        self._note("heartbeat", **given)
        self.beaten.release()

    def send_task_success(self, **given: Any) -> None:
        self._note("success", **given)

    def send_task_failure(self, **given: Any) -> None:
        self._note("failure", **given)


def worker(function: Activity[..., Any], service: Service, lines: list[str] | None = None) -> Worker:
    say = (lambda _line: None) if lines is None else lines.append
    return Worker(function, "arn", service, name="w", say=say)


def test_it_reports_that_it_is_alive() -> None:
    """Three times within the heartbeat of the call, which may differ from the declared one."""
    service = Service(heartbeat=0.06)

    @activity(heartbeat=59)
    def slow() -> int:
        assert service.beaten.acquire(timeout=10)
        assert service.beaten.acquire(timeout=10)
        return 1

    worker(slow, service).run(idle=0)
    assert [what for what, _ in service.told] == ["heartbeat", "heartbeat", "success"]


def test_without_a_heartbeat_nothing_beats() -> None:
    @activity
    def slow() -> int:
        time.sleep(0.1)
        return 1

    service = Service()
    worker(slow, service).run(idle=0)
    assert service.told == [("success", {"taskToken": "t", "output": "1"})]


def test_an_answer_is_sent_again_until_it_arrives(monkeypatch: pytest.MonkeyPatch) -> None:
    """The work has been done: what cannot be reached for a moment must not lose it."""
    monkeypatch.setattr("ladle.operate.worker.PAUSES", (0.0,))
    service = Service()
    service.refusals = ["ThrottlingException", "ServiceUnavailable"]
    worker(activity(lambda_free), service).run(idle=0)
    assert [what for what, _ in service.told] == ["success"] * 3


def lambda_free() -> int:
    return 1


def test_an_answer_that_nobody_waits_for_is_dropped() -> None:
    """The run was stopped, or the time was over: the worker goes on."""
    service, lines = Service(), list[str]()
    service.refusals = ["TaskTimedOut"]
    worker(activity(lambda_free), service, lines).run(idle=0)
    assert "nobody waits for this any more" in lines[0]


def test_being_stopped_it_ends_what_it_has_begun() -> None:
    """And takes nothing more."""
    service = Service()
    service.left = 100

    @activity
    def stops() -> int:
        found.stop()
        return 1

    found = worker(stops, service)
    found.run()
    assert [what for what, _ in service.told] == ["success"]
    assert service.left == 99


def test_several_tasks_at_once() -> None:
    """As many as are asked for."""
    service = Service()
    service.left = 3
    together = threading.Barrier(3, timeout=10)

    @activity
    def meets() -> int:
        together.wait()
        return 1

    worker(meets, service).run(at_once=3, idle=0)
    assert len(service.told) == 3


def test_its_client_waits_for_a_whole_poll() -> None:
    """GetActivityTask is answered after a minute when there is no work (its API reference: 65 seconds)."""
    client = states_client(at_once=4)
    assert client.meta.config.read_timeout >= POLL_SECONDS + 5
    assert client.meta.config.max_pool_connections >= 8
    with Stubber(client) as stub:
        stub.add_response("get_activity_task", {"taskToken": "t", "input": "{}"}, {"activityArn": "a"})
        assert client.get_activity_task(activityArn="a")["taskToken"] == "t"
