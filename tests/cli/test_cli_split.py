"""A loop that is split, on the command line: compiled, checked, run, shown, replayed, redriven, priced."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ladle.local.store import Store

FLOWS = """
from functions.work import *
from ladle import split, workflow


@workflow
def total(words: list[str]) -> int:
    letters = 0
    with split(every=2):
        for word in words:
            letters += length(word)
    return letters


@workflow
def torn(keys: list[str]) -> str:
    try:
        with split(every=2):
            for key in keys:
                words_of("landing", key)
    except BadFile as error:
        return str(error)
    return "all whole"


@workflow
def open_end(times: int) -> int:
    done = 0
    with split(every=1):
        for n in range(times):
            done += patient(5)
    return done
"""


@pytest.fixture
def flows(project: Path) -> Path:
    (project / "statemachines" / "flows.py").write_text(FLOWS)
    return project


def test_its_machine_is_written_beside_that_of_the_workflow(ladle: Any, flows: Path) -> None:
    """It is no machine that somebody wrote by hand."""
    written = json.loads(ladle("compile", "--json").stdout)
    assert [(each["workflow"], each["path"]) for each in written][-2:] == [
        ("total", "statemachines/total.asl.json"),
        ("total-for-word", "statemachines/total-for-word.asl.json"),
    ]
    assert ladle("compile", "--check").exit_code == 0
    checked = ladle("check", "--budgets")
    assert checked.stdout.splitlines()[-1] == "no problems in 3 workflows"
    assert "at most 2 passes (split(every=2))" in checked.stdout
    (flows / "statemachines" / "total-for-word.asl.json").write_text("{}")
    assert "stale      statemachines/total-for-word.asl.json" in ladle("compile", "--check").stdout


def test_its_runs_are_nested_runs(ladle: Any, flows: Path) -> None:
    """Each is kept under its root, can be shown, and is replayed with it."""
    result = ladle("run", "total", "--input", '{"words": ["a", "rose", "is", "a", "rose"]}')
    assert result.exit_code == 0, result.output
    assert "result   12" in result.stdout
    with Store(flows / ".ladle") as store:
        root = store.find("last")
        children = store.children(root.id)
    assert [(each.workflow, each.status) for each in children] == [("total-for-word", "SUCCEEDED")] * 3
    assert "length" in ladle("show", children[1].id).stdout
    for command in (("replay", root.id), ("replay", root.id, "--against", ".")):
        assert ladle(*command).exit_code == 0, ladle(*command).output


@pytest.mark.usefixtures("flows")
def test_a_failure_of_a_turn_has_its_own_name(ladle: Any) -> None:
    """For the handler around the loop, and for who reads of a run that nobody helped."""
    keys = '{"keys": ["texts/rose.txt", "texts/rose.txt", "texts/bad.txt"]}'
    assert "texts/bad.txt is torn" in ladle("run", "torn", "--input", keys).stdout
    failed = ladle("run", "open_end", "times=2")
    assert failed.exit_code == 1
    assert "patient: Late" in failed.stdout


def test_a_run_goes_on_with_the_part_that_failed(ladle: Any, flows: Path) -> None:
    """Redriven, it makes the failed part anew, and no part that has succeeded."""
    assert ladle("run", "open_end", "times=2").exit_code == 1
    again = ladle("redrive", "last")
    assert again.exit_code == 0, again.output
    assert "result   13" in again.stdout
    with Store(flows / ".ladle") as store:
        children = store.children(store.find("last").id)
    assert [each.status for each in children] == ["FAILED", "SUCCEEDED", "SUCCEEDED"]


@pytest.mark.usefixtures("flows")
def test_its_turns_are_priced_with_the_workflow(ladle_json: Any) -> None:
    found = {each["workflow"]: each for each in ladle_json("cost", "--runs", "30")["workflows"]}
    assert sorted(found) == ["open_end", "torn", "total"]
    (nested,) = found["total"]["nested"]
    assert nested["workflow"] == "total-for-word"


def test_its_page_stands_beside_that_of_the_workflow(ladle: Any, flows: Path) -> None:
    assert ladle("docs").exit_code == 0
    page = (flows / "docs" / "workflows" / "total-for-word.md").read_text()
    assert "a run of [total](total.md)" in page
    assert "a run of [total-for-word](total-for-word.md)" in (flows / "docs/workflows/total.md").read_text()


def test_a_workflow_of_its_name_is_in_the_way(ladle: Any, flows: Path) -> None:
    """Two machines cannot have one name; here, as where they are deployed."""
    path = flows / "statemachines" / "flows.py"
    path.write_text(f"{FLOWS}\n\n@workflow(name='total-for-word')\ndef other() -> None:\n    loud()\n")
    result = ladle("run", "total", "--input", '{"words": []}')
    assert result.exit_code == 2
    assert "a split loop of total has a machine called 'total-for-word'" in result.stderr
