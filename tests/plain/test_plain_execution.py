"""A workflow called as plain Python: what it does is what the state machine would do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

import ladle
from ladle import (
    Failed,
    Retry,
    TaskToken,
    after,
    at_once,
    attempt,
    each,
    in_order,
    now,
    retry,
    run,
    sleep,
    sleep_until,
    task,
    workflow,
)
from ladle.errors import DiagnosticError, LadleError
from ladle.testing import pass_time, plain_run
from ladle.wire import WireError

STARTED = datetime(2013, 1, 1, 6, tzinfo=UTC)


class Busy(Exception):
    pass


class VeryBusy(Busy):
    pass


class Broken(Exception):
    pass


@dataclass
class Box:
    items: list[int]
    pair: tuple[int, str] = (0, "")
    day: date | None = None


def failing(*errors: Exception | None) -> Callable[..., int]:
    """A task's stand-in that raises the errors one after the other, then gives how often it was called."""
    left = list(errors)
    calls: list[int] = []

    def fake(**_: Any) -> int:
        calls.append(1)
        error = left.pop(0) if left else None
        if error is not None:
            raise error
        return len(calls)

    return fake


# ------------------------------------------------------------------------------------------------- the wire


@task
def grow(box: Box) -> Box:
    box.items.append(1)
    return box


@task
def lying(n: int) -> int:
    return str(n)  # type: ignore[return-value]


@task
def anything(value: Any) -> Any:
    return value


@workflow
def growing(items: list[int]) -> list[Box]:
    box = Box(items)
    grown = grow(box)
    return [box, grown]


@workflow
def trusting(n: int) -> int:
    return lying(n)


@workflow
def passing() -> Any:
    return anything({"pair": (1, 2)})


def test_a_task_cannot_change_its_callers_values() -> None:
    """Arguments travel: the workflow keeps its own."""
    assert growing([5]) == [Box([5]), Box([5, 1])]


def test_dates_and_tuples_come_back_as_what_they_were() -> None:
    """And under `Any` as what JSON makes of them."""
    finished = plain_run(growing, [[1]])
    assert finished.output == [
        {"items": [1], "pair": [0, ""], "day": None},
        {"items": [1, 1], "pair": [0, ""], "day": None},
    ]
    assert passing() == {"pair": [1, 2]}


def test_a_result_of_the_wrong_type_fails_the_task() -> None:
    """With the name of the task and what was there."""
    with pytest.raises(WireError, match=r"lying\(\): expected int, got str \('1'\)"):
        trusting(1)


def test_wrong_input_is_refused_before_anything_runs() -> None:
    """Naming the parameter."""
    with pytest.raises(WireError, match=r"^items\[1\]: expected int, got str"):
        growing([1, "x"])  # type: ignore[list-item]
    with pytest.raises(TypeError, match="missing a required argument: 'items'"):
        growing()  # type: ignore[call-arg]


# ------------------------------------------------------------------------------------------------- retries


@task(
    retry=[
        Retry(on=Busy, attempts=2, interval=10, backoff=3),
        Retry(on=[ConnectionError], attempts=5, interval=60, backoff=2, max_delay=100),
    ]
)
def work() -> int:
    return 0


@workflow
def working() -> int:
    return work()


@workflow
def caught() -> str:
    try:
        work()
    except Busy as error:
        return f"busy: {error}"
    return "done"


@pytest.mark.parametrize(
    ("errors", "result", "seconds"),
    [
        ([], 1, 0),
        ([Busy()], 2, 10),
        ([Busy(), VeryBusy()], 3, 10 + 30),
        ([ConnectionError(), ConnectionResetError(), ConnectionError()], 4, 60 + 100 + 100),
        ([Busy(), ConnectionError(), Busy()], 4, 10 + 60 + 30),
    ],
)
def test_declared_retries_apply_on_the_virtual_clock(
    errors: list[Exception], result: int, seconds: int
) -> None:
    """Each policy counts its own attempts; waits grow by `backoff` up to `max_delay`."""
    finished = plain_run(working, fakes={work: failing(*errors)})
    assert finished.result == result
    assert finished.seconds == seconds
    assert [call.retry for call in finished.calls] == list(range(result))


@pytest.mark.parametrize(
    "errors", [[Busy("1"), Busy("2"), Busy("3")], [Broken("at once")], [Busy("x"), Broken("not retried")]]
)
def test_when_retries_are_used_up_the_error_comes_out(errors: list[Exception]) -> None:
    """The last one, as it was raised."""
    finished = plain_run(working, fakes={work: failing(*errors)})
    assert finished.error is errors[-1]
    with pytest.raises(type(errors[-1])):
        _ = finished.result


def test_an_error_that_comes_out_can_be_caught() -> None:
    """After the retries, by its class or a base of it."""
    assert plain_run(caught, fakes={work: failing(*[VeryBusy("no")] * 3)}).result == "busy: no"


def twice(n: int) -> int:
    sleep(1)
    return work() + n


@workflow
def repeating() -> int:
    return retry(on=[Broken], attempts=2, interval=5)(twice)(100)


def test_a_helper_is_retried_as_a_whole() -> None:
    """Its sleeps and calls happen again."""
    finished = plain_run(repeating, fakes={work: failing(Broken(), Busy())})
    assert finished.result == 103
    assert finished.seconds == 1 + 5 + 1 + 10


# ------------------------------------------------------------------------------------------------- time


@workflow(timeout=None)
def waiting() -> list[datetime]:
    first = now()
    sleep(90)
    second = now()
    sleep_until(first + timedelta(days=1))
    sleep_until(first)
    return [run.started, first, second, now()]


@workflow(timeout=100)
def endless() -> str:
    try:
        while True:
            sleep(30)
    except Exception:  # noqa: BLE001 - what a workflow cannot catch
        return "caught"


@workflow
def around() -> str:
    try:
        return endless()
    except TimeoutError as error:
        return str(error)


@workflow(timeout=50)
def shorter() -> str:
    return around()


@task(timeout=20)
def slow(seconds: int) -> str:
    pass_time(seconds)
    return "done"


@workflow
def slowly(seconds: int) -> str:
    try:
        return slow(seconds)
    except TimeoutError as error:
        return str(error)


def test_time_passes_by_waiting_only() -> None:
    """A day takes no time, and a moment that has passed is not waited for."""
    finished = plain_run(waiting, started=STARTED)
    day = timedelta(days=1)
    assert finished.result == [STARTED, STARTED, STARTED + timedelta(seconds=90), STARTED + day]
    assert finished.seconds == day.total_seconds()


def test_a_runs_own_timeout_ends_it_past_every_except() -> None:
    """As in the cloud, where the run is over."""
    finished = plain_run(endless)
    assert isinstance(finished.error, TimeoutError)
    assert finished.seconds == 100


def test_a_nested_runs_timeout_can_be_caught_by_its_caller() -> None:
    """Unless the caller's own time is up as well."""
    assert plain_run(around).result == "the run of endless took longer than its timeout"
    finished = plain_run(shorter)
    assert str(finished.error) == "the run of shorter took longer than its timeout"
    assert finished.seconds == 50


@pytest.mark.parametrize(
    ("seconds", "result"), [(19, "done"), (21, "slow took 21.0 s, and its timeout is 20 s")]
)
def test_a_task_that_takes_too_long_times_out(seconds: int, result: str) -> None:
    """It is a TimeoutError, as in the cloud."""
    assert plain_run(slowly, [seconds]).result == result


def test_the_start_needs_a_zone() -> None:
    """A local time would mean another instant on another machine."""
    with pytest.raises(LadleError, match="has no time zone"):
        plain_run(waiting, started=datetime(2013, 1, 1))
    with pytest.raises(LadleError, match="the time has no zone"):
        ladle.sleep_until(datetime(2013, 1, 1))


# ------------------------------------------------------------------------------------------------- answers

SEEN: list[str] = []


@task(timeout=3600, retry=Retry(on=Busy, attempts=1))
def ask(token: TaskToken[Box], question: str) -> None:
    SEEN.append(f"{question} {type(token.token).__name__}")


@workflow(timeout=7200)
def asking(questions: list[str]) -> list[Box | Failed]:
    return [attempt(ask, question) for question in questions]


def test_answers_come_in_the_order_of_calls() -> None:
    """The function runs, what it returns is dropped, and the answer passes the wire."""
    SEEN.clear()
    given = Box([1], (1, "a"), date(2013, 1, 1))
    finished = plain_run(asking, [["a", "b"]], answers={ask: [given, Box([2])]})
    assert finished.result == [given, Box([2])]
    assert finished.result[0] is not given
    assert SEEN == ["a str", "b str"]


def test_an_answer_may_be_an_error() -> None:
    """It fails the call; a retry asks again and takes the next answer."""
    finished = plain_run(asking, [["a", "b"]], answers={"ask": [Busy(), Box([2]), Broken("no")]})
    assert finished.result == [Box([2]), Failed("Broken", "no")]


def test_a_call_without_an_answer_runs_into_its_timeout() -> None:
    """With a message that says how to give one."""
    finished = plain_run(asking, [["a"]])
    (failed,) = finished.result
    assert isinstance(failed, Failed)
    assert failed.error == "TimeoutError"
    assert "ask was not answered within 3600 s" in failed.cause
    assert finished.seconds == 3600


def test_answers_that_nobody_asked_for_are_a_mistake() -> None:
    """A test that gives too many does not test what it seems to."""
    with pytest.raises(LadleError, match="ask: 1"):
        plain_run(asking, [[]], answers={ask: [Box([])]})
    with pytest.raises(LadleError, match="is no task"):
        plain_run(asking, [[]], answers={len: []})


def test_an_answer_of_the_wrong_type_fails_the_call() -> None:
    """Answers come from outside: their door is checked."""
    (failed,) = plain_run(asking, [["a"]], answers={ask: ["yes"]}).result
    assert isinstance(failed, Failed)
    assert failed == Failed("WireError", "ask(): expected Box, got str ('yes')")


# ------------------------------------------------------------------------------------------------- nesting


@task
def double(n: int) -> int:
    return 2 * n


@workflow
def inner(n: int) -> list[str]:
    if n < 0:
        raise Broken(f"{n} is negative")
    double(n)
    return [run.workflow, run.name, run.id, run.root]


@workflow
def outer(ns: list[int]) -> list[list[str] | Failed]:
    with in_order(), at_once(), after(ns):
        return [attempt(inner, n) for n in each(ns, concurrency=2)]


def test_a_nested_run_is_a_run_of_its_own() -> None:
    """With its own name, and the root of the outermost."""
    finished = plain_run(outer, [[1, -1, 2]], name="first")
    arn = "arn:aws:states:us-east-1:123456789012:execution"
    assert finished.result == [
        ["inner", "inner-1", f"{arn}:inner:inner-1", f"{arn}:outer:first"],
        Failed("Broken", "-1 is negative"),
        ["inner", "inner-3", f"{arn}:inner:inner-3", f"{arn}:outer:first"],
    ]


def test_calls_are_kept_in_the_order_they_began() -> None:
    """Nested runs before what they call, with arguments and results as JSON."""
    finished = plain_run(outer, [[1, -1]])
    assert [(call.name, call.arguments, call.run) for call in finished.calls] == [
        ("inner", {"n": 1}, "outer-1"),
        ("double", {"n": 1}, "inner-2"),
        ("inner", {"n": -1}, "outer-1"),
    ]
    assert finished.calls[1].result == 2
    assert isinstance(finished.calls[2].error, Broken)
    assert [str(call) for call in finished.calls_of(double)] == ["double(n=1) -> 2"]


@task
def calls_another(n: int) -> int:
    return double(n) + 1


@workflow
def through(n: int) -> int:
    return calls_another(n)


def test_a_task_called_by_a_task_is_its_function() -> None:
    """In its Lambda function there is no run: it is no step."""
    finished = plain_run(through, [4])
    assert finished.result == 9
    assert [call.name for call in finished.calls] == ["calls_another"]


@task
def sleepy() -> None:
    sleep(1)


@workflow
def sleeping() -> None:
    sleepy()


def test_a_task_cannot_wait_like_a_workflow() -> None:
    """`sleep` belongs to workflows."""
    with pytest.raises(LadleError, match="sleep was called outside of a run"):
        sleeping()


@workflow
def scheduled() -> datetime:
    return run.scheduled_for


def test_a_scheduled_run_knows_what_it_was_scheduled_for() -> None:
    """Any other has no such time."""
    assert plain_run(scheduled, scheduled_for=STARTED).result == STARTED
    assert isinstance(plain_run(scheduled).error, LadleError)


# ------------------------------------------------------------------------------------------------- mistakes


@task
def untyped(n) -> None: ...  # type: ignore[no-untyped-def]


@workflow
def hiding() -> str:
    try:
        untyped(1)
    except Exception:  # noqa: BLE001 - hides everything
        return "hidden"
    return "called"


def test_a_wrong_declaration_cannot_be_hidden_by_an_except() -> None:
    """It is no failure of the run, but of the code."""
    with pytest.raises(DiagnosticError, match="D101"):
        hiding()
    with pytest.raises(DiagnosticError, match="D101"):
        plain_run(hiding)


def test_arguments_that_do_not_fit_are_refused() -> None:
    """Before anything runs."""
    with pytest.raises(LadleError, match="missing a required argument: 'ns'"):
        plain_run(outer)
    with pytest.raises(WireError, match="nss: outer has no such parameter; it has ns"):
        plain_run(outer, input={"nss": []})


def test_pass_time_belongs_in_a_plain_run() -> None:
    """There is no clock to move elsewhere."""
    with pytest.raises(LadleError, match="pass_time moves the clock"):
        pass_time(1)


@pytest.mark.parametrize("seconds", [-1, True, "1", float("nan")])
def test_sleep_wants_seconds(seconds: Any) -> None:
    """A number, not negative."""
    with pytest.raises(LadleError, match="write seconds"):
        sleep(seconds)
