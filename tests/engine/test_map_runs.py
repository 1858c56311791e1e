"""Maps: inline iterations, and Map Runs with readers, batches, thresholds and writers."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ladle.engine.protocols import ObjectMissing
from tests.engine.engine_harness import Fail, Functions, engine_of, lasted, machine, run, task, types

ECHO = {"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}}


class Bucket:
    """An object store of one bucket."""

    def __init__(self, **objects: bytes) -> None:
        self.objects = dict(objects)

    def get(self, bucket: str, key: str, version: str | None = None) -> bytes:
        """See ObjectStore."""
        if (bucket, version) != ("b", None) or key not in self.objects:
            raise ObjectMissing(f"The specified key does not exist: {key}")
        return self.objects[key]

    def list(self, bucket: str, prefix: str) -> Iterable[dict[str, Any]]:
        """See ObjectStore."""
        assert bucket == "b"
        return [
            {"Key": key, "Size": len(body)} for key, body in self.objects.items() if key.startswith(prefix)
        ]

    def put(self, bucket: str, key: str, body: bytes) -> None:
        """See ObjectStore."""
        assert bucket == "b"
        self.objects[key] = body


def _inline(processor: dict[str, Any] = ECHO, **fields: Any) -> dict[str, Any]:
    return machine({"M": {"Type": "Map", "ItemProcessor": processor, "End": True, **fields}})


def _distributed(processor: dict[str, Any] = ECHO, **fields: Any) -> dict[str, Any]:
    config = {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}
    return _inline({**processor, "ProcessorConfig": config}, **fields)


@given(st.lists(st.integers(), max_size=100), st.integers(0, 50))
@settings(max_examples=30, deadline=None)
def test_a_map_gives_one_output_an_item_in_order(items: list[int], concurrency: int) -> None:
    """Whatever the concurrency; an empty list gives an empty list."""
    execution = run(_inline(Items="{% $states.input %}", MaxConcurrency=concurrency), items)
    assert execution.output == items


@pytest.mark.parametrize(("concurrency", "seconds"), [(0, 3), (1, 100), (40, 3), (50, 3), (10, 10)])
def test_at_most_forty_iterations_run_at_once(concurrency: int, seconds: int) -> None:
    """100 waits of a second take as many rounds as the concurrency needs; 0 and more than 40 mean 40."""
    wait = {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 1, "End": True}}}
    execution = run(_inline(wait, Items="{% [1..100] %}", MaxConcurrency=concurrency))
    assert lasted(execution) == seconds


def test_an_item_selector_sees_the_item_its_index_and_the_states_input() -> None:
    """$states.context.Map.Item."""
    selector = {
        "i": "{% $states.context.Map.Item.Index %}",
        "v": "{% $states.context.Map.Item.Value %}",
        "k": "{% $states.input.k %}",
    }
    execution = run(
        _inline(Items="{% $states.input.xs %}", ItemSelector=selector), {"k": 9, "xs": ["a", "b"]}
    )
    assert execution.output == [{"i": 0, "v": "a", "k": 9}, {"i": 1, "v": "b", "k": 9}]


def test_iterations_read_outer_variables_and_keep_their_own() -> None:
    """What an iteration assigns is gone with it."""
    processor = {
        "StartAt": "A",
        "States": {
            "A": {"Type": "Pass", "Assign": {"mine": "{% $states.input + $outer %}"}, "Next": "B"},
            "B": {"Type": "Pass", "Output": "{% $mine %}", "End": True},
        },
    }
    definition = machine(
        {
            "S": {"Type": "Pass", "Assign": {"outer": 10}, "Next": "M"},
            "M": {"Type": "Map", "Items": [1, 2], "ItemProcessor": processor, "Next": "E"},
            "E": {
                "Type": "Pass",
                "Output": {"r": "{% $states.input %}", "gone": "{% $exists($mine) %}"},
                "End": True,
            },
        }
    )
    assert run(definition).output == {"r": [11, 12], "gone": False}


def test_a_map_run_leaves_two_events_in_its_parent_and_a_history_in_each_child() -> None:
    """Children are executions of their own, named after the machine and the label."""
    execution = run(_distributed(Items=[1, 2], Label="L"))
    assert execution.output == [1, 2]
    assert types(execution)[1:-1] == [
        "MapStateEntered",
        "MapStateStarted",
        "MapRunStarted",
        "MapRunSucceeded",
        "MapStateSucceeded",
        "MapStateExited",
    ]
    (map_run,) = execution.map_runs
    assert map_run.arn.startswith("arn:aws:states:us-east-1:123456789012:mapRun:m/L:")
    child = map_run.children[0]
    assert child.arn.startswith("arn:aws:states:us-east-1:123456789012:execution:m/L:")
    assert types(child) == ["ExecutionStarted", "PassStateEntered", "PassStateExited", "ExecutionSucceeded"]
    assert child.root is execution


FLAKY = {"StartAt": "T", "States": {"T": task()}}


def _odd_ones_fail(n: int) -> int:
    if n % 2:
        raise Fail("Odd")
    return n


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({}, "FAILED"),
        ({"ToleratedFailureCount": 0}, "FAILED"),
        ({"ToleratedFailureCount": 1}, "FAILED"),
        ({"ToleratedFailureCount": 2}, "SUCCEEDED"),
        ({"ToleratedFailurePercentage": 49}, "FAILED"),
        ({"ToleratedFailurePercentage": 50}, "SUCCEEDED"),
    ],
)
def test_a_map_run_fails_when_more_children_fail_than_it_tolerates(
    fields: dict[str, Any], status: str
) -> None:
    """A threshold of 0 counts as not set; the error is States.ExceedToleratedFailureThreshold."""
    definition = _distributed(FLAKY, Items=[1, 2, 3, 4], **fields)
    execution = run(definition, runner=Functions(T=_odd_ones_fail))
    assert execution.status == status
    if status == "FAILED":
        assert execution.error == "States.ExceedToleratedFailureThreshold"
        assert types(execution)[-3:] == ["MapRunFailed", "MapStateFailed", "ExecutionFailed"]
    else:
        assert execution.output == [2, 4]


def _read(config: dict[str, Any], body: bytes, key: str = "k", **fields: Any) -> Any:
    reader = {
        "Resource": "arn:aws:states:::s3:getObject",
        "Arguments": {"Bucket": "b", "Key": key},
        "ReaderConfig": config,
    }
    engine = engine_of(store=Bucket(**{key: body}))
    return run(_distributed(ItemReader=reader, **fields), engine=engine)


@pytest.mark.parametrize(
    ("config", "body", "items"),
    [
        ({"InputType": "JSON"}, b'[1, {"a": 2}]', [1, {"a": 2}]),
        ({"InputType": "JSONL"}, b'{"a": 1}\n\n{"a": 2}\n', [{"a": 1}, {"a": 2}]),
        (
            {"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW"},
            b'x,y\n1,"two, 2"\n3\n',
            [{"x": "1", "y": "two, 2"}, {"x": "3", "y": ""}],
        ),
        (
            {"InputType": "CSV", "CSVHeaderLocation": "GIVEN", "CSVHeaders": ["x"], "CSVDelimiter": "PIPE"},
            b"1|2\n",
            [{"x": "1"}],
        ),
        ({"InputType": "JSON", "MaxItems": 1}, b"[1, 2]", [1]),
        ({"InputType": "JSON"}, gzip.compress(b"[1]", mtime=0), [1]),
    ],
)
def test_items_are_read_from_an_object(config: dict[str, Any], body: bytes, items: list[Any]) -> None:
    """MapStateStarted says 0 then: how many there are is not known yet."""
    execution = _read(config, body)
    assert execution.output == items
    started = next(e for e in execution.events() if e.type == "MapStateStarted")
    assert started.details == {"length": 0}


@pytest.mark.parametrize(
    ("config", "body", "cause"),
    [
        ({"InputType": "JSON"}, b'"text"', "Attempting to map over non-iterable node."),
        (
            {"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW"},
            b"x,x\n1,2\n",
            "CSV headers cannot contain duplicates.",
        ),
        ({"InputType": "JSON", "MaxItems": -1}, b"[1]", "field MaxItems must be positive"),
    ],
)
def test_items_that_cannot_be_read_fail_the_map_run(config: dict[str, Any], body: bytes, cause: str) -> None:
    """States.ItemReaderFailed."""
    execution = _read(config, body)
    assert (execution.error, execution.cause) == ("States.ItemReaderFailed", cause)
    assert types(execution)[-3:] == ["MapRunFailed", "MapStateFailed", "ExecutionFailed"]


def test_a_missing_object_fails_the_map_run() -> None:
    """With the store's words."""
    engine = engine_of(store=Bucket())
    reader = {"Resource": "arn:aws:states:::s3:getObject", "Arguments": {"Bucket": "b", "Key": "gone"}}
    execution = run(_distributed(ItemReader=reader), engine=engine)
    assert execution.cause == "The specified key does not exist: gone"


def test_a_listing_is_a_list_of_objects() -> None:
    """listObjectsV2 with its prefix."""
    reader = {"Resource": "arn:aws:states:::s3:listObjectsV2", "Arguments": {"Bucket": "b", "Prefix": "in_"}}
    engine = engine_of(store=Bucket(in_1=b"x", out=b"y"))
    assert run(_distributed(ItemReader=reader), engine=engine).output == [{"Key": "in_1", "Size": 1}]


@given(st.integers(1, 7), st.integers(0, 30))
@settings(max_examples=20, deadline=None)
def test_batches_hold_all_items_in_order_and_no_more_than_they_may(size: int, count: int) -> None:
    """Items, and BatchInput beside them."""
    batcher = {"MaxItemsPerBatch": size, "BatchInput": {"k": "{% $states.input.k %}"}}
    items = list(range(count))
    execution = run(_distributed(Items="{% $states.input.xs %}", ItemBatcher=batcher), {"k": 1, "xs": items})
    assert [item for batch in execution.output for item in batch["Items"]] == items
    assert all(0 < len(batch["Items"]) <= size for batch in execution.output)
    assert all(batch["BatchInput"] == {"k": 1} for batch in execution.output)


def test_batches_respect_their_bytes() -> None:
    """MaxInputBytesPerBatch counts the whole input of the child."""
    batcher = {"MaxInputBytesPerBatch": 60}
    items = ["x" * 20] * 5
    batches = run(_distributed(Items=items, ItemBatcher=batcher)).output
    assert [len(batch["Items"]) for batch in batches] == [2, 2, 1]
    assert all(len(json.dumps(batch, separators=(",", ":"))) <= 60 for batch in batches)


def test_a_result_writer_writes_one_file_a_status_and_a_manifest() -> None:
    """The state's result says where."""
    writer = {"Resource": "arn:aws:states:::s3:putObject", "Arguments": {"Bucket": "b", "Prefix": "out"}}
    store = Bucket()
    engine = engine_of(Functions(T=_odd_ones_fail), store=store)
    definition = _distributed(FLAKY, Items=[1, 2], ResultWriter=writer, ToleratedFailureCount=5)
    execution = run(definition, engine=engine)
    details = execution.output["ResultWriterDetails"]
    manifest = json.loads(store.objects[details["Key"]])
    (succeeded,) = manifest["ResultFiles"]["SUCCEEDED"]
    (failed,) = manifest["ResultFiles"]["FAILED"]
    (record,) = json.loads(store.objects[succeeded["Key"]])
    assert (record["Input"], record["Output"], record["Status"]) == ("2", "2", "SUCCEEDED")
    (record,) = json.loads(store.objects[failed["Key"]])
    assert (record["Error"], record["RedriveStatus"]) == ("Odd", "REDRIVABLE_BY_MAP_RUN")


@pytest.mark.parametrize(("transformation", "expected"), [("COMPACT", [[1], [2]]), ("FLATTEN", [1, 2])])
def test_a_writer_config_alone_shapes_the_result(transformation: str, expected: Any) -> None:
    """Without a Resource nothing is written."""
    writer = {"WriterConfig": {"Transformation": transformation, "OutputType": "JSON"}}
    execution = run(_distributed(Items=[[1], [2]], ResultWriter=writer))
    assert execution.output == expected


def test_a_map_run_starts_no_more_children_than_it_may() -> None:
    """MaxConcurrency holds for children too."""
    wait = {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 1, "End": True}}}
    assert lasted(run(_distributed(wait, Items="{% [1..10] %}", MaxConcurrency=4))) == 3
