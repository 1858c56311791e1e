"""Each case is a folder: a workflow, the machine it compiles to, and runs with their results.

A run is held three ways: the workflow as plain Python, its machine on Ladle's engine, and its machine on
moto's interpreter. All give the same result and make the same calls. `LADLE_UPDATE=1` rewrites the expected
machines.
"""

from __future__ import annotations

import importlib.util
import json
import os
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest import mock

import pytest
from ladle import compiler
from ladle.asl import validate
from ladle.compiler import Compiled
from ladle.declare import Workflow
from ladle.testing import plain_run
from moto import mock_aws
from tests.oracles import engine_runner, moto_runner
from tests.oracles.lambdas import Lambdas
from tests.oracles.storing import everything_stored

HERE = Path(__file__).parent
CASES = sorted(path.parent.name for path in HERE.glob("*/workflow.py"))
RUNS = [
    pytest.param(name, run, id=f"{name}-{number}")
    for name in CASES
    for number, run in enumerate(json.loads((HERE / name / "cases.json").read_text()))
]


@lru_cache
def module_of(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"case_{name}", HERE / name / "workflow.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def main_of(name: str) -> Workflow[..., Any]:
    """The workflow of a case: the last one of its module."""
    found = [value for value in vars(module_of(name)).values() if isinstance(value, Workflow)]
    return found[-1]


@lru_cache
def compiled(name: str) -> dict[str, Compiled]:
    """The workflow of a case, and those that it calls, compiled."""
    found: dict[str, Compiled] = {}
    todo = [main_of(name)]
    while todo:
        workflow = todo.pop()
        if workflow.name not in found:
            found[workflow.name] = compiler.compile_workflow(workflow)
            todo.extend(found[workflow.name].workflows)
    return found


def express(name: str) -> set[str]:
    """Which of a case's machines are Express ones."""
    workflows = [workflow for one in compiled(name).values() for workflow in one.workflows]
    return {workflow.name for workflow in workflows if workflow.type == "EXPRESS"}


def reset(name: str) -> None:
    """Forgets what stateful tasks remember, so that each executor begins anew."""
    getattr(module_of(name), "reset", lambda: None)()


@contextmanager
def aws_of(name: str) -> Iterator[None]:
    """For a case that calls services: an AWS in memory with what its `setup` puts there, new each time."""
    setup = getattr(module_of(name), "setup", None)
    if setup is None:
        yield
        return
    keys = {"AWS_ACCESS_KEY_ID": "ak", "AWS_SECRET_ACCESS_KEY": "sk", "AWS_DEFAULT_REGION": "us-east-1"}
    with mock.patch.dict(os.environ, keys), mock_aws(config=moto_runner.CONFIG):
        setup()
        yield


def lambdas(name: str, run: dict[str, Any]) -> Lambdas:
    tasks = {task.name: task for one in compiled(name).values() for task in (*one.tasks, *one.activities)}
    return Lambdas(tasks.values(), run.get("answers"))


def counted(calls: Any) -> Counter[str]:
    return Counter(json.dumps(_plain(call), sort_keys=True) for call in calls)


def _plain(value: Any) -> Any:
    """JSON has one kind of number: 1.0 is 1."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, list | tuple) else value


def check_end(run: dict[str, Any], output: Any, error: str | None, cause: str | None, who: str) -> None:
    if "error" in run:
        legal = run["error"] if isinstance(run["error"], list) else [run["error"]]
        assert error in legal, f"{who} ended with {error}, {output}"
    else:
        assert error is None, f"{who} failed with {error}: {cause}"
        assert output == run["result"], who


def check_calls(run: dict[str, Any], plain: Any, calls: Any, who: str) -> None:
    """Each executor makes plain Python's calls; `extra` are names that overlapping may call besides."""
    more, less = counted(calls) - counted(plain), counted(plain) - counted(calls)
    extra = {json.loads(call)[0] for call in more}
    assert extra <= set(run.get("extra", ())), f"{who} also called {dict(more)}"
    missing = {json.loads(call)[0] for call in less}
    assert missing <= set(run.get("stopped", ())), f"{who} did not call {dict(less)}"


def plain_calls(name: str, run: dict[str, Any]) -> list[tuple[str, Any]]:
    reset(name)
    with aws_of(name):
        found = plain_run(main_of(name), input=run["input"], answers=run.get("answers"))
    error = None if found.error is None else type(found.error).__name__
    check_end(run, found.output, error, str(found.error), "plain Python")
    if "text" in run:
        assert str(found.error) == run["text"]
    tasks = {task.name for one in compiled(name).values() for task in (*one.tasks, *one.activities)}
    return [(call.name, call.arguments) for call in found.calls if call.name in tasks]


@pytest.mark.parametrize("name", CASES)
def test_machine_is_as_committed_and_valid(name: str) -> None:
    """A workflow compiles to the machine beside it, which AWS would accept."""
    for workflow, one in compiled(name).items():
        path = (
            HERE / name / ("expected.asl.json" if workflow == main_of(name).name else f"{workflow}.asl.json")
        )
        if os.environ.get("LADLE_UPDATE"):
            path.write_text(one.text)
        kind = "EXPRESS" if workflow in express(name) else "STANDARD"
        assert validate(one.text, type=kind, path=str(path.name)) == ()
        calls = {name for name, state in one.definition["States"].items() if state["Type"] == "Task"}
        assert calls <= set(one.source_map)
        assert {Path(place.path).name for place in one.source_map.values()} == {"workflow.py"}
        assert one.text == path.read_text(), "run with LADLE_UPDATE=1 and review the difference"


@pytest.mark.parametrize("name", CASES)
def test_compiling_is_deterministic(name: str) -> None:
    """Compiling again gives the same text, byte for byte."""
    assert compiler.compile_workflow(main_of(name)).text == compiled(name)[main_of(name).name].text


@pytest.mark.parametrize(("name", "run"), RUNS)
def test_engine_agrees_with_python(name: str, run: dict[str, Any]) -> None:
    """The machine on Ladle's engine gives what plain Python gives, and makes the same calls."""
    expected = plain_calls(name, run)
    reset(name)
    functions = lambdas(name, run)
    definitions = {workflow: one.definition for workflow, one in compiled(name).items()}
    with aws_of(name):
        found = engine_runner.run(
            definitions,
            main_of(name).name,
            run["input"],
            functions.functions,
            answers=functions.answers,
            express=express(name),
        )
    check_end(run, found.output, found.error, found.cause, "the engine")
    check_calls(run, expected, functions.calls, "the engine")
    if "transitions" in run:
        assert found.transitions == run["transitions"]
    if "text" in run:
        assert run["text"] in (found.cause or "")


@pytest.mark.parametrize(("name", "run"), RUNS)
def test_results_that_are_stored_change_nothing(name: str, run: dict[str, Any]) -> None:
    """With a reference in place of all that the workflow itself does not read, it runs as with the values."""
    expected = plain_calls(name, run)
    reset(name)
    functions = lambdas(name, run)
    definitions = {workflow: one.definition for workflow, one in compiled(name).items()}
    with aws_of(name), everything_stored():
        found = engine_runner.run(
            definitions,
            main_of(name).name,
            run["input"],
            functions.functions,
            answers=functions.answers,
            express=express(name),
        )
    check_end(run, found.output, found.error, found.cause, "the engine, results stored")
    check_calls(run, expected, functions.calls, "the engine, results stored")


@pytest.mark.parametrize(("name", "run"), RUNS)
def test_moto_agrees_with_python(name: str, run: dict[str, Any]) -> None:
    """The machine on moto's interpreter gives what plain Python gives, and makes the same calls."""
    if len(compiled(name)) > 1:
        pytest.skip("moto runs no nested executions")
    if reason := getattr(module_of(name), "NO_MOTO", ""):
        pytest.skip(f"moto: {reason}")
    expected = plain_calls(name, run)
    reset(name)
    functions = lambdas(name, run)
    definition = compiled(name)[main_of(name).name].definition
    with aws_of(name):
        found = moto_runner.run(definition, run["input"], functions.functions, answers=functions.answers)
    output = found.text if isinstance(run.get("result"), str) else found.output
    check_end(run, output, found.error, found.cause, "moto")
    check_calls(run, expected, functions.calls, "moto")
