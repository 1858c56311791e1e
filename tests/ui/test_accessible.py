"""The page is usable by everybody: screen readers, small screens, large type, own colours, no motion."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.ui import samples
from tests.ui.conftest import Tab
from tests.ui.places import DIALOGS, VIEWS

New = Callable[..., Tab]

PLACES = {**VIEWS, **DIALOGS}
WIDTHS = {"360": 360, "390": 390, "820": 820, "1440": 1440, "1440 at 200 %": 720}

CLIPPED = """() => [...document.querySelectorAll('main *, header *, dialog *')].filter(each => {
  const style = getComputedStyle(each);
  if (each.closest('svg, .sr') || each.scrollWidth <= each.clientWidth + 1) return false;
  if (style.display === 'inline' || each.matches('.seg, .density, .prog')) return false;
  return style.overflowX === 'hidden' && style.textOverflow !== 'ellipsis';
}).map(each => each.className + ': ' + each.textContent.slice(0, 60))"""
"""Elements whose content is cut off without a sign of it."""

SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def violations(tab: Tab, theme: str) -> list[str]:
    """What axe finds, in one line each. Themes differ in colours alone."""
    from axe_playwright_python.sync_playwright import Axe

    only = {} if theme == "light" else {"runOnly": ["color-contrast"]}
    found = Axe().run(tab.page, options={"resultTypes": ["violations"], **only}).response["violations"]
    return [
        f"{each['id']}: {node['html'][:160]} {node.get('failureSummary', '')[:300]}"
        for each in found
        for node in each["nodes"]
    ]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(
    "names",
    [list(VIEWS)[:5], list(VIEWS)[5:10], list(VIEWS)[10:], list(DIALOGS)],
    ids=lambda names: names[0] if isinstance(names, list) else names,
)
def test_axe_finds_nothing(tab: New, theme: str, names: list[str]) -> None:
    """On any view, in either theme, with any confirmation open."""
    here = tab(color_scheme=theme)
    found = []
    for name in names:
        here.open(PLACES[name])
        found += [f"{name}: {each}" for each in violations(here, theme)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
def test_nothing_scrolls_sideways_and_nothing_is_clipped(tab: New, width: int) -> None:
    """Only the grid and code do, within their own frame."""
    here = tab(width=width)
    found = {}
    for name, path in PLACES.items():
        here.go(path)
        if (over := here.page.evaluate(SIDEWAYS)) or (cut := here.page.evaluate(CLIPPED)):
            found[name] = over or cut
    assert found == {}


def test_a_phone_shows_summary_timeline_detail_then_graph(tab: New) -> None:
    """In that order from the top."""
    page = tab(width=390).open(f"r/{samples.FAILED}")
    tops = [page.locator(each).bounding_box()["y"] for each in ("h1", ".ban", ".tl", "#tab-body", ".gr")]  # type: ignore[index]
    assert tops == sorted(tops)


def test_nothing_moves_for_who_wants_no_motion(tab: New) -> None:
    """No animation runs."""
    here = tab(reduced_motion="reduce")
    here.open(f"r/{samples.BATCH}")
    assert (
        here.page.evaluate("document.getAnimations().filter(each => each.playState === 'running').length")
        == 0
    )


def test_statuses_keep_their_shapes_in_forced_colours(tab: New) -> None:
    """Bars and icons are drawn in the system's colours, and not left out."""
    here = tab(forced_colors="active")
    page = here.open(f"r/{samples.FAILED}")
    assert page.evaluate("matchMedia('(forced-colors: active)').matches")
    bar = page.locator(".seg.b-bad").first
    assert bar.evaluate("each => getComputedStyle(each).backgroundColor") != "rgba(0, 0, 0, 0)"
    outline = page.locator(".trow.on").evaluate("each => getComputedStyle(each).outlineStyle")
    assert outline == "solid"


UNNAMED = """[...document.querySelectorAll('svg.st')].filter(
  each => !each.getAttribute('aria-label') && each.getAttribute('aria-hidden') !== 'true').length"""


@pytest.mark.parametrize("path", VIEWS.values(), ids=VIEWS)
def test_a_status_is_told_by_a_word_too(walker: Tab, path: str) -> None:
    """Every icon of a status has a name, or stands beside its word."""
    assert walker.open(path).evaluate(UNNAMED) == 0
