"""sfnx.testing, in process. It keeps no history, and checks the definition on every run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.engine.functions import FUNCTIONS


def prepare(definition: dict[str, Any]) -> Callable[[Any], Any]:
    from sfnx import testing

    def tasks(call: Any) -> Any:
        try:
            name = call.arguments["FunctionName"].rsplit(":", 1)[-1]
            return {"Payload": FUNCTIONS[name](call.arguments["Payload"])}
        except Exception as error:
            raise testing.Failure(type(error).__name__, str(error)) from error

    return lambda value: testing.run(definition, value, tasks).output
