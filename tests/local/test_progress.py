"""The fold of a history says how each step stands; the engine's own histories are its input."""

import json
from typing import Any

import pytest

from ladle.engine import Engine, TaskFailed, TaskSucceeded, compile_machine
from ladle.graph.outline import outline
from ladle.local.recorder import stored
from ladle.operate.causes import Failure, failure_of
from ladle.operate.progress import Progress


def task(name: str, **more: Any) -> dict[str, Any]:
    arn = f"arn:aws:lambda:us-east-1:123456789012:function:{name}"
    return {"Type": "Task", "Resource": arn, **more}


class Runner:
    """Each task takes the seconds of its name's number; `fail…` fails, as often as its number says."""

    def __init__(self) -> None:
        self.failed: dict[str, int] = {}

    def start(self, call: Any, done: Any) -> None:
        name = call.resource.rpartition(":")[2]
        word, _, number = name.partition("-")
        if word == "wait" and self.failed.get(name, 0) < int(number):
            self.failed[name] = self.failed.get(name, 0) + 1
            full = "pool warehouse: 5 of 5 places are taken, 2 waiting before this call"
            done(TaskFailed("PoolFull", json.dumps({"errorType": "PoolFull", "errorMessage": full}), 1))
        elif word == "fail" and self.failed.get(name, 0) < int(number):
            self.failed[name] = self.failed.get(name, 0) + 1
            done(TaskFailed("BadFile", "torn", 1))
        else:
            done(TaskSucceeded(None, float(number or 0)))


def folded(definition: dict[str, Any], given: Any = None) -> tuple[Progress, dict[str, Any]]:
    progress = Progress()

    def listen(_: Any, event: Any) -> None:
        progress.see(event.type, event.ms, event.previous_id, event.state, event.details)

    engine = Engine(Runner(), listener=listen)
    execution = engine.start(compile_machine(definition, name="m"), given)
    engine.run(execution)
    again = Progress().see_all(json.loads(json.dumps([stored(event) for event in execution.events()])))
    assert again.views(outline(definition)) == progress.views(outline(definition))
    assert progress.transitions == execution.transitions
    return progress, {view.row.name: view for view in progress.views(outline(definition))}


MAP = {
    "Type": "Map",
    "ItemsPath": "$",
    "MaxConcurrency": 2,
    "ItemProcessor": {"StartAt": "each", "States": {"each": task("work-2", End=True)}},
}


def test_steps_that_follow_each_other_take_their_own_time():
    """The critical path is all of them."""
    progress, views = folded(
        {"StartAt": "a", "States": {"a": task("w-1", Next="b"), "b": task("w-3", End=True)}}
    )
    assert [(v.state, v.seconds) for v in views.values()] == [("succeeded", 1.0), ("succeeded", 3.0)]
    assert progress.critical_path(
        outline({"StartAt": "a", "States": {"a": task("", Next="b"), "b": task("")}})
    ) == [
        "a",
        "b",
    ]


def test_a_step_that_ended_the_run_will_not_be_tried_again():
    """Neither is anything waited for any more."""
    _, views = folded({"StartAt": "a", "States": {"a": task("fail-9", End=True)}})
    assert (views["a"].state, views["a"].error, views["a"].note) == ("failed", "BadFile", "")


@pytest.mark.parametrize(
    ("resource", "state", "note"),
    [
        ("lambda:invoke.waitForTaskToken", "waiting", "waiting for an answer"),
        ("states:startExecution.sync:2", "running", ""),
    ],
)
def test_only_a_token_waits_for_an_answer(resource, state, note):
    """A nested run is submitted as well, and runs."""
    service, _, name = resource.partition(":")
    details = {"resourceType": service, "resource": name}
    progress = Progress()
    progress.see("ExecutionStarted", 0, 0, None, {})
    progress.see("TaskStateEntered", 0, 1, "a", {"name": "a"})
    for at, kind in enumerate(("TaskScheduled", "TaskStarted", "TaskSubmitted"), start=2):
        progress.see(kind, at, at, "a", details)
    (view,) = progress.views(outline({"StartAt": "a", "States": {"a": task("a", End=True)}}))
    assert (view.state, view.note) == (state, note)


WAITS = {"ErrorEquals": ["PoolFull"], "IntervalSeconds": 2, "MaxAttempts": 5}


def test_waiting_for_a_place_is_no_retry():
    """It is counted by itself."""
    states = {"work": task("wait-3", Retry=[WAITS], End=True)}
    _, views = folded({"StartAt": "work", "States": states})
    assert (views["work"].state, views["work"].retried, views["work"].waits) == ("succeeded", 0, 3)
    states = {"work": task("wait-9", Retry=[WAITS], End=True)}
    _, views = folded({"StartAt": "work", "States": states})
    assert (views["work"].state, views["work"].error) == ("failed", "PoolFull")


def test_a_step_that_waits_says_what_for():
    """While it does: how full the pool is, and how many come first."""
    progress, seen = Progress(), []
    definition = {"StartAt": "work", "States": {"work": task("wait-1", Retry=[WAITS], End=True)}}

    def listen(_: Any, event: Any) -> None:
        progress.see(event.type, event.ms, event.previous_id, event.state, event.details)
        seen.extend((view.state, view.note) for view in progress.views(outline(definition)))

    engine = Engine(Runner(), listener=listen)
    engine.run(engine.start(compile_machine(definition, name="m"), None))
    note = "waiting: pool warehouse: 5 of 5 places are taken, 2 waiting before this call"
    assert ("waiting", note) in seen
    assert seen[-1] == ("succeeded", "")


def test_a_map_counts_its_items_and_how_many_ran_at_once():
    """Of five items two at a time, two seconds each."""
    _, views = folded({"StartAt": "m", "States": {"m": {**MAP, "End": True}}}, [1, 2, 3, 4, 5])
    view = views["m"]
    assert (view.done, view.total, view.at_once, view.seconds) == (5, 5, 2, 6.0)


def test_retries_and_handled_failures_are_told_apart():
    """A retry that helped is a success; what a handler took is `caught`, with the error."""
    retry = [{"ErrorEquals": ["BadFile"], "MaxAttempts": 3, "IntervalSeconds": 5}]
    catch = [{"ErrorEquals": ["States.ALL"], "Next": "after"}]
    definition = {
        "StartAt": "a",
        "States": {
            "a": task("fail-2", Retry=retry, Next="b"),
            "b": task("fail-9", Catch=catch, Next="after"),
            "after": task("w-1", End=True),
        },
    }
    progress, views = folded(definition)
    assert (views["a"].state, views["a"].retried, views["a"].failed) == ("succeeded", 2, 0)
    assert (views["b"].state, views["b"].error) == ("caught", "BadFile")
    assert progress.status == "SUCCEEDED"


def test_a_failure_names_its_step():
    """Also when a Parallel lies around it; what ran beside it was stopped."""
    definition = {
        "StartAt": "p",
        "States": {
            "p": {
                "Type": "Parallel",
                "Branches": [
                    {"StartAt": "bad", "States": {"bad": task("fail-9", End=True)}},
                    {"StartAt": "slow", "States": {"slow": task("w-60", End=True)}},
                ],
                "End": True,
            }
        },
    }
    progress, views = folded(definition)
    assert (progress.status, progress.error) == ("FAILED", "BadFile")
    assert (views["bad"].state, views["slow"].state) == ("failed", "stopped")


def test_a_loop_counts_its_turns_and_adds_up_their_time():
    """What lies between the turns is not the step's time."""
    definition = {
        "QueryLanguage": "JSONata",
        "StartAt": "zero",
        "States": {
            "zero": {"Type": "Pass", "Assign": {"n": 0}, "Next": "turn"},
            "turn": {**task("w-2"), "Assign": {"n": "{% $n + 1 %}"}, "Next": "wait"},
            "wait": {"Type": "Wait", "Seconds": 100, "Next": "again"},
            "again": {
                "Type": "Choice",
                "Choices": [{"Condition": "{% $n < 3 %}", "Next": "turn"}],
                "Default": "done",
            },
            "done": {"Type": "Succeed"},
        },
    }
    _, views = folded(definition)
    assert (views["turn"].done, views["turn"].total, views["turn"].seconds) == (3, 3, 6.0)
    assert views["wait"].seconds == 300.0


def test_the_critical_path_goes_through_the_slower_branch():
    """It follows what each event waited for."""
    definition = {
        "StartAt": "p",
        "States": {
            "p": {
                "Type": "Parallel",
                "Branches": [
                    {"StartAt": "quick", "States": {"quick": task("w-1", End=True)}},
                    {"StartAt": "slow", "States": {"slow": task("w-5", End=True)}},
                ],
                "Next": "last",
            },
            "last": task("w-1", End=True),
        },
    }
    progress, _ = folded(definition)
    assert progress.critical_path(outline(definition)) == ["slow", "last"]


@pytest.mark.parametrize(
    ("error", "cause", "found"),
    [
        ("BadFile", '{"errorType": "BadFile", "errorMessage": "line 3"}', Failure("BadFile", "line 3")),
        (
            "BadFile",
            '{"errorType": "BadFile", "errorMessage": '
            '"{\\"message\\": \\"line 3\\", \\"class\\": \\"m.BadFile\\"}"}',
            Failure("BadFile", "line 3"),
        ),
        (
            "States.TaskFailed",
            '{"ExecutionArn": "a:b:n1", "Error": "BadFile", "Cause": "{\\"errorMessage\\": \\"x\\", '
            '\\"errorType\\": \\"BadFile\\"}"}',
            Failure("BadFile", "x", ("n1",)),
        ),
        ("E", '{"errorMessage": "cut', Failure("E", '{"errorMessage": "cut')),
        ("E", "[1]", Failure("E", "[1]")),
        (None, None, Failure("", "")),
        ("E", '{"anything": 1}', Failure("E", '{"anything": 1}')),
    ],
)
def test_the_real_failure_is_found_under_its_layers(error, cause, found):
    """Lambda's document, the wrapper's JSON in it, a nested run's answer; what is cut or foreign stays."""
    assert failure_of(error, cause) == found


@pytest.mark.parametrize(
    ("after", "state", "note"),
    [
        ([], "waiting", "waiting for a worker"),
        ([("ActivityStarted", 3)], "running", ""),
        ([("ActivityTimedOut", 3)], "running", "States.Timeout, will try again"),
    ],
)
def test_work_that_nobody_has_taken_waits_for_a_worker(
    after: list[tuple[str, int]], state: str, note: str
) -> None:
    """Until one takes it, or its time is over."""
    progress = Progress()
    events = [("ExecutionStarted", 0), ("TaskStateEntered", 1), ("ActivityScheduled", 2), *after]
    for kind, previous in events:
        details = {"name": "a", "error": "States.Timeout" if "TimedOut" in kind else None}
        progress.see(kind, 1000, previous, None, details)
    (view,) = progress.views(outline({"StartAt": "a", "States": {"a": task("f", End=True)}}))
    assert (view.state, view.note) == (state, note)
