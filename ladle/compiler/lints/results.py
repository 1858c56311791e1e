"""Results that nobody reads: bound to a name for nothing, or dropped although they say something.

A bare call is a step, made for its effect, and most results may be dropped there: a task that moves a file
may well say where it is now. So only three kinds are told: a name that is never read (its call waits for all
that is written before it, which the author will not expect), a failure asked for with `attempt` and not
looked at, and an answer of yes or no, or of a task whose result the same workflow reads elsewhere.
`_ = task()` says that the result is dropped on purpose.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from ladle.compiler.language import form
from ladle.compiler.language.source import FunctionSource
from ladle.compiler.language.walk import statements
from ladle.compiler.lints.findings import warning
from ladle.declare import Declared, Task
from ladle.errors import Diagnostic, Span
from ladle.wire import BoolShape

__all__ = ["results"]


def results(program: form.Program, sources: tuple[FunctionSource, ...]) -> Iterator[Diagnostic]:
    """The warnings about results of calls that nobody reads."""
    bare = {
        source.source.span(node.value)
        for source in sources
        for node in ast.walk(source.node)
        if isinstance(node, ast.Expr)
    }
    for source in sources:
        yield from _never_read(source)
    calls = [
        each
        for each in statements(program.body)
        if isinstance(each, form.Call) and isinstance(each.callee, Declared)
    ]
    read = {call.callee: call for call in reversed(calls) if call.target is not None}
    for call in calls:
        if call.target is None and call.span in bare:
            yield from _dropped(call, read.get(call.callee))
    for each in statements(program.body):
        if isinstance(each, form.Map) and each.target is None and each.span in bare:
            yield from _dropped_in_map(each)


def _never_read(source: FunctionSource) -> Iterator[Diagnostic]:
    """Names that the function binds to calls and never reads."""
    read = {
        node.id
        for node in ast.walk(source.node)
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Store)
    }
    for node in ast.walk(source.node):
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        if not isinstance(node, ast.Assign | ast.AnnAssign) or len(targets) != 1 or node.value is None:
            continue
        target = targets[0]
        if not isinstance(target, ast.Name) or target.id in read or target.id.startswith("_"):
            continue
        called = _called(node.value, source)
        if called is None:
            continue
        yield warning(
            "L703",
            source.source.span(target),
            f"`{target.id}` is never read, so the call of `{called}` is a step: it waits for all before it, "
            "and all after it waits",
            f"write the call alone, or `_ = {called}(…)`; or remove it",
        )


def _called(node: ast.expr, source: FunctionSource) -> str | None:
    """The task or workflow that an expression calls, whatever else it does."""
    for each in ast.walk(node):
        if isinstance(each, ast.Call) and isinstance(each.func, ast.Name):
            found = source.names.get(each.func.id)
            if isinstance(found, Declared):
                return each.func.id
    return None


def _dropped(call: form.Call, other: form.Call | None) -> Iterator[Diagnostic]:
    name = call.callee.name
    if call.attempt:
        yield _unseen(call.span, name)
        return
    result = _result(call.callee)
    if isinstance(result, BoolShape):
        yield warning(
            "L705",
            call.span,
            f"`{name}` answers yes or no, and nobody reads it",
            f"act on it: if not {name}(…): …; or write `_ = {name}(…)`",
        )
    elif other is not None and isinstance(call.callee, Task):  # what services answer is often dropped
        yield warning(
            "L705",
            call.span,
            f"the result of `{name}` is ignored here, and read at line {other.span.line}",
            f"use it; or write `_ = {name}(…)`, which says that it is dropped on purpose",
            ((other.span, "here it is read"),),
        )


def _dropped_in_map(each: form.Map) -> Iterator[Diagnostic]:
    for call in statements(each.body):
        if isinstance(call, form.Call) and call.attempt:
            yield _unseen(call.span, call.callee.name)


def _unseen(span: Span, name: str) -> Diagnostic:
    return warning(
        "L704",
        span,
        f"`attempt` gives the failure of `{name}` as a value, and nobody looks at it: it is lost",
        f"write: if isinstance(attempt({name}, …), Failed): …; or call `{name}` without `attempt`",
    )


def _result(callee: Any) -> Any:
    """What a call gives; None for the ARN of a run that was started."""
    if isinstance(callee, form.Direct):
        return callee.shape
    return None if isinstance(callee, form.Launch) else callee.door.result
