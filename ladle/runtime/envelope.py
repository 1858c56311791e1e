"""The envelope: what a state machine tells a task about the call, beside its arguments."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any

from ladle.errors import LadleError
from ladle.value import Value

__all__ = ["Envelope", "current", "current_envelope"]


class Envelope(Value):
    """One call of a task.

    `run` and `root` are the ARNs of the run and of the outermost run, `step` is the state's name. `retry`
    counts the tries before this one, `redrive` the redrives of the run. `entered` is when the state was
    entered (ISO 8601, UTC). `item` is the index within a Map, and `token` the task token, where there is one.
    All of it is empty or zero for a call that came from no state machine.
    """

    run: str = ""
    root: str = ""
    step: str = ""
    retry: int = 0
    redrive: int = 0
    entered: str = ""
    item: int | None = None
    token: str | None = None
    keep: Any = None
    """Which parts of the result the workflow reads (`ladle.runtime.values`); None where nothing is said."""
    outer: tuple[int, ...] = ()
    """Where calls must be told apart: the indexes within the Maps around the innermost one."""
    each: Mapping[str, Any] | None = None
    """For a batch of items: by name of an argument the names that lead to it from the item."""
    lineages: tuple[str, ...] = ()
    """Other root runs whose stored values this run may read: those that it goes on from."""
    trigger: str = ""
    """What started the run at the top: upload, schedule, manual, resume; empty where nobody said."""

    @property
    def attempt(self) -> int:
        """Which try this is; the first is 1."""
        return self.retry + 1

    @property
    def workflow(self) -> str:
        """The workflow: the name of the run's machine, without the application and the stage before it."""
        machine = self.run.split(":")[6] if self.run.count(":") >= 7 else ""
        machine = machine.removesuffix("-resume")  # `ladle.runtime.resumed`
        return machine.removeprefix(f"{os.environ.get('LADLE_APP')}-{os.environ.get('LADLE_STAGE')}-")

    @classmethod
    def of(cls, event: Mapping[str, Any]) -> Envelope:
        """The envelope of a task's event; raises LadleError for one of another form.

        Fields that this version does not know are left alone: a newer machine may say more.
        """
        given = event.get("ladle", {})
        if not isinstance(given, dict):
            raise LadleError(
                f"the envelope `ladle` of the event is {type(given).__name__}, and must be an object"
            )
        values: dict[str, Any] = {
            "keep": given.get("keep"),
            "each": given.get("each"),
            "outer": tuple(given.get("outer") or ()),
            "lineages": tuple(given.get("lineages") or ()),
        }
        for name, types in _TYPES.items():
            value = given.get(name)
            if value is None:
                continue
            if isinstance(value, float) and value.is_integer():
                value = int(value)
            if not isinstance(value, types) or isinstance(value, bool):
                raise LadleError(f"the envelope's `{name}` is {value!r}, and must be {types.__name__}")
            values[name] = value
        return cls(**values)


_TYPES: dict[str, type] = {
    "run": str,
    "root": str,
    "trigger": str,
    "step": str,
    "retry": int,
    "redrive": int,
    "entered": str,
    "item": int,
    "token": str,
}

current: ContextVar[Envelope | None] = ContextVar("ladle_envelope", default=None)
"""The envelope of the call that the current code serves."""


def current_envelope() -> Envelope:
    """The envelope of the call that the current code serves; raises LadleError outside of a task's call."""
    envelope = current.get()
    if envelope is None:
        raise LadleError("no task is being called here: the envelope exists only while a task runs")
    return envelope
