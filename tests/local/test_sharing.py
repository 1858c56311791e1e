"""Idempotent tasks and pools in local runs: what runs in Lambda, with the store of runs behind it."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ladle.local.session import LocalSession
from ladle.project import Project

JOBS = """
import time
from pathlib import Path
from ladle import Pool, Retry, task

WAREHOUSE = Pool("warehouse", 2)
INSIDE, MOST = [0], [0]

class Lost(Exception): ...

@task(pool=WAREHOUSE)
def load(n: int) -> int:
    INSIDE[0] += 1
    MOST[0] = max(MOST[0], INSIDE[0])
    time.sleep(0.01)
    INSIDE[0] -= 1
    return MOST[0]

LIMITED = Pool("limited", rate=2, per=60)

@task(pool=LIMITED)
def ask(n: int) -> int:
    return n

@task(idempotent=True)
def charge(order: int) -> int:
    with Path("charged.txt").open("a") as file:
        file.write(f"{order}\\n")
    return order
"""

WORKFLOW = """
from ladle import workflow
from functions.jobs import charge, load

@workflow
def jobs(loads: int) -> list[int]:
    most = [load(n) for n in range(loads)]
    total = 0
    for _ in range(4):
        total = total + charge(1)
    charged = [[charge(2) for _ in range(3)] for _ in range(3)]
    return [max(most), total, sum([sum(row) for row in charged])]
"""


ASKING = """
from ladle import workflow
from functions.jobs import ask

@workflow
def asking(times: int) -> int:
    return sum([ask(n) for n in range(times)])
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A project whose tasks share a pool, and charge."""
    for folder in ("functions", "statemachines"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "__init__.py").touch()
    (tmp_path / "app.py").touch()
    (tmp_path / "functions" / "jobs.py").write_text(JOBS)
    (tmp_path / "statemachines" / "jobs.py").write_text(WORKFLOW)
    (tmp_path / "statemachines" / "asking.py").write_text(ASKING)
    monkeypatch.chdir(tmp_path)
    before = {name: sys.modules.pop(name) for name in list(sys.modules) if _is_project(name)}
    yield tmp_path
    for name in [name for name in sys.modules if _is_project(name)]:
        del sys.modules[name]
    sys.modules.update(before)


def _is_project(name: str) -> bool:
    return name.partition(".")[0] in ("functions", "statemachines")


def test_a_pool_holds_and_every_call_of_an_idempotent_task_is_made_once(project: Path) -> None:
    """Two at once of eight. Passes of a loop and items of nested Maps are calls of their own, even where
    all their arguments are the same and none takes any time."""
    with LocalSession.open(project) as session:
        record = session.run("jobs", {"loads": 8})
        assert record.status == "SUCCEEDED", record.cause
        assert record.output == [2, 4, 18]
        kept = session.store._rows("SELECT name FROM documents")
    assert sorted((project / "charged.txt").read_text().split()) == ["1"] * 4 + ["2"] * 9
    assert len(kept) == 13  # the results; nothing is left of the pool


def test_a_rate_is_kept_on_the_clock_of_the_run(project: Path) -> None:
    """Six calls, two a minute: the run takes two minutes and more, which are skipped."""
    with LocalSession.open(project) as session:
        began = time.monotonic()
        record = session.run("asking", {"times": 6})
        assert (record.status, record.output) == ("SUCCEEDED", 15), record.cause
        assert record.stopped is not None
        assert 120 <= record.stopped - record.started < 300
        assert time.monotonic() - began < 30


def test_one_pool_has_one_size(project: Path) -> None:
    """Two tasks that say different things of it are told, before anything runs."""
    jobs = project / "functions" / "jobs.py"
    jobs.write_text(
        jobs.read_text() + '\n@task(pool=Pool("limited", rate=3))\ndef other(n: int) -> int:\n    return n\n'
    )
    (problem,) = Project.load(project).diagnostics
    assert problem.code == "D150"
    assert "another size of the pool of 'ask'" in problem.message
    assert problem.span.path == "functions/jobs.py"
