"""Giving a name its value, and whether that value is its own."""

from __future__ import annotations

import ast
import dataclasses
from dataclasses import replace
from typing import Final

from ladle import declare
from ladle.compiler.language import form
from ladle.compiler.language.arguments import take
from ladle.compiler.language.names import marker, static
from ladle.compiler.language.paths import is_deep
from ladle.compiler.language.reading import Reader
from ladle.compiler.language.records import record_shape
from ladle.compiler.language.shapes import NEVER, NULL, is_poison, kind_of
from ladle.compiler.language.values import leak
from ladle.compiler.language.walk import renamed
from ladle.wire import Shape

__all__ = ["adopt", "bind_name", "is_fresh"]


def bind_name(
    reader: Reader, target: ast.Name, value_node: ast.expr, value: form.Expr
) -> form.Variable | None:
    """Gives a name its value. A call that was just lifted sets the name itself, without a variable
    between."""
    name = target.id
    declared = reader.frame.declared.get(name)
    if declared is not None:
        value = take(reader, value_node, value, declared, "L409", f"`{name}`")
    leak(reader, value_node)
    fresh = is_fresh(reader, value_node)
    shape = value.shape if declared is None or is_poison(value.shape) else _pinned(declared, value.shape)
    variable = reader.define(name, shape, target, fresh=fresh)
    if fresh and (is_deep(value) or _called(reader, value_node)):
        reader.env.deepen(name)
    if is_poison(value.shape):
        return variable
    if declared is not None:
        variable = reader.definitions.define((*reader.frame.path, id(target), ""), name, declared, made=False)
    if not adopt(reader, value, variable):
        reader.emit(form.Assign(reader.span(target), name, variable, value))
    return variable


def _called(reader: Reader, node: ast.expr) -> bool:
    """Whether a value is the result of a task or workflow, which is new in all its parts."""
    return isinstance(node, ast.Call) and isinstance(static(reader, node.func), declare.Declared)


def _pinned(declared: Shape, found: Shape) -> Shape:
    """The type of a name with an annotation: that one, narrowed to None where None was given."""
    if found == NULL:
        return NULL if kind_of(declared) == "union" else declared
    if kind_of(declared) == "union" and NEVER not in (
        getattr(found, "item", None),
        getattr(found, "value", None),
    ):
        return found
    return declared


def adopt(reader: Reader, value: form.Expr, variable: form.Variable | None) -> bool:
    """Lets the statement that made `value` set `variable` instead; with None, nothing (its result is
    not read)."""
    if not isinstance(value, form.Read) or not value.variable.made or not reader.block:
        return False
    last = reader.block[-1]
    if isinstance(last, form.Call | form.Map | form.Scope) and last.target == value.variable:
        if variable is None:
            reader.block[-1] = replace(last, target=None, step=True)
        else:
            reader.block[-1] = replace(last, target=variable)
        return True
    if isinstance(last, form.If) and variable is not None and value.variable.index in reader.chosen:
        # Both ways of a choice set the name itself.
        reader.block[-1] = renamed(last, lambda each: variable if each == value.variable else each)
        return True
    return False


_MAKING: Final = frozenset(("copy", "split", "splitlines", "model_copy", "model_dump"))
"""Methods that make a value of their own."""


def _makes(target: object) -> bool:
    """Whether a call makes a record: of a class, or a copy."""
    return (isinstance(target, type) and record_shape(target) is not None) or target in (
        dataclasses.replace,
        dataclasses.asdict,
    )


_FRESH: Final = (
    ast.List,
    ast.Dict,
    ast.ListComp,
    ast.Set,
    ast.SetComp,
    ast.DictComp,
    ast.BinOp,
    ast.Constant,
    ast.JoinedStr,
    ast.Compare,
)


def is_fresh(reader: Reader, node: ast.expr) -> bool:
    """Whether an expression makes a value that nothing else refers to."""
    if isinstance(node, _FRESH):
        return True
    if isinstance(node, ast.Subscript):
        return isinstance(node.slice, ast.Slice)
    if isinstance(node, ast.IfExp):
        return is_fresh(reader, node.body) and is_fresh(reader, node.orelse)
    if isinstance(node, ast.Call):
        if id(node) in reader.fresh_calls:
            return True
        target = static(reader, node.func)
        if (
            isinstance(target, declare.Declared)
            or _makes(target)
            or target in (list, dict, set, sorted, dict.fromkeys)
            or marker(target) == "attempt"
        ):
            return True
        return isinstance(node.func, ast.Attribute) and node.func.attr in _MAKING
    return False
