"""Failed runs of which no event told, and messages that somebody died over.

Status-change events are best effort (EventBridge's own words), so a schedule calls this handler, which asks
Step Functions itself. What an event has told already is known by its claim.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import product
from typing import Any, Final

from ladle.runtime.alerts import alert
from ladle.runtime.aws import client
from ladle.runtime.claims import KEPT, LeaseHeld, table_name
from ladle.runtime.failed_runs import UNSUCCESSFUL, Ended, describe
from ladle.runtime.observation import note
from ladle.runtime.project_file import ProjectFile, WorkflowFacts, project_file
from ladle.runtime.resumed import pages_of_runs, resumer_of

__all__ = ["handler"]

GRACE: Final = timedelta(minutes=2)
"""A run that ended this recently is left to its event."""

FIRST_LOOK: Final = timedelta(days=1)
"""How far the first sweep looks back."""

REDRIVABLE: Final = timedelta(days=14)
REMEMBERED: Final = timedelta(days=90)
"""How long a run can be redriven, and how long Step Functions knows it (Step Functions quotas)."""

SPARE: Final = 20_000
"""Milliseconds that are left over for what has begun; the next sweep goes on where this one stopped."""


def handler(event: Any, context: Any) -> dict[str, Any]:
    """Looks for what was missed; gives `{"found": {run: what was done}, "unfinished": [workflow]}`.

    Found are the runs for which a message was sent now. The event's content does not matter. Raises the first
    error, after everything else has been looked at.
    """
    del event
    project = project_file(context)
    sent: dict[str, str] = {}
    failures: list[Exception] = []

    def time_is_up() -> bool:
        return int(context.get_remaining_time_in_millis()) < SPARE

    def finished(work: Callable[[], bool]) -> bool:
        try:
            return not time_is_up() and work()
        except Exception as error:  # noqa: BLE001 - one topic that is gone must not silence the others
            note("not swept", {}, failed=True)
            failures.append(error)
            return False

    def stale() -> bool:
        for run in _stale():
            _alert(project, run, sent)
        return True

    finished(stale)
    unfinished = [
        each.name
        for each in project.workflows.values()
        if each.topic and not finished(partial(_sweep, project, each, sent, time_is_up))
    ]
    note("swept", {"sent": len(sent), "unfinished": unfinished})
    if failures:
        raise failures[0]
    return {"found": sent, "unfinished": unfinished}


def _sweep(
    project: ProjectFile, workflow: WorkflowFacts, sent: dict[str, str], time_is_up: Callable[[], bool]
) -> bool:
    """Look through one workflow's runs; gives whether there was time for all.

    The mark moves only then, so that nothing is skipped.
    """
    until = datetime.fromtimestamp(time.time(), UTC) - GRACE
    since = _mark(workflow) or until - FIRST_LOOK
    for execution in _ended(workflow, since, until):
        if time_is_up():
            return False
        _alert(project, execution, sent)
    _set_mark(workflow, until)
    return True


def _alert(project: ProjectFile, execution: str, sent: dict[str, str]) -> None:
    run = Ended.of_description(describe(execution))
    if run.status not in UNSUCCESSFUL:
        return  # redriven since
    try:
        done = alert(project, run)
    except LeaseHeld:
        return  # somebody is at it; if they die, the claim goes stale
    if done == "sent":
        sent[execution] = done


def _ended(workflow: WorkflowFacts, since: datetime, until: datetime) -> Iterator[str]:
    """The workflow's unsuccessful runs that ended in that time.

    They are listed by when they began, the last one first: so as far back as one can have begun that ended
    only now, its redrives included.
    """
    longest = timedelta(seconds=workflow.timeout) if workflow.timeout else REMEMBERED
    begun = since - min(longest + REDRIVABLE, REMEMBERED)
    for machine, status in product((workflow.machine, resumer_of(workflow.machine)), UNSUCCESSFUL):
        for page in pages_of_runs(machine, status):
            for each in page["executions"]:
                if since <= each.get("stopDate", until) < until:
                    yield each["executionArn"]
            if page["executions"] and page["executions"][-1]["startDate"] < begun:
                break


# --------------------------------------------------------------------------------------------- what is kept


def _mark(workflow: WorkflowFacts) -> datetime | None:
    """Until when the workflow has been swept."""
    answer = client("dynamodb").get_item(TableName=table_name(), Key=_key(workflow), ConsistentRead=True)
    until = answer.get("Item", {}).get("until")
    return datetime.fromtimestamp(float(until["N"]), UTC) if until else None


def _set_mark(workflow: WorkflowFacts, until: datetime) -> None:
    expires = {"N": str(int(time.time()) + KEPT)}
    item = {**_key(workflow), "until": {"N": repr(until.timestamp())}, "expires": expires}
    client("dynamodb").put_item(TableName=table_name(), Item=item)


def _key(workflow: WorkflowFacts) -> Mapping[str, Any]:
    return {"id": {"S": f"sweep/{workflow.machine}"}}


def _stale() -> Iterator[str]:
    """The runs whose claims nobody holds any more, and nobody has noted as said."""
    pages = client("dynamodb").get_paginator("scan")
    for page in pages.paginate(
        TableName=table_name(),
        FilterExpression="#state = :held AND lease < :now",
        ExpressionAttributeNames={"#state": "state"},
        ExpressionAttributeValues={":held": {"S": "held"}, ":now": {"N": str(int(time.time()))}},
    ):
        for item in page["Items"]:
            subject = json.loads(item["subject"]["S"])
            if "execution" in subject:
                yield subject["execution"]
