"""Map, distributed mode: each item (or batch) is an execution of its own, in a Map Run."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ladle.engine import expressions, fields
from ladle.engine.errors import fail
from ladle.engine.history import failure_details, plain
from ladle.engine.item_reader import ItemReaderFailed, batch_size, read_items
from ladle.engine.limits import too_large
from ladle.engine.result_writer import ResultWriterFailed, build_writer
from ladle.engine.scope import JSON, EvaluationFailed
from ladle.engine.states.base import (
    State,
    evaluation_failed,
    leave,
    over_limit,
    record_entered,
    size_failure,
    too_large_cause,
)
from ladle.engine.states.map_inline import item_shaper, items_of, limit_of
from ladle.engine.states.map_run import MapRun

if TYPE_CHECKING:
    from ladle.engine.machine import Machine
    from ladle.engine.strand import Step, Strand

__all__ = ["build_map_distributed"]

CHILDREN_AT_ONCE = 10_000
THRESHOLD_CAUSE = "The specified tolerated failure threshold was exceeded"


def build_map_distributed(state: State, child_machine: Callable[[Strand, str], Machine]) -> None:
    """Map, distributed. `child_machine(strand, label)` gives the machine that the children run."""
    definition, language = state.definition, state.language
    state.failed_event = "MapStateFailed"
    input_path = None if language == "JSONata" else fields.input_selector(definition)
    read = _reader(definition, language)
    items_in = None if read is not None else items_of(definition, language)
    select = item_shaper(definition, language)
    batch = _batcher(definition, language)
    give = fields.outlet(definition, language)
    write = build_writer(definition, language)
    concurrency = fields.number(definition, "MaxConcurrency", language)
    tolerated_count = fields.number(definition, "ToleratedFailureCount", language)
    tolerated_percentage = fields.number(definition, "ToleratedFailurePercentage", language, whole=False)
    label: str | None = definition.get("Label")

    def enter(s: Strand) -> Step | None:
        if s.history.count > s.history.room:
            return over_limit(s)
        s.retries = None
        s.attempt = 0
        record_entered(s, state)
        return run(s)

    def run(s: Strand) -> Step | None:
        h = s.history
        try:
            at_once = CHILDREN_AT_ONCE
            if concurrency is not None:
                at_once = min(limit_of(concurrency(s)) or CHILDREN_AT_ONCE, CHILDREN_AT_ONCE)
            value = s.input if input_path is None else input_path(s)
            items = [] if items_in is None else items_in(s, value)
            s.emit((plain, s.prev, h.clock.ms, state, "MapStateStarted", {"length": len(items)}))
            h.count = s.prev = h.count + 1
            count = 0 if tolerated_count is None else tolerated_count(s)
            if count < 0:
                raise EvaluationFailed("States.Runtime", "ToleratedFailureCount cannot be negative.")
            percentage = 0 if tolerated_percentage is None else tolerated_percentage(s)
            if not 0 <= percentage <= 100:
                raise EvaluationFailed(
                    "States.Runtime", "ToleratedFailurePercentage must be between 0 and 100."
                )
        except EvaluationFailed as failure:
            return evaluation_failed(s, state, failure)
        name = label or _label(s)
        map_run = MapRun(
            s,
            state,
            child_machine(s, name),
            [],
            label=name,
            concurrency=at_once,
            tolerated_count=count,
            tolerated_percentage=percentage,
            over=over,
        )
        s.execution.map_runs.append(map_run)
        s.execution.engine.map_runs[map_run.arn] = map_run
        s.emit((plain, s.prev, h.clock.ms, state, "MapRunStarted", {"mapRunArn": map_run.arn}))
        h.count = s.prev = h.count + 1
        s.fork = map_run
        try:
            if read is not None:
                items = read(s)
            if select is not None:
                items = _selected(s, select, items)
            map_run.inputs = items if batch is None else batch(s, items)
        except ItemReaderFailed as failure:
            s.fork = None
            return run_failed(s, map_run, "States.ItemReaderFailed", str(failure))
        except EvaluationFailed as failure:
            s.fork = None
            s.item = None
            map_run.status = "FAILED"
            return evaluation_failed(s, state, failure)
        if map_run.inputs:
            map_run.start()
        else:
            map_run.total_items = 0
            map_run.close("SUCCEEDED")
        return None

    def over(s: Strand, map_run: MapRun) -> Step | None:
        if map_run.status != "SUCCEEDED":
            return run_failed(s, map_run, "States.ExceedToleratedFailureThreshold", THRESHOLD_CAUSE)
        try:
            result: JSON = write(s, map_run)
        except ResultWriterFailed as failure:
            return run_failed(s, map_run, "States.ResultWriterFailed", str(failure))
        except EvaluationFailed as failure:
            return evaluation_failed(s, state, failure)
        s.fork = None
        h = s.history
        # Measured on AWS: the state's chain stays at MapRunStarted, past both Succeeded events.
        s.emit((plain, s.prev, h.clock.ms, state, "MapRunSucceeded", None))
        n = h.count = h.count + 1
        s.emit((plain, n, h.clock.ms, state, "MapStateSucceeded", None))
        succeeded = h.count = n + 1
        try:
            output, assigned = (result, None) if give is None else give(s, result)
        except EvaluationFailed as failure:
            s.prev = succeeded
            return evaluation_failed(s, state, failure)
        if output is not s.input and too_large(output):
            s.prev = succeeded
            return size_failure(s, state)
        return leave(s, state, output, assigned)

    def run_failed(s: Strand, map_run: MapRun, error: str, cause: str) -> Step | None:
        map_run.status = "FAILED"
        h = s.history
        s.emit((plain, s.prev, h.clock.ms, state, "MapRunFailed", failure_details(error, cause)))
        h.count = s.prev = h.count + 1
        return fail(s, state, error, cause)

    state.enter = enter
    state.run = run


def _label(s: Strand) -> str:
    """A label for a Map state that has none."""
    return f"{s.execution.engine.random.getrandbits(128):032x}"


def _selected(s: Strand, select: fields.Inlet, items: list[JSON]) -> list[JSON]:
    """Every item through ItemSelector."""
    outer = s.item
    shaped = []
    try:
        for index, item in enumerate(items):
            s.item = (index, item)
            value = select(s)
            if too_large(value):
                assert s.state is not None
                raise EvaluationFailed("States.DataLimitExceeded", too_large_cause(s.state.name), bare=True)
            shaped.append(value)
    finally:
        s.item = outer
    return shaped


def _reader(definition: dict[str, Any], language: str) -> Callable[[Strand], list[JSON]] | None:
    """ItemReader, compiled."""
    reader = definition.get("ItemReader")
    if reader is None:
        return None
    arguments = _template(reader, language, "ItemReader")
    config = reader.get("ReaderConfig", {})
    max_items = fields.number(config, "MaxItems", language)
    resource: str = reader["Resource"]

    def read(s: Strand) -> list[JSON]:
        s.document = s.input
        where = arguments(s)
        settings = dict(config)
        if max_items is not None:
            settings["MaxItems"] = max_items(s)
            if settings["MaxItems"] < 0:
                raise ItemReaderFailed("field MaxItems must be positive")
        return read_items(s.execution.engine.store, resource, where, settings)

    return read


def _template(definition: dict[str, Any], language: str, field: str) -> Callable[[Strand], JSON]:
    """Parameters or Arguments of a reader or writer."""
    if language == "JSONata":
        if "Arguments" in definition:
            return expressions.jsonata_template(definition["Arguments"], f"{field}/Arguments")
    elif "Parameters" in definition:
        return expressions.jsonpath_template(definition["Parameters"], f"{field}/Parameters")
    return lambda _s: {}


def _batcher(definition: dict[str, Any], language: str) -> Callable[[Strand, list[JSON]], list[JSON]] | None:
    """ItemBatcher, compiled: from items to the inputs of children."""
    batcher = definition.get("ItemBatcher")
    if batcher is None:
        return None
    most_items = fields.number(batcher, "MaxItemsPerBatch", language)
    most_bytes = fields.number(batcher, "MaxInputBytesPerBatch", language)
    shared: Callable[[Strand], JSON] | None = None
    if "BatchInput" in batcher:
        if language == "JSONata":
            shared = expressions.jsonata_template(batcher["BatchInput"], "ItemBatcher/BatchInput")
        else:
            shared = expressions.jsonpath_template(batcher["BatchInput"], "BatchInput")

    def batch(s: Strand, items: list[JSON]) -> list[JSON]:
        s.document = s.input
        frame: dict[str, JSON] = {} if shared is None else {"BatchInput": shared(s)}
        count = len(items) if most_items is None else int(most_items(s)) or len(items)
        size = None if most_bytes is None else int(most_bytes(s)) or None
        batches: list[JSON] = []
        current: list[JSON] = []
        frame_size = batch_size({**frame, "Items": []})
        used = frame_size
        for item in items:
            needed = 0 if size is None else batch_size(item) + 1
            if current and (len(current) >= count or (size is not None and used + needed > size)):
                batches.append({**frame, "Items": current})
                current, used = [], frame_size
            current.append(item)
            used += needed
        if current:
            batches.append({**frame, "Items": current})
        return batches

    return batch
