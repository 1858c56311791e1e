"""The whole way from a declared workflow to its typed form, with every problem on it."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from ladle import declare
from ladle.compiler.language import form
from ladle.compiler.language.attributes import ATTRIBUTES
from ladle.compiler.language.calls import CALLS
from ladle.compiler.language.closures import assigned_names
from ladle.compiler.language.comprehensions import COMPREHENSIONS
from ladle.compiler.language.conditions import CONDITIONS
from ladle.compiler.language.displays import DISPLAYS
from ladle.compiler.language.early import refuse_early_calls
from ladle.compiler.language.express import refuse_in_express
from ladle.compiler.language.failures import Failures, known_errors
from ladle.compiler.language.floats import floats_known
from ladle.compiler.language.helpers import open_result, parameter_env
from ladle.compiler.language.loops import LOOPS
from ladle.compiler.language.matches import MATCHES
from ladle.compiler.language.operators import OPERATORS
from ladle.compiler.language.reading import Frame, Reader
from ladle.compiler.language.sets import SETS
from ladle.compiler.language.shapes import POISON, is_poison
from ladle.compiler.language.source import FunctionSource, SourceError, function_source
from ladle.compiler.language.statements import STATEMENTS
from ladle.compiler.language.subscripts import SUBSCRIPTS
from ladle.compiler.language.texts import TEXTS
from ladle.compiler.language.tries import TRIES
from ladle.compiler.language.values import VALUES
from ladle.compiler.language.walk import nodes
from ladle.compiler.language.webs import numbered, unread_steps
from ladle.compiler.language.zeros import zeros_kept
from ladle.errors import Diagnostic, DiagnosticError, Span
from ladle.wire import ABSENT

__all__ = ["EXPRESSIONS", "STATEMENT_READERS", "Reading", "examine", "read"]

EXPRESSIONS: Final[dict[type[ast.AST], Any]] = {
    **VALUES, **ATTRIBUTES, **SUBSCRIPTS, **DISPLAYS, **SETS, **CONDITIONS, **OPERATORS, **TEXTS,
    **COMPREHENSIONS, **CALLS,
}  # fmt: skip
STATEMENT_READERS: Final[dict[type[ast.AST], Any]] = {**STATEMENTS, **LOOPS, **TRIES, **MATCHES}


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading a workflow gave: its form (None where there are errors), and every problem by place."""

    program: form.Program | None
    diagnostics: tuple[Diagnostic, ...]


def read(
    workflow: declare.Workflow[..., Any],
    errors: Iterable[type[BaseException]] = (),
    root: Path | None = None,
) -> form.Program:
    """The typed form of a workflow.

    `errors` are exception classes of the project besides those that the workflow's module and its tasks'
    modules know; `root` is the folder that shown paths are relative to. Raises DiagnosticError with all
    problems.
    """
    reading = examine(workflow, errors, root)
    if reading.program is None:
        raise DiagnosticError(each for each in reading.diagnostics if each.severity == "error")
    return reading.program


def examine(
    workflow: declare.Workflow[..., Any],
    errors: Iterable[type[BaseException]] = (),
    root: Path | None = None,
) -> Reading:
    """The typed form of a workflow, or the problems that keep it from having one; warnings too."""
    try:
        source = function_source(workflow.function, root)
    except (SourceError, SyntaxError, OSError) as error:
        unread = Diagnostic("L105", _place(workflow), str(error), "write the workflow in a module")
        return Reading(None, workflow.problems or (unread,))  # its declaration says more of an `async def`
    functions = [workflow.function, *(each.function for each in _declared(source))]
    known = (*known_errors(functions), *sorted(errors, key=lambda cls: (cls.__module__, cls.__qualname__)))
    reader = Reader(EXPRESSIONS, STATEMENT_READERS, Failures(known), workflow, root)
    declared = tuple(replace(each, span=_same_path(each.span, source)) for each in workflow.problems)
    program = _program(reader, source, workflow, bool(declared))
    problems = tuple(sorted((*declared, *reader.problems.all()), key=lambda each: (each.span, each.code)))
    if declared or reader.problems.errors:
        return Reading(None, problems)
    if any(isinstance(node, form.Expr) and is_poison(node.shape) for node in nodes(program.body)):
        raise AssertionError(f"{source.source.path}: `{workflow.name}` has a problem that was not reported")
    return Reading(program, problems)


def _program(
    reader: Reader, source: FunctionSource, workflow: declare.Workflow[..., Any], unsound: bool
) -> form.Program:
    """Reads the body. With an unsound declaration (`unsound`) it is read all the same, for its problems."""
    span = source.source.span(source.node)
    parameters: list[form.Variable] = []
    defaults: list[form.Const | None] = []
    door = None if unsound else workflow.door
    frame = Frame(source, (), None if door is None else door.result, locals=assigned_names(source))
    reader.frames.append(frame)
    if door is not None:
        for field in door.parameters:
            parameters.append(reader.definitions.define(("parameter",), field.name, field.shape, made=False))
            default = None if field.default is ABSENT else form.Const(field.shape, span, field.default)
            defaults.append(default)
    else:
        define = reader.definitions.define
        parameters += [define(("parameter",), name, POISON, made=False) for name in workflow.parameters]
    frame.env = parameter_env(parameters, source.node.lineno)
    refuse_early_calls(reader, source)
    with reader.collect() as body:
        reader.suite(source.body)
        if door is not None:
            open_result(reader, source, frame)
    reader.frames.pop()
    refuse_in_express(reader, workflow, body)
    variables, block = numbered(reader.definitions, tuple(parameters), tuple(body))
    block = zeros_kept(floats_known(block, reader.problems), reader.problems)
    return form.Program(
        workflow.name,
        ast.get_docstring(source.node) or "",
        tuple(zip(variables, defaults or [None] * len(variables), strict=True)),
        door.result if door is not None else POISON,
        unread_steps(block),
        tuple(reader.callees[name] for name in sorted(reader.callees)),
        source.source.path,
        workflow,
    )


def _declared(source: FunctionSource) -> list[Any]:
    """The tasks and workflows that the workflow's module knows: their modules know the errors they raise."""
    return [value for value in source.names.values() if isinstance(value, declare.Declared)]


def _same_path(span: Span, source: FunctionSource) -> Span:
    """Declarations give paths as they stand; all problems of a file should be about one path."""
    return replace(span, path=source.source.path)


def _place(workflow: declare.Workflow[..., Any]) -> Span:
    code = getattr(workflow.function, "__code__", None)
    line = getattr(code, "co_firstlineno", 1)
    return Span(getattr(code, "co_filename", workflow.module), line, 1, line, 1)
