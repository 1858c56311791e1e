"""`try` with its handlers, `else` and `finally`, and `raise`."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Mapping
from typing import Any, Final

from ladle.compiler.language import form
from ladle.compiler.language.failures import ancestors
from ladle.compiler.language.flow import Env, merge
from ladle.compiler.language.names import MISSING, is_local, static
from ladle.compiler.language.problems import nearest
from ladle.compiler.language.reading import Reader, Taken
from ladle.compiler.language.services import no_such_error
from ladle.compiler.language.shapes import STR, is_error, is_poison, kind_of, show
from ladle.compiler.language.texts import text_of
from ladle.compiler.language.walk import own_nodes, statements
from ladle.wire import RecordField, RecordShape

__all__ = ["TRIES"]

_ERROR_FIELDS: Final = tuple(RecordField(name, STR) for name in ("Error", "Cause", "message"))
"""What a handler's variable holds: the name of the error, its cause as it came, and `str(error)`."""


# ---------------------------------------------------------------------------------------------- try


def read_try(reader: Reader, node: ast.Try) -> None:
    frame = reader.frame
    entry = reader.env.copy()
    finals: list[Env] = []
    if node.finalbody:
        frame.finals.append(finals)
    taken_names: list[tuple[str, ...]] = []
    classes: list[list[type[BaseException]]] = []
    for handler in node.handlers:
        found = _classes(reader, handler.type)
        classes.append(found)
        names = reader.failures.taken_by(found)
        earlier = {name for other in taken_names for name in other}
        if names and (set(names) <= earlier or "States.ALL" in earlier):
            reader.problem(
                "L507",
                handler.type or handler,
                "this handler is never reached: the ones above take its errors",
                "put the more special classes first",
            )
        rest = () if "States.ALL" in earlier else tuple(name for name in names if name not in earlier)
        taken_names.append(rest)
    everything = frozenset(name for names in taken_names for name in names)
    taken = Taken(everything, frame, [entry], any(each.name for each in node.handlers))
    reader.taken.append(taken)
    with reader.collect() as body:
        reader.suite(node.body)
    reader.taken.pop()
    after_body = frame.env
    with reader.collect() as orelse:
        if after_body.reachable:
            reader.suite(node.orelse)
    ends = [frame.env]
    failed = merge(taken.states)
    handlers: list[form.Handler] = []
    for handler, names, found in zip(node.handlers, taken_names, classes, strict=True):
        frame.env = failed.copy()
        read = _handler(reader, handler, names, found)
        ends.append(frame.env)
        if read is not None and names:
            handlers.append(read)
    normal = merge(ends)
    frame.env = normal
    final: form.Block = ()
    if node.finalbody:
        frame.finals.pop()
        final = _finally(reader, node, normal, [entry, *taken.states, *finals])
    reader.emit(form.Try(reader.span(node), "try", tuple(body), tuple(handlers), tuple(orelse), final))


def _finally(reader: Reader, node: ast.Try, normal: Env, others: list[Env]) -> form.Block:
    """`finally` is read once, in whatever state it may be entered; after it, what held before goes on."""
    frame = reader.frame
    entered = merge((normal, *others))
    frame.env = entered.copy()
    for statement in node.finalbody:
        for each in own_nodes([statement]):
            if isinstance(each, ast.Return):
                reader.problem(
                    "L506",
                    each,
                    "`return` in `finally` would swallow the error that is under way",
                    "move it behind",
                )
                frame.env = normal
                return ()
    with reader.collect() as block:
        reader.suite(node.finalbody)
    after = frame.env
    if normal.reachable and after.reachable:
        kept = normal.copy()
        for name, binding in after.names.items():
            if entered.names.get(name) != binding:
                kept.bind(name, binding)
        frame.env = kept
    else:
        frame.env = Env(reachable=False)
    return tuple(block)


def _classes(reader: Reader, node: ast.expr | None) -> list[type[BaseException]]:
    """The classes of an `except`; those that are none are reported."""
    if node is None:
        return [Exception]
    found: list[type[BaseException]] = []
    for each in node.elts if isinstance(node, ast.Tuple) else [node]:
        cls = static(reader, each)
        if isinstance(cls, tuple):  # a constant of the module: ERRORS = (A, B)
            members = cls
        else:
            members = (cls,)
        for member in members:
            if isinstance(member, type) and issubclass(member, BaseException):
                reader.failures.add(member)
                _clash(reader, each, member)
                found.append(member)
            elif no_such_error(reader, each):
                pass
            elif member is MISSING and isinstance(each, ast.Name) and not is_local(reader, each.id):
                _unknown_class(reader, each)
            else:
                reader.problem(
                    "L503",
                    each,
                    f"`{reader.text(each)}` is no exception class",
                    "name a class that derives from Exception",
                )
    return found


def _unknown_class(reader: Reader, node: ast.Name) -> None:
    known = [
        name
        for name, value in {**vars(builtins), **reader.frame.source.names}.items()
        if isinstance(value, type) and issubclass(value, BaseException)
    ]
    near = nearest(node.id, known)
    hint = f"did you mean `{near}`?" if near else f"import it: from functions.… import {node.id}"
    reader.problem("L301", node, f"`{node.id}` is not known here", hint)


def _clash(reader: Reader, node: ast.AST, cls: type[BaseException]) -> None:
    pair = reader.failures.clashes.get(cls.__name__)
    if pair is not None:
        first, second = (f"{each.__module__}.{each.__qualname__}" for each in pair)
        reader.problem(
            "L505",
            node,
            f"`{cls.__name__}` names two classes, {first} and {second}: in the cloud an error is its name",
            "rename one of them",
        )


def _handler(
    reader: Reader, handler: ast.ExceptHandler, names: tuple[str, ...], classes: list[type[BaseException]]
) -> form.Handler | None:
    frame = reader.frame
    cls: type[BaseException] = classes[0] if len(classes) == 1 else Exception
    shape = RecordShape(cls.__name__, _ERROR_FIELDS, "error", cls)
    made = handler.name is None
    variable = reader.define(handler.name or "error", shape, handler, made=made, tag="handler")
    frame.caught.append(variable)
    with reader.collect() as body:
        reader.suite(handler.body)
    frame.caught.pop()
    if handler.name is not None:  # Python removes the name at the end of the handler
        frame.env.names.pop(handler.name, None)
    used = not made or _reraises(body, variable)
    if not classes:
        return None
    return form.Handler(names, variable if used else None, tuple(body), reader.span(handler))


def _reraises(block: list[form.Stmt], variable: form.Variable) -> bool:
    """Whether a bare `raise` in the handler needs the error."""
    return any(isinstance(each, form.Raise) and each.again == variable for each in statements(block))


# ---------------------------------------------------------------------------------------------- raise


def read_raise(reader: Reader, node: ast.Raise) -> None:
    statement = _raised(reader, node)
    if statement is not None:
        reader.emit(statement)
    reader.left(reader.frame)
    reader.env.reachable = False


def _raised(reader: Reader, node: ast.Raise) -> form.Raise | None:
    span = reader.span(node)
    if node.exc is None:
        caught = reader.frame.caught[-1] if reader.frame.caught else None
        if caught is None:
            reader.problem(
                "L504", node, "`raise` alone stands in a handler only", "write: raise SomeError(…)"
            )
            return None
        return _again(span, caught)
    target, arguments, keywords = node.exc, [], False
    if isinstance(node.exc, ast.Call):
        target, arguments, keywords = node.exc.func, node.exc.args, bool(node.exc.keywords)
    cls = static(reader, target)
    if isinstance(cls, type) and issubclass(cls, BaseException):
        reader.failures.add(cls)
        _clash(reader, target, cls)
        return _of_class(reader, node, cls, arguments, keywords)
    if cls is MISSING and isinstance(target, ast.Name) and not is_local(reader, target.id):
        _unknown_class(reader, target)
        return None
    if node.exc is target and isinstance(target, ast.Name) and is_local(reader, target.id):
        value = reader.expression(target)
        if isinstance(value, form.Read) and is_error(value.shape):
            return _again(span, value.variable)
        if is_poison(value.shape):
            return None
    reader.problem(
        "L503",
        target,
        f"`{reader.text(target)}` is no exception class",
        "raise a class that derives from Exception",
    )
    return None


def _again(span: Any, caught: form.Variable) -> form.Raise:
    return form.Raise(span, "raise", caught.name, (), None, caught)


def _of_class(
    reader: Reader, node: ast.Raise, cls: type[BaseException], arguments: list[ast.expr], keywords: bool
) -> form.Raise | None:
    span = reader.span(node)
    name = cls.__name__
    example = f'write: raise {name}("what happened")'
    if not issubclass(cls, Exception):
        reader.problem(
            "L504", node, f"`{name}` ends a program, it is no error of a run", "raise an Exception"
        )
        return None
    values = [reader.expression(argument) for argument in arguments]
    if keywords or len(arguments) > 1 or any(isinstance(each, ast.Starred) for each in arguments):
        reader.problem(
            "L504",
            node,
            f"`{name}` is raised with {len(arguments)} arguments: only its text travels",
            example,
        )
        return None
    own = _own_text(cls)
    if own:
        reader.problem(
            "L504",
            node,
            f"`{name}` has {own} of its own, which the compiler cannot see into",
            "raise a class without one, or raise it in a task",
        )
        return None
    message: form.Expr | None = None
    if values:
        if is_poison(values[0].shape):
            return None
        if issubclass(cls, KeyError):
            if not isinstance(values[0], form.Const):
                reader.problem(
                    "L504", node, "the text of a KeyError is the repr of its key", "raise a LookupError"
                )
                return None
            message = form.Const(STR, span, repr(values[0].value))
        else:
            message = text_of(reader, arguments[0], values[0])
            if is_poison(message.shape):
                return None
            if kind_of(message.shape) != "str":
                reader.problem("L504", node, f"the text of `{name}` is `{show(message.shape)}`", example)
                return None
    return form.Raise(span, f"raise {name}", name, ancestors(cls), message)


def _own_text(cls: type[BaseException]) -> str:
    """What of its own a class does with its arguments: `str(error)` would be something else."""
    for base in cls.__mro__:
        if base.__module__ == "builtins":
            return ""
        for method in ("__init__", "__new__", "__str__"):
            if method in vars(base):
                return f"`{method}`"
    return ""


TRIES: Final[Mapping[type[ast.AST], Any]] = {ast.Try: read_try, ast.Raise: read_raise}
