"""What a failure really was: the error and message under the layers that AWS and nested runs put around it.

Causes are texts of at most 32,768 characters, often JSON, sometimes cut, sometimes not JSON at all: nothing
here assumes more than it finds.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

__all__ = ["Failure", "failure_of"]


@dataclass(frozen=True, slots=True)
class Failure:
    """`error` is the name that handlers see at the innermost level, `message` the text of the error itself.

    `nested` names the executions that the failure came through, outermost first. `frames` is Lambda's stack
    trace, where there was one, `causes` what led to the error, the nearest first, and its notes before that.
    """

    error: str
    message: str
    nested: tuple[str, ...] = ()
    frames: tuple[str, ...] = ()
    causes: tuple[str, ...] = ()


def failure_of(error: str | None, cause: str | None) -> Failure:
    """Look under the layers.

    >>> failure_of("BadFile", '{"errorType": "BadFile", "errorMessage": "line 3"}')
    Failure(error='BadFile', message='line 3', nested=(), frames=(), causes=())
    """
    nested: list[str] = []
    frames: tuple[str, ...] = ()
    causes: tuple[str, ...] = ()
    name, text = error or "", cause or ""
    for _ in range(20):  # a chain of nested runs has an end; a hostile cause need not have one
        document = _object(text)
        if document is None:
            break
        if "ExecutionArn" in document and ("Error" in document or "Cause" in document):
            nested.append(str(document.get("Name") or str(document["ExecutionArn"]).rpartition(":")[2]))
            name, text = str(document.get("Error") or name), str(document.get("Cause") or "")
        elif "errorMessage" in document:
            name = str(document.get("errorType") or name)
            trace = document.get("stackTrace")
            frames = tuple(map(str, trace)) if isinstance(trace, list) else ()
            text = str(document["errorMessage"])
        elif "message" in document and ("class" in document or "ancestors" in document):
            text = str(document["message"])
            found = document.get("causes")
            causes = tuple(map(str, found)) if isinstance(found, list) else ()
        else:
            break
    return Failure(name, text, tuple(nested), frames, causes)


def _object(text: str) -> dict[str, Any] | None:
    if not text.startswith("{"):
        return None
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None
