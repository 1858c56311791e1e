"""Calls of web APIs in a workflow that runs as plain Python: made from here, without the connection."""

from __future__ import annotations

from typing import Any

from ladle.declare.integrations import arrived
from ladle.declare.web import HttpCall, http
from ladle.errors import LadleError
from ladle.wire import AnyShape, WireError, decode, encode, shape_of

__all__ = ["checked_body", "fetch_body", "sent_by"]


def sent_by(call: HttpCall) -> dict[str, Any]:
    """The arguments as JSON; raises LadleError for what has no JSON."""
    try:
        found: dict[str, Any] = encode(dict(call.arguments), AnyShape(), call.name)
    except WireError as error:
        raise LadleError(str(error)) from None
    return found


def fetch_body(sent: dict[str, Any]) -> Any:
    """The body of the response. Raises `http.Status404` and its like."""
    from ladle.local.aws import CallFailed, call_service

    try:
        return call_service("arn:aws:states:::http:invoke", sent)["ResponseBody"]
    except CallFailed as failure:
        status = failure.error.rpartition(".")[2]
        if failure.error.startswith("States.Http."):
            raise getattr(http, f"Status{status}" if status.isdigit() else "Socket")(str(failure)) from None
        raise arrived(failure.error)(str(failure)) from None


def checked_body(call: HttpCall, body: Any) -> Any:
    """The body under the type that the call has; raises LadleError."""
    try:
        return decode(body, shape_of(call.result), call.name)
    except WireError as error:
        raise LadleError(str(error)) from None
