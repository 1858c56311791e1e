"""The page without a mouse."""

from __future__ import annotations

from collections.abc import Callable

from tests.ui import samples
from tests.ui.conftest import Tab
from tests.ui.standin import StandIn

New = Callable[..., Tab]

FOCUSED = "document.activeElement.textContent"


def test_from_the_failed_run_to_its_resumption_by_keyboard_alone(tab: New, standin: StandIn) -> None:
    """Find the run, read the traceback, resume; the focus returns to the button."""
    page = tab().page
    page.keyboard.press("j")
    assert "daily_delays" in page.evaluate(FOCUSED)
    page.keyboard.press("Enter")
    page.wait_for_selector("#tab-body .own")
    assert "mean = statistics.mean" in page.inner_text("#tab-body")
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate(FOCUSED) == "Resume on fixed code":
            break
    page.keyboard.press("Enter")
    page.wait_for_selector("dialog[open] .again")
    told = page.inner_text("dialog")
    assert "Runs again" in told
    assert "Kept" in told
    assert f"ladle resume {samples.FAILED} --stage prod" in told
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog[open]", state="detached")
    assert page.evaluate(FOCUSED) == "Resume on fixed code"
    assert standin.done == []
    page.keyboard.press("Enter")
    page.wait_for_selector("dialog[open] .again")
    page.focus("dialog button[type=submit]")
    page.keyboard.press("Enter")
    page.wait_for_selector(".toast:has-text('resume done')")
    assert standin.done == [("resume", {"run": samples.FAILED})]
    assert page.evaluate(FOCUSED) == "Resume on fixed code"


def test_rows_slots_and_failures_are_a_key_away(tab: New) -> None:
    """`j k` move, `e` finds the next failure, `Enter` opens, `Esc` leads up."""
    here = tab()
    page = here.open(f"r/{samples.FAILED}?step=load_day")
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert "step=load_weather" in page.url
    page.keyboard.press("k")
    assert "step=Parallel" in page.url
    page.keyboard.press("e")
    assert "step=delays%5B10%5D" in page.url
    page.keyboard.press("Escape")
    page.wait_for_selector(".grid")
    page.keyboard.press("j")
    assert page.get_attribute(".col.on", "aria-label").startswith("Sat 21 Nov 06:00, succeeded")  # type: ignore[union-attr]
    page.keyboard.press("k")
    page.keyboard.press("k")
    page.keyboard.press("k")
    assert "scheduled" in page.get_attribute(".col.on", "aria-label")  # type: ignore[operator]
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_selector(f"h1:has-text('{samples.GOOD}')")
    page.keyboard.press("Escape")
    page.wait_for_selector(".grid")
    page.keyboard.press("Escape")
    page.wait_for_selector("h1:has-text('Workflows')")


def test_letters_open_what_they_say(tab: New) -> None:
    """`[ ]` the neighbours, `c` the comparison, `g w` and `g o`, `b`, `t`, `?`."""
    here = tab(color_scheme="light")
    page = here.open(f"r/{samples.FAILED}")
    page.keyboard.press("[")
    page.wait_for_selector(f"h1:has-text('{samples.GOOD}')")
    page.keyboard.press("]")
    page.wait_for_selector(f"h1:has-text('{samples.FAILED}')")
    page.keyboard.press("c")
    page.wait_for_selector("h1:has-text('Compare two runs')")
    page.keyboard.press("g")
    page.keyboard.press("w")
    page.wait_for_selector(".grid")
    page.keyboard.press("b")
    page.wait_for_selector("dialog[open] >> text=Backfill daily_delays")
    assert page.evaluate("document.activeElement.name") == "from"
    page.keyboard.press("t")
    assert page.evaluate("document.documentElement.dataset.theme") is None
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog[open]", state="detached")
    page.keyboard.press("t")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    page.keyboard.press("?")
    page.wait_for_selector("dialog[open] >> text=search workflows, runs, steps, errors")
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog[open]", state="detached")
    page.keyboard.press("g")
    page.keyboard.press("o")
    page.wait_for_selector("h1:has-text('Workflows')")
    page.reload()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"


def test_search_finds_and_opens(tab: New) -> None:
    """`/` puts the cursor there; arrows choose; Enter opens; Escape leaves."""
    page = tab().page
    page.keyboard.press("/")
    page.keyboard.type("statistics")
    page.wait_for_selector("#hits a")
    assert page.get_attribute("#find", "aria-activedescendant") == "hit-0"
    page.keyboard.press("Enter")
    page.wait_for_selector(".err")
    assert "tab=error" in page.url
    page.keyboard.press("/")
    with page.expect_response(lambda answer: "q=2026" in answer.url):
        page.keyboard.type("2026")
    page.wait_for_selector("#hits a >> nth=2")
    page.keyboard.press("ArrowDown")
    assert page.get_attribute("#find", "aria-activedescendant") == "hit-1"
    page.keyboard.press("Escape")
    page.wait_for_selector("#hits a", state="detached")
    assert page.input_value("#find") == ""


def test_a_new_page_begins_at_its_heading_for_readers_of_the_screen(tab: New) -> None:
    """The focus moves there, so that what is read out is the new page."""
    page = tab().page
    page.click(".wf .row >> nth=0")
    page.wait_for_selector(".grid")
    assert page.evaluate("document.activeElement.tagName") == "H1"
    page.keyboard.press("Tab")
    assert page.evaluate(FOCUSED) == "Start a run"


def test_tabs_of_a_step_follow_the_arrows(tab: New) -> None:
    """As tabs do."""
    page = tab().open(f"r/{samples.FAILED}")
    page.focus("[role=tab][aria-selected=true]")
    page.keyboard.press("ArrowRight")
    page.wait_for_selector("[role=tab][aria-selected=true]:has-text('Input')")
    assert page.evaluate(FOCUSED) == "Input"


def test_arrows_move_along_rows_and_slots_with_the_focus(tab: New) -> None:
    """One stop for the tabulator in each of timeline, graph and grid, however many rows there are."""
    here = tab()
    page = here.open(f"r/{samples.MANY}?step=step_020")
    assert page.locator(".trow[tabindex='0'], .nd[tabindex='0']").count() == 2
    page.focus(".trow.on")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    here.until("document.activeElement.dataset.step === 'step_022'")
    assert "step=step_022" in page.url
    page = here.open("w/daily_delays")
    page.focus(".col.on")
    page.keyboard.press("ArrowLeft")
    here.until("document.activeElement.getAttribute('aria-label').startsWith('Sat 21 Nov')")
