"""Colours, signs and small words of the command line: text that reads the same without any colour."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final, TextIO

import click

from ladle.operate.records import price_of

__all__ = [
    "columns",
    "dollars",
    "duration",
    "is_terminal",
    "moment",
    "paint",
    "plural",
    "sign",
    "wants_colour",
]

STYLES: Final[dict[str, dict[str, Any]]] = {
    "good": {"fg": "green"},
    "bad": {"fg": "red"},
    "warn": {"fg": "yellow"},
    "busy": {"fg": "blue"},
    "wait": {"fg": "magenta"},
    "dim": {"dim": True},
    "bold": {"bold": True},
    "bad bold": {"fg": "red", "bold": True},
}

SIGNS: Final[dict[str, tuple[str, str, str]]] = {
    # state: sign, sign in ASCII, style
    "succeeded": ("✓", "v", "good"),
    "caught": ("▲", "!", "warn"),
    "failed": ("✗", "x", "bad"),
    "running": ("●", "*", "busy"),
    "waiting": ("◌", "o", "wait"),
    "stopped": ("■", "-", "dim"),
}

LETTERS: Final = {
    "SUCCEEDED": "succeeded",
    "FAILED": "failed",
    "TIMED_OUT": "failed",
    "ABORTED": "stopped",
    "INTERRUPTED": "stopped",
    "RUNNING": "running",
}


def is_terminal(stream: TextIO | None = None) -> bool:
    """Whether a person looks at the stream (stdout unless another is given)."""
    return (stream or sys.stdout).isatty() and os.environ.get("TERM") != "dumb"


def wants_colour(stream: TextIO | None = None) -> bool:
    """Whether to colour: on a terminal, unless NO_COLOR is set (no-color.org); FORCE_COLOR overrides both."""
    if os.environ.get("FORCE_COLOR"):
        return True
    return is_terminal(stream) and not os.environ.get("NO_COLOR")


def paint(text: str, style: str, colour: bool) -> str:
    """The text in a style of the table, or as it is."""
    return click.style(text, **STYLES[style]) if colour and style and text else text


def sign(state: str, colour: bool, ascii_only: bool) -> str:
    """The sign of a step's state."""
    fancy, plain, style = SIGNS[state]
    return paint(plain if ascii_only else fancy, style, colour)


def speaks_ascii(stream: TextIO | None = None) -> bool:
    """Whether the stream's encoding lacks the signs."""
    encoding = getattr(stream or sys.stdout, "encoding", None) or "ascii"
    try:
        "✓├─".encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return True
    return False


def duration(seconds: float) -> str:
    """A duration in the unit that fits.

    >>> [duration(s) for s in (0.0004, 0.412, 75, 4 * 3600, 200_000)]
    ['0.00 s', '0.41 s', '1 min 15 s', '4 h 0 min', '2 d 7 h']
    """
    if seconds < 59.995:
        return f"{seconds:.2f} s"
    whole = round(seconds)
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    if whole < 86400:
        return f"{whole // 3600} h {whole % 3600 // 60} min"
    return f"{whole // 86400} d {whole % 86400 // 3600} h"


def dollars(transitions: int) -> str:
    """What transitions cost on AWS.

    >>> dollars(22)
    '$0.00055'
    """
    price = price_of(transitions)
    if price >= 0.01:
        return f"${price:,.2f}"
    return f"${price:.6f}".rstrip("0").rstrip(".") if price else "$0"


def plural(number: int, word: str) -> str:
    """A number and its noun.

    >>> plural(1, "problem"), plural(2, "problem")
    ('1 problem', '2 problems')
    """
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def moment(seconds: float) -> str:
    """A time of the wall clock, in the local zone."""
    return datetime.fromtimestamp(seconds).strftime("%Y-%m-%d %H:%M:%S")


def columns(rows: Iterable[Sequence[str]], right: Iterable[int] = (), gap: int = 2) -> list[str]:
    """Rows as aligned text; `right` are the columns to align right. Styled text counts without its styles."""
    table = [list(row) for row in rows]
    if not table:
        return []
    widths = [max(len(click.unstyle(row[n])) for row in table) for n in range(len(table[0]))]
    to_right = set(right)
    lines = []
    for row in table:
        cells = []
        for n, cell in enumerate(row):
            space = " " * (widths[n] - len(click.unstyle(cell)))
            cells.append(space + cell if n in to_right else cell + space)
        lines.append((" " * gap).join(cells).rstrip())
    return lines
