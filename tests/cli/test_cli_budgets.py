"""`ladle check --budgets` and `ladle cost`: what runs may cost, and what a month does."""

from __future__ import annotations

import json
import textwrap
from pathlib import Path
from typing import Any

import pytest

FLOWS = """
    from functions.work import length, words_of
    from ladle import Cron, Rate, each, workflow


    @workflow(on=Rate("5 minutes"))
    def letters(key: str = "rose") -> list[int]:
        words = words_of("landing", key)
        return [length(word) for word in each(words, most=50)]


    @workflow(type="EXPRESS", timeout=60, on=Cron("0 6 * * ? *"))
    def quick(key: str = "rose") -> int:
        return length(key)
"""


@pytest.fixture
def flows(project: Path) -> Path:
    path = project / "statemachines" / "letters.py"
    path.write_text(textwrap.dedent(FLOWS), encoding="utf-8")
    return path


@pytest.mark.usefixtures("flows")
def test_budgets_are_shown_and_are_part_of_the_json(ladle: Any, ladle_json: Any) -> None:
    """Typical and worst, the bounds of Maps with their reasons, and where the history would be full."""
    text = ladle("check", "letters", "--budgets").stdout
    assert "2 + 1·clean" not in text
    assert (
        "`length` at statemachines/letters.py:9:12: at most 50 items (most=50), typically 10 (assumed)"
        in text
    )
    (workflow,) = ladle_json("check", "letters")["workflows"]
    budget = workflow["budget"]
    assert budget["transitions"] == {"formula": "2 + 1·length", "worst": 52, "typical": 12, "recorded": None}
    assert budget["events"]["worst"] == 2 + 5 + 4 + 7 * 50
    assert budget["calls_at_once"] == {"words_of": 1, "length": 40}
    assert budget["dollars"]["worst"] > budget["dollars"]["typical"] > 0
    (size,) = budget["sizes"]
    assert (size["most"], size["because"]) == (50, "most=50")


@pytest.mark.usefixtures("flows")
def test_what_was_recorded_is_what_is_usual(ladle: Any, ladle_json: Any) -> None:
    """Items, transitions and the largest values of the runs that were made here."""
    assert ladle("run", "count", "--event", "s3://landing/texts/rose.txt").exit_code == 0
    (workflow,) = ladle_json("check", "count")["workflows"]
    run = ladle_json("show", "last")
    budget = workflow["budget"]
    (size,) = budget["sizes"]
    assert size["typical_from"] == "recorded"
    assert budget["transitions"]["recorded"] == run["transitions"] == budget["transitions"]["typical"]
    (month,) = ladle_json("cost", "count", "--runs", "30")["workflows"]
    assert {call["seconds_from"] for call in month["lambda"] if call["task"] != "keep"} == {"recorded"}


@pytest.mark.usefixtures("flows")
def test_a_month_is_priced_from_the_schedule(ladle_json: Any) -> None:
    """Every five minutes; every day at six."""
    found = {each["workflow"]: each for each in ladle_json("cost", "letters", "quick")["workflows"]}
    assert found["letters"]["runs"] == pytest.approx(365.25 / 12 * 288)
    assert found["quick"]["runs"] == pytest.approx(365 / 12, abs=0.1)
    ways = {way["name"]: way for way in found["letters"]["ways"]}
    standard = ways["Standard"]
    assert standard["dollars_a_month"] == pytest.approx(standard["dollars_a_run"] * found["letters"]["runs"])
    assert ways["Express"]["dollars_a_run"] < standard["dollars_a_run"]
    assert ways["inner Express"]["possible"]


@pytest.mark.usefixtures("flows")
def test_runs_and_items_can_be_stated(ladle: Any, ladle_json: Any) -> None:
    """The price grows with both; a name that there is not is refused with those that there are."""
    (few,) = ladle_json("cost", "letters", "--runs", "10", "--items", "length=5")["workflows"]
    (more,) = ladle_json("cost", "letters", "--runs", "letters=20", "--items", "length=50")["workflows"]
    assert (few["runs"], few["transitions_a_run"], more["transitions_a_run"]) == (10, 7, 52)
    assert more["ways"][0]["dollars_a_month"] > 2 * few["ways"][0]["dollars_a_month"]
    for words, told in (
        (["--items", "lenght=5"], "no Map or loop is called 'lenght'"),
        (["--items", "5"], "write NAME=16"),
        (["--runs", "many"], "write 30"),
        (["--runs", "nobody=3"], "nobody"),
    ):
        result = ladle("cost", "letters", *words)
        assert result.exit_code == 2
        assert told in result.stderr


def test_nested_runs_are_priced_with_those_that_start_them(ladle_json: Any) -> None:
    """And not twice."""
    found = {each["workflow"]: each for each in ladle_json("cost")["workflows"]}
    outer, inner = found["outer"], found["count"]
    (nested,) = outer["nested"]
    assert (nested["workflow"], nested["runs"]) == ("count", 1)
    assert nested["dollars_each"] == pytest.approx(inner["ways"][0]["dollars_a_run"])
    why = {way["name"]: way["why_not"] for way in outer["ways"]}
    assert why["Express"] == "`count` waits for what it starts"
    assert {way["name"]: way["why_not"] for way in found["decide"]["ways"]}[
        "Express"
    ] == "`ask` waits for an answer"
    assert found["hang"]["runs_from"] == "assumed"


def test_an_outgrown_history_fails_the_check_at_the_expression(ladle: Any, flows: Path) -> None:
    flows.write_text(flows.read_text().replace("most=50", "most=5000"))
    result = ladle("check", "letters")
    assert result.exit_code == 1
    assert result.stdout.startswith(
        "statemachines/letters.py:9:12  B101  `length` goes round up to 5,000 times"
    )
    assert "= let one call take many items: each(…, batch=100)" in result.stdout
    assert "B101  The history of a run would be full" in ladle("explain", "B101").stdout
    found = json.loads(ladle("check", "letters", "--json").stdout)["files"][0]["diagnostics"][0]
    assert found["codeDescription"]["href"].endswith("budgets.md#b101-the-history-of-a-run-would-be-full")
