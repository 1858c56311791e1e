"""Tasks and workflows as objects: names, signatures, defaults, and calls outside of a run."""

from __future__ import annotations

import copy
import inspect
import pickle
from datetime import UTC, datetime

import pytest

import ladle
from ladle import (
    At,
    Cron,
    Rate,
    Retry,
    S3Upload,
    TaskToken,
    each,
    in_order,
    retry,
    sleep,
    task,
    workflow,
)
from ladle.declare import Task, Workflow
from ladle.errors import LadleError


class Busy(Exception):
    pass


@task(retry=[Retry(on=Busy), Retry()], timeout=30, memory=1024, expect=2.5, step=True, allow=[{"a": 1}])
def load(bucket: str, key: str = "all") -> list[int]:
    """Load it."""
    return [len(bucket), len(key)]


@task
def ask(token: TaskToken[bool], question: str) -> None:
    """Ask somebody."""


@workflow(on=S3Upload("landing"), alerts="ops", timeout=60)
def flow(bucket: str) -> list[int]:
    return load(bucket)


def test_a_task_keeps_what_it_was_declared_with() -> None:
    """Its options, the function's name, module and docstring."""
    assert isinstance(load, Task)
    assert (load.name, load.module, load.__doc__) == ("load", __name__, "Load it.")
    assert (load.timeout, load.memory, load.expect, load.step) == (30, 1024, 2.5, True)
    assert [policy.on for policy in load.retry] == [(Busy,), ()]
    assert load.parameters == {"bucket": str, "key": str}
    assert load.result == list[int]
    assert str(inspect.signature(load.function)) == "(bucket: 'str', key: 'str' = 'all') -> 'list[int]'"
    assert not load.takes_token


def test_a_task_token_hides_itself() -> None:
    """Callers see the other parameters, and the answer as the result."""
    assert ask.takes_token
    assert list(ask.signature.parameters) == ["question"]
    assert ask.parameters == {"question": str}
    assert ask.result is bool


def test_a_workflow_keeps_what_it_was_declared_with() -> None:
    """Its triggers as a tuple, its alerts, timeout and type."""
    assert isinstance(flow, Workflow)
    assert (flow.triggers, flow.alerts, flow.timeout, flow.type) == (
        (S3Upload("landing"),),
        "ops",
        60,
        "STANDARD",
    )
    assert flow.deadline is None
    assert workflow(on=Cron("0 6 * * ? *"), alerts="ops", deadline="07:00")(flow.function).deadline == "07:00"
    assert workflow(on=[Rate("1 day"), At("2026-12-24T18:00:00")])(flow.function).triggers == (
        Rate("1 day"),
        At("2026-12-24T18:00:00"),
    )


def test_declared_objects_are_pickled_and_copied_by_reference() -> None:
    """As functions are, so that worker processes find them."""
    assert pickle.loads(pickle.dumps(load)) is load
    assert copy.deepcopy(flow) is flow


def test_a_task_called_outside_of_a_run_is_its_function() -> None:
    """No wire, no retries: a unit test of a task is a test of a function."""
    assert load("abc") == [3, 3]
    assert load("abc", key="x") == [3, 1]


def test_schedules_are_written_as_aws_writes_them() -> None:
    """With the word around the expression."""
    schedules = [Cron("0 6 * * ? *"), Rate("5 minutes"), At("2026-12-24T18:00:00")]
    assert [schedule.aws for schedule in schedules] == [
        "cron(0 6 * * ? *)",
        "rate(5 minutes)",
        "at(2026-12-24T18:00:00)",
    ]


def test_a_retry_waits_longer_and_longer() -> None:
    """Exponentially, up to `max_delay`, and never beyond the platform's limit."""
    policy = Retry(interval=2, backoff=3, max_delay=10)
    assert [policy.delay(n) for n in range(4)] == [2.0, 6.0, 10.0, 10.0]
    assert Retry(backoff=1e300).delay(9) == 31_622_399.0


def test_a_retry_is_for_its_classes_and_their_subclasses() -> None:
    """Without any it is for every error."""
    assert Retry(on=ConnectionError).takes(ConnectionResetError())
    assert not Retry(on=ConnectionError).takes(ValueError())
    assert Retry().takes(ValueError())
    assert Retry(on=[Busy]) == Retry(on=(Busy,)) != Retry()


@pytest.mark.parametrize(
    "use",
    [
        lambda: sleep(1),
        lambda: ladle.sleep_until(datetime.now(UTC)),
        lambda: ladle.now(),
        lambda: ladle.run.id,
        lambda: ladle.run.scheduled_for,
        lambda: ladle.attempt(load, "x"),
        lambda: retry(attempts=1)(len)("x"),
    ],
)
def test_verbs_of_a_workflow_belong_in_a_run(use: object) -> None:
    """Outside of one they say so, and what to do."""
    with pytest.raises(LadleError, match="outside of a run"):
        use()  # type: ignore[operator]


def test_order_and_each_mean_nothing_by_themselves() -> None:
    """They can stand in a helper that is called anywhere."""
    with in_order(), ladle.at_once(), ladle.after(1, 2):
        assert list(each([1, 2], concurrency=3)) == [1, 2]


@pytest.mark.parametrize("number", [0, -1, True, 1.5])
def test_each_wants_a_whole_number(number: int) -> None:
    """At least one iteration must be allowed."""
    with pytest.raises(LadleError, match="write a whole number of at least 1"):
        each([1], concurrency=number)


def test_a_token_gives_its_text() -> None:
    """For messages, URLs and tables."""
    token = TaskToken[int]("abc")
    assert str(token) == token.token == "abc"
