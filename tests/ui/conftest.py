"""A real browser, and a server for it to look at. Nothing here needs a browser until a test asks for one."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Final

import pytest

from tests.ui import standin as stand

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

FLAGS: Final = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test of this folder needs a browser: `make ui-test` runs them, `make test` does not."""
    for item in items:
        if "tests/ui/" in str(item.path):
            item.add_marker(pytest.mark.ui)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, or the one that CHROMIUM names."""
    from playwright.sync_api import sync_playwright

    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.fail("no Chromium: apt-get install chromium, or name one in CHROMIUM")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def _server() -> Iterator[stand.StandIn]:
    server = stand.StandIn()
    yield server
    server.close()


@pytest.fixture
def standin(_server: stand.StandIn) -> Iterator[stand.StandIn]:
    """The server that gives the samples."""
    yield _server
    _server.answers.clear()
    _server.done.clear()
    _server.asked.clear()


class Tab:
    """One page of a browser, and what it should never do: ask another host, or complain in its console."""

    def __init__(self, context: BrowserContext, base: str, token: str) -> None:
        self.context = context
        self.base = base
        self.page: Page = context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", self._asked)
        self.page.goto(f"{base}?token={token}")
        self.ready()

    def _heard(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"{message.text} ({message.location.get('url', '')})")

    def _asked(self, request: Any) -> None:
        if not request.url.startswith((self.base, "data:", "blob:")):
            self.complaints.append(f"asked {request.url}")

    def open(self, path: str) -> Page:
        """Load an address cold."""
        self.page.goto(self.base + path)
        self.ready()
        return self.page

    def go(self, path: str) -> None:
        """Go to an address as the browser's back button does: without loading the page anew."""
        self.page.evaluate(
            "path => (history.pushState({}, '', path || '/'), dispatchEvent(new PopStateEvent('popstate')))",
            path,
        )
        self.page.wait_for_timeout(40)
        self.ready()

    def ready(self) -> None:
        """Wait until what is shown is there: no placeholder anywhere."""
        self.page.wait_for_selector("main h1")
        self.page.wait_for_selector(".bone", state="detached")

    def until(self, truth: str, seconds: float = 5) -> None:
        """Wait until an expression is true. (The page's policy forbids the driver to do this by itself.)"""
        ends = time.monotonic() + seconds
        while not self.page.evaluate(truth):
            assert time.monotonic() < ends, f"{truth} did not come true in {seconds} s"
            self.page.wait_for_timeout(20)

    def text(self) -> str:
        """What a person reads in the main part, at rest: what scrolls into sight comes a frame later."""
        before = ""
        for _ in range(40):
            now = str(self.page.inner_text("main"))
            if now == before:
                return now
            before = now
            self.page.wait_for_timeout(80)
        return before


@pytest.fixture
def tab(browser: Browser, standin: stand.StandIn) -> Iterator[Callable[..., Tab]]:
    """Make tabs: `tab(width=390, color_scheme="dark")`. Afterwards none may have complained."""
    made: list[Tab] = []

    def make(width: int = 1440, height: int = 900, **options: Any) -> Tab:
        context = browser.new_context(
            viewport={"width": width, "height": height}, timezone_id="UTC", **options
        )
        made.append(Tab(context, standin.url, stand.TOKEN))
        return made[-1]

    yield make
    for each in made:
        each.context.close()
    assert [complaint for each in made for complaint in each.complaints] == []


@pytest.fixture(scope="module")
def walker(browser: Browser, _server: stand.StandIn) -> Iterator[Tab]:
    """One tab for all tests of a module that only look."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, timezone_id="UTC")
    tab = Tab(context, _server.url, stand.TOKEN)
    yield tab
    context.close()
    assert tab.complaints == []
