"""What Lambda functions tell about their calls: structured lines, and a task's own metrics.

Only handlers come through here. A project that does without Powertools has plain lines, and none of tasks.
"""

from __future__ import annotations

import functools
import json
import time
from collections.abc import Callable, Mapping
from importlib.machinery import PathFinder
from typing import Any, TypeVar

from ladle.runtime.envelope import Envelope, current
from ladle.runtime.failures import TaskFailure, Waits
from ladle.runtime.logs import logger
from ladle.runtime.measures import flush, measured
from ladle.runtime.traces import subsegment

__all__ = ["note", "observed", "prepare"]

R = TypeVar("R")


def prepare() -> None:
    """Load what the first call would load otherwise."""
    if _has_powertools():
        logger()


def observed(task: str, event: Any, call: Callable[[], R]) -> R:
    """Make the call of a task, then write how it ended and how long it took, and send its metrics.

    An error goes on as it is.
    """
    if not _has_powertools():
        return call()
    began = time.perf_counter()
    cold, _calls[0] = _calls[0] == 0, _calls[0] + 1
    envelope = _envelope(event)
    active = current.set(envelope)
    found: dict[str, float] = {"attempts": 1}
    try:
        logger(cold_start=cold)  # a task's own loggers have the keys from its first line on
        with subsegment(task, envelope):
            result = call()
    except TaskFailure as failure:
        if isinstance(failure.error, Waits):
            logger().info("task waits", extra={**_told(task, began), "reason": str(failure.error)})
            found["attempts"] = 0
            raise
        found["failures"] = 1
        raised = (type(failure.error), failure.error, failure.own_traceback)
        logger().error("task failed", exc_info=raised, extra={**_told(task, began), "error": failure.name})
        raise
    else:
        logger().info("task succeeded", extra=_told(task, began))
        found["payload"] = _size(event.get("args")) + _size(result)
        return result
    finally:
        found["duration"] = round((time.perf_counter() - began) * 1000, 3)
        if cold:
            found["cold_starts"] = 1
        measured(task, {"failures": 0, **found})
        flush()
        current.reset(active)


def note(message: str, facts: Mapping[str, Any], *, failed: bool = False) -> None:
    """Write a line of one of Ladle's own functions; `failed` adds the error that is being handled."""
    if not _has_powertools():
        print(json.dumps({"message": message, **facts}, default=str))
    elif failed:
        logger().exception(message, extra=facts)
    else:
        logger().info(message, extra=facts)


_calls = [0]
"""How many calls this sandbox has had: the first is the cold start."""


def _size(value: Any) -> int:
    """Bytes of a value as JSON."""
    return len(json.dumps(value, separators=(",", ":")))


def _told(task: str, began: float) -> dict[str, Any]:
    return {"task": task, "seconds": round(time.perf_counter() - began, 3)}


def _envelope(event: Any) -> Envelope:
    """The event's envelope; an event of another form is refused by the call itself."""
    try:
        return Envelope.of(event)
    except Exception:  # noqa: BLE001 - it fails again, and is reported, where the task is called
        return Envelope()


@functools.cache
def _has_powertools() -> bool:
    return PathFinder.find_spec("aws_lambda_powertools") is not None
