"""Figures about the runs of a workflow: how many succeed, how long they and their steps take, since when.

Everything is worked out from what both ends tell cheaply: runs in passing (`Runs.briefs`), and the steps of a
sample of them (`Runs.steps`, which costs a request a run on AWS).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from ladle.operate.ends import Runs
from ladle.operate.records import RunBrief, StepSummary

__all__ = ["Day", "Health", "Spread", "Stats", "StepStats", "health", "percentile", "stats"]

GOOD: Final = "SUCCEEDED"
OPEN: Final = "RUNNING"


@dataclass(frozen=True, slots=True)
class Spread:
    """How durations lie, in seconds: the middle one, what 95 and 99 of 100 do not exceed, the longest."""

    number: int
    p50: float
    p95: float
    p99: float
    longest: float

    @classmethod
    def of(cls, values: Iterable[float]) -> Spread | None:
        """The spread of some durations; None of none."""
        found = sorted(values)
        if not found:
            return None
        p50, p95, p99 = (percentile(found, share) for share in (0.50, 0.95, 0.99))
        return cls(len(found), p50, p95, p99, found[-1])

    def as_json(self) -> dict[str, Any]:
        """As `--json` prints it."""
        return {name: getattr(self, name) for name in type(self).__slots__}


@dataclass(frozen=True, slots=True)
class Day:
    """One day (UTC) of a workflow: how many of its runs ended well and otherwise, and how long they took."""

    date: str
    succeeded: int
    failed: int
    spread: Spread | None


@dataclass(frozen=True, slots=True)
class StepStats:
    """One step over the runs of a sample.

    `runs` is in how many it was entered, `failed` in how many it failed for good (a handler may have taken
    over), `retried` in how many it was tried again. `critical` is the share of the runs' time that the step
    made longer, `waited` the seconds between tries, on average over the runs that it was entered in.
    """

    step: str
    kind: str
    runs: int
    failed: int
    retried: int
    spread: Spread
    waited: float
    critical: float
    errors: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Stats:
    """What `stats` finds. `success` is a share of the runs that have ended, None without any.

    `runs` counts by status. `sampled` is how many runs the steps were taken from. `path` has the steps that
    made the runs as long as they were, the longest share first. `days` is the trend, the oldest first.
    `reached` says that there are more runs than were looked at.
    """

    workflow: str
    runs: dict[str, int]
    success: float | None
    spread: Spread | None
    first: float | None
    last: float | None
    sampled: int
    steps: tuple[StepStats, ...]
    days: tuple[Day, ...]
    reached: bool

    @property
    def path(self) -> list[StepStats]:
        """The steps that the runs' durations were made of."""
        return sorted((s for s in self.steps if s.critical >= 0.02), key=lambda s: -s.critical)


@dataclass(frozen=True, slots=True)
class Health:
    """A workflow at a glance: its newest runs, the newest last, how long they take, what share went well."""

    workflow: str
    recent: tuple[RunBrief, ...]
    success: float | None
    spread: Spread | None

    @property
    def last(self) -> RunBrief | None:
        """The newest run."""
        return self.recent[-1] if self.recent else None


def percentile(values: Sequence[float], share: float) -> float:
    """The least of the sorted `values` that this share of them does not exceed (the nearest rank).

    >>> percentile([1, 2, 3, 4], 0.5), percentile([1, 2, 3, 4], 0.95)
    (2, 4)
    """
    return values[max(0, math.ceil(share * len(values)) - 1)]


def stats(
    runs: Runs,
    workflow: str,
    *,
    since: float | None = None,
    until: float | None = None,
    last: int = 1000,
    sample: int = 50,
) -> Stats:
    """The figures of a workflow's newest runs: at most `last` of them, the steps of at most `sample`.

    The sample are the newest runs that have ended. `since` and `until` bound the time of their creation
    (seconds since the epoch).
    """
    briefs = runs.briefs(workflow, since=since, until=until, limit=last + 1)
    reached, briefs = len(briefs) > last, briefs[:last]
    by_status: dict[str, int] = {}
    for brief in briefs:
        by_status[brief.status] = by_status.get(brief.status, 0) + 1
    sampled = [brief.id for brief in briefs if brief.status != OPEN and brief.seconds is not None][:sample]
    return Stats(
        workflow=workflow,
        runs=by_status,
        success=_success(briefs),
        spread=_spread(briefs),
        first=briefs[-1].created if briefs else None,
        last=briefs[0].created if briefs else None,
        sampled=len(sampled),
        steps=_steps(list(runs.steps(sampled).values())),
        days=_days(briefs),
        reached=reached,
    )


def health(runs: Runs, workflows: Iterable[str], last: int = 30) -> list[Health]:
    """Each workflow at a glance, by its newest `last` runs."""
    found = []
    for workflow in workflows:
        briefs = runs.briefs(workflow, limit=last)
        found.append(Health(workflow, tuple(reversed(briefs)), _success(briefs), _spread(briefs)))
    return found


def _success(briefs: Iterable[RunBrief]) -> float | None:
    ended = [brief.status == GOOD for brief in briefs if brief.status != OPEN]
    return sum(ended) / len(ended) if ended else None


def _spread(briefs: Iterable[RunBrief]) -> Spread | None:
    """Of the runs that succeeded: a failure says nothing about how long the work takes."""
    return Spread.of(brief.seconds for brief in briefs if brief.status == GOOD and brief.seconds is not None)


def _days(briefs: Iterable[RunBrief]) -> tuple[Day, ...]:
    by_day: dict[str, list[RunBrief]] = {}
    for brief in briefs:
        if brief.status != OPEN:
            by_day.setdefault(_date(brief.created), []).append(brief)
    return tuple(
        Day(
            date,
            sum(brief.status == GOOD for brief in of_day),
            sum(brief.status != GOOD for brief in of_day),
            _spread(of_day),
        )
        for date, of_day in sorted(by_day.items())
    )


def _date(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d")


def _steps(sample: Sequence[Sequence[StepSummary]]) -> tuple[StepStats, ...]:
    by_step: dict[str, list[StepSummary]] = {}
    for steps in sample:
        for step in steps:
            by_step.setdefault(step.step, []).append(step)
    whole = sum(step.critical for steps in sample for step in steps)
    return tuple(
        StepStats(
            step=name,
            kind=of_step[0].kind,
            runs=len(of_step),
            failed=sum(each.status in ("failed", "caught") for each in of_step),
            retried=sum(each.attempts > each.entered for each in of_step),
            spread=_of_one(of_step),
            waited=sum(each.waited for each in of_step) / len(of_step),
            critical=sum(each.critical for each in of_step) / whole if whole else 0.0,
            errors=_errors(of_step),
        )
        for name, of_step in by_step.items()
    )


def _of_one(steps: Sequence[StepSummary]) -> Spread:
    spread = Spread.of(each.seconds for each in steps)
    assert spread is not None  # a step is in the table because some run entered it
    return spread


def _errors(steps: Iterable[StepSummary]) -> tuple[tuple[str, int], ...]:
    found: dict[str, int] = {}
    for each in steps:
        if each.error is not None:
            found[each.error] = found.get(each.error, 0) + 1
    return tuple(sorted(found.items(), key=lambda item: (-item[1], item[0])))
