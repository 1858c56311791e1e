"""Doing the work of activities in tests."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ladle.declare import Activity
from ladle.operate.worker import Worker, states_client

__all__ = ["work_off"]


def work_off(activity: Activity[..., Any], arn: str, errors: Iterable[type[BaseException]] = ()) -> int:
    """Do the work that waits for an activity, as `ladle worker` does; gives how many tasks that were.

    For `mock_stepfunctions`, where machines that name the activity by `arn` have been started. `errors` are
    the exception classes that handlers look for: a failure leaves under the first of them that it is one of.
    """
    lines: list[str] = []
    named = [f"{each.__module__}.{each.__qualname__}" for each in errors]
    worker = Worker(activity, arn, states_client(), name="test", named=named, say=lines.append)
    worker.run(idle=0)
    return len(lines)
