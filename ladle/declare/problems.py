"""What can be wrong with a declaration, and where in the file it stands.

The file is parsed only when there is something to report, so that a correct declaration costs nothing.
"""

from __future__ import annotations

import ast
import os
import tokenize
from collections.abc import Iterable
from types import CodeType
from typing import TYPE_CHECKING, Any, Final

from ladle.errors import Diagnostic, Span

if TYPE_CHECKING:
    from ladle.declare.declared import Declared
    from ladle.declare.reading import Finding

__all__ = ["CODES", "diagnosed", "place_of"]

CODES: Final[dict[str, str]] = {
    "D101": "a parameter has no type",
    "D102": "a parameter has no name of its own",
    "D103": "a type has no form in JSON",
    "D104": "a default does not have its parameter's type",
    "D105": "the type of the result is missing",
    "D106": "an annotation cannot be resolved",
    "D107": "this kind of function cannot be declared",
    "D108": "a parameter has a reserved name",
    "D109": "a task token stands in the wrong place",
    "D110": "a secret or parameter stands in the wrong place",
    "D120": "an option has a value that is not allowed",
    "D121": "a Retry has a value that is not allowed",
    "D130": "AWS would refuse the trigger",
    "D131": "a trigger cannot fill a parameter",
    "D132": "a trigger and a parameter do not agree",
    "D150": "two tasks give one pool different numbers",
}
"""The codes of a declaration's problems; `docs/errors/declarations.md` explains them."""


def diagnosed(declared: Declared[..., Any], findings: Iterable[Finding]) -> tuple[Diagnostic, ...]:
    """The findings with their places, in the order of the file."""
    found = list(findings)
    if not found:
        return ()
    node, path = _definition(declared.function)
    function = declared.function
    problems = {Diagnostic(f.code, _span(function, node, path, f.part), f.message, f.hint) for f in found}
    return tuple(sorted(problems, key=lambda problem: (problem.span, problem.code, problem.message)))


def place_of(declared: Declared[..., Any]) -> Span:
    """Where the function's name stands."""
    node, path = _definition(declared.function)
    return _span(declared.function, node, path, "")


# ---------------------------------------------------------------------------------------------- places


def _definition(function: Any) -> tuple[ast.FunctionDef | ast.AsyncFunctionDef | None, str]:
    """The syntax of a function's definition, if its file can still be read, and the path to show."""
    code = getattr(function, "__code__", None)
    if not isinstance(code, CodeType):
        return None, "<unknown>"
    path = code.co_filename
    shown = os.path.relpath(path) if os.path.isabs(path) else path
    shown = path if shown.startswith("..") else shown
    try:
        with tokenize.open(path) as file:
            tree = ast.parse(file.read())
    except (OSError, SyntaxError, UnicodeDecodeError):
        return None, shown
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == code.co_name:
            first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
            if first == code.co_firstlineno:
                return node, shown
    return None, shown


def _span(function: Any, node: ast.FunctionDef | ast.AsyncFunctionDef | None, path: str, part: str) -> Span:
    if node is None:
        line = function.__code__.co_firstlineno if hasattr(function, "__code__") else 1
        return Span(path, line, 1, line, 1)
    kind, _, name = part.partition(":")
    found: Any = None
    if kind == "parameter":
        arguments = node.args
        named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        named += [each for each in (arguments.vararg, arguments.kwarg) if each]
        found = next((each for each in named if each.arg == name), None)
    elif kind == "return":
        found = node.returns
    elif kind == "option":
        keywords = [k for d in node.decorator_list if isinstance(d, ast.Call) for k in d.keywords]
        found = next((keyword for keyword in keywords if keyword.arg == name), None)
    if found is not None:
        return Span(path, found.lineno, found.col_offset + 1, found.end_lineno, found.end_col_offset + 1)
    # The name stands behind `def ` or `async def `.
    before = "async def " if isinstance(node, ast.AsyncFunctionDef) else "def "
    column = node.col_offset + len(before) + 1
    return Span(path, node.lineno, column, node.lineno, column + len(node.name))
