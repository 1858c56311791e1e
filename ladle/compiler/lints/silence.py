"""`# ladle: ignore[L703]`: a warning that the author has seen and does not want to see again.

The comment stands on one of the lines that the warning is about. It names codes, so that another warning of
the same line is not lost; errors cannot be silenced.
"""

from __future__ import annotations

import functools
import re
import tokenize
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ladle.compiler.lints.codes import CODES
from ladle.errors import Diagnostic, Span

__all__ = ["empty_comments", "silenced"]

_COMMENT: Final = re.compile(r"#\s*ladle:\s*ignore\b(?:\[(?P<codes>[^\]]*)\])?")


@dataclass(frozen=True, slots=True)
class _Comment:
    line: int
    column: int
    text: str
    codes: tuple[str, ...]


def silenced(problems: Iterable[Diagnostic], root: Path | None = None) -> tuple[Diagnostic, ...]:
    """The problems without the warnings that a comment silences.

    Their paths are relative to `root` (the current folder if None).
    """
    base = root or Path.cwd()
    return tuple(problem for problem in problems if not _is_silenced(problem, base))


def _is_silenced(problem: Diagnostic, base: Path) -> bool:
    span = problem.span
    return problem.severity != "error" and any(
        problem.code in comment.codes
        for comment in _comments(base / span.path)
        if span.line <= comment.line <= max(span.line, span.end_line)
    )


def empty_comments(
    paths: Iterable[str], known: Iterable[str], root: Path | None = None
) -> tuple[Diagnostic, ...]:
    """The comments of these files that name no code, or one that there is not; `known` are all codes."""
    base, codes = root or Path.cwd(), frozenset(known)
    return tuple(
        each for path in dict.fromkeys(paths) for each in _empty(path, _comments(base / path), codes)
    )


def _empty(path: str, comments: Iterable[_Comment], known: frozenset[str]) -> Iterator[Diagnostic]:
    for comment in comments:
        wrong = [code for code in comment.codes if code not in known]
        if comment.codes and not wrong:
            continue
        what = f"there is no code {wrong[0]!r}" if wrong else "the comment names no code"
        end = comment.column + len(comment.text)
        span = Span(path, comment.line, comment.column, comment.line, end)
        hint = f"write the codes that it is about: # ladle: ignore[{next(iter(CODES))}]"
        yield Diagnostic("L709", span, f"{what}, so it silences nothing", hint, severity="warning")


@functools.lru_cache(maxsize=256)
def _read(path: str, changed: int) -> tuple[_Comment, ...]:
    del changed  # part of the key: an edited file is read again
    found = []
    with tokenize.open(path) as file:
        for token in tokenize.generate_tokens(file.readline):
            if token.type == tokenize.COMMENT and (match := _COMMENT.search(token.string)):
                codes = tuple(code.strip() for code in (match["codes"] or "").split(",") if code.strip())
                line, column = token.start
                found.append(_Comment(line, column + match.start() + 1, match[0], codes))
    return tuple(found)


def _comments(file: Path) -> tuple[_Comment, ...]:
    if file.suffix != ".py" or not file.is_file():
        return ()
    try:
        return _read(str(file), file.stat().st_mtime_ns)
    except (OSError, SyntaxError, UnicodeDecodeError, tokenize.TokenError):
        return ()  # what is wrong with the file is a problem of its own
