"""Runs: good, failed, waiting, busy with a Map, of many steps, hostile."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, Final

from tests.ui.samples.items import ITEMS, LETTERS, counts
from tests.ui.samples.names import BATCH, FAILED, GOOD, HOSTILE, LONG_NAME, MANY, NOW, SCRIPT, WAITING


def _node(name: str, x: float, y: float, w: float, status: str = "succeeded", **more: Any) -> dict[str, Any]:
    return {
        "id": name,
        "label": name,
        "kind": "Task",
        "note": "",
        "comment": "",
        "parent": None,
        "status": status,
        "x": x - w / 2,
        "y": y,
        "w": w,
        "h": 40,
        "map": None,
        "duration": None,
        "tries": 1,
        "frame": False,
        **more,
    }


def _edge(
    source: str | None,
    target: str | None,
    *points: tuple[float, float],
    label: str = "",
    kind: str = "next",
    taken: bool = True,
    critical: bool = False,
    at: list[Any] | None = None,
) -> dict[str, Any]:
    return {
        "from": source,
        "to": target,
        "label": label,
        "kind": kind,
        "back": False,
        "points": [list(p) for p in points],
        "at": at,
        "taken": taken,
        "critical": critical,
    }


def _segment_row(step: str, segments: list[list[Any]], **more: Any) -> dict[str, Any]:
    attempts = [each for each in segments if each[2] not in ("backoff", "waiting")]
    last = segments[-1][2] if segments else "pending"
    status = "retried" if last == "succeeded" and len(attempts) > 1 else last
    return {
        "step": step,
        "label": step,
        "depth": 0,
        "kind": "Task",
        "parent": None,
        "status": status,
        "segments": segments,
        "critical": [],
        "nested": None,
        "item": None,
        "map": None,
        "density": None,
        **more,
    }


def _head(run: str, name: str, status: str, seconds: float, **more: Any) -> dict[str, Any]:
    going = status in ("running", "waiting")
    started = NOW - seconds - (0 if going else 720)
    return {
        "now": NOW,
        "seq": 1,
        "id": run,
        "workflow": name,
        "status": status,
        "started": started,
        "ended": None if going else started + seconds,
        "duration": None if going else seconds,
        "trigger": "schedule",
        "code": "9c1e2f",
        "transitions": 22,
        "cost": 0.0008,
        "focus": None,
        "critical": [],
        "error": None,
        "waits": None,
        "previous": None,
        "next": None,
        "last_success": None,
        "parent": None,
        "actions": ["stop"] if going else [],
        **more,
    }


def _daily_graph(failed: bool) -> dict[str, Any]:
    items = "sssssssxxxf-----" if failed else "s" * 16
    counts = {"succeeded": 7, "failed": 1, "stopped": 3, "pending": 5} if failed else {"succeeded": 16}
    rest = "pending" if failed else "succeeded"
    nodes = [
        _node("load_day", 210, 44, 150, duration=3.1),
        _node("quarantine", 372, 124, 120, "pending"),
        {
            **_node("Parallel", 206, 196, 396, "failed" if failed else "succeeded"),
            "kind": "Parallel",
            "frame": True,
            "h": 176,
            "label": "load_weather, delays",
        },
        _node(
            "load_weather",
            106,
            250,
            166,
            "retried" if failed else "succeeded",
            duration=11.0 if failed else 2.9,
            tries=3 if failed else 1,
            parent="Parallel",
        ),
        {
            **_node("delays", 306, 236, 168, "failed" if failed else "succeeded", parent="Parallel"),
            "kind": "Map",
            "h": 84,
            "map": {"total": 16, "counts": counts, "items": items},
        },
        {**_node("if not found", 210, 420, 150, rest), "kind": "Choice"},
        _node("publish", 250, 508, 150, rest, duration=None if failed else 2.3),
        {**_node("return", 80, 508, 110, "pending"), "kind": "Pass"},
    ]
    edges = [
        _edge(None, "load_day", (210, 17), (210, 44), critical=True),
        _edge(
            "load_day",
            "quarantine",
            (210, 84),
            (372, 124),
            label="BadFile",
            kind="catch",
            taken=False,
            at=[300, 100, "start"],
        ),
        _edge("load_day", "Parallel", (210, 84), (206, 196), critical=True),
        _edge("Parallel", "if not found", (206, 372), (210, 420), taken=not failed, critical=not failed),
        _edge(
            "if not found",
            "publish",
            (210, 460),
            (250, 508),
            label="no",
            kind="default",
            taken=not failed,
            critical=not failed,
            at=[240, 482, "start"],
        ),
        _edge(
            "if not found",
            "return",
            (210, 460),
            (80, 508),
            label="yes",
            kind="choice",
            taken=False,
            at=[130, 482, "end"],
        ),
        _edge("publish", None, (250, 548), (210, 590), taken=not failed, critical=not failed),
        _edge("return", None, (80, 548), (210, 590), taken=False),
    ]
    return {
        "version": "daily-1",
        "width": 440,
        "height": 612,
        "start": [210, 10],
        "end": [210, 598],
        "nodes": nodes,
        "edges": edges,
    }


def daily(run: str) -> dict[str, Any]:
    """A run of daily_delays: yesterday's good one, or today's that failed at one item."""
    failed = run == FAILED
    end = 30.5 if failed else 43.2
    buckets = [[4 - (n % 7 == 3) * 0.6, 1 if failed and n > 76 else 0] for n in range(80)]
    rows = [
        _segment_row("load_day", [[0, 3.1, "succeeded", 1]], critical=[[0, 3.1]]),
        {
            **_segment_row("Parallel", [[3.2, end, "failed" if failed else "succeeded", 1]]),
            "kind": "Parallel",
            "label": "load_weather, delays",
        },
        _segment_row(
            "load_weather",
            [
                [3.2, 5.2, "failed", 1],
                [5.2, 6.9, "backoff", 1],
                [6.9, 9, "failed", 2],
                [9, 12.6, "backoff", 2],
                [12.6, 14.2, "succeeded", 3],
            ]
            if failed
            else [[3.2, 6.1, "succeeded", 1]],
            depth=1,
            parent="Parallel",
        ),
        _segment_row(
            "delays",
            [[3.2, end, "failed" if failed else "succeeded", 1]],
            depth=1,
            parent="Parallel",
            kind="Map",
            critical=[[3.2, end]],
            map={"total": 16, "done": 7 if failed else 16, "failed": int(failed)},
            density={"from": 3.2, "to": end, "buckets": buckets},
        ),
        *(
            [
                _segment_row(
                    "delays[10]",
                    [[28.6, 30.5, "failed", 1]],
                    depth=2,
                    parent="delays",
                    label="[10] OO",
                    item=10,
                )
            ]
            if failed
            else []
        ),
        {**_segment_row("if not found", [] if failed else [[43.2, 43.25, "succeeded", 1]]), "kind": "Choice"},
        _segment_row(
            "publish",
            [] if failed else [[43.3, 45.8, "succeeded", 1]],
            critical=[] if failed else [[43.3, 45.8]],
        ),
    ]
    head = _head(
        run,
        "daily_delays",
        "failed" if failed else "succeeded",
        30.6 if failed else 45.8,
        focus="delays[10]" if failed else "load_day",
        critical=["load_day", "delays"] if failed else ["load_day", "delays", "publish"],
        previous=GOOD if failed else None,
        next=None if failed else FAILED,
        last_success=GOOD if failed else None,
        actions=["resume", "redrive"] if failed else [],
        error={
            "error": "StatisticsError",
            "message": "mean requires at least one data point",
            "step": "delays[10]",
            "nested": [],
            "frame": {"file": "functions/flights.py", "line": 48, "name": "delays", "text": "mean = …"},
        }
        if failed
        else None,
    )
    return {**head, "graph": _daily_graph(failed), "rows": rows}


def waiting() -> dict[str, Any]:
    """A run that waits for a person, for two hours: longer than all the rest."""
    names = ["list_days", "missing_days", "summarise", "approve", "if approved", "publish_report"]
    status = ["succeeded", "retried", "succeeded", "waiting", "pending", "pending"]
    nodes = [
        _node(
            name,
            210,
            44 + n * 84,
            170,
            status[n],
            kind="Choice" if name.startswith("if") else "Task",
            duration=[1.2, 82.7, 46.9, 7429, None, None][n],
        )
        for n, name in enumerate(names)
    ]
    edges = [_edge(None, names[0], (210, 17), (210, 44), critical=True)]
    edges += [
        _edge(a, b, (210, 84 + n * 84), (210, 128 + n * 84), critical=n < 3, taken=n < 3)
        for n, (a, b) in enumerate(pairwise(names))
    ]
    rows = [
        _segment_row("list_days", [[0, 1.2, "succeeded", 1]], critical=[[0, 1.2]]),
        _segment_row("missing_days", [[1.3, 84, "succeeded", 1]]),
        _segment_row(
            "missing_days[0]",
            [[1.4, 39.2, "succeeded", 1]],
            depth=1,
            parent="missing_days",
            label="[0] 5 Oct",
            item=0,
            nested=GOOD,
        ),
        _segment_row(
            "missing_days[1]",
            [[1.4, 22, "failed", 1], [22, 40, "backoff", 1], [40, 84, "succeeded", 2]],
            depth=1,
            parent="missing_days",
            label="[1] 17 Oct",
            item=1,
            critical=[[1.4, 84]],
        ),
        _segment_row("summarise", [[84.1, 131, "succeeded", 1]], critical=[[84.1, 131]]),
        _segment_row("approve", [[131, None, "waiting", 1]], critical=[[131, None]]),
        _segment_row("if approved", [], kind="Choice"),
        _segment_row("publish_report", []),
    ]
    head = _head(
        WAITING,
        "monthly_report",
        "waiting",
        7560,
        focus="approve",
        critical=["list_days", "missing_days", "summarise", "approve"],
        waits={"step": "approve", "since": NOW - 7429, "until": NOW + 21 * 3600, "for": "answer"},
        trigger="by hand",
        transitions=31,
        cost=0.0041,
    )
    return {
        **head,
        "graph": {
            "version": "monthly-1",
            "width": 420,
            "height": 560,
            "start": [210, 10],
            "end": None,
            "nodes": nodes,
            "edges": edges,
        },
        "rows": rows,
    }


def batch() -> dict[str, Any]:
    """A run that is busy with ten thousand items."""
    done = LETTERS.count("s") + LETTERS.count("r")
    names = ["list_addresses", "geocode", "write_index"]
    nodes = [
        _node(names[0], 210, 44, 170, duration=14.0),
        {
            **_node(names[1], 210, 128, 196, "running"),
            "kind": "Map",
            "h": 84,
            "map": {"total": ITEMS, "counts": counts(), "items": None},
        },
        _node(names[2], 210, 256, 170, "pending"),
    ]
    edges = [
        _edge(None, names[0], (210, 17), (210, 44), critical=True),
        _edge(names[0], names[1], (210, 84), (210, 128), critical=True),
        _edge(names[1], names[2], (210, 212), (210, 256), taken=False),
    ]
    rows = [
        _segment_row(names[0], [[0, 14, "succeeded", 1]], critical=[[0, 14]]),
        _segment_row(
            names[1],
            [[14, None, "running", 1]],
            kind="Map",
            critical=[[14, None]],
            map={"total": ITEMS, "done": done, "failed": LETTERS.count("f")},
            density={
                "from": 14,
                "to": 611,
                "buckets": [[min(64, n * 8), int(44 < n < 48)] for n in range(80)],
            },
        ),
        _segment_row(names[2], []),
    ]
    head = _head(
        BATCH,
        "geocode_backlog",
        "running",
        611,
        focus="geocode",
        critical=names[:2],
        trigger="by hand",
        transitions=60,
        cost=0.4312,
    )
    return {
        **head,
        "graph": {
            "version": "geo-1",
            "width": 420,
            "height": 300,
            "start": [210, 10],
            "end": None,
            "nodes": nodes,
            "edges": edges,
        },
        "rows": rows,
    }


def many(count: int = 300) -> dict[str, Any]:
    """A run of three hundred steps, with long names among them."""
    names = [LONG_NAME if n == 7 else f"step_{n:03d}" for n in range(count)]
    nodes = [
        _node(name, 120 + (n % 2) * 220, 44 + (n // 2) * 84, 200, duration=1.5)
        for n, name in enumerate(names)
    ]
    edges = [
        _edge(
            a,
            b,
            (120 + (n % 2) * 220, 84 + (n // 2) * 84),
            (120 + ((n + 1) % 2) * 220, 44 + ((n + 1) // 2) * 84),
        )
        for n, (a, b) in enumerate(pairwise(names))
    ]
    rows = [
        _segment_row(name, [[n, n + 1.5, "failed" if n == 290 else "succeeded", 1]], critical=[[n, n + 1]])
        for n, name in enumerate(names)
    ]
    head = _head(
        MANY,
        "wide",
        "failed",
        count + 1.0,
        focus=names[290],
        error={"error": "ValueError", "message": "x", "step": names[290], "nested": [], "frame": None},
        transitions=count,
    )
    return {
        **head,
        "graph": {
            "version": "many-1",
            "width": 460,
            "height": 44 + 150 * 84,
            "start": [120, 10],
            "end": None,
            "nodes": nodes,
            "edges": edges,
        },
        "rows": rows,
    }


def hostile() -> dict[str, Any]:
    """A run whose every text is markup, or much too long."""
    told = daily(FAILED)
    text = SCRIPT
    told.update(id=HOSTILE, trigger=text, code=text, focus="load_day", critical=[text, LONG_NAME])
    told["error"] = {
        "error": text,
        "message": text * 3,
        "step": "load_day",
        "nested": [],
        "frame": {"file": text, "line": 1, "name": text, "text": text},
    }
    for row in told["rows"]:
        row["label"] = f"{text} {LONG_NAME}"
    for node in told["graph"]["nodes"]:
        node.update(label=text, note=text, comment=text)
    for edge in told["graph"]["edges"]:
        edge["label"] = text
    return told


RUNS: Final = {
    FAILED: lambda: daily(FAILED),
    GOOD: lambda: daily(GOOD),
    WAITING: waiting,
    BATCH: batch,
    MANY: many,
    HOSTILE: hostile,
}
