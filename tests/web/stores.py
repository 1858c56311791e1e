"""Stores filled by hand: many runs, or a run of many items, without running anything."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from ladle.local.store import Store
from ladle.operate.records import StepSummary

NAMES: Final = ("daily", "hourly", "exports", "rates", "backlog", "purge", "airports", "bookings")
STEPS: Final = ("load_day", "join_weather", "delays", "publish")

SUMMED: Final = 4000
"""So many runs, the newest, have their steps: views look no further back."""

TASK: Final = {
    "Type": "Task",
    "Resource": "arn:aws:states:::lambda:invoke",
    "Arguments": {"FunctionName": "f"},
}
CHAIN: Final = {
    "StartAt": STEPS[0],
    "States": {
        name: {**TASK, **({"Next": STEPS[number + 1]} if number + 1 < len(STEPS) else {"End": True})}
        for number, name in enumerate(STEPS)
    },
}
DISTRIBUTED: Final = {
    "StartAt": "geocode",
    "States": {
        "geocode": {
            "Type": "Map",
            "MaxConcurrency": 64,
            "ToleratedFailureCount": 1000,
            "ItemProcessor": {
                "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
                "StartAt": "locate",
                "States": {"locate": {**TASK, "End": True}},
            },
            "End": True,
        }
    },
}
INLINE: Final = {
    "StartAt": "geocode",
    "States": {
        "geocode": {
            "Type": "Map",
            "MaxConcurrency": 40,
            "ItemProcessor": {"StartAt": "locate", "States": {"locate": {**TASK, "End": True}}},
            "End": True,
        }
    },
}


def many_runs(folder: Path, number: int, now: float, seed: int = 1) -> Store:
    """A store of so many runs of eight workflows, evenly over the seven days before `now`."""
    random_ = random.Random(seed)
    store = Store(folder)
    rows: list[tuple[Any, ...]] = []
    steps: list[tuple[Any, ...]] = []
    for each in range(number):
        created = now - 7 * 86_400 * (number - each) / number
        seconds = random_.lognormvariate(3, 0.6)
        status = random_.choices(("SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"), (960, 30, 5, 5))[0]
        bad = status != "SUCCEEDED"
        run = f"run-{each:06}-{random_.getrandbits(24):06x}"
        rows.append(
            (
                *(run, run, NAMES[each % len(NAMES)], f"arn:aws:states:::execution:m:{run}"),
                *('{"kind": "input"}', '{"n": 1}', "true", status, "Bad" if bad else None),
                *('{"errorMessage": "no way", "errorType": "Bad"}' if bad else None, created, created),
                *(created + seconds, seconds, 12, 40, 0, "d", "manual", "delays" if bad else None),
                *("Bad" if bad else None, 1),
            )
        )
        for index, step in enumerate(STEPS if each >= number - SUMMED else ()):
            word = "succeeded" if not bad or index < 2 else "failed"
            took = seconds / len(STEPS)
            steps.append(
                (
                    run,
                    step,
                    "Task",
                    word,
                    1,
                    1,
                    None,
                    created + index * took,
                    took,
                    0,
                    took,
                    "Bad" if bad else None,
                )
            )
    with store.together():
        db = store._db
        db.execute("INSERT INTO definitions VALUES ('d', ?)", (json.dumps(CHAIN),))
        db.executemany(
            "INSERT INTO runs (id, root, workflow, arn, via, input, output, status, error, cause, created,"
            " started, stopped, wall, transitions, events, seed, definition, trigger, failed_step, failure,"
            f" summed) VALUES ({', '.join('?' * 22)})",
            rows,
        )
        db.executemany(f"INSERT INTO steps VALUES ({', '.join('?' * 12)})", steps)
    return store


def kept(store: Store, run: str, definition: Any, events: Sequence[dict[str, Any]], status: str) -> None:
    """Keep a run of these events."""
    started = events[0]["timestamp"] / 1000
    arn = f"arn:aws:states:us-east-1:123456789012:execution:backlog:{run}"
    store.begin(
        id=run,
        workflow="backlog",
        arn=arn,
        input={},
        created=started,
        started=started,
        definition=json.dumps(definition),
    )
    for first in range(0, len(events), 2000):
        store.append([(run, events[first : first + 2000])])
    if status != "RUNNING":
        store.finish(run, status=status, stopped=events[-1]["timestamp"] / 1000, wall=1.0, transitions=9)
        store.keep_steps(run, [StepSummary("geocode", "Map", "succeeded", 1, 1, 9, started, 1.0, 0.0, 1.0)])


class Events:
    """Builds a history; every method gives the id of the event that it adds."""

    def __init__(self, start: int = 1_700_000_000_000) -> None:
        self.now = start
        self.list: list[dict[str, Any]] = []

    def add(self, type: str, before: int, state: str | None = None, **details: Any) -> int:
        """Add an event after another."""
        event: dict[str, Any] = {
            "id": len(self.list) + 1,
            "previousEventId": before,
            "timestamp": self.now,
            "type": type,
        }
        if state is not None:
            event["state"] = state
        if details:
            name = type
            for suffix in ("StateEntered", "StateExited"):
                if type.endswith(suffix):
                    name = suffix
            event[f"{name[0].lower()}{name[1:]}EventDetails"] = details
        self.list.append(event)
        return len(self.list)


def inline(total: int, seed: int = 1) -> Events:
    """The history of an inline Map of so many items, forty at a time, of which some fail and are handled by
    nobody until the end; one after another in time."""
    random_ = random.Random(seed)
    events = Events()
    at = events.add("ExecutionStarted", 0, input="{}")
    at = events.add("MapStateEntered", 0, "geocode", name="geocode", input="{}")
    begun = events.add("MapStateStarted", at, "geocode", length=total)
    last = begun
    for first in range(0, total, 40):
        ends: list[tuple[int, int]] = []
        for index in range(first, min(total, first + 40)):
            item = events.add("MapIterationStarted", last, "geocode", name="geocode", index=index)
            entered = events.add("TaskStateEntered", item, "locate", name="locate", input=f'{{"i":{index}}}')
            parameters = json.dumps({"FunctionName": "f", "Payload": {"args": {"i": index}, "ladle": {}}})
            scheduled = events.add("TaskScheduled", entered, "locate", parameters=parameters)
            ends.append((index, events.add("TaskStarted", scheduled, "locate")))
        events.now += random_.randrange(20, 200)
        for index, started in ends:
            done = events.add("TaskSucceeded", started, "locate", output='{"Payload":1}')
            left = events.add("TaskStateExited", done, "locate", name="locate", output="1")
            last = events.add("MapIterationSucceeded", left, "geocode", name="geocode", index=index)
    done = events.add("MapStateSucceeded", last, "geocode")
    left = events.add("MapStateExited", done, "geocode", name="geocode", output="[]")
    events.add("ExecutionSucceeded", left, output="[]")
    return events


def distributed(store: Store, run: str, total: int, failed: Sequence[int], done: int | None = None) -> None:
    """A run of a distributed Map of so many items, each a run of its own; none after `done` have begun."""
    events = Events()
    label = "backlog/geocode"
    map_run = f"arn:aws:states:us-east-1:123456789012:mapRun:{label}:11111111-1111-4111-8111-111111111111"
    at = events.add("ExecutionStarted", 0, input="{}")
    at = events.add("MapStateEntered", 0, "geocode", name="geocode", input="{}")
    at = events.add("MapStateStarted", at, "geocode", length=total)
    at = events.add("MapRunStarted", at, "geocode", mapRunArn=map_run)
    begun = events.now
    bad = set(failed)
    going = done is not None
    rows = []
    for index in range(done if done is not None else total):
        started = begun / 1000 + index // 64
        status = "FAILED" if index in bad else "SUCCEEDED"
        child = f"{run}.{index + 1}"
        cause = json.dumps(
            {"errorType": "ConnectionError", "errorMessage": f"geocoder answered 503 to {index}"}
        )
        rows.append(
            (
                *(child, run, run, "backlog/geocode"),
                *(
                    f"arn:aws:states:us-east-1:123456789012:execution:{label}:{index}",
                    "{}",
                    f'{{"i":{index}}}',
                ),
                *("1", status, "ConnectionError" if index in bad else None, cause if index in bad else None),
                *(started, started, started + 0.9, 0.01, 3, 6, 0, "c", 1),
            )
        )
    events.now += 1000 * (total // 64 + 1)
    if not going:
        events.add("MapRunSucceeded", at, "geocode")
        at = events.add("MapStateSucceeded", at, "geocode")
        at = events.add("MapStateExited", at, "geocode", name="geocode", output="[]")
        events.add("ExecutionSucceeded", at, output="[]")
    kept(store, run, DISTRIBUTED, events.list, "RUNNING" if going else "SUCCEEDED")
    body = DISTRIBUTED["States"]["geocode"]["ItemProcessor"]  # type: ignore[index]
    with store.together():
        store._db.execute("INSERT OR IGNORE INTO definitions VALUES ('c', ?)", (json.dumps(body),))
        store._db.executemany(
            "INSERT INTO runs (id, root, parent, workflow, arn, via, input, output, status, error, cause,"
            " created, started, stopped, wall, transitions, events, seed, definition, summed)"
            f" VALUES ({', '.join('?' * 20)})",
            rows,
        )
