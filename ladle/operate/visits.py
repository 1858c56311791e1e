"""One step of a run from near: each time it was entered, with what it got, called and gave."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ladle.operate.places import BRANCH, Place
from ladle.operate.recording import Call, record, without_envelope
from ladle.operate.records import TaskLog

__all__ = ["Visit", "visits"]


@dataclass(slots=True)
class Visit:
    """One entry of a step.

    `entry` counts from 1, `item` is the index in the innermost Map around it, `where` the same in words.
    `tries` are the calls that it made. `left` says whether it was left in good order, with `output` handed on
    and `assigned` to variables. `logs` are what its calls wrote, as far as that is known.
    """

    step: str
    where: str
    entry: int
    item: int | None
    input: Any
    tries: list[Call] = field(default_factory=list)
    left: bool = False
    output: Any = None
    assigned: Mapping[str, Any] = field(default_factory=dict)
    logs: list[TaskLog] = field(default_factory=list)

    @property
    def failed(self) -> bool:
        """Whether its last try failed."""
        return bool(self.tries) and self.tries[-1].outcome in ("failed", "timed out")

    def as_json(self) -> dict[str, Any]:
        """As `--json` prints it."""
        return {
            "step": self.step,
            "where": self.where,
            "entry": self.entry,
            "item": self.item,
            "input": self.input,
            "tries": [_try(call) for call in self.tries],
            "left": self.left,
            "output": self.output,
            "assigned": dict(self.assigned),
            "logs": [{name: getattr(log, name) for name in type(log).__slots__} for log in self.logs],
        }


def visits(
    definition: Mapping[str, Any],
    events: Iterable[Mapping[str, Any]],
    step: str,
    logs: Iterable[TaskLog] = (),
) -> list[Visit]:
    """The entries of a step in the order of the run's history. Raises LadleError where that is not told."""
    recording = record(definition, events)
    found: dict[Place, Visit] = {}
    for moment in recording.moments:
        place = moment.place
        if place.state != step:
            continue
        if moment.what == "entered":
            found[place] = Visit(step, str(place), place.visit, _item(place), moment.value)
        elif moment.what == "exited" and place in found:
            visit = found[place]
            visit.left, visit.output = True, moment.value["output"]
            visit.assigned = moment.value["assigned"]
    for call in recording.calls:
        if call.place in found:
            found[call.place].tries.append(call)
    _give_logs(list(found.values()), [log for log in logs if log.step == step])
    return list(found.values())


def _give_logs(found: list[Visit], logs: list[TaskLog]) -> None:
    """Each log to the entry that it is of: by its item, and among several of one item in their order."""
    for log in logs:
        fits = [visit for visit in found if visit.item == log.item]
        fresh = [visit for visit in fits if all(log.attempt != known.attempt for known in visit.logs)]
        if chosen := (fresh or fits)[:1]:
            chosen[0].logs.append(log)


def _item(place: Place) -> int | None:
    items = [block.item for block in place.scope if block.item != BRANCH]
    return items[-1] if items else None


def _try(call: Call) -> dict[str, Any]:
    return {
        "number": call.number + 1,
        "callee": call.callee,
        "arguments": without_envelope(call.arguments),
        "outcome": call.outcome or "cut off",
        "output": call.output,
        "error": call.error,
        "cause": call.cause,
        "seconds": None if call.ended is None else (call.ended - call.scheduled) / 1000,
    }
