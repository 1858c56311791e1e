"""Lambda functions as Task states call them: by ARN, or through the `lambda:invoke` integration."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from ladle.engine.protocols import Done, TaskCall, TaskFailed, TaskSucceeded
from ladle.engine.scope import JSON
from ladle.local.aws.failures import first_failure, new_request_id, refused, second_failure
from ladle.services.naming import OPTIMIZED

__all__ = [
    "FunctionNotFound",
    "LambdaBackend",
    "LambdaReply",
    "invoke_by_arn",
    "invoke_optimized",
    "no_functions",
]


@dataclass(frozen=True, slots=True)
class LambdaReply:
    """What an invocation gave.

    `payload` is the text that the function returned, or its error document where `failed`. `seconds` is how
    long it took on the virtual clock. `log` is the tail of its log as Base64, for `LogType: Tail`.
    """

    payload: str
    failed: bool = False
    seconds: float = 0.0
    log: str = ""
    version: str = "$LATEST"


class FunctionNotFound(Exception):
    """There is no function of that name."""


LambdaBackend: TypeAlias = Callable[[str, JSON], LambdaReply]
"""Runs a function: name and event in, reply out. Raises FunctionNotFound."""

_PARAMETERS: Final = frozenset(
    {"ClientContext", "FunctionName", "InvocationType", "LogType", "Payload", "Qualifier", "TenantId"}
)


def no_functions(name: str, _event: JSON) -> LambdaReply:
    """The backend that knows no function."""
    raise FunctionNotFound(name)


def function_name(identifier: str) -> str:
    """Return the bare name in a function's name, partial ARN or ARN, with or without a qualifier.

    >>> function_name("arn:aws:lambda:us-east-1:123456789012:function:f:1"), function_name("f:live")
    ('f', 'f')
    """
    parts = identifier.split(":")
    if "function" in parts[:-1]:
        return parts[parts.index("function") + 1]
    return parts[0]


def invoke_by_arn(call: TaskCall, done: Done, backend: LambdaBackend) -> None:
    """Run a Task whose Resource is a function: its input is the event, its result the output."""
    try:
        reply = backend(function_name(call.resource), call.arguments)
    except FunctionNotFound:
        done(_not_found(call, call.resource))
        return
    done(_failure(reply) if reply.failed else TaskSucceeded(_decoded(reply.payload), reply.seconds))


def invoke_optimized(call: TaskCall, done: Done, backend: LambdaBackend) -> None:
    """Run a Task on `lambda:invoke`."""
    arguments = call.arguments if isinstance(call.arguments, dict) else {}
    problems = [
        f"The field '{name}' is not supported by Step Functions" for name in arguments.keys() - _PARAMETERS
    ]
    identifier = arguments.get("FunctionName")
    if not isinstance(identifier, str):
        problems.append("The field 'FunctionName' is required but was missing")
    if problems or not isinstance(identifier, str):
        done(refused(call.arguments, sorted(problems)))
        return
    payload = arguments.get("Payload")
    try:
        event = {} if payload is None else json.loads(payload) if isinstance(payload, str) else payload
    except ValueError as error:
        message = f"Could not parse request body into json: {error}"
        name = "InvalidRequestContentException"
        done(first_failure(OPTIMIZED["lambda"], name, name, message, 400))
        return
    kind = arguments.get("InvocationType", "RequestResponse")
    if kind == "DryRun":
        done(TaskSucceeded(_accepted(204)))
        return
    try:
        reply = backend(function_name(identifier), event)
    except FunctionNotFound:
        done(_not_found(call, identifier))
        return
    if kind == "Event":
        done(TaskSucceeded(_accepted(202)))
    elif reply.failed:
        done(_failure(reply))
    else:
        done(TaskSucceeded(_result(reply, arguments), reply.seconds))


def invoke_through_sdk(call: TaskCall, done: Done, backend: LambdaBackend) -> None:
    """Run a Task on `aws-sdk:lambda:invoke`: the payload is text, and a function's failure is an answer."""
    arguments = call.arguments if isinstance(call.arguments, dict) else {}
    identifier, payload = arguments.get("FunctionName"), arguments.get("Payload")
    if not isinstance(identifier, str):
        done(refused(call.arguments, ["The field 'FunctionName' is required but was missing"]))
        return
    try:
        event = {} if payload is None else json.loads(payload) if isinstance(payload, str) else payload
        reply = backend(function_name(identifier), event)
    except ValueError as error:
        message = f"Could not parse request body into json: {error}"
        done(second_failure("Lambda", "InvalidRequestContentException", message, 400))
    except FunctionNotFound:
        message = f"Function not found: {_full_arn(call, identifier)}"
        done(second_failure("Lambda", "ResourceNotFoundException", message, 404))
    else:
        result: dict[str, JSON] = {"ExecutedVersion": reply.version}
        if reply.failed:
            result["FunctionError"] = "Unhandled"
        done(TaskSucceeded({**result, "Payload": reply.payload, "StatusCode": 200}, reply.seconds))


def _accepted(status: int) -> dict[str, JSON]:
    return {"Payload": "", **_metadata(status), "StatusCode": status}


def _result(reply: LambdaReply, arguments: dict[str, Any]) -> dict[str, JSON]:
    result: dict[str, JSON] = {"ExecutedVersion": reply.version}
    if arguments.get("LogType") == "Tail":
        result["LogResult"] = reply.log
    result["Payload"] = _decoded(reply.payload)
    headers = {"Content-Type": "application/json", "X-Amz-Executed-Version": reply.version}
    return {**result, **_metadata(200, headers), "StatusCode": 200}


def _metadata(status: int, headers: dict[str, str] | None = None) -> dict[str, JSON]:
    sent = headers or {}
    return {
        "SdkHttpMetadata": {
            "AllHttpHeaders": {name: [value] for name, value in sent.items()},
            "HttpHeaders": sent,
            "HttpStatusCode": status,
        },
        "SdkResponseMetadata": {"RequestId": new_request_id()},
    }


def _decoded(payload: str) -> JSON:
    """Return a payload as JSON, or as the text it is."""
    try:
        return json.loads(payload)
    except ValueError:
        return payload


def _failure(reply: LambdaReply) -> TaskFailed:
    """Return a function's own failure: its exception's name, and the document that Lambda reports."""
    document = _decoded(reply.payload)
    error = document.get("errorType") if isinstance(document, dict) else None
    if isinstance(error, str):
        return TaskFailed(error, reply.payload, reply.seconds)
    return TaskFailed(
        "Lambda.Unknown",
        "The cause could not be determined because Lambda did not return an error type."
        f" Returned payload: {reply.payload}",
        reply.seconds,
    )


def _not_found(call: TaskCall, identifier: str) -> TaskFailed:
    name = "ResourceNotFoundException"
    message = f"Function not found: {_full_arn(call, identifier)}"
    return first_failure(OPTIMIZED["lambda"], name, name, message, 404)


def _full_arn(call: TaskCall, identifier: str) -> str:
    """Return the ARN with a version of what a Task names."""
    if identifier.startswith("arn:"):
        arn = identifier
    else:
        _, _, _, region, account, *_ = call.execution.machine.arn.split(":")
        arn = f"arn:aws:lambda:{region}:{account}:function:{identifier}"
    return arn if len(arn.split(":")) >= 8 else f"{arn}:$LATEST"
