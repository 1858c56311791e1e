"""What was usual in the runs that were made on this machine: sizes, durations, the largest values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from ladle.local.store import Store
from ladle.operate.records import RunRecord

__all__ = ["Recorded", "Spread", "Weight", "recorded"]

RUNS: Final = 20
"""How many of the newest runs of a workflow are looked at."""

LONGEST: Final = 200_000
"""Events of a run beyond which its history is not read: the others tell the same."""


@dataclass(frozen=True, slots=True)
class Spread:
    """A number as it was in several cases: how many, their mean, the largest."""

    cases: int
    mean: float
    most: float

    @classmethod
    def of(cls, values: Iterable[float]) -> Spread:
        """Of at least one value."""
        found = list(values)
        return cls(len(found), sum(found) / len(found), max(found))


@dataclass(frozen=True, slots=True)
class Weight:
    """The largest value that a state passed on: its bytes, and the run."""

    bytes: int
    run: str


@dataclass(frozen=True, slots=True)
class Recorded:
    """The newest runs of a workflow that succeeded.

    `sizes` are the items of Maps and the passes of loops, by state; `seconds` are of the run's own clock,
    those of `steps` of one call that a step makes, here.
    """

    runs: int = 0
    transitions: Spread | None = None
    events: Spread | None = None
    seconds: Spread | None = None
    sizes: Mapping[str, Spread] = field(default_factory=dict)
    values: Mapping[str, Weight] = field(default_factory=dict)
    steps: Mapping[str, Spread] = field(default_factory=dict)


def recorded(store: Store, loops: Mapping[str, Mapping[str, tuple[str, ...]]]) -> dict[str, Recorded]:
    """What was recorded of each workflow; `loops` names them, and the states of their loops by head."""
    found: dict[str, _Seen] = {name: _Seen(members) for name, members in loops.items()}
    for name, seen in found.items():
        for root in store.runs(workflow=name, status="SUCCEEDED", limit=RUNS):
            seen.take(root, store)
    for name in loops:  # a workflow that others call has runs below theirs
        for root in store.runs(workflow=name, limit=RUNS):
            for child in store.children(root.id):
                other = found.get(child.workflow)
                if other is not None and len(other.runs) < RUNS and child.status == "SUCCEEDED":
                    other.take(child, store)
    return {name: seen.summary() for name, seen in found.items()}


class _Seen:
    """The runs of one workflow that were looked at."""

    def __init__(self, loops: Mapping[str, tuple[str, ...]]) -> None:
        self.loops = loops
        self.runs: dict[str, RunRecord] = {}
        self.sizes: dict[str, list[float]] = defaultdict(list)
        self.values: dict[str, Weight] = {}
        self.steps: dict[str, list[float]] = defaultdict(list)

    def take(self, run: RunRecord, store: Store) -> None:
        """Look at one more run."""
        if run.id in self.runs:
            return
        self.runs[run.id] = run
        if run.events <= LONGEST:
            self._history(run.id, store.events(run.id))

    def _history(self, run: str, events: Iterator[dict[str, Any]]) -> None:
        heads = {head: frozenset(members) for head, members in self.loops.items()}
        exited: dict[int, str] = {}
        started: dict[int, float] = {}
        entered: dict[str, list[int]] = {}
        for event in events:
            kind = event["type"]
            if kind == "MapStateStarted":
                self.sizes[event["state"]].append(event["mapStateStartedEventDetails"]["length"])
            elif kind == "TaskStarted":
                started[event["id"]] = event["timestamp"]
            elif kind == "TaskSucceeded" and (begun_at := started.pop(event["previousEventId"], None)):
                self.steps[event["state"]].append((event["timestamp"] - begun_at) / 1000)
            elif kind.endswith("StateExited"):
                details = event["stateExitedEventDetails"]
                exited[event["id"]] = details["name"]
                self._weigh(run, details["name"], details.get("output"))
            elif kind.endswith("StateEntered"):
                name = event["stateEnteredEventDetails"]["name"]
                if name in heads:
                    from_within = exited.get(event["previousEventId"]) in heads[name]
                    count = entered.setdefault(name, [0, 0])
                    count[from_within] += 1
        for name, (begun, again) in entered.items():
            self.sizes[name].append((begun + again) / max(1, begun))

    def _weigh(self, run: str, state: str, output: str | None) -> None:
        size = len((output or "").encode())
        if size > self.values.get(state, Weight(-1, "")).bytes:
            self.values[state] = Weight(size, run)

    def summary(self) -> Recorded:
        """The figures."""
        runs = list(self.runs.values())
        if not runs:
            return Recorded()
        seconds = [run.seconds for run in runs if run.seconds is not None]
        return Recorded(
            len(runs),
            Spread.of(run.transitions for run in runs),
            Spread.of(run.events for run in runs),
            Spread.of(seconds) if seconds else None,
            {name: Spread.of(values) for name, values in self.sizes.items()},
            self.values,
            {name: Spread.of(values) for name, values in self.steps.items()},
        )
