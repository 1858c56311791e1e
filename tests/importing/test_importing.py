"""A machine and the workflow that it is imported as do the same: the same calls, and the same end.

Each file of `machines/` is a machine with runs: an input, and what each function gives, call by call (the
last again and again); `!Name` is an error.
"""

from __future__ import annotations

import importlib.util
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from ladle import compiler
from ladle.compiler import Compiled
from ladle.declare import Task, Workflow
from ladle.importing import import_machine
from tests.oracles import engine_runner

FOLDER = Path(__file__).parent / "machines"
MACHINES = {path.stem: json.loads(path.read_text()) for path in sorted(FOLDER.glob("*.json"))}
RUNS = [
    pytest.param(name, run, id=f"{name}-{number}")
    for name, machine in MACHINES.items()
    for number, run in enumerate(machine["runs"])
]


class Failed(Exception):
    """A function failed under a name."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.payload = {"errorType": name, "errorMessage": f"it was {name}"}


class Functions:
    """Gives what a run says, and keeps the calls."""

    def __init__(self, results: dict[str, list[Any]], within: str | None) -> None:
        self.calls: list[tuple[str, Any]] = []
        self._left = {name: list(given) for name, given in results.items()}
        self._within = within

    def function(self, name: str) -> Callable[[Any], Any]:
        """The function of a name."""

        def called(event: Any) -> Any:
            arguments = event[self._within] if self._within else event
            if not isinstance(arguments, dict):
                arguments = {"event": arguments}
            self.calls.append((name, arguments))
            left = self._left[name]
            found = left.pop(0) if len(left) > 1 else left[0]
            if isinstance(found, str) and found.startswith("!"):
                raise Failed(found[1:])
            return found

        return called


def module_of(name: str, tmp_path: Path) -> ModuleType:
    found = import_machine(MACHINES[name]["definition"], name, {})
    assert found.problems == ()
    path = tmp_path / f"imported_{name}.py"
    path.write_text(found.text)
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def compiled(module: ModuleType) -> tuple[Compiled, list[Task[..., Any]]]:
    workflow = next(value for value in vars(module).values() if isinstance(value, Workflow))
    found = compiler.compile_workflow(workflow)
    return found, list(found.tasks)


def ran(definition: Any, run: dict[str, Any], names: dict[str, str], within: str | None) -> Any:
    """How a run ends, and its calls; `names` are those of the functions by their names in the machine."""
    functions = Functions(run["results"], within)
    tasks = {name: functions.function(real) for name, real in names.items()}
    found = engine_runner.run({"m": definition}, "m", run["input"], tasks)
    return (found.status, found.output, found.error), sorted(functions.calls, key=json.dumps)


def direct(definition: Any) -> Any:
    """The machine with each function called through `lambda:invoke`: what the runner of this test knows."""
    copied = json.loads(json.dumps(definition))
    states = [copied["States"]]
    while states:
        for state in states.pop().values():
            if ":function:" in state.get("Resource", ""):
                name = state["Resource"].rpartition(":")[2]
                payload = {"Payload.$": state.pop("InputPath", "$")}
                state["Parameters"] = {"FunctionName": name, **payload}
                state["Resource"] = "arn:aws:states:::lambda:invoke"
                state["ResultSelector"] = {"it.$": "$.Payload"}
                after = state["Next"]
                state["Next"] = f"{after} (unwrapped)"
                path = state["ResultPath"]
                states_of = copied["States"]
                states_of[f"{after} (unwrapped)"] = {
                    "Type": "Pass",
                    "InputPath": f"{path}.it",
                    "ResultPath": path,
                    "Next": after,
                }
                return direct(copied)
            states += [branch["States"] for branch in state.get("Branches", ())]
            states += [state[key]["States"] for key in ("Iterator", "ItemProcessor") if key in state]
    return copied


@pytest.mark.parametrize(("name", "run"), RUNS)
def test_the_workflow_does_what_the_machine_does(name: str, run: dict[str, Any], tmp_path: Path) -> None:
    """Status, output, error and calls agree."""
    functions = {each: each for each in run["results"]}
    expected = ran(direct(MACHINES[name]["definition"]), run, functions, None)
    found, tasks = compiled(module_of(name, tmp_path))
    assert ran(found.definition, run, {task.name: task.name for task in tasks}, "args") == expected


@pytest.mark.parametrize("name", MACHINES)
def test_the_module_reads_like_a_persons(name: str, tmp_path: Path) -> None:
    """It is as committed beside the machine: a person has looked at it (`LADLE_UPDATE=1` writes it)."""

    text = import_machine(MACHINES[name]["definition"], name, {}, source=f"{name}.json").text
    path = FOLDER / f"{name}.expected.txt"
    if os.environ.get("LADLE_UPDATE"):
        path.write_text(text)
    assert path.read_text() == text
    del tmp_path


def test_the_page_shows_what_comes_out() -> None:
    """The example of docs/importing.md is what the command writes."""
    page = (Path(__file__).parents[2] / "docs" / "importing.md").read_text()
    machine, module = (page.partition(f"```{kind}\n")[2].partition("```")[0] for kind in ("json", "python"))
    assert import_machine(json.loads(machine), "counting", {}, source="counting.asl.json").text == module


TASK: dict[str, Any] = {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke"}


@pytest.mark.parametrize(
    ("states", "reason"),
    [
        ({"A": {"Type": "Pass", "InputPath": "$.a[*]", "End": True}}, "may match several places"),
        ({"A": {**TASK, "Parameters": {"FunctionName.$": "$.f"}, "End": True}}, "the function is computed"),
        ({"A": {"Type": "Fail", "ErrorPath": "$.e"}}, "a Fail whose error or cause is computed"),
        (
            {"A": {"Type": "Task", "Resource": "arn:aws:states:us-east-1:1:activity:a", "End": True}},
            "an activity",
        ),
        (
            {
                "A": {
                    "Type": "Choice",
                    "Choices": [{"Variable": "$.t", "TimestampEquals": "2020-01-01T00:00:00Z", "Next": "B"}],
                    "Default": "B",
                },
                "B": {"Type": "Succeed"},
            },
            "TimestampEquals has no exact Python",
        ),
        (
            {"A": {**TASK, "Parameters": {"FunctionName": "F", "Payload.$": "$"}, "End": True}},
            "give an example of it",
        ),
        (
            {
                "A": {
                    "Type": "Choice",
                    "Choices": [{"Variable": "$.a", "BooleanEquals": True, "Next": "B"}],
                    "Default": "C",
                },
                "B": {"Type": "Pass", "Next": "C"},
                "C": {"Type": "Choice", "Choices": [{"Variable": "$.b", "BooleanEquals": True, "Next": "B"}]},
            },
            "its ways cross",
        ),
    ],
)
def test_what_has_no_python_is_refused_with_the_state(states: dict[str, Any], reason: str) -> None:
    """And nothing is written."""
    found = import_machine({"StartAt": "A", "States": states}, "w", {})
    assert found.text == ""
    assert any(reason in problem.message for problem in found.problems), found.problems


def test_an_example_shows_types() -> None:
    """Also of what is only passed on."""
    states = {"A": {**TASK, "Parameters": {"FunctionName": "F", "Payload.$": "$"}, "End": True}}
    example = {"id": "o1", "lines": [{"sku": "a", "count": 2}]}
    found = import_machine({"StartAt": "A", "States": states}, "w", {}, example=example)
    assert "def w(id: str, lines: list[FEventLinesItem]) -> WResult:" in found.text
    assert "    sku: str\n    count: int\n" in found.text


def test_calls_of_the_projects_own_are_calls_of_them() -> None:
    """With their arguments out of the payload."""
    payload = {"args": {"day.$": "$.day"}}
    states = {
        "A": {**TASK, "Parameters": {"FunctionName": "${load}", "Payload": payload}, "Next": "B"},
        "B": {
            "Type": "Task",
            "Resource": "arn:aws:states:::states:startExecution.sync:2",
            "Parameters": {"StateMachineArn": "${nightly}", "Input": {"rows.$": "$.Payload"}},
            "OutputPath": "$.Output",
            "End": True,
        },
    }
    known = {"load": "functions.work", "nightly": "statemachines.flows"}
    found = import_machine({"StartAt": "A", "States": states}, "w", known)
    assert "from functions.work import load\nfrom statemachines.flows import nightly\n" in found.text
    assert "        a = load(day=day)\n        return nightly(rows=a)\n" in found.text


def test_the_command_writes_a_module_that_compiles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once: what is there is not written over."""
    from click.testing import CliRunner

    from ladle.cli.app import cli

    monkeypatch.chdir(tmp_path)
    machine = tmp_path / "Counting.asl.json"
    machine.write_text(json.dumps(MACHINES["counting"]["definition"]))
    done = CliRunner().invoke(cli, ["import", str(machine), "-o", "statemachines/counting.py"])
    assert done.exit_code == 0, done.output
    assert "def counting(" in (tmp_path / "statemachines" / "counting.py").read_text()
    again = CliRunner().invoke(cli, ["import", str(machine), "-o", "statemachines/counting.py"])
    assert (again.exit_code, "is there already" in again.stderr) == (2, True)
    machine.write_text('{"StartAt": "A", "States": {"A": {"Type": "Fail", "ErrorPath": "$.e"}}}')
    refused = CliRunner().invoke(cli, ["import", str(machine)])
    assert refused.exit_code == 2
    assert "A: a Fail whose error or cause is computed" in refused.stderr


def test_the_same_machine_gives_the_same_module_each_time() -> None:
    """Whatever the order of sets is in the process."""
    import subprocess

    script = (
        "import json, sys; from ladle.importing import import_machine\n"
        "for path in sys.argv[1:]: print(import_machine(json.load(open(path))['definition'], 'w', {}).text)"
    )
    files = sorted(map(str, FOLDER.glob("*.json")))
    texts = {
        subprocess.run(
            [sys.executable, "-c", script, *files],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(texts) == 1


def test_what_only_some_ways_set_is_not_read() -> None:
    """Neither as something else of the same name nor as nothing."""
    states = {
        "A": {
            "Type": "Choice",
            "Choices": [{"Variable": "$.a", "BooleanEquals": True, "Next": "B"}],
            "Default": "C",
        },
        "B": {**TASK, "Parameters": {"FunctionName": "F", "Payload": {}}, "ResultPath": "$.b", "Next": "C"},
        "C": {
            "Type": "Choice",
            "Choices": [{"Variable": "$.b", "IsNull": True, "Next": "D"}],
            "Default": "D",
        },
        "D": {"Type": "Succeed", "OutputPath": "$.a"},
    }
    found = import_machine({"StartAt": "A", "States": states}, "w", {})
    assert [problem.state for problem in found.problems] == ["C"]
    assert "set on some ways" in found.problems[0].message
