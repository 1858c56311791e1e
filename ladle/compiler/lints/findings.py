"""How a warning is made, and which sources a workflow's code stands in."""

from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path
from types import FunctionType
from typing import Any

from ladle.compiler.language.source import FunctionSource, SourceError, function_source
from ladle.compiler.lints.reach import is_own
from ladle.errors import Diagnostic, Span

__all__ = ["place_of", "sources_of", "warning"]


def warning(
    code: str, span: Span, message: str, hint: str, related: tuple[tuple[Span, str], ...] = ()
) -> Diagnostic:
    """A problem that does not keep the workflow from being compiled."""
    return Diagnostic(code, span, message, hint, severity="warning", related=related)


def place_of(declared: Any, root: Path | None = None) -> Span:
    """Where a task or workflow is declared, its path from `root` (the current folder if None)."""
    place: Span = declared.place
    path, base = Path(place.path).absolute(), root or Path.cwd()
    return replace(place, path=path.relative_to(base).as_posix()) if path.is_relative_to(base) else place


def sources_of(workflow: Any, root: Path | None = None) -> tuple[FunctionSource, ...]:
    """The sources of a workflow's function and of the helpers that are compiled with it."""
    found: dict[Any, FunctionSource] = {}
    queue: list[Any] = [workflow.function]
    for function in queue:
        if function in found:
            continue
        try:
            source = found[function] = function_source(function, root)
        except (SourceError, SyntaxError, OSError):
            continue  # reported by whoever reads it
        for node in ast.walk(source.node):
            if isinstance(node, ast.Name):
                value = source.names.get(node.id)
                if isinstance(value, FunctionType) and is_own(value) and value not in queue:
                    queue.append(value)
    return tuple(found.values())
