"""`plain_run`: what a test of a workflow gets to see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ladle import Retry, each, task, workflow
from ladle.errors import LadleError
from ladle.testing import CallRecord, plain_run
from ladle.wire import WireError


@dataclass
class Day:
    date: date
    carriers: list[str]


class Late(Exception):
    pass


@task
def load(key: str, limit: int = 10) -> Day:
    raise Late(f"{key} is for the cloud, {limit}")


@task(retry=Retry(on=Late, attempts=3, interval=2, backoff=2.5, max_delay=9))
def count(day: Day, carrier: str) -> int:
    return len(carrier) + len(day.carriers)


@workflow
def totals(key: str, factor: int = 1) -> dict[str, int]:
    day = load(key)
    return {carrier: factor * count(day, carrier) for carrier in each(day.carriers)}


DAY = Day(date(2013, 1, 1), ["AA", "B6"])


def test_arguments_come_by_position_by_name_or_as_json() -> None:
    """Each the same run; the input is kept as JSON with defaults."""
    fakes = {load: lambda **_: DAY}
    runs = [
        plain_run(totals, ["k"], fakes=fakes),
        plain_run(totals, {"key": "k"}, fakes=fakes),
        plain_run(totals, input={"key": "k", "ladle": {"root": "arn"}}, fakes=fakes),
    ]
    for finished in runs:
        assert finished.input == {"key": "k", "factor": 1}
        assert finished.result == finished.output == {"AA": 4, "B6": 4}


def test_a_fake_stands_for_a_task_and_meets_its_types() -> None:
    """It gets decoded arguments, defaults included, and its result passes the door."""
    seen: list[dict[str, Any]] = []

    def fake(**arguments: Any) -> Day:
        seen.append(arguments)
        return DAY

    assert plain_run(totals, ["k"], fakes={"load": fake}).error is None
    assert seen == [{"key": "k", "limit": 10}]
    wrong = plain_run(totals, ["k"], fakes={load: lambda **_: "day"})
    assert isinstance(wrong.error, WireError)
    with pytest.raises(WireError, match=r"load\(\): expected Day, got str \('day'\)"):
        _ = wrong.result


def test_a_failure_is_part_of_what_happened() -> None:
    """With the calls up to it."""
    finished = plain_run(totals, ["k"])
    assert isinstance(finished.error, Late)
    assert finished.output is None
    assert finished.calls == (
        CallRecord("load", {"key": "k", "limit": 10}, None, finished.error, 0, 0.0, "totals-1"),
    )
    assert str(finished.calls[0]) == "load(key='k', limit=10) raised Late('k is for the cloud, 10')"


def test_input_of_the_wrong_type_never_begins_a_run() -> None:
    """It is the caller's mistake, and raised."""
    for arguments in (["k", "two"], [5], {"factor": 2}):
        with pytest.raises(LadleError):
            plain_run(totals, arguments)


@given(st.integers(0, 6), st.integers(0, 6))
def test_retries_wait_what_they_declare(first: int, second: int) -> None:
    """A call is tried once more than it fails, up to a limit; the clock shows the sum of the waits."""
    left = {"AA": first, "B6": second}

    def flaky(carrier: str, **_: Any) -> int:
        left[carrier] -= 1
        if left[carrier] >= 0:
            raise Late(carrier)
        return 1

    finished = plain_run(totals, ["k"], fakes={load: lambda **_: DAY, count: flaky})
    waits = [2, 5, 9]
    expected = sum(waits[: min(first, 3)])
    if first <= 3:
        expected += sum(waits[: min(second, 3)])
    assert finished.seconds == expected
    assert (finished.error is None) == (first <= 3 and second <= 3)
    tries = [call for call in finished.calls_of(count) if call.arguments["carrier"] == "AA"]
    assert [call.retry for call in tries] == list(range(min(first, 3) + 1))
