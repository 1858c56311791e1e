"""The rows of a run's timeline: the pieces of each step, what the run waited for, the items that matter."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from ladle.graph import Row
from ladle.web.drawing import Drawing
from ladle.web.items import Item, density, items_of, visits_in
from ladle.web.statuses import packed
from ladle.web.visits import Attempt, History, Visit

__all__ = ["Timeline", "counts_of", "timeline", "word_of"]

SAMPLE: Final = 12
"""So many items of a Map get rows besides those that failed."""
FAILURES: Final = 100
"""The most rows of failed items."""
PIECES: Final = 240
"""The most pieces of a row; a loop that goes round more often has its passes joined."""


@dataclass(slots=True)
class Timeline:
    """What the page draws of a run's history. `items` are those of each Map that has any.

    `nodes` says what a run adds to each state of the drawing.
    """

    rows: list[dict[str, Any]] = field(default_factory=list)
    nodes: dict[str, dict[str, Any]] = field(default_factory=dict)
    critical: list[str] = field(default_factory=list)
    chain: frozenset[str] = frozenset()
    items: dict[str, list[Item]] = field(default_factory=dict)


def timeline(
    drawing: Drawing,
    history: History,
    *,
    nested: Mapping[str, Sequence[Item]],
    children: Mapping[str, str],
    asked: str | None = None,
) -> Timeline:
    """The rows of a run. `nested` are the items of distributed Maps, by state; `children` are run ids by ARN.

    `asked` is the id of an item that is to have a row in any case.
    """
    found = Timeline()
    start = history.started or 0
    paths = _critical(drawing, history)
    found.chain = frozenset(paths)
    order = sorted(paths, key=lambda name: paths[name][0][0])
    whole = sum(b - a for spans in paths.values() for a, b in spans) or 1
    found.critical = [name for name in order if sum(b - a for a, b in paths[name]) >= 0.02 * whole]
    for row in drawing.rows:
        visits = history.visits.get(row.name, [])
        items: Sequence[Item] = ()
        if row.kind == "Map":
            items = nested.get(row.name) or items_of(history, row.name)
            found.items[row.name] = list(items)
        own = _row(row, drawing, history, visits, items, start)
        own["critical"] = [[_at(a, start), _at(b, start)] for a, b in paths.get(row.name, ())]
        if row.kind == "Task" and len(visits) == 1 and (last := visits[0].last) is not None and last.child:
            own["nested"] = children.get(last.child, last.child.rpartition(":")[2])
        found.rows.append(own)
        if items:
            found.rows += _item_rows(row, items, start, own["depth"] + 1, asked)
    _add_nodes(found, drawing, history)
    return found


def _at(ms: int, start: int) -> float:
    return round((ms - start) / 1000, 3)


# ------------------------------------------------------------------------------------------------- one row


def _row(
    row: Row, drawing: Drawing, history: History, visits: Sequence[Visit], items: Sequence[Item], start: int
) -> dict[str, Any]:
    depth = sum(mark == "body" for mark in row.marks)
    found: dict[str, Any] = {
        "step": row.name,
        "label": row.label,
        "depth": depth,
        "kind": row.kind,
        "parent": _map_around(row.name, drawing),
        "status": word_of(visits),
        "segments": [],
        "critical": [],
        "nested": None,
        "item": None,
        "map": None,
        "density": None,
    }
    if not visits:
        return found
    now = history.now
    if row.kind == "Map":
        counts = counts_of(items)
        found["map"] = {
            "total": len(items),
            "done": sum(counts.get(each, 0) for each in ("succeeded", "retried", "caught")),
            "failed": counts.get("failed", 0) + counts.get("timed_out", 0),
        }
        found["segments"] = _joined([piece for visit in visits for piece in _pieces(visit, start)])
        found["density"] = _density(items, visits, now, start)
    elif depth:
        # Entered once an item: too many to draw each. How many ran at once says what there is to see.
        spans = [_as_item(visit) for visit in visits]
        begin, end = _span(visits, now)
        going = any(visit.ended is None for visit in visits)
        found["segments"] = [[_at(begin, start), None if going else _at(end, start), word_of(visits), 1]]
        found["density"] = _density(spans, visits, now, start)
    else:
        found["segments"] = _joined([piece for visit in visits for piece in _pieces(visit, start)])
    return found


def _map_around(name: str, drawing: Drawing) -> str | None:
    rows = {row.name for row in drawing.rows if row.kind == "Map"}
    parent = drawing.parents.get(name)
    while parent is not None and parent not in rows:
        parent = drawing.parents.get(parent)
    return parent


def _pieces(visit: Visit, start: int) -> list[list[Any]]:
    """Each try, what it waited, and the time before the next."""
    if not visit.attempts:
        end = None if visit.ended is None else _at(visit.ended, start)
        status = "waiting" if visit.kind == "Wait" else visit.state()
        return [[_at(visit.started, start), end, status, 1]]
    found: list[list[Any]] = []
    for number, attempt in enumerate(visit.attempts, 1):
        if number > 1 and (before := visit.attempts[number - 2].ended) is not None:
            found.append([_at(before, start), _at(attempt.started, start), "backoff", number - 1])
        if attempt.since is not None and attempt.since > attempt.started:
            found.append([_at(attempt.started, start), _at(attempt.since, start), "running", number])
        begin = attempt.since if attempt.since is not None else attempt.started
        end = None if attempt.ended is None else _at(attempt.ended, start)
        found.append([_at(begin, start), end, _piece(attempt), number])
    last = visit.attempts[-1]
    if visit.ended is None and last.ended is not None and last.status in ("failed", "timed_out"):
        found.append([_at(last.ended, start), None, "backoff", len(visit.attempts)])
    return found


def _piece(attempt: Attempt) -> str:
    if attempt.since is not None and attempt.status in ("running", "succeeded"):
        return "waiting"
    return attempt.status


def _joined(pieces: list[list[Any]]) -> list[list[Any]]:
    """The pieces, neighbours of one status joined when there are too many."""
    if len(pieces) <= PIECES:
        return pieces
    least = ((pieces[-1][1] or pieces[-1][0]) - pieces[0][0]) / PIECES
    found: list[list[Any]] = []
    for piece in pieces:
        last = found[-1] if found else None
        if last is not None and last[2] == piece[2] and last[1] is not None and piece[0] - last[1] <= least:
            last[1] = piece[1]
        else:
            found.append(list(piece))
    return found[-4 * PIECES :]


def word_of(visits: Sequence[Visit]) -> str:
    """One word for all visits of a state."""
    if not visits:
        return "pending"
    going = [visit.state() for visit in visits if visit.ended is None]
    if going:
        return next(each for each in ("running", "backoff", "waiting", *going) if each in going)
    found = {visit.status for visit in visits}
    for word in ("failed", "timed_out", "caught", "stopped", "retried"):
        if word in found and (word != "stopped" or found == {"stopped"} or visits[-1].status == "stopped"):
            return word
    return "succeeded"


# --------------------------------------------------------------------------------------------------- items


def counts_of(items: Iterable[Item]) -> dict[str, int]:
    """How many items have which status."""
    found: dict[str, int] = {}
    for item in items:
        found[item.status] = found.get(item.status, 0) + 1
    return found


def _span(visits: Sequence[Visit], now: int) -> tuple[int, int]:
    begin = min(visit.started for visit in visits)
    return begin, max(now if visit.ended is None else visit.ended for visit in visits)


def _as_item(visit: Visit) -> Item:
    return Item(0, visit.status, visit.started, visit.ended)


def _density(items: Sequence[Item], visits: Sequence[Visit], now: int, start: int) -> dict[str, Any]:
    begin, end = _span(visits, now)
    return {"from": _at(begin, start), "to": _at(end, start), "buckets": density(items, begin, end)}


def _item_rows(
    row: Row, items: Sequence[Item], start: int, depth: int, asked: str | None
) -> list[dict[str, Any]]:
    bad = [item for item in items if item.status in ("failed", "timed_out")][:FAILURES]
    chosen = {item.index: item for item in bad}
    if len(items) <= SAMPLE:
        chosen |= {item.index: item for item in items}
    else:
        # The longest say the most: they are what the Map waited for.
        others = [item for item in items if item.index not in chosen and item.started is not None]
        others.sort(key=lambda item: -((item.ended or 1 << 62) - (item.started or 0)))
        chosen |= {item.index: item for item in others[:SAMPLE]}
    if asked is not None and asked.startswith(f"{row.name}["):
        index = asked[len(row.name) + 1 :].partition("]")[0]
        if index.isdigit() and int(index) < len(items):
            chosen[int(index)] = items[int(index)]
    return [_item_row(row, chosen[index], start, depth) for index in sorted(chosen)]


def _item_row(row: Row, item: Item, start: int, depth: int) -> dict[str, Any]:
    pieces: list[list[Any]] = []
    if item.scope is not None:
        for visit in visits_in(item.scope):
            if visit.attempts and visit.kind not in ("Map", "Parallel", "Fail"):
                pieces += _pieces(visit, start)
    if not pieces and item.started is not None:
        end = None if item.ended is None else _at(item.ended, start)
        pieces = [[_at(item.started, start), end, item.status, 1]]
    return {
        "step": f"{row.name}[{item.index}]",
        "label": f"{row.label}[{item.index}]",
        "depth": depth,
        "kind": "Item",
        "parent": row.name,
        "status": item.status,
        "segments": _joined(pieces),
        "critical": [],
        "nested": item.run,
        "item": item.index,
        "map": None,
        "density": None,
    }


# --------------------------------------------------------------------------------------- critical, drawing


def _critical(drawing: Drawing, history: History) -> dict[str, list[tuple[int, int]]]:
    """What the run waited for, by row: spans of milliseconds, the earliest first."""
    names = {row.name for row in drawing.rows}
    found: dict[str, list[tuple[int, int]]] = {}
    for visit, begin, end in history.critical():
        name = visit.name if visit is not None else None
        while name is not None and name not in names:
            name = drawing.inner.get(name) or drawing.parents.get(name)
        if name is None or end <= begin:
            continue
        spans = found.setdefault(name, [])
        if spans and spans[-1][0] == end:
            spans[-1] = (begin, spans[-1][1])
        else:
            spans.append((begin, end))
    return {name: list(reversed(spans)) for name, spans in found.items()}


def _add_nodes(found: Timeline, drawing: Drawing, history: History) -> None:
    for node in drawing.nodes:
        name = str(node["id"])
        visits = history.visits.get(name, [])
        items = found.items.get(name, [])
        seconds = None
        if visits and all(visit.ended is not None for visit in visits):
            begin, end = _span(visits, history.now)
            seconds = round((end - begin) / 1000, 3)
        held = None
        if items:
            letters = _letters(items) if len(items) <= 40 else None
            held = {"total": len(items), "counts": counts_of(items), "items": letters}
        found.nodes[name] = {
            "status": word_of(visits),
            "duration": seconds,
            "tries": sum(len(visit.attempts) for visit in visits),
            "map": held,
        }


def _letters(items: Iterable[Item]) -> str:
    return packed(item.status for item in items)
