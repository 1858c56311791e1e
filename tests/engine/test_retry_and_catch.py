"""Retry and Catch: which errors they take, and what the next state is given."""

from __future__ import annotations

from typing import Any

import pytest

from ladle.engine import TaskSucceeded
from tests.engine.engine_harness import Fail, Functions, machine, run, task, types


def _failing(error: str, cause: str = "why") -> Functions:
    def call(_: Any) -> Any:
        raise Fail(error, cause)

    return Functions(T=call)


def _caught(names: list[str], **fields: Any) -> dict[str, Any]:
    catch = {"ErrorEquals": names, "Next": "Caught", **fields}
    return machine({"T": task(Catch=[catch]), "Caught": {"Type": "Pass", "End": True}})


@pytest.mark.parametrize("names", [["Mine"], ["Other", "Mine"], ["States.TaskFailed"], ["States.ALL"]])
def test_a_catcher_takes_the_errors_that_it_names(names: list[str]) -> None:
    """The error output has Error and Cause."""
    execution = run(_caught(names), runner=_failing("Mine"))
    assert execution.output == {"Error": "Mine", "Cause": "why"}


def test_an_error_that_nobody_names_ends_the_run() -> None:
    """With the task's own error and cause."""
    execution = run(_caught(["Other"]), runner=_failing("Mine"))
    assert (execution.status, execution.error, execution.cause) == ("FAILED", "Mine", "why")


def test_a_runtime_error_is_not_caught_even_by_name() -> None:
    """States.Runtime ends the run at once."""
    definition = {
        "StartAt": "T",
        "States": {
            "T": task(OutputPath="$.gone", Catch=[{"ErrorEquals": ["States.Runtime"], "Next": "C"}]),
            "C": {"Type": "Pass", "End": True},
        },
    }
    execution = run(definition, runner=Functions(T=lambda _: {}))
    assert (execution.status, execution.error) == ("FAILED", "States.Runtime")


def test_a_catcher_can_shape_its_output_and_assign() -> None:
    """In JSONata from $states.errorOutput and the state's input."""
    definition = _caught(
        ["States.ALL"],
        Output={"error": "{% $states.errorOutput.Error %}", "n": "{% $states.input.n %}"},
        Assign={"seen": "{% $states.errorOutput.Cause %}"},
    )
    definition["States"]["Caught"]["Output"] = "{% $merge([$states.input, {'seen': $seen}]) %}"
    execution = run(definition, {"n": 1}, runner=_failing("Mine"))
    assert execution.output == {"error": "Mine", "n": 1, "seen": "why"}


def test_a_catchers_own_failing_expression_is_not_caught_again() -> None:
    """It ends the run as States.QueryEvaluationError."""
    execution = run(_caught(["States.ALL"], Output="{% $gone %}"), runner=_failing("Mine"))
    assert (execution.status, execution.error) == ("FAILED", "States.QueryEvaluationError")


def test_the_first_retrier_that_names_the_error_decides_until_it_is_used_up() -> None:
    """Then the catchers are asked, not the next retrier."""
    retry = [{"ErrorEquals": ["Mine"], "MaxAttempts": 1}, {"ErrorEquals": ["States.ALL"], "MaxAttempts": 5}]
    runner = _failing("Mine")
    run(machine({"T": task(Retry=retry)}), runner=runner)
    assert len(runner.calls) == 2


def test_retriers_count_their_attempts_apart() -> None:
    """Errors may alternate."""
    errors = iter(["A", "B", "A", "B"])

    def call(_: Any) -> str:
        error = next(errors, None)
        if error is not None:
            raise Fail(error)
        return "ok"

    retry = [{"ErrorEquals": ["A"], "MaxAttempts": 2}, {"ErrorEquals": ["B"], "MaxAttempts": 2}]
    execution = run(machine({"T": task(Retry=retry)}), runner=Functions(T=call))
    assert execution.output == "ok"


def test_no_attempts_means_no_retry() -> None:
    """MaxAttempts 0."""
    runner = _failing("Mine")
    run(machine({"T": task(Retry=[{"ErrorEquals": ["States.ALL"], "MaxAttempts": 0}])}), runner=runner)
    assert len(runner.calls) == 1


def test_arguments_are_evaluated_anew_for_each_attempt() -> None:
    """$states.context.State.RetryCount counts them."""
    runner = _failing("Mine")
    state = task(
        Arguments="{% $states.context.State.RetryCount %}",
        Retry=[{"ErrorEquals": ["States.ALL"], "MaxAttempts": 2}],
    )
    run(machine({"T": state}), runner=runner)
    assert [call.arguments for call in runner.calls] == [0, 1, 2]
    assert [call.attempt for call in runner.calls] == [0, 1, 2]


def test_retries_start_over_each_time_that_a_state_is_entered() -> None:
    """A loop through the state has its attempts again."""
    count = [0]

    def call(_: Any) -> int:
        count[0] += 1
        if count[0] % 2:
            raise Fail("Odd")
        return count[0]

    definition = machine(
        {
            "T": task(Retry=[{"ErrorEquals": ["Odd"], "MaxAttempts": 1}], Next="Again"),
            "Again": {
                "Type": "Choice",
                "Choices": [{"Condition": "{% $states.input < 6 %}", "Next": "T"}],
                "Default": "Done",
            },
            "Done": {"Type": "Succeed"},
        }
    )
    assert run(definition, runner=Functions(T=call)).output == 6


def test_a_parallel_fails_with_its_branchs_own_error_and_is_retried_as_a_whole() -> None:
    """Not with States.BranchFailed; a retry starts all branches anew, and no Failed event is left behind."""
    tries = [0]

    def call(_: Any) -> str:
        tries[0] += 1
        if tries[0] == 1:
            raise Fail("Mine")
        return "ok"

    branches = [
        {"StartAt": "T", "States": {"T": task()}},
        {"StartAt": "P", "States": {"P": {"Type": "Pass", "End": True}}},
    ]
    state = {"Type": "Parallel", "Branches": branches, "Retry": [{"ErrorEquals": ["Mine"]}], "End": True}
    execution = run(machine({"X": state}), {"a": 1}, runner=Functions(T=call))
    assert execution.output == ["ok", {"a": 1}]
    assert types(execution).count("ParallelStateStarted") == 2
    assert "ParallelStateFailed" not in types(execution)


def test_a_map_that_is_caught_leaves_its_failed_event_first() -> None:
    """MapStateFailed, then MapStateExited with the error output."""
    state = {
        "Type": "Map",
        "Items": [1],
        "ItemProcessor": {"StartAt": "F", "States": {"F": {"Type": "Fail", "Error": "E", "Cause": "c"}}},
        "Catch": [{"ErrorEquals": ["E"], "Next": "Caught"}],
        "End": True,
    }
    execution = run(machine({"M": state, "Caught": {"Type": "Pass", "End": True}}))
    assert execution.output == {"Error": "E", "Cause": "c"}
    assert types(execution)[-6:] == [
        "MapIterationFailed",
        "MapStateFailed",
        "MapStateExited",
        "PassStateEntered",
        "PassStateExited",
        "ExecutionSucceeded",
    ]


@pytest.mark.parametrize(
    ("names", "status"),
    [(["States.Timeout"], "SUCCEEDED"), (["States.ALL"], "SUCCEEDED"), (["States.TaskFailed"], "FAILED")],
)
def test_a_timeout_is_no_task_failure(names: list[str], status: str) -> None:
    """States.TaskFailed does not take it; its cause is empty."""
    definition = _caught(names)
    definition["States"]["T"]["TimeoutSeconds"] = 5
    execution = run(definition, runner=Functions(T=lambda _: TaskSucceeded(1, seconds=6)))
    assert execution.status == status
    assert "LambdaFunctionTimedOut" in types(execution)
    if status == "SUCCEEDED":
        assert execution.output == {"Error": "States.Timeout", "Cause": ""}


def test_a_query_error_is_no_task_failure_either() -> None:
    """States.TaskFailed misses it, States.ALL and its own name take it."""
    for names, status in [
        (["States.TaskFailed"], "FAILED"),
        (["States.QueryEvaluationError"], "SUCCEEDED"),
        (["States.ALL"], "SUCCEEDED"),
    ]:
        definition = _caught(names)
        definition["States"]["T"]["Arguments"] = "{% $gone %}"
        assert run(definition, runner=Functions()).status == status
