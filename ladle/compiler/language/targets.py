"""Assignment targets: names, and tuples taken apart."""

from __future__ import annotations

import ast

from ladle.compiler.language import form
from ladle.compiler.language.guards import operation
from ladle.compiler.language.reading import Reader
from ladle.compiler.language.shapes import INT, POISON, is_poison, show
from ladle.wire import RecordShape, Shape, TupleShape

__all__ = ["spread", "unpack"]


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
        if any(isinstance(each, ast.Starred) for each in target.elts):
            reader.problem("L106", target, "`*` in a target cannot be compiled", "take the items by index")
            return _poisoned(reader, target)
        shape = value.shape
        if is_poison(shape):
            return _poisoned(reader, target)
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


def _poisoned(reader: Reader, target: ast.expr) -> bool:
    """The names of a target that could not be taken apart: set, to what is not known."""
    for each in ast.walk(target):
        if isinstance(each, ast.Name):
            reader.define(each.id, POISON, each)
    return False
