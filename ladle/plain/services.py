"""Calls of AWS services in a workflow that runs as plain Python: made as the state machine makes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ladle.declare import TaskToken
from ladle.declare.integrations import ServiceCall, arrived
from ladle.errors import LadleError
from ladle.services import Integration, Unknown, integration_of
from ladle.wire import AnyShape, Shape, WireError, decode, encode, shape_of

__all__ = ["Prepared", "prepare"]

_TOKEN = TaskToken[Any]("ladle: the token")


@dataclass(frozen=True, slots=True)
class Prepared:
    """A call whose names and values have been checked. `sent` are its arguments as JSON, in which `mark`
    stands for the token."""

    call: ServiceCall
    integration: Integration
    sent: dict[str, Any]
    answer: Shape | None

    def given(self, token: str) -> dict[str, Any]:
        """The arguments with the token in its place."""
        found: dict[str, Any] = _replaced(self.sent, token)
        return found

    def make(self, given: dict[str, Any]) -> Any:
        """The result of the call.

        Raises the service's error, and LadleError for what Step Functions would not even have sent.
        """
        from ladle.local.aws import CallFailed, call_service

        try:
            return call_service(self.integration.resource, given)
        except CallFailed as failure:
            if failure.error == "States.Runtime":
                raise LadleError(f"{self.call.name}: {failure}") from None
            raise arrived(failure.error)(str(failure)) from None

    def checked(self, value: Any) -> Any:
        """What a fake or an answer gives, as JSON of the type that the call has; raises LadleError."""
        shape: Shape = AnyShape() if self.answer is None else self.answer
        try:
            return encode(value, shape, self.call.name)
        except WireError as error:
            raise LadleError(str(error)) from None

    def decoded(self, result: Any) -> Any:
        """The value of the call in the workflow."""
        return result if self.answer is None else decode(result, self.answer, self.call.name)


def prepare(call: ServiceCall) -> Prepared:
    """Checks a call against the service's model. Raises LadleError, as the compiler refuses it."""
    try:
        integration = integration_of(call.service, call.action, wait=call.wait, token=call.answer is not None)
        answer = None if call.answer is None else shape_of(call.answer)
        sent = encode(_marked(call.arguments), integration.parameters, call.name)
    except Unknown as error:
        raise LadleError(f"{error}: {error.hint}") from None
    except WireError as error:
        raise LadleError(str(error)) from None
    return Prepared(call, integration, sent, answer)


def _marked(value: Any) -> Any:
    """The arguments with a text in place of `TaskToken`."""
    if value is TaskToken:
        return _TOKEN.token
    if isinstance(value, dict):
        return {name: _marked(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_marked(each) for each in value]
    return dict(value) if hasattr(value, "keys") else value


def _replaced(value: Any, token: str) -> Any:
    if isinstance(value, dict):
        return {name: _replaced(each, token) for name, each in value.items()}
    if isinstance(value, list):
        return [_replaced(each, token) for each in value]
    return token if value == _TOKEN.token else value
