"""A hundred thousand runs, ten thousand items, three hundred steps, a line of a megabyte, hostile text."""

from __future__ import annotations

import gzip
from collections.abc import Callable

import pytest

from tests.ui import samples
from tests.ui.conftest import Tab
from tests.ui.places import VIEWS
from tests.ui.standin import StandIn

New = Callable[..., Tab]

DRAWN = "document.querySelectorAll('main svg, main svg *').length"
COUNT_PAINTING = """() => {
  const canvas = CanvasRenderingContext2D.prototype;
  const fill = canvas.fillRect;
  window.painted = 0;
  canvas.fillRect = function (...all) { window.painted++; return fill.apply(this, all) };
}"""
ALL = "document.querySelectorAll('main *').length"


@pytest.mark.parametrize("path", VIEWS.values(), ids=VIEWS)
def test_a_view_has_at_most_1500_drawn_elements(walker: Tab, path: str) -> None:
    """However much there is: beyond that it is a canvas, or what is out of sight is left out."""
    assert walker.open(path).evaluate(DRAWN) <= 1500


def test_the_first_view_is_small(tab: New) -> None:
    """At most 50 KB compressed, data included."""
    here = tab()
    sizes: dict[str, int] = {}
    here.page.on(
        "response",
        lambda answer: (
            "live" in answer.url or sizes.__setitem__(answer.url, len(gzip.compress(answer.body())))
        ),
    )
    here.open("")
    assert any("api/overview" in each for each in sizes)
    assert sum(sizes.values()) <= 50_000, sizes


def test_a_list_of_many_runs_has_only_the_rows_in_sight(tab: New) -> None:
    """It grows when one comes to its end, and keeps what is far away out of the document."""
    here = tab()
    page = here.open("w/daily_delays")
    assert "100 newest of 100,000" in page.inner_text("main")
    for pages in range(2, 6):
        page.evaluate("scrollTo(0, document.body.scrollHeight)")
        here.until(f"document.querySelector('.runs .list').clientHeight === {pages * 100 * 36}")
    page.wait_for_timeout(100)
    assert page.locator(".lrow").count() < 80
    page.evaluate("scrollTo(0, document.querySelector('.runs .list').offsetTop + 300 * 36)")
    page.wait_for_selector(".lrow:has-text('run-099695')")


def test_ten_thousand_items_are_one_canvas_and_a_short_list(tab: New, standin: StandIn) -> None:
    """A changed item repaints its own cell, and no other."""
    here = tab()
    page = here.open(f"r/{samples.BATCH}/map/geocode")
    assert page.evaluate(ALL) < 900
    assert "Most failures stand together: items 4,1" in page.inner_text("main")
    page.evaluate(COUNT_PAINTING)
    standin.push({"cells": [[9400, "s"], [9401, "f"]], "set": {"counts": {**samples.counts(), "failed": 24}}})
    page.wait_for_selector(".cnt >> text=24")
    assert 0 < page.evaluate("window.painted") <= 4
    page.click(".chip:has-text('All')")
    page.evaluate("document.querySelector('.vl').scrollTop = 30 * 5000")
    page.wait_for_selector(".vl a:has-text('5,005')")
    assert page.locator(".vl a").count() < 60


def test_an_item_is_opened_from_the_field_and_from_the_list(tab: New) -> None:
    """One selection for both."""
    here = tab()
    page = here.open(f"r/{samples.BATCH}/map/geocode")
    page.locator("canvas").click(position={"x": 10, "y": 10})
    page.wait_for_selector("#h-item")
    assert "item=" in page.url
    page.click(".chip:has-text('Failed')")
    page.click(".vl a >> nth=1")
    page.wait_for_selector(".vl a.on")
    assert page.inner_text(".vl a.on .m") in page.inner_text("#h-item")


def test_a_cause_filters_its_items(tab: New) -> None:
    """How many causes there are is one glance; which items had one is a click."""
    here = tab()
    page = here.open(f"r/{samples.BATCH}/map/geocode")
    page.click(".eg button:has-text('ValueError')")
    page.wait_for_selector(".vl a:has-text('no street in address')")
    told = samples.items("failed", "ValueError: no street in address", -1, 200)["total"]
    assert page.locator(".vl a").count() == told


def test_three_hundred_steps_open_at_the_failed_one(tab: New) -> None:
    """In the timeline and in the graph, each within its own frame."""
    here = tab()
    page = here.open(f"r/{samples.MANY}")
    assert page.locator(".trow.on").is_visible()
    assert page.locator(".nd.on").is_visible()
    assert page.locator(".trow").count() < 60


def test_a_log_line_of_a_megabyte_is_shown(tab: New) -> None:
    """And the page still answers."""
    here = tab()
    page = here.open(f"r/{samples.HOSTILE}?step=load_day&tab=log")
    page.wait_for_selector(".log .plain")
    assert page.evaluate("document.querySelector('.log .plain').textContent.length") == 1_000_000
    page.click("text=Input")
    page.wait_for_selector(".json")


@pytest.mark.parametrize(
    "tail", ["", "?step=load_weather&tab=error", "?step=load_weather&tab=log", "?step=load_weather&tab=input"]
)
def test_markup_in_a_value_is_text(walker: Tab, tail: str) -> None:
    """Nothing of it runs, and all of it can be read."""
    page = walker.open(f"r/{samples.HOSTILE}{tail}")
    assert page.evaluate("window.hurt") is None
    assert page.locator("main script, main img").count() == 0
    assert "<script>window.hurt = 1</script>" in page.inner_text("main")


def test_a_name_of_120_characters_is_cut_and_told_in_full(tab: New) -> None:
    """By an ellipsis, and by the title."""
    here = tab()
    page = here.open(f"r/{samples.MANY}?step={samples.LONG_NAME}")
    assert len(samples.LONG_NAME) == 120
    assert page.get_attribute(".trow.on .ell", "title") == samples.LONG_NAME
    assert page.locator("#h-detail .ell").inner_text() == samples.LONG_NAME


def test_a_long_wait_is_folded_and_can_be_seen_at_true_scale(tab: New) -> None:
    """Two hours of waiting leave room for the two minutes of work."""
    here = tab()
    page = here.open(f"r/{samples.WAITING}")
    width = "document.querySelector('.trow[data-step=missing_days] .seg').getBoundingClientRect().width"
    folded = page.evaluate(width)
    assert "folded" in page.inner_text(".axis")
    page.click("button:has-text('Fold waits')")
    assert "scale=true" in page.url
    assert page.evaluate(width) < folded / 20


def test_a_long_log_is_read_page_by_page(tab: New, standin: StandIn) -> None:
    """The rest comes when one reaches the end."""
    path = f"runs/{samples.FAILED}"
    first = samples.step(samples.FAILED, "load_day", None)
    first["log"] = {"lines": [[None, None, f"line {n}"] for n in range(200)], "next": "200", "dropped": 0}
    standin.answers[f"{path}/step"] = lambda _: first
    standin.answers[f"{path}/log"] = lambda query: {
        "lines": [[None, None, f"line {n}"] for n in range(int(query["after"]), 250)],
        "next": None,
        "dropped": 0,
    }
    here = tab()
    page = here.open(f"r/{samples.FAILED}?step=load_day&tab=log")
    page.locator("#tab-body .log").evaluate("each => each.scrollIntoView({ block: 'end' })")
    page.wait_for_selector(".log li:has-text('line 249')")
    assert page.locator(".log li").count() == 250
