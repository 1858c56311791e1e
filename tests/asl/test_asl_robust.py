"""Whatever stands in a definition, the answer is diagnostics, in time, and never an exception."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ladle.asl import TITLES, aws_message, has_errors, print_definition, validate, variable_references

CORPUS = [
    json.loads(path.read_text(encoding="utf-8"))
    for path in sorted((Path(__file__).parent / "corpus").glob("*.asl.json"))
]
WORDS = [
    "Type",
    "Next",
    "Catch",
    "Choices",
    "Task",
    "Map",
    "States.ALL",
    "$.a",
    "{% $x %}",
    "JSONata",
    "A.$",
    "",
]
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 99) | st.floats(-1, 1) | st.sampled_from(WORDS) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=3),
    max_leaves=6,
)


def _places(value: Any, place: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [place]
    if isinstance(value, dict):
        for key, inner in value.items():
            found += _places(inner, (*place, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            found += _places(inner, (*place, index))
    return found


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_damaged_definition_is_judged(data: st.DataObject) -> None:
    """A good definition with values replaced by junk, or fields removed, gives diagnostics with places."""
    definition = copy.deepcopy(data.draw(st.sampled_from(CORPUS)))
    for _ in range(data.draw(st.integers(1, 3))):
        *path, last = data.draw(st.sampled_from([place for place in _places(definition) if place]))
        holder = definition
        for step in path:
            holder = holder[step]
        if data.draw(st.booleans()):
            holder[last] = data.draw(JUNK)
        elif isinstance(holder, dict):
            del holder[last]
        if not definition:
            break
    text = json.dumps(definition, indent=data.draw(st.sampled_from([None, 2])))
    lines = text.splitlines()
    found = validate(text, type=data.draw(st.sampled_from(["STANDARD", "EXPRESS"])))
    for item in found:
        assert item.code in TITLES
        assert item.message
        assert 1 <= item.span.line <= len(lines)
        assert 1 <= item.span.column <= len(lines[item.span.line - 1]) + 1
    assert bool(aws_message(found)) == has_errors(found)
    assert json.loads(print_definition(definition)) == definition
    assert {item.code for item in validate(definition)} == {item.code for item in validate(text)}
    variable_references(definition)


@given(st.text(max_size=60))
def test_any_text_is_judged(text: str) -> None:
    """A text that is no definition has an error."""
    assert has_errors(validate(text))


HOSTILE = {
    "brackets": "[" * 100_000,
    "a long expression": json.dumps(
        {
            "QueryLanguage": "JSONata",
            "StartAt": "A",
            "States": {
                "A": {
                    "Type": "Pass",
                    "Output": "{% " + "(" * 30_000 + "1" + ")" * 30_000 + " %}",
                    "End": True,
                }
            },
        }
    ),
    "nested calls": json.dumps(
        {
            "StartAt": "A",
            "States": {
                "A": {
                    "Type": "Pass",
                    "Parameters": {"x.$": "States.Array(" * 5_000 + ")" * 5_000},
                    "End": True,
                }
            },
        }
    ),
    "nested scopes": '{"StartAt":"A","States":{"A":{"Type":"Parallel","Branches":[' * 5_000,
    "many mistakes": json.dumps({"StartAt": "A", "States": {f"A{i}": {"Type": "X"} for i in range(3_000)}}),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_are_judged(name: str) -> None:
    """Depth, length and number of mistakes cost time in proportion, and no stack."""
    validate(HOSTILE[name])


def test_ten_thousand_states() -> None:
    """A chain of states that each assign and read a variable, near the size limit, is accepted."""
    states: dict[str, Any] = {"s0": {"Type": "Pass", "Assign": {"v0": 0}, "Next": "s1"}}
    for number in range(1, 8_000):
        states[f"s{number}"] = {
            "Type": "Pass",
            "Assign": {f"v{number}": 0},
            "Output": f"{{% $v{number - 1} %}}",
            "Next": f"s{number + 1}",
        }
    states["s8000"] = {"Type": "Succeed"}
    assert validate(json.dumps({"QueryLanguage": "JSONata", "StartAt": "s0", "States": states})) == ()
