"""Zeros with a sign: texts of floats, after the whole body has been read.

`f"{-0.0:.2f}"` is `-0.00` to Python, and not every reader of JSON keeps the sign of a zero between two
states. Doors give no such zero (`ladle.wire`), so only arithmetic of the workflow can. Within one expression
the printer works the sign out from the factors. What reaches a text through a variable is held to this: a
quotient, or a product with something positive, stops the run should it be a negative zero (`float.kept`); the
negation of a zero, or its product with something negative, is ordinary, and refused.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import fields, replace
from typing import Any, Final

from ladle.compiler.language import form
from ladle.compiler.language.problems import Problems
from ladle.compiler.language.walk import nodes
from ladle.wire import AnyShape, DictShape, FloatShape, ListShape, RecordShape, Shape, TupleShape, UnionShape

__all__ = ["has_floats", "values_of", "zeros_kept"]

_SHOWN: Final = frozenset({"float.format", "str.of_float"})
"""What shows a float, and the sign of a zero."""

_EITHER: Final = frozenset(
    {"float.neg", "float.mul", "float.div", "float.of_str", "float.round", "list.prod_float"}
)
"""What may give a zero of either sign."""

_POSITIVE: Final = frozenset({"list.len", "dict.len", "str.len", "float.abs", "int.abs", "float.sqrt"})


def zeros_kept(body: form.Block, problems: Problems) -> form.Block:
    """The body with negative zeros stopped where a text would show them; a problem where they are common."""
    texts = [node for node in nodes(body) if isinstance(node, form.Op) and node.name in _SHOWN]
    if not texts:
        return body
    values = dict(values_of(body))
    guarded: set[form.Variable] = set()
    for text in texts:
        for leaf in _leaves(text.operands[0]):
            if _doubtful(leaf, values, guarded, frozenset()):
                problems.add(
                    "L113",
                    text.span,
                    "this may be -0.0, whose sign JSON does not keep",
                    "add 0.0 to it, which takes the sign away: x + 0.0",
                )
    return _guarded(body, frozenset(guarded)) if guarded else body


def values_of(body: form.Block) -> Iterator[tuple[form.Variable, tuple[form.Expr, ...]]]:
    """Each variable that is given values by expressions, with all of them."""
    found: dict[form.Variable, list[form.Expr]] = {}

    def add(variable: form.Variable | None, value: form.Expr | None) -> None:
        if variable is not None and value is not None:
            found.setdefault(variable, []).append(value)

    for node in nodes(body):
        match node:
            case form.Assign(target=target, value=value) | form.Bind(variable=target, value=value):
                add(target, value)
            case form.Loop(item=item, source=source) | form.For(item=item, source=source):
                add(item, source)
            case form.Map():
                add(node.item, node.source)
                add(node.target, node.result)
            case form.Scope(target=target, body=inner):
                for each in nodes(inner):
                    if isinstance(each, form.Return):
                        add(target, each.value)
    yield from ((variable, tuple(values)) for variable, values in found.items())


def _leaves(expr: form.Expr) -> Iterator[form.Expr]:
    """The factors of an arithmetic expression, whose signs the printer asks for."""
    match expr:
        case form.Op(name="float.neg" | "float.mul" | "float.div", operands=operands):
            for operand in operands:
                yield from _leaves(operand)
        case form.Op(name="float.round", operands=(value, _)):
            yield from _leaves(value)
        case _:
            yield expr


def _doubtful(
    expr: form.Expr,
    values: dict[form.Variable, tuple[form.Expr, ...]],
    guarded: set[form.Variable],
    seen: frozenset[form.Variable],
) -> bool:
    """Whether the value may be, or hold, an ordinary -0.0; `guarded` gets variables with rare ones."""
    if not has_floats(expr.shape):
        return False

    def doubt(part: form.Expr) -> bool:
        return _doubtful(part, values, guarded, seen)

    match expr:
        case form.Const(value=value):
            return isinstance(value, float) and value == 0 and math.copysign(1, value) < 0
        case form.Read(variable=variable):
            if variable in seen:
                return False
            return any(
                _given(variable, value, values, guarded, seen | {variable})
                for value in values.get(variable, ())
            )
        case form.Op(name=name) if name in _EITHER:
            return True
        case form.Op(name="float.add", operands=(left, right)):
            return doubt(left) and doubt(right)
        case form.Op(name="float.sub", operands=(left, _)):
            return doubt(left)
        case form.Op(name="float.abs" | "list.sum_float" | "float.of_int" | "float.kept"):
            return False
        case _:
            return any(map(doubt, _parts(expr)))


def _given(
    variable: form.Variable,
    value: form.Expr,
    values: dict[form.Variable, tuple[form.Expr, ...]],
    guarded: set[form.Variable],
    seen: frozenset[form.Variable],
) -> bool:
    """Whether a value that is assigned may be an ordinary -0.0."""
    if isinstance(value, form.Cond):
        ways = (value.then, value.otherwise)
        doubts = [_given(variable, way, values, guarded, seen) for way in ways]  # each may be guarded
        return any(doubts)
    if isinstance(variable.shape, FloatShape) and _extraordinary(value):
        if any(_doubtful(leaf, values, guarded, seen) for leaf in _leaves(value)):
            return True
        guarded.add(variable)
        return False
    return _doubtful(value, values, guarded, seen)


def _extraordinary(value: form.Expr) -> bool:
    """Whether -0.0 comes of it only by underflow, or of a negative divisor."""
    match value:
        case form.Op(name="float.div", operands=(above, _)):
            return not isinstance(above, form.Op) or _extraordinary(above) or not _signs(above)
        case form.Op(name="float.mul", operands=(left, right)):
            return any(_positive(one) and (_extraordinary(other) or not _signs(other))
                       for one, other in ((left, right), (right, left)))  # fmt: skip
        case _:
            return False


def _signs(expr: form.Expr) -> bool:
    return isinstance(expr, form.Op) and expr.name in ("float.neg", "float.mul", "float.div", "float.of_str")


def _positive(expr: form.Expr) -> bool:
    if isinstance(expr, form.Const):
        return isinstance(expr.value, int | float) and expr.value > 0
    return isinstance(expr, form.Op) and expr.name in _POSITIVE


def has_floats(shape: Shape) -> bool:
    match shape:
        case FloatShape() | AnyShape():
            return True
        case ListShape(item=inner) | DictShape(value=inner):
            return has_floats(inner)
        case TupleShape(items=inners) | UnionShape(options=inners):
            return any(map(has_floats, inners))
        case RecordShape(fields=parts):
            return any(has_floats(part.shape) for part in parts)
        case _:
            return False


def _parts(expr: form.Expr) -> Iterator[form.Expr]:
    for part in fields(expr):
        if part.name not in ("span", "shape"):
            yield from _expressions(getattr(expr, part.name))


def _expressions(value: Any) -> Iterator[form.Expr]:
    if isinstance(value, form.Expr):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _expressions(item)


def _guarded(node: Any, variables: frozenset[form.Variable]) -> Any:
    """The same with `float.kept` around what is assigned to the variables."""
    if isinstance(node, tuple):
        return tuple(_guarded(item, variables) for item in node)
    if not isinstance(node, form.Stmt | form.Expr | form.Handler):
        return node
    changed = {
        part.name: _guarded(getattr(node, part.name), variables)
        for part in fields(node)
        if part.name not in ("span", "shape", "callee", "label", "retry", "again")
    }
    node = replace(node, **changed)
    target = node.target if isinstance(node, form.Assign) else getattr(node, "variable", None)
    if isinstance(node, form.Assign | form.Bind) and target in variables:
        return replace(node, value=_kept(node.value))
    return node


def _kept(value: form.Expr) -> form.Expr:
    """The value, stopped where it is a rare -0.0."""
    if isinstance(value, form.Cond):
        return replace(value, then=_kept(value.then), otherwise=_kept(value.otherwise))
    if _extraordinary(value):
        return form.Op(value.shape, value.span, "float.kept", (value,))
    return value
