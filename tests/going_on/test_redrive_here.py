"""A failed run of this machine goes on from the steps that did not succeed, under its own id."""

from __future__ import annotations

import json
from typing import Any

from ladle.local.store import Store
from tests.going_on.conftest import Folder


def shown(folder: Folder, run: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(folder.ladle("show", run, "--json", "--history").stdout)
    return found


def printed(folder: Folder, run: str) -> list[str]:
    """What the run's tasks printed, of all that it did; each prints one line a call."""
    return [call["log"].strip() for call in shown(folder, run)["calls"]]


def test_what_succeeded_is_kept(folder: Folder) -> None:
    """Only the item that failed, what was cut off with it, and what follows are called again."""
    folder.break_("double-2")
    assert folder.ladle("run", "daily", "day=mon", "--name", "one").exit_code == 1
    before = printed(folder, "one")
    assert "report" not in before
    folder.break_()
    redriven = folder.ladle("redrive", "one")
    assert redriven.exit_code == 0, redriven.output
    assert "succeeded" in redriven.output
    after = printed(folder, "one")[len(before) :]
    assert "load" not in after
    assert {"double 2", "report"} <= set(after)
    record = shown(folder, "one")
    assert (record["status"], record["output"], record["error"]) == ("SUCCEEDED", 12, None)


def test_the_history_goes_on(folder: Folder) -> None:
    """Its events are numbered on, each after one that is there; steps and transitions count the whole."""
    folder.break_("report")
    folder.ladle("run", "daily", "day=mon", "--name", "one")
    first = shown(folder, "one")
    folder.break_()
    folder.ladle("redrive", "one")
    second = shown(folder, "one")
    events = second["history"]
    assert events[: len(first["history"])] == first["history"]
    assert [event["id"] for event in events] == list(range(1, len(events) + 1))
    assert all(event["previousEventId"] < event["id"] for event in events)
    assert events[len(first["history"])]["type"] == "ExecutionRedriven"
    assert second["transitions"] >= first["transitions"]
    with Store(folder.root / ".ladle") as store:
        (record,) = store.runs(redriven=True)
        steps = {step.step: step for step in store.steps(["one"])["one"]}
        assert store.counts() == {"daily": {"SUCCEEDED": 1}}
    assert (record.id, record.redrives) == ("one", 1)
    assert (steps["report"].status, steps["report"].attempts) == ("succeeded", 2)


def test_a_run_is_redriven_again_and_again(folder: Folder) -> None:
    """A redrive that fails leaves a run that can be redriven."""
    folder.break_("report")
    folder.ladle("run", "daily", "day=mon", "--name", "one")
    for _ in range(2):
        failed = folder.ladle("redrive", "one")
        assert failed.exit_code == 1
        assert "Broken" in failed.output
    folder.break_()
    assert folder.ladle("redrive", "one").exit_code == 0
    record = shown(folder, "one")
    assert record["status"] == "SUCCEEDED"
    assert [event["type"] for event in record["history"]].count("ExecutionRedriven") == 3


def test_tasks_are_those_of_the_present_code(folder: Folder) -> None:
    """A mistake in a task is mended and the run redriven; its machine is that of its beginning."""
    folder.change("functions/work.py", "return sum(numbers)", "return summ(numbers)")
    folder.ladle("run", "daily", "day=mon", "--name", "one")
    folder.change("functions/work.py", "return summ(numbers)", "return sum(numbers)")
    folder.change("statemachines/flows.py", "return report(day, doubled, sky)", "return 0")
    assert folder.ladle("redrive", "one").exit_code == 0
    assert shown(folder, "one")["output"] == 12


def test_what_cannot_be_redriven_is_refused_and_left_as_it_is(folder: Folder) -> None:
    """With the reason, and the way round."""
    folder.ladle("run", "daily", "day=mon", "--name", "good")
    refused = folder.ladle("redrive", "good")
    assert (refused.exit_code, "good succeeded: there is nothing to redrive" in refused.output) == (2, True)
    folder.change("statemachines/flows.py", "numbers = load(day)", 'raise Broken("never")')
    folder.ladle("run", "daily", "day=mon", "--name", "raised")
    refused = folder.ladle("redrive", "raised")
    assert refused.exit_code == 2
    assert "the workflow itself raised Broken" in refused.output
    assert shown(folder, "raised")["status"] == "FAILED"
