"""The problems found so far, in the order of the file, each place and code once."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from ladle.compiler.language.codes import CODES
from ladle.errors import Diagnostic, Span

__all__ = ["Problems", "nearest"]


class Problems:
    """Collects diagnostics. Reading goes on after each, so that all problems of a file come at once."""

    def __init__(self) -> None:
        self._found: list[Diagnostic] = []

    def add(self, code: str, span: Span, message: str, hint: str = "", label: str = "") -> None:
        """Records one problem; `code` must be in the registry."""
        kind = CODES[code]
        problem = Diagnostic(code, span, message, hint, label, severity=kind.severity)
        if not any(old.span == span and old.code == code for old in self._found):
            self._found.append(problem)

    def include(self, found: Iterable[Diagnostic]) -> None:
        """Problems that somebody else found, such as those of a callee's declaration."""
        self._found += [problem for problem in found if problem not in self._found]

    def mark(self) -> int:
        """A point to come back to with `forget` (a loop's body is read again once its types are known)."""
        return len(self._found)

    def forget(self, mark: int) -> None:
        """Drops what was found since `mark`."""
        del self._found[mark:]

    @property
    def errors(self) -> int:
        """How many of the problems are errors."""
        return sum(problem.severity == "error" for problem in self._found)

    def all(self) -> tuple[Diagnostic, ...]:
        """Every problem, by place."""
        return tuple(sorted(self._found, key=lambda problem: (problem.span, problem.code)))


def nearest(name: str, known: Iterable[str]) -> str:
    """The known name that `name` was probably meant to be, or an empty text.

    >>> nearest("carriers", ["carrier", "date"])
    'carrier'
    """
    found = difflib.get_close_matches(name, sorted(known), n=1, cutoff=0.6)
    return found[0] if found else ""
