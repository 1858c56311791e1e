"""What changes while somebody looks: numbered, whole, and told when something was missed."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ladle.local.store import Store
from ladle.web.answer import Page
from ladle.web.ends import End
from ladle.web.feeds import Feed, changes, stream
from ladle.web.http import Request


class Replayed:
    """A recorded run that is written again, a few events at a time."""

    def __init__(self, folder: Path, made: Any) -> None:
        self.id = made.runs["bad"]
        self._record = made.store.find(self.id)
        self._events = list(made.store.events(self.id))
        self.store = Store(folder)
        self.store.begin(
            id=self.id,
            workflow=self._record.workflow,
            arn=self._record.arn,
            input=self._record.input,
            created=self._record.created,
            started=self._record.started,
            definition=json.dumps(made.store.definition(self.id)),
        )

    def write(self, number: int) -> None:
        """Write the next so many events."""
        now, self._events = self._events[:number], self._events[number:]
        self.store.append([(self.id, now)])

    def finish(self) -> None:
        self.write(len(self._events))
        record = self._record
        self.store.finish(
            self.id,
            status=record.status,
            error=record.error,
            cause=record.cause,
            stopped=record.stopped,
            wall=record.wall,
            transitions=record.transitions,
        )


@pytest.fixture
def replayed(tmp_path: Path, made: Any) -> Iterator[Replayed]:
    found = Replayed(tmp_path, made)
    with found.store:
        yield found


def applied(view: dict[str, Any], message: dict[str, Any]) -> dict[str, Any]:
    """The view after a message, as a page has to apply it."""
    found = {**view, **message.get("set", {}), "seq": message["seq"]}
    keys = {"rows": "step", "nodes": "id", "edges": None}
    for name, key in keys.items():
        holder = found["graph"] if name in ("nodes", "edges") else found

        def of(each: dict[str, Any], key: str | None = key) -> Any:
            return each[key] if key else (each["from"], each["to"], each["kind"])

        known = {of(each): each for each in holder[name]} | {of(each): each for each in message.get(name, ())}
        order = message.get("order", {}).get(name)
        ids = [tuple(each) if isinstance(each, list) else each for each in order] if order else list(known)
        holder[name] = [known[each] for each in ids]
    return found


def messages(text: bytes) -> list[dict[str, Any]]:
    return [
        json.loads(line.removeprefix("data: "))
        for line in text.decode().splitlines()
        if line.startswith("data: ")
    ]


def test_a_page_that_applies_every_change_shows_what_a_new_one_does(replayed: Replayed) -> None:
    """From the first event to the failure, whatever came together."""
    end = End("local", "demo", replayed.store, {})
    page = Page({"local": lambda: end}, "local")
    replayed.write(1)

    def ask() -> dict[str, Any]:
        return json.loads(page.answer(Request("GET", f"/api/runs/{replayed.id}")).body)

    view = json.loads(json.dumps(ask()))
    assert view["status"] == "running"
    query = {"view": "run", "id": replayed.id, "since": str(view["seq"])}
    response = page.answer(Request("GET", "/api/live", query))
    assert response.headers["Content-Type"] == "text/event-stream"
    assert response.stream is not None
    received: list[bytes] = []
    reader = threading.Thread(target=lambda: received.extend(response.stream or ()))
    reader.start()
    for number in (1, 2, 3, 5, 8, 13, 21):
        replayed.write(number)
        threading.Event().wait(0.25)
    replayed.finish()
    for _ in range(40):
        threading.Event().wait(0.1)
        if any(message.get("set", {}).get("status") == "failed" for message in messages(b"".join(received))):
            break
    page.closing.set()
    reader.join(5)
    assert not reader.is_alive()
    told = messages(b"".join(received))
    assert len(told) >= 3
    for message in told:
        assert message["after"] == view["seq"]
        view = applied(view, message)
    now = ask()
    volatile = {"now"}
    assert {k: v for k, v in view.items() if k not in volatile} == {
        k: v for k, v in now.items() if k not in volatile
    }
    assert now["focus"] == "double[7]"


def test_a_page_that_was_away_too_long_is_told_to_ask_anew(end: End, made: Any) -> None:
    page = Page({"local": lambda: end}, "local")
    query = {"view": "run", "id": made.runs["good"], "since": "7"}
    response = page.answer(Request("GET", "/api/live", query))
    assert response.stream is not None
    assert b"event: reload" in b"".join(response.stream)


@given(st.lists(st.integers(0, 3), max_size=30), st.integers(0, 29))
@settings(max_examples=60, deadline=None)
def test_no_message_is_lost_or_given_twice(values: list[int], cut: int) -> None:
    """Wherever a page leaves off and comes back, it has every change once."""
    state = {"now": 0, "n": 0}
    feed = Feed(lambda: dict(state))
    seq = feed.snapshot()["seq"]
    seen: list[int] = []
    for number, value in enumerate(values):
        state["n"] = value
        feed.refresh()
        if number == cut:
            found = feed.since(seq)
            assert found is not None
            seen += [each["set"]["n"] for each in found]
            seq = found[-1]["seq"] if found else seq
    rest = feed.since(seq)
    assert rest is not None
    seen += [each["set"]["n"] for each in rest]
    wanted = [b for a, b in zip([0, *values], values, strict=False) if a != b]
    assert seen == wanted


def test_a_number_that_never_was_is_a_gap() -> None:
    feed = Feed(lambda: {"now": 0})
    seq = feed.snapshot()["seq"]
    assert feed.since(seq) == []
    assert feed.since(seq + 1) is None
    assert feed.since(seq - 1) is None


def test_changed_cells_of_a_map_are_sent_alone() -> None:
    old = {"statuses": [["s", 3], ["-", 7]]}
    new = {"statuses": [["s", 4], ["f", 1], ["-", 5]]}
    assert changes(old, new) == {"cells": [[3, "s"], [4, "f"]]}


def test_a_silent_stream_says_that_it_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ladle.web.feeds.BEAT", 0.01)
    feed = Feed(lambda: {"now": 0})
    closing = threading.Event()
    events = stream(feed, feed.snapshot()["seq"], 0.02, closing)
    assert next(events) == b": open\n\n"
    assert next(events) == b": beat\n\n"
    closing.set()
    assert list(events) == []
