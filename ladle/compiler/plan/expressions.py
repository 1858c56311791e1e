"""Questions about typed expressions: what they read, whether they can fail, what they are with names
replaced."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from operator import is_

from ladle.compiler.language import form
from ladle.compiler.language.form import Expr, Variable
from ladle.compiler.language.operations import OPERATIONS

__all__ = [
    "CLOCK",
    "can_fail",
    "children",
    "count_reads",
    "draws",
    "is_volatile",
    "reads",
    "rebuild",
    "substitute",
    "surely_evaluated",
]


CLOCK = "$now()"
"""The reading of the clock, once it is JSONata: the time at which an expression is evaluated."""


def children(expr: Expr) -> tuple[Expr, ...]:
    """The direct parts of an expression, in the order in which Python evaluates them."""
    match expr:
        case form.FieldOf(base=base) | form.Spread(base=base):
            return (base,)
        case form.Op(operands=operands):
            return operands
        case form.MakeList(items=items):
            return items
        case form.MakeObject(entries=entries):
            return tuple(value for _, value in entries)
        case form.Cond(test=test, then=then, otherwise=otherwise):
            return (test, then, otherwise)
        case form.Bind(value=value, body=body):
            return (value, body)
        case form.Loop(source=source, condition=None, element=element):
            return (source, element)
        case form.Loop(source=source, condition=form.Expr() as condition, element=element):
            return (source, condition, element)
        case _:
            return ()


def rebuild(expr: Expr, change: Callable[[Expr], Expr]) -> Expr:
    """The same expression with each direct part replaced by `change(part)`; itself, where none is another."""
    old = children(expr)
    if not old:  # nearly every expression of a large machine is a plain path
        return expr
    new = tuple(map(change, old))
    if all(map(is_, new, old)):
        return expr
    match expr:
        case form.FieldOf() | form.Spread():
            return replace(expr, base=new[0])
        case form.Op():
            return replace(expr, operands=new)
        case form.MakeList():
            return replace(expr, items=new)
        case form.MakeObject():
            keys = (key for key, _ in expr.entries)
            return replace(expr, entries=tuple(zip(keys, new, strict=True)))
        case form.Cond():
            test, then, otherwise = new
            return replace(expr, test=test, then=then, otherwise=otherwise)
        case form.Bind():
            value, body = new
            return replace(expr, value=value, body=body)
        case form.Loop():
            source, *condition, element = new
            return replace(
                expr, source=source, condition=condition[0] if condition else None, element=element
            )
        case _:
            raise AssertionError(f"{type(expr).__name__} has parts that are not put together again")


def _occurrences(expr: Expr) -> Iterator[Variable]:
    match expr:
        case form.Read(variable=variable):
            yield variable
        case form.ErrorText(error=error) | form.ErrorName(error=error):
            yield error
        case form.Bind(variable=bound) | form.Loop(item=bound):
            for part in children(expr):
                yield from (found for found in _occurrences(part) if found != bound)
        case _:
            for part in children(expr):
                yield from _occurrences(part)


def reads(expr: Expr | None) -> frozenset[Variable]:
    """The variables that an expression reads from outside itself."""
    match expr:
        case form.Read(variable=variable):  # nearly every expression is one,
            return frozenset((variable,))
        case None | form.Const() | form.Op(operands=()):  # or reads nothing
            return frozenset()
        case _:
            return frozenset(_occurrences(expr))


def count_reads(expr: Expr, variable: Variable) -> int:
    """How many times `variable` stands in `expr`; a place inside a loop counts as two (it is computed
    again)."""
    if isinstance(expr, form.Loop):
        outside = count_reads(expr.source, variable)
        parts = [part for part in (expr.condition, expr.element) if part is not None]
        return outside + 2 * sum(count_reads(part, variable) for part in parts)
    match expr:
        case form.Read(variable=found) | form.ErrorText(error=found) | form.ErrorName(error=found):
            return int(found == variable)
        case _:
            return sum(count_reads(part, variable) for part in children(expr))


def can_fail(expr: Expr | None) -> bool:
    """Whether evaluating `expr` may raise: some operation in it has failures (`d[k]`, `int(s)`, `a // b`)."""
    if expr is None:
        return False
    if type(expr) is form.Op and (OPERATIONS[expr.name].failures or OPERATIONS[expr.name].limits):
        return True
    if getattr(expr, "fails", False):  # JSONata that was made beyond the form, and checks something
        return True
    return any(map(can_fail, children(expr)))


def surely_evaluated(expr: Expr) -> Iterator[Expr]:
    """The parts of an expression, itself among them, that are evaluated whenever it is."""
    yield expr
    match expr:
        case form.Cond(test=part) | form.Loop(source=part):
            yield from surely_evaluated(part)
        case form.Op(name="bool.and" | "bool.or", operands=(part, *_)):
            yield from surely_evaluated(part)
        case _:
            for part in children(expr):
                yield from surely_evaluated(part)


def draws(expr: Expr) -> bool:
    """Whether chance decides the value: a random number, a new UUID."""
    return (isinstance(expr, form.Op) and _is_draw(expr)) or any(map(draws, children(expr)))


def _is_draw(expr: form.Op) -> bool:
    row = OPERATIONS.get(expr.name)
    return row is not None and row.volatile


def is_volatile(expr: Expr | None) -> bool:
    """Whether the value depends on when, where or how often the expression is evaluated (`now()`, a draw)."""
    if expr is None:
        return False
    if isinstance(expr, form.Context):
        return expr.path.startswith(("State.", "Task."))
    if isinstance(expr, form.Op) and (expr.name == CLOCK or _is_draw(expr)):
        return True
    return any(map(is_volatile, children(expr)))


def substitute(expr: Expr, values: Mapping[Variable, Expr]) -> Expr:
    """`expr` with each read of a variable of `values` replaced by its expression."""
    if not values:
        return expr
    match expr:
        case form.Read(variable=variable):
            return values.get(variable, expr)
        case form.ErrorText(error=error) if error in values:
            return _of_error(expr, values[error], "message")
        case form.ErrorName(error=error) if error in values:
            return _of_error(expr, values[error], "Error")
        case _:
            return rebuild(expr, lambda part: substitute(part, values))


def _of_error(expr: form.ErrorText | form.ErrorName, value: Expr, name: str) -> Expr:
    """A field of a caught error, where the error itself is known: another variable, or a new object."""
    if isinstance(value, form.Read):
        return replace(expr, error=value.variable)
    if isinstance(value, form.MakeObject):
        return dict(value.entries)[name]
    return form.FieldOf(expr.shape, expr.span, value, name)
