"""Doing something from the page: it is shown first, done once, and only what was shown."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from ladle.errors import LadleError
from ladle.operate.ends import Started
from ladle.operate.resume import Resumption
from ladle.web.answer import Page
from ladle.web.ends import End
from ladle.web.http import Request

VERBS = ("start", "stop", "redrive", "resume", "backfill")


class Recorded:
    """Actions that only remember what they were told."""

    def __init__(self, store: Any) -> None:
        self.store = store
        self.done: list[tuple[Any, ...]] = []

    def start(self, workflow: str, input: Any, name: str = "") -> Started:
        assert name == ""
        self.done.append(("start", workflow, dict(input)))
        return Started(workflow, "new", True)

    def start_slot(self, slot: Any) -> Started:
        self.done.append(("slot", slot.run))
        raise LadleError("no room")

    def stop(self, run: str, reason: str) -> Any:
        self.done.append(("stop", run))
        assert reason
        return self.store.find(run)

    def redrive(self, run: str) -> Any:
        self.done.append(("redrive", run))
        return self.store.find(run)

    def plan_resume(self, run: str, step: str | None = None) -> Resumption:
        if step == "nowhere":
            raise LadleError("the workflow has no step 'nowhere' at its top")
        return Resumption(
            run, "sums", "total", "numbers and flaky", ("w",), ("a Parallel runs again",), {}, {}
        )

    def resume(self, run: str, step: str | None = None) -> tuple[Started, Resumption]:
        self.done.append(("resume", run, step))
        return Started("sums", f"{run}-r1", True), self.plan_resume(run)


@pytest.fixture
def actions(end: End) -> Recorded:
    found = Recorded(end.runs)
    end.actions, end.verbs = found, VERBS

    def check(workflow: str, given: Any) -> None:
        if workflow == "sums" and not isinstance(given.get("n"), int):
            raise LadleError("n: expected int")

    end.check = check
    return found


@pytest.fixture
def post(end: End, actions: Recorded) -> Callable[..., tuple[int, Any]]:
    assert end.actions is actions
    page = Page({"local": lambda: end}, "local")

    def ask(address: str, body: Any, **headers: str) -> tuple[int, Any]:
        named = {"content-type": "application/json", **headers}
        response = page.answer(Request("POST", f"/api/{address}", {}, named, json.dumps(body).encode()))
        return response.status, json.loads(response.body)

    return ask


def test_a_redrive_says_what_runs_again_and_what_is_kept(post: Any, made: Any) -> None:
    status, plan = post("plan/redrive", {"run": made.runs["bad"]})
    assert status == 200
    assert plan["ok"]
    assert plan["kept"] == ["numbers", *[each for each in plan["kept"] if each != "numbers"]]
    assert any("of double" in each for each in plan["kept"]) or "double" in " ".join(plan["again"])
    assert plan["again"][-2:] == ["then sleep(60)", "then total"]
    assert plan["command"] == f"ladle redrive {made.runs['bad']}"
    assert plan["cost"] > 0
    assert "began with" in plan["warnings"][0]


def test_what_was_shown_is_done_once(post: Any, actions: Recorded, made: Any) -> None:
    body = {"run": made.runs["bad"]}
    _, plan = post("plan/redrive", body)
    assert actions.done == []
    status, told = post("do/redrive", {**body, "ticket": plan["ticket"]})
    assert status == 200
    assert told == {"href": f"r/{made.runs['bad']}", "message": f"run {made.runs['bad']} goes on"}
    assert actions.done == [("redrive", made.runs["bad"])]
    status, told = post("do/redrive", {**body, "ticket": plan["ticket"]})
    assert (status, told["error"]["message"]) == (409, "this was done already")
    assert len(actions.done) == 1


@pytest.mark.parametrize(
    ("verb", "body"),
    [
        ("redrive", {"run": "good"}),
        ("stop", {"run": "bad"}),
        ("redrive", {"run": "bad", "ticket": ""}),
        ("redrive", {"run": "bad", "ticket": "123.abc"}),
        ("resume", {"run": "bad"}),
    ],
)
def test_without_its_ticket_nothing_is_done(
    post: Any, actions: Recorded, made: Any, verb: str, body: dict[str, str]
) -> None:
    status, told = post(f"do/{verb}", {**body, "run": made.runs[body["run"]]})
    assert status in (403, 409)
    assert told["error"]["message"]
    assert actions.done == []


def test_a_ticket_is_good_for_nothing_else(post: Any, actions: Recorded, made: Any) -> None:
    """Not for another verb, another run, or another input; nor when it is old."""
    run = made.runs["bad"]
    _, plan = post("plan/resume", {"run": run})
    ticket = plan["ticket"]
    for verb, body in (
        ("redrive", {"run": run}),
        ("resume", {"run": made.runs["nested"]}),
        ("resume", {"run": run, "step": "flaky"}),
    ):
        assert post(f"do/{verb}", {**body, "ticket": ticket})[0] == 409
    issued, _, rest = ticket.partition(".")
    assert post("do/resume", {"run": run, "ticket": f"{int(issued) - 601}.{rest}"})[0] == 409
    assert actions.done == []


def test_a_plan_that_is_not_true_any_more_is_not_done(
    post: Any, actions: Recorded, made: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody else redrove the run meanwhile."""
    _, plan = post("plan/redrive", {"run": made.runs["bad"]})
    record = made.store.find(made.runs["bad"])
    monkeypatch.setattr("ladle.web.loaded.SETTLED", 0.0)
    monkeypatch.setattr(made.store, "find", lambda _: replace(record, redrives=1))
    from ladle.web.loaded import Loaded

    monkeypatch.setattr(Loaded, "refresh", lambda self: setattr(self, "record", replace(record, redrives=1)))
    status, told = post("do/redrive", {"run": made.runs["bad"], "ticket": plan["ticket"]})
    assert (status, told["error"]["message"]) == (
        409,
        "this is not what was shown any more: look at it again",
    )
    assert actions.done == []


def test_what_cannot_be_done_says_why(post: Any, made: Any) -> None:
    for verb, body, reason in (
        ("redrive", {"run": made.runs["good"]}, "it succeeded"),
        ("stop", {"run": made.runs["good"]}, "it has ended already: succeeded"),
        (
            "resume",
            {"run": made.runs["bad"], "step": "nowhere"},
            "the workflow has no step 'nowhere' at its top",
        ),
        ("start", {"workflow": "sums", "input": {}}, "missing: n"),
        ("start", {"workflow": "sums", "input": {"n": "x"}}, "n: expected int"),
        (
            "backfill",
            {"workflow": "careful", "from": "2026-01-01", "to": "2026-01-02"},
            "has no Cron and no At",
        ),
        ("backfill", {"workflow": "sums", "from": "2026-01-03", "to": "2026-01-02"}, "is after"),
        ("backfill", {"workflow": "sums", "from": "soon", "to": "2026-01-02"}, "write a day or a time"),
    ):
        status, plan = post(f"plan/{verb}", body)
        assert status == 200, plan
        assert not plan["ok"]
        assert reason in plan["reason"]
        assert plan["ticket"] is None


def test_a_start_is_checked_and_started(post: Any, actions: Recorded) -> None:
    body = {"workflow": "sums", "input": {"n": 3}}
    _, plan = post("plan/start", body)
    assert plan["command"] == "ladle start sums n=3"
    assert "sums(n: int)" in plan["text"]
    status, told = post("do/start", {**body, "ticket": plan["ticket"]})
    assert (status, told["href"]) == (200, "r/new")
    assert actions.done == [("start", "sums", {"n": 3})]


def test_a_resume_names_what_it_restores(post: Any, made: Any) -> None:
    _, plan = post("plan/resume", {"run": made.runs["bad"]})
    assert ["Restores", "w"] in plan["facts"]
    assert plan["warnings"] == ["a Parallel runs again"]
    assert plan["kept"] == []  # numbers succeeded, within a Parallel that did not
    _, told = post("do/resume", {"run": made.runs["bad"], "ticket": plan["ticket"]})
    assert told["href"] == f"r/{made.runs['bad']}-r1"


def test_a_backfill_starts_what_is_missing(post: Any, actions: Recorded) -> None:
    """Berlin's six o'clock of three days, in the order asked for."""
    body = {"workflow": "sums", "from": "2026-03-27", "to": "2026-03-30", "newest_first": True}
    _, plan = post("plan/backfill", body)
    assert plan["confirm"] == "Start 3 runs"
    assert plan["again"][0].startswith("2026-03-29T04:00")  # summer time by then
    assert plan["command"].endswith("--concurrency 1 --newest-first")
    status, told = post("do/backfill", {**body, "ticket": plan["ticket"]})
    assert (status, told["message"]) == (200, "3 runs are being started")
    for _ in range(200):
        if len(actions.done) == 3:
            break
        time.sleep(0.02)
    assert [run[:15] for _, run in actions.done] == ["2026-03-29-0400", "2026-03-28-0500", "2026-03-27-0500"]


def test_a_page_does_only_what_its_stage_lets_it(post: Any, end: End, made: Any) -> None:
    end.verbs = ("stop",)
    for verb in ("start", "redrive", "resume", "backfill"):
        status, told = post(f"plan/{verb}", {"run": made.runs["bad"], "workflow": "sums"})
        assert status == 403
        assert "may not" in told["error"]["message"]
    end.verbs = ()
    assert post("plan/stop", {"run": made.runs["bad"]})[0] == 403


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({"content-type": "text/plain"}, b"{}", 400),
        ({"content-type": ""}, b"{}", 400),
        ({}, b"[]", 400),
        ({}, b"{", 400),
        ({}, b'{"run": 5}', 400),
        ({}, b'{"run": "%s"}' % (b"x" * 300_000), 413),
    ],
)
def test_bodies_are_read_strictly(
    end: End, actions: Recorded, headers: dict[str, str], body: bytes, status: int
) -> None:
    """A form that another page sends is no JSON, so it does nothing even with the token."""
    page = Page({"local": lambda: end}, "local")
    request = Request("POST", "/api/plan/redrive", {}, {"content-type": "application/json", **headers}, body)
    assert page.answer(request).status == status
    assert actions.done == []
