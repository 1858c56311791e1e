"""All workflows at a glance: which of them need somebody, how the others are."""

from __future__ import annotations

import time
from typing import Any, Final

from ladle.operate.records import RunRecord, price_of
from ladle.web.ends import End
from ladle.web.feeds import Feed, feed_of
from ladle.web.http import Request
from ladle.web.statuses import OF_RECORD

__all__ = ["overview", "overview_feed"]

DAYS: Final = 7
LAST: Final = 30


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
    workflows = [_row(end, name, now) for name in names]
    return {
        "now": now,
        "days": DAYS,
        "totals": {
            "runs": sum(row["of"] for row in workflows),
            "succeeded": sum(row["of"] - row["failed"] for row in workflows),
            "failed": sum(row["failed"] for row in workflows),
            "missed": 0,
            "active": sum(counts.get(name, {}).get("RUNNING", 0) for name in names),
            "cost": 0.0,
        },
        "attention": [],
        "workflows": workflows,
    }


def _row(end: End, name: str, now: float) -> dict[str, Any]:
    facts = end.workflows.get(name)
    last = end.runs.runs(workflow=name, limit=LAST)
    recent = last[0] if last else None
    of = [record for record in last if record.created >= now - DAYS * 86_400]
    seconds = sorted(r.seconds for r in last if r.seconds is not None)
    return {
        "name": name,
        "doc": facts.doc if facts else "",
        "trigger": ", ".join(facts.triggers) if facts else "",
        "health": OF_RECORD[recent.status] if recent else "pending",
        "last": [[OF_RECORD[r.status], r.seconds, r.id] for r in reversed(last)],
        "recent": _recent(recent) if recent else None,
        "next": None,
        "failed": sum(r.status in ("FAILED", "TIMED_OUT") for r in of),
        "of": len(of),
        "p50": seconds[len(seconds) // 2] if seconds else None,
        "p95": seconds[int(len(seconds) * 0.95)] if seconds else None,
        "cost": sum(price_of(r.billed) for r in of),
    }


def _recent(record: RunRecord) -> dict[str, Any]:
    return {
        "id": record.id,
        "status": OF_RECORD[record.status],
        "at": record.created,
        "duration": record.seconds,
    }
