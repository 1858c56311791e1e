"""Calling a task as its Lambda function does."""

from __future__ import annotations

import json
import logging
import sys
import traceback
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ladle import TaskToken, task
from ladle.errors import LadleError
from ladle.runtime import Envelope, TaskFailure, current_envelope, handler, invoke, task_of
from ladle.runtime.invocation import named_errors


class BadFile(Exception):
    pass


class WorseFile(BadFile):
    pass


class ConnectionError(Exception):
    pass


class Unprintable(Exception):
    def __str__(self) -> str:
        raise ValueError


@dataclass
class Day:
    date: date
    rows: int = 0


ENVELOPE = {
    "run": "arn:run",
    "root": "arn:root",
    "step": "load_day",
    "retry": 1,
    "redrive": 0,
    "entered": "2013-01-01T00:00:00.000Z",
    "item": 3,
}


@task
def count(day: Day, more: int = 1) -> Day:
    return Day(day.date, day.rows + more)


@task
def look() -> dict[str, Any]:
    envelope = current_envelope()
    return {"step": envelope.step, "attempt": envelope.attempt, "item": envelope.item}


@task
def ask(token: TaskToken[bool], question: str) -> None:
    TOKENS.append((token.token, question))


TOKENS: list[tuple[str, str]] = []
RAISED: list[BaseException] = []


@task
def fail() -> None:
    raise RAISED[-1]


@task
def deep(n: int) -> None:
    if n:
        deep.function(n - 1)
    raise BadFile("at the bottom")


def failure(error: BaseException, named: set[str] | None = None) -> TaskFailure:
    """What a task that raises the error ends in."""
    RAISED.append(error)
    with pytest.raises(TaskFailure) as caught:
        invoke(fail, {"args": {}}, named or set())
    return caught.value


def test_arguments_are_decoded_and_the_result_encoded() -> None:
    """Defaults are filled in on the way."""
    assert invoke(count, {"args": {"day": {"date": "2013-01-01"}}}) == {"date": "2013-01-01", "rows": 1}


def test_a_task_can_see_its_envelope() -> None:
    """Which step it is, and which try."""
    assert invoke(look, {"args": {}, "ladle": ENVELOPE}) == {"step": "load_day", "attempt": 2, "item": 3}
    with pytest.raises(LadleError, match="no task is being called"):
        current_envelope()


def test_a_task_token_comes_out_of_the_envelope() -> None:
    """And what the function returns is dropped."""
    assert invoke(ask, {"args": {"question": "ok?"}, "ladle": {**ENVELOPE, "token": "t-1"}}) is None
    assert TOKENS == [("t-1", "ok?")]
    with pytest.raises(TaskFailure, match="the event has none"):
        invoke(ask, {"args": {"question": "ok?"}, "ladle": ENVELOPE})


def test_envelopes_are_read_field_by_field() -> None:
    """Numbers may come as JSONata writes them; unknown fields are left alone."""
    assert Envelope.of({"ladle": {**ENVELOPE, "retry": 2.0, "later": True}}) == Envelope(
        "arn:run", "arn:root", "load_day", 2, 0, "2013-01-01T00:00:00.000Z", 3, None
    )
    assert Envelope.of({}) == Envelope()


@pytest.mark.parametrize(
    ("event", "message"),
    [
        ({}, 'the event of a task has the form {"args": {…}, "ladle": {…}}'),
        ([], 'the event of a task has the form {"args": {…}, "ladle": {…}}'),
        ({"args": {}, "ladle": []}, "the envelope `ladle` of the event is list, and must be an object"),
        ({"args": {}, "ladle": {"retry": "1"}}, "the envelope's `retry` is '1', and must be int"),
        ({"args": {}}, "day: missing: count needs day: Day"),
        ({"args": {"day": {"date": 5}}}, "day.date: expected date, got int (5)"),
    ],
)
def test_a_wrong_event_says_what_is_wrong(event: Any, message: str) -> None:
    """As a failure like any other."""
    with pytest.raises(TaskFailure) as caught:
        invoke(count, event)
    assert json.loads(str(caught.value))["message"] == message


@pytest.mark.parametrize(
    ("error", "named", "name"),
    [
        (BadFile("x"), [], "BadFile"),
        (WorseFile("x"), [], "WorseFile"),
        (WorseFile("x"), [f"{__name__}.BadFile"], "BadFile"),
        (WorseFile("x"), [f"{__name__}.BadFile", f"{__name__}.WorseFile"], "WorseFile"),
        (ConnectionResetError("x"), ["builtins.OSError"], "OSError"),
        (ValueError("x"), ["builtins.Exception"], "ValueError"),
        (ConnectionError("x"), ["builtins.ConnectionError"], f"{__name__}.ConnectionError"),
        (SystemExit(3), [], "SystemExit"),
        (KeyError("k"), ["builtins.LookupError"], "LookupError"),
    ],
)
def test_the_name_is_one_that_the_machine_knows(error: BaseException, named: list[str], name: str) -> None:
    """The nearest class that the project handles, never `Exception`; a namesake is told apart."""
    assert failure(error, set(named)).name == name


def test_the_real_class_travels_in_the_text() -> None:
    """With its ancestors, nearest first, and the message in a field of its own."""
    assert json.loads(str(failure(WorseFile("naïve ☃")))) == {
        "message": "naïve ☃",
        "class": f"{__name__}.WorseFile",
        "ancestors": ["BadFile"],
    }


def test_lambda_reports_it_as_the_state_machine_expects() -> None:
    """The class's name and the text are what Lambda's runtime takes from an exception."""
    raised = failure(BadFile("x"))
    assert type(raised).__name__ == "BadFile"
    payload = raised.payload("id-1")
    assert payload["errorType"] == "BadFile"
    assert payload["requestId"] == "id-1"
    assert json.loads(payload["errorMessage"])["message"] == "x"
    assert "in fail" in payload["stackTrace"][0]
    assert raised.error is RAISED[-1]
    assert raised.__suppress_context__


@pytest.mark.parametrize("text", ["x" * 300_000, '"' * 20_000, "☃" * 20_000, "\x00" * 9_000, "\\\n" * 9_000])
def test_a_long_message_is_cut_before_step_functions_would(text: str) -> None:
    """So that the Cause stays JSON; the cut says how much is missing."""
    payload = failure(BadFile(text)).payload("id")
    assert len(json.dumps(payload)) < 32_768
    message = json.loads(payload["errorMessage"])["message"]
    kept, _, tail = message.rpartition("… (")
    assert text.startswith(kept)
    assert tail == f"{len(text) - len(kept)} more characters: see the log)"


def test_a_deep_stack_keeps_its_ends() -> None:
    """The middle of a recursion says nothing and would fill the Cause."""
    with pytest.raises(TaskFailure) as caught:
        invoke(deep, {"args": {"n": 200}})
    assert len(traceback.extract_tb(caught.value.__traceback__)) < 50
    assert len(json.dumps(caught.value.payload("id"))) < 32_768


def test_an_exception_without_a_text_still_gets_out() -> None:
    """Its class is known at least; lone surrogates are replaced."""
    assert json.loads(str(failure(Unprintable())))["message"] == "(its text cannot be shown: ValueError)"
    assert json.loads(str(failure(BadFile("\ud800"))))["message"] == "?"


def test_a_person_can_still_interrupt() -> None:
    """Ctrl-C is nobody's failure."""
    RAISED.append(KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        invoke(fail, {"args": {}})


def test_the_handler_takes_its_task_from_the_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """And the names of handled errors, directly or from a file."""
    monkeypatch.setenv("LADLE_TASK", f"{__name__}:count")
    assert handler({"args": {"day": {"date": "2013-01-01"}, "more": 4}}, None) == {
        "date": "2013-01-01",
        "rows": 4,
    }
    (tmp_path / "errors.json").write_text(json.dumps([f"{__name__}.BadFile"]))
    monkeypatch.setenv("LADLE_TASK", f"{__name__}:fail")
    monkeypatch.setenv("LADLE_ERRORS", f"@{tmp_path}/errors.json")
    RAISED.append(WorseFile("x"))
    with pytest.raises(TaskFailure) as caught:
        handler({"args": {}}, None)
    assert caught.value.name == "BadFile"
    assert named_errors(" a.B  c.D ") == {"a.B", "c.D"}


@pytest.mark.parametrize("reference", ["", "functions", f"{__name__}:BadFile", f"{__name__}:gone"])
def test_a_reference_to_no_task_is_refused(reference: str) -> None:
    """With what does not match."""
    with pytest.raises(LadleError):
        task_of(reference)


def test_the_logger_says_which_call_a_line_belongs_to(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its keys are those of the call that is going on."""
    pytest.importorskip("aws_lambda_powertools")
    from ladle.runtime import logger, logs

    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "lines-of-a-call")  # a logger of this test's own
    logs._logger.clear()

    @task
    def write() -> None:
        logger().info("here")

    write.function.__annotations__["return"] = None
    invoke(write, {"args": {}, "ladle": ENVELOPE})
    for log_handler in logging.getLogger(logger().name).handlers:
        log_handler.flush()
    line = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert {key: line[key] for key in ("message", "run", "root", "step", "attempt", "item")} == {
        "message": "here",
        "run": "arn:run",
        "root": "arn:root",
        "step": "load_day",
        "attempt": 2,
        "item": 3,
    }
    logger().info("outside")
    assert "run" not in json.loads(capsys.readouterr().out.splitlines()[-1])
    logs._logger.clear()


def test_this_module_can_be_found_by_name() -> None:
    """The references above name it as it was imported."""
    assert sys.modules[__name__].count is count  # type: ignore[attr-defined]


def test_what_led_to_a_failure_travels_with_it() -> None:
    """The nearest first, cut where long; a circle of causes ends."""
    first, second = KeyError("missing"), OSError("x" * 1000)
    raised = ValueError("cannot read")
    raised.__cause__, second.__context__ = second, first
    first.__context__ = raised
    RAISED.append(raised)
    with pytest.raises(TaskFailure) as caught:
        invoke(fail, {"args": {}})
    causes = json.loads(str(caught.value))["causes"]
    assert causes == [f"OSError: {'x' * 300}…", "KeyError: 'missing'"]


@task
def scale(row: dict[str, Any], factor: int) -> int:
    row["weight"] *= factor
    if row["weight"] > 100:
        raise WorseFile(f"{row['weight']} is too heavy")
    return int(row["weight"])


def test_a_batch_is_worked_off_one_after_the_other() -> None:
    """What an argument is of the item, the envelope says; the others are the same for all."""
    rows = [{"row": {"weight": number}} for number in range(4)]
    event = {"args": {"factor": 3}, "items": rows, "ladle": {**ENVELOPE, "each": {"row": ["row"]}}}
    assert invoke(scale, event) == [0, 3, 6, 9]
    assert rows[3] == {"row": {"weight": 3}}


def test_a_failure_in_a_batch_says_which_item_it_was() -> None:
    """The failure is the item's own, under its own name; the note is in the log."""
    event = {
        "args": {"factor": 60},
        "items": [{"weight": 1}, {"weight": 2}, {"weight": 3}],
        "ladle": {**ENVELOPE, "each": {"row": []}},
    }
    with pytest.raises(TaskFailure, match="120 is too heavy") as caught:
        invoke(scale, event)
    assert caught.value.name == "WorseFile"
    assert json.loads(str(caught.value))["causes"] == ["item 2 of 3 of batch 4"]


def plain(x: float) -> str:
    return f"{x}"


def test_a_plain_function_is_a_small_task() -> None:
    """What a workflow calls as `inline(plain)` is found by the function's name, and checked like a task."""
    found = task_of(f"{__name__}:plain")
    assert invoke(found, {"args": {"x": 0.1}}) == "0.1"
    assert found is task_of(f"{__name__}:plain")
    with pytest.raises(TaskFailure, match="expected float"):
        invoke(found, {"args": {"x": "a"}})
