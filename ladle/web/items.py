"""The items of a Map in one run: how each stands, in which causes their failures fall, how many ran when."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ladle.operate.causes import failure_of
from ladle.operate.records import RunRecord
from ladle.web.statuses import OF_RECORD
from ladle.web.visits import Attempt, History, Scope, Visit

__all__ = [
    "Item",
    "cluster_of",
    "clusters",
    "density",
    "durations",
    "error_text",
    "failed_within",
    "items_of",
    "nested_items",
    "pending",
    "visits_in",
]

BUCKETS: Final = 80
RANGES: Final = 2_000
"""So many spans of neighbouring items are told of a cause."""
BINS: Final = 24


@dataclass(slots=True)
class Item:
    """One item. `started` and `ended` are milliseconds; `run` is the run that an item of its own run is."""

    index: int
    status: str
    started: int | None = None
    ended: int | None = None
    error: str | None = None
    cause: str | None = None
    scope: Scope | None = None
    run: str | None = None

    @property
    def bad(self) -> bool:
        """Whether it failed in the end, or a handler had to take over."""
        return self.status in ("failed", "timed_out", "caught")

    @property
    def seconds(self) -> float | None:
        """How long it took; None while it goes on."""
        return None if self.started is None or self.ended is None else (self.ended - self.started) / 1000


def items_of(history: History, name: str) -> list[Item]:
    """The items of all visits of a Map that runs within its execution, in order; those not begun too."""
    found: list[Item] = []
    for visit in history.visits.get(name, ()):
        base = len(found)
        newest: dict[int, Scope] = {scope.index or 0: scope for scope in visit.scopes}
        total = max(visit.items or 0, len(newest))
        for index in range(total):
            scope = newest.get(index)
            if scope is None:
                found.append(Item(base + index, "pending"))
            else:
                found.append(_item(base + index, scope))
    return found


def _item(index: int, scope: Scope) -> Item:
    failure = failed_within(scope)
    status = scope.status
    if status == "succeeded" and any(visit.status == "caught" for visit in scope.visits):
        status = "caught"
    elif status == "running":
        states = {visit.state() for visit in scope.visits if visit.ended is None}
        status = next((each for each in ("running", "backoff", "waiting") if each in states), "running")
    return Item(
        index,
        status,
        scope.started,
        scope.ended,
        failure.error if failure else None,
        failure.cause if failure else None,
        scope,
    )


def failed_within(scope: Scope) -> Attempt | None:
    """The try in an item that failed last."""
    for visit in reversed(scope.visits):
        for inner in reversed(visit.scopes):
            if (found := failed_within(inner)) is not None:
                return found
        if (attempt := visit.failure) is not None:
            return attempt
    return None


def nested_items(children: Sequence[RunRecord], runs: Sequence[str], total: int) -> list[Item]:
    """The items of a distributed Map, each of which is a run, in the order of their starts.

    `runs` are the names by which those runs are found.
    """
    found = [
        Item(
            index,
            OF_RECORD[child.status],
            round(child.started * 1000),
            round(child.stopped * 1000) if child.stopped is not None else None,
            child.error,
            child.cause,
            None,
            run,
        )
        for index, (child, run) in enumerate(zip(children, runs, strict=True))
    ]
    return [*found, *pending(len(found), total)]


def pending(begun: int, total: int) -> list[Item]:
    """Items that have not begun."""
    return [Item(index, "pending") for index in range(begun, total)]


# -------------------------------------------------------------------------------------------- their causes

_NUMBER: Final = re.compile(r"\d[\d.,:_-]*|0x[0-9a-f]+|[0-9a-f]{8}-[0-9a-f-]{20,}", re.IGNORECASE)


def error_text(item: Item) -> str:
    """The error of an item, on one line."""
    if item.error is None:
        return "its cause was not read"
    failure = failure_of(item.error, item.cause)
    text = " ".join(failure.message.split())
    return f"{failure.error}: {text}"[:300] if text else failure.error


def cluster_of(text: str) -> str:
    """The text with its numbers replaced, by which failures are told to be alike.

    >>> cluster_of("ValueError: row 17 of 1,204 is empty")
    'ValueError: row # of # is empty'
    """
    return _NUMBER.sub("#", text)


def clusters(items: Iterable[Item]) -> list[dict[str, Any]]:
    """The causes of failed items, the most frequent first: a text, how many, which."""
    groups: dict[str, list[tuple[int, str, str | None]]] = {}
    for item in items:
        if item.bad:
            text = error_text(item)
            name = failure_of(item.error, item.cause).error or None
            groups.setdefault(cluster_of(text), []).append((item.index, text, name))
    return [
        {
            "text": members[0][1] if len({text for _, text, _ in members}) == 1 else key,
            "key": key,
            "error": members[0][2],
            "count": len(members),
            "first": members[0][0],
            "items": _ranges([index for index, _, _ in members])[:RANGES],
        }
        for key, members in sorted(groups.items(), key=lambda each: (-len(each[1]), each[1][0][0]))
    ]


def _ranges(indices: Sequence[int]) -> list[list[int]]:
    found: list[list[int]] = []
    for index in indices:
        if found and found[-1][0] + found[-1][1] == index:
            found[-1][1] += 1
        else:
            found.append([index, 1])
    return found


# ------------------------------------------------------------------------------------------ many at a time


def density(items: Iterable[Item], begin: int, end: int) -> list[list[float]]:
    """How many ran (mean) and how many failed in each of equal parts of the time between (milliseconds)."""
    width = max(1, end - begin) / BUCKETS
    edge = [0.0] * (BUCKETS + 1)
    steps = [0.0] * (BUCKETS + 1)
    failed = [0] * BUCKETS
    for item in items:
        if item.started is None:
            continue
        a = max(0.0, (item.started - begin) / width)
        b = min(float(BUCKETS), ((item.ended if item.ended is not None else end) - begin) / width)
        first, last = min(BUCKETS - 1, int(a)), min(BUCKETS - 1, int(b))
        if first == last:
            edge[first] += max(0.0, b - a)
        else:
            edge[first] += first + 1 - a
            edge[last] += b - last
            steps[first + 1] += 1
            steps[last] -= 1
        if item.status in ("failed", "timed_out"):
            failed[last] += 1
    found: list[list[float]] = []
    running = 0.0
    for number in range(BUCKETS):
        running += steps[number]
        found.append([round(running + edge[number], 2), failed[number]])
    return found


def durations(items: Iterable[Item]) -> dict[str, Any] | None:
    """Percentiles and a histogram of the items that have ended; None where there is none."""
    seconds = sorted(
        item.seconds
        for item in items
        if item.seconds is not None and item.status not in ("stopped", "pending")
    )
    if not seconds:
        return None
    most = seconds[-1]
    width = most / BINS if most > 0 else 1 / BINS
    bins = [0] * BINS
    for each in seconds:
        bins[min(BINS - 1, int(each / width))] += 1
    return {
        "p50": seconds[(len(seconds) - 1) // 2],
        "p95": seconds[int((len(seconds) - 1) * 0.95)],
        "max": most,
        "width": width,
        "bins": bins,
    }


def visits_in(scope: Scope) -> list[Visit]:
    """All visits within an item, those in its blocks too, in order of their entries."""
    found: list[Visit] = []
    waiting = list(scope.visits)
    while waiting:
        visit = waiting.pop()
        found.append(visit)
        for inner in visit.scopes:
            waiting.extend(inner.visits)
    return sorted(found, key=lambda each: each.event)
