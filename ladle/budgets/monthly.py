"""What a month of a workflow costs: as Standard, as Express, and as Standard with its Maps' items as Express.

Runs a month come from the schedules, or from whoever asks; items, passes and durations from recorded runs,
from `expect=`, or from assumptions, which are told. Retries, logs, data transfer and free tiers are left out.
"""

from __future__ import annotations

import copy
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from ladle.asl.model import walk
from ladle.budgets.prices import PRICES
from ladle.budgets.report import Report
from ladle.declare import Task
from ladle.declare.triggers import At, Cron, Rate
from ladle.operate.budget import budget_of
from ladle.runtime.cron import occurrences

__all__ = ["ASSUMED_RUNS", "ASSUMED_SECONDS", "Call", "Month", "Way", "month", "seconds_of_call", "worst_run"]

ASSUMED_RUNS: Final = 1_000
"""Runs a month of a workflow that no schedule starts."""

ASSUMED_SECONDS: Final = 1.0
"""Seconds of a call of which nothing is known."""

EXPRESS_SECONDS: Final = 300
"""The longest that an Express run may take (Step Functions quotas)."""

EXPRESS_CALL: Final = {
    "run": {
        "Type": "Task",
        "Resource": "arn:aws:states:::aws-sdk:sfn:startSyncExecution",
        "Next": "if run failed",
    },
    "if run failed": {"Type": "Choice", "Choices": [], "Default": "done"},
    "done": {"Type": "Succeed"},
}
"""The states of a call of an Express workflow that succeeds, for an item of a Map."""

LAMBDA_SECONDS: Final = 900
"""The longest that a function may run (AWS Lambda quotas)."""

DAYS: Final = 365.25 / 12
"""Of a month."""


@dataclass(frozen=True, slots=True)
class Call:
    """The calls of one task in a run: how many, the seconds of one, where they are known from, the price."""

    task: str
    calls: int
    seconds: float
    origin: str
    memory: int
    dollars: float


@dataclass(frozen=True, slots=True)
class Way:
    """One way to run the machine: dollars a run for Step Functions alone, or why it cannot be had."""

    name: str
    dollars: float | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Month:
    """What a workflow costs. `runs` are those that it is started for itself; `nested` what it starts."""

    report: Report
    runs: float
    runs_from: str
    calls: tuple[Call, ...]
    seconds: float
    ways: tuple[Way, ...]
    nested: Mapping[str, tuple[int, float]] = field(default_factory=dict)

    @property
    def functions(self) -> float:
        """Dollars a run for Lambda."""
        return sum(call.dollars for call in self.calls)

    @property
    def below(self) -> float:
        """Dollars a run for the runs that it starts."""
        return sum(number * dollars for number, dollars in self.nested.values())

    def run(self, way: Way) -> float | None:
        """Dollars a run, everything in it."""
        return None if way.dollars is None else way.dollars + self.functions + self.below

    @property
    def as_declared(self) -> Way:
        """The way that the workflow says: `type=`."""
        return self.ways[1] if self.report.express else self.ways[0]

    @property
    def cheapest(self) -> Way:
        """The way with the lowest price."""
        return min(
            (way for way in self.ways if way.dollars is not None),
            key=lambda way: way.dollars or 0.0,
            default=self.ways[0],
        )


def month(
    reports: Mapping[str, Report], name: str, runs: Mapping[str, float], now: datetime | None = None
) -> Month:
    """The month of one workflow; `reports` are those of all workflows, `runs` what the caller states."""
    report = reports[name]
    started, origin = _runs(report, runs.get(name), now or datetime.now(UTC))
    calls = tuple(_calls(report))
    seconds = _seconds(report, calls)
    nested: dict[str, tuple[int, float]] = {}
    for place, amount in report.budget.nested.items():
        callee = _plain(place)
        number = report.typical(amount)
        if callee in reports and callee != name:
            below = month(reports, callee, {callee: 0}, now)
            nested[callee] = (number, below.run(below.as_declared) or 0.0)
    ways = (
        Way("Standard", report.typical(report.budget.transitions) * PRICES.transition + _children(report)),
        _express(report, seconds),
        _inner(report),
    )
    return Month(report, started, origin, calls, seconds, ways, nested)


# ---------------------------------------------------------------------------------------------- runs


def _runs(report: Report, stated: float | None, now: datetime) -> tuple[float, str]:
    if stated is not None:
        return stated, "stated"
    schedules = [each for each in report.workflow.triggers if isinstance(each, Cron | Rate | At)]
    if not schedules:
        return ASSUMED_RUNS, "assumed"
    return sum(_of_schedule(each, now) for each in schedules), ", ".join(
        each.expression for each in schedules
    )


def _of_schedule(schedule: Cron | Rate | At, now: datetime) -> float:
    """How often a schedule fires in a month: the mean of the year to come; once for an `At`."""
    if isinstance(schedule, At):
        return 1
    if isinstance(schedule, Rate):
        value, unit = schedule.expression.split()
        return DAYS * 24 * 60 / (int(value) * {"minute": 1, "hour": 60, "day": 24 * 60}[unit.rstrip("s")])
    found = occurrences("Cron", schedule.expression, schedule.timezone, now, now + timedelta(days=365))
    return len(found) / 12


# ---------------------------------------------------------------------------------------------- calls


def seconds_of_call(report: Report, task: Task[..., Any]) -> tuple[float, str]:
    """The seconds of one call of a task, and where they are known from."""
    seen = [report.recorded.steps[s] for s in report.states_of(task.name) if s in report.recorded.steps]
    cases = sum(each.cases for each in seen)
    if cases and not task.takes_token:  # what a token waits for is no time of the function
        return sum(each.mean * each.cases for each in seen) / cases, "recorded"
    if task.expect is not None and not task.takes_token:
        return float(task.expect), "expect"
    return ASSUMED_SECONDS, "assumed"


def _calls(report: Report) -> Iterator[Call]:
    for place, amount in report.budget.calls.items():
        task = report.tasks.get(_plain(place))
        if task is not None:
            number = report.typical(amount)
            seconds, origin = seconds_of_call(report, task)
            dollars = number * PRICES.function(seconds, task.memory)
            yield Call(task.name, number, seconds, origin, task.memory, dollars)


def worst_run(report: Report) -> float | None:
    """Dollars of the dearest run without retries; None where a Map or loop has no bound.

    Each call takes all the time that it may. Runs that it starts are not in it.
    """
    transitions = report.worst(report.budget.transitions)
    total = 0.0 if transitions is None else transitions * PRICES.transition
    for place, amount in report.budget.calls.items():
        task, number = report.tasks.get(_plain(place)), report.worst(amount)
        if transitions is None or number is None:
            return None
        if task is not None:
            total += number * PRICES.function(min(task.timeout, LAMBDA_SECONDS), task.memory)
    return None if transitions is None else total


def _plain(place: str) -> str:
    return place.removeprefix("${").removesuffix("}")


# ---------------------------------------------------------------------------------------------- ways


def _seconds(report: Report, calls: tuple[Call, ...]) -> float:
    """How long a run takes: recorded, else all its calls one after the other, Maps 40 at once."""
    if report.recorded.seconds is not None:
        return report.recorded.seconds.mean
    at_once = report.at_once
    return sum(call.seconds * -(-call.calls // max(1, at_once.get(call.task, 1))) for call in calls)


def _obstacle(region: Mapping[str, Any], activities: Collection[str]) -> str:
    """Why states cannot stand in an Express machine; empty where they can."""
    for visit in walk(region):
        resource = str(visit.state.get("Resource", ""))
        if resource.endswith((".sync", ".sync:2")):
            return f"`{visit.name}` waits for what it starts"
        if resource.endswith(".waitForTaskToken"):
            return f"`{visit.name}` waits for an answer"
        if ":activity:" in resource or _plain(resource) in activities:
            return f"`{visit.name}` is an activity"
        if visit.state.get("ItemProcessor", {}).get("ProcessorConfig", {}).get("Mode") == "DISTRIBUTED":
            return f"`{visit.name}` is a distributed Map"
        pause = visit.state.get("Seconds")
        if isinstance(pause, int | float) and pause >= EXPRESS_SECONDS:
            return f"`{visit.name}` waits for {pause:,} seconds, and a run has {EXPRESS_SECONDS}"
    return ""


def _express(report: Report, seconds: float) -> Way:
    why = _obstacle(report.definition, report.activities)
    if not why and seconds > EXPRESS_SECONDS:
        why = f"a run takes {seconds:,.0f} seconds, and has {EXPRESS_SECONDS}"
    return Way("Express", None if why else PRICES.express(seconds), why)


def _children(report: Report) -> float:
    """What the Express runs cost that a distributed Map makes of its items."""
    return sum(
        report.typical(report.budget.items[visit.name]) * PRICES.express(_seconds_of(report, body))
        for visit in walk(report.definition)
        if (body := visit.state.get("ItemProcessor"))
        and body.get("ProcessorConfig", {}).get("ExecutionType") == "EXPRESS"
    )


def _seconds_of(report: Report, body: Mapping[str, Any]) -> float:
    """How long what a Map does with one item takes: its calls one after the other."""
    return sum(
        report.recorded.steps[visit.name].mean
        if visit.name in report.recorded.steps
        else _guess(report, visit)
        for visit in walk(body)
        if visit.type == "Task"
    )


def _inner(report: Report) -> Way:
    """As Standard, each item of a Map an Express run of its own: the Map then has the states of a call."""
    name = "inner Express"
    if report.express:
        return Way(name, None, "the workflow is Express as a whole")
    definition = copy.deepcopy(dict(report.definition))
    moved: list[tuple[str, Mapping[str, Any]]] = []
    reasons: list[str] = []
    _move(definition, report.activities, moved, reasons)
    if not moved:
        return Way(name, None, reasons[0] if reasons else "it has no Map")
    dollars = report.typical(budget_of(definition).transitions) * PRICES.transition
    for state, body in moved:
        dollars += report.typical(report.budget.items[state]) * PRICES.express(_seconds_of(report, body))
    return Way(name, dollars)


def _guess(report: Report, visit: Any) -> float:
    arguments = visit.state.get("Arguments")
    name = arguments.get("FunctionName", "") if isinstance(arguments, dict) else ""
    task = report.tasks.get(_plain(str(name)))
    return ASSUMED_SECONDS if task is None else seconds_of_call(report, task)[0]


def _move(
    region: dict[str, Any],
    activities: Collection[str],
    moved: list[tuple[str, Mapping[str, Any]]],
    reasons: list[str],
) -> None:
    """Put a call in place of what each Map does with an item, where that could be an Express run."""
    for name, state in region.get("States", {}).items():
        for branch in state.get("Branches", ()):
            _move(branch, activities, moved, reasons)
        body = state.get("ItemProcessor")
        if body is None:
            continue
        why = _obstacle(body, activities)
        if why:
            reasons.append(why)
            _move(body, activities, moved, reasons)
            continue
        moved.append((name, copy.deepcopy(body)))
        body["StartAt"], body["States"] = "run", copy.deepcopy(EXPRESS_CALL)
