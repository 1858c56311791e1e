"""Map Runs through boto3."""

from __future__ import annotations

import json
from typing import Any

import pytest
from api_making import Make, Refused, finished, states

TOKEN = {
    "Type": "Task",
    "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
    "Parameters": {"FunctionName": "echo", "Payload": {"token.$": "$$.Task.Token"}},
    "End": True,
}
PASS = {"Type": "Pass", "End": True}


def distributed(state: dict[str, Any], **more: Any) -> str:
    """A machine with a distributed Map of that state."""
    processor = {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
        "StartAt": "S",
        "States": {"S": state},
    }
    return states(M={"Type": "Map", "Label": "each", "ItemProcessor": processor, **more})


def test_a_map_run_is_described(sfn: Any, make: Make) -> None:
    """With its counts; its children are executions of their own."""
    batches = {"ItemBatcher": {"MaxItemsPerBatch": 2}, "MaxConcurrency": 3}
    machine = make(distributed(PASS, **batches))
    execution = finished(sfn, machine, [1, 2, 3])["executionArn"]
    (run,) = sfn.list_map_runs(executionArn=execution)["mapRuns"]
    assert run["stateMachineArn"] == f"{machine}/each"
    found = sfn.describe_map_run(mapRunArn=run["mapRunArn"])
    assert (found["status"], found["maxConcurrency"], found["executionArn"]) == ("SUCCEEDED", 3, execution)
    assert (found["itemCounts"]["succeeded"], found["itemCounts"]["total"]) == (3, 3)
    assert (found["executionCounts"]["succeeded"], found["executionCounts"]["total"]) == (2, 2)
    children = sfn.list_executions(mapRunArn=run["mapRunArn"])["executions"]
    assert sorted(child["itemCount"] for child in children) == [1, 2]
    child = sfn.describe_execution(executionArn=children[0]["executionArn"])
    assert child["mapRunArn"] == run["mapRunArn"]
    owner = sfn.describe_state_machine_for_execution(executionArn=children[0]["executionArn"])
    assert (owner["mapRunArn"], owner["label"]) == (run["mapRunArn"], "each")
    assert len(sfn.list_executions(stateMachineArn=machine)["executions"]) == 1


def test_a_map_run_is_changed_while_it_runs(sfn: Any, make: Make, refused: Refused) -> None:
    """More children at once begin at once."""
    machine = make(distributed(TOKEN, MaxConcurrency=1))
    execution = sfn.start_execution(stateMachineArn=machine, input="[1, 2, 3]")["executionArn"]
    run = sfn.list_map_runs(executionArn=execution)["mapRuns"][0]["mapRunArn"]
    counts = sfn.describe_map_run(mapRunArn=run)["executionCounts"]
    assert (counts["running"], counts["pending"]) == (1, 2)
    sfn.update_map_run(mapRunArn=run, maxConcurrency=2, toleratedFailureCount=1)
    found = sfn.describe_map_run(mapRunArn=run)
    assert (found["executionCounts"]["running"], found["toleratedFailureCount"]) == (2, 1)
    assert refused("update_map_run", mapRunArn=run)[0] == "ValidationException"


@pytest.mark.parametrize("operation", ["describe_map_run", "update_map_run"])
def test_a_map_run_that_is_not_there(refused: Refused, operation: str) -> None:
    """Is not found."""
    arn = "arn:aws:states:us-east-1:123456789012:mapRun:m/each:0"
    more = {"maxConcurrency": 1} if operation == "update_map_run" else {}
    assert refused(operation, mapRunArn=arn, **more) == ("ResourceNotFound", f"Resource not found: '{arn}'")


def test_a_failed_child_is_redriven_with_its_parent(sfn: Any, make: Make) -> None:
    """Those that ended well are not run again."""
    broken = {
        "Type": "Task",
        "Resource": "arn:aws:lambda:us-east-1:123456789012:function:broken",
        "End": True,
    }
    execution = finished(sfn, make(distributed(broken)), [{"why": 1}])["executionArn"]
    run = sfn.list_map_runs(executionArn=execution)["mapRuns"][0]["mapRunArn"]
    assert sfn.describe_map_run(mapRunArn=run)["executionCounts"]["failed"] == 1
    sfn.redrive_execution(executionArn=execution)
    assert sfn.describe_map_run(mapRunArn=run)["redriveCount"] == 1


def test_items_come_from_s3(sfn: Any, make: Make) -> None:
    """From the buckets that moto has, and results go there."""
    import boto3

    s3 = boto3.client("s3")
    s3.create_bucket(Bucket="items")
    s3.put_object(Bucket="items", Key="items.json", Body=b'["x", "y"]')
    reader = {
        "Resource": "arn:aws:states:::s3:getObject",
        "ReaderConfig": {"InputType": "JSON"},
        "Parameters": {"Bucket": "items", "Key": "items.json"},
    }
    assert json.loads(finished(sfn, make(distributed(PASS, ItemReader=reader)))["output"]) == ["x", "y"]
