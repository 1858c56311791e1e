"""Enum classes: their members, and members by value or by name."""

from __future__ import annotations

import ast
import enum
from dataclasses import dataclass
from typing import Any

from ladle.compiler.language import form
from ladle.compiler.language.guards import operation
from ladle.compiler.language.names import constant, static
from ladle.compiler.language.reading import Reader, retyped
from ladle.compiler.language.shapes import INT, NULL, STR, is_poison, join, kind_of, options, show
from ladle.compiler.language.values import refuse_none
from ladle.wire import DictShape, EnumShape, ListShape, Shape, WireError, encode, shape_of

__all__ = ["Table", "enum_shape", "looked_up", "member_by_name", "member_by_value", "members_of", "table_of"]


def enum_shape(cls: Any) -> EnumShape | None:
    """The shape of an enum class whose members travel; None for anything else."""
    if not isinstance(cls, type) or not issubclass(cls, enum.Enum):
        return None
    try:
        shape = shape_of(cls)
    except WireError:
        return None
    return shape if isinstance(shape, EnumShape) else None


def members_of(reader: Reader, node: ast.expr) -> form.Expr | None:
    """The members of an enum that is gone over, as a list; None for what is no enum class."""
    shape = enum_shape(static(reader, node))
    if shape is None:
        return None
    return form.Const(ListShape(shape), reader.span(node), [value for _, value in shape.members])


def member_by_value(reader: Reader, node: ast.Call, shape: EnumShape) -> form.Expr:
    """`Color("red")`: the member that has a value, or ValueError."""
    name = shape.cls.__name__
    if len(node.args) != 1 or node.keywords or isinstance(node.args[0], ast.Starred):
        return reader.refuse("L203", node, f"`{name}` takes one value", f"write: {name}(value)")
    if shape.cls._missing_.__func__ is not enum.Enum._missing_.__func__:  # type: ignore[attr-defined]
        what = f"`{name}` runs code of its own for what is no member (_missing_)"
        return reader.refuse("L201", node, what, "make it in a task, or in a helper: inline(helper)(…)")
    value = reader.expression(node.args[0])
    if is_poison(value.shape) or value.shape == shape:
        return value
    if NULL in options(value.shape):
        return refuse_none(reader, node.args[0], value.shape)
    wires = [wire for _, wire in shape.members]
    kinds = {"str" if isinstance(wire, str) else "int" for wire in wires}
    if kinds != {kind_of(value.shape)}:
        what = f"no member of `{name}` has a value of type `{show(value.shape)}`"
        return reader.refuse("L417", node.args[0], what, f"give it {' or '.join(sorted(kinds))}")
    if isinstance(value, form.Const) and value.value in wires:
        return retyped(value, shape)
    listed = form.Const(ListShape(STR if kinds == {"str"} else INT), value.span, wires)
    class_name = form.Const(STR, value.span, shape.cls.__qualname__)
    return operation(reader, node, "enum.member", value, listed, class_name, shape=shape)


def member_by_name(reader: Reader, node: ast.Subscript, shape: EnumShape) -> form.Expr:
    """`Color["RED"]`: the member that has a name, or KeyError."""
    key = reader.expression(node.slice)
    if is_poison(key.shape):
        return key
    if kind_of(key.shape) != "str":
        return reader.refuse("L412", node.slice, f"names are text, not `{show(key.shape)}`", "write a str")
    by_name = {name: encode(member, shape) for name, member in shape.cls.__members__.items()}
    span = reader.span(node)
    if isinstance(key, form.Const) and key.value in by_name:
        return form.Const(shape, span, by_name[key.value])
    table: Shape = DictShape(shape)
    return operation(reader, node, "dict.index", form.Const(table, span, by_name), key)


@dataclass(frozen=True, slots=True)
class Table:
    """A module's dict whose keys are members of an enum: as a dict of JSON, and the members without a key."""

    shape: EnumShape
    values: form.Const
    missing: tuple[str, ...]


def table_of(reader: Reader, node: ast.expr) -> Table | None:
    """A dict of the module with members of one enum as its keys; None for anything else."""
    found = static(reader, node)
    if not isinstance(found, dict) or not found:
        return None
    shape = enum_shape(type(next(iter(found))))
    if shape is None or not all(type(key) is shape.cls for key in found):
        return None
    listed = constant(list(found.values()))
    if listed is None or not isinstance(listed[0], ListShape):
        return None
    wires = [str(key.value) for key in found]
    values = dict(zip(wires, listed[1], strict=True))
    missing = tuple(name for name, wire in shape.members if str(wire) not in wires)
    return Table(shape, form.Const(DictShape(listed[0].item), reader.span(node), values), missing)


def looked_up(
    reader: Reader,
    node: ast.Subscript | ast.Call,
    table: Table,
    key: form.Expr,
    default: form.Expr | None = None,
) -> form.Expr:
    """The value of a member in such a dict; `default` where it has none."""
    if is_poison(key.shape):
        return key
    if key.shape != table.shape:
        what = f"keys are `{show(table.shape)}`, not `{show(key.shape)}`"
        return reader.refuse("L412", node, what, f"write: {table.shape.cls.__name__}(…)")
    text = retyped(key, STR)
    if not all(isinstance(wire, str) for _, wire in table.shape.members):
        text = operation(reader, node, "str.of_int", key)
    if not table.missing:
        return operation(reader, node, "dict.index", table.values, text)
    if default is None:
        what = f"`{reader.text(node)}` has no value for `{table.missing[0]}`"
        return reader.refuse("L410", node, what, "give it one, or write .get(…) with a default")
    assert isinstance(table.values.shape, DictShape)
    shape = join(table.values.shape.value, default.shape)
    return operation(reader, node, "dict.get_or", table.values, text, default, shape=shape)
