"""What the engine's tests share: a runner made of Python functions, and short ways to run a definition."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ladle.engine import Engine, Execution, TaskCall, TaskFailed, TaskSucceeded, VirtualClock, compile_machine
from ladle.engine.protocols import Done

START = 1_700_000_000.0


class Fail(Exception):
    """Raised by a task function to fail with an ASL error name."""

    def __init__(self, error: str, cause: str = "") -> None:
        super().__init__(error, cause)
        self.error = error
        self.cause = cause


class Functions:
    """A synchronous runner: one function a state, called with the task's arguments. Keeps all calls."""

    def __init__(self, **functions: Callable[[Any], Any]) -> None:
        self.functions = functions
        self.calls: list[TaskCall] = []

    def start(self, call: TaskCall, done: Done) -> None:
        """See TaskRunner."""
        self.calls.append(call)
        try:
            result = self.functions[call.state](call.arguments)
        except Fail as failure:
            done(TaskFailed(failure.error, failure.cause))
            return
        done(result if isinstance(result, (TaskSucceeded, TaskFailed)) else TaskSucceeded(result))


LAMBDA = "arn:aws:lambda:us-east-1:123456789012:function:f"


def task(**fields: Any) -> dict[str, Any]:
    """A Task state that calls a function directly and ends, unless `fields` say otherwise."""
    state = {"Type": "Task", "Resource": LAMBDA, **fields}
    return state if "Next" in state else {**state, "End": True}


def machine(states: dict[str, Any], **top: Any) -> dict[str, Any]:
    """A JSONata definition that starts at the first of the states."""
    return {"QueryLanguage": "JSONata", "StartAt": next(iter(states)), "States": states, **top}


def engine_of(runner: Any = None, **options: Any) -> Engine:
    """An engine on a clock that starts at a fixed instant."""
    return Engine(runner or Functions(), clock=VirtualClock(START), **options)


def run(
    definition: dict[str, Any],
    input: Any = None,
    *,
    runner: Any = None,
    engine: Engine | None = None,
    type: str = "STANDARD",
    name: str = "m",
) -> Execution:
    """Compile, start and drive one execution."""
    engine = engine or engine_of(runner)
    execution = engine.start(
        compile_machine(definition, name=name, type=type), {} if input is None else input
    )
    engine.run(execution)
    return execution


def types(execution: Execution) -> list[str]:
    """The types of an execution's events."""
    return [event.type for event in execution.events()]


def chain(execution: Execution) -> list[tuple[int, int, str]]:
    """(id, previous id, type) of every event."""
    return [(event.id, event.previous_id, event.type) for event in execution.events()]


def lasted(execution: Execution) -> float:
    """Seconds between start and stop on the virtual clock."""
    assert execution.stopped is not None
    return (execution.stopped - execution.started).total_seconds()
