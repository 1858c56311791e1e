"""An engine that lives long need not keep what it ran."""

from __future__ import annotations

import pytest

from ladle.engine import compile_machine
from ladle.errors import LadleError
from tests.engine.engine_harness import engine_of, machine

PARENT = machine(
    {
        "Start": {
            "Type": "Task",
            "Resource": "arn:aws:states:::states:startExecution.sync:2",
            "Arguments": {"StateMachineArn": "arn:aws:states:us-east-1:123456789012:stateMachine:child"},
            "End": True,
        }
    }
)
CHILD = machine({"Rest": {"Type": "Pass", "End": True}})


def test_what_is_forgotten_is_gone_with_all_that_it_started() -> None:
    """Others stay, and who holds the execution can still read it."""
    engine = engine_of()
    engine.register(compile_machine(CHILD, name="child"))
    kept, gone = (engine.start(compile_machine(PARENT, name="parent"), {}) for _ in range(2))
    engine.run()
    assert len(engine.executions) == 4
    engine.forget(gone)
    assert {each.root for each in engine.executions.values()} == {kept}
    assert len(engine.executions) == 2
    assert gone.history()[-1]["type"] == "ExecutionSucceeded"


def test_what_runs_is_not_forgotten() -> None:
    """It has to be stopped first."""
    engine = engine_of()
    run = engine.start(compile_machine(CHILD, name="child"), {})
    with pytest.raises(LadleError, match="stop it"):
        engine.forget(run)
