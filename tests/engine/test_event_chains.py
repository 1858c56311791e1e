"""Histories: which events a state leaves, in what order, and how their ids are chained."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engine.engine_harness import Fail, Functions, chain, engine_of, machine, run, task, types

PASS = {"Type": "Pass", "End": True}


def test_a_pass_is_entered_and_left_and_the_first_event_follows_none() -> None:
    """The first state's Entered event follows event 0, as recorded on AWS."""
    assert chain(run(machine({"A": PASS}))) == [
        (1, 0, "ExecutionStarted"),
        (2, 0, "PassStateEntered"),
        (3, 2, "PassStateExited"),
        (4, 3, "ExecutionSucceeded"),
    ]


def test_an_event_looks_as_boto3_returns_it() -> None:
    """JSON texts are compact; the details carry whether they were cut."""
    execution = run(machine({"A": {"Type": "Pass", "Output": {"n": 1}, "Assign": {"x": [1]}, "End": True}}))
    exited = execution.history()[2]
    assert exited["timestamp"] == execution.started
    assert exited["id"] == 3
    assert exited["previousEventId"] == 2
    assert exited["stateExitedEventDetails"] == {
        "name": "A",
        "output": '{"n":1}',
        "outputDetails": {"truncated": False},
        "assignedVariables": {"x": "[1]"},
        "assignedVariablesDetails": {"truncated": False},
    }


def test_the_input_keeps_the_text_it_was_given_with() -> None:
    """As long as the value is handed on untouched."""
    engine = engine_of()
    from ladle.engine import compile_machine

    execution = engine.start(compile_machine(machine({"A": PASS}), name="m"), [1, 2], input_text="[1,  2]")
    engine.run(execution)
    assert execution.history()[1]["stateEnteredEventDetails"]["input"] == "[1,  2]"


def test_a_parallel_ends_on_the_last_event_of_the_branch_that_ended_last() -> None:
    """Succeeded and Exited both follow it; each branch begins at Started."""
    wait = {"Type": "Wait", "Seconds": 1, "End": True}
    branches = [{"StartAt": "A", "States": {"A": wait}}, {"StartAt": "B", "States": {"B": PASS}}]
    events = chain(run(machine({"P": {"Type": "Parallel", "Branches": branches, "End": True}})))
    assert events[1:] == [
        (2, 0, "ParallelStateEntered"),
        (3, 2, "ParallelStateStarted"),
        (4, 3, "WaitStateEntered"),
        (5, 3, "PassStateEntered"),
        (6, 5, "PassStateExited"),
        (7, 4, "WaitStateExited"),
        (8, 7, "ParallelStateSucceeded"),
        (9, 7, "ParallelStateExited"),
        (10, 9, "ExecutionSucceeded"),
    ]


def test_a_failing_branch_cuts_the_others_and_says_so() -> None:
    """A waiting sibling leaves WaitStateAborted, chained to the failing branch's last event."""
    branches = [
        {"StartAt": "Long", "States": {"Long": {"Type": "Wait", "Seconds": 60, "End": True}}},
        {"StartAt": "Boom", "States": {"Boom": {"Type": "Fail", "Error": "Boom", "Cause": "because"}}},
    ]
    execution = run(machine({"P": {"Type": "Parallel", "Branches": branches, "End": True}}))
    assert (execution.status, execution.error, execution.cause) == ("FAILED", "Boom", "because")
    assert chain(execution)[3:] == [
        (4, 3, "WaitStateEntered"),
        (5, 3, "FailStateEntered"),
        (6, 5, "WaitStateAborted"),
        (7, 5, "ParallelStateFailed"),
        (8, 7, "ExecutionFailed"),
    ]


def test_iterations_one_after_the_other_are_chained() -> None:
    """The next iteration follows the last state's event; the Map itself the last MapIterationSucceeded."""
    definition = machine(
        {
            "M": {
                "Type": "Map",
                "Items": [1, 2],
                "MaxConcurrency": 1,
                "ItemProcessor": {"StartAt": "A", "States": {"A": PASS}},
                "End": True,
            }
        }
    )
    assert chain(run(definition))[1:] == [
        (2, 0, "MapStateEntered"),
        (3, 2, "MapStateStarted"),
        (4, 3, "MapIterationStarted"),
        (5, 4, "PassStateEntered"),
        (6, 5, "PassStateExited"),
        (7, 6, "MapIterationSucceeded"),
        (8, 6, "MapIterationStarted"),
        (9, 8, "PassStateEntered"),
        (10, 9, "PassStateExited"),
        (11, 10, "MapIterationSucceeded"),
        (12, 11, "MapStateSucceeded"),
        (13, 11, "MapStateExited"),
        (14, 13, "ExecutionSucceeded"),
    ]


def test_a_failing_iteration_records_the_iterations_and_states_that_it_cut() -> None:
    """Measured on AWS: Aborted of iteration and state, then Failed, all chained to the failing event."""
    states = {
        "Route": {
            "Type": "Choice",
            "Choices": [{"Condition": "{% $states.input = 'fail' %}", "Next": "Pause"}],
            "Default": "Long",
        },
        "Long": {"Type": "Wait", "Seconds": 15, "End": True},
        "Pause": {"Type": "Wait", "Seconds": 1, "Next": "Boom"},
        "Boom": {"Type": "Fail", "Error": "Boom"},
    }
    definition = machine(
        {
            "M": {
                "Type": "Map",
                "Items": ["long", "fail"],
                "ItemProcessor": {"StartAt": "Route", "States": states},
                "End": True,
            }
        }
    )
    events = run(definition).events()
    failure = next(e for e in events if e.type == "FailStateEntered")
    after = events[failure.id :]
    assert [e.type for e in after] == [
        "MapIterationAborted",
        "WaitStateAborted",
        "MapIterationFailed",
        "MapStateFailed",
        "ExecutionFailed",
    ]
    assert {e.previous_id for e in after[:4]} == {failure.id}
    assert after[0].details == {"name": "M", "index": 0}
    assert after[2].details == {"name": "M", "index": 1}


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        (
            "arn:aws:lambda:us-east-1:123456789012:function:f",
            ["LambdaFunctionScheduled", "LambdaFunctionStarted", "LambdaFunctionSucceeded"],
        ),
        ("arn:aws:states:::lambda:invoke", ["TaskScheduled", "TaskStarted", "TaskSucceeded"]),
        ("arn:aws:states:::aws-sdk:s3:getObject", ["TaskScheduled", "TaskStarted", "TaskSucceeded"]),
    ],
)
def test_the_kind_of_resource_decides_the_events_of_a_task(resource: str, expected: list[str]) -> None:
    """A function's own ARN has events of its own."""
    execution = run(machine({"T": task(Resource=resource)}), runner=Functions(T=lambda _: {}))
    assert types(execution) == [
        "ExecutionStarted",
        "TaskStateEntered",
        *expected,
        "TaskStateExited",
        "ExecutionSucceeded",
    ]


def test_an_sdk_integration_is_named_as_aws_names_it() -> None:
    """resourceType has the service, resource the action; parameters is a JSON text."""
    state = task(
        Resource="arn:aws:states:::aws-sdk:s3:getObject", Arguments={"Bucket": "b"}, TimeoutSeconds=9
    )
    details = run(machine({"T": state}), runner=Functions(T=lambda _: {})).events()[2].details
    assert details == {
        "resourceType": "aws-sdk:s3",
        "resource": "getObject",
        "region": "us-east-1",
        "timeoutInSeconds": 9,
        "parameters": '{"Bucket":"b"}',
    }


def test_an_expression_without_a_value_leaves_an_event_that_follows_what_came_before_the_state() -> None:
    """Recorded on AWS; the cause names the state and the id of its Entered event."""
    execution = run(
        machine({"A": {"Type": "Pass", "Next": "B"}, "B": {**PASS, "Output": {"r": "{% $gone %}"}}})
    )
    assert chain(execution)[3:] == [
        (4, 3, "PassStateEntered"),
        (5, 3, "EvaluationFailed"),
        (6, 5, "ExecutionFailed"),
    ]
    assert execution.error == "States.QueryEvaluationError"
    assert execution.cause == (
        "An error occurred while executing the state 'B' (entered at the event id #4). The JSONata expression"
        " '$gone' specified for the field 'Output/r' returned nothing (undefined)."
    )
    details = execution.events()[4].details
    assert details is not None
    assert (details["location"], details["state"]) == ("Output/r", "B")


def test_a_listener_sees_every_event_as_it_happens() -> None:
    """In order, the same events as the history has afterwards."""
    seen: list[Any] = []
    engine = engine_of(
        Functions(T=lambda _: 1), listener=lambda _run, event: seen.append((event.id, event.as_dict()))
    )
    branches = [{"StartAt": "T", "States": {"T": task(Resource="arn:aws:states:::lambda:invoke")}}]
    execution = run(machine({"P": {"Type": "Parallel", "Branches": branches, "End": True}}), engine=engine)
    assert [event for _, event in seen] == execution.history()
    assert [number for number, _ in seen] == [event["id"] for event in execution.history()]


def test_transitions_count_states_entered_and_retries() -> None:
    """What AWS bills."""
    left = [2]

    def flaky(_: Any) -> int:
        left[0] -= 1
        if left[0] >= 0:
            raise Fail("E")
        return 1

    definition = machine({"A": {"Type": "Pass", "Next": "T"}, "T": task(Retry=[{"ErrorEquals": ["E"]}])})
    assert run(definition, runner=Functions(T=flaky)).transitions == 4


def _parallel(branch: dict[str, Any], **fields: Any) -> dict[str, Any]:
    state = {"Type": "Parallel", "Branches": [{"StartAt": next(iter(branch)), "States": branch}], **fields}
    return state if "Next" in state else {**state, "End": True}


def test_a_task_that_fails_its_branch_is_aborted_itself() -> None:
    """Measured on AWS: TaskFailed, TaskStateAborted and ParallelStateFailed, the last two after the first."""

    def broken(_: Any) -> Any:
        raise Fail("E")

    events = chain(run(machine({"P": _parallel({"T": task()})}), runner=Functions(T=broken)))
    assert events[3:] == [
        (4, 3, "TaskStateEntered"),
        (5, 4, "LambdaFunctionScheduled"),
        (6, 5, "LambdaFunctionStarted"),
        (7, 6, "LambdaFunctionFailed"),
        (8, 7, "TaskStateAborted"),
        (9, 7, "ParallelStateFailed"),
        (10, 9, "ExecutionFailed"),
    ]


def test_a_runtime_error_in_a_branch_ends_the_run_without_a_word_of_the_branch() -> None:
    """Measured on AWS: no Failed or Aborted event comes before ExecutionFailed."""
    branch = {"A": {**PASS, "Parameters": {"m.$": "$.gone"}}}
    execution = run({"StartAt": "P", "States": {"P": _parallel(branch)}})
    assert chain(execution)[3:] == [(4, 3, "PassStateEntered"), (5, 4, "ExecutionFailed")]
    assert execution.error == "States.Runtime"


def test_a_parallel_whose_own_output_fails_does_so_after_it_succeeded() -> None:
    """Measured on AWS: ExecutionFailed follows ParallelStateSucceeded, which Exited would pass by."""
    state = _parallel({"A": PASS}, ResultSelector={"m.$": "$.gone"})
    assert chain(run({"StartAt": "P", "States": {"P": state}}))[5:] == [
        (6, 5, "ParallelStateSucceeded"),
        (7, 6, "ExecutionFailed"),
    ]


def test_a_catcher_whose_output_fails_fails_the_state_a_second_time() -> None:
    """Measured on AWS: EvaluationFailed follows where the state stood before it first failed."""
    catch = [{"ErrorEquals": ["States.ALL"], "Output": "{% $gone %}", "Next": "D"}]
    boom = {"B": {"Type": "Fail", "Error": "E"}}
    execution = run(machine({"P": _parallel(boom, Catch=catch), "D": PASS}))
    assert chain(execution)[3:] == [
        (4, 3, "FailStateEntered"),
        (5, 4, "ParallelStateFailed"),
        (6, 4, "EvaluationFailed"),
        (7, 6, "ParallelStateFailed"),
        (8, 7, "ExecutionFailed"),
    ]
    assert (execution.events()[5].details or {})["location"] == "Catch[0]/Output"


def test_a_map_over_nothing_ends_at_its_start() -> None:
    """Succeeded and Exited both follow MapStateStarted."""
    state = {
        "Type": "Map",
        "Items": [],
        "ItemProcessor": {"StartAt": "A", "States": {"A": PASS}},
        "End": True,
    }
    assert chain(run(machine({"M": state})))[2:] == [
        (3, 2, "MapStateStarted"),
        (4, 3, "MapStateSucceeded"),
        (5, 3, "MapStateExited"),
        (6, 5, "ExecutionSucceeded"),
    ]
