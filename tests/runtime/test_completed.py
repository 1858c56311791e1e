"""Idempotent tasks: at most one completed execution of each call."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest
from hypothesis import given
from hypothesis import strategies as some
from moto import mock_aws

from ladle import Pool, task
from ladle.runtime import Envelope, TaskFailure, aws, completed, invoke
from ladle.runtime.kept import Contended, DynamoTable, changed
from ladle.runtime.pooling import take
from tests.runtime.kept import MemoryKept

RUN = "arn:aws:states:eu-central-1:123456789012:execution:orders:r1"
CALL = {"run": RUN, "root": RUN, "step": "charge", "entered": "2013-01-01T00:00:00.000Z", "retry": 0}
CHARGED: list[int] = []


class Declined(Exception):
    pass


@task(idempotent=True)
def charge(order: int) -> dict[str, int]:
    """Charges once."""
    CHARGED.append(order)
    if order < 0:
        raise Declined
    return {"order": order, "charges": len(CHARGED)}


@task(idempotent=True, pool=Pool("till", 1))
def pooled(order: int) -> int:
    CHARGED.append(order)
    return order


@pytest.fixture(autouse=True)
def _nothing_charged() -> None:
    CHARGED.clear()


def called(kept: Any, order: int = 1, **envelope: Any) -> Any:
    return invoke(charge, {"args": {"order": order}, "ladle": {**CALL, **envelope}}, kept=kept)


def test_a_retry_and_a_redrive_get_the_result_that_is_kept() -> None:
    """The task runs once."""
    kept = MemoryKept()
    first = called(kept)
    assert called(kept, retry=2) == called(kept, redrive=1) == first == {"order": 1, "charges": 1}
    assert CHARGED == [1]


@pytest.mark.parametrize(
    "other",
    [
        {"run": RUN + "x"},
        {"step": "charge again"},
        {"entered": "2013-01-01T00:00:00.001Z"},
        {"item": 0},
        {"item": 0, "outer": [1]},
        {"order": 2},
    ],
)
def test_other_calls_are_made(other: dict[str, Any]) -> None:
    """Of another run, step, pass of a loop, item of a Map (within a Map), or with other arguments."""
    kept = MemoryKept()
    called(kept)
    called(kept, **other)
    assert len(CHARGED) == 2


def test_a_failure_is_tried_again() -> None:
    """It has not completed, and it gives its lease back at once."""
    kept = MemoryKept()
    for _ in range(2):
        with pytest.raises(TaskFailure) as caught:
            called(kept, -1)
        assert caught.value.name == "Declined"
    assert CHARGED == [-1, -1]


def test_a_try_that_died_keeps_others_out_until_its_time_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """Until then another try is told to come again."""
    kept = MemoryKept()

    call = f"call/{completed.call_of(_envelope(), {'order': 1})}"
    until = completed.time.time() + 60
    changed(kept, call, 1, lambda _: ({"by": "dead", "until": until}, None))
    with pytest.raises(TaskFailure, match="an earlier try of this call may still be at it") as caught:
        called(kept)
    assert caught.value.name == "CallInProgress"
    now = completed.time.time()
    monkeypatch.setattr(completed.time, "time", lambda: now + 61)
    assert called(kept)["charges"] == 1


def _envelope() -> Envelope:
    return Envelope.of({"ladle": CALL})


def test_a_result_too_large_to_be_kept_is_refused() -> None:
    """With what to do instead, and without a lease left behind."""
    kept = MemoryKept()
    with pytest.raises(completed.LadleError, match="write it to a bucket"):
        completed.once_completed(kept, "c", 60, lambda: "x" * 400_000)
    assert completed.once_completed(kept, "c", 60, lambda: "x") == "x"


def test_a_kept_result_needs_no_place_in_a_pool() -> None:
    """The pool may be full: nothing is made."""
    kept = MemoryKept()
    event = {"args": {"order": 1}, "ladle": CALL}
    assert invoke(pooled, event, kept=kept) == 1
    take(kept, Pool("till", 1), "x", 60)
    assert invoke(pooled, event, kept=kept) == 1
    with pytest.raises(TaskFailure) as caught:
        invoke(pooled, {**event, "args": {"order": 2}}, kept=kept)
    assert caught.value.name == "PoolFull"
    assert CHARGED == [1]


@given(tries=some.lists(some.sampled_from(["fails", "dies", "succeeds"]), max_size=8))
def test_whatever_happens_to_tries_at_most_one_completes(tries: list[str]) -> None:
    """Each try fails, dies holding the lease (which then runs out), or succeeds."""
    kept, made = MemoryKept(), [0]

    def make() -> int:
        made[0] += 1
        return made[0]

    def fail() -> int:
        raise Declined

    for each in tries:
        if each == "succeeds":
            assert completed.once_completed(kept, "c", 60, make) == 1
        elif each == "fails" and not made[0]:
            with pytest.raises(Declined):
                completed.once_completed(kept, "c", 60, fail)
        elif not made[0]:
            changed(kept, "call/c", 1, lambda _: ({"by": "dead", "until": 0}, None))
    assert made[0] == ("succeeds" in tries)


def test_the_table_of_the_stage_refuses_what_was_made_from_an_older_version(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As DynamoDB does it, with conditions; the document expires as it should."""
    monkeypatch.setenv("LADLE_CLAIMS", "claims")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    with mock_aws():
        aws.client.cache_clear()
        boto3.client("dynamodb").create_table(
            TableName="claims",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        table = DynamoTable()
        assert table.read("a") == (None, 0)
        assert table.write("a", {"n": 1}, 0, 60)
        assert not table.write("a", {"n": 2}, 0, 60)
        assert table.write("a", {"n": 2}, 1, 60)
        assert not table.write("a", {"n": 3}, 1, 60)
        assert table.read("a") == ({"n": 2}, 2)
        assert invoke(charge, {"args": {"order": 5}, "ladle": CALL}) == {"order": 5, "charges": 1}
        assert invoke(charge, {"args": {"order": 5}, "ladle": CALL}) == {"order": 5, "charges": 1}
    aws.client.cache_clear()


def test_a_change_that_never_comes_through_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rather than being lost."""

    class Busy(MemoryKept):
        def write(self, *_: Any) -> bool:
            return False

    monkeypatch.setattr(completed.time, "sleep", lambda _: None)
    with pytest.raises(Contended, match="others were there first"):
        changed(Busy(), "a", 1, lambda _: ({}, None))


def test_without_a_table_an_idempotent_task_does_not_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """A deployment that forgot the table must not charge twice."""
    monkeypatch.delenv("LADLE_CLAIMS", raising=False)
    with pytest.raises(TaskFailure) as caught:
        invoke(charge, {"args": {"order": 1}, "ladle": CALL})
    assert "deploy again" in json.loads(str(caught.value))["message"]
    assert CHARGED == []
