"""Tasks that wait: timeouts, heartbeats, task tokens, activities, nested executions, and stopping them."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest

from ladle.engine import Engine, TaskDoesNotExist, TaskSucceeded, compile_machine
from tests.engine.engine_harness import Functions, engine_of, lasted, machine, run, task, types

CALLBACK = "arn:aws:states:::sqs:sendMessage.waitForTaskToken"
ACTIVITY = "arn:aws:states:us-east-1:123456789012:activity:a"


class Silent:
    """A runner whose tasks never end; it counts the cancellations."""

    def __init__(self) -> None:
        self.cancelled = 0

    def start(self, _call: Any, _done: Any) -> Any:
        """See TaskRunner."""
        return self._cancel

    def _cancel(self) -> None:
        self.cancelled += 1


def _callback(**fields: Any) -> dict[str, Any]:
    return machine(
        {"T": task(Resource=CALLBACK, Arguments={"Token": "{% $states.context.Task.Token %}"}, **fields)}
    )


def _waiting(definition: dict[str, Any], engine: Engine) -> Any:
    return run(definition, engine=engine)


def test_a_callback_waits_for_its_token_and_says_so() -> None:
    """`run` returns; `waiting_for` names the state and the token."""
    engine = engine_of(Functions(T=lambda _: {"MessageId": "1"}))
    execution = _waiting(_callback(), engine)
    assert execution.status == "RUNNING"
    (wait,) = execution.waiting_for
    assert (wait["state"], wait["resource"]) == ("T", CALLBACK)
    engine.send_task_success(wait["token"], {"ok": True})
    engine.run(execution)
    assert execution.output == {"ok": True}
    assert types(execution)[2:6] == ["TaskScheduled", "TaskStarted", "TaskSubmitted", "TaskSucceeded"]
    assert execution.waiting_for == []


def test_a_token_may_be_answered_before_the_call_that_sent_it_is_over() -> None:
    """Also from inside the runner."""
    engine: Engine

    def call(arguments: Any) -> Any:
        engine.send_task_success(arguments["Token"], 7)
        return {}

    engine = engine_of(Functions(T=call))
    execution = _waiting(_callback(), engine)
    assert execution.output == 7
    assert types(execution)[4:6] == ["TaskSubmitted", "TaskSucceeded"]


def test_a_token_can_be_answered_from_another_thread() -> None:
    """While the engine sleeps on a task that runs beside it."""
    release = threading.Event()

    class Both:
        def start(self, call: Any, done: Any) -> None:
            if call.task_token is None:
                threading.Thread(target=lambda: (release.wait(5), done(TaskSucceeded("slow")))).start()
            else:
                done(TaskSucceeded({}))
                threading.Thread(target=self._answer, args=(call.task_token,)).start()

        def _answer(self, token: str) -> None:
            engine.send_task_success(token, "answered")
            release.set()

    engine = engine_of(Both())
    slow = {"StartAt": "S", "States": {"S": task()}}
    waiting = {"StartAt": "T", "States": _callback()["States"]}
    state = {"Type": "Parallel", "Branches": [slow, waiting], "End": True}
    execution = run(machine({"P": state}), engine=engine)
    assert execution.output == ["slow", "answered"]


def test_a_token_answered_with_a_failure_fails_the_task() -> None:
    """With the error and cause of the answer."""
    engine = engine_of(Functions(T=lambda _: {}))
    execution = _waiting(_callback(), engine)
    engine.send_task_failure(execution.waiting_for[0]["token"], "Refused", "no")
    engine.run(execution)
    assert (execution.status, execution.error, execution.cause) == ("FAILED", "Refused", "no")


def test_a_token_is_good_once() -> None:
    """A second answer, or one for a token that never was, is refused."""
    engine = engine_of(Functions(T=lambda _: {}))
    execution = _waiting(_callback(), engine)
    token = execution.waiting_for[0]["token"]
    engine.send_task_success(token, 1)
    engine.run(execution)
    with pytest.raises(TaskDoesNotExist):
        engine.send_task_success(token, 2)
    with pytest.raises(TaskDoesNotExist):
        engine.send_task_heartbeat("nobody")


def test_a_callback_times_out_on_the_virtual_clock() -> None:
    """Nobody answers for a day: a day later, at once."""
    execution = _waiting(_callback(TimeoutSeconds=86_400), engine_of(Functions(T=lambda _: {})))
    assert (execution.error, execution.cause) == ("States.Timeout", None)
    assert lasted(execution) == 86_400
    assert types(execution)[-2:] == ["TaskTimedOut", "ExecutionFailed"]


def test_a_heartbeat_that_stops_is_a_timeout_that_has_a_name_of_its_own() -> None:
    """The event says States.Timeout; States.HeartbeatTimeout catches it."""
    catch = [{"ErrorEquals": ["States.HeartbeatTimeout"], "Next": "Late"}]
    definition = _callback(HeartbeatSeconds=10, TimeoutSeconds=600, Catch=catch)
    definition["States"]["Late"] = {"Type": "Pass", "End": True}
    execution = _waiting(definition, engine_of(Functions(T=lambda _: {})))
    assert execution.output == {"Error": "States.Timeout", "Cause": ""}
    assert lasted(execution) == 10


def test_a_task_that_nobody_can_send_heartbeats_for_needs_none() -> None:
    """A function's call has no token."""
    state = task(HeartbeatSeconds=1, TimeoutSeconds=60)
    assert run(machine({"T": state}), runner=Functions(T=lambda _: TaskSucceeded(1, seconds=30))).output == 1


def test_heartbeats_keep_a_task_alive() -> None:
    """Each puts the next deadline off by HeartbeatSeconds."""
    token: list[str] = []
    engine: Engine

    def send(arguments: Any) -> Any:
        token.append(arguments["Token"])
        return {}

    engine = engine_of(Functions(T=send, Beat=lambda _: engine.send_task_heartbeat(token[0])))
    beats: dict[str, Any] = {}
    for i in range(4):
        beats[f"W{i}"] = {"Type": "Wait", "Seconds": 8, "Next": f"B{i}"}
        beats[f"B{i}"] = {"Type": "Pass", "Next": f"W{i + 1}"}
    beats["W4"] = {"Type": "Wait", "Seconds": 1, "End": True}
    for i in range(4):
        beats[f"B{i}"] = {**task(), "Next": f"W{i + 1}"}
        del beats[f"B{i}"]["End"]
        engine.runner.functions[f"B{i}"] = lambda _: engine.send_task_heartbeat(token[0])  # type: ignore[attr-defined]
    branches = [
        {"StartAt": "T", "States": _callback(HeartbeatSeconds=10, TimeoutSeconds=600)["States"]},
        {"StartAt": "W0", "States": beats},
    ]
    execution = run(machine({"P": {"Type": "Parallel", "Branches": branches, "End": True}}), engine=engine)
    assert execution.error == "States.Timeout"
    assert lasted(execution) == 4 * 8 + 10


def test_a_task_that_never_ends_is_cancelled_when_its_time_is_over() -> None:
    """The runner's canceller is called once. (The clock runs with the task: these are real milliseconds.)"""
    runner = Silent()
    execution = run(machine({"T": task(TimeoutSeconds="{% 0.02 %}")}), runner=runner)
    assert execution.error == "States.Timeout"
    assert runner.cancelled == 1


def test_a_siblings_failure_cancels_what_is_in_flight() -> None:
    """And the run does not wait for it."""
    runner = Silent()
    branches = [
        {"StartAt": "T", "States": {"T": task()}},
        {"StartAt": "F", "States": {"F": {"Type": "Fail", "Error": "E"}}},
    ]
    execution = run(machine({"P": {"Type": "Parallel", "Branches": branches, "End": True}}), runner=runner)
    assert execution.error == "E"
    assert runner.cancelled == 1
    assert "TaskStateAborted" in types(execution)


def test_stopping_aborts_the_run_and_what_it_waits_for() -> None:
    """ExecutionAborted is the last event and follows none; stopping again changes nothing."""
    runner = Silent()
    engine = engine_of(runner)
    execution = engine.start(compile_machine(machine({"T": task()}), name="m"), {})
    engine.call_soon(lambda: engine.stop(execution, "Stopped", "by hand"))
    engine.run(execution)
    engine.stop(execution)
    assert (execution.status, execution.error, execution.cause) == ("ABORTED", "Stopped", "by hand")
    assert types(execution)[-1] == "ExecutionAborted"
    assert execution.events()[-1].previous_id == 0
    assert runner.cancelled == 1


def test_the_machines_own_timeout_ends_the_run() -> None:
    """TIMED_OUT, with ExecutionTimedOut as last event; nothing can catch it."""
    state = {"Type": "Wait", "Seconds": 1000, "End": True}
    execution = run(machine({"W": state}, TimeoutSeconds=60))
    assert (execution.status, execution.error) == ("TIMED_OUT", None)
    assert types(execution)[-1] == "ExecutionTimedOut"
    assert lasted(execution) == 60


def test_an_express_run_ends_after_five_minutes() -> None:
    """Whatever its definition says."""
    execution = run(machine({"W": {"Type": "Wait", "Seconds": 1000, "End": True}}), type="EXPRESS")
    assert execution.status == "TIMED_OUT"
    assert lasted(execution) == 300


def test_an_activity_waits_for_a_worker() -> None:
    """Started is recorded when a worker takes the task."""
    engine = engine_of()
    engine.activities.create(ACTIVITY)
    execution = run(machine({"T": task(Resource=ACTIVITY, Arguments={"n": 1})}), engine=engine)
    assert execution.status == "RUNNING"
    assert types(execution)[-1] == "ActivityScheduled"
    work = engine.activities.take(ACTIVITY, "me")
    assert work is not None
    assert json.loads(work.input) == {"n": 1}
    engine.send_task_success(work.token, "done")
    engine.run(execution)
    assert execution.output == "done"
    assert types(execution)[2:5] == ["ActivityScheduled", "ActivityStarted", "ActivitySucceeded"]
    assert engine.activities.take(ACTIVITY) is None


def test_a_worker_that_polls_first_gets_the_task_when_it_comes() -> None:
    """And gives up after a minute without one."""
    engine = engine_of()
    engine.activities.create(ACTIVITY)
    given: list[Any] = []
    engine.activities.poll(ACTIVITY, "me", given.append)
    run(machine({"T": task(Resource=ACTIVITY)}), engine=engine)
    assert len(given) == 1
    assert given[0] is not None
    engine.activities.poll(ACTIVITY, "me", given.append)
    run(machine({"W": {"Type": "Wait", "Seconds": 61, "End": True}}), engine=engine, name="w")
    assert given[1] is None


def test_an_activity_that_does_not_exist_fails_the_run() -> None:
    """States.Runtime, as recorded on AWS."""
    execution = run(machine({"T": task(Resource=ACTIVITY)}))
    assert execution.error == "States.Runtime"
    assert execution.cause == (
        "An error occurred while executing the state 'T' (entered at the event id #2)."
        f" The activity {ACTIVITY} does not exist."
    )


CHILD = machine({"Double": {"Type": "Pass", "Output": "{% $states.input.n * 2 %}", "End": True}})


def _parent(pattern: str, child: dict[str, Any] = CHILD, **fields: Any) -> tuple[Any, Engine]:
    engine = engine_of()
    target = compile_machine(child, name="child")
    engine.register(target)
    state = task(
        Resource=f"arn:aws:states:::states:startExecution{pattern}",
        Arguments={"StateMachineArn": target.arn, "Input": {"n": 4}, "Name": "one"},
        **fields,
    )
    return run(machine({"T": state}), engine=engine), engine


def test_startexecution_only_starts() -> None:
    """The output has the ARN; the child runs in the same engine."""
    parent, engine = _parent("")
    arn = "arn:aws:states:us-east-1:123456789012:execution:child:one"
    assert parent.output["ExecutionArn"] == arn
    engine.run()
    child = engine.executions[arn]
    assert child.output == 8
    assert child.parent is parent
    assert child.root is parent


@pytest.mark.parametrize(("pattern", "output"), [(".sync", "8"), (".sync:2", 8)])
def test_sync_waits_for_the_child(pattern: str, output: Any) -> None:
    """`.sync` gives Output as JSON text, `.sync:2` as JSON."""
    parent, _ = _parent(pattern)
    assert parent.output["Status"] == "SUCCEEDED"
    assert parent.output["Output"] == output
    assert types(parent)[2:6] == ["TaskScheduled", "TaskStarted", "TaskSubmitted", "TaskSucceeded"]


def test_a_failed_child_fails_its_task_with_the_real_error_inside_the_cause() -> None:
    """States.TaskFailed outside."""
    parent, _ = _parent(".sync:2", machine({"F": {"Type": "Fail", "Error": "Real", "Cause": "why"}}))
    assert parent.error == "States.TaskFailed"
    cause = json.loads(parent.cause)
    assert (cause["Error"], cause["Cause"], cause["Status"]) == ("Real", "why", "FAILED")


def test_stopping_the_parent_stops_a_sync_child() -> None:
    """As on AWS."""
    child = machine({"W": {"Type": "Wait", "Seconds": 500, "End": True}})
    parent, engine = _parent(".sync:2", child, TimeoutSeconds=10)
    assert parent.error == "States.Timeout"
    assert engine.executions["arn:aws:states:us-east-1:123456789012:execution:child:one"].status == "ABORTED"


def test_the_same_name_gives_the_open_run_and_refuses_a_closed_one() -> None:
    """StartExecution's idempotency, for Standard only."""
    from ladle.engine import ExecutionAlreadyExists

    engine = engine_of()
    definition = compile_machine(machine({"W": {"Type": "Wait", "Seconds": 1, "End": True}}), name="m")
    first = engine.start(definition, {"n": 1}, name="x")
    assert engine.start(definition, {"n": 1}, name="x") is first
    with pytest.raises(ExecutionAlreadyExists):
        engine.start(definition, {"n": 2}, name="x")
    engine.run()
    with pytest.raises(ExecutionAlreadyExists):
        engine.start(definition, {"n": 1}, name="x")
