"""Declarations: what a workflow's author writes, as data. Who executes them is decided elsewhere."""

from ladle.declare.declared import Declared
from ladle.declare.retries import Retry
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
)
from ladle.declare.workflows import Workflow, workflow

__all__ = [
    "At",
    "Cron",
    "CurrentRun",
    "Declared",
    "Each",
    "Failed",
    "Rate",
    "Retry",
    "S3Upload",
    "Schedule",
    "Task",
    "TaskToken",
    "Trigger",
    "Workflow",
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
