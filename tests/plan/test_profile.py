"""Durations that were measured: a file beside the workflow, and weights of what runs when."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ladle.compiler import compile_workflow
from ladle.compiler.profile import measured, profile_file, profile_text
from ladle.declare import Workflow
from ladle.errors import LadleError

SOURCE = """from ladle import task, workflow


@task
def a() -> int: ...


@task
def b() -> int: ...


@task(expect=5)
def c(x: int, y: int) -> int: ...


@task
def d(y: int) -> int: ...


@workflow
def main() -> list[int]:
    first = a()
    second = b()
    third = c(first, second)
    fourth = d(second)
    return [third, fourth]
"""


@pytest.fixture
def main(tmp_path: Path) -> Iterator[Workflow[..., Any]]:
    file = tmp_path / "profiled.py"
    file.write_text(SOURCE)
    spec = importlib.util.spec_from_file_location("profiled", file)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules["profiled"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    yield module.main
    del sys.modules["profiled"]


def test_without_a_file_a_call_takes_a_second(main: Workflow[..., Any]) -> None:
    assert measured(main) == {}
    assert compile_workflow(main).schedule.least == 6


def test_durations_decide_where_none_is_declared(main: Workflow[..., Any]) -> None:
    """`d` takes long: it does not wait for `a`, so `a` waits for `b`, which is short."""
    profile_file(main).write_text(profile_text({"a": 4, "b": 1, "c": 99, "d": 8}))
    schedule = compile_workflow(main).schedule
    starts = {step.label: step.start for step in schedule.steps}
    assert (schedule.least, starts["d"], starts["c"]) == (9, 1, 5)


def test_a_file_has_two_digits_and_is_the_same_every_time() -> None:
    text = profile_text({"b": 1.2345, "a": 0.41237, "c": 123.4, "d": 0.0})
    assert (
        text == '{\n  "seconds": {\n    "a": 0.41,\n    "b": 1.2,\n    "c": 120.0,\n    "d": 0.001\n  }\n}\n'
    )


@pytest.mark.parametrize(
    "text", ["[", "[]", "{}", '{"seconds": 1}', '{"seconds": {"a": "1"}}', '{"seconds": {"a": 0}}']
)
def test_a_file_that_says_something_else_is_refused(main: Workflow[..., Any], text: str) -> None:
    profile_file(main).write_text(text)
    with pytest.raises(LadleError, match="ladle compile --profile"):
        compile_workflow(main)
