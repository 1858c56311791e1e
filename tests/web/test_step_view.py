"""A step, an item, a log, a value on the page."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from ladle.operate.records import TaskLog
from ladle.web.answer import Page
from ladle.web.ends import End
from ladle.web.http import Request
from ladle.web.texts import LINE, MOST, log_page, shown


def test_a_step_shows_what_its_task_was_called_with(get: Any, made: Any) -> None:
    """Its own arguments and its result: not what Step Functions and Ladle wrap around them."""
    step = get(f"/api/runs/{made.runs['good']}/step?step=numbers")
    assert step["input"] == {"value": {"n": 5}, "size": 8, "cut": False}
    assert step["output"]["value"] == [0, 1, 2, 3, 4]
    assert step["function"] == "numbers"
    assert step["source"]["file"] == "functions/work.py"
    assert step["memory"] == 512
    assert [line[2] for line in step["log"]["lines"]] == ["counting to 5"]


def test_each_try_has_its_error_and_the_line_of_it(get: Any, made: Any) -> None:
    address = f"/api/runs/{made.runs['good']}/step?step=flaky"
    step = get(address)
    assert [each["status"] for each in step["attempts"]] == ["failed", "failed", "succeeded"]
    assert step["attempt"] == 3
    assert step["output"]["value"] == 5
    assert step["attempts"][0]["error"] == "Flaky"
    assert step["attempts"][0]["backoff"] > 0
    first = get(f"{address}&attempt=1")
    assert first["attempt"] == 1
    assert first["output"] is None
    (frame,) = first["attempts"][0]["frames"]
    assert frame["own"] is True
    assert frame["text"] == 'raise Flaky("again")'


@pytest.mark.parametrize("step", ["double[7]", "double[7]/double each"])
def test_an_item_shows_the_step_that_failed_in_it(get: Any, made: Any, step: str) -> None:
    found = get(f"/api/runs/{made.runs['bad']}/step?step={step}")
    assert found["status"] == "failed"
    assert found["input"]["value"] == {"i": 7}
    assert found["output"] is None
    assert found["attempts"][0]["message"] == "no 7"
    assert [line[2] for line in found["log"]["lines"]] == ["about to fail"]


def test_a_step_of_a_loop_shows_the_entry_asked_for(get: Any, made: Any) -> None:
    address = f"/api/runs/{made.runs['caught']}/step?step=double"
    assert get(address)["entries"] == 9
    seventh = get(f"{address}&entry=8")
    assert seventh["status"] == "caught"
    assert seventh["input"]["value"] == {"i": 7}
    assert get(f"{address}&entry=3")["output"]["value"] == 4


def test_a_whole_value_can_be_had(end: End, made: Any) -> None:
    page = Page({"local": lambda: end}, "local")
    for query, wanted in (
        ({"step": "numbers", "which": "output"}, [0, 1, 2, 3, 4]),
        ({"which": "input"}, {"n": 5}),
    ):
        response = page.answer(Request("GET", f"/api/runs/{made.runs['good']}/value", query))
        assert json.loads(response.body) == wanted
        assert "attachment" in response.headers["Content-Disposition"]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({}, 400),
        ({"step": "nowhere"}, 404),
        ({"step": "double[99]"}, 404),
        ({"step": "numbers", "attempt": "2"}, 404),
        ({"step": "numbers", "attempt": "-1"}, 400),
        ({"step": "numbers", "entry": "5"}, 404),
    ],
)
def test_what_is_not_there_is_said(end: End, made: Any, query: dict[str, str], status: int) -> None:
    page = Page({"local": lambda: end}, "local")
    response = page.answer(Request("GET", f"/api/runs/{made.runs['good']}/step", query))
    assert response.status == status
    assert json.loads(response.body)["error"]["message"]


def test_a_run_that_is_not_there_is_said(end: End) -> None:
    response = Page({"local": lambda: end}, "local").answer(Request("GET", "/api/runs/nowhere"))
    assert response.status == 404


def call_that_wrote(text: str) -> TaskLog:
    return TaskLog("a", "a", 0, None, 0.0, 0.0, None, None, None, text)


def test_a_large_value_is_cut_and_says_so() -> None:
    found = shown("x" * 1_000_000)
    assert found["cut"] is True
    assert found["size"] == 1_000_002
    assert len(found["text"]) == MOST


@pytest.mark.parametrize(
    "text", ["a\nb\n", "a\nb", "", "\n\n", "x" * 1_000_000, "".join(f"{n}\n" for n in range(40_000))]
)
def test_the_pages_of_a_log_are_all_of_it(text: str) -> None:
    """Each is small; together they are what was written, a line of a megabyte too."""
    whole = ""
    after: int | None = 0
    while after is not None:
        page = log_page([call_that_wrote(text)], after)
        assert sum(len(line[2]) for line in page["lines"]) <= MOST + LINE + 1
        for line in page["lines"]:
            long = len(line[2]) == LINE + 1 and line[2].endswith("…")
            whole += line[2][:-1] if long else f"{line[2]}\n"
        after = page["next"]
    assert whole.rstrip("\n") == text.rstrip("\n")


def test_levels_are_told_from_text() -> None:
    page = log_page([call_that_wrote("INFO read 3 rows\nINFORMAL\n")], 0)
    assert page["lines"] == [[None, "INFO", "read 3 rows"], [None, None, "INFORMAL"]]


def test_the_map_of_a_failed_run(get: Callable[[str], Any], made: Any) -> None:
    """Counts, cells in order, causes, and the list of those that failed."""
    address = f"/api/runs/{made.runs['bad']}"
    view = get(f"{address}/map?step=double&item=7")
    assert view["total"] == 12
    assert sum(number for _, number in view["statuses"]) == 12
    assert view["counts"]["failed"] == 1
    ((cause),) = view["errors"]
    assert (cause["text"], cause["count"], cause["first"]) == ("Bad: no 7", 1, 7)
    assert view["item"]["attempts"][0]["message"] == "no 7"
    items = get(f"{address}/items?step=double&status=failed")
    assert items["rows"] == [[7, "failed", items["rows"][0][2], "Bad: no 7"]]
    assert get(f"{address}/items?step=double&error=Bad: no 8")["total"] == 1  # alike but for the number
    first = get(f"{address}/items?step=double&limit=5")
    rest = get(f"{address}/items?step=double&limit=100&after={first['next']}")
    assert [row[0] for row in first["rows"] + rest["rows"]] == list(range(12))
