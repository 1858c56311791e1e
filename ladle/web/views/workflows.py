"""A workflow: the grid of its runs over time, its figures, the list of its runs."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any, Final

from ladle.operate.records import ENDED, RunBrief, RunRecord, StepSummary, price_of
from ladle.operate.stats import Stats, stats
from ladle.web.drawing import Drawing, drawing_of
from ladle.web.ends import End, WorkflowFacts
from ladle.web.feeds import Feed, feed_of
from ladle.web.http import Refusal, Request
from ladle.web.schedule import Slotted, missed, next_time, recent_slots
from ladle.web.statuses import LETTERS, OF_RECORD
from ladle.web.views.runs import trigger_of

__all__ = ["runs_page", "workflow_feed", "workflow_view"]

DAYS: Final = 30
COLUMNS: Final = 60
"""Columns of the grid, here; on AWS, where each costs a request, half as many."""
STEPS: Final = 40
"""Rows of the grid: more steps than this are not shown in it."""
FIGURES_FOR: Final = 30.0
"""Seconds for which figures are not worked out again."""
PAGE: Final = 20

_FILTERS: Final[Mapping[str, tuple[str, ...]]] = {
    "failed": ("FAILED", "TIMED_OUT"),
    "timed_out": ("TIMED_OUT",),
    "succeeded": ("SUCCEEDED",),
    "running": ("RUNNING",),
    "stopped": ("ABORTED", "INTERRUPTED"),
}
_TRIGGERS: Final = {"schedule": "schedule", "backfill": "schedule", "s3": "upload", "hand": "manual"}


def workflow_view(end: End, request: Request, name: str) -> dict[str, Any]:
    """The view of one workflow."""
    found = workflow_feed(end, name).snapshot()
    if request.query.get("status") or request.query.get("trigger"):
        found["runs"] = runs_page(end, request, name)
    return found


def workflow_feed(end: End, name: str) -> Feed:
    """The view of a workflow, as it changes."""
    facts = _facts(end, name)
    return feed_of(end, f"workflow {name}", lambda: _current(end, facts))


def _facts(end: End, name: str) -> WorkflowFacts:
    facts = end.workflows.get(name)
    if facts is None:
        if not end.runs.briefs(name, limit=1):
            raise Refusal(404, f"there is no workflow {name!r}", "the overview lists them")
        facts = WorkflowFacts(name)  # it has runs and is in the project no more
    return facts


def _current(end: End, facts: WorkflowFacts) -> dict[str, Any]:
    now = time.time()
    columns = COLUMNS if end.is_local else COLUMNS // 2
    records = end.runs.runs(workflow=facts.name, limit=columns)
    drawing = _drawing(end, records)
    newest = records[0] if records else None
    return {
        "now": now,
        "name": facts.name,
        "doc": facts.doc,
        "triggers": list(facts.told),
        "source": facts.source,
        "code": drawing.version if drawing else None,
        "deployed": None,
        "health": OF_RECORD[newest.status] if newest else "pending",
        "parameters": list(facts.parameters),
        "stats": _figures(end, facts, records, now),
        "grid": _grid(end, facts, records, drawing, columns, now),
        "runs": _rows(records[:PAGE], end.runs.count(workflow=facts.name)),
        "actions": [verb for verb in ("start", "backfill") if verb in end.verbs],
    }


def _drawing(end: End, records: Sequence[RunRecord]) -> Drawing | None:
    return drawing_of(end.runs.definition(records[0].id)) if records else None


# ------------------------------------------------------------------------------------------------ the figures


def _figures(end: End, facts: WorkflowFacts, records: Sequence[RunRecord], now: float) -> dict[str, Any]:
    kept: dict[str, tuple[float, Stats]] = end.cache.setdefault("figures", {})
    at, found = kept.get(facts.name, (0.0, None))
    if found is None or now - at > FIGURES_FOR:
        last, sample = (1000, 50) if end.is_local else (100, 10)
        found = stats(end.runs, facts.name, since=now - DAYS * 86_400, last=last, sample=sample)
        kept[facts.name] = (now, found)
    billed = [record.billed for record in records[:PAGE] if record.billed]
    transitions = sum(billed) / len(billed) if billed else None
    path = found.path
    return {
        "days": DAYS,
        "runs": sum(found.runs.values()),
        "ended": sum(number for status, number in found.runs.items() if status in ENDED),
        "succeeded": found.runs.get("SUCCEEDED", 0),
        "more": found.reached,
        "p50": found.spread.p50 if found.spread else None,
        "p95": found.spread.p95 if found.spread else None,
        "trend": _trend(found),
        "cost": None if transitions is None else round(price_of(1) * transitions, 9),
        "transitions": None if transitions is None else round(transitions, 1),
        "critical": {"step": path[0].step, "share": round(path[0].critical, 3)} if path else None,
        "next": next_time(end, facts, now),
        "trend_days": [
            [day.date, day.succeeded, day.failed, day.spread.p50 if day.spread else None]
            for day in found.days
        ],
    }


def _trend(found: Stats) -> float | None:
    """By which share the middle duration of the last seven days is above that of the days before."""
    known = [day.spread for day in found.days if day.spread is not None]
    recent, before = known[-7:], known[:-7]
    if not recent or not before:
        return None
    now = sum(each.p50 * each.number for each in recent) / sum(each.number for each in recent)
    then = sum(each.p50 * each.number for each in before) / sum(each.number for each in before)
    return round(now / then - 1, 3) if then else None


# --------------------------------------------------------------------------------------------------- the grid


def _grid(
    end: End,
    facts: WorkflowFacts,
    records: Sequence[RunRecord],
    drawing: Drawing | None,
    columns: int,
    now: float,
) -> dict[str, Any]:
    """The times of the schedules with their runs, and the runs of no time, in the order of time."""
    found = recent_slots(end, facts, now, columns)
    slotted = Slotted(end, facts, found)
    by_id = {record.id: record for record in records}
    for record in records:
        slotted.add(record.slot, _brief(record))
    steps = [row for row in (drawing.rows if drawing else ()) if row.kind != "Fail"][:STEPS]
    holes = {slot.run for slot in missed(end, found, slotted.of, now)}
    slots: list[dict[str, Any]] = []
    placed: set[str] = set()
    for slot in found:
        brief, at = slotted.of(slot), slot.at.timestamp()
        if brief is not None:
            placed.add(brief.id)
            slots.append(_ran(end, by_id.get(brief.id), brief, at, "schedule"))
        elif slot.run in holes:
            refused: dict[str, str] = end.cache.get("refused", {})
            slots.append({**_empty(at, "missed"), "error": refused.get(slot.run)})
    slots += [
        _ran(end, record, _brief(record), record.slot or record.created, trigger_of(record))
        for record in records
        if record.id not in placed
    ]
    slots.sort(key=lambda each: each["at"])
    slots = slots[-columns:]
    _add_cells(end, slots, [row.name for row in steps])
    coming = next_time(end, facts, now)
    if coming is not None:
        slots.append(_empty(coming, "scheduled"))
    return {"steps": [{"id": row.name, "label": row.label} for row in steps], "slots": slots}


def _brief(record: RunRecord) -> RunBrief:
    return RunBrief(record.id, record.workflow, record.status, record.created, record.seconds)


def _ran(end: End, record: RunRecord | None, brief: RunBrief, at: float, trigger: str) -> dict[str, Any]:
    bad = brief.status in ("FAILED", "TIMED_OUT", "ABORTED")
    if record is None and bad and end.is_local:
        record = end.runs.find(brief.id)
    return {
        "at": at,
        "run": brief.id,
        "status": OF_RECORD[brief.status],
        "trigger": trigger_of(record) if record is not None else trigger,
        "duration": brief.seconds,
        "cells": None,
        "step": record.failed_step if record is not None and bad else None,
        "error": record.failure if record is not None and bad else None,
        "code": None,
    }


def _empty(at: float, status: str) -> dict[str, Any]:
    return {
        "at": at,
        "run": None,
        "status": status,
        "trigger": "schedule",
        "duration": None,
        "cells": None,
        "step": None,
        "error": None,
        "code": None,
    }


def _add_cells(end: End, slots: Sequence[dict[str, Any]], steps: Sequence[str]) -> None:
    """A letter a step. What a run that has ended did is asked for once."""
    kept: dict[str, Mapping[str, StepSummary]] = end.cache.setdefault("cells", {})
    ids = [slot["run"] for slot in slots if slot["run"] is not None]
    asked = [run for run in ids if run not in kept]
    found: dict[str, Mapping[str, StepSummary]] = {
        run: {each.step: each for each in summaries} for run, summaries in end.runs.steps(asked).items()
    }
    for slot in slots:
        run = slot["run"]
        if run is None:
            continue
        summary = found.get(run) or kept.get(run, {})
        if slot["status"] not in ("running", "stopped", "failed", "timed_out"):
            kept[run] = summary  # the others may still be redriven
        slot["cells"] = "".join(_letter(summary.get(step)) for step in steps)
        if slot["status"] == "succeeded" and any(s.attempts > s.entered for s in summary.values()):
            slot["status"] = "retried"
    while len(kept) > 4000:
        del kept[next(iter(kept))]


def _letter(summary: StepSummary | None) -> str:
    if summary is None:
        return "-"
    if summary.status == "succeeded" and summary.attempts > summary.entered:
        return "r"
    return LETTERS[summary.status]


# --------------------------------------------------------------------------------------------------- the list


def runs_page(end: End, request: Request, name: str) -> dict[str, Any]:
    """A page of the runs of a workflow, the newest first, of a status and a trigger."""
    _facts(end, name)
    status, trigger = request.query.get("status") or "", request.query.get("trigger") or ""
    if status and status not in _FILTERS:
        raise Refusal(400, f"runs are not filtered by {status!r}", f"status is one of {', '.join(_FILTERS)}")
    if trigger and trigger not in _TRIGGERS:
        raise Refusal(400, f"there is no trigger {trigger!r}", f"there are {', '.join(_TRIGGERS)}")
    limit = max(1, request.number("limit", PAGE, 200))
    found: list[RunRecord] = []
    total: int | None = 0
    for each in _FILTERS.get(status, (None,)):
        kind = _TRIGGERS.get(trigger)
        after = request.query.get("after") or None
        found += end.runs.runs(workflow=name, status=each, trigger=kind, before=after, limit=limit)
        counted = end.runs.count(workflow=name, status=each, trigger=kind)
        total = None if total is None or counted is None else total + counted
    found.sort(key=lambda record: -record.created)
    more = len(found) >= limit
    found = found[:limit]
    last = found[-1].id if found and more else None
    if trigger in ("schedule", "backfill"):
        found, total = [record for record in found if trigger_of(record) == trigger], None
    return {**_rows(found, total), "next": last}


def _rows(records: Sequence[RunRecord], total: int | None) -> dict[str, Any]:
    return {
        "rows": [
            {
                "id": record.id,
                "status": OF_RECORD[record.status],
                "trigger": trigger_of(record),
                "at": record.created,
                "duration": record.seconds,
                "step": record.failed_step,
                "error": record.failure,
                "code": None,
                "transitions": record.billed or None,
            }
            for record in records
        ],
        "next": records[-1].id if records and (total is None or total > len(records)) else None,
        "total": total,
    }
