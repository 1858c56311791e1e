"""A worker: asks Step Functions for an activity's work, does it, answers.

The function is called as a task's is in Lambda (`ladle.runtime.invoke`): its arguments and result are
checked, and a failure leaves under the name that `except` and `Retry` of the workflows look for.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import Any, Final

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from ladle.declare import Activity
from ladle.errors import LadleError
from ladle.runtime import TaskFailure, invoke

__all__ = ["POLL_SECONDS", "Worker", "states_client"]

POLL_SECONDS: Final = 60
"""GetActivityTask answers after so long when there is no work (its API reference)."""

BEATS: Final = 3
"""Heartbeats within the time in which one must come: two may be lost on the way."""

LONGEST_CAUSE: Final = 32_768
LARGEST_OUTPUT: Final = 262_144
"""What SendTaskFailure and SendTaskSuccess take (their API reference)."""

OVER: Final = ("TaskTimedOut", "TaskDoesNotExist")
"""What Step Functions answers when nobody waits for a task any more."""

FATAL: Final = ("ActivityDoesNotExist", "InvalidArn", "AccessDeniedException", "UnrecognizedClientException")
"""What asking again does not cure."""

PAUSES: Final = (1.0, 2.0, 5.0, 10.0, 30.0)
"""Seconds between tries when Step Functions cannot be reached; the last one again and again."""


def states_client(at_once: int = 1) -> Any:
    """A Step Functions client of the current credentials and Region for a worker of so many tasks at once."""
    config = Config(
        read_timeout=POLL_SECONDS + 15,
        max_pool_connections=2 * at_once + 1,
        retries={"mode": "standard", "total_max_attempts": 3},
    )
    return boto3.client("stepfunctions", config=config)


class Worker:
    """Works off one activity until it is told to stop.

    `states` is a Step Functions client whose requests may take more than `POLL_SECONDS`; `named` are the full
    names of the exception classes that the project handles (see `ladle.runtime.invoke`); `name` is what the
    history calls the worker. `say` is told what happens, a line each.
    """

    def __init__(
        self,
        activity: Activity[..., Any],
        arn: str,
        states: Any,
        *,
        name: str,
        named: Collection[str] = (),
        say: Callable[[str], None] = lambda _line: None,
    ) -> None:
        self._activity = activity
        self._arn = arn
        self._states = states
        self._name = name
        self._named = named
        self._say = say
        self._stopping = threading.Event()
        self._last = time.monotonic()
        self._busy = 0
        self._lock = threading.Lock()
        self._failure: BaseException | None = None

    def stop(self) -> None:
        """Take no more work. What is being done is done; a request for work that is under way is waited for,
        since what it gives would be lost."""
        self._stopping.set()

    def run(self, *, at_once: int = 1, idle: float | None = None) -> None:
        """Work, `at_once` tasks at a time, until `stop`, or until there was no work for `idle` seconds.

        Raises LadleError when there is no such activity, or the credentials do not allow it.
        """
        self._last = time.monotonic()
        threads = [
            threading.Thread(target=self._loop, args=(idle,), name=f"{self._name}-{number}", daemon=True)
            for number in range(at_once)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            while thread.is_alive():  # so that a signal is heard meanwhile
                thread.join(0.2)
        if self._failure is not None:
            raise self._failure

    def _loop(self, idle: float | None) -> None:
        try:
            tries = 0
            while not self._stopping.is_set():
                asked = time.monotonic()
                try:
                    given = self._states.get_activity_task(activityArn=self._arn, workerName=self._name)
                except (ClientError, BotoCoreError) as error:
                    if _code(error) in FATAL:
                        raise LadleError(f"no work can be had of {self._arn}: {error}") from None
                    self._say(f"no work can be had: {error}")
                    self._stopping.wait(PAUSES[min(tries, len(PAUSES) - 1)])
                    tries += 1
                    continue
                tries = 0
                if given.get("taskToken"):
                    with self._working():
                        self.work(given["taskToken"], given["input"])
                    continue
                if idle is not None and not self._busy and time.monotonic() - self._last >= idle:
                    self._stopping.set()
                elif time.monotonic() - asked < 1:  # AWS answers after a minute, emulators do at once
                    self._stopping.wait(0.05)
        except BaseException as error:  # noqa: BLE001 - raised again where `run` was called
            self._failure = error
            self._stopping.set()

    @contextmanager
    def _working(self) -> Iterator[None]:
        with self._lock:
            self._busy += 1
        try:
            yield
        finally:
            with self._lock:
                self._busy -= 1
                self._last = time.monotonic()

    def work(self, token: str, text: str) -> None:
        """Do one task, of which Step Functions gave the token and the input, and answer it."""
        began = time.monotonic()
        event = json.loads(text)
        envelope = event.get("ladle") if isinstance(event, dict) else None
        told = envelope if isinstance(envelope, dict) else {}
        run = str(told.get("run", "")).rpartition(":")[2] or "somebody"
        with self._beating(token, told.get("heartbeat")):
            try:
                output = json.dumps(invoke(self._activity, event, self._named), ensure_ascii=False)
                size = len(output.encode())
                if size > LARGEST_OUTPUT:
                    raise LadleError(
                        f"the result has {size:,} bytes as JSON, and that of an activity may have"
                        f" {LARGEST_OUTPUT:,}: put it into a bucket and give its key"
                    )
                failure = None
            except TaskFailure as error:
                failure = error
            except LadleError as error:
                failure = _reported(error)
        took = f"{time.monotonic() - began:.1f} s"
        if failure is None:
            self._answer(self._states.send_task_success, taskToken=token, output=output)
            self._say(f"{run}: {self._activity.name} succeeded after {took}")
        else:
            name, cause = failure.name, _cause(failure)
            self._answer(self._states.send_task_failure, taskToken=token, error=name, cause=cause)
            self._say(f"{run}: {self._activity.name} failed after {took}: {name}: {failure.error}")

    def _answer(self, send: Callable[..., Any], **answer: Any) -> None:
        """Send an answer, again and again while Step Functions cannot be reached: the work has been done."""
        for pause in (*PAUSES, *[PAUSES[-1]] * 20):
            try:
                send(**answer)
            except (ClientError, BotoCoreError) as error:
                if _code(error) in OVER:
                    self._say(f"nobody waits for this any more: {error}")
                    return
                if _code(error) in (*FATAL, "InvalidOutput", "InvalidToken", "ValidationException"):
                    raise LadleError(f"the answer was refused: {error}") from None
                self._say(f"the answer cannot be sent: {error}")
                time.sleep(pause)
            else:
                return
        raise LadleError("the answer could not be sent for ten minutes")

    @contextmanager
    def _beating(self, token: str, seconds: Any) -> Iterator[None]:
        """Report that the worker is alive, for as long as the block takes."""
        period = seconds if isinstance(seconds, int | float) else self._activity.heartbeat
        if period is None:
            yield
            return
        over = threading.Event()

        def beat() -> None:
            while not over.wait(period / BEATS):
                try:
                    self._states.send_task_heartbeat(taskToken=token)
                except (ClientError, BotoCoreError) as error:
                    self._say(f"the heartbeat was not taken: {error}")
                    if _code(error) in OVER:
                        return

        thread = threading.Thread(target=beat, name=f"{self._name}-heartbeat", daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()


def _code(error: Exception) -> str:
    return str(error.response.get("Error", {}).get("Code", "")) if isinstance(error, ClientError) else ""


def _reported(error: LadleError) -> TaskFailure:
    """A failure of the worker's own, in the form of the function's."""
    from ladle.runtime.failures import reported

    return reported(error)


def _cause(failure: TaskFailure) -> str:
    """What Lambda would answer for the failure, as far as a Cause has room: the stack goes first."""
    document = failure.payload("")
    text = json.dumps(document, ensure_ascii=False)
    if len(text) > LONGEST_CAUSE:
        text = json.dumps({**document, "stackTrace": []}, ensure_ascii=False)
    return text
