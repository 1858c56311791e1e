"""Tracebacks as frames, so that the page can show the line that matters first."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

__all__ = ["frames_of"]

_FRAME: Final = re.compile(r'^\s*File "(?P<file>[^"]+)", line (?P<line>\d+), in (?P<name>.+)$')
_MARKS: Final = re.compile(r"^[\s~^]+$")
_ROOTS: Final = ("functions/", "statemachines/")


def frames_of(traceback: str, lines: Sequence[str] = ()) -> list[dict[str, Any]]:
    r"""The frames of a traceback's text, the outermost first; `lines` is Lambda's list instead of a text.

    >>> frames_of('  File "functions/a.py", line 3, in load\n    raise Bad()\n')
    [{'file': 'functions/a.py', 'line': 3, 'name': 'load', 'text': 'raise Bad()', 'own': True}]
    """
    found: list[dict[str, Any]] = []
    for text in (traceback or "".join(lines)).splitlines():
        head = _FRAME.match(text)
        if head is not None:
            file = _shortened(head["file"])
            found.append(
                {
                    "file": file,
                    "line": int(head["line"]),
                    "name": head["name"],
                    "text": "",
                    "own": file.startswith(_ROOTS),
                }
            )
        elif found and text.startswith("    ") and text.strip() and not _MARKS.match(text):
            found[-1]["text"] = (found[-1]["text"] + "\n" + text.strip()).strip()
    return found


def _shortened(file: str) -> str:
    """The path from the project's folder on, where it has one of its folders in it."""
    for root in _ROOTS:
        _, part, rest = file.rpartition(f"/{root}")
        if part and "site-packages" not in file:
            return f"{root}{rest}"
    return file.removeprefix("/var/task/")
