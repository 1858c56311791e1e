"""How a task's exception leaves its Lambda function, so that Retry and Catch of the state machine find it.

AWS Lambda's runtime client (awslambdaric) reports an exception by the name of its class alone, and a state
machine compares that name with the names it lists: it knows nothing of subclasses. So the exception leaves
under a name that the machine lists, and the real class travels in the text.
"""

from __future__ import annotations

import json
import traceback
from collections.abc import Collection, Iterator
from types import TracebackType
from typing import Any, Final

from ladle.errors import LadleError

__all__ = ["LONGEST_MESSAGE", "TaskFailure", "Waits", "name_for", "reported"]

LONGEST_MESSAGE: Final = 16_000
"""Characters of an error message as JSON inside JSON. Step Functions cuts a Cause at 32,768, and a cut Cause
is no JSON any more; the stack trace needs room too. The whole text is in the function's log."""

MOST_CAUSES: Final = 5
LONGEST_CAUSE: Final = 300
"""How many exceptions travel that led to the one that was raised, and how many characters of each."""

FIRST_FRAMES: Final = 10
LAST_FRAMES: Final = 30
"""How much of a long stack trace travels, for the same reason: its beginning and its end."""

_ROOTS: Final = (Exception, BaseException, object)


class Waits(LadleError):
    """No failure: the call could not be made yet, and its state machine tries again later."""


class TaskFailure(Exception):
    """A task's exception on its way out. The name of its class is the error's name for the state machine.

    Its text is JSON: `message` (the exception's text), `class` (its full name) and `ancestors` (the names of
    the classes it derives from, nearest first), and, where others led to it, `causes` (a line each, nearest
    first). `error` is the exception itself.
    """

    error: BaseException

    @property
    def name(self) -> str:
        """The error's name as Step Functions sees it."""
        return type(self).__name__

    @property
    def stack_trace(self) -> list[str]:
        """The frames of the task's code, outermost first, formatted as Lambda does."""
        return traceback.format_list(traceback.extract_tb(self.own_traceback))

    @property
    def own_traceback(self) -> TracebackType | None:
        """The exception's traceback from the task's own code on, without the middle of a long one."""
        return _trimmed(self.error.__traceback__)

    def payload(self, request_id: str) -> dict[str, Any]:
        """What Lambda answers for the failed invocation; its JSON text is the Cause in Step Functions."""
        return {
            "errorMessage": str(self),
            "errorType": self.name,
            "requestId": request_id,
            "stackTrace": self.stack_trace,
        }


def name_for(error: type[BaseException], named: Collection[str]) -> str:
    """The name that an exception class leaves under.

    `named` are the full names (`module.Class`) of the classes that some `except` or `Retry` of the project
    takes, known subclasses included. The first of them among the class and its bases gives the name, never
    `Exception`. Any other class keeps its own name, in full if its short name would be taken for one of
    `named`.

    >>> name_for(ConnectionResetError, {"builtins.ConnectionError"})
    'ConnectionError'
    """
    for cls in error.__mro__:
        if cls not in _ROOTS and _full_name(cls) in named:
            return cls.__name__
    taken = {full.rpartition(".")[2] for full in named}
    return _full_name(error) if error.__name__ in taken else error.__name__


def reported(error: BaseException, named: Collection[str] = ()) -> TaskFailure:
    """The exception to raise in place of `error`; its traceback is the task's own."""
    cls = type(error)
    name = name_for(cls, named)
    document: dict[str, Any] = {
        "message": "",
        "class": _full_name(cls),
        "ancestors": [base.__name__ for base in cls.__mro__[1:] if base not in _ROOTS],
    }
    if causes := [*_notes(error), *_causes(error)]:
        document["causes"] = causes
    failure: TaskFailure = type(name, (TaskFailure,), {"__module__": cls.__module__})(
        _fitting(document, _text_of(error))
    )
    failure.error = error
    return failure.with_traceback(_trimmed(error.__traceback__))


def _notes(error: BaseException) -> Iterator[str]:
    """What was noted on an exception (`add_note`): which item of a batch it was, for one."""
    for note in getattr(error, "__notes__", ())[:MOST_CAUSES]:
        text = str(note).encode(errors="replace").decode()
        yield text if len(text) <= LONGEST_CAUSE else text[:LONGEST_CAUSE] + "…"


def _causes(error: BaseException) -> Iterator[str]:
    """What led to an exception, as Python would show it: the nearest first, a line each."""
    seen = {id(error)}
    for _ in range(MOST_CAUSES):
        found = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        if found is None or id(found) in seen:
            return
        seen.add(id(found))
        text = _text_of(found)
        shown = text if len(text) <= LONGEST_CAUSE else text[:LONGEST_CAUSE] + "…"
        yield f"{_full_name(type(found)).removeprefix('builtins.')}: {shown}".removesuffix(": ")
        error = found


def _full_name(cls: type) -> str:
    return f"{cls.__module__}.{cls.__qualname__}"


def _text_of(error: BaseException) -> str:
    """`str(error)`, as well-formed Unicode; exceptions can fail even at that."""
    try:
        text = str(error)
    except Exception as broken:  # noqa: BLE001 - whatever it is, the failure itself must get out
        text = f"(its text cannot be shown: {type(broken).__name__})"
    return text.encode(errors="replace").decode()


def _fitting(document: dict[str, Any], message: str) -> str:
    """The document as JSON with as much of the message as there is room for."""
    kept = message
    while True:
        cut = len(message) - len(kept)
        tail = f"… ({cut} more characters: see the log)" if cut else ""
        text = json.dumps({**document, "message": kept + tail}, ensure_ascii=False)
        # Lambda's own encoder escapes everything beyond ASCII up to Python 3.11: that is the longer form.
        if not kept or len(json.dumps(text)) <= LONGEST_MESSAGE:
            return text
        kept = kept[: min(len(kept) - 1, max(len(kept) // 2, LONGEST_MESSAGE // 8), LONGEST_MESSAGE)]


def _trimmed(trace: TracebackType | None) -> TracebackType | None:
    """The traceback without Ladle's own first frames, and without the middle of a long one."""
    frames: list[TracebackType] = []
    while trace is not None:
        frames.append(trace)
        trace = trace.tb_next
    while len(frames) > 1 and frames[0].tb_frame.f_globals.get("__name__", "").startswith("ladle."):
        frames.pop(0)
    if len(frames) > FIRST_FRAMES + LAST_FRAMES:
        frames = frames[:FIRST_FRAMES] + frames[-LAST_FRAMES:]
    chain: TracebackType | None = None
    for frame in reversed(frames):
        chain = TracebackType(chain, frame.tb_frame, frame.tb_lasti, frame.tb_lineno)
    return chain
