"""Redrive: a failed run goes on where it failed, and only there."""

from __future__ import annotations

from typing import Any

import pytest

from ladle.engine import NotRedrivable, compile_machine
from tests.engine.engine_harness import Fail, Functions, engine_of, machine, run, task, types


class Repaired:
    """A task that fails on given arguments until it is repaired."""

    def __init__(self, *bad: Any) -> None:
        self.bad = bad
        self.calls: list[Any] = []

    def __call__(self, argument: Any) -> Any:
        self.calls.append(argument)
        if argument in self.bad:
            raise Fail("Broken", "still")
        return argument * 10

    def repair(self) -> None:
        """From now on all is well."""
        self.bad = ()
        self.calls.clear()


def test_a_redrive_runs_the_failed_task_again_and_what_follows() -> None:
    """States that ended well are not run again; the history goes on with ExecutionRedriven."""
    work = Repaired(2)
    engine = engine_of(Functions(A=work, B=work))
    definition = machine(
        {
            "A": task(Arguments=1, Assign={"a": "{% $states.result %}"}, Next="B"),
            "B": task(Arguments=2, Output="{% $states.result + $a %}"),
        }
    )
    execution = run(definition, engine=engine)
    assert (execution.status, execution.redrive_status[0]) == ("FAILED", "REDRIVABLE")
    before = execution.history()
    work.repair()
    engine.redrive(execution)
    engine.run(execution)
    assert (execution.status, execution.output, execution.redrive_count) == ("SUCCEEDED", 30, 1)
    assert work.calls == [2]
    assert execution.history()[: len(before)] == before
    assert types(execution)[len(before)] == "ExecutionRedriven"


def test_a_redrive_counts_retries_anew() -> None:
    """All attempts are there again."""
    work = Repaired(1)
    engine = engine_of(Functions(T=work))
    state = task(Arguments=1, Retry=[{"ErrorEquals": ["Broken"], "MaxAttempts": 2}])
    execution = run(machine({"T": state}), engine=engine)
    assert len(work.calls) == 3
    engine.redrive(execution)
    engine.run(execution)
    assert execution.status == "FAILED"
    assert len(work.calls) == 6


def test_only_what_failed_or_was_cut_runs_again_in_branches_and_iterations() -> None:
    """Iterations that had ended keep their outputs; a sibling that was cut goes on too."""
    work = Repaired(3)
    engine = engine_of(Functions(T=work))
    items = {
        "Type": "Map",
        "Items": [1, 2, 3, 4, 5],
        "MaxConcurrency": 1,
        "ItemProcessor": {"StartAt": "T", "States": {"T": task()}},
        "End": True,
    }
    branches = [
        {"StartAt": "M", "States": {"M": items}},
        {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 60, "Output": "waited", "End": True}}},
    ]
    execution = run(machine({"P": {"Type": "Parallel", "Branches": branches, "End": True}}), engine=engine)
    assert execution.error == "Broken"
    work.repair()
    engine.redrive(execution)
    engine.run(execution)
    assert execution.output == [[10, 20, 30, 40, 50], "waited"]
    assert work.calls == [3, 4, 5]


def test_a_map_run_redrives_its_failed_children_only() -> None:
    """The children that succeeded keep their outputs and their order."""
    work = Repaired(2, 3)
    engine = engine_of(Functions(T=work))
    processor = {"StartAt": "T", "States": {"T": task()}, "ProcessorConfig": {"Mode": "DISTRIBUTED"}}
    state = {"Type": "Map", "Items": [1, 2, 3], "ItemProcessor": processor, "End": True}
    execution = run(machine({"M": state}), engine=engine)
    assert execution.error == "States.ExceedToleratedFailureThreshold"
    work.repair()
    engine.redrive(execution)
    engine.run(execution)
    assert execution.output == [10, 20, 30]
    assert sorted(work.calls) == [2, 3]
    assert "MapRunRedriven" in types(execution)


def test_a_run_that_ended_in_a_fail_state_fails_again() -> None:
    """It re-enters the Fail state: a catch-all that ends in Fail makes redrive useless."""
    engine = engine_of()
    execution = run(machine({"F": {"Type": "Fail", "Error": "E"}}), engine=engine)
    engine.redrive(execution)
    engine.run(execution)
    assert execution.status == "FAILED"
    assert types(execution).count("FailStateEntered") == 2


def test_an_aborted_or_timed_out_run_goes_on_where_it_was() -> None:
    """The machine's timeout begins anew."""
    engine = engine_of()
    state = {"Type": "Wait", "Seconds": 100, "End": True}
    execution = run(machine({"W": state}, TimeoutSeconds=60), engine=engine)
    assert execution.status == "TIMED_OUT"
    engine.redrive(execution)
    engine.run(execution)
    assert execution.status == "TIMED_OUT"


def test_a_run_that_succeeded_or_runs_cannot_be_redriven() -> None:
    """Nor an Express one."""
    done = machine({"S": {"Type": "Succeed"}})
    failed = machine({"F": {"Type": "Fail"}})
    with pytest.raises(NotRedrivable, match="SUCCEEDED and cannot be redriven"):
        run(done).redrive()
    with pytest.raises(NotRedrivable, match="EXPRESS"):
        run(failed, type="EXPRESS").redrive()


def test_a_redrive_comes_within_fourteen_days() -> None:
    """After that AWS refuses it."""
    engine = engine_of()
    execution = run(machine({"F": {"Type": "Fail"}}), engine=engine)
    engine.clock.advance(15 * 24 * 3600 * 1000)
    with pytest.raises(NotRedrivable, match="period exceeded"):
        engine.redrive(execution)


def test_a_redriven_parent_redrives_its_failed_child() -> None:
    """The `.sync` child goes on too, under its own name, instead of being started anew."""
    work = Repaired(1)
    engine = engine_of(Functions(T=work))
    child = compile_machine(machine({"T": task(Arguments=1)}), name="child")
    engine.register(child)
    state = task(
        Resource="arn:aws:states:::states:startExecution.sync:2",
        Arguments={"StateMachineArn": child.arn, "Input": {}, "Name": "once"},
        Output="{% $states.result.Output %}",
    )
    execution = run(machine({"N": state}), engine=engine)
    assert execution.error == "States.TaskFailed"
    work.repair()
    engine.redrive(execution)
    engine.run(execution)
    assert execution.output == 10
    children = [one for one in engine.executions.values() if one.parent is execution]
    assert [(one.name, one.redrive_count) for one in children] == [("once", 1)]
