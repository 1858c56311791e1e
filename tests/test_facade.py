"""The names that authors import are few, and frozen."""

from __future__ import annotations

import pytest

import ladle
import ladle.declare
import ladle.runtime
import ladle.testing
import ladle.wire

NAMES = [
    "At",
    "Cron",
    "Failed",
    "Parameter",
    "Pool",
    "Rate",
    "Retry",
    "S3Object",
    "S3Upload",
    "Secret",
    "TaskToken",
    "Written",
    "activity",
    "after",
    "at_once",
    "attempt",
    "aws",
    "each",
    "http",
    "in_order",
    "inline",
    "now",
    "retry",
    "run",
    "s3",
    "sleep",
    "sleep_until",
    "split",
    "task",
    "workflow",
]


def test_the_facade_offers_these_names() -> None:
    """A name more is a promise more; a name less breaks somebody's pipeline."""
    assert sorted(ladle.__all__) == sorted(NAMES)


def test_every_offered_name_is_there_and_explained() -> None:
    """Each has a docstring of its own."""
    for module in (ladle, ladle.declare, ladle.runtime, ladle.testing, ladle.wire):
        for name in module.__all__:
            assert getattr(module, name) is not None
    for name in NAMES:
        assert type(getattr(ladle, name)).__doc__ or getattr(ladle, name).__doc__


def test_a_name_that_is_not_offered_is_no_attribute() -> None:
    """Loading names late does not make up any."""
    for module in (ladle, ladle.declare):
        with pytest.raises(AttributeError, match="has no attribute 'tusk'"):
            module.tusk  # noqa: B018
        assert set(module.__all__) <= set(dir(module))


def test_the_runtime_offers_these_names() -> None:
    """What code in a Lambda function may use."""
    assert sorted(ladle.runtime.__all__) == [
        "Envelope",
        "TaskFailure",
        "current_envelope",
        "handler",
        "invoke",
        "logger",
        "metrics",
        "task_of",
    ]
