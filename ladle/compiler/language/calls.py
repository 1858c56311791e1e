"""Calls: of tasks and workflows (lifted to statements), of classes, helpers, built-ins, methods and
Ladle's own words."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Mapping
from types import FunctionType
from typing import Any, Final

from ladle import declare
from ladle.compiler.language import form
from ladle.compiler.language.arguments import Parameter, bind
from ladle.compiler.language.closures import Closure, of_lambda
from ladle.compiler.language.constants import known
from ladle.compiler.language.cycles import way_back
from ladle.compiler.language.enums import enum_shape, member_by_value
from ladle.compiler.language.far import read_write, s3_method
from ladle.compiler.language.functions import FUNCTIONS
from ladle.compiler.language.functions.regexes import call_pattern
from ladle.compiler.language.helpers import call_member, inline, member_of
from ladle.compiler.language.instead import instead_of
from ladle.compiler.language.methods import call_method
from ladle.compiler.language.names import MISSING, is_local, kind_of_object, marker, static
from ladle.compiler.language.problems import nearest
from ladle.compiler.language.reading import Reader
from ladle.compiler.language.records import construct, record_shape
from ladle.compiler.language.services import call_action
from ladle.compiler.language.shapes import STR, is_poison, show
from ladle.compiler.language.source import library_of
from ladle.compiler.language.web import call_http, http_method
from ladle.compiler.language.words import EXPRESSION_WORDS, STATEMENT_WORDS, is_retry, retry_policy
from ladle.declare.options import activity_findings, task_findings
from ladle.errors import DiagnosticError
from ladle.wire import ABSENT, Shape, WireError, shape_of, union_of

__all__ = ["CALLS", "FAILED", "call_declared"]

FAILED: Final = shape_of(declare.Failed)


def read_call(reader: Reader, node: ast.Call, expected: Shape | None) -> form.Expr:
    """A call in an expression; its value once the call itself has been lifted."""
    target = static(reader, node.func)
    if isinstance(node.func, ast.Lambda):
        target = of_lambda(reader, node.func, "lambda")
        if target is None:
            return reader.poison(node)
    if isinstance(target, Closure):
        return inline(reader, node, target)
    if target is MISSING:
        return _call_unknown(reader, node, expected)
    if isinstance(target, declare.Declared):
        return call_declared(reader, node, target)
    if isinstance(target, declare.Action):
        return call_action(reader, node, target)
    if method := http_method(target):
        return call_http(reader, node, method)
    if method := s3_method(target):
        if method == "write":
            return read_write(reader, node)
        return reader.refuse(
            "L610",
            node,
            f"`s3.{method}` gives the items of a comprehension, and stands nowhere else",
            f"write: [f(x) for x in s3.{method}(…)], with a task or workflow f",
        )
    word = marker(target)
    if word == "attempt":
        return _attempt(reader, node)
    if word in EXPRESSION_WORDS:
        return EXPRESSION_WORDS[word](reader, node, expected)
    if word in STATEMENT_WORDS:
        return reader.refuse("L209", node, f"`{word}` gives no value", "write it in a line of its own")
    if word == "Failed":
        return construct(reader, node, FAILED)  # type: ignore[arg-type]
    if word:
        return reader.refuse(
            "L209", node, f"`{word}` cannot stand here", _WORD_HINTS.get(word, "see the docs")
        )
    try:
        known = FUNCTIONS.get(target)
    except TypeError:
        known = None
    if known is not None:
        return known(reader, node, expected)
    if isinstance(target, type):
        return _call_class(reader, node, target)
    if isinstance(target, FunctionType):
        if (library := library_of(target)) is not None:
            what = f"`{reader.text(node.func)}` is a function of {library}: it cannot run between tasks"
            small = "call it inside a task, or in a helper that runs as one: inline(helper)(…)"
            return reader.refuse("L201", node, what, instead_of(target) or small)
        return inline(reader, node, target)
    name = reader.text(node.func)
    if (instead := instead_of(target)) is not None:
        return reader.refuse("L201", node, f"`{name}` cannot run between tasks", instead)
    return reader.refuse(
        "L201",
        node,
        f"`{name}` is {_article(kind_of_object(target))}: it cannot run between tasks",
        "call it inside a task, or in a helper that runs as one: inline(helper)(…)",
    )


_WORD_HINTS: Final[Mapping[str, str]] = {
    "each": "write it as the iterable of a comprehension: [f(x) for x in each(xs, concurrency=4)]",
    "retry": "write: retry(attempts=3)(helper)(args)",
    "inline": "write: inline(helper)(args), which calls the helper as a small task",
    "in_order": "write: with in_order():",
    "at_once": "write: with at_once():",
    "after": "write: with after(a, b):",
    "split": "write: with split(every=500):, and the loop in it",
    "TaskToken": "a task token is the first parameter of a task; callers do not pass it",
    "Retry": "write it in the task's declaration: @task(retry=Retry(…))",
}


def _article(kind: str) -> str:
    return f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"


def _call_unknown(reader: Reader, node: ast.Call, expected: Shape | None) -> form.Expr:
    """A call of what is no name of the module: a method of a value, `retry(…)(f)(…)`, or a mistake."""
    function = node.func
    if isinstance(function, ast.Attribute):
        base = static(reader, function.value)
        if isinstance(base, declare.Workflow) and function.attr == "start":
            return call_declared(reader, node, base, launch=True)
        if isinstance(base, re.Pattern):
            return call_pattern(reader, node, base, function.attr)
        if isinstance(base, type) and (shape := record_shape(base)) is not None:
            found = member_of(shape, function.attr)
            if found is not None:
                return call_member(reader, node, None, base, found)
        if base is MISSING or isinstance(base, str | list | dict | tuple):
            return call_method(reader, node, function, expected)
        read = reader.expression(function)  # reports that there is no such name
        del read
        return reader.poison(node)
    if isinstance(function, ast.Call) and (varied := with_options(reader, function)) is not None:
        return reader.poison(node) if isinstance(varied, form.Expr) else call_declared(reader, node, varied)
    if isinstance(function, ast.Call) and is_retry(reader, function):
        policy = retry_policy(reader, function)
        if policy is None:
            return reader.poison(node)
        target = static(reader, function.args[0])
        if isinstance(target, Closure) or (isinstance(target, FunctionType) and library_of(target) is None):
            return inline(reader, node, target, policy=policy)
        return reader.refuse(
            "L209", function.args[0], "`retry` repeats a helper function", "a task has @task(retry=Retry(…))"
        )
    if isinstance(function, ast.Call) and marker(static(reader, function.func)) == "inline":
        return _inlined(reader, node, function)
    if isinstance(function, ast.Name):
        if is_local(reader, function.id):
            if is_poison(reader.expression(function).shape):
                for argument in node.args:
                    reader.expression(argument.value if isinstance(argument, ast.Starred) else argument)
                return reader.poison(node)
            return reader.refuse(
                "L201",
                function,
                f"`{function.id}` is a value, not a function",
                "call tasks and helpers by their names",
            )
        callables = [
            name
            for name, value in reader.frame.source.names.items()
            if isinstance(value, declare.Declared | FunctionType)
        ]
        near = nearest(function.id, callables)
        hint = f"did you mean `{near}`?" if near else f"import it: from functions.… import {function.id}"
        for argument in (*node.args, *(keyword.value for keyword in node.keywords)):
            reader.expression(argument.value if isinstance(argument, ast.Starred) else argument)
        return reader.refuse("L301", function, f"`{function.id}` is not known here", hint)
    return reader.refuse(
        "L201", function, "only names can be called", "call tasks and helpers by their names"
    )


def _inlined(reader: Reader, node: ast.Call, function: ast.Call) -> form.Expr:
    """`inline(helper)(args)`: a plain function as a small task."""
    target = static(reader, function.args[0]) if len(function.args) == 1 and not function.keywords else None
    example = "write: inline(helper)(args), with a helper at the top of a module of the project"
    if not isinstance(target, FunctionType) or library_of(target) is not None:
        return reader.refuse("L209", function, "`inline` takes one plain function of the project", example)
    if target.__qualname__ != target.__name__ or target.__name__ == "<lambda>":
        what = f"`{target.__qualname__}` is no function at the top of a module: Lambda could not find it"
        return reader.refuse("L209", function.args[0], what, "move it there")
    return call_declared(reader, node, declare.inline(target))


def _call_class(reader: Reader, node: ast.Call, cls: type) -> form.Expr:
    if issubclass(cls, BaseException):
        return reader.refuse(
            "L209",
            node,
            "an exception is made where it is raised, not as a value",
            f"write: raise {cls.__name__}(…)",
        )
    shape = record_shape(cls)
    if shape is not None:
        return construct(reader, node, shape)
    if (enumerated := enum_shape(cls)) is not None:
        return member_by_value(reader, node, enumerated)
    if (instead := instead_of(cls)) is not None:
        return reader.refuse("L201", node, f"`{cls.__name__}` cannot run between tasks", instead)
    return reader.refuse(
        "L201",
        node,
        f"instances of `{cls.__name__}` have no place in JSON",
        "use a dataclass, or make it in a task",
    )


# ------------------------------------------------------------------------------- tasks and workflows


def parameters_of(reader: Reader, node: ast.AST, callee: Any) -> tuple[list[Parameter], Shape] | None:
    """The parameters and the result of a task or workflow; None when its declaration has problems."""
    try:
        door = callee.door
    except DiagnosticError:
        reader.problems.include(callee.problems)
        return None
    kinds = callee.signature.parameters
    span = reader.span(node)
    parameters = [
        Parameter(
            field.name,
            field.shape,
            None if field.default is ABSENT else form.Const(field.shape, span, field.default),
            positional=kinds[field.name].kind is not inspect.Parameter.KEYWORD_ONLY,
        )
        for field in door.parameters
    ]
    return parameters, door.result


def with_options(reader: Reader, node: ast.Call) -> Any:
    """`task.options(timeout=5)` as a task of its own; poison where it is wrong, None for any other call."""
    function = node.func
    if not isinstance(function, ast.Attribute) or function.attr != "options":
        return None
    base = static(reader, function.value)
    if isinstance(base, declare.Workflow):
        hint = "say it in its declaration: @workflow(timeout=…)"
        return reader.refuse("L604", node, f"`{base.name}` is a workflow, which has no `options`", hint)
    if not isinstance(base, declare.Task):
        return None
    options = {each.arg or "**": known(reader, each.value) for each in node.keywords}
    wrong = next((each for each in node.keywords if each.arg not in ("timeout", "heartbeat", "retry")), None)
    if node.args or wrong is not None:
        hint = "write: options(timeout=…, heartbeat=…, retry=…)"
        return reader.refuse("L604", wrong or node, f"`{base.name}` has no such option of a call", hint)
    for each in node.keywords:
        if options[str(each.arg)] is MISSING:
            return reader.refuse(
                "L604", each.value, f"`{each.arg}` stands in the state itself", "write a constant"
            )
    varied = base.options(**options)
    is_activity = isinstance(base, declare.Activity)
    findings = activity_findings if is_activity else task_findings
    for each in node.keywords:
        found = [one for one in findings(varied) if one.part == f"option:{each.arg}"]
        if found and found[0] not in findings(base):
            return reader.refuse("L604", each, found[0].message, found[0].hint)
        bounded = not (is_activity or base.takes_token)
        if each.arg == "timeout" and varied.timeout > base.timeout and bounded:
            what = f"the function of `{base.name}` itself ends after {base.timeout} s"
            return reader.refuse("L604", each, what, f"declare it so: @task(timeout={varied.timeout})")
    return varied


def call_declared(
    reader: Reader, node: ast.Call, callee: Any, *, attempt: bool = False, launch: bool = False
) -> form.Expr:
    """Lifts a call of a task or workflow; the value is a variable that the call sets.

    With `launch` a run of the workflow is only started, and the value is its ARN.
    """
    name = callee.name
    base = getattr(callee, "base", None) or callee
    old = reader.callees.setdefault(name, base)
    if old is not base:
        reader.problem(
            "L211",
            node,
            f"`{name}` names two things: one of {old.module}, one of {callee.module}",
            '@task(name="…") gives one of them another name',
        )
    if isinstance(callee, declare.Workflow) and (way := way_back(callee, reader.workflow)):
        again = f"`{name}` calls `{reader.workflow.name}` again" if way[1:] else f"`{name}` calls itself"
        if way[2:]:
            again += f" (through `{'`, `'.join(way[1:-1])}`)"
        return reader.refuse("L212", node, f"{again}: each run would start another one", "write a loop")
    found = parameters_of(reader, node, callee)
    if found is None:
        for argument in node.args:
            reader.expression(argument)
        return reader.poison(node)
    parameters, result = found
    values = bind(reader, node, name, parameters, shared=False)
    shape = STR if launch else result
    if attempt:
        try:
            shape = union_of((result, FAILED))
        except WireError:
            return reader.refuse(
                "L209",
                node,
                f"the result of `{name}` ({show(result)}) could be taken for a `Failed`",
                "let it return a dataclass whose fields are not those of Failed (error, cause)",
            )
    variable = reader.define(name, shape, node, made=True, tag="call")
    if values is None:
        # The arguments are wrong; the type of the result is known all the same, and what follows is checked.
        return reader.value_of(variable, reader.span(node))
    reader.emit(
        form.Call(
            reader.span(node),
            f"start {name}" if launch else name,
            variable,
            form.Launch(callee) if launch else callee,
            tuple(values.items()),
            step=bool(getattr(callee, "step", False)),
            attempt=attempt,
        )
    )
    return reader.value_of(variable, reader.span(node))


def _attempt(reader: Reader, node: ast.Call) -> form.Expr:
    """`attempt(task, *args)`: a failure as a value."""
    target = static(reader, node.args[0]) if node.args else MISSING
    if node.args and isinstance(node.args[0], ast.Call):
        varied = with_options(reader, node.args[0])
        if isinstance(varied, form.Expr):
            return varied
        target = MISSING if varied is None else varied
    if isinstance(target, declare.Action):
        inner = reader.derived(node, lambda: ast.Call(node.args[0], node.args[1:], node.keywords))
        return call_action(reader, inner, target, FAILED)
    if not isinstance(target, declare.Declared):
        what = node.args[0] if node.args else node
        return reader.refuse(
            "L209",
            what,
            "`attempt` takes a task or a workflow first",
            "write: attempt(load_day, bucket, key)",
        )
    inner = reader.derived(node, lambda: ast.Call(node.args[0], node.args[1:], node.keywords))
    return call_declared(reader, inner, target, attempt=True)


CALLS: Final[Mapping[type[ast.AST], Any]] = {ast.Call: read_call}
