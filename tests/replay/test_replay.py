"""A replayed run goes as it went, over all cases of the language; and what is said when it does not."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from typing import Any

import pytest

from ladle.engine import Engine, Execution, TaskCall, TaskFailed, TaskSucceeded, compile_machine
from ladle.errors import LadleError
from ladle.local.recorder import stored
from ladle.local.replay import Difference, Replayed, replay
from ladle.operate.recording import Recording, record
from tests.cases import test_cases as cases
from tests.oracles import engine_runner

ARN = "arn:aws:states:us-east-1:123456789012:execution:m:r"


def run_of(name: str, run: dict[str, Any]) -> tuple[dict[str, Any], Recording, str]:
    """Runs a case on the engine: its machine, its recording, and the ARN of the execution."""
    cases.reset(name)
    functions = cases.lambdas(name, run)
    definitions = {workflow: one.definition for workflow, one in cases.compiled(name).items()}
    main = cases.main_of(name).name
    with cases.aws_of(name):
        found = engine_runner.run(
            definitions, main, run["input"], functions.functions, answers=functions.answers
        )
    execution = found.execution
    events = [stored(event) for event in execution.events()]
    definition = execution.machine.definition
    return definition, record(definition, events), execution.arn


@pytest.mark.parametrize(("name", "run"), cases.RUNS)
def test_a_replayed_run_goes_as_it_went(name: str, run: dict[str, Any]) -> None:
    """Every state is entered and left with the same values, every call made with the same arguments."""
    definition, recording, arn = run_of(name, run)
    found = replay(recording, definition, arn)
    assert found.difference is None
    assert found.agreed > 0
    assert found.recording.status == recording.status


@pytest.mark.parametrize(("name", "run"), cases.RUNS)
def test_newer_code_that_means_the_same_goes_the_same_way(name: str, run: dict[str, Any]) -> None:
    """Judged by calls and end alone, as it is for code that is about to be deployed."""
    definition, recording, arn = run_of(name, run)
    found = replay(recording, definition, arn, same_code=False)
    assert found.difference is None


def altered(definition: Mapping[str, Any], state: str, **fields: Any) -> dict[str, Any]:
    changed = copy.deepcopy(dict(definition))
    changed["States"][state].update(fields)
    return changed


LINE: dict[str, Any] = {
    "QueryLanguage": "JSONata",
    "StartAt": "load",
    "States": {
        "load": {
            "Type": "Task",
            "Resource": "arn:aws:states:::lambda:invoke",
            "Arguments": {"FunctionName": "load", "Payload": {"args": {"n": "{% $states.input.n %}"}}},
            "Assign": {"rows": "{% $states.result.Payload %}"},
            "Next": "many?",
        },
        "many?": {
            "Type": "Choice",
            "Choices": [{"Condition": "{% $rows > 10 %}", "Next": "split"}],
            "Default": "save",
        },
        "split": {"Type": "Succeed", "Output": "split"},
        "save": {
            "Type": "Task",
            "Resource": "arn:aws:states:::lambda:invoke",
            "Arguments": {"FunctionName": "save", "Payload": {"args": {"rows": "{% $rows %}"}}},
            "Output": "{% $states.result.Payload %}",
            "End": True,
        },
    },
}


def line(definition: Mapping[str, Any] = LINE) -> Recording:
    tasks = {
        "load": lambda event: event["args"]["n"] * 2,
        "save": lambda event: f"{event['args']['rows']} saved",
    }
    found = engine_runner.run({"m": dict(definition)}, "m", {"n": 3}, tasks)
    return record(definition, [stored(event) for event in found.execution.events()])


def replayed(definition: Mapping[str, Any], **options: Any) -> Replayed:
    return replay(line(), definition, ARN, **options)


def test_another_way_is_told_by_where_the_ways_part() -> None:
    """A Choice that goes elsewhere: what it led to then, and now."""
    found = replayed(altered(LINE, "many?", Choices=[{"Condition": "{% $rows > 5 %}", "Next": "split"}]))
    assert str(found.difference) == "after many?: then the run entered save, now it enters split"


def test_another_value_is_told_by_its_path() -> None:
    """The first value that differs, with what it was and is."""
    found = replayed(altered(LINE, "load", Assign={"rows": "{% $states.result.Payload + 1 %}"}))
    assert str(found.difference) == "at load: what it gave.assigned.rows: then 6, now 7"


def test_newer_code_is_judged_by_its_calls() -> None:
    """A call that was never made has no result to go on with: the replay ends there."""
    arguments = {"FunctionName": "save", "Payload": {"args": {"rows": "{% $rows + 1 %}"}}}
    found = replayed(altered(LINE, "save", Arguments=arguments), same_code=False)
    assert str(found.difference) == (
        'at save: the call: then none like it, now save is called with {"Payload": {"args": {"rows": 7}}}'
    )


def test_newer_code_that_leaves_a_call_out_goes_another_way() -> None:
    """A recorded call that is not made any more is a difference, too."""
    found = replayed(altered(LINE, "many?", Default="split"), same_code=False)
    assert str(found.difference) == "at save: the call: then save was called, now it is not"


def test_newer_code_may_move_its_calls() -> None:
    """Calls are found by what they call and are given, whatever state they stand in now."""
    text = (
        json.dumps(LINE)
        .replace('"save"', '"store it"')
        .replace('"FunctionName": "store it"', '"FunctionName": "save"')
    )
    assert replayed(json.loads(text), same_code=False).difference is None


def test_a_difference_is_data_too() -> None:
    """For `--json`."""
    difference = Difference(None, "after many?", "save", "split", 9)
    assert difference.as_json() == {
        "step": None,
        "what": "after many?",
        "then": "save",
        "now": "split",
        "event": 9,
    }


def on_engine(
    definition: Mapping[str, Any], runner: Any, given: Any, drive: Any, store: Any = None
) -> Recording:
    """A run driven by hand, recorded."""
    engine = Engine(runner, store=store, seed=3)
    execution = engine.start(compile_machine(json.dumps(definition), name="m"), given, name="r")
    drive(engine, execution)
    return record(definition, [stored(event) for event in execution.events()])


class Runner:
    """Answers calls with what `results` has for their state, one after the other, each after five seconds."""

    def __init__(self, **results: list[Any]) -> None:
        self.results = results

    def start(self, call: TaskCall, done: Any) -> None:
        found = self.results[call.state].pop(0)
        done(TaskFailed(found, None, 5) if isinstance(found, str) else TaskSucceeded({"Payload": found}, 5))


def test_a_redriven_run_is_redriven_again() -> None:
    """Its history goes on after the failure, and so does the replay."""

    def drive(engine: Engine, execution: Execution) -> None:
        engine.run(execution)
        engine.clock.advance(60_000)
        execution.redrive()
        engine.run(execution)

    recording = on_engine(LINE, Runner(load=[6], save=["Late", "6 saved"]), {"n": 3}, drive)
    # A text stands for an error; "6 saved" is one, too: the second try failed as well.
    assert (recording.status, len(recording.redriven)) == ("FAILED", 1)
    found = replay(recording, LINE, ARN)
    assert found.difference is None
    assert len(found.recording.calls) == 3


def test_a_stopped_run_is_stopped_again() -> None:
    """At the same instant; what was under way never ends."""
    line = copy.deepcopy(LINE)
    line["States"]["save"] = {"Type": "Wait", "Seconds": 600, "End": True}

    def drive(engine: Engine, execution: Execution) -> None:
        engine.run(execution, until=engine.clock.ms + 60_000)
        engine.clock.advance(60_000)
        execution.stop("Enough", "by hand")

    recording = on_engine(line, Runner(load=[6]), {"n": 3}, drive)
    assert recording.status == "ABORTED"
    assert replay(recording, line, ARN).difference is None


def test_a_run_that_timed_out_times_out_again() -> None:
    """On the virtual clock: nobody waits."""
    line = {**LINE, "TimeoutSeconds": 3}
    recording = on_engine(line, Runner(load=[6]), {"n": 3}, lambda engine, run: engine.run(run))
    assert recording.status == "TIMED_OUT"
    assert replay(recording, line, ARN).difference is None


def test_what_has_another_value_each_time_keeps_the_one_it_had() -> None:
    """A Pass that reads the clock, or makes an id, gives what it gave."""
    machine = {
        "QueryLanguage": "JSONata",
        "StartAt": "mark",
        "States": {
            "mark": {
                "Type": "Pass",
                "Assign": {"id": "{% $uuid() %}"},
                "Output": {"at": "{% $now() %}"},
                "Next": "end",
            },
            "end": {"Type": "Succeed", "Output": {"id": "{% $id %}", "at": "{% $states.input.at %}"}},
        },
    }
    recording = on_engine(machine, Runner(), {}, lambda engine, run: engine.run(run))
    found = replay(recording, machine, ARN, seed=4)
    assert found.difference is None
    assert found.recording.output == recording.output


def test_a_distributed_map_gives_what_it_gave() -> None:
    """Its children are runs of their own; here it is one step, with its recorded result."""
    machine = {
        "QueryLanguage": "JSONata",
        "StartAt": "each",
        "States": {
            "each": {
                "Type": "Map",
                "Items": [1, 2, 3],
                "ItemProcessor": {
                    "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
                    "StartAt": "one",
                    "States": {"one": {"Type": "Pass", "Output": "{% $states.input * 2 %}", "End": True}},
                },
                "Assign": {"found": "{% $states.result %}"},
                "Next": "end",
            },
            "end": {"Type": "Succeed", "Output": "{% $sum($found) %}"},
        },
    }
    recording = on_engine(machine, Runner(), {}, lambda engine, run: engine.run(run))
    assert recording.output == 12
    found = replay(recording, machine, ARN)
    assert (found.difference, found.recording.output) == (None, 12)


def test_a_run_redriven_at_several_open_steps_is_refused() -> None:
    """AWS's history does not tell which of them an event after the redrive belongs to."""
    task = {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Arguments": {}, "End": True}
    branches = [{"StartAt": name, "States": {name: task}} for name in ("left", "right")]
    machine = {
        "QueryLanguage": "JSONata",
        "StartAt": "both",
        "States": {"both": {"Type": "Parallel", "Branches": branches, "End": True}},
    }

    def drive(engine: Engine, execution: Execution) -> None:
        engine.run(execution)
        execution.redrive()
        engine.run(execution)

    engine = Engine(Runner(left=["Bad", "Bad"], right=[1, 1]))
    execution = engine.start(compile_machine(json.dumps(machine), name="m"), {}, name="r")
    drive(engine, execution)
    events = [stored(event) for event in execution.events()]
    for event in events:
        event.pop("state", None)  # AWS does not have it
    with pytest.raises(LadleError, match="does not tell which of them"):
        record(machine, events)


def test_a_worker_that_died_is_replayed() -> None:
    """It took the work and was never heard of again: the heartbeat was missed, and the call tried again."""
    activity = "arn:aws:states:us-east-1:123456789012:activity:a"
    again = {"ErrorEquals": ["States.Timeout"], "IntervalSeconds": 1, "MaxAttempts": 1}
    task = {
        "Type": "Task",
        "Resource": activity,
        "Arguments": {"n": 1},
        "TimeoutSeconds": 600,
        "HeartbeatSeconds": 60,
        "Retry": [again],
        "End": True,
    }
    machine = {"QueryLanguage": "JSONata", "StartAt": "a", "States": {"a": task}}
    engine = Engine(Runner())
    engine.activities.create(activity)
    execution = engine.start(compile_machine(json.dumps(machine), name="m"), {}, name="r")

    def works(given: Any) -> None:
        if given is None:  # a minute has passed
            engine.activities.poll(activity, "second", works)
        else:
            engine.send_task_success(given.token, 7)

    def dead(given: Any) -> None:
        assert given is not None
        engine.activities.poll(activity, "second", works)

    engine.activities.poll(activity, "first", dead)
    engine.run(execution)
    assert (execution.status, execution.output) == ("SUCCEEDED", 7)
    recording = record(machine, [stored(event) for event in execution.events()])
    assert [call.outcome for call in recording.calls] == ["timed out", "succeeded"]
    found = replay(recording, machine, execution.arn)
    assert found.difference is None
    assert found.recording.output == 7
    other = altered(machine, "a", Arguments={"n": 2})
    assert replay(recording, other, execution.arn, same_code=False).difference is not None
