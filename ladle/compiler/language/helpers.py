"""Helpers: plain functions of the project, read in place at their call."""

from __future__ import annotations

import ast
import inspect
import typing
from collections.abc import Mapping, Sequence
from types import FunctionType
from typing import Any, Final

from ladle.compiler.language import form
from ladle.compiler.language.annotations import annotation
from ladle.compiler.language.arguments import Given, Kind, Parameter, bind
from ladle.compiler.language.closures import Closure, assigned_names, enclosed
from ladle.compiler.language.closures import bind as stands_for
from ladle.compiler.language.early import refuse_early_calls
from ladle.compiler.language.flow import Binding, Env
from ladle.compiler.language.names import constant
from ladle.compiler.language.reading import Frame, Reader, Taken
from ladle.compiler.language.shapes import NEVER, NULL, POISON, assignable, is_poison, join, show, vague
from ladle.compiler.language.source import FunctionSource, SourceError, function_source, library_of
from ladle.wire import RecordShape, Shape, WireError, shape_of

__all__ = [
    "as_expression",
    "call_member",
    "inline",
    "member_of",
    "open_result",
    "parameter_env",
    "read_property",
]


def inline(
    reader: Reader,
    node: ast.Call,
    function: Any,
    policy: Any = None,
    receiver: Given | None = None,
    owner: type | None = None,
) -> form.Expr:
    """Reads a helper's body at the place of its call.

    `policy` repeats it as a whole; `receiver` is the value that it is called on as a method, `owner` the
    class that it is called on as a class method.
    """
    name = function.__name__
    if hasattr(function, "__wrapped__"):
        what = f"`{name}` is wrapped by a decorator, whose code cannot be compiled with it"
        return reader.refuse("L105", node, what, "call a function without one, or a task")
    if function in reader.inlining:
        chain = " calls ".join(f"`{each.__name__}`" for each in [*reader.inlining, function])
        return reader.refuse(
            "L208",
            node,
            f"{chain}: a state machine has no stack for that",
            "write a loop, or do it in a task",
        )
    try:
        closed = isinstance(function, Closure)
        source = function.source if closed else function_source(function, reader.root)
    except (SourceError, SyntaxError, OSError) as error:
        return reader.refuse(
            "L105", node, str(error), "define the helper with `def` in a module of the project"
        )
    signature = _inner_signature(reader, function) if closed else _signature(reader, node, function)
    if signature is None:
        return reader.poison(node)
    parameters, result = signature
    classes, parameters = (parameters[:1], parameters[1:]) if owner is not None else ([], parameters)
    values = bind(reader, node, name, parameters, receiver=receiver)
    if values is None:
        return reader.poison(node)
    own = assigned_names(source)
    env = enclosed(reader, node, function, own) if closed else Env()
    if env is None:
        return reader.poison(node)
    frame = Frame(source, (*reader.frame.path, id(node)), result, env, own)
    if closed:
        frame.outer, frame.captured = function.frame, frozenset(function.frame.locals - own)
        frame.locals |= frame.captured
    outer, reader.read_names = reader.read_names, set()
    reader.inlining.append(function)
    reader.frames.append(frame)
    try:
        for each in classes:
            stands_for(reader, each.name, source.node, owner)
        with reader.collect() as setup:
            for parameter in parameters:
                value = values[parameter.name]
                declared = parameter.kind == "one" and parameter.shape != POISON
                shape = parameter.shape if declared else value.shape
                variable = reader.define(parameter.name, shape, source.node, tag="parameter")
                reader.emit(form.Assign(value.span, parameter.name, variable, value))
        if (
            policy is not None
        ):  # a retry takes errors of expressions too: they must fail as errors of the branch
            errors = reader.failures.taken_by(policy.on or (Exception,))
            reader.taken.append(Taken(frozenset(errors), frame))
        refuse_early_calls(reader, source)
        with reader.collect() as body:
            reader.suite(source.body)
            shape = open_result(reader, source, frame)
        if policy is not None:
            reader.taken.pop()
    finally:
        reader.frames.pop()
        reader.inlining.pop()
        reader.read_names = outer
    if is_poison(shape):
        return reader.poison(node)
    if frame.fresh_result:
        reader.fresh_calls.add(id(node))
    else:
        reader.fresh_calls.discard(id(node))
    block = (*setup, *body)
    if policy is None and (pure := as_expression(block)) is not None:
        return pure
    variable = reader.define(name, shape, node, made=True, tag="helper")
    reader.block.extend(setup)
    reader.emit(form.Scope(reader.span(node), name, variable, tuple(body), policy))
    return reader.value_of(variable, reader.span(node))


def member_of(shape: RecordShape, name: str) -> Any:
    """A method or property that a record's class of the project defines; None for anything else."""
    found = inspect.getattr_static(shape.cls, name, None) if shape.kind != "typeddict" else None
    inner = found.fget if isinstance(found, property) else getattr(found, "__func__", found)
    if not isinstance(inner, FunctionType) or library_of(inner) is not None:
        return None
    return found


def read_property(reader: Reader, node: ast.Attribute, base: form.Expr, found: property) -> form.Expr:
    """`record.name` of a property: its function, read in place."""
    call = reader.derived(node, lambda: ast.Call(node, [], []))
    return inline(reader, call, found.fget, receiver=Given(node.value, base))


def call_member(reader: Reader, node: ast.Call, base: form.Expr | None, cls: Any, found: Any) -> form.Expr:
    """`record.method(…)`, and `Class.method(…)` of a static or class method; `base` is the record."""
    assert isinstance(node.func, ast.Attribute)
    if isinstance(found, staticmethod):
        return inline(reader, node, found.__func__)
    if isinstance(found, classmethod):
        return inline(reader, node, found.__func__, owner=cls)
    return inline(reader, node, found, receiver=None if base is None else Given(node.func.value, base))


def open_result(reader: Reader, source: FunctionSource, frame: Frame) -> Shape:
    """The type of what a function's body returns; a problem where it may end without the declared value."""
    shape = frame.result
    if reader.env.reachable:
        if shape is not None and not assignable(NULL, shape):
            last = source.body[-1] if source.body else source.node
            only = "it returns nothing" if not frame.returned else "some way through it returns nothing"
            reader.problem(
                "L501",
                last,
                f"`{source.node.name}` promises `{show(shape)}`, and {only}",
                f"end it with: return …, of type {show(shape)}",
            )
        frame.returned.append(NULL)
    if shape is not None:
        return shape
    found = NEVER
    for each in frame.returned:
        found = join(found, each)
    return POISON if frame.returned and found == NEVER else found


def _inner_signature(reader: Reader, function: Closure) -> tuple[list[Parameter], Shape | None] | None:
    """The parameters and the declared result of a function inside another one."""
    arguments = function.node.args
    kinds: list[tuple[ast.arg, bool, bool, Kind]] = [
        *((each, True, False, "one") for each in arguments.posonlyargs),
        *((each, True, True, "one") for each in arguments.args),
        *((each, True, False, "rest") for each in [arguments.vararg] if each is not None),
        *((each, False, True, "one") for each in arguments.kwonlyargs),
        *((each, False, True, "keys") for each in [arguments.kwarg] if each is not None),
    ]
    parameters: list[Parameter] = []
    for each, positional, named, kind in kinds:
        shape = POISON if each.annotation is None else annotation(reader, each.annotation)
        if shape is None:
            return None
        known = POISON if vague(shape) else shape
        parameters.append(
            Parameter(each.arg, known, function.defaults.get(each.arg), positional, named, kind)
        )
    if function.node.returns is None:
        return parameters, None
    result = annotation(reader, function.node.returns)
    return None if result is None else (parameters, None if vague(result) else result)


def _signature(reader: Reader, node: ast.Call, function: Any) -> tuple[list[Parameter], Shape | None] | None:
    """A helper's parameters and declared result; what has no annotation takes the type of its argument."""
    try:
        hints = typing.get_type_hints(function, include_extras=True)
    except NameError as error:
        reader.problem(
            "L402",
            node,
            f"the annotations of `{function.__name__}` name `{error.name}`, which its module has not",
            "import it outside `if TYPE_CHECKING:`",
        )
        return None
    parameters: list[Parameter] = []
    span = reader.span(node)
    for parameter in inspect.signature(function).parameters.values():
        shape = POISON
        if parameter.name in hints:
            found = _shape(
                reader, node, hints[parameter.name], f"`{parameter.name}` of `{function.__name__}`"
            )
            if found is None:
                return None
            shape = POISON if vague(found) else found
        default: form.Const | None = None
        if parameter.default is not parameter.empty:
            value = constant(parameter.default)
            if value is None:
                reader.problem(
                    "L302",
                    node,
                    f"the default of `{parameter.name}` is no constant of JSON's types",
                    "use None",
                )
                return None
            default = form.Const(value[0], span, value[1])
        positional = parameter.kind is not parameter.KEYWORD_ONLY
        named = parameter.kind is not parameter.POSITIONAL_ONLY
        kind = _KINDS.get(parameter.kind, "one")
        parameters.append(Parameter(parameter.name, shape, default, positional, named, kind))
    result: Shape | None = None
    if "return" in hints:
        result = _shape(reader, node, hints["return"], f"the result of `{function.__name__}`")
        if result is None:
            return None
    return parameters, None if result is None or vague(result) else result


_KINDS: Final[Mapping[Any, Kind]] = {
    inspect.Parameter.VAR_POSITIONAL: "rest",
    inspect.Parameter.VAR_KEYWORD: "keys",
}


def _shape(reader: Reader, node: ast.AST, annotation: Any, what: str) -> Shape | None:
    try:
        return shape_of(annotation)
    except WireError as error:
        reader.problem("L402", node, f"{what}: {error.problem}", "change the annotation")
        return None


def as_expression(block: Sequence[form.Stmt]) -> form.Expr | None:
    """A body without calls as one expression: assignments, `if` with a return on each way, and a return."""
    if not block:
        return None
    first, rest = block[0], block[1:]
    if isinstance(first, form.Return):
        return form.Const(NULL, first.span, None) if first.value is None else first.value
    if isinstance(first, form.Assign):
        body = as_expression(rest)
        return None if body is None else form.Bind(body.shape, first.span, first.target, first.value, body)
    if isinstance(first, form.If):
        if not (_leaves(first.then) or _leaves(first.otherwise)):
            return None
        then = as_expression(first.then if _leaves(first.then) else (*first.then, *rest))
        otherwise = as_expression(first.otherwise if _leaves(first.otherwise) else (*first.otherwise, *rest))
        if then is None or otherwise is None:
            return None
        return form.Cond(join(then.shape, otherwise.shape), first.span, first.test, then, otherwise)
    return None


def _leaves(block: Sequence[form.Stmt]) -> bool:
    """Whether a block of a pure body always returns."""
    if not block:
        return False
    last = block[-1]
    if isinstance(last, form.If):
        return _leaves(last.then) and _leaves(last.otherwise)
    return isinstance(last, form.Return)


def parameter_env(variables: Sequence[form.Variable], line: int) -> Env:
    """The state at the start of a workflow: its parameters are set."""
    names = {
        each.name: Binding(frozenset((each.index,)), each.shape, fresh=True, lines=(line,))
        for each in variables
    }
    env = Env(names)
    for name in names:
        env.deepen(name)
    return env
