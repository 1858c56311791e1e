"""Many upload events, doubled, in any order, on an AWS that fails: exactly the right runs.

`EVENTS=10000 python -m pytest tests/load` has the figures of docs/load.md; the suite takes fewer.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from typing import Any

from ladle.runtime.starter import handler
from tests.load.faults import faults
from tests.starter.stage import MACHINES, call, stage, uploaded  # noqa: F401

EVENTS = int(os.environ.get("EVENTS", "300"))
TWICE = 0.2
"""The share of events that are duplicates of others."""


def events() -> list[dict[str, Any]]:
    """The events: a fifth of them twice, every fiftieth key uploaded again, shuffled."""
    own = round(EVENTS * (1 - TWICE))
    found = []
    for number in range(own):
        # Awkward keys among them; every fiftieth file is another upload of the key before.
        key = f"flights/{number - (number % 50 == 49)} é+ {number % 7}.csv"
        found.append(uploaded(key, sequencer=f"{number:018X}"))
    chance = random.Random(7)
    found += [chance.choice(found) for _ in range(EVENTS - own)]
    chance.shuffle(found)
    return found


def names_of(states: Any) -> list[str]:
    pages = states.get_paginator("list_executions")
    machine = f"{MACHINES}:nyc-flights-dev-daily_delays"
    return [each["name"] for page in pages.paginate(stateMachineArn=machine) for each in page["executions"]]


def delivered(event: dict[str, Any], context: Any, dead: list[dict[str, Any]]) -> list[str]:
    """What Lambda makes of an event: three tries, and then the dead-letter queue."""
    for _ in range(3):
        try:
            return [run["run"] for run in handler(event, context)["runs"]]
        except Exception:  # noqa: BLE001 - Lambda tries again, whatever it was
            continue
    dead.append(event)
    return []


def test_events_that_come_twice_and_in_any_order_make_each_run_once(stage: Any, call: Any) -> None:  # noqa: F811
    """One run for each upload: none lost, none doubled."""
    runs = Counter(run for event in events() for run in delivered(event, call, []))
    assert len(runs) == len({event["detail"]["object"]["sequencer"] for event in events()})
    assert sorted(runs) == sorted(names_of(stage))
    assert sum(runs.values()) == EVENTS


def test_an_aws_that_fails_loses_and_doubles_none(stage: Any, call: Any) -> None:  # noqa: F811
    """A third of all requests fail, some after they were done. What three tries could not start is in the
    dead-letter queue, and starts when it is taken up from there."""
    dead: list[dict[str, Any]] = []
    with faults(1 / 3, seed=11) as found:
        for event in events():
            delivered(event, call, dead)
    assert found.counts["unanswered"] > EVENTS / 20
    waiting = {event["detail"]["object"]["sequencer"] for event in dead}
    wanted = {event["detail"]["object"]["sequencer"] for event in events()}
    assert len(names_of(stage)) >= len(wanted - waiting)
    for event in dead:
        assert delivered(event, call, [])
    names = names_of(stage)
    assert len(names) == len(set(names)) == len(wanted)
