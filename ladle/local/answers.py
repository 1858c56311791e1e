"""Answers to task tokens in a local run: given beforehand, in the order of a task's calls, or asked for."""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ladle import wire
from ladle.errors import LadleError

__all__ = ["Answer", "Answers", "Question", "example_of", "parse_answers"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What answers a token: a value, an error, or nothing (the task is left to time out)."""

    value: Any = None
    error: str | None = None
    cause: str | None = None
    silent: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """A task that waits for its token to be answered.

    `expected` is the type of the answer as a person writes it; `check` raises `LadleError` for another value.
    """

    task: str
    step: str
    run: str
    arguments: Mapping[str, Any]
    token: str
    expected: str
    check: Callable[[Any], object]


Ask = Callable[[Question], Answer | None]


class Answers:
    """Takes the next answer of a task; asks when there is none. Safe to use from several threads."""

    def __init__(self, given: Mapping[str, Iterable[Answer]] | None = None, ask: Ask | None = None) -> None:
        self._given = {task: deque(answers) for task, answers in (given or {}).items()}
        self._ask = ask
        self._lock = threading.Lock()

    def given(self) -> dict[str, tuple[Answer, ...]]:
        """The answers given beforehand that were not used yet."""
        return {task: tuple(answers) for task, answers in self._given.items()}

    def next(self, question: Question) -> Answer | None:
        """The answer; None when nobody knows one."""
        with self._lock:
            waiting = self._given.get(question.task) or self._given.get(question.step)
            if waiting:
                return waiting.popleft()
        return self._ask(question) if self._ask is not None else None


def parse_answers(words: Iterable[str]) -> dict[str, list[Answer]]:
    """Answers from `task=JSON`, `task=@file`, `task=!Error: cause` and `task=!silence`, in order.

    Raises `LadleError` that shows the word.
    """
    found: dict[str, list[Answer]] = {}
    for word in words:
        task, sign, text = word.partition("=")
        if not sign or not task:
            raise LadleError(
                f"--answer {word!r}: write TASK=JSON, TASK=@FILE, TASK='!Error: cause' or TASK=!silence"
            )
        found.setdefault(task, []).append(_parse(word, text))
    return found


def _parse(word: str, text: str) -> Answer:
    if text == "!silence":
        return Answer(silent=True)
    if text.startswith("!"):
        error, _, cause = text[1:].partition(":")
        if not error.strip():
            raise LadleError(f"--answer {word!r}: after `!` comes the name of an error")
        return Answer(error=error.strip(), cause=cause.strip())
    try:
        if text.startswith("@"):
            text = Path(text[1:]).read_text(encoding="utf-8")
        return Answer(json.loads(text))
    except OSError as error:
        raise LadleError(f"--answer {word!r}: {error}") from None
    except ValueError as error:
        raise LadleError(f"--answer {word!r}: not JSON ({error}); a text needs quotes: '\"yes\"'") from None


def example_of(shape: wire.Shape) -> Any:
    """Some JSON value of a shape, for a message that shows what to write."""
    match shape:
        case wire.RecordShape(fields=fields):
            return {each.name: example_of(each.shape) for each in fields if each.required}
        case wire.ListShape(item=item):
            return [example_of(item)]
        case wire.TupleShape(items=items):
            return [example_of(item) for item in items]
        case wire.DictShape(value=value):
            return {"key": example_of(value)}
        case wire.UnionShape(options=options):
            return example_of(options[0])
        case wire.EnumShape(members=members):
            return members[0][1]
        case wire.LiteralShape(values=values):
            return values[0]
        case _:
            return _EXAMPLES.get(type(shape))


_EXAMPLES: dict[type, Any] = {
    wire.BoolShape: True,
    wire.IntShape: 1,
    wire.FloatShape: 1.5,
    wire.StrShape: "text",
    wire.DateShape: "2013-01-31",
    wire.DateTimeShape: "2013-01-31T06:00:00Z",
}
