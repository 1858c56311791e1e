"""A Map: how far it is, whether its failures stand together, how many causes they have."""

from __future__ import annotations

import time
from bisect import bisect_right
from collections.abc import Mapping
from typing import Any, Final

from ladle.asl.model import walk
from ladle.web.ends import End
from ladle.web.feeds import Feed, feed_of
from ladle.web.http import Refusal, Request
from ladle.web.items import Item, cluster_of, clusters, durations, error_text
from ladle.web.loaded import Loaded, load
from ladle.web.places import all_items
from ladle.web.statuses import LETTERS, run_lengths
from ladle.web.timeline import counts_of, word_of
from ladle.web.views.steps import item_view

__all__ = ["items_view", "map_feed", "map_view"]

PAGE: Final = 200


def map_view(end: End, request: Request, run: str) -> dict[str, Any]:
    """The view of all items of a Map."""
    step = request.required("step")
    found = map_feed(end, run, step).snapshot()
    if request.query.get("item"):
        asked = Request("GET", request.path, {"step": step, "index": request.query["item"]})
        found["item"] = item_view(end, asked, run)
    return found


def map_feed(end: End, run: str, step: str) -> Feed:
    """The view of a Map, as it changes."""
    id = load(end, run).record.id
    return feed_of(end, f"map {id} {step}", lambda: _current(load(end, id), step))


def _current(loaded: Loaded, step: str) -> dict[str, Any]:
    items = _items(loaded, step)
    visits = loaded.history.visits.get(step, [])
    counts = counts_of(items)
    now = time.time()
    state = next((node for node in loaded.drawing.nodes if node["id"] == step), {})
    done = sum(number for status, number in counts.items() if status not in _UNDONE)
    took = durations(items)
    return {
        "now": now,
        "run": loaded.record.id,
        "workflow": loaded.record.workflow,
        "status": word_of(visits),
        "step": step,
        "note": state.get("note", ""),
        "total": len(items),
        "counts": counts,
        "statuses": run_lengths(LETTERS[item.status] for item in items),
        "errors": clusters(items),
        "durations": took,
        "concurrency": _concurrency(loaded, step),
        "tolerated": _tolerated(loaded, step, len(items)),
        "eta": _eta(loaded, items, done),
        "item": None,
    }


_UNDONE: Final = ("pending", "running", "waiting", "backoff")


def _items(loaded: Loaded, step: str) -> list[Item]:
    kinds = {str(node["id"]): node["kind"] for node in loaded.drawing.nodes}
    if kinds.get(step) != "Map":
        raise Refusal(404, f"the run has no Map {step!r}")
    return all_items(loaded, step)


def _state(loaded: Loaded, step: str) -> Mapping[str, Any]:
    return next((visit.state for visit in walk(loaded.definition) if visit.name == step), {})


def _concurrency(loaded: Loaded, step: str) -> int | None:
    most = _state(loaded, step).get("MaxConcurrency")
    return most if isinstance(most, int) and most > 0 else None


def _tolerated(loaded: Loaded, step: str, total: int) -> int | None:
    state = _state(loaded, step)
    count, share = state.get("ToleratedFailureCount"), state.get("ToleratedFailurePercentage")
    if isinstance(count, int) and count:
        return count
    if isinstance(share, int | float) and share:
        return int(total * share / 100)
    return None


def _eta(loaded: Loaded, items: list[Item], done: int) -> float | None:
    """Seconds until all are done, if they go on as they did; None unless some are done and some not."""
    begun = [item.started for item in items if item.started is not None]
    if not loaded.running or not done or done == len(items) or not begun:
        return None
    passed = (loaded.history.now - min(begun)) / 1000
    return passed / done * (len(items) - done)


def items_view(end: End, request: Request, run: str) -> dict[str, Any]:
    """A page of the items of a Map, in order: those of a status, those of a cause, after an index."""
    items = _items(load(end, run), request.required("step"))
    wanted, error = request.query.get("status") or "all", request.query.get("error")
    if wanted not in ("all", *LETTERS):
        raise Refusal(400, f"there is no status {wanted!r}", f"there are {', '.join(LETTERS)}")
    alike = {"failed": ("failed", "timed_out"), "succeeded": ("succeeded", "retried", "caught")}
    chosen = [item for item in items if wanted == "all" or item.status in alike.get(wanted, (wanted,))]
    if error:
        key = cluster_of(error)
        chosen = [each for each in chosen if each.bad and cluster_of(error_text(each)) == key]
    after = request.number("after", 0, 1 << 30) if request.query.get("after") else -1
    size = max(1, request.number("limit", PAGE, 1000))
    first = bisect_right([item.index for item in chosen], after)
    page = chosen[first : first + size]
    return {
        "total": len(chosen),
        "rows": [
            [item.index, item.status, item.seconds, error_text(item) if item.error else ""] for item in page
        ],
        "next": page[-1].index if first + size < len(chosen) else None,
    }
