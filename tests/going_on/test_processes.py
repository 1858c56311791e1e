"""Runs that go on by themselves: started, watched and stopped from another process."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ladle.cli.ending import watch_for
from ladle.errors import LadleError
from ladle.local.acting import LocalActions
from ladle.local.store import Store
from tests.going_on.conftest import Folder

SLOW = """
    import pathlib
    import time

    from ladle import task, workflow

    @task
    def begin(number: int) -> int:
        print("begun", number)
        return number

    @task(timeout=60)
    def wait(number: int) -> int:
        while not pathlib.Path("go").exists():
            time.sleep(0.05)
        return number

    @workflow
    def slow(number: int = 1) -> int:
        first = begin(number)
        return wait(first)
"""


@pytest.fixture
def acting(folder: Folder) -> Iterator[tuple[LocalActions, Store, Path]]:
    folder.write("statemachines/slow.py", SLOW)
    with Store(folder.root / ".ladle") as store:
        yield LocalActions(folder.root, store), store, folder.root
        (folder.root / "go").touch()


def test_a_run_goes_on_by_itself_and_is_stopped_from_here(
    acting: tuple[LocalActions, Store, Path],
) -> None:
    """A start under its name starts nothing more; the stop gives its reason to the record."""
    actions, store, _ = acting
    assert actions.start("slow", {"number": 2}, "one").started
    assert store.find("one").status == "RUNNING"
    assert not actions.start("slow", {"number": 2}, "one").started
    with pytest.raises(LadleError, match="there is a run one already, with another input"):
        actions.start("slow", {"number": 3}, "one")
    stopped = actions.stop("one", "Enough.")
    assert (stopped.status, stopped.error, stopped.cause) == ("ABORTED", "Stopped", "Enough.")
    with pytest.raises(LadleError, match="one aborted already: nothing to stop"):
        actions.stop("one", "Again.")


def test_a_run_of_another_process_is_watched(
    acting: tuple[LocalActions, Store, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    """From what the store has of it, until it ends."""
    from ladle.cli.commands.watch import watched

    actions, store, root = acting
    actions.start("slow", {}, "one")
    (root / "go").touch()
    watch = watch_for(False)
    record = watched(store, store.find("one"), watch, 0.05)
    assert (record.status, record.output) == ("SUCCEEDED", 1)
    assert watch.progress.ended
    assert "begin" in capsys.readouterr().out


def test_what_cannot_be_started_says_why(acting: tuple[LocalActions, Store, Path]) -> None:
    """Before there is any process, or with what the process said."""
    actions, store, root = acting
    with pytest.raises(LadleError, match="number"):
        actions.start("slow", {"number": "two"}, "one")
    (root / "statemachines" / "slow.py").write_text("import nothing_of_that_name\n")
    began = time.monotonic()
    with pytest.raises(LadleError, match="nothing_of_that_name"):
        actions.start("slow", {"number": 2}, "two")
    assert time.monotonic() - began < 30
    assert store.runs() == []
