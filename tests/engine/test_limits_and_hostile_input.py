"""AWS's limits, and input that wants to break the engine: one run fails clearly, and nothing else."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ladle.engine import InvalidDefinition, InvalidInput, NotRedrivable, compile_machine
from ladle.engine.limits import MAX_PAYLOAD_BYTES, not_json, too_large
from tests.engine.engine_harness import Functions, engine_of, machine, run, task, types

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(JSON_VALUES, st.sampled_from([1, 50, 2000, 9000]))
@settings(max_examples=40, deadline=None)
def test_the_size_limit_is_exactly_256_kib_of_utf_8(value: Any, repeat: int) -> None:
    """The quick bound never changes the answer."""
    grown = [value] * repeat
    size = len(json.dumps(grown, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass"))
    assert too_large(grown) == (size > MAX_PAYLOAD_BYTES)


@pytest.mark.parametrize(
    ("letters", "large"), [(MAX_PAYLOAD_BYTES - 2, False), (MAX_PAYLOAD_BYTES - 1, True)]
)
def test_a_text_counts_with_its_quotes(letters: int, large: bool) -> None:
    """The last byte that fits."""
    assert too_large("x" * letters) is large


def test_characters_count_by_their_bytes() -> None:
    """A euro sign is three."""
    assert too_large("€" * (MAX_PAYLOAD_BYTES // 3))
    assert not too_large("€" * (MAX_PAYLOAD_BYTES // 3 - 2))


def test_a_state_whose_output_is_too_large_fails() -> None:
    """States.DataLimitExceeded, with AWS's words."""
    execution = run(machine({"A": {"Type": "Pass", "Output": "{% $pad('', 270000, 'x') %}", "End": True}}))
    assert execution.error == "States.DataLimitExceeded"
    assert execution.cause == (
        "The state/task 'A' returned a result with a size exceeding the maximum number of bytes"
        " service limit."
    )


def test_a_task_whose_result_is_too_large_fails_and_can_be_caught() -> None:
    """The cause names the service for an integration."""
    state = task(
        Resource="arn:aws:states:::lambda:invoke",
        Catch=[{"ErrorEquals": ["States.DataLimitExceeded"], "Next": "C"}],
    )
    definition = machine({"T": state, "C": {"Type": "Pass", "End": True}})
    execution = run(definition, runner=Functions(T=lambda _: "x" * 300_000))
    assert execution.output["Error"] == "States.DataLimitExceeded"
    assert "'lambda'" in execution.output["Cause"]


@pytest.mark.parametrize(
    "value", [{1: 2}, {"a": {1, 2}}, object(), [float("nan")], float("inf"), b"bytes", {"a": [(1, 2)]}]
)
def test_a_task_that_gives_something_that_is_not_json_fails(value: Any) -> None:
    """With Lambda's own error."""
    execution = run(machine({"T": task()}), runner=Functions(T=lambda _: value))
    assert execution.error == "Runtime.MarshalError"
    assert types(execution)[-2:] == ["LambdaFunctionFailed", "ExecutionFailed"]
    assert json.dumps(execution.history(), default=str)


@given(JSON_VALUES)
def test_every_json_value_is_json(value: Any) -> None:
    """Nothing that is JSON is refused."""
    assert not_json(value) is None


def test_a_runner_that_breaks_fails_its_run_and_no_other() -> None:
    """The other executions of the engine go on."""

    def broken(_: Any) -> Any:
        raise RuntimeError("out of order")

    engine = engine_of(Functions(T=broken, U=lambda _: "fine"))
    bad = engine.start(compile_machine(machine({"T": task()}), name="bad"), {})
    good = engine.start(compile_machine(machine({"U": task()}), name="good"), {})
    engine.run()
    assert bad.error == "States.Runtime"
    assert "RuntimeError: out of order" in str(bad.cause)
    assert good.output == "fine"


def _loop() -> dict[str, Any]:
    return machine({"A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Pass", "Next": "A"}})


def test_a_history_ends_at_25_000_events() -> None:
    """The last one is ExecutionFailed."""
    execution = run(_loop())
    assert execution.status == "FAILED"
    assert "maximum number of history events (25000)" in str(execution.cause)
    assert execution.event_count == 25_000
    with pytest.raises(NotRedrivable):
        execution.redrive()


def test_the_limit_can_be_lifted() -> None:
    """`history_limit` is the engine's."""
    execution = run(_loop(), engine=engine_of(history_limit=100_000))
    assert execution.event_count == 100_000


def _nested(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = [value]
    return value


def test_input_that_is_nested_beyond_all_sense_is_refused() -> None:
    """Before anything starts."""
    with pytest.raises(InvalidInput):
        run(machine({"A": {"Type": "Pass", "End": True}}), _nested(100_000))


def test_a_result_that_is_nested_beyond_all_sense_fails_its_run() -> None:
    """And its history can still be read."""
    execution = run(machine({"T": task()}), runner=Functions(T=lambda _: _nested(100_000)))
    assert execution.error == "States.DataLimitExceeded"
    assert len(execution.history()) == execution.event_count


@pytest.mark.parametrize("value", ["x" * 300_000, {"a": float("nan")}, {1: 1}])
def test_input_that_aws_would_not_take_is_refused(value: Any) -> None:
    """Too large, or not JSON."""
    with pytest.raises(InvalidInput):
        run(machine({"A": {"Type": "Pass", "End": True}}), value)


def test_huge_numbers_travel_untouched() -> None:
    """JSON has no bounds."""
    value = {"n": 10**400, "f": 1e308}
    assert run(machine({"A": {"Type": "Pass", "End": True}}), value).output == value


@pytest.mark.parametrize(
    ("definition", "says"),
    [
        ("{", "not JSON"),
        ("[]", "must be a JSON object"),
        ("[" * 100_000, "not JSON"),
        ({"StartAt": "A", "States": {}}, "no States"),
        ({"StartAt": "B", "States": {"A": {"Type": "Succeed"}}}, "'B'"),
        ({"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "Z"}}}, "'Z'"),
        ({"StartAt": "A", "States": {"A": {"Type": "Sleep"}}}, "'Sleep'"),
        ({"StartAt": "A", "States": {"A": {"Type": "Task", "End": True}}}, "'Resource'"),
    ],
)
def test_a_definition_without_meaning_is_refused_with_the_reason(definition: Any, says: str) -> None:
    """When it is compiled, not when it runs."""
    with pytest.raises(InvalidDefinition, match=says):
        compile_machine(definition, name="m")


def test_states_nested_beyond_all_sense_are_refused() -> None:
    """Not a crash of the interpreter."""
    block: dict[str, Any] = {"StartAt": "S", "States": {"S": {"Type": "Succeed"}}}
    for _ in range(2000):
        block = {"StartAt": "S", "States": {"S": {"Type": "Parallel", "Branches": [block], "End": True}}}
    with pytest.raises(InvalidDefinition, match="nested too deeply"):
        compile_machine(block, name="m")


def test_ten_thousand_states_in_a_row() -> None:
    """Compiled and run in one go; the stack does not grow with the chain."""
    states: dict[str, Any] = {f"S{i}": {"Type": "Pass", "Next": f"S{i + 1}"} for i in range(10_000)}
    states["S10000"] = {"Type": "Succeed"}
    assert run(machine(states)).status == "SUCCEEDED"


def test_a_choice_that_matches_nothing_fails() -> None:
    """Measured on AWS: States.Runtime, not States.NoChoiceMatched."""
    definition = machine(
        {
            "C": {"Type": "Choice", "Choices": [{"Condition": "{% false %}", "Next": "S"}]},
            "S": {"Type": "Succeed"},
        }
    )
    execution = run(definition)
    assert execution.error == "States.Runtime"
    assert str(execution.cause).endswith("The state does not point to a next state.")
