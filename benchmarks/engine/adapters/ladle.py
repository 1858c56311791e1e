"""Ladle's engine, in process, with its full history kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.engine.functions import FUNCTIONS
from ladle.engine import Engine, TaskCall, TaskFailed, TaskSucceeded, compile_machine
from ladle.engine.protocols import Done


class Runner:
    """Calls the workload's functions at once."""

    def start(self, call: TaskCall, done: Done) -> None:
        optimized = call.resource.endswith(":lambda:invoke")
        arguments: Any = call.arguments
        name = (arguments["FunctionName"] if optimized else call.resource).rsplit(":", 1)[-1]
        try:
            result = FUNCTIONS[name](arguments["Payload"] if optimized else arguments)
        except Exception as error:  # noqa: BLE001 - whatever a function raises is its failure
            done(TaskFailed(type(error).__name__, str(error)))
        else:
            done(TaskSucceeded({"Payload": result, "StatusCode": 200} if optimized else result))


def prepare(definition: dict[str, Any]) -> Callable[[Any], Any]:
    machine = compile_machine(definition, name="bench")

    # AWS ends a run at 25,000 events; some of the workloads have more.
    engine = Engine(Runner(), history_limit=None)

    def run(value: Any) -> Any:
        execution = engine.start(machine, value)
        engine.run(execution)
        if execution.status != "SUCCEEDED":
            raise RuntimeError(f"{execution.status} {execution.error} {execution.cause}")
        engine.forget(execution)
        return execution.output

    return run
