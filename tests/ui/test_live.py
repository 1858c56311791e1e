"""What goes on is shown as it goes on, and never moves what a person looks at."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from tests.ui import samples
from tests.ui.conftest import Tab
from tests.ui.standin import StandIn

New = Callable[..., Tab]

A_SECOND = 200
SECONDS = 2


STATE = """() => ({
  page: [scrollX, scrollY],
  timeline: document.querySelector('.tscroll').scrollTop,
  graph: document.querySelector('.gr').scrollTop,
  focus: document.activeElement.dataset.node,
  marked: String(getSelection()),
  chosen: document.querySelector('.trow.on').dataset.step,
  address: location.href,
})"""
"""All that a person looks at, or holds."""

HIDE = """() => {
  window.hidden_ = true;
  Object.defineProperty(document, 'hidden', { get: () => window.hidden_ });
  window.drawn = 0;
  const all = { subtree: true, childList: true, attributes: true, characterData: true };
  new MutationObserver(changes => window.drawn += changes.length).observe(document.body, all);
}"""


def watched(standin: StandIn) -> None:
    ends = time.monotonic() + 5
    while not standin.watchers():
        assert time.monotonic() < ends, "the page does not watch"
        time.sleep(0.02)


def row(status: str, seconds: float) -> dict[str, Any]:
    """A changed row of the run of ten thousand items."""
    rows = samples.batch()["rows"]
    return {**rows[2], "status": status, "segments": [[611, 611 + seconds, status, 1]]}


def test_two_hundred_updates_a_second_disturb_nobody(tab: New, standin: StandIn) -> None:
    """Selection, scroll, focus, and text that was marked stay; an update costs under 8 ms of script."""
    here = tab(height=600)
    page = here.open(f"r/{samples.MANY}?step=step_020&tab=log")
    watched(standin)
    page.evaluate("scrollTo(0, 120)")
    page.evaluate("document.querySelector('.tscroll').scrollTop = 300")
    page.focus(".nd[data-node=step_020]")
    page.wait_for_timeout(150)
    page.evaluate("getSelection().selectAllChildren(document.querySelector('.log li'))")
    before = page.evaluate(STATE)
    assert before["marked"]
    meter = here.context.new_cdp_session(page)
    meter.send("Performance.enable")
    spent = script_seconds(meter)
    rows = samples.many()["rows"]
    began = time.monotonic()
    for n in range(A_SECOND * SECONDS):
        changed = {
            **rows[21 + n % 40],
            "segments": [[n, n + 0.5 + n / 100, "running", 1]],
            "status": "running",
        }
        standin.push({"rows": [changed], "nodes": [], "set": {"transitions": n}})
        time.sleep(max(0.0, began + n / A_SECOND - time.monotonic()))
    here.until(
        f"document.querySelector('.meta').textContent.includes('{A_SECOND * SECONDS - 1} transitions')"
    )
    assert page.evaluate(STATE) == before
    each = (script_seconds(meter) - spent) / (A_SECOND * SECONDS)
    assert each < 0.008, f"{each * 1000:.1f} ms an update"


def script_seconds(meter: Any) -> float:
    told = {each["name"]: each["value"] for each in meter.send("Performance.getMetrics")["metrics"]}
    return float(told["ScriptDuration"] + told["LayoutDuration"] + told["RecalcStyleDuration"])


def test_a_change_is_shown(tab: New, standin: StandIn) -> None:
    """Rows, nodes, head and counts."""
    here = tab()
    page = here.open(f"r/{samples.BATCH}")
    watched(standin)
    node = {**samples.batch()["graph"]["nodes"][2], "status": "succeeded", "duration": 2.5}
    standin.push(
        {
            "rows": [row("succeeded", 2.5)],
            "nodes": [node],
            "set": {"status": "succeeded", "ended": samples.NOW, "duration": 613.5, "actions": []},
        }
    )
    page.wait_for_selector(".trow[data-step=write_index] .seg.b-ok")
    page.wait_for_selector(".nd.ok[data-node=write_index]")
    assert "10 m 14" in page.inner_text(".head")
    assert page.locator("button:has-text('Stop')").count() == 0


def test_a_confirmation_that_is_open_stays_open(tab: New, standin: StandIn) -> None:
    """What a person typed stays, too."""
    here = tab()
    page = here.open("w/daily_delays?ask=start")
    watched(standin)
    page.fill("textarea", '{"bucket": "mine"}')
    standin.push({"set": {"health": "running"}})
    page.wait_for_selector("h1 svg[aria-label=running]")
    assert page.input_value("textarea") == '{"bucket": "mine"}'
    assert page.evaluate("document.activeElement.name") == "input"


def test_nothing_is_drawn_while_nobody_looks(tab: New, standin: StandIn) -> None:
    """And all of it as soon as somebody does."""
    here = tab()
    page = here.open(f"r/{samples.BATCH}")
    watched(standin)
    page.evaluate(HIDE)
    for n in range(20):
        standin.push({"rows": [row("running", n)]})
    page.wait_for_timeout(400)
    assert page.evaluate("window.drawn") == 0
    page.evaluate("() => { window.hidden_ = false; document.dispatchEvent(new Event('visibilitychange')) }")
    page.wait_for_selector(".trow[data-step=write_index] .seg.b-run")


def test_after_a_gap_the_view_is_asked_anew(tab: New, standin: StandIn) -> None:
    """A change that does not follow the last one is not put in; nor is anything lost."""
    here = tab()
    here.open(f"r/{samples.BATCH}")
    watched(standin)
    now = 777
    standin.answers[f"runs/{samples.BATCH}"] = lambda _: {
        **samples.batch(),
        "seq": standin.seq,
        "transitions": now,
    }
    standin.seq += 5
    standin.push({"set": {"transitions": 1}})
    here.until("document.querySelector('.meta').textContent.includes('777 transitions')")
    now = 778
    standin.push({"set": {"transitions": now}})
    here.until("document.querySelector('.meta').textContent.includes('778 transitions')")


def test_a_server_that_goes_is_told_and_one_that_comes_back_is_asked(tab: New, standin: StandIn) -> None:
    """What was shown stays to be read."""
    here = tab()
    page = here.open(f"r/{samples.BATCH}")
    watched(standin)
    page.route("**/api/**", lambda route: route.abort())
    standin.drop()
    page.wait_for_selector(".live.gone", timeout=10_000)
    assert "server gone" in page.inner_text(".live")
    assert page.locator(".trow").count() == 3
    standin.answers[f"runs/{samples.BATCH}"] = lambda _: {
        **samples.batch(),
        "seq": standin.seq,
        "transitions": 99,
    }
    page.unroute("**/api/**")
    page.wait_for_selector(".live.gone", state="detached", timeout=10_000)
    here.until("document.querySelector('.meta').textContent.includes('99 transitions')", 10)
    here.complaints[:] = [
        each for each in here.complaints if "ERR_FAILED" not in each and "ERR_INCOMPLETE" not in each
    ]


def test_where_no_stream_can_be_held_open_the_view_is_asked_now_and_then(tab: New, standin: StandIn) -> None:
    """As behind API Gateway."""
    standin.answers["session"] = lambda _: {**samples.SESSION, "live": False, "poll": 0.2}
    here = tab()
    here.open(f"r/{samples.BATCH}")
    assert not [each for each in standin.asked if "live" in each]
    standin.answers[f"runs/{samples.BATCH}"] = lambda _: {**samples.batch(), "transitions": 4321}
    here.until("document.querySelector('.meta').textContent.includes('4,321 transitions')")


def test_a_server_that_was_started_anew_says_where_its_address_is(tab: New, standin: StandIn) -> None:
    """Its token is another: what was shown stays, and is said to be old."""
    here = tab()
    page = here.open(f"r/{samples.BATCH}")
    watched(standin)
    page.evaluate("localStorage.setItem('ladle-token', 'of-before')")
    standin.drop()
    page.wait_for_selector(".note.bad:has-text('What you see is not new')", timeout=10_000)
    assert page.locator(".trow").count() == 3
    assert page.locator(".live.gone").count() == 0
    here.complaints[:] = [each for each in here.complaints if "403" not in each and "INCOMPLETE" not in each]
