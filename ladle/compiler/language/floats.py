"""Floats that a text shows: whether Python has a float there, after the whole body has been read.

`str(2)` is `2` and `str(2.0)` is `2.0`, and JSON does not tell the two apart. Doors make floats of what is
declared so (`ladle.wire`); within a workflow an `int` may stand for a `float` without becoming one, as in
`x: float = 1`, `max(0, x)`, `sum([])`. What comes from such a place is refused; `float(x)` is the remedy.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from typing import Any, Final

from ladle.compiler.language import form
from ladle.compiler.language.problems import Problems
from ladle.compiler.language.walk import nodes
from ladle.compiler.language.zeros import has_floats, values_of
from ladle.wire import (
    DictShape,
    FloatShape,
    IntShape,
    ListShape,
    LiteralShape,
    RecordShape,
    Shape,
    TupleShape,
    UnionShape,
)

__all__ = ["floats_known"]

Values = dict[form.Variable, tuple[form.Expr, ...]]

_ALWAYS: Final = frozenset({"float.div", "float.sqrt", "float.of_int", "float.of_str", "float.of_float"})
"""What gives a float whatever it takes."""

_MIXED: Final = frozenset({"float.add", "float.sub", "float.mul"})
"""What gives a float if one operand is one."""

_OF_FLOATS: Final = frozenset({"str.of_float", "float.of_float"})

_SOMETIMES: Final = frozenset({"list.sum_float", "list.prod_float"})
"""What gives an int of no items: `sum([])` is 0."""


def floats_known(body: form.Block, problems: Problems) -> form.Block:
    """The body without the marks of `float(x)`; a problem where a text may show an int as a float."""
    found = [node for node in nodes(body) if isinstance(node, form.Op) and node.name in _OF_FLOATS]
    texts = [node for node in found if node.name == "str.of_float"]
    if texts:
        values = dict(values_of(body))
        for text in texts:
            (shown,) = text.operands
            if _maybe_int(shown, FloatShape(), values, frozenset()):
                problems.add(
                    "L114",
                    text.span,
                    "this may be an int, whose text has no point",
                    "make it a float: float(x)",
                )
    return tuple(map(_unmarked, body)) if len(found) > len(texts) else body


def _maybe_int(expr: form.Expr, wanted: Shape, values: Values, seen: frozenset[form.Variable]) -> bool:
    """Whether the value may have an int where `wanted` has a float."""
    if not has_floats(wanted):
        return False
    if _widened(expr.shape, wanted):
        return True

    def doubt(part: form.Expr, slot: Shape) -> bool:
        return _maybe_int(part, slot, values, seen)

    match expr:
        case form.Const(value=value):
            return _whole_number(value)
        case form.Read(variable=variable):
            if variable in seen:
                return False
            if _widened(variable.shape, wanted):
                return True
            return any(
                _maybe_int(value, _slot(variable, value), values, seen | {variable})
                for value in values.get(variable, ())
            )
        case form.FieldOf(base=base):
            return doubt(base, base.shape)
        case form.MakeList(items=items, shape=shape):
            return any(doubt(item, slot) for item, slot in _items(items, shape))
        case form.MakeObject(entries=entries, shape=shape):
            return any(
                doubt(value, slot) or (isinstance(value, form.Const) and _integral(value.value))
                for value, slot in _entries(entries, shape)
            )
        case form.Cond(then=then, otherwise=otherwise):
            return doubt(then, wanted) or doubt(otherwise, wanted)
        case form.Bind(body=body):
            return doubt(body, wanted)
        case form.Loop(element=element, flatten=flatten, shape=shape):
            assert isinstance(shape, ListShape)
            return doubt(element, shape if flatten else shape.item)
        case form.Op(name=name, operands=operands):
            if name in _ALWAYS:
                return False
            if name in _MIXED:
                return all(doubt(operand, FloatShape()) for operand in operands)
            if name in _SOMETIMES:
                return True
            if isinstance(expr.shape, FloatShape) and name.startswith(("float.", "num.")):
                numbers = operands[:1] if name == "float.round" else operands
                return any(doubt(operand, FloatShape()) for operand in numbers)
            return _put_in(expr) or any(doubt(operand, operand.shape) for operand in operands)
        case _:
            return False


def _slot(variable: form.Variable, value: form.Expr) -> Shape:
    """What is asked of a value: the variable's shape, or of a list whose items it is given, its own."""
    gone_over = isinstance(value.shape, ListShape) and value.shape.item == variable.shape
    return value.shape if gone_over else variable.shape


def _items(items: tuple[form.Expr, ...], shape: Shape) -> Iterator[tuple[form.Expr, Shape]]:
    """The items of a display, each with the shape of its place."""
    for place, item in enumerate(items):
        if isinstance(item, form.Spread):
            yield item.base, shape
        elif isinstance(shape, TupleShape):
            yield item, shape.items[place]
        else:
            yield item, shape.item if isinstance(shape, ListShape) else item.shape


def _entries(entries: tuple[tuple[str, form.Expr], ...], shape: Shape) -> Iterator[tuple[form.Expr, Shape]]:
    """The values of a display or record, among them a record's defaults; pydantic makes floats of ints."""
    for name, value in entries:
        if isinstance(shape, DictShape):
            yield value, shape.value
        elif isinstance(shape, RecordShape) and shape.kind != "pydantic":
            field = shape.field(name)
            yield value, value.shape if field is None else field.shape


def _put_in(expr: form.Op) -> bool:
    """Whether an operation puts an int in a list or dict of floats."""
    match expr.name, expr.operands:
        case "list.append", (_, item):
            return _widened(ListShape(item.shape), expr.shape)
        case (("list.add" | "dict.merge"), (first, second)):
            return _widened(first.shape, expr.shape) or _widened(second.shape, expr.shape)
        case "list.set", (_, _, item):
            return _widened(ListShape(item.shape), expr.shape)
        case "dict.set", (_, _, value):
            return _widened(DictShape(value.shape), expr.shape)
        case "dict.get_or", (held, _, default):
            shape = held.shape.value if isinstance(held.shape, DictShape) else held.shape
            return _widened(shape, expr.shape) or _widened(default.shape, expr.shape)
        case _:
            return False


def _widened(source: Shape, target: Shape) -> bool:
    """Whether a value of `source` has an int where `target` has a float."""
    if source == target:
        return False
    match source, target:
        case UnionShape(options=ways), _:
            return any(_widened(way, target) for way in ways)
        case _, UnionShape(options=ways):
            return source not in ways and any(_widened(source, way) for way in ways)
        case IntShape(), FloatShape():
            return True
        case LiteralShape(values=values), FloatShape():
            return any(isinstance(value, int) for value in values)
        case (ListShape(item=a), ListShape(item=b)) | (DictShape(value=a), DictShape(value=b)):
            return _widened(a, b)
        case TupleShape(items=first), TupleShape(items=second):
            return any(_widened(a, b) for a, b in zip(first, second, strict=False))
        case TupleShape(items=first), ListShape(item=b):
            return any(_widened(a, b) for a in first)
        case _:
            return False


def _whole_number(value: Any) -> bool:
    """Whether a constant may have been an int: on the wire, lists and dicts no longer tell 1 from 1.0."""
    if isinstance(value, list | tuple):
        return any(_whole_number(item) or _integral(item) for item in value)
    if isinstance(value, dict):
        return any(_whole_number(item) or _integral(item) for item in value.values())
    return isinstance(value, int) and not isinstance(value, bool)


def _integral(value: Any) -> bool:
    return isinstance(value, float) and value.is_integer()


def _unmarked(node: Any) -> Any:
    """The same without `float.of_float`, which has done its work."""
    if isinstance(node, tuple):
        changed = tuple(_unmarked(item) for item in node)
        return changed if any(a is not b for a, b in zip(changed, node, strict=True)) else node
    if not isinstance(node, form.Stmt | form.Expr | form.Handler):
        return node
    if isinstance(node, form.Op) and node.name == "float.of_float":
        return _unmarked(node.operands[0])
    parts = {
        part.name: (getattr(node, part.name), _unmarked(getattr(node, part.name)))
        for part in fields(node)
        if part.name not in ("span", "shape", "callee", "label", "retry", "again")
    }
    changes = {name: new for name, (old, new) in parts.items() if new is not old}
    return replace(node, **changes) if changes else node
