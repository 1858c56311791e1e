"""How problems are shown: place, code, message, the line with a caret, and what to write instead."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import click

from ladle.cli.paint import paint, plural, wants_colour
from ladle.errors import Diagnostic

__all__ = ["as_data", "print_all", "rendered", "summary"]

WIDTH: Final = 160
"""Characters of a source line that are shown around the caret."""


def rendered(problem: Diagnostic, root: Path | None = None, colour: bool = False) -> str:
    """One problem as text of several lines. Paths are relative to `root` (the current folder if None)."""
    severe = problem.severity == "error"
    style = "bad" if severe else "warn"
    word = "" if severe else paint("warning: ", "warn", colour)
    place, code = paint(str(problem.span), "bold", colour), paint(problem.code, style, colour)
    lines = [f"{place}  {code}  {word}{problem.message}"]
    if problem.pointer:
        lines.append(f"      at {problem.pointer}")
    lines += _excerpt(problem, root, colour, style)
    margin = " " * (_number_width(problem.span.line) + 2)
    for number, text in enumerate(problem.hint.splitlines()):
        lines.append(f"{margin}{'= ' if number == 0 else '  '}{text}")
    return "\n".join(lines)


def _excerpt(problem: Diagnostic, root: Path | None, colour: bool, style: str) -> list[str]:
    span = problem.span
    source = _lines(str((root or Path.cwd()) / span.path))
    if source is None or not 1 <= span.line <= len(source):
        return [f"      {problem.label}"] if problem.label else []
    line = source[span.line - 1]
    start = min(max(span.column, 1), len(line) + 1) - 1
    end = span.end_column - 1 if span.end_line == span.line else len(line.rstrip())
    end = max(start + 1, min(end, max(len(line), start + 1)))
    first = max(0, min(start - WIDTH // 3, len(line) - WIDTH))
    shown = line[first : first + WIDTH]
    before, marked = line[first:start], line[start : min(end, first + WIDTH)]
    lead, tail = ("…" if first else ""), ("…" if first + WIDTH < len(line) else "")
    width = _number_width(span.line)
    number = str(span.line).rjust(width)
    carets = "^" * max(1, _columns(marked))
    label = f" {problem.label}" if problem.label else ""
    bar = paint("|", "dim", colour)
    padding = " " * (len(lead) + _columns(before))
    return [
        f" {paint(number, 'dim', colour)} {bar} {lead}{shown.expandtabs(1)}{tail}",
        f" {' ' * width} {bar} {padding}{paint(carets + label, style, colour)}",
    ]


def _number_width(line: int) -> int:
    return max(4, len(str(line)) + 2)


def _columns(text: str) -> int:
    """Columns of a terminal that a text takes: East Asian wide characters two, combining ones none."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text
    )


@lru_cache(maxsize=64)
def _lines(path: str) -> list[str] | None:
    try:
        return Path(path).read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return None


def as_data(problem: Diagnostic) -> dict[str, Any]:
    """A problem as `--json` gives it."""
    span = problem.span
    return {
        "code": problem.code,
        "severity": problem.severity,
        "path": span.path,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
        "message": problem.message,
        "label": problem.label,
        "hint": problem.hint,
        "pointer": problem.pointer,
        "related": [
            {"path": place.path, "line": place.line, "column": place.column, "message": text}
            for place, text in problem.related
        ],
    }


def summary(problems: Sequence[Diagnostic], where: str) -> str:
    """The last line: how many, where, and how to learn more."""
    errors = [p for p in problems if p.severity == "error"]
    warnings = len(problems) - len(errors)
    counts = [plural(len(errors), "problem")] if errors else []
    counts += [plural(warnings, "warning")] if warnings else []
    code = (errors or list(problems))[0].code
    return f"{' and '.join(counts)} in {where}.  ladle explain {code}"


def print_all(
    problems: Iterable[Diagnostic], root: Path | None = None, where: str = "", *, err: bool = False
) -> None:
    """Print problems with an empty line between them, and the summary."""
    found = list(problems)
    stream = sys.stderr if err else sys.stdout
    colour = wants_colour(stream)
    root = root or _project_root()
    for problem in found:
        click.echo(rendered(problem, root, colour) + "\n", file=stream, color=colour)
    if found:
        files = len({p.span.path for p in found})
        click.echo(summary(found, where or plural(files, "file")), file=stream, color=colour)


def _project_root() -> Path | None:
    from ladle.errors import LadleError
    from ladle.project import find_root

    try:
        return find_root()
    except LadleError:
        return None
