"""All workflows at a glance: which of them need somebody, how the others are."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote
from zoneinfo import ZoneInfo

from ladle.operate.causes import failure_of
from ladle.operate.records import RunBrief, RunRecord, price_of
from ladle.operate.slots import Slot
from ladle.operate.stats import Spread
from ladle.web.ends import End, WorkflowFacts
from ladle.web.feeds import Feed, feed_of
from ladle.web.http import Request
from ladle.web.loaded import load
from ladle.web.schedule import Slotted, missed, next_time, recent_slots
from ladle.web.statuses import BAD, OF_RECORD
from ladle.web.views.runs import waits

__all__ = ["overview", "overview_feed"]

DAYS: Final = 7
LAST: Final = 30
SPREAD: Final = 100
"""So many runs of a workflow, the newest, tell how long they take; they are one request on AWS."""
SLOTS: Final = 200
"""So many times of a schedule, the newest, are looked at for missed ones."""
SAMPLE: Final = 5
"""So many runs tell what one costs."""
OPEN: Final = 5
"""So many runs that go on are looked into, for whether they wait for somebody."""

WORST: Final = ("failed", "timed_out", "missed", "waiting", "running", "stopped", "retried", "succeeded")


def overview(end: End, request: Request) -> dict[str, Any]:
    """The view of all workflows."""
    del request
    return overview_feed(end).snapshot()


def overview_feed(end: End) -> Feed:
    """The view of all workflows, as it changes."""
    return feed_of(end, "overview", lambda: _current(end))


def _current(end: End) -> dict[str, Any]:
    now = time.time()
    counts = end.runs.counts()
    names = list(dict.fromkeys([*end.workflows, *counts]))
    workflows: list[dict[str, Any]] = []
    attention: list[dict[str, Any]] = []
    for name in names:
        row, needs = _workflow(end, end.workflows.get(name) or WorkflowFacts(name), now)
        workflows.append(row)
        attention += needs
    rank = {status: number for number, status in enumerate((*WORST, "pending"))}
    attention.sort(key=lambda each: (rank[each["status"]], -each["at"]))
    workflows.sort(key=lambda row: (rank[row["health"]] if row["health"] in WORST[:4] else 9, row["name"]))
    return {
        "now": now,
        "days": DAYS,
        "totals": {
            "runs": sum(row["of"] for row in workflows),
            "succeeded": sum(row["good"] for row in workflows),
            "failed": sum(row["failed"] for row in workflows),
            "missed": sum(row["missed"] for row in workflows),
            "active": sum(row["active"] for row in workflows),
            "cost": _sum([row["cost"] for row in workflows]),
        },
        "attention": attention,
        "workflows": workflows,
    }


def _sum(costs: Sequence[float | None]) -> float | None:
    known = [cost for cost in costs if cost is not None]
    return round(sum(known), 9) if known else None


# ------------------------------------------------------------------------------------------- one workflow


def _workflow(end: End, facts: WorkflowFacts, now: float) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    briefs = end.runs.briefs(facts.name, limit=SPREAD)
    last = briefs[:LAST]
    retried = _retried(end, last)
    since = now - DAYS * 86_400
    numbers = _numbers(end, facts.name, briefs, since)
    spread = Spread.of(b.seconds for b in briefs if b.status == "SUCCEEDED" and b.seconds is not None)
    holes = _missed(end, facts, now, since)
    going = [brief for brief in briefs if brief.status == "RUNNING"]
    waiting = _waiting(end, going)
    words = {brief.id: _word(brief, retried, waiting) for brief in last}
    ended = next((brief for brief in briefs if brief.status != "RUNNING"), None)
    health = _health(words.get(ended.id) if ended else None, holes, going, waiting)
    row = {
        "name": facts.name,
        "doc": facts.doc,
        "trigger": ", ".join(facts.told) or "started by hand",
        "health": health,
        "last": [[words[b.id], b.seconds, b.id] for b in reversed(last)],
        "recent": _recent(last[0], words) if last else None,
        "next": next_time(end, facts, now),
        **numbers,
        "missed": len(holes),
        "p50": spread.p50 if spread else None,
        "p95": spread.p95 if spread else None,
        "cost": _cost(end, facts.name, numbers["of"]),
    }
    return row, _attention(end, facts, ended, holes, waiting)


def _word(brief: RunBrief, retried: frozenset[str], waiting: dict[str, Any]) -> str:
    word = OF_RECORD[brief.status]
    if word == "succeeded" and brief.id in retried:
        return "retried"
    return "waiting" if brief.id in waiting else word


def _recent(brief: RunBrief, words: dict[str, str]) -> dict[str, Any]:
    return {"id": brief.id, "status": words[brief.id], "at": brief.created, "duration": brief.seconds}


def _retried(end: End, briefs: Sequence[RunBrief]) -> frozenset[str]:
    """Which of the runs had to try a step again. On AWS that would be a request a run."""
    if not end.is_local:
        return frozenset()
    good = [brief.id for brief in briefs if brief.status == "SUCCEEDED"]
    found = end.runs.steps(good)
    return frozenset(run for run, steps in found.items() if any(s.attempts > s.entered for s in steps))


def _numbers(end: End, workflow: str, briefs: Sequence[RunBrief], since: float) -> dict[str, Any]:
    """How many runs there were since then, and how they ended. AWS counts none: there, of those listed."""
    of = end.runs.count(workflow=workflow, since=since)
    if of is None:
        young = [OF_RECORD[brief.status] for brief in briefs if brief.created >= since]
        return {
            "of": len(young),
            "failed": sum(word in BAD for word in young),
            "good": young.count("succeeded"),
            "active": young.count("running"),
            "more": len(young) == SPREAD,
        }

    def count(*statuses: str) -> int:
        return sum(end.runs.count(workflow=workflow, status=each, since=since) or 0 for each in statuses)

    return {
        "of": of,
        "failed": count("FAILED", "TIMED_OUT"),
        "good": count("SUCCEEDED"),
        "active": end.runs.counts().get(workflow, {}).get("RUNNING", 0),
        "more": False,
    }


def _cost(end: End, workflow: str, of: int) -> float | None:
    """What the runs since then cost on AWS, by what the last few of them did. On AWS nothing counts it."""
    if not end.is_local:
        return None
    sample = [r for r in end.runs.runs(workflow=workflow, limit=SAMPLE) if r.billed]
    if not sample:
        return None
    return round(of * sum(price_of(record.billed) for record in sample) / len(sample), 9)


def _missed(end: End, facts: WorkflowFacts, now: float, since: float) -> list[Slot]:
    found = recent_slots(end, facts, now, SLOTS, DAYS)
    slotted = Slotted(end, facts, found)
    return [slot for slot in missed(end, found, slotted.of, now) if slot.at.timestamp() >= since]


def _waiting(end: End, going: Sequence[RunBrief]) -> dict[str, Any]:
    """Which of the runs wait, and for what."""
    found: dict[str, Any] = {}
    for brief in going[:OPEN]:
        what = waits(load(end, brief.id).history)
        if what is not None:
            found[brief.id] = {**what, "at": brief.created}
    return found


def _health(
    ended: str | None, holes: Sequence[Slot], going: Sequence[RunBrief], waiting: dict[str, Any]
) -> str:
    """The worst of what is so now."""
    so = [
        *([ended] if ended else []),
        *(["missed"] if holes else []),
        *(["waiting"] if any(each["for"] == "answer" for each in waiting.values()) else []),
        *(["running"] if going else []),
    ]
    return min(so, key=WORST.index) if so else "pending"


# ---------------------------------------------------------------------------------------- what needs somebody


def _attention(
    end: End,
    facts: WorkflowFacts,
    ended: RunBrief | None,
    holes: Sequence[Slot],
    waiting: dict[str, Any],
) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    if ended is not None and OF_RECORD[ended.status] in BAD:
        record = end.runs.find(ended.id)
        action = next((verb for verb in ("resume", "redrive") if verb in end.verbs), "open")
        found.append(
            {
                "status": OF_RECORD[ended.status],
                "workflow": facts.name,
                "step": record.failed_step,
                "text": _failure(record),
                "at": ended.created + (record.wall or 0.0),
                "href": f"r/{quote(ended.id, safe='')}",
                "action": action,
            }
        )
    if holes:
        times = ", ".join(_time(slot) for slot in holes[:2])
        more = f" and {len(holes) - 2} more" if len(holes) > 2 else ""
        found.append(
            {
                "status": "missed",
                "workflow": facts.name,
                "step": None,
                "text": f"nothing ran at {times}{more}",
                "at": holes[-1].at.timestamp(),
                "href": f"w/{quote(facts.name, safe='')}?slot={int(holes[-1].at.timestamp())}",
                "action": "backfill" if "backfill" in end.verbs else "open",
            }
        )
    for run, what in waiting.items():
        if what["for"] == "answer":
            found.append(
                {
                    "status": "waiting",
                    "workflow": facts.name,
                    "step": what["step"],
                    "text": f"{what['step']} waits for an answer",
                    "at": what["at"],
                    "href": f"r/{quote(run, safe='')}",
                    "action": "open",
                }
            )
    return found


def _failure(record: RunRecord) -> str:
    failure = failure_of(record.error, record.cause)
    name = failure.error or record.status.lower().replace("_", " ")
    text = f"{name}: {' '.join(failure.message.split())}" if failure.message else name
    where = f"{record.failed_step}: " if record.failed_step else ""
    return f"{where}{text}"[:300]


def _time(slot: Slot) -> str:
    """A time as the schedule's own clock shows it."""
    local: datetime = slot.at.astimezone(ZoneInfo(slot.schedule.timezone))
    return f"{local:%H:%M} on {local.day} {local:%b}"
