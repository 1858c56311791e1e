"""A run's steps in a few numbers each: what is kept of a history when a run has ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ladle.operate.causes import failure_of
from ladle.operate.progress import Progress
from ladle.operate.records import StepSummary

if TYPE_CHECKING:
    from ladle.operate.ends import Runs

__all__ = ["culprit", "progress_of", "summaries"]

TOLD: Final = frozenset({"Task", "Map", "Parallel", "Wait", "Fail"})
"""The states that take time or end a run; Choice, Pass and Succeed are not steps to anybody."""


def progress_of(runs: Runs, run: str) -> Progress:
    """What a run has done so far, with the counts of its Map Runs."""
    progress = Progress().see_all(runs.events(run))
    progress.counts.update(runs.item_counts(run, progress.map_runs))
    return progress


def summaries(progress: Progress, status: str | None = None) -> list[StepSummary]:
    """The steps in the order in which they were first entered.

    `status` is how the run ended where its history does not say so: its process may have gone away.
    """
    if status is not None and not progress.ended:
        progress.status = status
    critical = progress.critical_times()
    return [
        StepSummary(
            step=name,
            kind=step.kind,
            status=progress.status_of(step),
            entered=step.entered,
            attempts=step.tries,
            items=progress.items_of(step)[0] if step.kind == "Map" else None,
            started=step.first / 1000,
            seconds=step.milliseconds(step.last) / 1000,
            waited=step.backoff / 1000,
            critical=critical.get(name, 0) / 1000,
            error=failure_of(step.error, step.cause).error if step.error is not None else None,
        )
        for name, step in progress.steps.items()
        if step.kind in TOLD
    ]


def culprit(progress: Progress) -> str | None:
    """The step whose failure ended the run; where a handler raised the error again, the one it came from."""
    last = progress.failed_step
    if progress.status in ("RUNNING", "SUCCEEDED") or last is None:
        return None
    step = progress.steps.get(last)
    if step is None or step.kind != "Fail":
        return last
    error = failure_of(progress.error, progress.cause).error
    same = [
        (each.last, name)
        for name, each in progress.steps.items()
        if each.failed and each.error is not None and failure_of(each.error, each.cause).error == error
    ]
    return max(same)[1] if same else last
