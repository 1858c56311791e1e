"""A small stand-in for AWS Lambda's Python runtime, in this process, for recorded executions.

Functions come as source text. A call of `time.sleep` takes no time here: it is added up, and reported as how
long the function took on the virtual clock.
"""

from __future__ import annotations

import json
import linecache
import os
import time
import traceback
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

_FILE = "/var/task/handler.py"


@dataclass(frozen=True)
class Function:
    """One function: name, Python source, handler (`module.function`), environment and timeout in seconds."""

    name: str
    source: str
    handler: str = "handler.handler"
    environment: dict[str, str] = field(default_factory=dict)
    timeout: float | None = None


@dataclass(frozen=True)
class Invocation:
    """What an invocation gave: the payload's text, whether the function failed, and how long it slept."""

    payload: str
    failed: bool
    seconds: float


class _Context:
    function_version = "$LATEST"
    memory_limit_in_mb = 128

    def __init__(self, function: Function) -> None:
        self.function_name = function.name
        self.invoked_function_arn = f"arn:aws:lambda:us-east-1:111111111111:function:{function.name}"
        self.aws_request_id = str(uuid.uuid4())

    def get_remaining_time_in_millis(self) -> int:
        return 30_000


def invoke(function: Function, event: Any) -> Invocation:
    """Run a function on an event, as Lambda would."""
    linecache.cache[_FILE] = (len(function.source), None, function.source.splitlines(True), _FILE)
    context = _Context(function)
    namespace: dict[str, Any] = {"__name__": "handler", "__file__": _FILE}
    with _environment(function.environment), _sleepless() as slept:
        try:
            exec(compile(function.source, _FILE, "exec"), namespace)
            result = namespace[function.handler.rpartition(".")[2]](json.loads(json.dumps(event)), context)
            text = result.decode() if isinstance(result, bytes) else json.dumps(result)
        except Exception as error:  # noqa: BLE001 - the runtime reports whatever a function raises
            frames = [f for f in traceback.format_tb(error.__traceback__) if "/var/task" in f]
            report = {
                "errorMessage": str(error),
                "errorType": type(error).__name__,
                "requestId": context.aws_request_id,
                "stackTrace": frames,
            }
            return Invocation(json.dumps(report), True, slept[0])
    return Invocation(text, False, slept[0])


@contextmanager
def _environment(values: dict[str, str]) -> Iterator[None]:
    saved = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in saved.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@contextmanager
def _sleepless() -> Iterator[list[float]]:
    slept = [0.0]

    def sleep(seconds: float) -> None:
        slept[0] += seconds

    real = time.sleep
    time.sleep = sleep
    try:
        yield slept
    finally:
        time.sleep = real
