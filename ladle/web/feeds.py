"""Views that change while somebody looks: numbered, so that a page knows when it has missed something.

A feed is one view with its parameters, shared by all who look at it. Each time it is read again, what differs
becomes a message with the next number; the last messages are kept for those who were away a moment.
"""

from __future__ import annotations

import json
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from ladle.web.ends import End

__all__ = ["Feed", "changes", "feed_of", "stream"]

KEPT: Final = 256
"""Messages of a feed that are kept."""
FEEDS: Final = 32
BEAT: Final = 15.0
"""Seconds after which a silent stream says that it is there."""
CELLS: Final = 4_000
"""More changed cells than this are sent as the whole field."""

Key = Callable[[Mapping[str, Any]], Any]

LISTS: Final[Mapping[str, tuple[tuple[str, ...], Key]]] = {
    "rows": (("rows",), lambda each: each["step"]),
    "nodes": (("graph", "nodes"), lambda each: each["id"]),
    "edges": (("graph", "edges"), lambda each: (each["from"], each["to"], each["kind"])),
    "workflows": (("workflows",), lambda each: each["name"]),
    "slots": (("grid", "slots"), lambda each: (each["at"], each["run"] or "")),
}
"""The lists whose entries are sent one by one: where they are in a view, and what tells an entry."""

OUT: Final = ("now", "seq", "graph", "grid", "statuses")
"""Fields that are not compared as a whole."""


class Feed:
    """A view that is read again and again; `compute` reads it. The first number is of the clock, so that a
    page that knew an earlier start of the server is told to ask anew."""

    def __init__(self, compute: Callable[[], dict[str, Any]]) -> None:
        self._compute = compute
        self._lock = threading.RLock()
        self._seq = int(time.time() * 1000)
        self._state: dict[str, Any] | None = None
        self._messages: deque[dict[str, Any]] = deque(maxlen=KEPT)
        self._read = 0.0

    def refresh(self, patience: float = 0.0) -> None:
        """Read the view, unless it was read within `patience` seconds."""
        with self._lock:
            if self._state is not None and time.monotonic() - self._read < patience:
                return
            state = self._compute()
            self._read = time.monotonic()
            if self._state is not None:
                message = changes(self._state, state)
                if message:
                    self._messages.append(
                        {"seq": self._seq + 1, "after": self._seq, "now": state["now"], **message}
                    )
                    self._seq += 1
            self._state = state

    def snapshot(self) -> dict[str, Any]:
        """The view as it is now, with its number."""
        with self._lock:
            self.refresh()
            assert self._state is not None
            return {**self._state, "seq": self._seq}

    def since(self, seq: int) -> list[dict[str, Any]] | None:
        """The messages after a number; None where some of them are gone."""
        with self._lock:
            if seq == self._seq:
                return []
            found = [each for each in self._messages if each["seq"] > seq]
            return found if found and found[0]["after"] == seq else None


def feed_of(end: End, key: str, compute: Callable[[], dict[str, Any]]) -> Feed:
    """The feed of that key."""
    with end.lock:
        feeds: OrderedDict[str, Feed] = end.cache.setdefault("feeds", OrderedDict())
        if key not in feeds:
            feeds[key] = Feed(compute)
            while len(feeds) > FEEDS:
                feeds.popitem(last=False)
        feeds.move_to_end(key)
        return feeds[key]


def stream(feed: Feed, since: int, interval: float, closing: threading.Event) -> Iterator[bytes]:
    """The messages after a number as server-sent events, as they come, until somebody closes.

    Ends after the event `reload` when the number is not known any more.
    """
    yield b": open\n\n"
    spoken = time.monotonic()
    while not closing.is_set():
        feed.refresh(interval)
        messages = feed.since(since)
        if messages is None:
            yield b"event: reload\ndata: {}\n\n"
            return
        for message in messages:
            since = message["seq"]
            text = json.dumps(message, ensure_ascii=False, separators=(",", ":"))
            yield f"id: {since}\nevent: change\ndata: {text}\n\n".encode()
            spoken = time.monotonic()
        if time.monotonic() - spoken > BEAT:
            yield b": beat\n\n"
            spoken = time.monotonic()
        closing.wait(interval)


def changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """What differs between two readings of a view; empty when nothing does.

    >>> changes({"status": "running", "rows": [{"step": "a", "n": 1}, {"step": "b", "n": 1}]},
    ...         {"status": "failed", "rows": [{"step": "a", "n": 1}, {"step": "b", "n": 2}]})
    {'set': {'status': 'failed'}, 'rows': [{'step': 'b', 'n': 2}]}
    """
    listed = {path[0] for path, _ in LISTS.values() if len(path) == 1}
    found: dict[str, Any] = {}
    whole = {
        name: value
        for name, value in new.items()
        if name not in OUT and name not in listed and old.get(name) != value
    }
    if whole:
        found["set"] = whole
    for name, (path, key) in LISTS.items():
        before, after = _at(old, path), _at(new, path)
        if after is None or before == after:
            continue
        known = {key(each): each for each in before or ()}
        changed = [each for each in after if known.get(key(each)) != each]
        if changed:
            found[name] = changed
        order = [key(each) for each in after]
        if order != list(known):
            found.setdefault("order", {})[name] = order
    cells = _cells(old.get("statuses"), new.get("statuses"))
    if cells is not None and len(cells) > CELLS:
        found.setdefault("set", {})["statuses"] = new["statuses"]
    elif cells:
        found["cells"] = cells
    return found


def _at(view: Mapping[str, Any], path: tuple[str, ...]) -> list[Mapping[str, Any]] | None:
    held: Any = view
    for name in path:
        held = held.get(name) if isinstance(held, dict) else None
    found: list[Mapping[str, Any]] | None = held
    return found


def _cells(old: Any, new: Any) -> list[list[Any]] | None:
    if old is None or new is None or old == new:
        return None
    before, after = _letters(old), _letters(new)
    before += "-" * (len(after) - len(before))
    return [
        [index, letter]
        for index, (was, letter) in enumerate(zip(before, after, strict=False))
        if was != letter
    ]


def _letters(lengths: list[list[Any]]) -> str:
    return "".join(letter * number for letter, number in lengths)
