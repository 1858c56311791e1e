"""Task functions as their Lambda functions would run them, with a record of the calls."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from ladle.declare import Task
from ladle.runtime import TaskFailure, invoke
from ladle.runtime.envelope import Envelope
from ladle.runtime.values import given

__all__ = ["Lambdas", "arguments_of"]


class _Failure(Exception):
    def __init__(self, payload: dict[str, Any]) -> None:
        super().__init__(payload["errorType"])
        self.error = payload["errorType"]
        self.payload = payload


class Lambdas:
    """The functions of some tasks. `calls` has the name and the arguments of each call, in their order.

    `answers` are JSON values that answer task tokens, a list for each task.
    """

    def __init__(
        self, tasks: Iterable[Task[..., Any]], answers: Mapping[str, list[Any]] | None = None
    ) -> None:
        self.calls: list[tuple[str, Any]] = []
        self.functions: dict[str, Callable[[Any], Any]] = {task.name: self._function(task) for task in tasks}
        self._left = {name: list(given) for name, given in (answers or {}).items()}
        self.answers: dict[str, Callable[[Any], Any]] = {name: self._answer(name) for name in self._left}

    def _function(self, task: Task[..., Any]) -> Callable[[Any], Any]:
        def function(event: Any) -> Any:
            self.calls.extend((task.name, arguments) for arguments in arguments_of(event))
            try:
                return invoke(task, event)
            except TaskFailure as failure:
                raise _Failure(failure.payload("request")) from None

        return function

    def _answer(self, name: str) -> Callable[[Any], Any]:
        def answer(_event: Any) -> Any:
            return self._left[name].pop(0)

        return answer


def arguments_of(event: Any) -> Iterator[dict[str, Any]]:
    """The arguments of the call that an event asks for; of each call, where it asks for a batch of them."""
    envelope = Envelope.of(event)
    shared = given(event["args"], envelope)
    if envelope.each is None:
        yield shared
        return
    for item in given(event["items"], envelope):
        own = {}
        for name, path in envelope.each.items():
            value = item
            for part in path:
                value = value[part]
            own[name] = value
        yield {**shared, **own}
