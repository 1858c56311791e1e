"""The lines of source that a problem is about, with a caret under the place."""

from __future__ import annotations

import unicodedata

from ladle.errors import Diagnostic

__all__ = ["excerpt"]


def excerpt(diagnostic: Diagnostic, source: str) -> str:
    """The source line of a problem with carets under its place and the label behind them, then the hint.

    `source` is the text of the whole file. Tabs stay tabs under themselves, and wide characters get two
    carets, so that the carets stand right in a terminal. Empty when the file no longer has such a line.

    >>> from ladle.errors import Span
    >>> place = Span("w.py", 1, 9, 1, 13)
    >>> found = Diagnostic("L203", place, "`f` takes 2", "write: f(a, b)", "missing: b: int")
    >>> print(excerpt(found, "found = f(a)  "))
        1 | found = f(a)
          |         ^^^^ missing: b: int
          = write: f(a, b)
    """
    lines = source.split("\n")
    span = diagnostic.span
    if not 0 < span.line <= len(lines):
        return ""
    line = lines[span.line - 1].rstrip()
    end = span.end_column if span.end_line == span.line else len(line) + 1
    start, end = span.column - 1, min(end - 1, len(line))
    number = f"{span.line:5}"
    margin = " " * len(number)
    marks = "".join(_blank(character) for character in line[:start])
    marks += "".join("^" * _width(character) for character in line[start : max(end, start + 1)]) or "^"
    below = f"{marks} {diagnostic.label}" if diagnostic.label else marks
    result = [f"{number} | {line}", f"{margin} | {below}"]
    if diagnostic.hint:
        result.append(f"{margin} = {diagnostic.hint}")
    return "\n".join(result)


def _width(character: str) -> int:
    """How many columns of a terminal a character takes."""
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _blank(character: str) -> str:
    return "\t" if character == "\t" else " " * _width(character)
