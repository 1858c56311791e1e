"""Runs a state machine on moto's interpreter: a second opinion on what a compiled definition does.

moto ships without a JSONata evaluator; here jlens evaluates, given the variables as values rather than as
text, or, for a `Machine`, jsonata-js 2.0.6, the version that Step Functions documents. Waits and pauses
between retries take no time. Nested runs are beyond moto: they are refused.

`run` goes the whole way through moto's API. A `Machine` is read once by moto's parser, then run many times
by moto's interpreter alone.

Faults of moto 5.2 that are mended here: no `Execution.RedriveCount` and no `State.RetryCount` in the context;
the context of a Map's iteration is lost inside a Parallel; a success is visible before its output; an error
of Step Functions itself cannot leave a Map, nor be passed on by a Fail state; the time that a Wait lasts
until must end in Z.
"""

from __future__ import annotations

import copy
import hashlib
import io
import itertools
import json
import logging
import os
import re
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from unittest import mock

import boto3
import jlens
from moto import mock_aws
from moto.stepfunctions.parser.api import EvaluationFailedEventDetails, HistoryEventType
from moto.stepfunctions.parser.asl.component.common.error_name import custom_error_name
from moto.stepfunctions.parser.asl.component.common.error_name.failure_event import (
    FailureEvent,
    FailureEventException,
)
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name import StatesErrorName
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name_type import (
    StatesErrorNameType,
)
from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl
from moto.stepfunctions.parser.asl.component.common.string.string_expression import StringJSONata
from moto.stepfunctions.parser.asl.component.eval_component import EvalComponent
from moto.stepfunctions.parser.asl.component.state.exec.state_task import lambda_eval_utils
from moto.stepfunctions.parser.asl.component.state.wait.wait_function import wait_function
from moto.stepfunctions.parser.asl.component.state.wait.wait_function.timestamp import Timestamp
from moto.stepfunctions.parser.asl.eval.environment import Environment
from moto.stepfunctions.parser.asl.eval.evaluation_details import AWSExecutionDetails
from moto.stepfunctions.parser.asl.eval.event.event_detail import EventDetails
from moto.stepfunctions.parser.asl.eval.event.event_manager import EventHistoryContext
from moto.stepfunctions.parser.asl.eval.program_state import ProgramEnded, ProgramError
from moto.stepfunctions.parser.asl.eval.states import ContextObjectData, ExecutionData, StateMachineData
from moto.stepfunctions.parser.asl.parse.asl_parser import AmazonStateLanguageParser
from moto.stepfunctions.parser.utils import TMP_THREADS

from ladle.jsonata import UNDEFINED

from .engine_runner import substituted
from .jsonata_js import JsError, JsonataJs

__all__ = ["Machine", "MotoRun", "run"]

CONFIG: Any = {"stepfunctions": {"execute_state_machine": True}, "lambda": {"use_docker": False}}
REGION = "us-east-1"
_numbers = itertools.count(1)
_one_at_a_time = threading.Lock()


@dataclass(frozen=True, slots=True)
class MotoRun:
    """The end of a run: `status` as Step Functions says it, then `output`, or `error` and `cause`.

    moto describes an output that is a text without its quotes, so that "3" cannot be told from 3: `text` is
    what it says.
    """

    status: str
    output: Any = None
    error: str | None = None
    cause: str | None = None
    text: str = ""


def run(
    definition: Mapping[str, Any],
    given: Any,
    tasks: Mapping[str, Callable[[Any], Any]],
    *,
    answers: Mapping[str, Callable[[Any], Any]] | None = None,
    seconds: float = 30,
) -> MotoRun:
    """Runs `definition` with the input `given`.

    `tasks` gives for each function name what is called with the event; it returns a JSON value or raises:
    an exception that has a dict `payload` fails with that as Lambda's report, any other under its class's
    name. `answers` gives for each task that waits for a token what answers it, called with the event after
    the task. Raises AssertionError when the run does not end in `seconds`.
    """
    text = json.dumps(definition)
    if "states:startExecution" in text:
        raise ValueError("moto does not run nested executions")
    # moto reads the two halves of an escaped character beyond U+FFFF apart.
    text = json.dumps(substituted(definition, {}), ensure_ascii=False)
    number = next(_numbers)
    role = f"arn:aws:iam::123456789012:role/machine-{number}"
    with _one_at_a_time, _mended(role, tasks, answers or {}), mock_aws(config=CONFIG):
        client = boto3.client("stepfunctions", region_name=REGION)
        machine = client.create_state_machine(name=f"machine-{number}", definition=text, roleArn=role)[
            "stateMachineArn"
        ]
        arn = client.start_execution(stateMachineArn=machine, name=f"run-{number}", input=json.dumps(given))[
            "executionArn"
        ]
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            found = client.describe_execution(executionArn=arn)
            if found["status"] == "SUCCEEDED" and found.get("output") is not None:
                return MotoRun("SUCCEEDED", _decoded(found["output"]), text=found["output"])
            if found["status"] not in ("RUNNING", "SUCCEEDED"):
                return MotoRun(found["status"], None, found.get("error"), found.get("cause"))
            time.sleep(0.005)
    raise AssertionError(f"the run did not end within {seconds} s")


class Machine:
    """A definition, read once by moto's parser, to be run often.

    `reference` evaluates its expressions; jlens does without one.
    """

    def __init__(self, definition: Mapping[str, Any], reference: JsonataJs | None = None) -> None:
        text = json.dumps(substituted(definition, {}), ensure_ascii=False)
        if "states:startExecution" in text:
            raise ValueError("moto does not run nested executions")
        self._program, _ = AmazonStateLanguageParser.parse(text)
        self._reference = reference

    def run(self, given: Any, tasks: Mapping[str, Callable[[Any], Any]], *, seconds: float = 300) -> MotoRun:
        """As the function `run`, without AWS around it."""
        arn = "arn:aws:states:us-east-1:123456789012:execution:machine:run-1"
        role = f"arn:aws:iam::123456789012:role/machine-{next(_numbers)}"
        execution = ExecutionData(
            Id=arn, Input=copy.deepcopy(given), Name="run-1", RoleArn=role, StartTime=datetime.now(tz=UTC)
        )
        environment = Environment(
            aws_execution_details=AWSExecutionDetails("123456789012", REGION, role),
            execution_type="STANDARD",
            context=ContextObjectData(
                Execution=execution, StateMachine=StateMachineData(Id=arn, Name="machine")
            ),
            event_history_context=EventHistoryContext.of_program_start(),
            cloud_watch_logging_session=None,
            activity_store={},
        )
        with _one_at_a_time, _mended(role, tasks, {}, self._reference):
            runs = threading.Thread(target=self._program.eval, args=(environment,), daemon=True)
            runs.start()
            runs.join(timeout=seconds)
            if runs.is_alive():
                raise AssertionError(f"the run did not end within {seconds} s")
            while TMP_THREADS:  # iterations that a failure ended go on for a while
                TMP_THREADS.pop(0).join(timeout=1)
        state = environment.program_state()
        if isinstance(state, ProgramEnded):
            output = environment.states.get_input()
            return MotoRun("SUCCEEDED", output, text=json.dumps(output))
        assert isinstance(state, ProgramError), state
        details: dict[str, Any] = dict(state.error or {})
        return MotoRun("FAILED", None, details.get("error"), details.get("cause"))


def _decoded(output: str) -> Any:
    try:
        return json.loads(output)
    except json.JSONDecodeError:
        return output  # moto describes a text without its quotes


@contextmanager
def _mended(
    role: str,
    tasks: Mapping[str, Callable[[Any], Any]],
    answers: Mapping[str, Callable[[Any], Any]],
    reference: JsonataJs | None = None,
) -> Iterator[None]:
    keys = {"AWS_ACCESS_KEY_ID": "ak", "AWS_SECRET_ACCESS_KEY": "sk", "AWS_DEFAULT_REGION": REGION}

    def client(**asked: Any) -> _FakeLambda:
        if asked["state_credentials"].role_arn != role:
            raise RuntimeError("a thread of a run that has ended")
        return functions

    functions = _FakeLambda(tasks, answers)
    patches = (
        mock.patch.dict(os.environ, keys),
        mock.patch.object(StringJSONata, "_eval_body", lambda self, env: _evaluate(self, env, reference)),
        mock.patch.object(custom_error_name, "ILLEGAL_CUSTOM_ERROR_PREFIX", "none at all"),
        mock.patch.object(EvalComponent, "_log_failure_event_exception", mock.Mock()),
        mock.patch.object(Environment, "as_inner_frame_of", classmethod(_inner_frame)),
        mock.patch.object(lambda_eval_utils, "boto_client_for", client),
        mock.patch.object(retrier_decl, "time", mock.Mock(sleep=lambda _seconds: None)),
        mock.patch.object(wait_function.WaitFunction, "_wait_interval", mock.Mock()),
        mock.patch.object(Timestamp, "_from_timestamp_string", staticmethod(_timestamp)),
    )
    log = logging.getLogger("moto")
    level = log.level
    log.setLevel(logging.CRITICAL + 1)  # it logs every error that a run catches, at length
    for patch in patches:
        patch.start()
    try:
        yield
    finally:
        log.setLevel(level)
        for patch in patches:
            patch.stop()


def _timestamp(timestamp: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(timestamp)
    except ValueError:
        return None
    return None if moment.tzinfo is None else moment.astimezone().replace(tzinfo=None)


class _FakeLambda:
    """The one call of the Lambda client that moto's interpreter makes."""

    def __init__(
        self, tasks: Mapping[str, Callable[[Any], Any]], answers: Mapping[str, Callable[[Any], Any]]
    ) -> None:
        self.tasks = tasks
        self.answers = answers

    def invoke(self, *, FunctionName: str, Payload: bytes, **_: Any) -> dict[str, Any]:  # noqa: N803
        event = json.loads(Payload)
        response: dict[str, Any] = {"StatusCode": 200, "ExecutedVersion": "$LATEST"}
        result: Any
        try:
            result = self.tasks[FunctionName](event)
        except Exception as error:  # noqa: BLE001 - whatever a task raises is its failure
            result = getattr(error, "payload", None)
            if not isinstance(result, dict):
                result = {"errorMessage": str(error), "errorType": type(error).__name__}
            response["FunctionError"] = "Unhandled"
        else:
            if FunctionName in self.answers:
                self._answer(event["ladle"]["token"], self.answers[FunctionName], event)
        return response | {"Payload": io.BytesIO(json.dumps(result).encode())}

    @staticmethod
    def _answer(token: str, answer: Callable[[Any], Any], event: Any) -> None:
        client = boto3.client("stepfunctions", region_name=REGION)
        try:
            value = answer(event)
        except Exception as error:  # noqa: BLE001 - an answer may be an error
            client.send_task_failure(taskToken=token, error=type(error).__name__, cause=str(error))
        else:
            client.send_task_success(taskToken=token, output=json.dumps(value))


def _inner_frame(cls: Any, env: Any, variable_store: Any, event_history_frame_cache: Any = None) -> Any:
    frame = _frame_as_shipped(cls, env, variable_store, event_history_frame_cache)
    context = env.states.context_object.context_object_data
    if "Map" in context:
        frame.states.context_object.context_object_data["Map"] = context["Map"]
    return frame


_frame_as_shipped = Environment.as_inner_frame_of.__func__  # type: ignore[attr-defined]


def _evaluate(self: Any, env: Any, reference: JsonataJs | None) -> None:
    """Evaluates one `{% %}` string: what StringJSONata does, with values bound as values."""
    read = set(_READ.findall(self.expression))
    store = env.variable_store
    bindings = {
        name: value for name, value in {**store._outer_scope, **store._inner_scope}.items() if name in read
    }
    if "states" in read:
        bindings["states"] = _states(env.states._states_data)
    try:
        if reference is None:
            value = _value_of(self.expression, bindings)
        else:
            value = reference.evaluate(self.expression, bindings)
    except (jlens.JlensError, JsError) as error:
        raise _failed(env, str(error)) from None
    if value is UNDEFINED:
        raise _failed(env, f"The JSONata expression '{self.expression}' returned nothing (undefined).")
    env.stack.append(value)


_READ = re.compile(r"\$(\w+)")


def _states(data: Any) -> dict[str, Any]:
    context = json.loads(json.dumps(data["context"], default=lambda instant: instant.isoformat()))
    context["Execution"].setdefault("RedriveCount", 0)
    if context.get("State") is not None:
        context["State"].setdefault("RetryCount", 0)
    states = {**data, "context": context}
    if data.get("errorOutput") is None:
        states.pop("errorOutput", None)
    return states


def _value_of(text: str, bindings: dict[str, Any]) -> Any:
    value = _compiled(text).evaluate(None, bindings)
    if value is None and _compiled(f"$exists(({text}))").evaluate(None, bindings) is False:
        return UNDEFINED
    return value


def _compiled(text: str) -> Any:
    compiled = jlens.Expression(text)
    if "$parse(" in text:
        compiled.register_function("parse", json.loads, "<s-:x>")
    if "$uuid(" in text:
        compiled.register_function("uuid", lambda: str(uuid.uuid4()), "<:s>")
    if "$hash(" in text:
        compiled.register_function("hash", _hash, "<ss:s>")
    if "$partition(" in text:
        compiled.register_function("partition", _partition, "<an:a>")
    return compiled


def _hash(text: str, algorithm: str) -> str:
    return hashlib.new(algorithm.replace("SHA-", "sha"), text.encode(), usedforsecurity=False).hexdigest()


def _partition(items: list[Any], size: float) -> list[Any]:
    return [items[at : at + int(size)] for at in range(0, len(items), int(size))]


def _failed(env: Any, cause: str) -> FailureEventException:
    name = StatesErrorName(typ=StatesErrorNameType.StatesQueryEvaluationError)
    details = EventDetails(
        evaluationFailedEventDetails=EvaluationFailedEventDetails(cause=cause, error=name.error_name)
    )
    env.event_manager.add_event(
        context=env.event_history_context,
        event_type=HistoryEventType.EvaluationFailed,
        event_details=details,
    )
    return FailureEventException(FailureEvent(env, name, HistoryEventType.EvaluationFailed, details))
