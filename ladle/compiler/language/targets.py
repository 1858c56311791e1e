"""Assignment targets: names, and tuples taken apart."""

from __future__ import annotations

import ast

from ladle.compiler.language import form
from ladle.compiler.language.guards import operation
from ladle.compiler.language.reading import Reader
from ladle.compiler.language.shapes import INT, NULL, POISON, is_poison, kind_of, show, union
from ladle.wire import ListShape, RecordShape, Shape, TupleShape

__all__ = ["item_of", "rest_of", "spread", "unpack"]


def unpack(
    reader: Reader, target: ast.expr, shape: Shape, node: ast.AST, *, comprehension: bool = False
) -> form.Variable | None:
    """The variable that a loop sets each turn; taking a tuple apart emits the assignments of its names.

    None where a problem was reported.
    """
    if isinstance(target, ast.Name):
        return reader.define(target.id, shape, target, tag="item")
    variable = reader.define("item", shape, target, made=True, tag="item")
    value = reader.value_of(variable, reader.span(target))
    return variable if spread(reader, target, value, node) or (comprehension and is_poison(shape)) else None


def spread(reader: Reader, target: ast.expr, value: form.Expr, node: ast.AST) -> bool:
    """Assigns the parts of `value` to the names of `target`; False where a problem was reported."""
    if isinstance(target, ast.Name):
        variable = reader.define(target.id, value.shape, target)
        if not is_poison(value.shape):
            reader.emit(form.Assign(reader.span(target), target.id, variable, value))
        return not is_poison(value.shape)
    if isinstance(target, ast.Tuple | ast.List):
        shape = value.shape
        if is_poison(shape):
            return _poisoned(reader, target)
        if kind_of(shape) == "str":
            value = operation(reader, target, "str.list", value)
            shape = value.shape
        stars = [place for place, each in enumerate(target.elts) if isinstance(each, ast.Starred)]
        if stars and isinstance(shape, TupleShape | ListShape):
            return _starred(reader, target, value, stars[0])
        if isinstance(shape, ListShape):
            number = form.Const(INT, reader.span(target), len(target.elts))
            value = operation(reader, target, "list.exactly", value, number)
            shape = value.shape
        if not isinstance(shape, TupleShape):
            hint = (
                "take its fields: value.field"
                if isinstance(shape, RecordShape)
                else "take the items by index: xs[0]"
            )
            reader.problem(
                "L416",
                target,
                f"`{show(shape)}` cannot be taken apart: how many items it has is not known",
                hint,
            )
            return _poisoned(reader, target)
        if len(shape.items) != len(target.elts):
            reader.problem(
                "L416",
                target,
                f"{len(target.elts)} names for a tuple of {len(shape.items)}",
                f"write {len(shape.items)} names",
            )
            return _poisoned(reader, target)
        held = reader.once(value, target, "parts")
        good = True
        for place, each in enumerate(target.elts):
            index = form.Const(INT, reader.span(each), place)
            good = spread(reader, each, operation(reader, each, "tuple.index", held, index), node) and good
        return good
    text = reader.text(target)
    if isinstance(target, ast.Attribute):
        reader.problem(
            "L106",
            target,
            f"`{text}` cannot be changed: values are not shared between steps",
            "build a new value with the field changed, in a task or by its class",
        )
    else:
        reader.problem("L106", target, f"`{text}` cannot be assigned here", "assign a name")
    return False


def _starred(reader: Reader, target: ast.Tuple | ast.List, value: form.Expr, star: int) -> bool:
    """`a, *rest, b = value`: what stands before and behind the star, and the list of what is between."""
    span = reader.span(target)
    behind = len(target.elts) - 1 - star
    shape = value.shape
    if isinstance(shape, TupleShape):
        if len(shape.items) < star + behind:
            names = f"{star + behind} names and more for a tuple of {len(shape.items)}"
            reader.problem("L416", target, names, f"write at most {len(shape.items)} names besides the star")
            return _poisoned(reader, target)
    elif star + behind:
        value = operation(reader, target, "list.at_least", value, form.Const(INT, span, star + behind))
    held = reader.once(value, target, "parts")
    good = True
    for place, each in enumerate(target.elts):
        if isinstance(each, ast.Starred):
            good = spread(reader, each.value, rest_of(reader, each, held, star, behind), each) and good
            continue
        at = place if place < star else place - len(target.elts)
        good = spread(reader, each, item_of(reader, each, held, at), each) and good
    return good


def item_of(reader: Reader, node: ast.AST, items: form.Expr, place: int) -> form.Expr:
    """An item of a list or tuple that is known to be there."""
    span = reader.span(node)
    if isinstance(items.shape, TupleShape):
        size = len(items.shape.items)
        index = form.Const(INT, span, place % size)
        return form.Op(items.shape.items[place % size], span, "tuple.index", (items, index))
    return operation(reader, node, "list.pick", items, form.Const(INT, span, place))


def rest_of(reader: Reader, node: ast.AST, items: form.Expr, before: int, behind: int) -> form.Expr:
    """The list that a star takes."""
    span = reader.span(node)
    if isinstance(items.shape, TupleShape):
        places = range(before, len(items.shape.items) - behind)
        parts = tuple(item_of(reader, node, items, place) for place in places)
        return form.MakeList(ListShape(union(part.shape for part in parts)), span, parts)
    start = form.Const(INT, span, before)
    stop = form.Const(INT, span, -behind) if behind else form.Const(NULL, span, None)
    return operation(reader, node, "list.slice", items, start, stop)


def _poisoned(reader: Reader, target: ast.expr) -> bool:
    """The names of a target that could not be taken apart: set, to what is not known."""
    for each in ast.walk(target):
        if isinstance(each, ast.Name):
            reader.define(each.id, POISON, each)
    return False
