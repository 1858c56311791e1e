"""Runs task functions in this process, each the way Lambda would.

A call goes through the same wrapper as in Lambda (`ladle.runtime.invoke`), with the very event that the
state machine sends, as JSON; its result comes back as JSON; its failure as the error document that Lambda
reports (`errorType`, `errorMessage`, `stackTrace`). What it prints and logs is kept per call.
"""

from __future__ import annotations

import json
import os
import threading
import time
import traceback
import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from ladle import runtime
from ladle.declare import Task
from ladle.engine.protocols import Done, TaskCall, TaskFailed, TaskRunner, TaskSucceeded
from ladle.local.capture import Output, output_of_call
from ladle.local.workers import Abandoned, Workers
from ladle.operate.records import TaskLog
from ladle.runtime import TaskFailure
from ladle.runtime.kept import Kept

__all__ = ["Invocation", "LocalTasks", "Report", "task_name"]

INVOKE: Final = "arn:aws:states:::lambda:invoke"
REQUEST_LIMIT: Final = 6 * 1024 * 1024
"""Bytes of a Lambda function's synchronous payload, either way."""

Report = Callable[[TaskCall, "Invocation", TaskLog], None]


@dataclass(frozen=True, slots=True)
class Invocation:
    """One invocation of a task: its name, the event, whether `lambda:invoke` wraps the result."""

    task: str
    event: Any
    wrapped: bool


class LocalTasks:
    """A `TaskRunner` for the project's tasks and activities; calls of anything else go to `services`.

    `handled` are the full names of the exception classes that some Retry or Catch takes.
    `report` is told of each call that is over (with its log). `submit` takes the place of `done` for a
    successful call that waits for its token: who knows the answer passes both on together, since between the
    two the engine could find itself idle and skip to the task's timeout. `kept` is where results of
    idempotent tasks and pools are kept.
    """

    def __init__(
        self,
        tasks: Mapping[str, Task[..., Any]],
        services: TaskRunner,
        *,
        handled: Collection[str] = (),
        report: Report,
        submit: Callable[[TaskCall, Invocation, Callable[[], None]], None],
        workers: Workers | None = None,
        kept: Kept | None = None,
    ) -> None:
        self._tasks = tasks
        self._services = services
        self._handled = handled
        self._report = report
        self._submit = submit
        self._workers = workers or Workers()
        self._kept = kept

    def start(self, call: TaskCall, done: Done) -> Callable[[], None] | None:
        """Begin one call; see `TaskRunner`."""
        invocation = invocation_of(call)
        task = None if invocation is None else self._tasks.get(invocation.task)
        if invocation is None or task is None:
            return self._services.start(call, done)
        running = _Running(self, task, invocation, call, done)
        job = self._workers.submit(running.run)

        def cancel() -> None:
            running.stop()
            self._workers.give_up(job)

        return cancel

    def close(self) -> None:
        """Let the threads end."""
        self._workers.close()


class _Running:
    """One call on its way. Its outcome is passed on once, also when it is stopped in the same moment."""

    def __init__(
        self, tasks: LocalTasks, task: Task[..., Any], invocation: Invocation, call: TaskCall, done: Done
    ) -> None:
        self._tasks = tasks
        self._task = task
        self._invocation = invocation
        self._call = call
        self._done = done
        self._output = Output(task.environment)
        self._began = time.time()
        self._over = threading.Lock()

    def run(self) -> Callable[[], None]:
        """Make the call on a worker's thread, and say how its outcome is passed on."""
        self._began = time.time()
        request = str(uuid.uuid4())
        try:
            with output_of_call(self._output):
                result = self._invoke()
            return partial(self._pass_on, request, result, None)
        except Abandoned:
            raise
        except BaseException as error:  # noqa: BLE001 - whatever a task raises is its failure, also SystemExit
            return partial(self._pass_on, request, None, error)

    def _pass_on(self, request: str, result: Any, failure: BaseException | None) -> None:
        if not self._over.acquire(blocking=False):
            return
        try:
            outcome: TaskSucceeded | TaskFailed
            if failure is not None:
                outcome = failed(failure, request)
            else:
                outcome = TaskSucceeded(_wrapped(result, request) if self._invocation.wrapped else result)
            self._tell(failure, outcome)
            if failure is not None or not self._call.resource.endswith(".waitForTaskToken"):
                self._done(outcome)
            else:
                self._tasks._submit(self._call, self._invocation, lambda: self._done(outcome))
        except Exception as error:  # noqa: BLE001 - a mistake of Ladle's own must not leave the run waiting
            cause = "".join(traceback.format_exception(error))
            self._done(TaskFailed("Ladle.InternalError", f"a mistake in Ladle, please report it:\n{cause}"))

    def stop(self) -> None:
        """Nobody waits for the outcome: keep what the call printed so far."""
        if self._over.acquire(blocking=False):
            self._tell(None, None)

    def _invoke(self) -> Any:
        # Through JSON text and back: nothing is shared with the task that Lambda would not share.
        event = json.loads(json.dumps(self._invocation.event))
        result = runtime.invoke(self._task, event, self._tasks._handled, kept=self._tasks._kept)
        try:
            text = json.dumps(result, allow_nan=False)
        except (TypeError, ValueError) as error:
            raise MarshalError(f"Unable to marshal response: {error}") from None
        if len(text) > REQUEST_LIMIT:
            raise ResponseSizeTooLarge(
                f"Response payload size ({len(text)} bytes) exceeded maximum allowed payload size "
                f"({REQUEST_LIMIT} bytes)."
            )
        return json.loads(text)

    def _tell(self, failure: BaseException | None, outcome: TaskSucceeded | TaskFailed | None) -> None:
        seconds = time.time() - self._began
        error = message = trace = None
        log = self._output.text
        if isinstance(outcome, TaskFailed) and failure is not None:
            error, message = outcome.error, message_of(failure)
            trace = own_traceback(failure)
        elif outcome is None:
            error = "Stopped"
            message = f"given up after {seconds:.2f} s: it timed out, or its run went on without it"
        envelope = envelope_of(self._invocation.event)
        item = envelope.get("item")
        self._tasks._report(
            self._call,
            self._invocation,
            TaskLog(
                step=self._call.state,
                task=self._invocation.task,
                attempt=self._call.attempt,
                item=item if isinstance(item, int) else None,
                started=self._began,
                seconds=seconds,
                error=error,
                message=message,
                traceback=trace,
                log=log,
                dropped=self._output.dropped,
            ),
        )


# ---------------------------------------------------------------------------------------------- the request


def invocation_of(call: TaskCall) -> Invocation | None:
    """The Lambda function that a call invokes, or the activity; None when it calls something else."""
    if call.resource.startswith("arn:aws:lambda:") or ":activity:" in call.resource:
        return Invocation(task_name(call.resource), call.arguments, wrapped=False)
    if call.resource in (INVOKE, f"{INVOKE}.waitForTaskToken") and isinstance(call.arguments, dict):
        function = call.arguments.get("FunctionName")
        if isinstance(function, str):
            return Invocation(task_name(function), call.arguments.get("Payload", {}), wrapped=True)
    return None


def task_name(function: str) -> str:
    """The name in an ARN (a function's, partial or not, or an activity's), or the name; a version or alias
    at its end is dropped."""
    parts = function.split(":")
    for kind in ("function", "activity"):
        if kind in parts[:-1]:
            return parts[parts.index(kind) + 1]
    return parts[0]


def envelope_of(event: Any) -> Mapping[str, Any]:
    """The envelope beside a task's arguments; empty for an event that Ladle did not make."""
    found = event.get("ladle") if isinstance(event, dict) else None
    return found if isinstance(found, dict) else {}


def _wrapped(result: Any, request: str) -> dict[str, Any]:
    """What `lambda:invoke` gives for a successful call."""
    size = len(json.dumps(result))
    headers = {
        "Content-Length": [str(size)],
        "Content-Type": ["application/json"],
        "X-Amz-Executed-Version": ["$LATEST"],
        "x-amzn-RequestId": [request],
    }
    return {
        "ExecutedVersion": "$LATEST",
        "Payload": result,
        "SdkHttpMetadata": {
            "AllHttpHeaders": headers,
            "HttpHeaders": {name: values[0] for name, values in headers.items()},
            "HttpStatusCode": 200,
        },
        "SdkResponseMetadata": {"RequestId": request},
        "StatusCode": 200,
    }


# ---------------------------------------------------------------------------------------------- the failure


class MarshalError(Exception):
    """A result that is not JSON. Lambda reports it as Runtime.MarshalError."""


class ResponseSizeTooLarge(Exception):
    """A result over Lambda's limit. Lambda reports it as Function.ResponseSizeTooLarge."""


LAMBDA_NAMES: Final[Mapping[type[BaseException], str]] = {
    MarshalError: "Runtime.MarshalError",
    ResponseSizeTooLarge: "Function.ResponseSizeTooLarge",
}


def failed(error: BaseException, request: str) -> TaskFailed:
    """A failure as Step Functions receives it from Lambda: the error's name, and Lambda's error document."""
    if isinstance(error, TaskFailure):
        document = error.payload(request)
    else:  # Lambda's own failures: what the task returned cannot be sent
        name = LAMBDA_NAMES.get(type(error), type(error).__name__)
        document = {"errorMessage": str(error), "errorType": name, "requestId": request, "stackTrace": []}
    return TaskFailed(document["errorType"], json.dumps(document, ensure_ascii=False))


def original(error: BaseException) -> BaseException:
    """What the task raised, under the wrapper's error."""
    return error.error if isinstance(error, TaskFailure) else error


def message_of(error: BaseException) -> str:
    """The text of the error that the task raised."""
    try:
        return str(original(error))
    except Exception as broken:  # noqa: BLE001 - an exception may fail even at being shown
        return f"(its text cannot be shown: {type(broken).__name__})"


def own_frames(error: BaseException) -> Sequence[traceback.FrameSummary]:
    """The frames from the task's own code on; all of them when Ladle itself raised."""
    frames = traceback.extract_tb(original(error).__traceback__)
    ours = [n for n, frame in enumerate(frames) if _is_ladle(frame.filename)]
    return frames[ours[-1] + 1 :] if ours and ours[-1] + 1 < len(frames) else ()


def own_traceback(error: BaseException) -> str | None:
    """The traceback as Python prints it, from the task's own code on; None when no line is the task's."""
    raised = original(error)
    frames = own_frames(error)
    if not frames:
        return None
    lines = [_relative(line) for line in traceback.format_list(list(frames))]
    chained = raised.__cause__ or (None if raised.__suppress_context__ else raised.__context__)
    before = ""
    if chained is not None and chained.__traceback__ is not None:
        before = "".join(traceback.format_exception(chained)) + "\nwhich led to:\n\n"
    return before + "".join(
        ["Traceback (most recent call last):\n", *lines, *traceback.format_exception_only(raised)]
    )


def _relative(line: str) -> str:
    """A line of a traceback with the path as the user would type it."""
    return line.replace(f'File "{os.getcwd()}{os.sep}', 'File "', 1)


def _is_ladle(filename: str) -> bool:
    return filename.startswith(_PACKAGE)


_PACKAGE: Final = __file__.rpartition("local")[0]
