"""Answers to task tokens, given beforehand: a list for each task, in the order of its calls."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ladle.declare import Task
from ladle.declare.integrations import ServiceCall
from ladle.errors import LadleError

__all__ = ["Answers", "by_name"]


def by_name(given: Mapping[Any, Any]) -> dict[str, Any]:
    """Keys that are tasks replaced by their names.

    Raises LadleError for a key that is neither a task nor a name.
    """
    named: dict[str, Any] = {}
    for key, value in given.items():
        if not isinstance(key, Task | str):
            raise LadleError(f"{key!r} is no task: write the task itself, or its name")
        named[key.name if isinstance(key, Task) else key] = value
    return named


class Answers:
    """What answers each task's tokens. An answer that is an exception fails the call."""

    def __init__(self, given: Mapping[Any, Iterable[Any]] | None = None) -> None:
        self._given = {name: list(answers) for name, answers in by_name(given or {}).items()}
        self._used: dict[str, int] = {}

    def next_for(self, task: Task[..., Any] | ServiceCall) -> tuple[bool, Any]:
        """Whether there is an answer for this call, and the answer."""
        used = self._used.get(task.name, 0)
        answers = self._given.get(task.name, [])
        if used >= len(answers):
            return False, None
        self._used[task.name] = used + 1
        return True, answers[used]

    def unused(self) -> dict[str, int]:
        """How many answers are left, by task, where any are."""
        left = {name: len(answers) - self._used.get(name, 0) for name, answers in self._given.items()}
        return {name: count for name, count in left.items() if count}
