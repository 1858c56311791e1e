"""What runs the tasks of a machine that are not the project's: AWS services, on the in-memory AWS."""

from __future__ import annotations

import json
from collections.abc import Callable

from ladle.engine.protocols import Done, TaskCall, TaskFailed, TaskRunner

__all__ = ["NoServices", "services_runner"]


class NoServices:
    """A `TaskRunner` that fails every call, saying which one."""

    def start(self, call: TaskCall, done: Done) -> None:
        """Fail the call as AWS does for what it cannot reach."""
        named = call.arguments.get("FunctionName") if isinstance(call.arguments, dict) else None
        if isinstance(named, str):
            cause = f"Function not found: {named} (the project has no such task)"
            done(TaskFailed("Lambda.ResourceNotFoundException", cause))
            return
        done(
            TaskFailed(
                "States.Runtime", f"local runs do not know the resource {json.dumps(call.resource)} yet"
            )
        )


def services_runner(engine: Callable[[], object]) -> TaskRunner:
    """The runner of service integrations. `engine` gives the engine, once it is made."""
    del engine
    return NoServices()
