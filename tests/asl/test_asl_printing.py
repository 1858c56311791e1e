"""The printed form: complete, stable, and readable."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ladle.asl.printing import WIDTH, print_definition

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(
    st.dictionaries(
        st.sampled_from(["Type", "Comment", "Next", "Retry", "Branches", "ItemProcessor", "Output", "X"]),
        JSON,
    ),
    st.dictionaries(st.sampled_from(["StartAt", "Comment", "Version", "Odd"]), JSON),
)
def test_printing_loses_nothing(state: dict[str, object], machine: dict[str, object]) -> None:
    """Decoding what was printed gives the definition back, also for definitions that make no sense."""
    definition = {**machine, "States": {"A": state, "B": {**state, "Type": "Map"}}}
    assert json.loads(print_definition(definition)) == definition


@given(st.permutations(["Type", "Comment", "Resource", "Arguments", "Retry", "Next"]))
def test_the_order_of_building_does_not_show(order: list[str]) -> None:
    """Fields stand in the language's order, whatever order they were put in."""
    state = {
        "Type": "Task",
        "Comment": "c",
        "Resource": "r",
        "Arguments": {"z": 1, "a": 2},
        "Retry": [{"ErrorEquals": ["E"], "MaxAttempts": 1}],
        "Next": "B",
    }
    shuffled = {name: state[name] for name in order}
    assert print_definition({"States": {"A": shuffled}}) == print_definition({"States": {"A": state}})


def test_a_machine_reads_from_the_top() -> None:
    """Comment first, states broken into lines, Type first and Next last, short payloads on one line."""
    definition = {
        "States": {
            "load": {
                "Next": "end",
                "Retry": [{"MaxAttempts": 2, "ErrorEquals": ["E"]}],
                "Arguments": {"b": [1, 2], "a": "ü"},
                "Type": "Task",
                "Resource": "arn:aws:states:::lambda:invoke",
            },
            "end": {"Type": "Succeed"},
        },
        "StartAt": "load",
        "Comment": "One day",
    }
    assert print_definition(definition) == (
        "{\n"
        '  "Comment": "One day",\n'
        '  "StartAt": "load",\n'
        '  "States": {\n'
        '    "load": {\n'
        '      "Type": "Task",\n'
        '      "Resource": "arn:aws:states:::lambda:invoke",\n'
        '      "Arguments": {"b": [1, 2], "a": "ü"},\n'
        '      "Retry": [{"ErrorEquals": ["E"], "MaxAttempts": 2}],\n'
        '      "Next": "end"\n'
        "    },\n"
        '    "end": {\n'
        '      "Type": "Succeed"\n'
        "    }\n"
        "  }\n"
        "}\n"
    )


@given(st.lists(st.text(alphabet="abc ", max_size=30), max_size=20))
def test_lines_fit_where_they_can(texts: list[str]) -> None:
    """No line is longer than the width unless a single text is."""
    printed = print_definition({"States": {"A": {"Type": "Pass", "Output": {"texts": texts, "more": texts}}}})
    assert all(len(line) <= WIDTH for line in printed.splitlines())


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_what_json_cannot_say_is_refused(number: float) -> None:
    """A number that is not finite raises."""
    with pytest.raises(ValueError):
        print_definition({"States": {"A": {"Type": "Pass", "Output": number}}})
