"""A failed run goes on with corrected code, after its last completed step, with the values that it had."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.going_on.conftest import Folder


def shown(folder: Folder, run: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(folder.ladle("show", run, "--json").stdout)
    return found


def printed(folder: Folder, run: str) -> list[str]:
    return [call["log"].strip() for call in shown(folder, run)["calls"]]


def plan(folder: Folder, *words: str) -> dict[str, Any]:
    found = folder.ladle("resume", "one", "--dry-run", "--json", *words)
    assert found.exit_code == 0, found.output
    value: dict[str, Any] = json.loads(found.stdout)
    return value


@pytest.fixture
def failed(folder: Folder) -> Folder:
    """The run `one` failed in `report`, which the code calls wrongly; all before it is completed."""
    folder.change("functions/work.py", "return sum(numbers)", "return summ(numbers)")
    assert folder.ladle("run", "daily", "day=mon", "--name", "one").exit_code == 1
    folder.change("functions/work.py", "return summ(numbers)", "return sum(numbers)")
    return folder


def test_completed_steps_do_not_run_again(failed: Folder) -> None:
    """The new run begins where the old one failed, on values from its history, with what it had written."""
    done = failed.ladle("resume", "one")
    assert done.exit_code == 0, done.output
    record = shown(failed, "one-r1")
    assert (record["status"], record["output"], record["workflow"]) == ("SUCCEEDED", 12, "daily")
    assert (record["trigger"], record["via"]["of"], record["input"]) == ("resume", "one", {"day": "mon"})
    assert printed(failed, "one-r1") == ["report"]
    assert shown(failed, "one")["status"] == "FAILED"


def test_it_says_beforehand_what_it_will_do(failed: Folder) -> None:
    """Where it begins, which values it restores; nothing is run."""
    found = plan(failed)
    assert (found["step"], found["run"], found["workflow"]) == ("report", "one", "daily")
    assert found["restored"] == ["day", "doubled", "sky"]
    assert found["notes"] == []
    assert failed.ladle("show", "one-r1").exit_code == 2


def test_a_step_that_was_added_before_the_failed_one_runs(failed: Folder) -> None:
    """It begins after the last completed step of the new code, not with the one that failed."""
    failed.write(
        "statemachines/flows.py",
        """
        from functions.work import *
        from ladle import workflow

        @workflow
        def daily(day: str) -> int:
            numbers = load(day)
            doubled = [double(number) for number in numbers]
            sky = weather(day)
            double(len(doubled))
            return report(day, doubled, sky)
        """,
    )
    done = failed.ladle("resume", "one")
    assert done.exit_code == 0, done.output
    assert printed(failed, "one-r1") == ["double 3", "report"]


def test_a_map_that_was_not_completed_runs_again_as_a_whole(folder: Folder) -> None:
    """And it says so, with what of it had been done."""
    folder.break_("double-3")
    folder.ladle("run", "daily", "day=mon", "--name", "one")
    found = plan(folder)
    assert any("was not completed and runs again as a whole" in note for note in found["notes"])
    folder.break_()
    assert folder.ladle("resume", "one").exit_code == 0
    assert {"double 1", "double 2", "double 3"} <= set(printed(folder, "one-r1"))


def test_code_that_needs_a_value_which_the_run_has_not_is_refused(failed: Folder) -> None:
    """Each value by its name, with the step that reads it; an earlier step may do."""
    failed.change(
        "statemachines/flows.py", "numbers = load(day)", "numbers = load(day); extra = len(weather(day))"
    )
    failed.change(
        "statemachines/flows.py", "return report(day, doubled, sky)", "return report(day, [extra], sky)"
    )
    refused = failed.ladle("resume", "one")
    assert refused.exit_code == 2
    assert "one cannot be resumed on this code" in refused.output
    assert "reads `extra`, of which the run has no value" in refused.output
    assert failed.ladle("show", "one-r1").exit_code == 2


def test_code_that_gives_a_value_another_type_is_refused(failed: Folder) -> None:
    """The old value would mean something else to it."""
    failed.change("functions/work.py", "def weather(day: str) -> str:", "def weather(day: str) -> int:")
    failed.change("functions/work.py", 'return "sun"', "return 1")
    failed.change("functions/work.py", "weather: str) -> int", "weather: int) -> int")
    refused = failed.ladle("resume", "one")
    assert refused.exit_code == 2
    assert "`sky` has another type in the new code" in refused.output


def test_code_without_the_steps_is_refused(failed: Folder) -> None:
    """There is no place in it to go on from."""
    failed.write(
        "statemachines/flows.py",
        """
        from functions.work import *
        from ladle import workflow

        @workflow
        def daily(day: str) -> int:
            return double(1)
        """,
    )
    refused = failed.ladle("resume", "one")
    assert refused.exit_code == 2
    assert "the new code has neither" in refused.output


def test_another_step_may_be_chosen(failed: Folder) -> None:
    """One that the run came to; it and all that follows runs again."""
    found = plan(failed, "--from", "load")
    assert (found["step"], found["restored"]) == ("load and weather", [])
    assert "load is a part of load and weather, which runs as a whole" in found["notes"]
    assert failed.ladle("resume", "one", "--from", "load").exit_code == 0
    assert printed(failed, "one-r1")[0] in ("load", "weather")
    unknown = failed.ladle("resume", "one", "--from", "publish")
    assert unknown.exit_code == 2
    assert "one did not come to a step 'publish'" in unknown.output


def test_a_run_is_not_resumed_twice_unless_the_first_time_failed(failed: Folder) -> None:
    """A resumed run that failed can be resumed itself, with all that was restored and done since."""
    failed.break_("report")
    assert failed.ladle("resume", "one").exit_code == 1
    failed.break_()
    assert failed.ladle("resume", "one-r1").exit_code == 0
    assert shown(failed, "one-r2")["via"]["of"] == "one-r1"
    assert printed(failed, "one-r2") == ["report"]
    assert shown(failed, "one-r2")["output"] == 12
    refused = failed.ladle("resume", "one")
    assert refused.exit_code == 2
    assert "was resumed as one-r2, which succeeded" in refused.output


def test_what_goes_on_or_succeeded_is_not_resumed(folder: Folder) -> None:
    """There is nothing to resume."""
    folder.ladle("run", "daily", "day=mon", "--name", "one")
    refused = folder.ladle("resume", "one")
    assert (refused.exit_code, "one succeeded: there is nothing to resume" in refused.output) == (2, True)


def test_a_failure_that_a_handler_raised_again_resumes_at_the_step_it_came_from(folder: Folder) -> None:
    """What the handler did is not undone, and it says so."""
    folder.write(
        "statemachines/flows.py",
        """
        from functions.work import *
        from ladle import workflow

        @workflow
        def daily(day: str) -> int:
            numbers = load(day)
            try:
                sky = weather(day)
            except Broken:
                double(0)
                raise
            return report(day, numbers, sky)
        """,
    )
    folder.break_("weather")
    folder.ladle("run", "daily", "day=mon", "--name", "one")
    found = plan(folder)
    assert (found["step"], found["after"]) == ("weather", "load")
    assert found["notes"] == ["double, which handled the failure, is not undone"]
    folder.break_()
    assert folder.ladle("resume", "one").exit_code == 0
    assert printed(folder, "one-r1") == ["weather", "report"]


def test_a_loop_goes_on_in_the_pass_that_failed(folder: Folder) -> None:
    """The variables are those of that pass."""
    folder.write(
        "statemachines/flows.py",
        """
        from functions.work import *
        from ladle import workflow

        @workflow
        def daily(day: str) -> int:
            numbers = load(day)
            total = 0
            for number in numbers:
                total = total + double(number + total)
            return total
        """,
    )
    folder.break_("double-13")
    folder.ladle("run", "daily", "day=mon", "--name", "one")
    assert printed(folder, "one")[-1] != "report"
    folder.break_()
    done = folder.ladle("resume", "one")
    assert done.exit_code == 0, done.output
    straight = folder.ladle("run", "daily", "day=mon", "--name", "two")
    assert straight.exit_code == 0
    assert shown(folder, "one-r1")["output"] == shown(folder, "two")["output"]


def test_a_large_value_of_the_failed_run_is_read_by_the_resumed_one(folder: Folder) -> None:
    """It lies in the bucket of values, and belongs to the run that stored it."""
    folder.change("functions/work.py", "return [1, 2, 3]", "return list(range(20_000))")
    folder.write(
        "statemachines/flows.py",
        """
        from functions.work import *
        from ladle import workflow

        @workflow
        def daily(day: str) -> int:
            numbers = load(day)
            sky = weather(day)
            return report(day, numbers, sky)
        """,
    )
    folder.break_("report")
    folder.ladle("run", "daily", "day=mon", "--name", "one")
    folder.break_()
    done = folder.ladle("resume", "one")
    assert done.exit_code == 0, done.output
    assert shown(folder, "one-r1")["output"] == sum(range(20_000))
