"""Where a function stands: its file, its syntax tree, and exact places in it.

The whole file is parsed, not the text that `inspect.getsource` cuts out: decorators, nesting and
indentation need no repair, and lines are those of the file. The interpreter counts columns in UTF-8 bytes;
people and editors count characters, so columns are translated here, once.
"""

from __future__ import annotations

import ast
import functools
import sys
import tokenize
from dataclasses import dataclass, field
from pathlib import Path
from types import FunctionType
from typing import Any

from ladle.errors import LadleError, Span

__all__ = ["FunctionSource", "Source", "SourceError", "function_source", "library_of"]


class SourceError(LadleError):
    """The source of a function cannot be read (made by `exec`, typed at a prompt, or changed since
    the import)."""


@dataclass(frozen=True, slots=True)
class Source:
    """A Python file: `path` as it is shown (relative to the project where possible), its text and lines."""

    path: str
    text: str
    lines: tuple[str, ...] = field(repr=False)

    def span(self, node: ast.AST) -> Span:
        """The place of a node, in characters from 1."""
        line: int = getattr(node, "lineno", 1)
        end_line: int = getattr(node, "end_lineno", None) or line
        column: int = getattr(node, "col_offset", 0)
        end_column: int | None = getattr(node, "end_col_offset", None)
        return Span(
            self.path,
            line,
            self._characters(line, column) + 1,
            end_line,
            self._characters(end_line, column if end_column is None else end_column) + 1,
        )

    def segment(self, node: ast.AST) -> str:
        """The text of a node, in one line."""
        span = self.span(node)
        lines = self.lines[span.line - 1 : span.end_line]
        if not lines:
            return ast.unparse(node)
        last = lines[-1][: span.end_column - 1]
        text = [*lines[:-1], last]
        text[0] = text[0][span.column - 1 :]
        return " ".join(" ".join(text).split())

    def _characters(self, line: int, offset: int) -> int:
        if not 0 < line <= len(self.lines):
            return offset
        text = self.lines[line - 1]
        return offset if text.isascii() else len(text.encode()[:offset].decode(errors="replace"))


@dataclass(frozen=True, slots=True)
class FunctionSource:
    """A function's syntax tree, the file it stands in, and the names it sees."""

    source: Source
    node: ast.FunctionDef
    function: Any
    names: dict[str, Any]

    @property
    def body(self) -> list[ast.stmt]:
        """The statements after the docstring."""
        return self.node.body[1:] if ast.get_docstring(self.node, clean=False) is not None else self.node.body


@functools.lru_cache(maxsize=256)
def _parsed(path: str, shown: str, changed: int) -> tuple[Source, ast.Module]:
    del changed  # part of the cache's key: an edited file is read again
    with tokenize.open(path) as file:
        text = file.read()
    # As the parser counts: a form feed or a Unicode line separator ends no line.
    lines = tuple(text.split("\n"))
    return Source(shown, text, lines), ast.parse(text, path)


def function_source(function: Any, root: Path | None = None) -> FunctionSource:
    """The source of a plain function; `root` is the folder that shown paths are relative to (the project's).

    Raises SourceError where there is none to read, or where it no longer matches the function.
    """
    while hasattr(function, "__wrapped__"):
        function = function.__wrapped__
    if not isinstance(function, FunctionType):
        raise SourceError(f"{function!r} is no Python function: define it with `def` in a file")
    code = function.__code__
    path = Path(code.co_filename)
    if not path.is_file():
        raise SourceError(
            f"the source of `{function.__name__}` is not in a file ({code.co_filename}): "
            "workflows and helpers are compiled from their source, so write them in a module"
        )
    shown = path.resolve()
    base = (root or Path.cwd()).resolve()
    text = shown.relative_to(base).as_posix() if shown.is_relative_to(base) else shown.as_posix()
    source, tree = _parsed(str(path), text, path.stat().st_mtime_ns)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            decorators = [] if isinstance(node, ast.Lambda) else node.decorator_list
            first = min([node.lineno, *(d.lineno for d in decorators)])
            name = "<lambda>" if isinstance(node, ast.Lambda) else node.name
            if first == code.co_firstlineno and name == code.co_name:
                if isinstance(node, ast.FunctionDef):
                    return FunctionSource(source, node, function, _names(function))
                if isinstance(node, ast.Lambda):
                    found = _of_lambda(tree, node)
                    return FunctionSource(source, found, function, _names(function))
                raise SourceError(
                    f"{source.path}:{node.lineno}: an `async def` cannot be compiled: write it with `def`"
                )
    raise SourceError(
        f"`{function.__name__}` is no longer where it was when {source.path} was imported: import it again"
    )


@functools.lru_cache(maxsize=1024)
def _of_lambda(tree: ast.Module, node: ast.Lambda) -> ast.FunctionDef:
    """A module's `name = lambda …: …` as the function that returns its body.

    Raises SourceError for one that has no name: others on its line could not be told from it.
    """
    for each in tree.body:
        match each:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=value)
                | ast.AnnAssign(target=ast.Name(id=name), value=value)
            ) if value is node:
                body = ast.copy_location(ast.Return(node.body), node.body)
                made = ast.FunctionDef(name, node.args, [body], [], None, None)
                return ast.copy_location(made, node)
    raise SourceError("a lambda without a name cannot be compiled: write it with `def`")


def library_of(function: FunctionType) -> str | None:
    """The library that a function belongs to; None for a function of the project."""
    top = function.__module__.partition(".")[0]
    path = function.__code__.co_filename
    if top in sys.stdlib_module_names or "site-packages" in path or "dist-packages" in path or top == "ladle":
        return f"`{top}`"
    return None


def _names(function: FunctionType) -> dict[str, Any]:
    """The globals of a function and, for one defined inside another, what it closes over."""
    names = dict(function.__globals__)
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        try:
            names[name] = cell.cell_contents
        except ValueError:  # assigned later in the enclosing function
            continue
    return names
