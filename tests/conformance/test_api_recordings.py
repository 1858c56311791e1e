"""Requests recorded on AWS get the same answers from boto3 here: TestState and validation.

CONFORMANCE_CASES names the recordings' folder. What differs is listed in `known_differences.json`: a case may
leave that list, never join it unseen.
"""

from __future__ import annotations

import os
from typing import Any

import pytest
from agreement import cases
from api_agreement import agree_on_answer, api_case
from known import known_differences

HERE = bool(os.environ.get("CONFORMANCE_CASES"))
CASES = [pytest.param(case, id=case["id"]) for case in cases(("validation", "test_state"))] if HERE else []


@pytest.mark.skipif(not HERE, reason="CONFORMANCE_CASES names no folder of recordings")
@pytest.mark.parametrize("case", CASES)
def test_a_request_is_answered_as_on_aws(case: dict[str, Any]) -> None:
    """Taken or refused, with what result, under which code, in which words."""
    result = api_case(case)
    known = known_differences().get(case["id"])
    if known is None:
        assert result.full, result.difference
    else:
        assert not result.full, "agrees by now: take it off known_differences.json"


@pytest.mark.skipif(not HERE, reason="CONFORMANCE_CASES names no folder of recordings")
def test_every_known_difference_is_of_a_recording() -> None:
    """A case that is no longer recorded leaves the list."""
    kinds = ("execution", "sync_execution", "express_async", "validation", "test_state")
    assert known_differences().keys() <= {case["id"] for case in cases(kinds)}


REFUSED = {"valid": False, "error_code": "InvalidName", "error_message": "Invalid Name: 'a b'"}


@pytest.mark.parametrize(
    ("actual", "reached"),
    [
        ({"valid": True}, (False, False, False)),
        (REFUSED | {"error_code": "InvalidArn"}, (True, False, False)),
        (REFUSED | {"error_message": "no"}, (True, True, False)),
        (REFUSED, (True, True, True)),
    ],
)
def test_refusals_are_compared_step_by_step(actual: dict[str, Any], reached: tuple[bool, ...]) -> None:
    """Whether, under which code, in which words."""
    result = agree_on_answer({"kind": "validation", "expected": REFUSED}, actual)
    assert (result.status, result.output, result.full) == reached


ANSWER = {"status": "SUCCEEDED", "output": 1, "error": None, "cause": None, "nextState": None}


@pytest.mark.parametrize(
    ("actual", "reached"),
    [
        (ANSWER | {"status": "FAILED"}, (False, False, False)),
        (ANSWER | {"error_code": "ValidationException"}, (False, False, False)),
        (ANSWER | {"output": 2}, (True, False, False)),
        (ANSWER | {"inspectionData": {}}, (True, True, False)),
        (ANSWER, (True, True, True)),
    ],
)
def test_tested_states_are_compared_step_by_step(actual: dict[str, Any], reached: tuple[bool, ...]) -> None:
    """Status, output, everything."""
    expected = {**ANSWER, "raises": False, "response": {}}
    result = agree_on_answer({"kind": "test_state", "expected": expected}, actual)
    assert (result.status, result.output, result.full) == reached
