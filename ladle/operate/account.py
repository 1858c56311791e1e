"""The runs of a deployed stage, read from AWS: Step Functions' own records, and the functions' logs.

Nothing is scanned: a list is read from its newest end, page by page, until there is enough of it. Requests
that are throttled are tried again by boto3's adaptive retries, which the clients are expected to have.
"""

from __future__ import annotations

import heapq
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from ladle.errors import LadleError
from ladle.operate.logs import task_logs
from ladle.operate.progress import Progress
from ladle.operate.records import KeptObject, RunRecord, TaskLog

__all__ = ["HISTORY_DAYS", "AccountRuns"]

HISTORY_DAYS: Final = 90
"""Step Functions keeps an execution for so long after its end (Step Functions quotas)."""

SEARCHED: Final = 1_000
"""So many runs of each workflow, the newest, are looked through for a part of an id."""

Clients = Callable[[str], Any]


class AccountRuns:
    """The runs of a stage's state machines; see `Runs`.

    `client` gives the boto3 client of a service, `machines` has the ARN of each workflow's state machine.
    """

    def __init__(self, client: Clients, machines: Mapping[str, str]) -> None:
        self._client = client
        self._machines = dict(machines)
        self._workflows = {arn: workflow for workflow, arn in machines.items()}
        self._arns: dict[str, str] = {}

    # ------------------------------------------------------------------------------------------- listing

    def runs(
        self,
        *,
        workflow: str | None = None,
        status: str | None = None,
        before: str | None = None,
        limit: int = 20,
    ) -> list[RunRecord]:
        """Runs that no other run started, the newest first. Each is described: two requests a run."""
        older = self.find(before).created if before is not None else None
        found: list[RunRecord] = []
        for each in self._listed(workflow, status):
            if older is not None and _seconds(each["startDate"]) >= older:
                continue
            record = self._described(each["executionArn"])
            if record.parent is None:
                found.append(record)
            if len(found) == limit:
                break
        return found

    def counts(self) -> dict[str, dict[str, int]]:
        """Nothing: Step Functions counts no runs, and reading them all is no answer to a question."""
        return {}

    def find(self, reference: str) -> RunRecord:
        """The run of that name or ARN, or the one recent run whose name begins or ends so.

        Raises LadleError when there is none, or when several fit.
        """
        if reference == "last":
            newest = self.runs(limit=1)
            if not newest:
                raise LadleError("there is no run yet on this stage")
            return newest[0]
        if reference.startswith("arn:"):
            return self._described(reference)
        for machine in self._machines.values():
            arn = f"{machine.replace(':stateMachine:', ':execution:')}:{reference}"
            if (record := self._described_or_none(arn)) is not None:
                return record
        fits = {
            each["executionArn"]
            for machine in self._machines.values()
            for each in self._recent(machine, SEARCHED)
            if each["name"].startswith(reference) or each["name"].endswith(f"-{reference}")
        }
        if len(fits) == 1:
            return self._described(fits.pop())
        if fits:
            several = ", ".join(sorted(arn.rpartition(":")[2] for arn in fits)[:3])
            raise LadleError(f"{reference!r} may mean several runs: {several}{' …' if len(fits) > 3 else ''}")
        raise LadleError(
            f"there is no run {reference!r} among the newest {SEARCHED:,} of each workflow. An older one is "
            f"found by its whole name, until {HISTORY_DAYS} days after its end, when AWS forgets it"
        )

    def _listed(self, workflow: str | None, status: str | None) -> Iterator[dict[str, Any]]:
        """Executions of one workflow, or of all, the newest first."""
        wanted = self._machines.values() if workflow is None else [self._machine(workflow)]
        lists = [self._recent(machine, None, status) for machine in wanted]
        yield from heapq.merge(*lists, key=lambda each: each["startDate"], reverse=True)

    def _recent(self, machine: str, most: int | None, status: str | None = None) -> Iterator[dict[str, Any]]:
        """Executions of a machine, the newest first; none of one that has not been deployed yet."""
        more: dict[str, Any] = {} if status is None else {"statusFilter": status}
        pages = self._states.get_paginator("list_executions")
        sizes = {"PageSize": 100, "MaxItems": most}
        try:
            for page in pages.paginate(stateMachineArn=machine, PaginationConfig=sizes, **more):
                yield from page["executions"]
        except self._states.exceptions.StateMachineDoesNotExist:
            return

    def _machine(self, workflow: str) -> str:
        if workflow not in self._machines:
            known = ", ".join(sorted(self._machines))
            raise LadleError(f"there is no workflow {workflow!r} on this stage: it has {known}")
        return self._machines[workflow]

    # -------------------------------------------------------------------------------------------- one run

    def children(self, root: str) -> list[RunRecord]:
        """The runs that a run started, by its history, with what they started themselves."""
        found: list[RunRecord] = []
        for event in self.events(root):
            if event["type"] != "TaskSubmitted":
                continue
            details = event["taskSubmittedEventDetails"]
            output = json.loads(details.get("output") or "{}")
            if details["resourceType"] == "states" and "ExecutionArn" in output:
                child = self._described(output["ExecutionArn"], parent=root)
                progress = Progress().see_all(self.events(child.id))
                found.append(_with(child, transitions=progress.transitions))
                found.extend(self.children(child.id))
        return found

    def definition(self, run: str) -> dict[str, Any]:
        """The state machine that a run ran, as it was then."""
        found = self._states.describe_state_machine_for_execution(executionArn=self._arn(run))
        definition: dict[str, Any] = json.loads(found["definition"])
        return definition

    def events(self, run: str) -> Iterator[dict[str, Any]]:
        """A run's history, page by page."""
        pages = self._states.get_paginator("get_execution_history")
        for page in pages.paginate(executionArn=self._arn(run), PaginationConfig={"PageSize": 1000}):
            for event in page["events"]:
                at = round(event["timestamp"].timestamp() * 1000)
                yield {"previousEventId": 0, **event, "timestamp": at}

    def calls(self, run: str) -> list[TaskLog]:
        """What the tasks of a run wrote, from the logs of their functions."""
        record = self.find(run)
        return task_logs(
            self._client("logs"), record.arn, self.definition(run), record.started, record.stopped
        )

    def objects(self, run: str) -> list[KeptObject]:
        """Nothing: on AWS nobody notes which objects a run wrote."""
        del run
        return []

    @property
    def _states(self) -> Any:
        return self._client("stepfunctions")

    def _arn(self, run: str) -> str:
        if run not in self._arns:
            self.find(run)
        return self._arns[run]

    def _described_or_none(self, arn: str) -> RunRecord | None:
        try:
            return self._described(arn)
        except self._states.exceptions.ExecutionDoesNotExist:
            return None

    def _described(self, arn: str, parent: str | None = None) -> RunRecord:
        found = self._states.describe_execution(executionArn=arn)
        run = found["name"]
        self._arns[run] = arn
        given = _json(found.get("input"))
        told = given.pop("ladle", None) if isinstance(given, dict) else None
        root = told.get("root") if isinstance(told, dict) else None
        if root is not None and parent is None:
            parent = root.rpartition(":")[2]
        workflow = self._workflows.get(found["stateMachineArn"], found["stateMachineArn"].rpartition(":")[2])
        return RunRecord(
            id=run,
            workflow=workflow,
            status="RUNNING" if found["status"] == "PENDING_REDRIVE" else found["status"],
            input=given,
            created=_seconds(found["startDate"]),
            started=_seconds(found["startDate"]),
            root=root.rpartition(":")[2] if root is not None else run,
            arn=arn,
            parent=parent,
            output=_json(found.get("output")),
            error=found.get("error"),
            cause=found.get("cause"),
            stopped=_seconds(found["stopDate"]) if found.get("stopDate") else None,
        )


def _with(record: RunRecord, **changes: Any) -> RunRecord:
    return replace(record, **changes)


def _seconds(moment: datetime) -> float:
    return moment.timestamp()


def _json(text: str | None) -> Any:
    return None if text is None else json.loads(text)
