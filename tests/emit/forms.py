"""Short builders of typed forms, for tests of plan and emission that need no source."""

from __future__ import annotations

from typing import Any

from ladle.compiler.language import form
from ladle.compiler.language.form import Expr, Variable
from ladle.declare import Task, Workflow
from ladle.errors import Span
from ladle.wire import AnyShape, BoolShape, DictShape, IntShape, ListShape, NullShape, StrShape

HERE = Span("w.py", 1, 1, 1, 2)
ANY = AnyShape()
INT = IntShape()
STR = StrShape()
BOOL = BoolShape()
INTS = ListShape(INT)


def var(name: str, shape: Any = INT, index: int = 0) -> Variable:
    return Variable(name, index, shape)


def read(variable: Variable) -> form.Read:
    return form.Read(variable.shape, HERE, variable)


def const(value: Any) -> form.Const:
    shapes: dict[type, Any] = {
        int: INT,
        str: STR,
        bool: BOOL,
        type(None): NullShape(),
        list: INTS,
        dict: DictShape(INT),
    }
    return form.Const(shapes[type(value)], HERE, value)


def op(name: str, *operands: Expr, shape: Any = INT) -> form.Op:
    return form.Op(shape, HERE, name, operands)


def obj(**entries: Expr) -> form.MakeObject:
    return form.MakeObject(DictShape(INT), HERE, tuple(entries.items()))


def task(name: str, **options: Any) -> Task[..., Any]:
    def function() -> None:
        pass

    function.__name__ = name
    function.__doc__ = f"What {name} does."
    return Task(function, **options)


def call(
    target: Variable | None, callee: Any, *arguments: Expr, step: bool = False, attempt: bool = False
) -> form.Call:
    if isinstance(callee, str):
        callee = task(callee)
    named = tuple((f"a{n}", value) for n, value in enumerate(arguments))
    return form.Call(HERE, callee.name, target, callee, named, step or target is None, attempt)


def assign(target: Variable, value: Expr) -> form.Assign:
    return form.Assign(HERE, f"{target.name} =", target, value)


def if_(
    test: Expr, then: tuple[form.Stmt, ...], otherwise: tuple[form.Stmt, ...] = (), label: str = "if"
) -> form.If:
    return form.If(HERE, label, test, then, otherwise)


def each(
    target: Variable | None,
    item: Variable,
    source: Expr,
    body: tuple[form.Stmt, ...],
    result: Expr,
    **rest: Any,
) -> form.Map:
    options: dict[str, Any] = {"index": None, "condition": None, "keep": None, **rest}
    return form.Map(
        HERE, "each", target, item, options.pop("index"), source, options.pop("condition"), body,
        options.pop("keep"), result, **options,
    )  # fmt: skip


def for_(item: Variable, source: Expr, *body: form.Stmt, orelse: tuple[form.Stmt, ...] = ()) -> form.For:
    return form.For(HERE, f"for {item.name}", item, source, body, orelse)


def while_(test: Expr, *body: form.Stmt, before: tuple[form.Stmt, ...] = ()) -> form.While:
    return form.While(HERE, "while", before, test, body, ())


def try_(
    body: tuple[form.Stmt, ...],
    *handlers: form.Handler,
    orelse: tuple[form.Stmt, ...] = (),
    final: tuple[form.Stmt, ...] = (),
) -> form.Try:
    return form.Try(HERE, "try", body, handlers, orelse, final)


def handler(errors: tuple[str, ...], *body: form.Stmt, variable: Variable | None = None) -> form.Handler:
    return form.Handler(errors, variable, body, HERE)


def raise_(error: str, message: Expr | None = None, again: Variable | None = None) -> form.Raise:
    return form.Raise(HERE, f"raise {error}".strip(), error, ("Exception",), message, again)


def return_(value: Expr | None = None) -> form.Return:
    return form.Return(HERE, "return", value)


def scope(target: Variable | None, *body: form.Stmt, retry: Any = None) -> form.Scope:
    return form.Scope(HERE, "helper", target, body, retry)


def ordered(kind: str, *body: form.Stmt, after: tuple[Variable, ...] = ()) -> form.Ordered:
    return form.Ordered(HERE, kind, kind, after, body)


def program(
    *body: form.Stmt, parameters: tuple[Variable, ...] = (), defaults: dict[Variable, Any] | None = None
) -> form.Program:
    def main() -> None:
        pass

    given = defaults or {}
    return form.Program(
        "main", "What it does.\n\nAt length.",
        tuple((one, const(given[one]) if one in given else None) for one in parameters),
        ANY, body, (), "w.py", Workflow(main),
    )  # fmt: skip
