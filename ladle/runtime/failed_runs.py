"""A run that did not succeed: what became of it, which step it was, and in which nested run.

Found by DescribeExecution and GetExecutionHistory, read backwards: the failure is at the end.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from ladle.runtime.aws import client

__all__ = ["DEEPEST", "UNSUCCESSFUL", "Ended", "Failed", "failed_step", "failures_within"]

UNSUCCESSFUL: Final = ("FAILED", "TIMED_OUT", "ABORTED")
"""How a run ends that needs somebody's attention."""

DEEPEST: Final = 20
"""How many levels of nested runs are followed."""

_EXECUTION: Final = re.compile(r'"(?:ExecutionArn|executionArn)"\s*:\s*"(arn:[^"]+)"')


@dataclass(frozen=True, slots=True)
class Ended:
    """A run at its end. `redrives` counts those before this end; `root` is the outermost run.

    `redrivable` is empty where AWS would redrive it, else why not.
    """

    execution: str
    machine: str
    name: str
    status: str
    started: datetime
    stopped: datetime | None
    redrives: int
    error: str
    cause: str
    root: str
    redrivable: str = ""

    @property
    def nested(self) -> bool:
        """Whether another run of the project started it and waits for it."""
        return self.root != self.execution

    @classmethod
    def of_description(cls, described: Mapping[str, Any]) -> Ended:
        """From what DescribeExecution answers."""
        arn = described["executionArn"]
        reason = ""
        if described.get("redriveStatus", "").startswith("NOT_REDRIVABLE"):
            reason = described.get("redriveStatusReason") or described["redriveStatus"]
        return cls(
            execution=arn,
            machine=described["stateMachineArn"],
            name=described["name"],
            status=described["status"],
            started=described["startDate"].astimezone(UTC),
            stopped=described["stopDate"].astimezone(UTC) if described.get("stopDate") else None,
            redrives=described.get("redriveCount") or 0,
            error=described.get("error") or "",
            cause=described.get("cause") or "",
            root=_root(described.get("input")) or arn,
            redrivable=reason,
        )

    @classmethod
    def of_event(cls, detail: Mapping[str, Any]) -> Ended:
        """From the `detail` of a status-change event, and what DescribeExecution adds to it.

        The event counts where the two differ: the run may have been redriven since.
        """
        described = describe(detail["executionArn"])
        now = cls.of_description(described)
        redrives = detail.get("redriveCount") or 0
        if (detail["status"], redrives) == (now.status, now.redrives):
            return now
        stopped = detail.get("stopDate")
        return cls(
            execution=now.execution,
            machine=now.machine,
            name=now.name,
            status=detail["status"],
            started=now.started,
            stopped=datetime.fromtimestamp(stopped / 1000, UTC) if stopped else None,
            redrives=redrives,
            error=detail.get("error") or "",
            cause=detail.get("cause") or "",
            root=now.root,
            redrivable="it has been redriven since",
        )


@dataclass(frozen=True, slots=True)
class Failed:
    """A step that failed, or that was going on when the run ended.

    `child` is the nested run that it waited for, `final` whether it is a Fail state. Both may be empty.
    """

    step: str
    child: str = ""
    final: bool = False


def describe(execution: str) -> Mapping[str, Any]:
    """What DescribeExecution answers."""
    found: Mapping[str, Any] = client("stepfunctions").describe_execution(executionArn=execution)
    return found


def failures_within(run: Ended) -> Iterator[tuple[Ended, Failed]]:
    """The run with its failed step, then the nested run that this step waited for, and so on downwards."""
    for _ in range(DEEPEST):
        failed = failed_step(_history(run.execution))
        # A nested run's failure is told in the cause, too, where that is not cut.
        child = failed.child or _named_execution(run.cause, run.execution)
        yield run, failed
        if not child:
            return
        run = Ended.of_description(describe(child))
        if run.status not in UNSUCCESSFUL:
            return


def failed_step(backwards: Iterable[Mapping[str, Any]]) -> Failed:
    """The innermost step that ended a run, from the run's events, the last one first.

    Each event names the one before it; from the run's end that leads to the state. Behind a Fail state it
    leads on to the step whose error the Fail state passes on, if there is one. Where no event leads anywhere
    (a time-out comes from outside), it is the state that was entered last and never left.
    """
    ended = Failed("")
    error = ""
    passed_on = False  # whether the way back has come to the failure that a Fail state passed on
    wanted = 0
    exits: dict[str, int] = {}
    children: dict[int, str] = {}
    for event in backwards:
        kind, number, before = event["type"], event["id"], event.get("previousEventId") or 0
        on_the_way = number == wanted
        child = children.pop(number, "") or _submitted(event)
        if child and before:
            children[before] = child
        if kind == "ExecutionFailed":
            wanted, error = before, _error(event)
        elif on_the_way:
            wanted = before
            passed_on = passed_on or bool(ended.step and error and _error(event) == error)
        if kind == "EvaluationFailed" and on_the_way and not ended.step:
            if name := event.get("evaluationFailedEventDetails", {}).get("state"):
                return Failed(name, child)
        elif kind.endswith("StateExited"):
            name = event["stateExitedEventDetails"]["name"]
            exits[name] = exits.get(name, 0) + 1
        elif kind.endswith("StateEntered"):
            name = event["stateEnteredEventDetails"]["name"]
            left = exits.get(name, 0)
            exits[name] = max(left - 1, 0)
            final = kind == "FailStateEntered"
            if on_the_way and final:
                ended = Failed(name, final=True)
            elif on_the_way and (passed_on or not ended.step):
                return Failed(name, child, final=passed_on)
            elif not (on_the_way or wanted or ended.step or left):
                return Failed(name, child, final)
    return ended


def _error(event: Mapping[str, Any]) -> str:
    """The error that an event tells of."""
    details = (value for key, value in event.items() if key.endswith("EventDetails"))
    return next((each["error"] for each in details if each.get("error")), "")


def _submitted(event: Mapping[str, Any]) -> str:
    """The nested run that a TaskSubmitted event tells of."""
    details = event.get("taskSubmittedEventDetails", {})
    return _named_execution(details.get("output", "")) if details.get("resourceType") == "states" else ""


def _named_execution(text: str, but: str = "") -> str:
    found = _EXECUTION.search(text)
    return found[1] if found is not None and found[1] != but else ""


def _history(execution: str) -> Iterator[Mapping[str, Any]]:
    """The run's events, the last one first, a page at a time."""
    pages = client("stepfunctions").get_paginator("get_execution_history")
    for page in pages.paginate(executionArn=execution, reverseOrder=True, PaginationConfig={"PageSize": 500}):
        yield from page["events"]


def _root(text: str | None) -> str:
    """The outermost run that a nested run's input names."""
    try:
        found = json.loads(text or "{}")["ladle"]["root"]
    except (ValueError, KeyError, TypeError):
        return ""
    return found if isinstance(found, str) else ""
