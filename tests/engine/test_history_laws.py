"""Laws that every history obeys, whatever the machine: checked on machines made at random."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ladle.engine import Execution, TaskSucceeded
from tests.engine.engine_harness import Fail, Functions, engine_of, machine, run, task


@st.composite
def blocks(draw: st.DrawFn, depth: int = 2, names: Any = None) -> dict[str, Any]:
    """A block of one to three states in a row, some of them blocks themselves."""
    names = names if names is not None else iter(range(10_000))
    kinds = ["Pass", "Task", "Wait", "Fail"] + (["Parallel", "Map", "Distributed"] if depth else [])
    states: dict[str, Any] = {}
    count = draw(st.integers(1, 3))
    labels = [f"S{next(names)}" for _ in range(count)]
    for position, label in enumerate(labels):
        kind = draw(st.sampled_from(kinds))
        if kind == "Task":
            state = task(Arguments=draw(st.sampled_from(["ok", "bad", "slow"])))
        elif kind == "Wait":
            state = {"Type": "Wait", "Seconds": draw(st.integers(0, 5))}
        elif kind == "Parallel":
            branches = [draw(blocks(depth - 1, names)) for _ in range(draw(st.integers(1, 3)))]
            state = {"Type": "Parallel", "Branches": branches}
        elif kind in ("Map", "Distributed"):
            processor = draw(blocks(depth - 1, names))
            if kind == "Distributed":
                processor["ProcessorConfig"] = {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}
            items = list(range(draw(st.integers(0, 3))))
            state = {"Type": "Map", "Items": items, "ItemProcessor": processor}
            state["MaxConcurrency"] = draw(st.integers(0, 2))
        else:
            state = {"Type": kind}
        if kind == "Fail":
            states[label] = {**state, "Error": "E"}
            continue
        state.pop("End", None)
        if kind in ("Task", "Parallel", "Map", "Distributed"):
            if draw(st.booleans()):
                state["Retry"] = [{"ErrorEquals": ["States.ALL"], "MaxAttempts": 1}]
            if draw(st.booleans()) and position + 1 < count:
                state["Catch"] = [{"ErrorEquals": ["States.ALL"], "Next": labels[position + 1]}]
        states[label] = (
            {**state, "Next": labels[position + 1]} if position + 1 < count else {**state, "End": True}
        )
    return {"StartAt": labels[0], "States": states}


def _work(argument: Any) -> Any:
    if argument == "bad":
        raise Fail("Bad")
    return TaskSucceeded(argument, seconds=3 if argument == "slow" else 0)


def _all(execution: Execution) -> list[Execution]:
    """An execution and the children of its Map Runs."""
    found = [execution]
    for map_run in execution.map_runs:
        for child in map_run.children:
            found += _all(child)
    return found


def _run(block: dict[str, Any], **options: Any) -> Execution:
    states = {"Top": {"Type": "Parallel", "Branches": [block], "End": True}}
    runner = Functions()
    runner.functions = _Everything()
    return run(machine(states), engine=engine_of(runner, **options))


class _Everything(dict[str, Any]):
    """The same function for every state."""

    def __missing__(self, key: str) -> Any:
        return _work


@given(blocks())
@settings(max_examples=150, deadline=None)
def test_every_history_is_whole(block: dict[str, Any]) -> None:
    """Ids count up, each event follows an earlier one, time never goes back, the last event ends the run."""
    execution = _run(block)
    for one in _all(execution):
        events = one.events()
        assert [e.id for e in events] == list(range(1, len(events) + 1))
        assert all(e.previous_id < e.id for e in events)
        assert all(a.ms <= b.ms for a, b in pairwise(events))
        ends = [e for e in events if e.type in ("ExecutionSucceeded", "ExecutionFailed", "ExecutionAborted")]
        assert [e.id for e in ends] == [len(events)]
        assert one.status == ends[0].type.removeprefix("Execution").upper()
    assert execution.engine.in_flight == 0
    assert execution.engine.running == 0
    assert not execution.waiting_for


@given(blocks())
@settings(max_examples=100, deadline=None)
def test_what_is_entered_is_left_or_cut_and_nothing_else_is(block: dict[str, Any]) -> None:
    """No state is left more often than it was entered; in a run that succeeds, every Pass was left."""
    for one in _all(_run(block)):
        kinds: dict[tuple[str, str], Counter[str]] = {}
        for event in one.events():
            for kind in ("Entered", "Exited", "Aborted"):
                if event.type.endswith("State" + kind):
                    name = str(event.state)
                    kinds.setdefault((name, event.type[: -len("State" + kind)]), Counter())[kind] += 1
        for (_, state_type), count in kinds.items():
            assert count["Exited"] + count["Aborted"] <= count["Entered"]
            if one.status == "SUCCEEDED" and state_type == "Pass":
                assert count["Exited"] == count["Entered"]


@given(blocks(), st.integers(0, 3))
@settings(max_examples=60, deadline=None)
def test_a_run_is_the_same_for_the_same_seed(block: dict[str, Any], seed: int) -> None:
    """To the last detail of its history."""
    assert _run(block, seed=seed).history() == _run(block, seed=seed).history()


@given(blocks())
@settings(max_examples=60, deadline=None)
def test_a_listener_hears_what_the_history_says(block: dict[str, Any]) -> None:
    """Every event, once, in order, for children too."""
    heard: dict[str, list[Any]] = {}
    execution = _run(block, listener=lambda one, event: heard.setdefault(one.arn, []).append(event.as_dict()))
    for one in _all(execution):
        assert heard[one.arn] == one.history()


@given(blocks())
@settings(max_examples=60, deadline=None)
def test_a_failed_run_can_be_redriven_and_ends_again(block: dict[str, Any]) -> None:
    """With the same tasks it fails again, and its history has only grown."""
    execution = _run(block)
    if execution.status != "FAILED":
        return
    before = execution.history()
    execution.redrive()
    execution.engine.run(execution)
    after = execution.history()
    assert after[: len(before)] == before
    assert after[len(before)]["type"] == "ExecutionRedriven"
    assert execution.status in ("FAILED", "SUCCEEDED")
    assert execution.engine.running == 0
