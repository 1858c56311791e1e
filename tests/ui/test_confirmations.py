"""Nothing is done that was not shown before."""

from __future__ import annotations

from collections.abc import Callable

from tests.ui import samples
from tests.ui.conftest import Tab
from tests.ui.standin import StandIn

New = Callable[..., Tab]


def test_a_backfill_shows_what_it_starts_as_its_dates_change(tab: New, standin: StandIn) -> None:
    """It begins with the empty slot that was selected, and those beside it."""
    here = tab()
    slot = int(samples.slots()[33]["at"])
    page = here.open(f"w/daily_delays?slot={slot}")
    page.click(".side >> text=Backfill")
    page.wait_for_selector("dialog >> text=Starts 2 runs")
    assert page.input_value("[name=from]") == "2026-11-13"
    assert page.input_value("[name=to]") == "2026-11-14"
    page.fill("[name=to]", "2026-11-16")
    page.wait_for_selector("dialog button:has-text('Start 4 runs')")
    assert "--from 2026-11-13 --to 2026-11-16" in page.inner_text("dialog .command")
    page.fill("[name=to]", "2026-11-01")
    page.wait_for_selector("dialog >> text=The last day is before the first.")
    assert page.is_disabled("dialog button[type=submit]")
    page.fill("[name=to]", "2026-11-14")
    page.wait_for_selector("dialog button:has-text('Start 2 runs')")
    page.click("dialog button:has-text('Start 2 runs')")
    page.wait_for_selector(".toast")
    assert standin.done == [
        (
            "backfill",
            {
                "workflow": "daily_delays",
                "from": "2026-11-13",
                "to": "2026-11-14",
                "concurrency": 2,
                "newest_first": False,
            },
        )
    ]


def test_a_start_begins_with_an_input_to_fill_in(tab: New, standin: StandIn) -> None:
    """What is not JSON is told at once, and cannot be sent."""
    here = tab()
    page = here.open("w/daily_delays")
    page.click("text=Start a run")
    assert page.input_value("textarea") == '{\n  "bucket": "",\n  "key": ""\n}'
    page.fill("textarea", '{"bucket": ')
    page.wait_for_selector("dialog >> text=This is not JSON")
    assert page.is_disabled("dialog button[type=submit]")
    page.fill("textarea", '{"bucket": "landing", "key": "a.csv"}')
    page.wait_for_selector("dialog button[type=submit]:not([disabled])")
    page.click("dialog button[type=submit]")
    page.wait_for_selector(".toast")
    assert standin.done == [
        ("start", {"workflow": "daily_delays", "input": {"bucket": "landing", "key": "a.csv"}})
    ]


def test_redrive_says_that_the_code_is_the_same_and_resume_what_runs_again_as_a_whole(tab: New) -> None:
    """The two differ in just that."""
    here = tab()
    page = here.open(f"r/{samples.FAILED}?ask=redrive")
    assert "same code" in page.inner_text("dialog")
    page = here.open(f"r/{samples.FAILED}?ask=resume")
    assert "runs again as a whole" in page.inner_text("dialog")


def test_what_was_refused_is_told_in_the_confirmation(tab: New, standin: StandIn) -> None:
    """It stays open; trying again asks for a new plan."""
    here = tab()
    page = here.open(f"r/{samples.WAITING}?ask=stop")
    page.wait_for_selector("dialog button[type=submit]:not([disabled])")
    page.route(
        "**/api/do/stop*",
        lambda route: route.fulfill(
            status=409, json={"error": {"message": "it ended a moment ago", "hint": ""}}
        ),
    )
    page.click("dialog button[type=submit]")
    page.wait_for_selector("dialog >> text=it ended a moment ago")
    assert standin.done == []
    here.complaints[:] = [each for each in here.complaints if "409" not in each]


def test_without_a_token_there_is_no_data(tab: New) -> None:
    """The page says where the right address is."""
    here = tab()
    here.page.evaluate("localStorage.removeItem('ladle-token')")
    page = here.open("w/daily_delays")
    assert "ladle ui" in page.inner_text("main")
    assert "daily" not in page.inner_text("main").replace("daily_delays", "")
    here.complaints[:] = [each for each in here.complaints if "403" not in each]


def test_the_token_leaves_the_address_at_once(tab: New) -> None:
    """It is kept, and not shown, copied or sent on."""
    here = tab()
    assert "token" not in here.page.url
    assert here.page.evaluate("localStorage.getItem('ladle-token')") == "stand-in"
