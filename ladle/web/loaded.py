"""A run as it was read: its record, its drawing, the fold of its history, which goes on where it stopped."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from ladle.asl.model import walk
from ladle.operate.account import AccountRuns
from ladle.operate.records import ENDED, RunRecord
from ladle.web.drawing import Drawing, drawing_of
from ladle.web.ends import End
from ladle.web.items import Item, nested_items
from ladle.web.timeline import Timeline, timeline
from ladle.web.visits import History

__all__ = ["Loaded", "load"]

KEPT: Final = 24
"""So many runs stay in memory."""
SETTLED: Final = 0.5
REMOTE_SETTLED: Final = 5.0
"""Seconds after which a run that has ended is looked at again: it may have been redriven."""


class Loaded:
    """One run. `refresh` reads what is new; everything else is of the last refresh.

    `seq` grows with whatever happens in the run; `views` holds what was made of it, by whoever made it.
    """

    def __init__(self, end: End, record: RunRecord) -> None:
        self._end = end
        self.record = record
        definition = end.runs.definition(record.id)
        self.definition: Mapping[str, Any] = definition if end.is_local else _own(definition, record)
        self.drawing: Drawing = drawing_of(self.definition)
        self.history = History()
        self.children: list[RunRecord] = []
        self.seq = 0
        self.views: dict[str | None, tuple[Any, dict[str, Any]]] = {}
        self._lock = threading.RLock()
        self._complete = False
        self._patience = 0.0
        self._read = 0.0
        self._settled = SETTLED if end.is_local else REMOTE_SETTLED

    def refresh(self) -> None:
        """Read what has happened since the last time."""
        with self._lock:
            if time.monotonic() < self._read + self._patience:
                return
            began = time.monotonic()
            runs = self._end.runs
            # The record first: when it says that the run has ended, all its events are there.
            record = runs.find(self.record.id if self._end.is_local else self.record.arn)
            if self._complete and (record.status, record.redrives) == (
                self.record.status,
                self.record.redrives,
            ):
                self._read = time.monotonic()
                return  # it may still be redriven, whoever does so
            self.history.see_all(runs.events(record.id, after=self.history.events))
            self.record = record
            has_nested = any(
                attempt.child
                for visits in self.history.visits.values()
                for v in visits
                for attempt in v.attempts
            )
            if self.history.distributed or has_nested:
                self.children = runs.children(record.id)
                if isinstance(runs, AccountRuns):  # there, children are only those that steps started
                    for map_run in self.history.distributed:
                        self.children += runs.items(map_run)
                times = [child.stopped or child.started for child in self.children]
                self.history.now = max([self.history.now, *(round(at * 1000) for at in times)])
            self.seq = (
                self.history.events
                + len(self.children)
                + sum(child.status in ENDED for child in self.children)
            )
            self._complete = record.status in ENDED
            if record.status == "INTERRUPTED" and self.history.status == "running":
                self.history.cut()
            self._read = time.monotonic()
            # Never more than a tenth of the time goes into reading the same run again and again.
            self._patience = max(9 * (self._read - began), self._settled if self._complete else 0.0)

    def timeline(self, asked: str | None = None) -> Timeline:
        """The rows of the run."""
        with self._lock:
            return timeline(
                self.drawing,
                self.history,
                nested=self.nested(),
                children={child.arn: child.id for child in self.children},
                asked=asked,
            )

    def nested(self) -> dict[str, Sequence[Item]]:
        """The items of Maps whose items are runs of their own, by state."""
        found: dict[str, Sequence[Item]] = {}
        for arn, visit in self.history.distributed.items():
            label = arn.split(":")[6]
            own = [child for child in self.children if child.arn.split(":")[6] == label]
            # On AWS the name of an item's run is found by nobody, its ARN is.
            runs = [child.id if self._end.is_local else child.arn for child in own]
            found[visit.name] = nested_items(own, runs, visit.items or len(own))
        return found

    def events_from(self, first: int) -> Iterator[Mapping[str, Any]]:
        """The events of its history from that id on."""
        return self._end.runs.events(self.record.id, after=first - 1)

    @property
    def running(self) -> bool:
        """Whether it goes on."""
        return self.record.status not in ENDED


def _own(definition: Mapping[str, Any], record: RunRecord) -> Mapping[str, Any]:
    """What a run ran: for an item of a deployed Map its part of the machine, where AWS gives the whole."""
    machine = record.arn.split(":")[6] if record.arn.count(":") >= 6 else ""
    _, within, label = machine.partition("/")
    if not within:
        return definition
    maps = [visit.state for visit in walk(definition) if _is_distributed(visit.state)]
    of_label = [each for each in maps if each.get("Label") == label] or maps
    processor = of_label[0].get("ItemProcessor") if len(of_label) == 1 else None
    return processor if isinstance(processor, dict) else definition


def _is_distributed(state: Mapping[str, Any]) -> bool:
    processor = state.get("ItemProcessor")
    config = processor.get("ProcessorConfig") if isinstance(processor, dict) else None
    return isinstance(config, dict) and config.get("Mode") == "DISTRIBUTED"


def load(end: End, reference: str) -> Loaded:
    """The run of that id, refreshed. Raises LadleError where there is none."""
    with end.lock:
        kept: OrderedDict[str, Loaded] = end.cache.setdefault("runs", OrderedDict())
        found = kept.get(reference)
        if found is None:
            record = end.runs.find(reference)
            found = kept.get(record.id) or Loaded(end, record)
            kept[record.id] = found
        kept.move_to_end(found.record.id)
        while len(kept) > KEPT:
            kept.popitem(last=False)
    found.refresh()
    return found
