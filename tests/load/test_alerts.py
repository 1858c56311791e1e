"""Alerts on an AWS that fails: every failed run is told of, and told of once, as far as anybody can know."""

from __future__ import annotations

import json
import os
from collections import Counter

from ladle.runtime import alerts, claims, sweep
from tests.alerts.stage import Stage, stage  # noqa: F401
from tests.load.faults import faults

RUNS = int(os.environ.get("ALERTS", "30"))


def told(stage: Stage) -> Counter[str]:  # noqa: F811
    """How many messages came about each run."""
    return Counter(
        json.loads(message["MessageAttributes"]["facts"]["Value"])["execution"]
        for message in stage.messages()
    )


def delivered(stage: Stage, event: dict) -> bool:  # noqa: F811
    """What Lambda makes of an event: three tries."""
    for _ in range(3):
        try:
            alerts.handler(event, stage.context)
        except Exception:  # noqa: BLE001 - Lambda tries again, whatever it was
            continue
        return True
    return False


def test_every_failed_run_is_told_of(stage: Stage, monkeypatch) -> None:  # noqa: F811
    """Each event comes twice, a fifth of all requests fail. What the events did not achieve the sweep does; a
    run has two messages only where nobody could know that the first had been sent."""
    runs = [stage.run("daily", name=f"run-{number}") for number in range(RUNS)]
    events = [stage.event(run) for run in runs]
    with faults(0.2, seed=5) as found:
        for event in [*events, *events[::-1]]:
            delivered(stage, event)
    later = claims.time.time() + claims.LEASE + 600
    monkeypatch.setattr(claims.time, "time", lambda: later)
    sweep.handler({"trigger": "sweep"}, stage.context)
    messages = told(stage)
    assert set(messages) == set(runs)
    twice = sum(messages.values()) - len(runs)
    assert twice <= found.unanswered["Publish"] + found.unanswered["UpdateItem"]
