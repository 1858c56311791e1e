"""What is different between two runs of one workflow: the first thing, told for a person to understand."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any, Final

from ladle.operate.places import Place
from ladle.operate.recording import Moment, Recording

__all__ = ["Difference", "compare", "first_unlike"]

OF_CALLS: Final = ("called", "succeeded", "failed")
SHOWN: Final = 80
"""So many characters of a value are shown."""


@dataclass(frozen=True, slots=True)
class Difference:
    """The first place where two runs part, `then` and `now`; `event` is the id in the recorded history."""

    place: Place | None
    what: str
    then: str
    now: str
    event: int | None = None

    def __str__(self) -> str:
        where = f"at {self.place}: " if self.place is not None else ""
        return f"{where}{self.what}: then {self.then}, now {self.now}"

    def as_json(self) -> dict[str, Any]:
        """The difference as `--json` prints it."""
        return {
            "step": str(self.place) if self.place is not None else None,
            "what": self.what,
            "then": self.then,
            "now": self.now,
            "event": self.event,
        }


def compare(
    then: Recording, now: Recording, opaque: Collection[str] = (), tokens: Collection[str] = ()
) -> tuple[int, Difference | None]:
    """How many moments agree, and the first difference, in the order of the recorded history.

    `opaque` are the states of which only the entry and the exit can be compared; `tokens` are the task tokens
    of the run `now`, which was given others than the recorded one. What ran beside a failure was cut off at
    some instant: it may have come further in one of the two runs.
    """
    ours = {moment.key: moment for moment in now.moments}
    theirs = {moment.key for moment in then.moments}
    more = [moment for moment in now.moments if moment.key not in theirs]
    agreed = 0
    for moment in then.moments:
        if moment.place.state in opaque and moment.what in OF_CALLS:
            continue
        other = ours.get(moment.key)
        if other is None:
            if not _cut_off(moment.place, then, now):
                return agreed, _gone(moment, then, now, more)
        else:
            unlike = first_unlike(moment.value, other.value, tokens)
            if unlike is not None:
                path, before, after = unlike
                return agreed, Difference(moment.place, _named(moment, path), before, after, moment.event)
            agreed += 1
    for moment in more:
        skipped = moment.place.state in opaque and moment.what in OF_CALLS
        if not skipped and not _cut_off(moment.place, then, now):
            return agreed, Difference(moment.place, moment.what, "not", _shown(moment.value))
    return agreed, _ends(then, now)


def _ends(then: Recording, now: Recording) -> Difference | None:
    if then.status != now.status:
        return Difference(None, "the run's end", _end(then), _end(now))
    unlike = first_unlike(then.output, now.output)
    if unlike is not None:
        return Difference(None, f"the run's output{unlike[0]}", unlike[1], unlike[2])
    if then.status == "FAILED" and then.error != now.error:
        return Difference(None, "the run's error", str(then.error), str(now.error))
    return None


def _end(found: Recording) -> str:
    error = f" with {found.error}" if found.error else ""
    return found.status.lower().replace("_", " ") + error


def _gone(moment: Moment, then: Recording, now: Recording, more: list[Moment]) -> Difference:
    """What stands in the place of something that does not happen any more."""
    beside = [other for other in more if other.place.scope == moment.place.scope]
    if moment.what == "entered":
        instead = next((other for other in beside if other.what == "entered"), None)
        if instead is not None:
            before = _before(moment, then)
            what = f"after {before}" if before else "at the start"
            return Difference(
                None, what, f"the run entered {moment.place}", f"it enters {instead.place}", moment.event
            )
    instead = next((other for other in more if other.place == moment.place), None)
    last = f"{instead.what} {_shown(instead.value)}" if instead is not None else f"the run {_end(now)}"
    return Difference(moment.place, moment.what, _shown(moment.value), last, moment.event)


def _before(moment: Moment, then: Recording) -> str:
    """The state that was left last before, in the same pass."""
    found = ""
    for other in then.moments:
        if other is moment:
            break
        if other.what == "exited" and other.place.scope == moment.place.scope:
            found = str(other.place)
    return found


def _cut_off(place: Place, then: Recording, now: Recording) -> bool:
    """Whether something failed beside a place, in a Map or Parallel around it."""
    around = [Place(place.scope[:depth], block.state, block.visit) for depth, block in enumerate(place.scope)]
    return any(
        block in run.failed_blocks or (run.status != "SUCCEEDED" and block not in run.exits)
        for run in (then, now)
        for block in around
    )


def _named(moment: Moment, path: str) -> str:
    names = {"entered": "its input", "called": "the call", "succeeded": "its result", "failed": "its failure"}
    return f"{names.get(moment.what, 'what it gave')}{path}"


def first_unlike(then: Any, now: Any, tokens: Collection[str] = ()) -> tuple[str, str, str] | None:
    """Where two JSON values part first: the path, and what is there in each; None where they are equal.

    >>> first_unlike({"a": [1, 2]}, {"a": [1, 3]})
    ('.a[1]', '2', '3')
    """
    return next(_unlike(then, now, "", tokens), None)


def _unlike(then: Any, now: Any, path: str, tokens: Collection[str]) -> Iterator[tuple[str, str, str]]:
    if isinstance(then, dict) and isinstance(now, dict):
        for name in {**then, **now}:
            at = f"{path}.{name}"
            if name not in now:
                yield at, _shown(then[name]), "missing"
            elif name not in then:
                yield at, "missing", _shown(now[name])
            else:
                yield from _unlike(then[name], now[name], at, tokens)
    elif isinstance(then, list) and isinstance(now, list):
        for index, (one, other) in enumerate(zip(then, now, strict=False)):
            yield from _unlike(one, other, f"{path}[{index}]", tokens)
        if len(then) != len(now):
            yield path, f"{len(then)} items", f"{len(now)} items"
    elif isinstance(then, bool) != isinstance(now, bool) or then != now:
        if isinstance(then, str) and isinstance(now, str) and any(token in now for token in tokens):
            return
        yield path, _shown(then), _shown(now)


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"
