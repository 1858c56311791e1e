"""The runs of a deployed stage, read from AWS: Step Functions' own records, and the functions' logs.

Nothing is scanned: a list is read from its newest end, page by page, until there is enough of it, and what
only single runs can tell is asked of a bounded number of them (`LOOKED_AT`). Requests that are throttled are
tried again by boto3's adaptive retries, which the clients are expected to have.
"""

from __future__ import annotations

import heapq
import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from ladle.errors import LadleError
from ladle.operate.listed import (
    STATUSES,
    cannot_be,
    event_of,
    is_kind,
    is_nested,
    json_of,
    renumbered,
    seconds_of,
    via_of,
)
from ladle.operate.logs import task_logs
from ladle.operate.progress import Progress
from ladle.operate.records import ItemCounts, KeptObject, RunBrief, RunRecord, StepSummary, TaskLog
from ladle.operate.steps import culprit, progress_of, summaries
from ladle.runtime.resumed import resumer_of

__all__ = ["HISTORY_DAYS", "AccountRuns"]

HISTORY_DAYS: Final = 90
"""Step Functions keeps an execution for so long after its end (Step Functions quotas)."""

LOOKED_AT: Final = 300
"""So many runs are described, at most, for one list: DescribeExecution allows 15 a second (Step Functions
quotas), after a burst of 300."""

FAILED_ITEMS: Final = 30
"""Of so many failed items of a distributed Map it is read why: each is one request."""

SEARCHED: Final = 1_000
"""So many runs of each workflow, the newest, are looked through for a part of an id."""

Clients = Callable[[str], Any]


class AccountRuns:
    """The runs of a stage's state machines; see `Runs`.

    `client` gives the boto3 client of a service, `machines` has the ARN of each workflow's state machine.
    `lists`: whether the credentials may list the account's machines, which IAM gives whole or not at all;
    else a machine of resumed runs is asked for its runs, whether there is one or not.
    """

    def __init__(self, client: Clients, machines: Mapping[str, str], *, lists: bool = True) -> None:
        self._client = client
        self._lists = lists
        self._machines = dict(machines)
        self._workflows = {arn: workflow for workflow, arn in machines.items()}
        self._workflows |= {resumer_of(arn): workflow for workflow, arn in machines.items()}
        self._resumers: set[str] | None = None
        self._arns: dict[str, str] = {}
        self.unfinished: str | None = None

    # ------------------------------------------------------------------------------------------- listing

    def runs(
        self,
        *,
        workflow: str | None = None,
        status: str | None = None,
        since: float | None = None,
        until: float | None = None,
        trigger: str | None = None,
        slot: float | None = None,
        step: str | None = None,
        error: str | None = None,
        redriven: bool | None = None,
        before: str | None = None,
        limit: int = 20,
    ) -> list[RunRecord]:
        """Runs that no other run started, the newest first; each is described.

        Workflow, status and time are asked of AWS; a trigger, a step or an error only a run itself can tell,
        so no more than `LOOKED_AT` runs are looked at, and `unfinished` says where that ended. A step takes
        one page more, of the end of the run's history.
        """
        self.unfinished = None
        bound = self._bound(before, until)
        found: list[RunRecord] = []
        looked_at, last = 0, None
        for each in self._listed(workflow, status, since, redriven=redriven):
            if bound is not None and seconds_of(each["startDate"]) >= bound:
                continue
            if cannot_be(each, trigger, slot, failed=step is not None or error is not None):
                continue
            if looked_at == LOOKED_AT:
                self.unfinished = last
                break
            looked_at, last = looked_at + 1, each["name"]
            record = self._described(each["executionArn"])
            if record.parent is not None or not is_kind(record, trigger, slot, error):
                continue
            if step is not None:
                record = replace(record, failed_step=self._failed_step(record))
            if step is None or record.failed_step == step:
                found.append(record)
            if len(found) == limit:
                break
        return found

    def count(self, **filters: Any) -> None:
        """Nothing: only reading all runs would tell."""
        del filters

    def briefs(
        self,
        workflow: str | None = None,
        *,
        status: str | None = None,
        since: float | None = None,
        until: float | None = None,
        limit: int = 1000,
    ) -> list[RunBrief]:
        """The newest runs that no other run started, as lists tell them: a request for a thousand runs.

        Nested runs are told by their names, which Ladle gives.
        """
        found = []
        for each in self._listed(workflow, status, since, page=1000):
            if until is not None and seconds_of(each["startDate"]) >= until:
                continue
            if not is_nested(each["name"]):
                found.append(self._brief(each))
            if len(found) == limit:
                break
        return found

    def named(self, workflow: str, names: Collection[str], since: float | None = None) -> dict[str, RunBrief]:
        """Those of the runs with these names that there are.

        With `since` the list is read back to that time, a request for a thousand runs; without, each name is
        asked for.
        """
        machine = self._machine(workflow)
        if since is None:
            prefix = machine.replace(":stateMachine:", ":execution:")
            records = [self._described_or_none(f"{prefix}:{name}") for name in names]
            return {
                each.id: RunBrief(each.id, workflow, each.status, each.created, each.seconds)
                for each in records
                if each is not None
            }
        left, found = set(names), dict[str, RunBrief]()
        for each in self._listed(workflow, None, since, page=1000) if left else ():
            if each["name"] in left:
                left.discard(each["name"])
                found[each["name"]] = self._brief(each)
                if not left:
                    break
        return found

    def steps(self, runs: Sequence[str]) -> dict[str, list[StepSummary]]:
        """How the steps of these runs went: a history for each, which is a request for a thousand events."""
        return {run: summaries(progress_of(self, run)) for run in runs}

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
        for machine in self._listable(None):
            arn = f"{machine.replace(':stateMachine:', ':execution:')}:{reference}"
            if (record := self._described_or_none(arn)) is not None:
                return record
        fits = {
            each["executionArn"]
            for machine in self._listable(None)
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

    def _listed(
        self,
        workflow: str | None,
        status: str | None,
        since: float | None,
        page: int = 100,
        redriven: bool | None = None,
    ) -> Iterator[dict[str, Any]]:
        """Executions of one workflow, or of all, the newest first, back to a time."""
        wanted = self._listable(workflow)
        if status is not None and status not in STATUSES:
            return  # INTERRUPTED is a status of this machine only
        more: dict[str, Any] = {} if status is None else {"statusFilter": status}
        if redriven is not None:
            more["redriveFilter"] = "REDRIVEN" if redriven else "NOT_REDRIVEN"
        lists = [self._recent(machine, None, page, **more) for machine in wanted]
        for each in heapq.merge(*lists, key=lambda each: each["startDate"], reverse=True):
            if since is not None and seconds_of(each["startDate"]) < since:
                return
            yield each

    def _listable(self, workflow: str | None) -> list[str]:
        """The machines that have the runs of a workflow, or of all: its own, and that of resumed runs."""
        machines = list(self._machines.values()) if workflow is None else [self._machine(workflow)]
        if self._resumers is None:
            self._resumers = {resumer_of(arn) for arn in self._machines.values()}
            if self._lists:
                pages = self._states.get_paginator("list_state_machines").paginate()
                self._resumers &= {
                    each["stateMachineArn"] for page in pages for each in page["stateMachines"]
                }
        return machines + [arn for arn in map(resumer_of, machines) if arn in self._resumers]

    def forget_resumers(self) -> None:
        """Look again which machines of resumed runs there are, when it matters next."""
        self._resumers = None

    def _bound(self, before: str | None, until: float | None) -> float | None:
        """The time that runs must have begun before: that of the run `before`, or `until`."""
        older = self.find(before).created if before is not None else None
        return min((bound for bound in (older, until) if bound is not None), default=None)

    def _brief(self, listed: Mapping[str, Any]) -> RunBrief:
        run, began = listed["name"], seconds_of(listed["startDate"])
        self._arns[run] = listed["executionArn"]
        status = "RUNNING" if listed["status"] == "PENDING_REDRIVE" else listed["status"]
        seconds = seconds_of(listed["stopDate"]) - began if listed.get("stopDate") else None
        return RunBrief(run, self._workflow(listed["stateMachineArn"]), status, began, seconds)

    def _failed_step(self, record: RunRecord) -> str | None:
        """The step that ended a run: of the end of its history where that tells, else of all of it."""
        answer = self._states.get_execution_history(
            executionArn=record.arn, reverseOrder=True, maxResults=100
        )
        progress = Progress().see_all(renumbered(reversed(answer["events"])))
        found = culprit(progress)
        if found is not None or "nextToken" not in answer:
            return found
        return culprit(Progress().see_all(self.events(record.id)))

    def _recent(
        self, machine: str, most: int | None, page_size: int = 100, **more: Any
    ) -> Iterator[dict[str, Any]]:
        """Executions of a machine, the newest first; none of one that has not been deployed yet."""
        pages = self._states.get_paginator("list_executions")
        sizes = {"PageSize": page_size, "MaxItems": most}
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
                found.append(replace(child, transitions=progress.transitions))
                found.extend(self.children(child.id))
        return found

    def item_counts(self, run: str, map_runs: Sequence[str]) -> dict[str, ItemCounts]:
        """The counts of the Map Runs (ARNs) of a run: a request for each."""
        del run  # their ARNs say all
        found = {}
        for arn in map_runs:
            counts = self._states.describe_map_run(mapRunArn=arn)["itemCounts"]
            failed = counts["failed"] + counts["timedOut"]
            found[arn] = ItemCounts(counts["total"], counts["succeeded"], failed)
        return found

    def items(self, map_run: str) -> list[RunRecord]:
        """The runs that are the items of a distributed Map, by the ARN of its Map Run, in order of starts.

        Of at most `FAILED_ITEMS` that failed it is read why. A child whose machine is Express has no record
        with AWS, so of those there is none.
        """
        pages = self._states.get_paginator("list_executions")
        sizes = {"PageSize": 1000}
        found = [
            each
            for page in pages.paginate(mapRunArn=map_run, PaginationConfig=sizes)
            for each in page["executions"]
        ]
        records: list[RunRecord] = []
        described = 0
        for each in reversed(found):  # AWS lists the newest first
            if each["status"] in ("FAILED", "TIMED_OUT") and described < FAILED_ITEMS:
                described += 1
                records.append(self._described(each["executionArn"]))
                continue
            began = seconds_of(each["startDate"])
            self._arns[each["name"]] = each["executionArn"]
            records.append(
                RunRecord(
                    id=each["name"],
                    workflow=self._workflow(each["stateMachineArn"]),
                    status="RUNNING" if each["status"] == "PENDING_REDRIVE" else each["status"],
                    input=None,
                    created=began,
                    started=began,
                    root=each["name"],
                    arn=each["executionArn"],
                    stopped=seconds_of(each["stopDate"]) if each.get("stopDate") else None,
                )
            )
        return records

    def definition(self, run: str) -> dict[str, Any]:
        """The state machine that a run ran, as it was then."""
        found = self._states.describe_state_machine_for_execution(executionArn=self._arn(run))
        definition: dict[str, Any] = json.loads(found["definition"])
        return definition

    def events(self, run: str, after: int = 0) -> Iterator[dict[str, Any]]:
        """A run's history, page by page; what comes after the event `after` is read from the newest end."""
        if not after:
            for event in self._pages(run, 1000):
                yield event_of(event)
            return
        newer = []
        for event in self._pages(run, 100, reverseOrder=True):
            if event["id"] <= after:
                break
            newer.append(event_of(event))
        yield from reversed(newer)

    def _pages(self, run: str, size: int, **more: Any) -> Iterator[dict[str, Any]]:
        pages = self._states.get_paginator("get_execution_history")
        for page in pages.paginate(executionArn=self._arn(run), PaginationConfig={"PageSize": size}, **more):
            yield from page["events"]

    def calls(self, run: str) -> list[TaskLog]:
        """What the tasks of a run wrote, from the logs of their functions."""
        record = self._described(self._arn(run))
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
        given = json_of(found.get("input"))
        told = given.pop("ladle", None) if isinstance(given, dict) else None
        root = told.get("root") if isinstance(told, dict) else None
        if root is not None and parent is None:
            parent = root.rpartition(":")[2]
        return RunRecord(
            id=run,
            workflow=self._workflow(found["stateMachineArn"]),
            status="RUNNING" if found["status"] == "PENDING_REDRIVE" else found["status"],
            input=given,
            created=seconds_of(found["startDate"]),
            started=seconds_of(found["startDate"]),
            root=root.rpartition(":")[2] if root is not None else run,
            arn=arn,
            parent=parent,
            via=via_of(given, told),
            output=json_of(found.get("output")),
            error=found.get("error"),
            cause=found.get("cause"),
            stopped=seconds_of(found["stopDate"]) if found.get("stopDate") else None,
            redrives=found.get("redriveCount") or 0,
        )

    def _workflow(self, machine: str) -> str:
        return self._workflows.get(machine, machine.rpartition(":")[2])
