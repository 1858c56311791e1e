"""A small project as its author would write it, read by the type checker and never run: see `test_typing`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypedDict, assert_type

import ladle
from ladle import (
    Cron,
    Failed,
    Rate,
    Retry,
    S3Upload,
    TaskToken,
    Written,
    activity,
    after,
    attempt,
    aws,
    each,
    in_order,
    now,
    retry,
    run,
    s3,
    sleep,
    task,
    workflow,
)
from ladle.declare import Each, Task, Workflow
from ladle.testing import PlainRun, plain_run


@dataclass
class Day:
    carriers: list[str]


@task
def load(bucket: str, key: str = "") -> Day:
    return Day([bucket, key])


@task(retry=Retry(on=[ConnectionError]), timeout=5)
def delays(day: Day, carrier: str) -> int:
    return len(day.carriers) + len(carrier)


@activity(timeout=7200, heartbeat=60)
def measure(plate: str, gain: int = 1) -> int:
    return len(plate) * gain


@activity
def archive(plate: str) -> None: ...


def activities() -> None:
    assert_type(measure("a", gain=2), int)
    assert_type(measure.options(heartbeat=5)("a"), int)
    archive("a")
    measure(3)  # type: ignore[arg-type]


@task
def ask(token: TaskToken[bool], question: str, *, days: int = 3) -> None: ...


@task(timeout=86_400)
def ask_longer(token: TaskToken[Day], question: str) -> str:
    return f"{token.token} {question}"


@task
def anything(value: Any, n: int) -> str:
    return f"{value} {n}"


@workflow
def plain(n: int) -> str:
    return str(n)


@workflow(on=[S3Upload("landing"), Cron("0 6 * * ? *"), Rate("1 day")], alerts="ops")
def flow(bucket: str, key: str) -> list[int]:
    day = assert_type(load(bucket, key=key), Day)
    assert_type(ask("sure?", days=4), bool)
    assert_type(ask_longer("sure?"), Day)
    assert_type(plain(5), str)
    # Checkers differ on a first parameter of type Any: mypy infers Any, pyright keeps the type.
    anything({}, 5)
    results = [attempt(plain, n) for n in range(3)]
    assert_type([result for result in results if not isinstance(result, Failed)], list[str])
    assert_type(attempt(delays, day, "AA"), int | Failed)
    assert_type(attempt(ask, "sure?"), bool | Failed)
    assert_type(attempt(plain, n=5), str | Failed)
    assert_type(retry(on=[ValueError], attempts=2)(helper)(day, n=2), list[int])
    assert_type(each(day.carriers, concurrency=3), Each[str])
    assert_type(run.id, str)
    assert_type(run.started, datetime)
    assert_type(now(), datetime)
    ordered: AbstractContextManager[None] = in_order()
    with ordered, after(day), ladle.at_once():
        sleep(5)
    return [delays(day, carrier) for carrier in each(day.carriers)]


def helper(day: Day, n: int) -> list[int]:
    return [n, len(day.carriers)]


def kinds() -> Iterator[object]:
    yield assert_type(load("b"), Day)
    loaded: Task[[str, str], Day] = task(two)
    yield loaded
    flowing: Workflow[[int], str] = plain
    yield flowing
    yield assert_type(plain_run(plain, [5]), PlainRun[str])
    yield assert_type(plain_run(plain, [5]).result, str)


def two(a: str, b: str) -> Day:
    return Day([a, b])


def wrong() -> None:
    load()  # type: ignore[call-arg]
    load(5)  # type: ignore[arg-type]
    load("b", kee="k")  # type: ignore[call-arg]
    delays(Day([]), 5)  # type: ignore[arg-type]
    ask(TaskToken("x"), "sure?")  # type: ignore[arg-type, call-arg]
    ask("sure?", days="4")  # type: ignore[arg-type]
    plain("5")  # type: ignore[arg-type]
    attempt(load, 5)  # type: ignore[arg-type]
    attempt(helper, Day([]), 1)  # type: ignore[arg-type]
    retry()(helper)(Day([]), "x")  # type: ignore[arg-type]
    Retry(on=[5])  # type: ignore[list-item]
    task(timeout="5")  # type: ignore[call-overload]
    each(5)  # type: ignore[arg-type]
    sleep("5")  # type: ignore[arg-type]


class Row(TypedDict):
    carrier: str


@workflow
def directly(bucket: str, days: list[Day]) -> Written:
    """What needs no function, items in S3, options of a call, runs that are started."""
    try:
        started = aws.glue.start_job_run(JobName="nightly", wait=True)
    except aws.glue.ConcurrentRunsExceededException as error:
        raise ValueError(str(error)) from None
    assert_type(load.options(timeout=5)(started["JobRunId"]), Day)
    assert_type(directly.start(bucket, days), str)
    keys = [each_object["Key"] for each_object in s3.objects(bucket, "flights/")]
    assert_type(keys, list[str])
    assert_type([row["carrier"] for row in each(s3.csv(bucket, "a.csv", Row), batch=10)], list[str])
    assert_type([row["x"] for row in s3.csv(bucket, "a.csv")], list[str])
    assert_type([day.carriers for day in s3.jsonl(bucket, "a.jsonl", Day)], list[list[str]])
    tried = [attempt(load, bucket, key) for key in each(keys, distributed=True, tolerate="5%")]
    assert_type(tried, list[Day | Failed])
    return s3.write(tried, bucket, "out/")
