"""One run of a workflow, by each executor: what it gave, and its calls with their times."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any

from ladle.compiler import Compiled, SplitLoop, compile_workflow
from ladle.compiler.language.form import Program
from ladle.declare import Declared, Task, Workflow
from ladle.engine import Engine, Machine, TaskCall, TaskFailed, TaskSucceeded, compile_machine
from ladle.engine.protocols import Done
from ladle.testing import plain_run
from tests.language.meaning import World
from tests.oracles import moto_runner
from tests.oracles.engine_runner import substituted
from tests.oracles.jsonata_js import JsonataJs, Unavailable, oracle
from tests.oracles.lambdas import Lambdas, arguments_of

__all__ = ["Called", "Machines", "Run", "TaskWorld", "on_engine", "on_moto", "on_python"]


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
    """How a run ended: its output, or the name and the text of its error; `failures` are the errors of its calls,
    `failed` those calls."""

    output: Any = None
    error: str = ""
    cause: str = ""
    calls: list[Called] = field(default_factory=list)
    failures: set[str] = field(default_factory=set)
    failed: Counter[str] = field(default_factory=Counter)

    def add(self, call: Called) -> None:
        self.calls.append(call)
        self.fail(call.error, [call.text])

    def fail(self, error: str, calls: Iterable[str]) -> None:
        if error:
            self.failures.add(error)
            self.failed.update(calls)


def _text(name: str, arguments: Any) -> str:
    return json.dumps([name, arguments], sort_keys=True)


@dataclass
class Machines:
    """A workflow and those that it calls, compiled, and made ready for every executor once."""

    name: str
    compiled: Mapping[str, Compiled]

    @classmethod
    def of(cls, main: Workflow[..., Any]) -> Machines:
        """Raises DiagnosticError where the workflow is refused."""
        found: dict[str, Compiled] = {main.name: compile_workflow(main)}
        todo = list(found[main.name].workflows)
        while todo:
            workflow = todo.pop()
            if workflow.name not in found:
                # The same callees stand in many programs; what makes the turns of a split loop, in one.
                compiled = compile_workflow if isinstance(workflow, SplitLoop) else _callee
                found[workflow.name] = compiled(workflow)
                todo.extend(found[workflow.name].workflows)
        return cls(main.name, found)

    @property
    def program(self) -> Program:
        """The typed form of the workflow."""
        program = self.compiled[self.name].program
        assert program is not None
        return program

    @property
    def definition(self) -> dict[str, Any]:
        return self.compiled[self.name].definition

    @cached_property
    def engine(self) -> dict[str, Machine]:
        arns = {one: f"arn:aws:states:us-east-1:123456789012:stateMachine:{one}" for one in self.compiled}
        return {name: compile_machine(substituted(one.definition, arns), name=name) for name, one in self.compiled.items()}

    @cached_property
    def moto(self) -> moto_runner.Machine | None:
        """None where moto cannot run it: nested executions, names in objects that JSON escapes (it keeps the
        escapes)."""
        if len(self.compiled) > 1 or any(json.dumps(key, ensure_ascii=False)[1:-1] != key for key in _keys(self.definition)):
            return None
        return moto_runner.Machine(self.definition, reference())

    @cached_property
    def timed(self) -> bool:
        """Whether the times that tasks take can matter: something runs beside something else."""
        return any(kind in one.text for one in self.compiled.values() for kind in ('"Parallel"', '"Map"'))

    def lambdas(self) -> Lambdas:
        tasks: dict[str, Task[..., Any]] = {task.name: task for one in self.compiled.values() for task in one.tasks}
        return Lambdas(tasks.values())


def _keys(value: Any) -> Iterator[str]:
    """Every name in the objects of a JSON value."""
    if isinstance(value, dict):
        yield from value
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from _keys(inner)


@cache
def _callee(workflow: Workflow[..., Any]) -> Compiled:
    return compile_workflow(workflow)


@cache
def reference() -> JsonataJs | None:
    """jsonata-js, None where there is no Node."""
    try:
        return oracle()
    except Unavailable:
        return None


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
            run.add(Called(_text(call.name, call.arguments), place, place, error))
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
        name = str(call.arguments["FunctionName"])
        began, took = self.engine.clock.now(), float(self.chance.choice([1, 1, 2, 3, 7]))
        event = json.loads(json.dumps(call.arguments.get("Payload")))
        calls, error = self.lambdas.calls, ""
        before = len(calls)
        try:
            result = self.lambdas.functions[name](event)
        except Exception as raised:  # noqa: BLE001 - whatever a task raises is its failure
            payload = raised.payload  # type: ignore[attr-defined]
            error = payload["errorType"]
            done(TaskFailed(error, json.dumps(payload, separators=(",", ":")), took))
        else:
            done(TaskSucceeded({"ExecutedVersion": "$LATEST", "Payload": result, "StatusCode": 200}, took))
        # Of a batch, each item is a call.
        self.calls += [Called(_text(*each), began, began + took, error) for each in calls[before:]]


def on_engine(machines: Machines, given: dict[str, Any], chance: random.Random) -> Run:
    """The compiled machine on Ladle's engine; each task takes a random time."""
    runner = _Runner(machines.lambdas(), chance)
    engine = runner.engine = Engine(runner)
    for machine in machines.engine.values():
        engine.register(machine)
    execution = engine.start(machines.engine[machines.name], given, name="run-1")
    engine.run(execution)
    assert execution.status in ("SUCCEEDED", "FAILED"), execution.status
    run = Run(execution.output, execution.error or "", execution.cause or "")
    while run.error == "States.TaskFailed" and (inner := _of_loop(run.cause, machines)):
        run.error, run.cause = inner["Error"], inner.get("Cause", "")
    for call in runner.calls:
        run.add(call)
    return run


def _of_loop(cause: str, machines: Machines) -> dict[str, Any]:
    """The failed run of a split loop that a cause tells of; empty for any other cause."""
    loops = {each.name for one in machines.compiled.values() for each in one.loops}
    try:
        told = json.loads(cause)
    except ValueError:
        return {}
    ours = isinstance(told, dict) and told.get("StateMachineArn", "").rpartition(":")[2] in loops
    return told if ours and "Error" in told else {}


def on_moto(machines: Machines, given: dict[str, Any]) -> Run | None:
    """The compiled machine on moto's interpreter; None where moto cannot run it."""
    if machines.moto is None:
        return None
    lambdas, run = machines.lambdas(), Run()

    def noting(name: str, function: Callable[[Any], Any]) -> Callable[[Any], Any]:
        def call(event: Any) -> Any:
            try:
                return function(event)
            except Exception as raised:
                run.fail(raised.payload["errorType"], [_text(name, each) for each in arguments_of(event)])  # type: ignore[attr-defined]
                raise

        return call

    ended = machines.moto.run(given, {name: noting(name, one) for name, one in lambdas.functions.items()})
    run.output, run.error, run.cause = ended.output, ended.error or "", ended.cause or ""
    run.calls = [Called(_text(*call), place, place) for place, call in enumerate(lambdas.calls)]
    return run
