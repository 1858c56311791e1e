"""Values and logs, cut to what a page can hold: the rest is a click away."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any, Final

from ladle.operate.records import TaskLog
from ladle.web.frames import frames_of

__all__ = ["MOST", "log_page", "shown", "shown_text", "traceback_frames"]

MOST: Final = 64 * 1024
"""Characters of a value, or of a page of a log."""
LINE: Final = 16 * 1024
"""Characters of one piece of a line."""

_LEVEL: Final = re.compile(r"(DEBUG|INFO|WARNING|ERROR|CRITICAL) (.*)", re.DOTALL)


def shown(value: Any) -> dict[str, Any]:
    """A value for the page: itself where it is small, else the beginning of its text."""
    return shown_text(json.dumps(value, ensure_ascii=False))


def shown_text(text: str) -> dict[str, Any]:
    """JSON text for the page: its value where it is small, else its beginning."""
    if len(text) <= MOST:
        try:
            return {"value": json.loads(text), "size": len(text), "cut": False}
        except ValueError:  # AWS may have cut it
            return {"text": text, "size": len(text), "cut": False}
    return {"text": text[:MOST], "size": len(text), "cut": True}


def log_page(calls: Iterable[TaskLog], after: int) -> dict[str, Any]:
    """A page of what calls wrote, from a character on: lines of time, level and text.

    A line that is longer than a piece goes on in the next; the pieces before the last end in an ellipsis.
    """
    text = "".join(call.log if call.log.endswith("\n") or not call.log else f"{call.log}\n" for call in calls)
    dropped = sum(call.dropped for call in calls)
    lines: list[list[Any]] = []
    at, end = after, min(len(text), after + MOST)
    while at < end:
        stop = text.find("\n", at)
        stop = len(text) if stop < 0 else stop
        if stop - at > LINE:
            lines.append([None, None, text[at : at + LINE] + "…"])
            at += LINE
            continue
        lines.append(_line(text[at:stop]))
        at = stop + 1
    return {"lines": lines, "next": at if at < len(text) else None, "dropped": dropped, "size": len(text)}


def _line(text: str) -> list[Any]:
    found = _LEVEL.fullmatch(text)
    return [None, found[1], found[2]] if found is not None else [None, None, text]


def traceback_frames(calls: Iterable[TaskLog]) -> list[dict[str, Any]]:
    """The frames of the last traceback among calls."""
    for call in reversed(list(calls)):
        if call.traceback:
            return frames_of(call.traceback)
    return []
