"""Calling a task with the event that its state machine sends."""

from __future__ import annotations

import functools
import json
import os
from collections.abc import Collection, Mapping
from importlib import import_module
from types import FunctionType
from typing import TYPE_CHECKING, Any, Final

from ladle.declare.small import inline
from ladle.declare.tasks import Task
from ladle.declare.tokens import TaskToken
from ladle.errors import LadleError
from ladle.runtime import values
from ladle.runtime.envelope import Envelope, current
from ladle.runtime.failures import reported
from ladle.runtime.observation import observed

if TYPE_CHECKING:
    from ladle.runtime.kept import Kept

__all__ = ["ERRORS_VARIABLE", "TASK_VARIABLE", "handler", "invoke", "named_errors", "task_of"]

TASK_VARIABLE: Final = "LADLE_TASK"
"""The environment variable that names a function's task: `module:name`."""

ERRORS_VARIABLE: Final = "LADLE_ERRORS"
"""The environment variable with the full names of the exception classes that some `except` or `Retry` of the
project takes: separated by spaces, or `@` and the path of a JSON file with a list of them."""


def handler(event: Any, context: Any) -> Any:
    """The Lambda handler of every task: calls the one that the environment names, gives JSON."""
    task = task_of(os.environ.get(TASK_VARIABLE, ""))
    named = named_errors(os.environ.get(ERRORS_VARIABLE, ""))
    remaining = getattr(context, "get_remaining_time_in_millis", None)
    seconds = remaining() / 1000 if remaining is not None else None
    return observed(task.name, event, lambda: invoke(task, event, named, seconds=seconds))


def invoke(
    task: Task[..., Any],
    event: Any,
    named: Collection[str] = (),
    *,
    kept: Kept | None = None,
    seconds: float | None = None,
) -> Any:
    """Calls a task with its event, `{"args": {…}, "ladle": {envelope}}`, and gives its result as JSON.

    `named` are the full names of the exception classes that the project handles (see `failures.name_for`).
    Everything that goes wrong, wrong arguments and results included, leaves as a `TaskFailure`. The result of
    a task with a token is None: what answers the token is the value of the call.

    `kept` is where results of idempotent tasks and pools are kept (the stage's table, if left out); `seconds`
    is how long the call may take (the task's timeout, if left out).
    """
    active = None
    try:
        if not isinstance(event, Mapping) or "args" not in event:
            raise LadleError('the event of a task has the form {"args": {…}, "ladle": {…}}')
        envelope = Envelope.of(event)
        active = current.set(envelope)
        if task.idempotent or task.pools:
            from ladle.runtime.sharing import shared

            told = [event["args"], event["items"]] if envelope.each is not None else event["args"]
            return shared(task, told, envelope, lambda: _called(task, event, envelope), kept, seconds)
        return _called(task, event, envelope)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - SystemExit would take the sandbox, or this process, with it
        raise reported(error, named) from None
    finally:
        if active is not None:
            current.reset(active)


def _called(task: Task[..., Any], event: Mapping[str, Any], envelope: Envelope) -> Any:
    """The result of the task's function as JSON."""
    given = values.given(event["args"], envelope)
    if envelope.each is not None:
        return values.carried(_each(task, given, event["items"], envelope), envelope)
    arguments = _arguments(task, given)
    if not task.takes_token:
        return values.carried(task.door.encode_result(task.function(**arguments)), envelope)
    if envelope.token is None:
        raise LadleError(
            f"{task.name} takes a task token, and the event has none: call it from a state machine"
        )
    task.function(TaskToken[Any](envelope.token), **arguments)
    return None


def _arguments(task: Task[..., Any], given: Any) -> dict[str, Any]:
    """What the task's function is called with: the arguments that travel, and those that nobody passes."""
    arguments = task.door.decode_arguments(given)
    if task.sources:
        from ladle.runtime.sources import arguments_from

        arguments |= arguments_from(task)
    return arguments


def _each(task: Task[..., Any], shared: dict[str, Any], items: Any, envelope: Envelope) -> list[Any]:
    """The results (JSON) of the task's function for each item of a batch, one after the other.

    A failure ends the batch, as it would end a Map; a note on it tells which item it was.
    """
    found: list[Any] = []
    all_items = values.given(items, envelope)
    for item in all_items:
        own = {name: functools.reduce(_field, path, item) for name, path in (envelope.each or {}).items()}
        try:
            result = task.function(**_arguments(task, {**shared, **own}))
            found.append(task.door.encode_result(result))
        except Exception as error:
            batch = "" if envelope.item is None else f" {envelope.item + 1}"
            error.add_note(f"item {len(found) + 1} of {len(all_items)} of batch{batch}")
            raise
    return found


def _field(value: Any, name: str) -> Any:
    return value[name]


@functools.lru_cache(maxsize=16)
def task_of(reference: str) -> Task[..., Any]:
    """The task that `module:name` refers to; raises LadleError when there is none."""
    module_name, colon, name = reference.partition(":")
    if not (module_name and colon and name):
        raise LadleError(f"{TASK_VARIABLE} is {reference!r}: it must name the function's task as module:name")
    task: Any = import_module(module_name)
    for part in name.split("."):
        task = getattr(task, part, None)
    if isinstance(task, FunctionType):  # a plain function that a workflow calls as `inline(f)`
        task = inline(task)
    if not isinstance(task, Task):
        raise LadleError(
            f"{reference} is no task: the package and the deployment do not match, so deploy again"
        )
    return task


@functools.lru_cache(maxsize=16)
def named_errors(text: str) -> frozenset[str]:
    """The names in the environment variable `LADLE_ERRORS`."""
    if text.startswith("@"):
        with open(text[1:], encoding="utf-8") as file:
            return frozenset(json.load(file))
    return frozenset(text.split())
