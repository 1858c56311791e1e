"""A run: its graph and timeline, where it broke, what took the time."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from typing import Any, Final

from ladle.operate.causes import failure_of
from ladle.operate.records import RunRecord, price_of
from ladle.web.ends import End
from ladle.web.feeds import Feed, feed_of
from ladle.web.frames import frames_of
from ladle.web.http import Request
from ladle.web.loaded import Loaded, load
from ladle.web.statuses import OF_RECORD
from ladle.web.timeline import Timeline
from ladle.web.visits import History, Visit

__all__ = ["focus_of", "head", "run_feed", "run_view", "trigger_of"]

NEWER: Final = 500
"""Among so many newer runs the next one is looked for."""

_TRIGGERS: Final = {"upload": "s3", "manual": "hand", "run": "nested"}
"""Words of `ladle.operate.records.TRIGGERS` for which the page has others."""


def trigger_of(record: RunRecord) -> str:
    """The word for what started a run: schedule, s3, backfill, resume, nested or hand."""
    if not within(record) and (record.via or {}).get("kind") == "backfill":
        return "backfill"
    found = "run" if within(record) else record.trigger or "manual"
    return _TRIGGERS.get(found, found)


def head(record: RunRecord, code: str | None) -> dict[str, Any]:
    """What stands above a run."""
    seconds = record.seconds
    return {
        "id": record.id,
        "workflow": record.workflow,
        "status": OF_RECORD[record.status],
        "started": record.created,
        "ended": None if record.seconds is None else record.created + (record.wall or record.seconds),
        "duration": seconds,
        "trigger": trigger_of(record),
        "code": code,
        "transitions": record.billed,
        "cost": round(price_of(record.billed), 9),
    }


def run_view(end: End, request: Request, run: str) -> dict[str, Any]:
    """The view of one run."""
    return run_feed(end, run, request.query.get("item") or request.query.get("step")).snapshot()


def run_feed(end: End, run: str, asked: str | None) -> Feed:
    """The view of a run, as it changes; `asked` is the id of an item that is to have a row."""
    id = load(end, run).record.id
    return feed_of(end, f"run {id} {asked or ''}", lambda: _current(end, id, asked))


def _current(end: End, run: str, asked: str | None) -> dict[str, Any]:
    loaded = load(end, run)
    known: dict[str | None, tuple[Any, dict[str, Any]]] = loaded.views
    state = (loaded.seq, loaded.record.status)
    if asked not in known or known[asked][0] != state:
        known.clear()
        known[asked] = (state, _view(end, loaded, asked))
    return {**known[asked][1], "now": time.time()}


def _view(end: End, loaded: Loaded, asked: str | None) -> dict[str, Any]:
    record, drawing, history = loaded.record, loaded.drawing, loaded.history
    drawn = loaded.timeline(asked)
    found = head(record, drawing.version)
    transitions = record.billed or history.transitions + sum(child.own_billed for child in loaded.children)
    status = found["status"]
    if status == "running" and (waiting := waits(history)) is not None:
        status = "waiting"
    else:
        waiting = None
    if status == "succeeded" and any(row["status"] == "retried" for row in drawn.rows):
        status = "retried"
    found |= {
        "status": status,
        "started": record.created,
        "clock": record.started,
        "span": round(((history.now or 0) - (history.started or 0)) / 1000, 3),
        "transitions": transitions,
        "cost": round(price_of(transitions), 9),
        "focus": focus_of(loaded, drawn),
        "critical": drawn.critical,
        "error": _error(loaded, drawn),
        "waits": waiting,
        "parent": _parent(end, record),
        **_neighbours(end, record),
        "actions": possible(end, record),
        "graph": _graph(loaded, drawn),
        "rows": drawn.rows,
    }
    return found


def within(record: RunRecord) -> bool:
    """Whether a run is part of another: started by it, or an item of its distributed Map, which AWS names
    after the Map (`MACHINE/LABEL`) and whose input is the item alone."""
    return record.parent is not None or "/" in record.workflow


def _neighbours(end: End, record: RunRecord) -> dict[str, Any]:
    """The runs before and after this one of its workflow, and the last before it that succeeded."""
    if within(record):
        return {"previous": None, "next": None, "last_success": None}
    older = end.runs.briefs(record.workflow, until=record.created, limit=1)
    good = end.runs.briefs(record.workflow, status="SUCCEEDED", until=record.created, limit=1)
    newer = end.runs.briefs(record.workflow, since=record.created, limit=NEWER)
    after = [each.id for each in newer if each.id != record.id]
    return {
        "previous": older[0].id if older else None,
        "next": after[-1] if after and len(newer) < NEWER else None,
        "last_success": good[0].id if good else None,
    }


def _parent(end: End, record: RunRecord) -> dict[str, str] | None:
    if record.parent is None:
        return None
    return {"id": record.parent, "workflow": end.runs.find(record.parent).workflow}


def possible(end: End, record: RunRecord) -> list[str]:
    """What can be done with a run as it stands."""
    if within(record):
        return []
    if record.status == "RUNNING":
        wanted: Iterable[str] = ("stop",)
    elif record.status == "SUCCEEDED":
        wanted = ()
    else:
        wanted = ("redrive", "resume")
    return [verb for verb in wanted if verb in end.verbs]


# --------------------------------------------------------------------------------------------- the failure


def focus_of(loaded: Loaded, drawn: Timeline) -> str | None:
    """The row to open: the first real failure, not what failed because of it."""
    history = loaded.history
    leaf = _first_failure(history)
    if leaf is not None:
        return _row_of(leaf, loaded, drawn)
    for row in drawn.rows:
        if row["item"] is not None and row["status"] in ("failed", "timed_out"):
            return str(row["step"])
    going = [row for row in drawn.rows if row["status"] in ("running", "waiting", "backoff")]
    if going:
        return str(going[-1]["step"])
    return None


def _first_failure(history: History) -> Visit | None:
    """The leaf that failed and was not handled; where a handler raised again, what it had handled."""
    if history.status in ("succeeded", "running"):
        return None
    failed = [
        visit
        for visits in history.visits.values()
        for visit in visits
        if visit.status in ("failed", "timed_out") and visit.kind not in ("Map", "Parallel")
    ]
    real = [visit for visit in failed if visit.kind != "Fail"]
    if real:
        return min(real, key=lambda visit: visit.failure.result if visit.failure else visit.event)
    if not failed:
        return None
    raised = failed[0]
    error = failure_of(history.error, history.cause)
    for visits in history.visits.values():
        for visit in visits:
            attempt = visit.failure
            if visit.status == "caught" and attempt is not None:
                cause = failure_of(attempt.error, attempt.cause)
                if cause.error == error.error and visit.kind not in ("Map", "Parallel"):
                    return visit
    return raised


def _row_of(visit: Visit, loaded: Loaded, drawn: Timeline) -> str:
    """The id of the row that shows a visit."""
    drawing = loaded.drawing
    rows = {str(row["step"]) for row in drawn.rows}
    scope = visit.scope
    while scope.owner is not None:
        if scope.index is not None and scope.owner.name in rows:
            item = f"{scope.owner.name}[{scope.index}]"
            if item in rows:
                return item
        scope = scope.owner.scope
    name: str | None = visit.name
    while name is not None and name not in rows:
        name = drawing.inner.get(name) or drawing.parents.get(name)
    return name or visit.name


def _error(loaded: Loaded, drawn: Timeline) -> dict[str, Any] | None:
    record, history = loaded.record, loaded.history
    if record.status in ("RUNNING", "SUCCEEDED"):
        return None
    leaf = _first_failure(history)
    attempt = leaf.failure if leaf is not None else None
    error, cause = (attempt.error, attempt.cause) if attempt is not None else (record.error, record.cause)
    failure = failure_of(error, cause)
    message = failure.message
    if record.status == "TIMED_OUT" and not message:
        limit = loaded.definition.get("TimeoutSeconds")
        message = (
            f"the run was over its own time limit ({limit} s)"
            if limit
            else "the run was over its own time limit"
        )
    frames = frames_of("".join(failure.frames), failure.frames)
    own = [frame for frame in frames if frame["own"]]
    nested = attempt.child if attempt is not None else None
    children = {child.arn: child.id for child in loaded.children}
    return {
        "error": failure.error
        or ("States.Timeout" if record.status == "TIMED_OUT" else record.status.lower()),
        "message": message,
        "step": _row_of(leaf, loaded, drawn) if leaf is not None else None,
        "nested": [children.get(nested, nested.rpartition(":")[2])] if nested else [],
        "frame": next(iter([*own[-1:], *frames[-1:]]), None),
    }


def waits(history: History) -> dict[str, Any] | None:
    """What the run waits for, when it does nothing else."""
    going = [visit for visits in history.visits.values() for visit in visits if visit.ended is None]
    leaves = [visit for visit in going if visit.kind not in ("Map", "Parallel")]
    if not leaves or any(visit.state() != "waiting" for visit in leaves):
        return None
    start = history.started or 0
    visit = leaves[0]
    last = visit.last
    since = last.since if last is not None and last.since is not None else visit.started
    return {
        "step": visit.name,
        "since": round((since - start) / 1000, 3),
        "until": None,
        "for": "answer" if last is not None else "time",
    }


# ----------------------------------------------------------------------------------------------- the graph


def _graph(loaded: Loaded, drawn: Timeline) -> dict[str, Any]:
    drawing, taken = loaded.drawing, loaded.history.taken
    nodes = [{**node, **drawn.nodes[str(node["id"])]} for node in drawing.nodes]
    return {
        "version": drawing.version,
        "width": round(drawing.width, 1),
        "height": round(drawing.height, 1),
        "start": drawing.start,
        "end": drawing.end,
        "nodes": nodes,
        "edges": [{**edge, **_taken(edge, taken, drawn)} for edge in drawing.edges],
    }


def _taken(
    edge: Mapping[str, Any], taken: Mapping[tuple[str | None, str | None, bool], int], drawn: Timeline
) -> dict[str, bool]:
    source, target = edge["from"], edge["to"]
    went = bool(taken.get((source, target, edge["kind"] == "catch")))
    ends = [name for name in (source, target) if name is not None]
    critical = went and all(name in drawn.chain or _through(name, drawn) for name in ends)
    return {"taken": went, "critical": critical}


def _through(name: str, drawn: Timeline) -> bool:
    """Whether a state that is no row (a Choice, a Parallel) is on the way: it takes no time of its own."""
    node = drawn.nodes.get(name)
    rows = {str(row["step"]) for row in drawn.rows}
    return node is not None and node["status"] != "pending" and name not in rows
