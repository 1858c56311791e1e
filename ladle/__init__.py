"""Ladle: typed Python pipelines, compiled to AWS Step Functions.

These are all the names that task and workflow files need. Nothing heavy stands behind them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ladle.declare import (
    At,
    Cron,
    Failed,
    Rate,
    Retry,
    S3Upload,
    TaskToken,
    after,
    at_once,
    attempt,
    each,
    in_order,
    now,
    retry,
    run,
    sleep,
    sleep_until,
    task,
    workflow,
)
from ladle.declare.declared import Declared
from ladle.declare.execution import start

__all__ = [
    "At",
    "Cron",
    "Failed",
    "Rate",
    "Retry",
    "S3Upload",
    "TaskToken",
    "after",
    "at_once",
    "attempt",
    "each",
    "in_order",
    "now",
    "retry",
    "run",
    "sleep",
    "sleep_until",
    "task",
    "workflow",
]


def _as_plain_python(workflow: Declared[..., Any], arguments: Mapping[str, Any]) -> Any:
    """What a workflow does that is called outside of any run.

    Loaded only then: a Lambda function never does that.
    """
    from ladle.plain import call

    return call(workflow, arguments)


start[:] = [_as_plain_python]
