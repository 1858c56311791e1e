"""Answers in the shape of the contract, for what a real store cannot give in a test's time.

Ten thousand items, three hundred steps, hostile values, a server that pushes two hundred changes a second. What the
page does with real runs is tested with the real server (`test_real_runs.py`).
"""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any, Final

NOW: Final = datetime(2026, 11, 22, 6, 12, 40, tzinfo=UTC).timestamp()
DAY: Final = 86400
SCRIPT: Final = "<script>window.hurt = 1</script><img src=x onerror='window.hurt = 1'>"
LONG: Final = "reconcile_" + "the_bookings_of_all_carriers_" * 3 + "with_the_ledger_of_last_mon"
"""120 characters, as a name may have."""
LONG_NAME: Final = LONG[:120].ljust(120, "x")
CARRIERS: Final = ["9E", "AA", "AS", "B6", "DL", "EV", "F9", "FL", "HA", "MQ", "OO", "UA", "US", "VX", "WN", "YV"]
FAILED: Final = "2026-11-22-b31c9e"
GOOD: Final = "2026-11-21-7f3a41"
WAITING: Final = "2026-10-rerun-90d2f4"
BATCH: Final = "batch-0117-e05ab2"
MANY: Final = "three-hundred-5a0e11"
HOSTILE: Final = "hostile-000bad"

SESSION: Final = {
    "stage": "prod", "stages": ["prod", "dev", "local"], "live": True, "poll": None, "app": "nyc-flights",
    "actions": ["start", "stop", "redrive", "resume", "backfill"], "version": "0.1.0", "token": True,
}  # fmt: skip


def _history(seed: int, count: int, middle: float, spread: float, **marks: str) -> list[list[Any]]:
    """The last runs of a workflow. `marks`: `m5="failed"` is the fifth from the end."""
    draw = random.Random(seed)
    runs: list[list[Any]] = [
        ["retried" if draw.random() < 0.06 else "succeeded", middle * (1 + (draw.random() - 0.45) * spread), f"r{n}"]
        for n in range(count)
    ]  # fmt: skip
    for place, status in marks.items():
        run = runs[-int(place[1:])]
        run[0] = status
        if status == "missed":
            run[1] = run[2] = None
    return runs


def _row(name: str, trigger: str, health: str, recent: tuple[str, float, float | None], **more: Any) -> dict[str, Any]:
    status, ago, seconds = recent
    return {
        "name": name, "doc": "", "trigger": trigger, "health": health, "active": int(status in ("running", "waiting")),
        "recent": {"id": f"{name}-1", "status": status, "at": NOW - ago, "duration": seconds},
        "next": None, "failed": 0, "of": 1, "p50": None, "p95": None, "cost": None, **more,
    }  # fmt: skip


def overview() -> dict[str, Any]:
    """Eight workflows, four of which need somebody."""
    tomorrow = NOW - 760 + DAY
    return {
        "now": NOW, "seq": 1, "days": 7,
        "totals": {"runs": 894, "succeeded": 886, "failed": 6, "missed": 1, "active": 2, "cost": 4.53},
        "attention": [
            {"status": "failed", "workflow": "daily_delays", "step": "delays[10]", "text": "failed at delays[10]: StatisticsError, mean requires at least one data point",
             "at": NOW - 720, "href": f"r/{FAILED}", "action": "resume"},
            {"status": "missed", "workflow": "ingest_bookings", "step": None, "text": "nothing ran at 03:00; the slots before and after did",
             "at": NOW - 3 * 3600, "href": "w/ingest_bookings?slot=missed", "action": "backfill"},
            {"status": "missed", "workflow": "daily_delays", "step": None, "text": "nothing ran on 13 and 14 Nov",
             "at": NOW - 8 * DAY, "href": f"w/daily_delays?slot={int(_slot_time(9))}", "action": "backfill"},
            {"status": "waiting", "workflow": "monthly_report", "step": "approve", "text": "approve waits for an answer, times out in 21 h",
             "at": NOW - 7300, "href": f"r/{WAITING}", "action": "answer"},
        ],
        "workflows": [
            _row("daily_delays", "06:00 daily, S3 landing/flights/", "failed", ("failed", 720, 30.6), next=tomorrow, failed=1, of=9, p50=38.4, p95=52.1, cost=0.04,
                 last=_history(7, 30, 38, 0.5, m1="failed", m9="missed", m10="missed", m17="failed", m6="retried", m28="timed_out")),
            _row("monthly_report", "1st of month 07:00", "waiting", ("waiting", 7560, None), next=NOW + 8 * DAY, of=1, p50=8940, p95=16300, cost=0.31,
                 last=_history(3, 14, 9000, 1.1, m1="waiting", m5="stopped")),
            _row("geocode_backlog", "started by hand", "running", ("running", 611, None), failed=1, of=6, p50=712, p95=1260, cost=2.87,
                 last=_history(11, 18, 700, 0.7, m1="running", m4="timed_out")),
            _row("ingest_bookings", "hourly at :00", "missed", ("succeeded", 720, 61), next=NOW + 2800, failed=1, of=167, p50=58.9, p95=93.4, cost=0.62,
                 last=_history(5, 30, 60, 0.5, m4="missed", m19="failed")),
            _row("fx_rates", "every 15 min", "succeeded", ("succeeded", 720, 1.9), next=NOW + 140, failed=3, of=672, p50=1.8, p95=4.6, cost=0.48,
                 last=_history(9, 30, 1.9, 0.9, m13="timed_out", m22="retried")),
            _row("customer_export", "S3 exports/requests/", "succeeded", ("succeeded", 3 * 3600, 214), of=31, p50=208, p95=266, cost=0.19, last=_history(13, 30, 210, 0.35)),
            _row("purge_landing", "02:00 daily", "succeeded", ("succeeded", 4 * 3600, 12.4), next=tomorrow, of=7, p50=11.7, p95=14.9, cost=0.01, last=_history(15, 30, 12, 0.3)),
            _row("refresh_airports", "Mondays 04:30", "succeeded", ("retried", 6 * DAY, 26.8), next=tomorrow, of=1, p50=27.3, p95=33.0, cost=0.01, last=_history(17, 22, 27, 0.4, m8="stopped")),
        ],
    }  # fmt: skip


def _slot_time(days_ago: int) -> float:
    return (datetime(2026, 11, 22, 6, tzinfo=UTC) - timedelta(days=days_ago)).timestamp()


def slots() -> list[dict[str, Any]]:
    """Six weeks of daily_delays."""
    draw = random.Random(21)
    found = []
    for ago in range(41, -1, -1):
        status, seconds, cells, step, error = "succeeded", 38 * (1 + (draw.random() - 0.42) * 0.5), "ssss", None, None
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
        run = None if status == "missed" else {0: FAILED, 1: GOOD}.get(ago, f"2026-11-{ago:02d}-{draw.randrange(1 << 24):06x}")
        trigger = "s3" if ago in (4, 12) else "backfill" if ago in (30, 31) else "schedule"
        found.append({"at": _slot_time(ago), "run": run, "status": status, "trigger": trigger, "duration": seconds, "cells": cells,
                      "step": step, "error": error, "code": None if run is None else "41b07d" if ago > 12 else "9c1e2f"})  # fmt: skip
    found.append({"at": _slot_time(-1), "run": None, "status": "scheduled", "trigger": "schedule", "duration": None, "cells": None, "step": None, "error": None, "code": None})  # fmt: skip
    return found


def runs(total: int, after: int = 0, limit: int = 100) -> dict[str, Any]:
    """One page of a workflow's runs, newest first."""
    rows = []
    for n in range(after, min(total, after + limit)):
        real = {0: FAILED, 1: GOOD}.get(n, f"run-{total - n:06d}")
        status = "failed" if n == 0 else "retried" if n % 9 == 5 else "succeeded"
        rows.append({"id": real, "status": status, "trigger": "schedule", "at": NOW - 760 - n * DAY, "duration": 30.6 + n % 17,
                     "step": "delays" if status == "failed" else None, "code": "9c1e2f", "transitions": 22 if n == 0 else 24})  # fmt: skip
    more = after + limit
    return {"rows": rows, "next": str(more) if more < total else None, "total": total}


def workflow(name: str = "daily_delays", total: int = 100_000) -> dict[str, Any]:
    """A workflow with a schedule, empty slots, and a hundred thousand runs."""
    steps = ["load_day", "load_weather", "delays", "publish"]
    return {
        "now": NOW, "seq": 1, "name": name, "doc": "Delay report of one day, per carrier.", "triggers": ["06:00 daily", "S3 landing/flights/"],
        "source": f"statemachines/{name}.py:12", "code": "9c1e2f", "deployed": NOW - 12 * DAY, "health": "failed",
        "parameters": [{"name": "bucket", "type": "str", "required": True, "default": None}, {"name": "key", "type": "str", "required": True, "default": None}],
        "stats": {"days": 30, "runs": 28, "succeeded": 25, "p50": 38.4, "p95": 52.1, "trend": 0.06, "cost": 0.0009, "transitions": 24,
                  "critical": {"step": "delays", "share": 0.81}, "next": _slot_time(-1)},
        "grid": {"steps": [{"id": each, "label": each} for each in steps], "slots": slots()},
        "runs": runs(total),
    }  # fmt: skip


def empty_workflow() -> dict[str, Any]:
    """A workflow that never ran."""
    return {**workflow("quiet", 0), "health": "pending", "code": None, "deployed": None,
            "stats": {"days": 30, "runs": 0, "succeeded": 0, "p50": None, "p95": None, "trend": None, "cost": None, "transitions": None, "critical": None, "next": None},
            "grid": {"steps": [], "slots": []}}  # fmt: skip


# --------------------------------------------------------------------------------------------------------------- runs


def _node(name: str, x: float, y: float, w: float, status: str = "succeeded", **more: Any) -> dict[str, Any]:
    return {"id": name, "label": name, "kind": "Task", "note": "", "comment": "", "parent": None, "status": status,
            "x": x - w / 2, "y": y, "w": w, "h": 40, "map": None, "duration": None, "tries": 1, **more}  # fmt: skip


def _edge(source: str | None, target: str | None, *points: tuple[float, float], label: str = "", kind: str = "next", taken: bool = True,
          critical: bool = False, at: list[Any] | None = None) -> dict[str, Any]:  # fmt: skip
    return {"from": source, "to": target, "label": label, "kind": kind, "back": False, "points": [list(p) for p in points],
            "at": at, "taken": taken, "critical": critical}  # fmt: skip


def _segment_row(step: str, segments: list[list[Any]], **more: Any) -> dict[str, Any]:
    attempts = [each for each in segments if each[2] not in ("backoff", "waiting")]
    last = segments[-1][2] if segments else "pending"
    status = "retried" if last == "succeeded" and len(attempts) > 1 else last
    return {"step": step, "label": step, "depth": 0, "kind": "Task", "parent": None, "status": status, "segments": segments, "critical": [],
            "nested": None, "item": None, "map": None, "density": None, **more}  # fmt: skip


def _head(run: str, name: str, status: str, seconds: float, **more: Any) -> dict[str, Any]:
    going = status in ("running", "waiting")
    started = NOW - seconds - (0 if going else 720)
    return {"now": NOW, "seq": 1, "id": run, "workflow": name, "status": status, "started": started, "ended": None if going else started + seconds,
            "duration": None if going else seconds, "trigger": "schedule", "code": "9c1e2f", "transitions": 22, "cost": 0.0008, "focus": None, "critical": [],
            "error": None, "waits": None, "previous": None, "next": None, "last_success": None, "parent": None, "actions": ["stop"] if going else [], **more}  # fmt: skip


def _daily_graph(failed: bool) -> dict[str, Any]:
    items = "sssssssxxxf-----" if failed else "s" * 16
    counts = {"succeeded": 7, "failed": 1, "stopped": 3, "pending": 5} if failed else {"succeeded": 16}
    rest = "pending" if failed else "succeeded"
    nodes = [
        _node("load_day", 210, 44, 150, duration=3.1),
        _node("quarantine", 372, 124, 120, "pending"),
        {**_node("Parallel", 206, 196, 396, "failed" if failed else "succeeded"), "kind": "Parallel", "h": 176, "label": "load_weather, delays"},
        _node("load_weather", 106, 250, 166, "retried" if failed else "succeeded", duration=11.0 if failed else 2.9, tries=3 if failed else 1, parent="Parallel"),
        {**_node("delays", 306, 236, 168, "failed" if failed else "succeeded", parent="Parallel"), "kind": "Map", "h": 84,
         "map": {"total": 16, "counts": counts, "items": items}},
        {**_node("if not found", 210, 420, 150, rest), "kind": "Choice"},
        _node("publish", 250, 508, 150, rest, duration=None if failed else 2.3),
        {**_node("return", 80, 508, 110, "pending"), "kind": "Pass"},
    ]  # fmt: skip
    edges = [
        _edge(None, "load_day", (210, 17), (210, 44), critical=True),
        _edge("load_day", "quarantine", (210, 84), (372, 124), label="BadFile", kind="catch", taken=False, at=[300, 100, "start"]),
        _edge("load_day", "Parallel", (210, 84), (206, 196), critical=True),
        _edge("Parallel", "if not found", (206, 372), (210, 420), taken=not failed, critical=not failed),
        _edge("if not found", "publish", (210, 460), (250, 508), label="no", kind="default", taken=not failed, critical=not failed, at=[240, 482, "start"]),
        _edge("if not found", "return", (210, 460), (80, 508), label="yes", kind="choice", taken=False, at=[130, 482, "end"]),
        _edge("publish", None, (250, 548), (210, 590), taken=not failed, critical=not failed),
        _edge("return", None, (80, 548), (210, 590), taken=False),
    ]  # fmt: skip
    return {"version": "daily-1", "width": 440, "height": 612, "start": [210, 10], "end": [210, 598], "nodes": nodes, "edges": edges}


def daily(run: str) -> dict[str, Any]:
    """A run of daily_delays: yesterday's good one, or today's that failed at one item."""
    failed = run == FAILED
    end = 30.5 if failed else 43.2
    buckets = [[4 - (n % 7 == 3) * 0.6, 1 if failed and n > 76 else 0] for n in range(80)]
    rows = [
        _segment_row("load_day", [[0, 3.1, "succeeded", 1]], critical=[[0, 3.1]]),
        {**_segment_row("Parallel", [[3.2, end, "failed" if failed else "succeeded", 1]]), "kind": "Parallel", "label": "load_weather, delays"},
        _segment_row("load_weather", [[3.2, 5.2, "failed", 1], [5.2, 6.9, "backoff", 1], [6.9, 9, "failed", 2], [9, 12.6, "backoff", 2], [12.6, 14.2, "succeeded", 3]]
                     if failed else [[3.2, 6.1, "succeeded", 1]], depth=1, parent="Parallel"),
        _segment_row("delays", [[3.2, end, "failed" if failed else "succeeded", 1]], depth=1, parent="Parallel", kind="Map", critical=[[3.2, end]],
                     map={"total": 16, "done": 7 if failed else 16, "failed": int(failed)}, density={"from": 3.2, "to": end, "buckets": buckets}),
        *([_segment_row("delays[10]", [[28.6, 30.5, "failed", 1]], depth=2, parent="delays", label="[10] OO", item=10)] if failed else []),
        {**_segment_row("if not found", [] if failed else [[43.2, 43.25, "succeeded", 1]]), "kind": "Choice"},
        _segment_row("publish", [] if failed else [[43.3, 45.8, "succeeded", 1]], critical=[] if failed else [[43.3, 45.8]]),
    ]  # fmt: skip
    head = _head(
        run, "daily_delays", "failed" if failed else "succeeded", 30.6 if failed else 45.8, focus="delays[10]" if failed else "load_day",
        critical=["load_day", "delays"] if failed else ["load_day", "delays", "publish"], previous=GOOD if failed else None, next=None if failed else FAILED,
        last_success=GOOD if failed else None, actions=["resume", "redrive"] if failed else [],
        error={"error": "StatisticsError", "message": "mean requires at least one data point", "step": "delays[10]", "nested": [],
               "frame": {"file": "functions/flights.py", "line": 48, "name": "delays", "text": "mean = …"}} if failed else None,
    )  # fmt: skip
    return {**head, "graph": _daily_graph(failed), "rows": rows}


def waiting() -> dict[str, Any]:
    """A run that waits for a person, for two hours: longer than all the rest."""
    names = ["list_days", "missing_days", "summarise", "approve", "if approved", "publish_report"]
    status = ["succeeded", "retried", "succeeded", "waiting", "pending", "pending"]
    nodes = [_node(name, 210, 44 + n * 84, 170, status[n], kind="Choice" if name.startswith("if") else "Task", duration=[1.2, 82.7, 46.9, 7429, None, None][n]) for n, name in enumerate(names)]
    edges = [_edge(None, names[0], (210, 17), (210, 44), critical=True)]
    edges += [_edge(a, b, (210, 84 + n * 84), (210, 128 + n * 84), critical=n < 3, taken=n < 3) for n, (a, b) in enumerate(zip(names, names[1:], strict=False))]
    rows = [
        _segment_row("list_days", [[0, 1.2, "succeeded", 1]], critical=[[0, 1.2]]),
        _segment_row("missing_days", [[1.3, 84, "succeeded", 1]]),
        _segment_row("missing_days[0]", [[1.4, 39.2, "succeeded", 1]], depth=1, parent="missing_days", label="[0] 5 Oct", item=0, nested=GOOD),
        _segment_row("missing_days[1]", [[1.4, 22, "failed", 1], [22, 40, "backoff", 1], [40, 84, "succeeded", 2]], depth=1, parent="missing_days", label="[1] 17 Oct", item=1, critical=[[1.4, 84]]),
        _segment_row("summarise", [[84.1, 131, "succeeded", 1]], critical=[[84.1, 131]]),
        _segment_row("approve", [[131, None, "waiting", 1]], critical=[[131, None]]),
        _segment_row("if approved", [], kind="Choice"), _segment_row("publish_report", []),
    ]  # fmt: skip
    head = _head(WAITING, "monthly_report", "waiting", 7560, focus="approve", critical=["list_days", "missing_days", "summarise", "approve"],
                 waits={"step": "approve", "since": NOW - 7429, "until": NOW + 21 * 3600, "for": "answer"}, trigger="by hand", transitions=31, cost=0.0041)  # fmt: skip
    return {**head, "graph": {"version": "monthly-1", "width": 420, "height": 560, "start": [210, 10], "end": None, "nodes": nodes, "edges": edges}, "rows": rows}


ITEMS: Final = 10_000


def letters() -> str:
    """Ten thousand items: failures that stand together, a few alone, the last ones running."""
    draw = random.Random(99)
    found = []
    for n in range(ITEMS):
        clustered = 4180 < n < 4290
        if n > 9312:
            found.append("u" if n < 9374 else "-")
        elif draw.random() < (0.24 if clustered else 0.0007):
            found.append("f")
        else:
            found.append("r" if draw.random() < 0.031 else "s")
    return "".join(found)


LETTERS: Final = letters()
WORDS: Final = {"s": "succeeded", "r": "retried", "f": "failed", "u": "running", "-": "pending"}


def error_of(index: int) -> str:
    return "ConnectionError: geocoder answered 503" if 4180 < index < 4290 else "ValueError: no street in address"


def counts() -> dict[str, int]:
    return {WORDS[letter]: LETTERS.count(letter) for letter in "srfu-"}


def batch() -> dict[str, Any]:
    """A run that is busy with ten thousand items."""
    done = LETTERS.count("s") + LETTERS.count("r")
    names = ["list_addresses", "geocode", "write_index"]
    nodes = [_node(names[0], 210, 44, 170, duration=14.0),
             {**_node(names[1], 210, 128, 196, "running"), "kind": "Map", "h": 84, "map": {"total": ITEMS, "counts": counts(), "items": None}},
             _node(names[2], 210, 256, 170, "pending")]  # fmt: skip
    edges = [_edge(None, names[0], (210, 17), (210, 44), critical=True), _edge(names[0], names[1], (210, 84), (210, 128), critical=True),
             _edge(names[1], names[2], (210, 212), (210, 256), taken=False)]  # fmt: skip
    rows = [
        _segment_row(names[0], [[0, 14, "succeeded", 1]], critical=[[0, 14]]),
        _segment_row(names[1], [[14, None, "running", 1]], kind="Map", critical=[[14, None]], map={"total": ITEMS, "done": done, "failed": LETTERS.count("f")},
                     density={"from": 14, "to": 611, "buckets": [[min(64, n * 8), int(44 < n < 48)] for n in range(80)]}),
        _segment_row(names[2], []),
    ]  # fmt: skip
    head = _head(BATCH, "geocode_backlog", "running", 611, focus="geocode", critical=names[:2], trigger="by hand", transitions=60, cost=0.4312)
    return {**head, "graph": {"version": "geo-1", "width": 420, "height": 300, "start": [210, 10], "end": None, "nodes": nodes, "edges": edges}, "rows": rows}


def the_map() -> dict[str, Any]:
    """Its items."""
    failures: dict[str, list[int]] = {}
    for index, letter in enumerate(LETTERS):
        if letter == "f":
            failures.setdefault(error_of(index), []).append(index)
    errors = [{"text": text, "error": text.split(":")[0], "count": len(found), "first": found[0], "items": [[n, 1] for n in found]}
              for text, found in sorted(failures.items(), key=lambda each: -len(each[1]))]  # fmt: skip
    return {"now": NOW, "seq": 1, "run": BATCH, "workflow": "geocode_backlog", "status": "running", "step": "geocode", "total": ITEMS, "counts": counts(),
            "statuses": [[letter, len(list(group))] for letter, group in groupby(LETTERS)], "errors": errors, "concurrency": 64, "tolerated": "5 %", "eta": 40,
            "durations": {"p50": 1.4, "p95": 6.1, "max": 11.0, "width": 0.5, "bins": [0, 90, 60, 38, 30, 28, 24, 22, 20, 18, 16, 14, 11, 9, 3, 2, 1, 1, 1, 1, 0, 1]}, "item": None}  # fmt: skip


def items(status: str, error: str, after: int, limit: int) -> dict[str, Any]:
    """A page of the list of items."""
    wanted = {"succeeded": "sr", "failed": "f", "running": "u"}.get(status, "srfu-")
    found = [n for n, letter in enumerate(LETTERS) if letter in wanted and (not error or error_of(n) == error)]
    rows = [[n, WORDS[LETTERS[n]], None if LETTERS[n] == "-" else 0.6 + n % 50 / 9, error_of(n) if LETTERS[n] == "f" else ""] for n in found if n > after][:limit]
    return {"total": len(found), "rows": rows, "next": rows[-1][0] if len(rows) == limit else None}


def many(count: int = 300) -> dict[str, Any]:
    """A run of three hundred steps, with long names among them."""
    names = [LONG_NAME if n == 7 else f"step_{n:03d}" for n in range(count)]
    nodes = [_node(name, 120 + (n % 2) * 220, 44 + (n // 2) * 84, 200, duration=1.5) for n, name in enumerate(names)]
    edges = [_edge(a, b, (120 + (n % 2) * 220, 84 + (n // 2) * 84), (120 + ((n + 1) % 2) * 220, 44 + ((n + 1) // 2) * 84)) for n, (a, b) in enumerate(zip(names, names[1:], strict=False))]
    rows = [_segment_row(name, [[n, n + 1.5, "failed" if n == 290 else "succeeded", 1]], critical=[[n, n + 1]]) for n, name in enumerate(names)]
    head = _head(MANY, "wide", "failed", count + 1.0, focus=names[290], error={"error": "ValueError", "message": "x", "step": names[290], "nested": [], "frame": None}, transitions=count)
    return {**head, "graph": {"version": "many-1", "width": 460, "height": 44 + 150 * 84, "start": [120, 10], "end": None, "nodes": nodes, "edges": edges}, "rows": rows}


def hostile() -> dict[str, Any]:
    """A run whose every text is markup, or much too long."""
    told = daily(FAILED)
    text = SCRIPT
    told.update(id=HOSTILE, trigger=text, code=text, focus="load_day", critical=[text, LONG_NAME])
    told["error"] = {"error": text, "message": text * 3, "step": "load_day", "nested": [], "frame": {"file": text, "line": 1, "name": text, "text": text}}
    for row in told["rows"]:
        row["label"] = f"{text} {LONG_NAME}"
    for node in told["graph"]["nodes"]:
        node.update(label=text, note=text, comment=text)
    for edge in told["graph"]["edges"]:
        edge["label"] = text
    return told


RUNS: Final = {FAILED: lambda: daily(FAILED), GOOD: lambda: daily(GOOD), WAITING: waiting, BATCH: batch, MANY: many, HOSTILE: hostile}


def step(run: str, name: str, attempt: int | None) -> dict[str, Any]:
    """What is told of one step."""
    row = next((each for each in RUNS[run]()["rows"] if each["step"] == name), None)
    segments = [each for each in (row or {}).get("segments", []) if each[2] != "backoff"]
    hostile_ = run == HOSTILE
    attempts = []
    for number, (start, end, status, _) in enumerate(segments, 1):
        bad = status == "failed"
        attempts.append({
            "number": number, "status": status, "start": start, "end": end, "backoff": 1.7 * number if bad and number < len(segments) else None,
            "error": (SCRIPT if hostile_ else "StatisticsError" if "delays" in name else "ConnectionError") if bad else None,
            "message": (SCRIPT if hostile_ else "mean requires at least one data point" if "delays" in name else "api.weather.example reset the connection") if bad else None,
            "cause": None,
            "frames": [{"file": "functions/flights.py", "line": 48, "name": "delays", "text": "mean = statistics.mean(row.dep_delay for row in rows)", "own": True},
                       {"file": "statistics.py", "line": 486, "name": "mean", "text": "raise StatisticsError('mean requires at least one data point')", "own": False}] if bad else [],
        })  # fmt: skip
    value = {"day": {"date": "2026-11-21", "rows": 842, "carriers": CARRIERS}, "carrier": "OO", "checked": True, "nothing": None}
    lines = [[NOW - 10.5, "INFO", f"{name} begins"], [NOW - 10.2, "WARNING", "0 rows left: carrier == \"OO\" and not cancelled"], [NOW - 9.6, "ERROR", "StatisticsError: mean requires at least one data point"]]
    if hostile_:
        value = {SCRIPT: SCRIPT, "deep": [SCRIPT]}
        lines = [[NOW, SCRIPT, SCRIPT], [None, None, "x" * 1_000_000]]
    status = (row or {}).get("status", "pending")
    reached = bool(segments)
    return {
        "step": name, "status": status, "kind": (row or {}).get("kind", "Task"), "function": name.split("[")[0], "source": {"file": "functions/flights.py", "line": 41}, "memory": 512, "timeout": 60,
        "comment": "", "attempts": attempts, "attempt": attempt or len(attempts), "entries": 1, "input": {"value": value, "size": 120, "cut": False} if reached else None,
        "output": {"value": {"ok": True}, "size": 12, "cut": False} if reached and status in ("succeeded", "retried") else None,
        "log": {"lines": lines if reached else [], "next": None, "dropped": 0},
    }  # fmt: skip


def compare(a: str, b: str) -> dict[str, Any]:
    """Two runs, side by side."""
    left, right = RUNS[a](), RUNS[b]()
    theirs = {row["step"]: row for row in right["rows"]}
    mine = {row["step"]: row for row in left["rows"]}
    rows = []
    for name, row in {**mine, **theirs}.items():
        x, y = mine.get(name, {}), theirs.get(name, {})
        seconds = [(each["segments"][-1][1] - each["segments"][0][0]) if each.get("segments") else None for each in (x, y)]
        rows.append({"step": name, "label": row["label"], "depth": row["depth"], "a": x.get("segments", []), "b": y.get("segments", []),
                     "a_status": x.get("status", "pending"), "b_status": y.get("status", "pending"), "a_seconds": seconds[0], "b_seconds": seconds[1]})  # fmt: skip
    brief = [{key: run[key] for key in ("id", "workflow", "status", "started", "duration", "trigger", "code", "transitions", "cost")} for run in (left, right)]
    return {
        "a": brief[0], "b": brief[1], "first": {"step": "delays[10]", "text": "A returned, B raised StatisticsError."}, "rows": rows,
        "input": [[" ", "{"], [" ", '  "bucket": "landing",'], ["-", '  "key": "flights/2026-11-20.csv"'], ["+", '  "key": "flights/2026-11-21.csv"'], [" ", "}"]],
        "results": [{"step": "load_day", "diff": [["-", '"rows": 871'], ["+", '"rows": 842']]}], "code": [],
        "facts": [["Status", left["status"], right["status"]], ["Duration", "45.8 s", "30.6 s"], ["Code", "9c1e2f", "9c1e2f"], ["Attempts", 19, 15], ["Transitions", 24, 22],
                  ["Critical path", ", ".join(left["critical"]), ", ".join(right["critical"])]],
    }  # fmt: skip


def search(text: str) -> dict[str, Any]:
    """What a search finds."""
    known = [("workflow", w["name"], "workflow", w["health"], f"w/{w['name']}") for w in overview()["workflows"]]
    known += [("run", run, f"run, {made()['workflow']}", made()["status"], f"r/{run}") for run, made in RUNS.items()]
    known.append(("error", "StatisticsError in delays", "error, 2 runs", "failed", f"r/{FAILED}?step=delays%5B10%5D&tab=error"))
    hits = [{"kind": kind, "text": name, "detail": detail, "status": status, "href": href} for kind, name, detail, status, href in known if text.lower() in name.lower()]
    return {"hits": hits[:20]}


def plan(verb: str, body: dict[str, Any]) -> dict[str, Any]:
    """What an action would do."""
    told: dict[str, Any] = {"verb": verb, "title": f"{verb.title()} {body.get('run') or body.get('workflow')}", "text": "", "facts": [], "again": [], "kept": [], "warnings": [], "cost": None,
                            "command": f"ladle {verb} {body.get('run') or body.get('workflow')} --stage prod", "confirm": verb.title(), "ok": True, "reason": None, "ticket": f"ticket-{verb}"}  # fmt: skip
    if verb == "resume":
        told.update(title="Resume on fixed code", text="A new run starts after the last completed top-level step, with recorded values and the deployed code.",
                    facts=[["Code", "9c1e2f to d40a8b"], ["Restored", "day"]], again=["load_weather", "delays, all 16 items", "publish"], kept=["load_day"],
                    warnings=["The Parallel runs again as a whole: load_weather and all 16 items, also those that succeeded."], cost=0.0007, confirm="Resume")  # fmt: skip
    if verb == "redrive":
        told.update(title="Redrive this run", text="AWS goes on from the failed step with the same code (9c1e2f).", again=["delays, its 9 items that did not succeed", "publish"],
                    kept=["load_day", "load_weather", "7 items"], warnings=["The code has not changed since the failure. The same input will most likely fail again."], cost=0.0003, confirm="Redrive")  # fmt: skip
    if verb == "backfill":
        days = (datetime.fromisoformat(body["to"]) - datetime.fromisoformat(body["from"])).days + 1
        told.update(title="Backfill daily_delays", text=f"Starts {days} runs at 06:00. A slot that has a run starts nothing.", cost=0.001 * days, confirm=f"Start {days} runs",
                    command=f"ladle backfill {body['workflow']} --stage prod \\\n  --from {body['from']} --to {body['to']} --concurrency {body['concurrency']}")  # fmt: skip
    return told
