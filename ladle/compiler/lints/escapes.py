"""Which errors can leave a workflow uncaught, and from where: a report, not a problem.

Of a task, those count that its code raises: its own `raise` statements, and those of the project's functions
that it may reach, caught there or not. Its time limit counts, and everything else that a library may raise,
under no name. Of an expression, what Python raises for it; of a nested workflow, what can leave that one.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from ladle.compiler.language import form
from ladle.compiler.language.failures import ancestors
from ladle.compiler.language.operations import OPERATIONS
from ladle.compiler.language.source import FunctionSource, SourceError, function_source
from ladle.compiler.language.walk import nodes
from ladle.compiler.lints.reach import Reach, reach_of
from ladle.declare import Task, Workflow
from ladle.errors import Span

__all__ = ["OTHER", "TIMEOUT", "Escape", "escapes"]

OTHER: Final = "*"
"""The name of whatever else a call may raise."""

TIMEOUT: Final = "States.Timeout"


@dataclass(frozen=True, slots=True)
class Escape:
    """An error that can leave a workflow: its name, the place in the workflow, and who raises it.

    `by` is the task, the nested workflow or the expression, empty for a `raise` of the workflow itself;
    `raised` is the place of the `raise` in a task's code. `retries` is how often the call is tried again
    before. `ancestors` are the names of the class's bases.
    """

    error: str
    span: Span
    by: str = ""
    raised: Span | None = None
    retries: int = 0
    ancestors: tuple[str, ...] = ()

    @property
    def names(self) -> frozenset[str]:
        """What a handler may call it."""
        if self.error == OTHER:
            return frozenset()
        also = ("TimeoutError",) if self.error == TIMEOUT else ()
        return frozenset((self.error, *self.ancestors, *also))

    def taken_by(self, errors: Iterable[str]) -> bool:
        """Whether a handler of these names takes it."""
        wanted = set(errors)
        return "States.ALL" in wanted or not wanted.isdisjoint(self.names)


def escapes(
    program: form.Program, nested: dict[str, tuple[Escape, ...]], root: Path | None = None
) -> tuple[Escape, ...]:
    """What can leave a workflow, in the order of its source.

    `nested` has what can leave the workflows that it calls, by name; of one that is not in it, anything can.
    """
    found = _Walk(nested, root).block(program.body)
    return tuple(sorted(dict.fromkeys(found), key=lambda each: each.span))


class _Walk:
    def __init__(self, nested: dict[str, tuple[Escape, ...]], root: Path | None) -> None:
        self.nested = nested
        self.root = root
        self.of_task: dict[str, tuple[Escape, ...]] = {}
        self.caught: dict[form.Variable, list[Escape]] = {}

    def block(self, block: form.Block) -> list[Escape]:
        """What can leave a block."""
        return [escape for stmt in block for escape in self.statement(stmt)]

    def statement(self, stmt: form.Stmt) -> Iterator[Escape]:
        yield from _of_expressions(stmt)
        match stmt:
            case form.Call(attempt=False):
                yield from self.call(stmt)
            case form.Raise(again=form.Variable() as again):
                yield from (replace(each, span=stmt.span) for each in self.caught.get(again, ()))
            case form.Raise():
                yield Escape(stmt.error, stmt.span, ancestors=stmt.ancestors)
            case form.Try():
                yield from self.guarded(stmt)
            case form.If(then=then, otherwise=otherwise):
                yield from self.block((*then, *otherwise))
            case form.For(body=body, orelse=orelse):
                yield from self.block((*body, *orelse))
            case form.While(before=before, body=body, orelse=orelse):
                yield from self.block((*before, *body, *orelse))
            case form.Map(body=body) | form.Scope(body=body) | form.Ordered(body=body):
                yield from self.block(body)

    def guarded(self, stmt: form.Try) -> Iterator[Escape]:
        left = self.block(stmt.body)
        for handler in stmt.handlers:
            taken = [each for each in left if each.taken_by(handler.errors)]
            left = [each for each in left if each not in taken]
            if handler.variable is not None:
                self.caught[handler.variable] = taken
            yield from self.block(handler.body)
        yield from left
        yield from self.block((*stmt.orelse, *stmt.final))

    def call(self, stmt: form.Call) -> Iterator[Escape]:
        callee: Any = stmt.callee
        if isinstance(callee, Workflow):
            known = self.nested.get(callee.name, (Escape(OTHER, stmt.span, callee.name),))
            for error in dict.fromkeys((each.error, each.ancestors) for each in known):
                yield Escape(error[0], stmt.span, callee.name, ancestors=error[1])
            return
        if not isinstance(callee, Task):
            yield Escape(OTHER, stmt.span, callee.name)
            return
        if callee.name not in self.of_task:
            self.of_task[callee.name] = tuple(_of_task(callee, stmt.span, self.root))
        for each in self.of_task[callee.name]:
            yield replace(each, span=stmt.span)


def _of_task(task: Task[..., Any], span: Span, root: Path | None) -> Iterator[Escape]:
    reach = reach_of([task])
    raised: dict[type[BaseException], Span] = {}
    for cls, place in _raised(reach, root):
        raised.setdefault(cls, place)
    for cls, place in raised.items():
        if issubclass(cls, Exception):
            tries = max((each.attempts for each in task.retry if _retries(each, cls)), default=0)
            yield Escape(cls.__name__, span, task.name, place, tries, ancestors(cls))
    yield Escape(TIMEOUT, span, task.name, retries=_tries_all(task))
    yield Escape(OTHER, span, task.name, retries=_tries_all(task))


def _tries_all(task: Task[..., Any]) -> int:
    return max((each.attempts for each in task.retry if not each.on), default=0)


def _retries(policy: Any, cls: type[BaseException]) -> bool:
    return not policy.on or issubclass(cls, tuple(policy.on))


def _raised(reach: Reach, root: Path | None) -> Iterator[tuple[type[BaseException], Span]]:
    """The classes that `raise` statements name, each with its place."""
    for function in reach.functions:
        try:
            source = function_source(function, root)
        except (SourceError, SyntaxError, OSError):
            continue  # a lambda, or made by `exec`: it has no `raise` statement that could be read
        for node in ast.walk(source.node):
            if isinstance(node, ast.Raise) and node.exc is not None:
                target = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
                cls = _resolved(target, source)
                if isinstance(cls, type) and issubclass(cls, BaseException):
                    yield cls, source.source.span(node)


def _resolved(node: ast.expr, source: FunctionSource) -> Any:
    if isinstance(node, ast.Name):
        return source.names.get(node.id, getattr(builtins, node.id, None))
    if isinstance(node, ast.Attribute):
        return getattr(_resolved(node.value, source), node.attr, None)
    return None


def _of_expressions(stmt: form.Stmt) -> Iterator[Escape]:
    """What the expressions of a statement itself may raise."""
    blocks = {"body", "then", "otherwise", "before", "handlers", "orelse", "final"}
    for name in getattr(type(stmt), "__dataclass_fields__", ()):
        if name in blocks or name in ("span", "label", "callee", "again"):
            continue
        for node in nodes((getattr(stmt, name),)):
            if isinstance(node, form.Op) and node.name in OPERATIONS:
                for error in OPERATIONS[node.name].failures:
                    cls = getattr(builtins, error)
                    yield Escape(error, node.span, "an expression", ancestors=ancestors(cls))
