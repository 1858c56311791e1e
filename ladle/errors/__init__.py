"""What can go wrong, said so that a person can act on it.

Every error that Ladle raises on purpose derives from :class:`LadleError`. Problems found in source
(a workflow, a state machine) are values, :class:`Diagnostic`, so that all problems of a file can be
reported together; :class:`DiagnosticError` carries them where an exception is needed. They are loaded when
they are first used: a Lambda function reports none.

This package imports nothing else of Ladle.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ladle.errors.diagnostics import Diagnostic, Span

__all__ = ["Diagnostic", "DiagnosticError", "LadleError", "Span"]


class LadleError(Exception):
    """The root of all errors that Ladle raises for a user's mistake or an outside failure.

    The message says where, why, and what to do; the command line prints it without a traceback.
    """


class DiagnosticError(LadleError):
    """Source that cannot be used, with every problem found in it."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics: tuple[Diagnostic, ...] = tuple(diagnostics)
        super().__init__("\n".join(str(d) for d in self.diagnostics))


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from ladle.errors import diagnostics

    globals().update(Diagnostic=diagnostics.Diagnostic, Span=diagnostics.Span)
    return globals()[name]
