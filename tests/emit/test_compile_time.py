"""Compiling takes no longer than the language promises; `docs/transitions.md` has the times."""

from __future__ import annotations

import gc

import pytest

from benchmarks.compile_time import SHAPES, compiled


@pytest.mark.parametrize("shape", SHAPES)
def test_five_hundred_calls_compile_in_less_than_two_seconds(shape: str) -> None:
    """Of CPU; they take less than half a second where the figures of the page were measured."""
    assert compiled(shape, 500)[1] < 2


def test_compiling_leaves_the_garbage_collector_as_it_was() -> None:
    """Its thresholds belong to the process, not to the compiler."""
    before = gc.get_threshold()
    compiled("chain", 10)
    assert gc.get_threshold() == before
