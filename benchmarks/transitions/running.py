"""Runs a state machine on Ladle's engine with given results, and counts what it took."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from ladle.engine import Engine, TaskCall, TaskFailed, TaskSucceeded, compile_machine
from ladle.engine.protocols import Done, ObjectMissing

__all__ = ["Ran", "run"]

NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Ran:
    """How a run ended, and what it took; transitions and events are those of nested runs, too.

    `calls` counts the calls of each function with each set of arguments.
    """

    status: str
    output: Any
    error: str | None
    transitions: int
    events: int
    calls: Counter[str]

    @property
    def end(self) -> tuple[str, Any, str | None]:
        """What must be the same, whoever wrote the machine."""
        return self.status, self.output, self.error


class _Replies:
    """Answers each call with what is to be replied: always the same, or a list for one call after the other.

    A dict with `error` is a failure. A function that waits for a token answers with its reply.
    """

    def __init__(self, replies: Mapping[str, Any]) -> None:
        self.replies = {
            name: list(value) if isinstance(value, list) else value for name, value in replies.items()
        }
        self.calls: Counter[str] = Counter()
        self.engine: Engine | None = None

    def start(self, call: TaskCall, done: Done) -> None:
        assert isinstance(call.arguments, dict)
        name, event = str(call.arguments["FunctionName"]), call.arguments.get("Payload")
        arguments = dict(event["args"]) if isinstance(event, dict) and "ladle" in event else dict(event or {})
        arguments.pop("token", None)
        self.calls[json.dumps([name, arguments], sort_keys=True)] += 1
        if name not in self.replies:
            raise LookupError(f"no reply is given for {name}")
        reply = self.replies[name]
        if isinstance(reply, list):
            reply = reply.pop(0)
        failed = isinstance(reply, dict) and "error" in reply
        if call.task_token is not None:
            done(TaskSucceeded({"StatusCode": 200, "Payload": None}))
            assert self.engine is not None
            if failed:
                self.engine.send_task_failure(call.task_token, reply["error"], "")
            else:
                self.engine.send_task_success(call.task_token, reply)
        elif failed:
            cause = {"errorType": reply["error"], "errorMessage": reply.get("message", "")}
            done(TaskFailed(reply["error"], json.dumps(cause)))
        else:
            done(TaskSucceeded({"StatusCode": 200, "ExecutedVersion": "$LATEST", "Payload": reply}))


class _Objects:
    """S3 as a dict from `bucket/key` to content, for distributed Maps."""

    def __init__(self, objects: Mapping[str, str]) -> None:
        self.objects = {path: text.encode() for path, text in objects.items()}

    def get(self, bucket: str, key: str, version: str | None = None) -> bytes:
        if version is not None or f"{bucket}/{key}" not in self.objects:
            raise ObjectMissing(f"there is no {bucket}/{key} ({version})")
        return self.objects[f"{bucket}/{key}"]

    def list(self, bucket: str, prefix: str) -> Iterable[dict[str, Any]]:
        raise ObjectMissing(f"{bucket}/{prefix} is listed by none of the workflows")

    def put(self, bucket: str, key: str, body: bytes) -> None:
        self.objects[f"{bucket}/{key}"] = body


def run(
    definitions: Mapping[str, Any],
    name: str,
    given: Any,
    replies: Mapping[str, Any],
    objects: Mapping[str, str] = NOTHING,
) -> Ran:
    """Runs the machine `name` of `definitions`, which may start the others; `objects` are those in S3."""
    runner = _Replies(replies)
    engine = runner.engine = Engine(runner, store=_Objects(objects))
    arns = {one: f"arn:aws:states:us-east-1:123456789012:stateMachine:{one}" for one in definitions}
    machines = {
        one: compile_machine(_substituted(definition, arns), name=one)
        for one, definition in definitions.items()
    }
    for machine in machines.values():
        engine.register(machine)
    execution = engine.start(machines[name], given, name="run-1")
    engine.run(execution)
    every = list(engine.executions.values())
    return Ran(
        execution.status,
        execution.output,
        execution.error,
        sum(one.transitions for one in every),
        sum(one.event_count for one in every),
        runner.calls,
    )


def _substituted(value: Any, names: Mapping[str, str]) -> Any:
    """The definition with `${name}` as the ARN of that machine, or else as the name of a function."""
    if isinstance(value, dict):
        return {key: _substituted(inner, names) for key, inner in value.items()}
    if isinstance(value, list):
        return [_substituted(inner, names) for inner in value]
    if isinstance(value, str) and value.startswith("${") and value.endswith("}"):
        return names.get(value[2:-1], value[2:-1])
    return value
