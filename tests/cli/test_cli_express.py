"""A call of an Express workflow, on the command line: run, shown, resumed, priced."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ladle.local.store import Store

FLOWS = """
from functions.work import *
from ladle import workflow


@workflow(type="EXPRESS", timeout=60)
def letters(key: str) -> int:
    return sum([length(word) for word in words_of("landing", key)])


@workflow
def total(keys: list[str]) -> int:
    return sum([letters(key) for key in keys])


@workflow
def first(key: str) -> str:
    try:
        return publish(letters(key))
    except BadFile as error:
        return str(error)
"""


@pytest.fixture
def flows(project: Path) -> Path:
    (project / "statemachines" / "flows.py").write_text(FLOWS)
    return project


def test_its_runs_are_kept_under_their_root(ladle: Any, flows: Path) -> None:
    """Their transitions are counted, and cost nothing."""
    result = ladle("run", "total", "--input", '{"keys": ["texts/rose.txt", "texts/rose.txt"]}')
    assert "result   24" in result.stdout
    with Store(flows / ".ladle") as store:
        root = store.find("last")
        children = store.children(root.id)
    assert [each.workflow for each in children] == ["letters", "letters"]
    assert all(":express:letters:" in each.arn for each in children)
    assert all(each.transitions > 0 for each in children)
    assert root.billed == root.transitions
    assert all(each.billed == 0 for each in children)
    assert f"{root.transitions} transitions in 3 runs" in result.stdout
    assert ladle("show", children[0].id).exit_code == 0
    assert ladle("replay", root.id, "--against", ".").exit_code == 0


@pytest.mark.usefixtures("flows")
def test_its_failure_has_its_own_name(ladle: Any) -> None:
    """For a handler, and for who reads of a run that nobody helped."""
    assert "texts/bad.txt is torn" in ladle("run", "first", "key=texts/bad.txt").stdout
    failed = ladle("run", "total", "--input", '{"keys": ["texts/bad.txt"]}')
    assert failed.exit_code == 1
    assert "words_of: BadFile\n  texts/bad.txt is torn" in failed.stdout


def test_a_run_goes_on_after_it_failed(ladle: Any, flows: Path) -> None:
    """On what has been put right, from the step before it."""
    assert ladle("run", "total", "--input", '{"keys": ["texts/bad.txt"]}').exit_code == 1
    (flows / "data" / "texts" / "bad.txt").write_text("whole now")
    again = ladle("resume", "last")
    assert again.exit_code == 0, again.output
    assert "result   8" in again.stdout


@pytest.mark.usefixtures("flows")
def test_it_is_priced_as_what_it_is(ladle_json: Any) -> None:
    found = {each["workflow"]: each for each in ladle_json("cost", "--runs", "30")["workflows"]}
    (nested,) = found["total"]["nested"]
    express = next(way for way in found["letters"]["ways"] if way["name"] == "Express")
    assert nested["workflow"] == "letters"
    assert nested["dollars_each"] == pytest.approx(express["dollars_a_run"])
