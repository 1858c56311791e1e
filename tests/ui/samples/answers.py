"""What is told of a step, of two runs, of a search, of what an action would do."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tests.ui.samples.names import CARRIERS, FAILED, HOSTILE, NOW, SCRIPT
from tests.ui.samples.runs import RUNS
from tests.ui.samples.workflows import overview


def step(run: str, name: str, attempt: int | None) -> dict[str, Any]:
    """What is told of one step."""
    row = next((each for each in RUNS[run]()["rows"] if each["step"] == name), None)
    segments = [each for each in (row or {}).get("segments", []) if each[2] != "backoff"]
    hostile_ = run == HOSTILE
    attempts = []
    for number, (start, end, status, _) in enumerate(segments, 1):
        bad = status == "failed"
        attempts.append(
            {
                "number": number,
                "status": status,
                "start": start,
                "end": end,
                "backoff": 1.7 * number if bad and number < len(segments) else None,
                "error": (
                    SCRIPT if hostile_ else "StatisticsError" if "delays" in name else "ConnectionError"
                )
                if bad
                else None,
                "message": (
                    SCRIPT
                    if hostile_
                    else "mean requires at least one data point"
                    if "delays" in name
                    else "api.weather.example reset the connection"
                )
                if bad
                else None,
                "cause": None,
                "frames": [
                    {
                        "file": "functions/flights.py",
                        "line": 48,
                        "name": "delays",
                        "text": "mean = statistics.mean(row.dep_delay for row in rows)",
                        "own": True,
                    },
                    {
                        "file": "statistics.py",
                        "line": 486,
                        "name": "mean",
                        "text": "raise StatisticsError('mean requires at least one data point')",
                        "own": False,
                    },
                ]
                if bad
                else [],
            }
        )
    value = {
        "day": {"date": "2026-11-21", "rows": 842, "carriers": CARRIERS},
        "carrier": "OO",
        "checked": True,
        "nothing": None,
    }
    lines = [
        [NOW - 10.5, "INFO", f"{name} begins"],
        [NOW - 10.2, "WARNING", '0 rows left: carrier == "OO" and not cancelled'],
        [NOW - 9.6, "ERROR", "StatisticsError: mean requires at least one data point"],
    ]
    if hostile_:
        value = {SCRIPT: SCRIPT, "deep": [SCRIPT]}
        lines = [[NOW, SCRIPT, SCRIPT], [None, None, "x" * 1_000_000]]
    status = (row or {}).get("status", "pending")
    reached = bool(segments)
    return {
        "step": name,
        "status": status,
        "kind": (row or {}).get("kind", "Task"),
        "function": name.split("[")[0],
        "source": {"file": "functions/flights.py", "line": 41},
        "memory": 512,
        "timeout": 60,
        "comment": "",
        "attempts": attempts,
        "attempt": attempt or len(attempts),
        "entries": 1,
        "input": {"value": value, "size": 120, "cut": False} if reached else None,
        "output": {"value": {"ok": True}, "size": 12, "cut": False}
        if reached and status in ("succeeded", "retried")
        else None,
        "log": {"lines": lines if reached else [], "next": None, "dropped": 0},
    }


def compare(a: str, b: str) -> dict[str, Any]:
    """Two runs, side by side."""
    left, right = RUNS[a](), RUNS[b]()
    theirs = {row["step"]: row for row in right["rows"]}
    mine = {row["step"]: row for row in left["rows"]}
    rows = []
    for name, row in {**mine, **theirs}.items():
        x, y = mine.get(name, {}), theirs.get(name, {})
        seconds = [
            (each["segments"][-1][1] - each["segments"][0][0]) if each.get("segments") else None
            for each in (x, y)
        ]
        rows.append(
            {
                "step": name,
                "label": row["label"],
                "depth": row["depth"],
                "a": x.get("segments", []),
                "b": y.get("segments", []),
                "a_status": x.get("status", "pending"),
                "b_status": y.get("status", "pending"),
                "a_seconds": seconds[0],
                "b_seconds": seconds[1],
            }
        )
    brief = [
        {
            key: run[key]
            for key in (
                "id",
                "workflow",
                "status",
                "started",
                "duration",
                "trigger",
                "code",
                "transitions",
                "cost",
            )
        }
        for run in (left, right)
    ]
    return {
        "a": brief[0],
        "b": brief[1],
        "first": {"step": "delays[10]", "text": "A returned, B raised StatisticsError."},
        "rows": rows,
        "input": [
            [" ", "{"],
            [" ", '  "bucket": "landing",'],
            ["-", '  "key": "flights/2026-11-20.csv"'],
            ["+", '  "key": "flights/2026-11-21.csv"'],
            [" ", "}"],
        ],
        "results": [{"step": "load_day", "diff": [["-", '"rows": 871'], ["+", '"rows": 842']]}],
        "code": [],
        "facts": [
            ["status", left["status"], right["status"]],
            ["duration", 45.8, 30.6],
            ["code", "9c1e2f", "9c1e2f"],
            ["Attempts", 19, 15],
            ["transitions", 24, 22],
            ["Critical path", ", ".join(left["critical"]), ", ".join(right["critical"])],
        ],
    }


def search(text: str) -> dict[str, Any]:
    """What a search finds."""
    known = [
        ("workflow", w["name"], "workflow", w["health"], f"w/{w['name']}") for w in overview()["workflows"]
    ]
    known += [
        ("run", run, f"run, {made()['workflow']}", made()["status"], f"r/{run}") for run, made in RUNS.items()
    ]
    known.append(
        (
            "error",
            "StatisticsError in delays",
            "error, 2 runs",
            "failed",
            f"r/{FAILED}?step=delays%5B10%5D&tab=error",
        )
    )
    hits = [
        {"kind": kind, "text": name, "detail": detail, "status": status, "href": href}
        for kind, name, detail, status, href in known
        if text.lower() in name.lower()
    ]
    return {"hits": hits[:20]}


def plan(verb: str, body: dict[str, Any]) -> dict[str, Any]:
    """What an action would do."""
    told: dict[str, Any] = {
        "verb": verb,
        "title": f"{verb.title()} {body.get('run') or body.get('workflow')}",
        "text": "",
        "facts": [],
        "again": [],
        "kept": [],
        "warnings": [],
        "cost": None,
        "command": f"ladle {verb} {body.get('run') or body.get('workflow')} --stage prod",
        "confirm": verb.title(),
        "ok": True,
        "reason": None,
        "ticket": f"ticket-{verb}",
    }
    if verb == "resume":
        told.update(
            title="Resume on fixed code",
            text="A new run starts after the last completed step, with recorded values and deployed code.",
            facts=[["Code", "9c1e2f to d40a8b"], ["Restored", "day"]],
            again=["load_weather", "delays, all 16 items", "publish"],
            kept=["load_day"],
            warnings=["The Parallel runs again as a whole: load_weather and all 16 items."],
            cost=0.0007,
            confirm="Resume",
        )
    if verb == "redrive":
        told.update(
            title="Redrive this run",
            text="AWS goes on from the failed step with the same code (9c1e2f).",
            again=["delays, its 9 items that did not succeed", "publish"],
            kept=["load_day", "load_weather", "7 items"],
            warnings=[
                "The code has not changed since the failure. The same input will most likely fail again."
            ],
            cost=0.0003,
            confirm="Redrive",
        )
    if verb == "backfill":
        days = (datetime.fromisoformat(body["to"]) - datetime.fromisoformat(body["from"])).days + 1
        told.update(
            title="Backfill daily_delays",
            text=f"Starts {days} runs at 06:00. A slot that has a run starts nothing.",
            cost=0.001 * days,
            confirm=f"Start {days} runs",
            command=f"ladle backfill {body['workflow']} --stage prod \\\n"
            f"  --from {body['from']} --to {body['to']} --concurrency {body['concurrency']}",
        )
    return told
