"""Problems in source, as values: `Diagnostic`, and the `Span` of the file that it is about."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Diagnostic", "Span"]


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A place in a text file. Lines and columns count from 1; the end is exclusive.

    Columns count characters, not bytes. `path` is relative to the project's root where that is possible.
    """

    path: str
    line: int
    column: int
    end_line: int
    end_column: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One problem in a source file.

    `code` is stable (`L203`; `ladle explain L203` tells more). `message` says what is wrong; `label`,
    when there is one, is the short text to print under the excerpt's caret; `hint` says what to write
    instead. `pointer` is the JSON path inside a state machine definition, where that is the source.
    `severity` is "error" (nothing is emitted) or "warning". `related` are other places that belong to it,
    each with what is there.
    """

    code: str
    span: Span
    message: str
    hint: str = ""
    label: str = ""
    pointer: str = ""
    severity: str = "error"
    related: tuple[tuple[Span, str], ...] = ()

    def __str__(self) -> str:
        return f"{self.span}  {self.code}  {self.message}"
