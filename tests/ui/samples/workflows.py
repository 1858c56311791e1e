"""The overview, and one workflow with its grid."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.ui.samples.names import DAY, FAILED, GOOD, NOW, WAITING


def _history(seed: int, count: int, middle: float, spread: float, **marks: str) -> list[list[Any]]:
    """The last runs of a workflow. `marks`: `m5="failed"` is the fifth from the end."""
    draw = random.Random(seed)
    runs: list[list[Any]] = [
        [
            "retried" if draw.random() < 0.06 else "succeeded",
            middle * (1 + (draw.random() - 0.45) * spread),
            f"r{n}",
        ]
        for n in range(count)
    ]
    for place, status in marks.items():
        run = runs[-int(place[1:])]
        run[0] = status
        if status == "missed":
            run[1] = run[2] = None
    return runs


def _row(
    name: str, trigger: str, health: str, recent: tuple[str, float, float | None], **more: Any
) -> dict[str, Any]:
    status, ago, seconds = recent
    return {
        "name": name,
        "doc": "",
        "trigger": trigger,
        "health": health,
        "active": int(status in ("running", "waiting")),
        "recent": {"id": f"{name}-1", "status": status, "at": NOW - ago, "duration": seconds},
        "next": None,
        "failed": 0,
        "of": 1,
        "p50": None,
        "p95": None,
        "cost": None,
        **more,
    }


def overview() -> dict[str, Any]:
    """Eight workflows, four of which need somebody."""
    tomorrow = NOW - 760 + DAY
    return {
        "now": NOW,
        "seq": 1,
        "days": 7,
        "totals": {"runs": 894, "succeeded": 886, "failed": 6, "missed": 1, "active": 2, "cost": 4.53},
        "attention": [
            {
                "status": "failed",
                "workflow": "daily_delays",
                "step": "delays[10]",
                "text": "failed at delays[10]: StatisticsError, mean requires at least one data point",
                "at": NOW - 720,
                "href": f"r/{FAILED}",
                "action": "resume",
            },
            {
                "status": "missed",
                "workflow": "ingest_bookings",
                "step": None,
                "text": "nothing ran at 03:00; the slots before and after did",
                "at": NOW - 3 * 3600,
                "href": "w/ingest_bookings?slot=missed",
                "action": "backfill",
            },
            {
                "status": "missed",
                "workflow": "daily_delays",
                "step": None,
                "text": "nothing ran on 13 and 14 Nov",
                "at": NOW - 8 * DAY,
                "href": f"w/daily_delays?slot={int(_slot_time(9))}",
                "action": "backfill",
            },
            {
                "status": "waiting",
                "workflow": "monthly_report",
                "step": "approve",
                "text": "approve waits for an answer, times out in 21 h",
                "at": NOW - 7300,
                "href": f"r/{WAITING}",
                "action": "answer",
            },
        ],
        "workflows": [
            _row(
                "daily_delays",
                "06:00 daily, S3 landing/flights/",
                "failed",
                ("failed", 720, 30.6),
                next=tomorrow,
                failed=1,
                of=9,
                p50=38.4,
                p95=52.1,
                cost=0.04,
                last=_history(
                    7,
                    30,
                    38,
                    0.5,
                    m1="failed",
                    m9="missed",
                    m10="missed",
                    m17="failed",
                    m6="retried",
                    m28="timed_out",
                ),
            ),
            _row(
                "monthly_report",
                "1st of month 07:00",
                "waiting",
                ("waiting", 7560, None),
                next=NOW + 8 * DAY,
                of=1,
                p50=8940,
                p95=16300,
                cost=0.31,
                last=_history(3, 14, 9000, 1.1, m1="waiting", m5="stopped"),
            ),
            _row(
                "geocode_backlog",
                "started by hand",
                "running",
                ("running", 611, None),
                failed=1,
                of=6,
                p50=712,
                p95=1260,
                cost=2.87,
                last=_history(11, 18, 700, 0.7, m1="running", m4="timed_out"),
            ),
            _row(
                "ingest_bookings",
                "hourly at :00",
                "missed",
                ("succeeded", 720, 61),
                next=NOW + 2800,
                failed=1,
                of=167,
                p50=58.9,
                p95=93.4,
                cost=0.62,
                last=_history(5, 30, 60, 0.5, m4="missed", m19="failed"),
            ),
            _row(
                "fx_rates",
                "every 15 min",
                "succeeded",
                ("succeeded", 720, 1.9),
                next=NOW + 140,
                failed=3,
                of=672,
                p50=1.8,
                p95=4.6,
                cost=0.48,
                last=_history(9, 30, 1.9, 0.9, m13="timed_out", m22="retried"),
            ),
            _row(
                "customer_export",
                "S3 exports/requests/",
                "succeeded",
                ("succeeded", 3 * 3600, 214),
                of=31,
                p50=208,
                p95=266,
                cost=0.19,
                last=_history(13, 30, 210, 0.35),
            ),
            _row(
                "purge_landing",
                "02:00 daily",
                "succeeded",
                ("succeeded", 4 * 3600, 12.4),
                next=tomorrow,
                of=7,
                p50=11.7,
                p95=14.9,
                cost=0.01,
                last=_history(15, 30, 12, 0.3),
            ),
            _row(
                "refresh_airports",
                "Mondays 04:30",
                "succeeded",
                ("retried", 6 * DAY, 26.8),
                next=tomorrow,
                of=1,
                p50=27.3,
                p95=33.0,
                cost=0.01,
                last=_history(17, 22, 27, 0.4, m8="stopped"),
            ),
        ],
    }


def _slot_time(days_ago: int) -> float:
    return (datetime(2026, 11, 22, 6, tzinfo=UTC) - timedelta(days=days_ago)).timestamp()


def slots() -> list[dict[str, Any]]:
    """Six weeks of daily_delays."""
    draw = random.Random(21)
    found = []
    for ago in range(41, -1, -1):
        status, seconds, cells, step, error = (
            "succeeded",
            38 * (1 + (draw.random() - 0.42) * 0.5),
            "ssss",
            None,
            None,
        )
        if ago == 0:
            status, seconds, cells, step, error = "failed", 30.6, "srf-", "delays", "StatisticsError"
        elif ago in (8, 9):
            status, seconds, cells = "missed", None, None
        elif ago == 16:
            status, seconds, cells, step, error = "failed", 11.9, "f---", "load_day", "ConnectionError"
        elif ago == 27:
            status, seconds, cells, step = "timed_out", 71, "sst-", "delays"
        elif ago == 33:
            status, seconds, cells, step = "stopped", 19, "ssx-", "delays"
        elif ago in (5, 21, 13, 19):
            status, seconds, cells = "retried", 57, "srss"
        run = (
            None
            if status == "missed"
            else {0: FAILED, 1: GOOD}.get(ago, f"2026-11-{ago:02d}-{draw.randrange(1 << 24):06x}")
        )
        trigger = "s3" if ago in (4, 12) else "backfill" if ago in (30, 31) else "schedule"
        found.append(
            {
                "at": _slot_time(ago),
                "run": run,
                "status": status,
                "trigger": trigger,
                "duration": seconds,
                "cells": cells,
                "step": step,
                "error": error,
                "code": None if run is None else "41b07d" if ago > 12 else "9c1e2f",
            }
        )
    found.append(
        {
            "at": _slot_time(-1),
            "run": None,
            "status": "scheduled",
            "trigger": "schedule",
            "duration": None,
            "cells": None,
            "step": None,
            "error": None,
            "code": None,
        }
    )
    return found


def runs(total: int, after: int = 0, limit: int = 100) -> dict[str, Any]:
    """One page of a workflow's runs, newest first."""
    rows = []
    for n in range(after, min(total, after + limit)):
        real = {0: FAILED, 1: GOOD}.get(n, f"run-{total - n:06d}")
        status = "failed" if n == 0 else "retried" if n % 9 == 5 else "succeeded"
        rows.append(
            {
                "id": real,
                "status": status,
                "trigger": "schedule",
                "at": NOW - 760 - n * DAY,
                "duration": 30.6 + n % 17,
                "step": "delays" if status == "failed" else None,
                "code": "9c1e2f",
                "transitions": 22 if n == 0 else 24,
            }
        )
    more = after + limit
    return {"rows": rows, "next": str(more) if more < total else None, "total": total}


def workflow(name: str = "daily_delays", total: int = 100_000) -> dict[str, Any]:
    """A workflow with a schedule, empty slots, and a hundred thousand runs."""
    steps = ["load_day", "load_weather", "delays", "publish"]
    return {
        "now": NOW,
        "seq": 1,
        "name": name,
        "doc": "Delay report of one day, per carrier.",
        "triggers": ["06:00 daily", "S3 landing/flights/"],
        "source": f"statemachines/{name}.py:12",
        "code": "9c1e2f",
        "deployed": NOW - 12 * DAY,
        "health": "failed",
        "parameters": [
            {"name": "bucket", "type": "str", "required": True, "default": None},
            {"name": "key", "type": "str", "required": True, "default": None},
        ],
        "stats": {
            "days": 30,
            "runs": 28,
            "succeeded": 25,
            "p50": 38.4,
            "p95": 52.1,
            "trend": 0.06,
            "cost": 0.0009,
            "transitions": 24,
            "critical": {"step": "delays", "share": 0.81},
            "next": _slot_time(-1),
        },
        "actions": ["start", "backfill"],
        "grid": {"steps": [{"id": each, "label": each} for each in steps], "slots": slots()},
        "runs": runs(total),
    }


def empty_workflow() -> dict[str, Any]:
    """A workflow that never ran."""
    return {
        **workflow("quiet", 0),
        "health": "pending",
        "code": None,
        "deployed": None,
        "stats": {
            "days": 30,
            "runs": 0,
            "succeeded": 0,
            "p50": None,
            "p95": None,
            "trend": None,
            "cost": None,
            "transitions": None,
            "critical": None,
            "next": None,
        },
        "grid": {"steps": [], "slots": []},
    }
