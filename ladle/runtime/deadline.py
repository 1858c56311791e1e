"""Scheduled runs that have not succeeded when they should have, or that never started.

A schedule calls this handler at a workflow's deadline. Which runs there should be by then follows from the
workflow's own schedules; their names are known beforehand.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from ladle.errors import LadleError
from ladle.runtime.alerts import publish
from ladle.runtime.aws import client
from ladle.runtime.claims import once
from ladle.runtime.cron import occurrences
from ladle.runtime.failed_runs import describe
from ladle.runtime.inputs import instant_of
from ladle.runtime.messages import Message, of_deadline
from ladle.runtime.observation import note
from ladle.runtime.project_file import WorkflowFacts, project_file
from ladle.runtime.resumed import pages_of_runs, resumer_of
from ladle.runtime.run_names import scheduled_name

__all__ = ["handler"]


def handler(event: Any, context: Any) -> dict[str, Any]:
    """Alerts of the runs that should have succeeded by now; gives `{"late": {scheduled time: run}}`.

    The event is `{"workflow", "deadline": "2013-01-31T06:00:00Z", "timezone"}`: the time at which the
    deadline fell, and the zone of the schedules that it is for. They are the runs scheduled since the
    deadline of the day before. Raises LadleError for another event, LeaseHeld while another call is at it.
    """
    if not isinstance(event, dict):
        raise LadleError("the deadline's event must be a JSON object")
    project = project_file(context)
    workflow = project.workflow(event.get("workflow"))
    timezone = str(event.get("timezone", "UTC"))
    due = instant_of(workflow.name, event, "deadline")
    late: dict[str, str] = {}
    for schedule, scheduled_for in _expected(workflow, timezone, due):
        name = scheduled_name(workflow.name, schedule, scheduled_for)
        execution = workflow.execution(name)
        status = _status(execution)
        if status == "SUCCEEDED" or _made_up_for(workflow, scheduled_for, due):
            continue
        late[scheduled_for.isoformat()] = name
        message = of_deadline(project, workflow, scheduled_for, due, execution, status)
        _say(workflow, message, execution, due)
    note("deadline", {"workflow": workflow.name, "late": late})
    return {"late": late}


def _say(workflow: WorkflowFacts, message: Message, execution: str, due: datetime) -> None:
    claim = f"deadline/{execution}/{due.isoformat()}"
    once(claim, {"deadline": due.isoformat(), "run": execution}, lambda: publish(workflow, message))


def _expected(workflow: WorkflowFacts, timezone: str, due: datetime) -> Iterator[tuple[Any, datetime]]:
    """What each schedule of that zone says, and each time at which it should have fired.

    They begin with the last deadline, at the same time of the clock a day before: not always 24 hours ago.
    """
    local = due.astimezone(ZoneInfo(timezone)).replace(tzinfo=None) - timedelta(days=1)
    before = local.replace(tzinfo=ZoneInfo(timezone)).astimezone(UTC)
    for trigger in workflow.triggers:
        if trigger["kind"] in ("Cron", "At") and trigger["timezone"] == timezone:
            schedule = trigger.get("schedule", trigger["input"])
            for each in occurrences(trigger["kind"], trigger["expression"], timezone, before, due):
                yield schedule, each


def _status(execution: str) -> str:
    """A run's status; empty when there is none."""
    try:
        return str(describe(execution)["status"])
    except client("stepfunctions").exceptions.ExecutionDoesNotExist:
        return ""


def _made_up_for(workflow: WorkflowFacts, scheduled_for: datetime, due: datetime) -> bool:
    """Whether another run for that time has succeeded: begun by hand, or resuming a failed one."""
    machines = (workflow.machine, resumer_of(workflow.machine))
    return any(_succeeded(machine, scheduled_for, due) for machine in machines)


def _succeeded(machine: str, scheduled_for: datetime, due: datetime) -> bool:
    for page in pages_of_runs(machine, "SUCCEEDED"):
        for each in page["executions"]:
            if each["startDate"] < scheduled_for:
                return False
            if each.get("stopDate", due) <= due and _is_for(describe(each["executionArn"]), scheduled_for):
                return True
    return False


def _is_for(described: Mapping[str, Any], scheduled_for: datetime) -> bool:
    try:
        text = json.loads(described.get("input") or "{}")["scheduled_for"]
        return datetime.fromisoformat(text) == scheduled_for
    except (ValueError, KeyError, TypeError):
        return False
