"""The address holds every state of the page."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.ui import samples
from tests.ui.conftest import Tab
from tests.ui.places import DIALOGS, VIEWS
from tests.ui.standin import StandIn

New = Callable[..., Tab]


def settled(text: str) -> str:
    """A text without the durations of what goes on: they grow while one looks."""
    return re.sub(r"\d+ [hm] \d\d", "…", text)


@pytest.mark.parametrize("path", [*VIEWS.values(), *DIALOGS.values()], ids=[*VIEWS, *DIALOGS])
def test_an_address_shows_the_same_cold_and_by_going_there(walker: Tab, path: str) -> None:
    """Loaded anew, or reached within the page: one picture. No other host is asked, nothing complains."""
    page = walker.open(path)
    cold, dialogs = walker.text(), page.locator("dialog[open]").count()
    walker.go("no/such/page")
    assert "Nothing at this address" in walker.text()
    walker.go(path)
    assert settled(walker.text()) == settled(cold)
    assert page.locator("dialog[open]").count() == dialogs == int("ask=" in path)


def test_opening_adds_an_entry_and_selecting_replaces_it(tab: New) -> None:
    """Back leads to the page before, not through every selection."""
    page = tab().page
    page.click(".att a >> nth=0")
    page.wait_for_selector(".trow.on")
    entries = page.evaluate("history.length")
    page.click(".trow >> nth=0")
    page.click(".trow >> nth=2")
    page.click("text=Input")
    assert "step=load_weather" in page.url
    assert page.evaluate("history.length") == entries
    page.go_back()
    page.wait_for_selector("h1:has-text('Workflows')")
    page.go_forward()
    page.wait_for_selector(".trow.on:has-text('load_weather')")


def test_back_returns_to_where_one_was(tab: New) -> None:
    """A long list is where it was left."""
    here = tab(height=500)
    page = here.open("w/daily_delays")
    page.evaluate("scrollTo(0, 900)")
    page.wait_for_timeout(150)
    page.evaluate("document.querySelector('.lrow[href*=\"b31c9e\"]').click()")
    page.wait_for_selector(".trow")
    assert page.evaluate("scrollY") == 0
    page.go_back()
    page.wait_for_selector(".lrow")
    here.until("scrollY > 850")


def test_the_stage_stays_while_one_walks(tab: New) -> None:
    """Links lead to the same stage; another stage is another overview."""
    page = tab().page
    page.click("nav[aria-label=Stage] >> text=dev")
    page.wait_for_selector("nav[aria-label=Stage] a[aria-current]:has-text('dev')")
    page.click(".wf .row >> nth=0")
    page.wait_for_selector(".grid")
    assert page.url.endswith("w/daily_delays?stage=dev")
    page.click("text=Open run")
    page.wait_for_selector(".trow")
    assert "stage=dev" in page.url


def test_every_request_names_the_stage(tab: New, standin: StandIn) -> None:
    """Data of one stage is never shown as another's."""
    tab().open("w/daily_delays?stage=dev")
    asked = [each for each in standin.asked if "daily_delays" in each or "live" in each]
    assert [each for each in asked if "stage=dev" not in each and "workflow" in each] == []


def test_an_unknown_address_says_so(tab: New) -> None:
    """And leads back."""
    page = tab().open("no/such/page")
    assert "Nothing at this address" in page.inner_text("main")
    page.click("text=All workflows")
    page.wait_for_selector("h1:has-text('Workflows')")


def test_a_failed_run_opens_on_its_first_real_failure(tab: New) -> None:
    """Not on the Map around the item, nor on an item that was stopped because of it."""
    page = tab().open(f"r/{samples.FAILED}")
    assert page.inner_text(".trow.on .nm2") == "[10] OO"
    assert "StatisticsError: mean requires at least one data point" in page.inner_text("#tab-body")
    assert page.inner_text("#tab-body .own").strip().startswith("functions/flights.py:48")


def test_graph_and_timeline_share_one_selection(tab: New) -> None:
    """Choosing in one chooses in the other."""
    page = tab().open(f"r/{samples.FAILED}")
    page.evaluate("window.mine = true")
    page.click(".nd[data-node=load_weather]")
    assert page.inner_text(".trow.on .nm2") == "load_weather"
    page.click(".trow[data-step=load_day]")
    assert page.get_attribute(".nd.on", "data-node") == "load_day"
    assert page.evaluate("window.mine"), "the page was loaded anew"


def test_the_newest_slots_are_in_sight(tab: New) -> None:
    """On a phone, too, where the grid scrolls."""
    page = tab(width=390).open("w/daily_delays")
    box, column = page.locator(".gscroll").bounding_box(), page.locator(".col.on").bounding_box()
    assert box is not None
    assert column is not None
    assert box["x"] < column["x"] < box["x"] + box["width"]
