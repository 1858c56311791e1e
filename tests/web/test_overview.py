"""All workflows, one workflow's grid, and the search: what is wrong comes first, and nothing is made up."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ladle.declare.triggers import Cron, Rate
from ladle.local.store import Store
from ladle.operate.slots import Slot, slots
from ladle.web.answer import Page
from ladle.web.ends import End, WorkflowFacts
from ladle.web.http import Request

DEFINITION = json.dumps(
    {"StartAt": "load", "States": {"load": {"Type": "Task", "Resource": "arn:x", "End": True}}}
)


def test_the_worst_comes_first(get: Any) -> None:
    view = get("/api/overview")
    health = {row["name"]: row["health"] for row in view["workflows"]}
    assert health == {"sums": "failed", "outer": "failed", "careful": "succeeded"}
    assert [row["name"] for row in view["workflows"]][-1] == "careful"
    assert view["totals"]["runs"] == 4
    assert view["totals"]["failed"] == 2
    assert view["totals"]["succeeded"] == 2
    row = next(row for row in view["workflows"] if row["name"] == "sums")
    assert [each[0] for each in row["last"]] == ["retried", "failed"]
    assert row["doc"] == "Adds numbers."
    assert row["trigger"] == "06:00 daily Europe/Berlin"
    assert row["next"] > view["now"]
    assert row["cost"] > 0


def test_what_needs_somebody_says_where_and_why(get: Any, made: Any) -> None:
    by_workflow = {each["workflow"]: each for each in get("/api/overview")["attention"]}
    assert by_workflow.keys() == {"sums", "outer"}
    assert by_workflow["sums"]["href"] == f"r/{made.runs['bad']}"
    assert by_workflow["sums"]["text"].endswith("Bad: no 7")


def test_the_grid_has_a_letter_for_each_step(get: Any, made: Any) -> None:
    view = get("/api/workflows/sums")
    steps = [step["id"] for step in view["grid"]["steps"]]
    assert steps == ["numbers", "double", "flaky", "sleep(60)", "total"]
    cells = {slot["run"]: slot["cells"] for slot in view["grid"]["slots"]}
    assert cells[made.runs["good"]] == "ssrss"
    assert cells[made.runs["bad"]][1] == "f"
    assert cells[made.runs["bad"]][-2:] == "--"
    slot = next(each for each in view["grid"]["slots"] if each["run"] == made.runs["bad"])
    assert slot["error"] == "Bad"
    coming = view["grid"]["slots"][-1]
    assert (coming["status"], coming["run"]) == ("scheduled", None)
    assert view["parameters"] == [{"name": "n", "type": "int", "required": True, "default": None}]
    assert view["source"] == "statemachines/sums.py:7"


def test_runs_are_listed_by_status_and_page(get: Any, made: Any) -> None:
    page = get("/api/workflows/sums/runs?status=failed")
    assert [row["id"] for row in page["rows"]] == [made.runs["bad"]]
    assert page["rows"][0]["error"] == "Bad"
    assert page["total"] == 1
    one = get("/api/workflows/sums/runs?limit=1")
    assert one["rows"][0]["id"] == made.runs["bad"]
    two = get(f"/api/workflows/sums/runs?limit=1&after={one['next']}")
    assert two["rows"][0]["id"] == made.runs["good"]


@pytest.mark.parametrize(
    ("text", "kind", "where"),
    [
        ("care", "workflow", "w/careful"),
        ("Bad", "error", "r/"),
        ("sleep", "step", "r/"),
    ],
)
def test_one_field_finds_everything(get: Any, text: str, kind: str, where: str) -> None:
    hits = get(f"/api/search?q={text}")["hits"]
    assert any(hit["kind"] == kind and hit["href"].startswith(where) for hit in hits)


def test_a_part_of_a_run_is_enough(get: Any, made: Any) -> None:
    part = made.runs["good"].rpartition("-")[2]
    (hit, *_) = [hit for hit in get(f"/api/search?q={part}")["hits"] if hit["kind"] == "run"]
    assert hit["text"] == made.runs["good"]


def test_a_text_with_markup_is_only_looked_for(get: Any) -> None:
    assert get("/api/search?q=<script>alert(1)</script>%'\"")["hits"] == []


# ------------------------------------------------------------------------------------------------ empty times


class Scheduled:
    """A store in which a schedule's runs can be kept, and the page over it."""

    def __init__(self, folder: Path, cron: Cron | Rate, option: str = "") -> None:
        self.facts = WorkflowFacts("daily", triggers=(cron,))
        self.store = Store(folder)
        self.end = End("local", "demo", self.store, {"daily": self.facts}, option=option)

    def times(self, days: int) -> list[Slot]:
        """The times of the last days."""
        now = datetime.now(UTC)
        return slots(self.facts, now - timedelta(days=days), now)

    def keep(self, slot: Slot) -> None:
        at = slot.at.timestamp()
        self.store.begin(
            id=slot.run,
            workflow="daily",
            arn=f"arn:aws:states:us-east-1:1:execution:daily:{slot.run}",
            input={},
            created=at,
            started=at,
            definition=DEFINITION,
            via={"kind": "schedule", "scheduled_for": slot.written},
        )
        self.store.finish(slot.run, status="SUCCEEDED", output=1, stopped=at + 5, wall=5.0, transitions=1)

    def ask(self, address: str) -> Any:
        response = Page({"local": lambda: self.end}, "local").answer(Request("GET", address))
        assert response.status == 200, response.body
        return json.loads(response.body)


@pytest.fixture
def daily(tmp_path: Path) -> Iterator[Scheduled]:
    found = Scheduled(tmp_path, Cron("0 6 * * ? *"))
    with found.store:
        yield found


def statuses(view: Any) -> list[str]:
    return [slot["status"] for slot in view["grid"]["slots"]]


def test_a_time_between_runs_that_has_none_was_missed(daily: Scheduled) -> None:
    """The overview says so, and leads to it."""
    times = daily.times(6)
    for slot in (*times[:2], *times[3:]):
        daily.keep(slot)
    view = daily.ask("/api/workflows/daily")
    assert statuses(view) == [
        "succeeded",
        "succeeded",
        "missed",
        *["succeeded"] * (len(times) - 3),
        "scheduled",
    ]
    missed = view["grid"]["slots"][2]
    assert missed["at"] == times[2].at.timestamp()
    overview = daily.ask("/api/overview")
    assert overview["workflows"][0]["health"] == "missed"
    assert overview["totals"]["missed"] == 1
    (need,) = overview["attention"]
    assert need["href"] == f"w/daily?slot={int(missed['at'])}"
    assert need["text"].startswith("nothing ran at 06:00 on ")


def test_nothing_is_missed_before_a_schedule_was_on(daily: Scheduled) -> None:
    """Nor on this machine, where nothing starts runs, after the last."""
    times = daily.times(6)
    for slot in times[2:4]:
        daily.keep(slot)
    assert "missed" not in statuses(daily.ask("/api/workflows/daily"))


def test_on_a_stage_the_last_times_are_missed_too(tmp_path: Path) -> None:
    found = Scheduled(tmp_path, Cron("0 6 * * ? *"), option=" --stage prod")
    with found.store:
        times = found.times(6)
        for slot in times[:3]:
            found.keep(slot)
        due = [slot for slot in times[3:] if slot.at < datetime.now(UTC) - timedelta(minutes=15)]
        assert statuses(found.ask("/api/workflows/daily")).count("missed") == len(due)


def test_a_time_that_the_clock_skips_is_not_missed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On 29 March 2026 there was no half past two in Berlin, so nothing should have run."""
    found = Scheduled(tmp_path, Cron("30 2 * * ? *", timezone="Europe/Berlin"))
    now = datetime(2026, 4, 2, 12, tzinfo=UTC)
    monkeypatch.setattr("ladle.web.views.workflows.time.time", now.timestamp)
    with found.store:
        times = slots(found.facts, now - timedelta(days=6), now)
        for slot in times:
            found.keep(slot)
        days = [slot.at.astimezone(UTC).day for slot in times]
        assert 29 not in days
        view = found.ask("/api/workflows/daily")
        assert statuses(view) == [*["succeeded"] * len(times), "scheduled"]
        assert len(times) == 5


def test_a_rate_has_no_times_and_so_no_holes(tmp_path: Path) -> None:
    found = Scheduled(tmp_path, Rate("5 minutes"))
    with found.store:
        view = found.ask("/api/workflows/daily")
        assert view["grid"]["slots"] == []
        assert view["stats"]["next"] is None
        assert found.ask("/api/overview")["workflows"][0]["health"] == "pending"
