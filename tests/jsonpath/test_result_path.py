"""ResultPath: a result goes into the input, which itself never changes."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ladle.engine.jsonpath import PathTemplateError, compile_result_path
from ladle.engine.scope import EvaluationFailed


@pytest.mark.parametrize(
    ("path", "raw", "output"),
    [
        ("$", {"a": 1}, "R"),
        ("$.r", {"a": 1}, {"a": 1, "r": "R"}),
        ("$.a", {"a": 1}, {"a": "R"}),
        ("$.a.b.c", {}, {"a": {"b": {"c": "R"}}}),
        ("$.a.b", {"a": {"x": 1}}, {"a": {"x": 1, "b": "R"}}),
        ("$.a[1]", {"a": [1, 2]}, {"a": [1, "R"]}),
        ("$['odd name']", {}, {"odd name": "R"}),
    ],
)
def test_where_the_result_goes(path: str, raw: Any, output: Any) -> None:
    """Objects on the way are made; other fields stay."""
    before = copy.deepcopy(raw)
    assert compile_result_path(path)(raw, "R") == output
    assert raw == before


@pytest.mark.parametrize(
    ("path", "raw"), [("$.a", "text"), ("$.a.b", {"a": 1}), ("$.a[3]", {"a": []}), ("$.a", None)]
)
def test_where_it_cannot_go(path: str, raw: Any) -> None:
    """Something else is on the way: the state fails."""
    with pytest.raises(EvaluationFailed) as caught:
        compile_result_path(path)(raw, 1)
    assert caught.value.error == "States.ReferencePathConflict"
    assert caught.value.cause.startswith(f"Unable to apply ReferencePath {path} to input ")


@pytest.mark.parametrize("path", ["$.a[*]", "$..a", "$.a[1:]", "$$.a", "$v", "a"])
def test_only_reference_paths(path: str) -> None:
    """Names and single indexes under `$`."""
    with pytest.raises(PathTemplateError):
        compile_result_path(path)


@given(st.dictionaries(st.text("abc", min_size=1, max_size=1), st.integers()), st.integers())
def test_put_twice_is_put_last(raw: dict[str, int], value: int) -> None:
    """A second result replaces the first, and nothing else."""
    put = compile_result_path("$.a")
    assert put(put(raw, "first"), value) == put(raw, value)
