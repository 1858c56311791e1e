"""Declarations: what a workflow's author writes, as data. Who executes them is decided elsewhere.

Names are loaded when they are first used: a file of tasks needs no triggers, and its Lambda function should
not wait for them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from ladle.declare.activities import Activity, activity
    from ladle.declare.declared import Declared
    from ladle.declare.integrations import Action, AwsService, ServiceCall, ServiceError, aws
    from ladle.declare.objects import Rows, S3Object, Written, s3
    from ladle.declare.pools import Pool
    from ladle.declare.retries import Retry
    from ladle.declare.secrets import Parameter, Secret
    from ladle.declare.small import inline
    from ladle.declare.tasks import Task, task
    from ladle.declare.tokens import TaskToken
    from ladle.declare.triggers import At, Cron, Rate, S3Upload, Schedule, Trigger
    from ladle.declare.verbs import (
        CurrentRun,
        Each,
        Failed,
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
        split,
    )
    from ladle.declare.web import http
    from ladle.declare.workflows import Workflow, workflow

__all__ = [
    "Action",
    "Activity",
    "At",
    "AwsService",
    "Cron",
    "CurrentRun",
    "Declared",
    "Each",
    "Failed",
    "Parameter",
    "Pool",
    "Rate",
    "Retry",
    "Rows",
    "S3Object",
    "S3Upload",
    "Schedule",
    "Secret",
    "ServiceCall",
    "ServiceError",
    "Task",
    "TaskToken",
    "Trigger",
    "Workflow",
    "Written",
    "activity",
    "after",
    "at_once",
    "attempt",
    "aws",
    "each",
    "http",
    "in_order",
    "inline",
    "now",
    "retry",
    "run",
    "s3",
    "sleep",
    "sleep_until",
    "split",
    "task",
    "workflow",
]

_HOMES: Final[dict[str, str]] = {
    "Activity": "activities",
    "activity": "activities",
    "Declared": "declared",
    "inline": "small",
    "Pool": "pools",
    "Parameter": "secrets",
    "Retry": "retries",
    "Secret": "secrets",
    "Task": "tasks",
    "task": "tasks",
    "TaskToken": "tokens",
    "Workflow": "workflows",
    "workflow": "workflows",
    **dict.fromkeys(["Action", "AwsService", "ServiceCall", "ServiceError", "aws"], "integrations"),
    **dict.fromkeys(["Rows", "S3Object", "Written", "s3"], "objects"),
    "http": "web",
    **dict.fromkeys(["At", "Cron", "Rate", "S3Upload", "Schedule", "Trigger"], "triggers"),
    **dict.fromkeys(["CurrentRun", "Each", "Failed", "attempt", "each", "retry", "run"], "verbs"),
    **dict.fromkeys(["after", "at_once", "in_order", "now", "sleep", "sleep_until", "split"], "verbs"),
}
"""The module of each name."""


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
