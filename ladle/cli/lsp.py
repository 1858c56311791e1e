"""Problems as editors read them: the `Diagnostic` of the Language Server Protocol, grouped by file.

Lines and characters count from 0, and a character is a UTF-16 code unit, as the protocol has it unless client
and server agree on something else (LSP 3.17, "Position"). Everywhere else Ladle counts from 1, in characters.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from ladle.cli.explanations import pages
from ladle.errors import Diagnostic, Span

__all__ = ["by_file"]

SEVERITIES: Final = {"error": 1, "warning": 2}


def by_file(problems: Iterable[Diagnostic], root: Path) -> list[dict[str, Any]]:
    """For each file with problems what `textDocument/publishDiagnostics` takes, and the path that is shown.

    Paths are relative to `root`.
    """
    explained = pages()
    line_of = lru_cache(maxsize=None)(_line_of)
    files: dict[str, list[dict[str, Any]]] = {}
    for problem in problems:
        files.setdefault(problem.span.path, []).append(_diagnostic(problem, root, explained, line_of))
    return [
        {"uri": _uri(root, path), "path": path, "diagnostics": found} for path, found in sorted(files.items())
    ]


Lines = Callable[[Path, int], str]


def _diagnostic(problem: Diagnostic, root: Path, explained: dict[str, str], line_of: Lines) -> dict[str, Any]:
    message = f"{problem.message}\n{problem.hint}" if problem.hint else problem.message
    found: dict[str, Any] = {
        "range": _range(problem.span, root, line_of),
        "severity": SEVERITIES[problem.severity],
        "code": problem.code,
        "source": "ladle",
        "message": message,
        "data": {"fix": problem.hint, "label": problem.label, "pointer": problem.pointer},
    }
    if problem.code in explained:
        found["codeDescription"] = {"href": explained[problem.code]}
    if problem.related:
        found["relatedInformation"] = [
            {
                "location": {"uri": _uri(root, span.path), "range": _range(span, root, line_of)},
                "message": text,
            }
            for span, text in problem.related
        ]
    return found


def _uri(root: Path, path: str) -> str:
    return (root / path).resolve().as_uri()


def _range(span: Span, root: Path, line_of: Lines) -> dict[str, Any]:
    path = root / span.path
    begin = _position(path, span.line, span.column, line_of)
    end = _position(path, span.end_line, span.end_column, line_of)
    return {"start": begin, "end": end}


def _position(path: Path, line: int, column: int, line_of: Lines) -> dict[str, int]:
    before = line_of(path, line)[: max(column, 1) - 1]
    beyond = max(column, 1) - 1 - len(before)  # behind the end of the line, or of a file that is not there
    return {"line": max(line, 1) - 1, "character": len(before.encode("utf-16-le")) // 2 + beyond}


def _line_of(path: Path, line: int) -> str:
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").split("\n")
    except OSError:
        return ""
    return lines[line - 1] if 0 < line <= len(lines) else ""
