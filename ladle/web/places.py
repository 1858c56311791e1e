"""Ids of steps on the page: a state, an item of a Map, a state within an item."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from ladle.web.ends import End
from ladle.web.http import Refusal
from ladle.web.items import Item, failed_within, items_of, visits_in
from ladle.web.loaded import Loaded, load
from ladle.web.visits import Visit

__all__ = ["Place", "all_items", "leaf_of", "place_of"]

_ITEM: Final = re.compile(r"(?P<map>.+?)\[(?P<index>\d{1,9})\](?:/(?P<inner>.+))?")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a step's visits are: in which run (an item may be a run of its own), of which state.

    `item` is the item that the id names, `index` the innermost index, by which logs tell calls apart.
    """

    loaded: Loaded
    name: str
    visits: tuple[Visit, ...]
    item: Item | None = None
    index: int | None = None


def place_of(end: End, loaded: Loaded, step: str) -> Place:
    """What an id means in a run. Raises Refusal where it means nothing."""
    states = {str(node["id"]) for node in loaded.drawing.nodes} | set(loaded.drawing.inner)
    if step in states:
        visits = loaded.history.visits.get(step, [])
        return Place(loaded, step, tuple(visits))
    found = _ITEM.fullmatch(step)
    if found is None or found["map"] not in states:
        raise Refusal(404, f"the run has no step {step!r}")
    items = all_items(loaded, found["map"])
    index = int(found["index"])
    if index >= len(items):
        raise Refusal(404, f"{found['map']} has {len(items)} items, so none with the number {index}")
    item = items[index]
    if item.run is not None:
        return _in_child(end, item, found["inner"])
    if item.scope is None:
        return Place(loaded, found["inner"] or found["map"], (), item)
    inner = found["inner"]
    if inner is None:
        leaf = leaf_of(item)
        visits = [each for each in visits_in(item.scope) if leaf is not None and each.name == leaf.name]
        name = leaf.name if leaf is not None else found["map"]
        return Place(loaded, name, tuple(visits), item, item.scope.index)
    visits = [each for each in visits_in(item.scope) if each.name == inner]
    if not visits and inner not in states:
        return _nested(loaded, item, inner, states)
    return Place(loaded, inner, tuple(visits), item, item.scope.index)


def _nested(loaded: Loaded, item: Item, inner: str, states: set[str]) -> Place:
    """An item of a Map within an item."""
    found = _ITEM.fullmatch(inner)
    if found is None or found["map"] not in states or item.scope is None:
        raise Refusal(404, f"the item has no step {inner!r}")
    index = int(found["index"])
    for visit in visits_in(item.scope):
        for scope in visit.scopes:
            if visit.name == found["map"] and scope.index == index:
                within = Item(index, scope.status, scope.started, scope.ended, scope=scope)
                leaf = leaf_of(within)
                name = found["inner"] or (leaf.name if leaf is not None else visit.name)
                visits = tuple(each for each in visits_in(scope) if each.name == name)
                return Place(loaded, name, visits, within, index)
    raise Refusal(404, f"the item has no step {inner!r}")


def _in_child(end: End, item: Item, inner: str | None) -> Place:
    """An item that is a run of its own: its step that failed, else its last."""
    assert item.run is not None
    child = load(end, item.run)
    visits = [visit for each in child.history.visits.values() for visit in each]
    leaves = [each for each in visits if each.kind not in ("Map", "Parallel", "Fail", "Choice", "Pass")]
    chosen = [each for each in leaves if inner in (None, each.name)]
    failed = [each for each in chosen if each.status in ("failed", "timed_out")]
    leaf = next(iter([*failed[-1:], *chosen[-1:]]), None)
    if leaf is None:
        return Place(child, inner or "", (), item)
    return Place(child, leaf.name, tuple(each for each in leaves if each.name == leaf.name), item)


def all_items(loaded: Loaded, step: str) -> list[Item]:
    """The items of a Map of a run."""
    return list(loaded.nested().get(step) or items_of(loaded.history, step))


def leaf_of(item: Item) -> Visit | None:
    """The visit that says most of an item: the one that failed, else the last."""
    if item.scope is None:
        return None
    visits = [each for each in visits_in(item.scope) if each.kind not in ("Map", "Parallel", "Fail")]
    attempt = failed_within(item.scope)
    failed = [each for each in visits if attempt is not None and attempt in each.attempts]
    work = [each for each in visits if each.attempts]
    bad = item.status in ("failed", "timed_out", "caught")
    return next(iter([*(failed[-1:] if bad else ()), *work[-1:], *visits[-1:]]), None)
