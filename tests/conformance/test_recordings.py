"""Every execution recorded on AWS runs here as it ran there. CONFORMANCE_CASES names the recordings' folder.

A case may leave `known_differences.json`, never join it unseen: one that agrees must be taken off the list.
"""

from __future__ import annotations

import os
from typing import Any

import pytest
from agreement import Different, agree, cases, compare
from known import known_differences

HERE = bool(os.environ.get("CONFORMANCE_CASES"))
no_cases = pytest.mark.skipif(not HERE, reason="CONFORMANCE_CASES names no folder of recordings")


def _parameters(*kinds: str) -> list[Any]:
    return [pytest.param(case, id=case["id"]) for case in cases(kinds)] if HERE else []


@no_cases
@pytest.mark.parametrize("case", _parameters("execution", "sync_execution", "express_async"))
def test_an_execution_is_what_it_was_on_aws(case: dict[str, Any]) -> None:
    """Status, output or error and cause, and every event of the history."""
    import adapter

    result = agree(case, adapter.run(case))
    known = known_differences().get(case["id"])
    if known is None:
        assert result.full, result.difference
    else:
        assert not result.full, "agrees by now: take it off known_differences.json"


@no_cases
@pytest.mark.parametrize("case", _parameters("test_state"))
def test_a_state_tested_alone_is_what_it_was_on_aws(case: dict[str, Any]) -> None:
    """TestState's answer with its inspection data, or its refusal."""
    import adapter

    expected = case["expected"]
    actual = adapter.test_state(case)
    wild = frozenset(case.get("wildcards") or ())
    if expected["raises"]:
        if "exceeds the maximum value" in expected["error_message"]:
            pytest.skip("the service's limit has grown since the recording")
        assert (actual["error_code"], actual["error_message"]) == (
            expected["error_code"],
            expected["error_message"],
        )
        return
    for key in ("status", "output", "error", "cause", "nextState"):
        compare(expected[key], actual[key], wild, key)
    compare(expected["response"].get("inspectionData"), actual.get("inspectionData"), wild, "inspectionData")


def _case(expected: dict[str, Any], *needs: str) -> dict[str, Any]:
    return {
        "expected": {"error": None, "cause": None, "output": None, "events": None, **expected},
        "needs": needs,
    }


def _events(*types: str) -> list[dict[str, Any]]:
    return [{"id": n, "previousEventId": n - 1, "type": t} for n, t in enumerate(types, 1)]


@pytest.mark.parametrize(
    ("expected", "actual", "levels"),
    [
        ({"status": "FAILED"}, {"status": "SUCCEEDED"}, (False, False, None, None)),
        (
            {"status": "SUCCEEDED", "output": 1},
            {"status": "SUCCEEDED", "output": 2},
            (True, False, None, None),
        ),
        (
            {"status": "SUCCEEDED", "output": 1},
            {"status": "SUCCEEDED", "output": True},
            (True, False, None, None),
        ),
        (
            {"status": "SUCCEEDED", "events": _events("A", "B")},
            {"status": "SUCCEEDED", "events": _events("A", "C")},
            (True, True, False, False),
        ),
        (
            {"status": "SUCCEEDED", "events": _events("A", "B")},
            {"status": "SUCCEEDED", "events": [*_events("A"), {"id": 2, "previousEventId": 0, "type": "B"}]},
            (True, True, True, False),
        ),
        (
            {"status": "SUCCEEDED", "events": _events("A", "B")},
            {"status": "SUCCEEDED", "events": _events("A", "B")},
            (True, True, True, True),
        ),
        (
            {"status": "FAILED", "error": "E", "cause": "x", "events": _events("A")},
            {"status": "FAILED", "error": "E", "cause": "y", "events": _events("A")},
            (True, True, True, False),
        ),
    ],
)
def test_agreement_is_judged_level_by_level(
    expected: dict[str, Any], actual: dict[str, Any], levels: tuple[bool | None, ...]
) -> None:
    """Each level includes the one before."""
    result = agree(_case(expected), {"output": None, "error": None, "cause": None, "events": None, **actual})
    assert (result.status, result.output, result.types, result.events) == levels
    assert result.full == (levels[-1] is True)


@pytest.mark.parametrize(
    ("expected", "actual", "same"),
    [
        ("<uuid:1>", "anything", True),
        ("run <ArnPart_0idx>:x", "run abc:x", True),
        ("run <ArnPart_0idx>:x", "run abc:y", False),
        ("at date", "at 2024-01-01T00:00:00.123Z", True),
        ({"a": 1}, '{"a": 1}', True),
        ({"a": 1}, {"a": 1, "b": 2}, False),
        ({"a": 1, "SdkHttpMetadata": {}}, {"a": 1}, True),
        ("date", "2024-01-01T00:00:00Z", True),
        ([1, 2], [1], False),
        (1, 1.0, True),
        (1, True, False),
        (None, "", False),
    ],
)
def test_a_placeholder_stands_for_what_differs_from_run_to_run(
    expected: Any, actual: Any, same: bool
) -> None:
    """And for nothing else."""
    try:
        compare(expected, actual, frozenset(), "x")
    except Different:
        assert not same
    else:
        assert same
