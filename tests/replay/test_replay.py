"""A replayed run goes as it went, over all cases of the language; and what is said when it does not."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from typing import Any

import pytest

from ladle.local.recorder import stored
from ladle.local.replay import Difference, Replayed, replay
from ladle.operate.recording import Recording, record
from tests.cases import test_cases as cases
from tests.oracles import engine_runner

ARN = "arn:aws:states:us-east-1:123456789012:execution:m:r"


def run_of(name: str, run: dict[str, Any]) -> tuple[dict[str, Any], Any, Recording]:
    """Runs a case on the engine: its machine, its input, and its recording."""
    cases.reset(name)
    functions = cases.lambdas(name, run)
    definitions = {workflow: one.definition for workflow, one in cases.compiled(name).items()}
    main = cases.main_of(name).name
    found = engine_runner.run(definitions, main, run["input"], functions.functions, answers=functions.answers)
    execution = found.execution
    events = [stored(event) for event in execution.events()]
    definition = execution.machine.definition
    return definition, execution.input, record(definition, events)


@pytest.mark.parametrize(("name", "run"), cases.RUNS)
def test_a_replayed_run_goes_as_it_went(name: str, run: dict[str, Any]) -> None:
    """Every state is entered and left with the same values, every call made with the same arguments."""
    definition, given, recording = run_of(name, run)
    found = replay(recording, definition, given, ARN)
    assert found.difference is None
    assert found.agreed > 0
    assert found.recording.status == recording.status


@pytest.mark.parametrize(("name", "run"), cases.RUNS)
def test_newer_code_that_means_the_same_goes_the_same_way(name: str, run: dict[str, Any]) -> None:
    """Judged by calls and end alone, as it is for code that is about to be deployed."""
    definition, given, recording = run_of(name, run)
    found = replay(recording, definition, given, ARN, same_code=False)
    assert found.difference is None


def first(name: str) -> tuple[dict[str, Any], Any, Recording]:
    run = next(run for param in cases.RUNS for case, run in [param.values] if case == name)
    return run_of(name, run)


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
    return replay(line(), definition, {"n": 3}, ARN, **options)


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
