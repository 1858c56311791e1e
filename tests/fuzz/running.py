"""One run of a workflow, by each executor: what it gave, and its calls with their times."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ladle.compiler import Compiled, compile_workflow
from ladle.declare import Declared, Task, Workflow
from ladle.engine import Engine, TaskCall, TaskFailed, TaskSucceeded, compile_machine
from ladle.engine.protocols import Done
from ladle.runtime.envelope import Envelope
from ladle.runtime.values import given
from ladle.testing import plain_run
from tests.language.meaning import World
from tests.oracles import moto_runner
from tests.oracles.engine_runner import substituted
from tests.oracles.lambdas import Lambdas

__all__ = ["Called", "Run", "TaskWorld", "closure", "on_engine", "on_moto", "on_python"]


@dataclass(frozen=True, slots=True)
class Called:
    """One try of a task, from `began` to `ended` on the executor's clock; `error` is what it failed with."""

    text: str
    began: float
    ended: float
    error: str = ""

    @property
    def task(self) -> str:
        return str(json.loads(self.text)[0])


@dataclass
class Run:
    """How a run ended: its output, or the name and the text of its error."""

    output: Any = None
    error: str = ""
    cause: str = ""
    calls: list[Called] = field(default_factory=list)


def _text(name: str, arguments: Any) -> str:
    return json.dumps([name, arguments], sort_keys=True)


def closure(main: Workflow[..., Any]) -> dict[str, Compiled]:
    """The workflow and those that it calls, compiled."""
    found: dict[str, Compiled] = {}
    todo = [main]
    while todo:
        workflow = todo.pop()
        if workflow.name not in found:
            found[workflow.name] = compile_workflow(workflow)
            todo.extend(found[workflow.name].workflows)
    return found


# ---------------------------------------------------------------------------------------------- Python


def on_python(main: Workflow[..., Any], given: dict[str, Any]) -> Run:
    """The workflow as plain Python; calls of tasks only, in their order."""
    plain = plain_run(main, input=given)
    run = Run(plain.output)
    if plain.error is not None:
        run.error, run.cause = type(plain.error).__name__, str(plain.error)
    place = 0
    for call in plain.calls:
        if call.name != "nested":
            error = "" if call.error is None else type(call.error).__name__
            run.calls.append(Called(_text(call.name, call.arguments), place, place, error))
            place += 1
    return run


class TaskWorld(World):
    """Answers of the tasks' own functions, for the interpreter of forms."""

    def __init__(self) -> None:
        """Nothing is made up."""

    def answer(self, callee: Declared[..., Any], arguments: Mapping[str, Any]) -> Any:
        if isinstance(callee, Workflow):
            plain = plain_run(callee, input=dict(arguments))
            if plain.error is not None:
                raise plain.error
            return plain.output
        return callee.door.encode_result(callee.function(**callee.door.decode_arguments(arguments)))


# ---------------------------------------------------------------------------------------------- machines


class _Runner:
    """Runs tasks in this process; each takes a random time on the engine's clock."""

    def __init__(self, lambdas: Lambdas, chance: random.Random) -> None:
        self.lambdas = lambdas
        self.chance = chance
        self.engine: Engine | None = None
        self.calls: list[Called] = []

    def start(self, call: TaskCall, done: Done) -> None:
        assert isinstance(call.arguments, dict)
        assert self.engine is not None
        name, event = str(call.arguments["FunctionName"]), call.arguments.get("Payload")
        began, took = self.engine.clock.now(), float(self.chance.choice([1, 1, 2, 3, 7]))
        event = json.loads(json.dumps(event))
        text = _text(name, given(event["args"], Envelope.of(event)))
        try:
            result = self.lambdas.functions[name](json.loads(json.dumps(event)))
        except Exception as error:  # noqa: BLE001 - whatever a task raises is its failure
            payload = error.payload  # type: ignore[attr-defined]
            self.calls.append(Called(text, began, began + took, payload["errorType"]))
            done(TaskFailed(payload["errorType"], json.dumps(payload, separators=(",", ":")), took))
        else:
            self.calls.append(Called(text, began, began + took))
            done(TaskSucceeded({"ExecutedVersion": "$LATEST", "Payload": result, "StatusCode": 200}, took))


def _lambdas(found: Mapping[str, Compiled]) -> Lambdas:
    tasks: dict[str, Task[..., Any]] = {task.name: task for one in found.values() for task in one.tasks}
    return Lambdas(tasks.values())


def on_engine(found: Mapping[str, Compiled], name: str, given: dict[str, Any], chance: random.Random) -> Run:
    """The compiled machine on Ladle's engine."""
    runner = _Runner(_lambdas(found), chance)
    engine = runner.engine = Engine(runner)
    arns = {one: f"arn:aws:states:us-east-1:123456789012:stateMachine:{one}" for one in found}
    machines = {one: compile_machine(substituted(compiled.definition, arns), name=one) for one, compiled in found.items()}
    for machine in machines.values():
        engine.register(machine)
    execution = engine.start(machines[name], given, name="run-1")
    engine.run(execution)
    assert execution.status in ("SUCCEEDED", "FAILED"), execution.status
    error, cause = execution.error or "", execution.cause or ""
    while error == "States.TaskFailed" and (inner := _of_loop(cause, found)):
        error, cause = inner["Error"], inner.get("Cause", "")
    return Run(execution.output, error, cause, runner.calls)


def _of_loop(cause: str, found: Mapping[str, Compiled]) -> dict[str, Any]:
    """The failed run of a split loop that a cause tells of; empty for any other cause."""
    loops = {each.name for one in found.values() for each in one.loops}
    try:
        told = json.loads(cause)
    except ValueError:
        return {}
    ours = isinstance(told, dict) and told.get("StateMachineArn", "").rpartition(":")[2] in loops
    return told if ours and "Error" in told else {}


def on_moto(found: Mapping[str, Compiled], name: str, given: dict[str, Any]) -> Run:
    """The compiled machine on moto's interpreter, which runs no nested executions."""
    lambdas = _lambdas(found)
    ended = moto_runner.run(found[name].definition, given, lambdas.functions)
    calls = [Called(_text(*call), place, place) for place, call in enumerate(lambdas.calls)]
    return Run(ended.output, ended.error or "", ended.cause or "", calls)
