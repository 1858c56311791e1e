"""What the page says of workflows besides their runs: from their declarations, or from a package's file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ladle.declare import Task, Workflow
from ladle.declare.triggers import At, Cron, Rate, S3Upload
from ladle.web.ends import TaskFacts, WorkflowFacts
from ladle.wire import describe

__all__ = ["facts_of", "task_facts", "trigger_text"]


def facts_of(workflows: Iterable[Workflow[..., Any]], root: Path) -> dict[str, WorkflowFacts]:
    """The facts of declared workflows, by name; `root` is the project's folder."""
    return {each.name: _facts(each, root) for each in workflows}


def _facts(workflow: Workflow[..., Any], root: Path) -> WorkflowFacts:
    parameters: list[Mapping[str, Any]] = []
    if not workflow.problems:
        for field in workflow.door.parameters:
            required = field.required
            parameters.append(
                {
                    "name": field.name,
                    "type": describe(field.shape),
                    "required": required,
                    "default": None if required or field.may_be_absent else field.default,
                }
            )
    file, line = _place(workflow, root)
    return WorkflowFacts(
        workflow.name,
        (workflow.__doc__ or "").strip().partition("\n")[0],
        tuple(workflow.triggers),
        tuple(trigger_text(each) for each in workflow.triggers),
        f"{file}:{line}",
        tuple(parameters),
    )


def task_facts(tasks: Iterable[Task[..., Any]], root: Path) -> dict[str, TaskFacts]:
    """The facts of declared tasks, by name."""
    return {
        each.name: TaskFacts(each.name, *_place(each, root), each.memory if each.kind == "task" else None)
        for each in tasks
    }


def _place(declared: Task[..., Any] | Workflow[..., Any], root: Path) -> tuple[str, int]:
    place = declared.place
    path = Path(place.path)
    if path.is_absolute() and path.is_relative_to(root):
        path = path.relative_to(root)
    return path.as_posix(), place.line


def trigger_text(trigger: Any) -> str:
    """A trigger in a few words.

    >>> trigger_text(S3Upload("landing", prefix="flights/", suffix=".csv"))
    'S3 landing/flights/*.csv'
    """
    if isinstance(trigger, S3Upload):
        return f"S3 {trigger.bucket}/{trigger.prefix}*{trigger.suffix}"
    if isinstance(trigger, Rate):
        return f"every {trigger.expression}"
    zone = "" if trigger.timezone == "UTC" else f" {trigger.timezone}"
    if isinstance(trigger, At):
        return f"at {trigger.expression}{zone}"
    if isinstance(trigger, Cron):
        return f"{_cron(trigger.expression)}{zone}"
    return str(trigger)


_DAYS = {"MON-FRI": "on weekdays", "2-6": "on weekdays"}


def _cron(expression: str) -> str:
    """The commonest forms in words, others as they are.

    >>> _cron("0 6 * * ? *"), _cron("30 4 ? * MON-FRI *"), _cron("0 * * * ? *"), _cron("0/15 * * * ? *")
    ('06:00 daily', '04:30 on weekdays', 'hourly at :00', 'cron 0/15 * * * ? *')
    """
    parts = expression.split()
    if len(parts) == 6 and parts[0].isdigit() and parts[3] == "*" and parts[5] == "*":
        minutes, hours, day, _, weekday, _ = parts
        every_day = (day, weekday) in (("*", "?"), ("?", "*"))
        if hours == "*" and every_day:
            return f"hourly at :{int(minutes):02}"
        if hours.isdigit():
            at = f"{int(hours):02}:{int(minutes):02}"
            if every_day:
                return f"{at} daily"
            if day == "?" and weekday.upper() in _DAYS:
                return f"{at} {_DAYS[weekday.upper()]}"
            if weekday == "?" and day.isdigit():
                return f"{at} on day {day} of the month"
    return f"cron {expression}"
