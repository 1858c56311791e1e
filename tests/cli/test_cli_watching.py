"""What a log shows while a run goes on."""

import io
from types import SimpleNamespace

from ladle.cli import live
from ladle.cli.live import LineWatch

MACHINE = {
    "StartAt": "m",
    "States": {
        "m": {
            "Type": "Map",
            "ItemProcessor": {"StartAt": "t", "States": {"t": {"Type": "Task", "End": True}}},
            "End": True,
        }
    },
}
EXECUTION = SimpleNamespace(arn="a", machine=SimpleNamespace(definition=MACHINE), map_runs=[])


def told(monkeypatch, quiet_seconds):
    monkeypatch.setattr(live, "QUIET_SECONDS", quiet_seconds)
    stream = io.StringIO()
    watch = LineWatch(stream)
    events = [("MapStateEntered", {}), ("MapStateStarted", {"length": 3})]
    events += [(f"MapIteration{how}", {}) for _ in range(3) for how in ("Started", "Succeeded")]
    events += [("MapStateSucceeded", {}), ("MapStateExited", {})]
    for number, (kind, details) in enumerate(events, 1):
        watch(
            EXECUTION,
            SimpleNamespace(
                id=number,
                type=kind,
                ms=number,
                previous_id=number - 1,
                state="m",
                details={"name": "m", **details},
            ),
        )
    return [line.split()[1:5] for line in stream.getvalue().splitlines()]


def test_a_step_is_told_of_when_it_ends(monkeypatch):
    """Once."""
    assert told(monkeypatch, 1000) == [["m", "3", "of", "3"]]


def test_a_long_map_tells_how_far_it_is(monkeypatch):
    """Not of every item, but whenever the log has been quiet for a while."""
    lines = told(monkeypatch, -1)
    assert lines == [["m", str(n), "of", "3"] for n in (1, 2, 3, 3)]
