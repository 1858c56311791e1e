"""The intrinsic functions, by example and by law."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ladle.engine.jsonpath.intrinsics import INTRINSICS, IntrinsicFailed, compile_call
from ladle.engine.jsonpath.text import InvalidPath
from ladle.engine.scope import Scope


def value_of(text: str, document: Any = None, seed: int = 0) -> Any:
    return compile_call(text)(Scope(document, seed_source=lambda: seed))


@pytest.mark.parametrize(
    ("call", "value"),
    [
        ("States.Format('Hello, {}!', $.name)", "Hello, Ann!"),
        (r"States.Format('\{\} and {} it\'s', $.n)", "{} and 1 it's"),
        ("States.Format('{} {} {}', true, null, 1.5)", "true null 1.5"),
        ("States.Format('{}', $.list)", "[1, 2, 2, b]"),
        ("States.Array()", []),
        ("States.Array(1, 'a', null, $.n)", [1, "a", None, 1]),
        ("States.ArrayPartition($.list, 3)", [[1, 2, 2], ["b"]]),
        ("States.ArrayContains($.list, 'b')", True),
        ("States.ArrayContains($.list, '2')", False),
        ("States.ArrayContains($.mixed, 1)", False),
        ("States.ArrayRange(1, 9, 4)", [1, 5, 9]),
        ("States.ArrayRange(3, 1, -1)", [3, 2, 1]),
        ("States.ArrayGetItem($.list, 3)", "b"),
        ("States.ArrayLength($.list)", 4),
        ("States.ArrayUnique($.list)", [1, 2, "b"]),
        ("States.ArrayUnique($.mixed)", [True, "1", None, False]),
        ("States.Base64Encode('Data to encode')", "RGF0YSB0byBlbmNvZGU="),
        ("States.Base64Decode('RGF0YSB0byBlbmNvZGU=')", "Data to encode"),
        ("States.Hash('input data', 'MD5')", "812f45842bc6d66ee14572ce20db8e86"),
        ("States.JsonMerge($.first, $.second, false)", {"a": {"y": 2}, "b": 1, "c": 3}),
        ("States.StringToJson('[1, \"a\"]')", [1, "a"]),
        ("States.StringToJson(' ')", None),
        ("States.JsonToString($.first)", '{"a":{"x":1},"b":1}'),
        ("States.MathAdd(1.5, 1.51)", 4),
        ("States.MathAdd(-1.5, 0)", -1),
        ("States.StringSplit('This.is+a,test', '.+,')", ["This", "is", "a", "test"]),
        ("States.StringSplit('a,,b', ',')", ["a", "b"]),
        ("States.ArrayGetItem(States.StringSplit($['odd, name'], '-'), 1)", "y"),
    ],
)
def test_examples(call: str, value: Any) -> None:
    """From the documentation and the recordings; types are JSON's (1 is not true)."""
    document = {
        "name": "Ann",
        "n": 1,
        "list": [1, 2, 2, "b"],
        "mixed": [True, "1", None, False, True],
        "first": {"a": {"x": 1}, "b": 1},
        "second": {"a": {"y": 2}, "c": 3},
        "odd, name": "x-y",
    }
    result = value_of(call, document)
    assert json.dumps(result) == json.dumps(value)


@pytest.mark.parametrize(
    "call",
    ["States.Format('{}')", "States.Format('', 1)", "States.Format(1)", "States.ArrayPartition('a', 1)",
     "States.ArrayPartition(States.Array(1), 0)", "States.ArrayRange(1, 2, 0)",
     "States.ArrayRange(1, 9999, 1)",
     "States.ArrayGetItem(States.Array(1), 1)", "States.ArrayGetItem(States.Array(1), -1)",
     "States.Base64Decode('*')", "States.Hash('a', 'CRC')", "States.JsonMerge(1, 2, false)",
     "States.StringToJson('{')", "States.MathRandom(2, 1)", "States.MathAdd('1', 2)",
     "States.ArrayLength(1)"],
)  # fmt: skip
def test_arguments_that_make_no_sense_fail(call: str) -> None:
    """With a reason, never with a value."""
    with pytest.raises(IntrinsicFailed, match="Invalid argument"):
        value_of(call)


@pytest.mark.parametrize(
    "call",
    ["States.UUID(1)", "States.Format()", "States.Hash('a')", "States.Nope()", "States.Format('a)",
     "States.Format",
     "States.Format('a'", "States.Format('a') b", "States.Format('a',)", r"States.Format('\x')",
     "States.Array(" * 11 + ")" * 11],
)  # fmt: skip
def test_what_is_no_call_is_refused(call: str) -> None:
    """Wrong counts, unknown names, open strings, eleven calls inside each other."""
    with pytest.raises(InvalidPath):
        compile_call(call)


def test_random_values_come_from_the_seed() -> None:
    """The same seed gives the same values; a seed of its own makes MathRandom independent of it."""
    assert value_of("States.UUID()", seed=1) == value_of("States.UUID()", seed=1) != value_of("States.UUID()")
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", value_of("States.UUID()"))
    assert value_of("States.MathRandom(1, 10, 3)") == value_of("States.MathRandom(1, 10, 3)", seed=9)
    assert {value_of("States.MathRandom(1, 4)", seed=seed) for seed in range(60)} == {1, 2, 3}


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-1000, 1000) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=3),
    max_leaves=8,
)


@given(JSON_VALUES)
def test_text_and_json_are_inverse(value: Any) -> None:
    """StringToJson undoes JsonToString."""
    assert value_of("States.StringToJson(States.JsonToString($.x))", {"x": value}) == value


@given(st.lists(JSON_VALUES, max_size=8), st.integers(1, 5))
def test_partitions_join_to_the_list(values: list[Any], size: int) -> None:
    """No item is lost, none but the last chunk is short, none is empty."""
    chunks = value_of("States.ArrayPartition($.v, $.n)", {"v": values, "n": size})
    assert [item for chunk in chunks for item in chunk] == values
    assert all(len(chunk) == size for chunk in chunks[:-1])
    assert all(chunks)


@given(st.lists(JSON_VALUES, max_size=8))
def test_unique_keeps_what_contains_finds(values: list[Any]) -> None:
    """Every item is found among the unique ones, and making unique twice changes nothing."""
    unique = value_of("States.ArrayUnique($.v)", {"v": values})
    assert value_of("States.ArrayUnique($.v)", {"v": unique}) == unique
    assert all(value_of("States.ArrayContains($.u, $.x)", {"u": unique, "x": item}) for item in values)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_base64_is_inverse(text: str) -> None:
    """Base64Decode undoes Base64Encode."""
    assert value_of("States.Base64Decode(States.Base64Encode($.t))", {"t": text}) == text


def test_all_documented_functions_are_there() -> None:
    """The eighteen of the developer guide."""
    assert len(INTRINSICS) == 18
