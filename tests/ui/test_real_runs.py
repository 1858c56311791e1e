"""The page over real runs: `ladle ui` as a person starts it, the samples, and runs that go on meanwhile."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from tests.ui.conftest import Tab
from tests.web import stores

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROOT: Final = Path(__file__).parents[2]
PATIENCE: Final = 90_000
"""Milliseconds that a command may take to start and end: tests share their machine."""

SLOW: Final = '''
import time

from ladle import task, workflow


@task
def prepare(n: int) -> list[int]:
    print("preparing", n)
    time.sleep(3)
    return list(range(n))


@task
def work(i: int) -> int:
    time.sleep(0.4)
    return i


@task
def gather(xs: list[int]) -> int:
    time.sleep(2)
    return sum(xs)


@workflow
def slow(n: int) -> int:
    """Takes a moment, so that somebody can watch."""
    xs = prepare(n)
    ys = [work(x) for x in xs]
    return gather(ys)
'''


MENDED: Final = """
from ladle import task, workflow


@task
def first(n: int) -> int:
    return n + 1


@task
def second(n: int) -> int:
    {body}


@workflow
def mended(n: int) -> int:
    a = first(n)
    return second(a)
"""


@dataclass
class Project:
    """A project, and the page over it."""

    root: Path
    url: str
    token: str

    def ladle(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        return subprocess.run(
            command(*arguments), cwd=self.root, env=environment(), capture_output=True, text=True, timeout=120
        )

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Run a command beside the test."""
        return subprocess.Popen(
            command(*arguments),
            cwd=self.root,
            env=environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def runs(self) -> list[dict[str, Any]]:
        """What `ladle runs` knows, the newest first."""
        told = json.loads(self.ladle("runs", "--json").stdout)
        return told if isinstance(told, list) else list(told["runs"])

    @classmethod
    @contextmanager
    def opened(cls, root: Path) -> Iterator[Project]:
        """Serve the page over a project while the block runs."""
        server = subprocess.Popen(
            command("ui", "--no-open", "--port", "0"),
            cwd=root,
            env=environment(),
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            assert server.stdout is not None
            found = re.match(r"(http://[^/]+/)\?token=(\S+)", server.stdout.readline())
            assert found is not None
            yield cls(root, found[1], found[2])
        finally:
            server.terminate()
            server.wait(10)


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "ladle", *arguments]


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT)}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """The sample, with a good run, a broken day, and a workflow that takes a moment."""
    root = tmp_path_factory.mktemp("sample")
    for name in ("functions", "statemachines", "infra", "data", ".chalice"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__", "deployed"))
    for name in ("app.py", "requirements.txt"):
        shutil.copy(ROOT / name, root / name)
    (root / "statemachines" / "slow.py").write_text(SLOW)
    with Project.opened(root) as made:
        for day in ("01", "05"):
            made.ladle("run", "daily_delays", "--event", f"s3://landing/flights/2013-01-{day}.csv")
        yield made


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """A hundred thousand runs, and one of ten thousand items."""
    root = tmp_path_factory.mktemp("busy")
    for name in ("functions", "statemachines", "infra", ".chalice"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__", "deployed"))
    with stores.many_runs(root / ".ladle", 100_000, time.time()) as store:
        stores.distributed(store, "backlog-10000", 10_000, [77, *range(4180, 4290, 4)])
    with Project.opened(root) as made:
        yield made


@pytest.fixture
def real(browser: Browser, project: Project) -> Iterator[Callable[[], Tab]]:
    """Tabs over the project."""
    made: list[Tab] = []

    def make() -> Tab:
        made.append(
            Tab(browser.new_context(viewport={"width": 1440, "height": 900}), project.url, project.token)
        )
        return made[-1]

    yield make
    for each in made:
        each.context.close()
    assert [complaint for each in made for complaint in each.complaints] == []


def test_from_the_overview_to_the_line_that_failed(real: Callable[[], Tab]) -> None:
    """Two clicks: the run that needs somebody, and its traceback is there."""
    here = real()
    page = here.page
    page.click(".att a:has-text('daily_delays')")
    page.wait_for_selector("#tab-body .own")
    assert "BadFile" in page.inner_text(".ban")
    assert "functions/flights.py" in page.inner_text("#tab-body .own")
    page.click("[role=tab]:has-text('Input')")
    page.wait_for_selector(".json")
    assert "flights/2013-01-05.csv" in page.inner_text(".json")


def test_the_graph_has_the_states_of_the_compiled_definition(
    real: Callable[[], Tab], project: Project
) -> None:
    """Each by its name; those that ran are coloured."""
    good = next(
        run for run in project.runs() if run["status"] == "SUCCEEDED" and run["workflow"] == "daily_delays"
    )
    page = real().open(f"r/{good['id']}")
    drawn = set(page.evaluate("[...document.querySelectorAll('.nd')].map(each => each.dataset.node)"))
    definition = json.loads((project.root / "statemachines" / "daily_delays.asl.json").read_text())
    assert set(definition["States"]) <= drawn
    assert page.locator(".nd.ok[data-node=publish_day]").count() == 1
    assert page.locator(".nd.pending[data-node=quarantine]").count() == 1


def test_every_view_of_real_runs_opens(real: Callable[[], Tab], project: Project) -> None:
    """Workflow, runs, steps, items, comparison; a log that a task printed."""
    here = real()
    runs = [run["id"] for run in project.runs() if run["workflow"] == "daily_delays"]
    bad, good = runs[:2]
    page = here.open("w/daily_delays")
    assert page.locator(".col").count() >= 2
    page = here.open(f"r/{good}?step=load_day&tab=output")
    assert "carriers" in page.inner_text(".json")
    page = here.open(f"r/{good}/map/delays?item=3&status=all")
    page.wait_for_selector("#h-item:has-text('Item 3')")
    assert page.inner_text(".vl a.on .m") == "3"
    page = here.open(f"compare/{good}..{bad}")
    assert "flights/2013-01-05.csv" in page.inner_text(".diff .plus")
    page = here.open("w/monthly_report")
    assert "No run yet." in page.inner_text("main")


def test_a_run_is_watched_while_it_goes_on(real: Callable[[], Tab], project: Project) -> None:
    """It shows up by itself, its steps colour one by one, its end is told; nothing is loaded anew."""
    here = real()
    page = here.page
    process = project.start("run", "slow", "n=6")
    try:
        page.wait_for_selector(".row:has-text('slow') >> text=running", timeout=PATIENCE)
        page.click(".row:has-text('slow')")
        page.wait_for_selector(".lrow >> nth=0")
        page.click(".lrow >> nth=0")
        page.wait_for_selector(".trow")
        page.evaluate("window.mine = true")
        page.click(".nd[data-node=prepare]")
        page.wait_for_selector(".head .t-ok:has-text('succeeded')", timeout=PATIENCE)
    finally:
        process.wait(60)
    page.wait_for_selector(".nd.ok[data-node=gather]")
    assert page.inner_text(".trow.on .nm2") == "prepare"
    assert page.evaluate("window.mine")


def test_a_failed_run_is_resumed_on_fixed_code_from_the_page(
    real: Callable[[], Tab], project: Project
) -> None:
    """What ran is kept, what failed runs again, and the page goes to the new run."""
    file = project.root / "statemachines" / "mended.py"
    file.write_text(MENDED.format(body='raise ValueError("not yet")'))
    project.ladle("run", "mended", "n=1")
    run = next(each["id"] for each in project.runs() if each["workflow"] == "mended")
    file.write_text(MENDED.format(body="return n * 10"))
    here = real()
    page = here.open(f"r/{run}")
    page.click("button:has-text('Resume on fixed code')")
    page.wait_for_selector("dialog .again", timeout=PATIENCE)
    told = page.inner_text("dialog")
    assert "first" in told.partition("Kept")[2]
    assert f"ladle resume {run}" in told
    page.click("dialog button[type=submit]")
    here.until(f"!location.pathname.endsWith('/{run}')", PATIENCE / 1000)
    page.wait_for_selector(".head .t-ok:has-text('succeeded')", timeout=PATIENCE)
    page.click(".trow[data-step=second]")
    page.click("[role=tab]:has-text('Output')")
    page.wait_for_selector(".json:has-text('20')")


def test_a_run_is_started_and_stopped_from_the_page(real: Callable[[], Tab]) -> None:
    """Its page opens, and it ends stopped."""
    page = real().open("w/slow?ask=start")
    page.fill("textarea", '{"n": 200}')
    page.wait_for_selector("dialog >> text=ladle start slow n=200", timeout=PATIENCE)
    page.click("dialog button[type=submit]")
    page.wait_for_selector(".trow[data-step=work]", timeout=PATIENCE)
    page.click("button:has-text('Stop')")
    page.wait_for_selector("dialog button[type=submit]:not([disabled])", timeout=PATIENCE)
    page.click("dialog button[type=submit]")
    page.wait_for_selector(".head .t-stop:has-text('stopped')", timeout=PATIENCE)


def test_nothing_is_told_without_the_token(browser: Browser, project: Project) -> None:
    """A browser that does not have it sees a page without data, and how to come by the right address."""
    context = browser.new_context()
    page = context.new_page()
    answers: list[int] = []
    page.on("response", lambda answer: answers.append(answer.status) if "/api/" in answer.url else None)
    page.goto(f"{project.url}w/daily_delays")
    page.wait_for_timeout(500)
    assert "flights" not in page.inner_text("body")
    assert set(answers) <= {403}
    context.close()


def test_a_hundred_thousand_runs_open_as_fast_as_ten(browser: Browser, busy: Project) -> None:
    """Overview, workflow, and a Map of ten thousand items, from the click to what is drawn."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    here = Tab(context, busy.url, busy.token)
    page = here.page
    assert "99,99" in page.inner_text(".sum") or "100,00" in page.inner_text(".sum")
    took = {}
    for name, link, sign in (
        ("workflow", ".row:has-text('exports')", ".lrow >> nth=10"),
        ("search", "", "#hits a"),
        ("map", "", ".vl a >> nth=5"),
    ):
        began = time.monotonic()
        if name == "search":
            page.keyboard.press("/")
            page.keyboard.type("backlog-10000")
        elif name == "map":
            here.open("r/backlog-10000/map/geocode")
        else:
            page.click(link)
        page.wait_for_selector(sign)
        took[name] = time.monotonic() - began
    assert "29 failed" in " ".join(page.inner_text(".cnt").split())
    context.close()
    assert here.complaints == []
    assert max(took.values()) < 10, took  # the promise is a fifth of a second; tests share their machine
