"""Names and constants."""

from __future__ import annotations

import ast
import datetime
from collections.abc import Mapping
from typing import Any, Final

from ladle import declare
from ladle.compiler.language import form
from ladle.compiler.language.dates import read_constant_duration
from ladle.compiler.language.flow import Binding, Path
from ladle.compiler.language.names import MISSING, constant, is_local, kind_of_object, static
from ladle.compiler.language.problems import nearest
from ladle.compiler.language.reading import Reader
from ladle.compiler.language.shapes import (
    BOOL,
    BYTES,
    FLOAT,
    FUNCTION,
    INT,
    NEVER,
    NULL,
    POISON,
    STR,
    kind_of,
    set_of,
    show,
)
from ladle.wire import LARGEST_INTEGER, ListShape, Shape

__all__ = ["VALUES", "leak", "number", "path_of", "read_object", "refuse_none"]


def number(reader: Reader, node: ast.AST, value: int) -> form.Const:
    return form.Const(INT, reader.span(node), value)


def read_constant(reader: Reader, node: ast.Constant, expected: Shape | None) -> form.Expr:
    del expected
    value = node.value
    span = reader.span(node)
    if value is None:
        return form.Const(NULL, span, None)
    if isinstance(value, bool):
        return form.Const(BOOL, span, value)
    if isinstance(value, str):
        return form.Const(STR, span, value)
    if isinstance(value, int):
        if abs(value) > LARGEST_INTEGER:
            return reader.refuse(
                "L403",
                node,
                f"{value} is larger than 2**53 - 1: JSON numbers lose digits there",
                "pass it as text",
            )
        return form.Const(INT, span, value)
    if isinstance(value, float):
        return form.Const(FLOAT, span, value)
    if isinstance(value, bytes) and (found := _bytes(reader, node, value)) is not None:
        return found
    what = "`...`" if value is ... else f"`{type(value).__name__}`"
    return reader.refuse("L102", node, f"{what} has no place in JSON", "use text or a number")


def _bytes(reader: Reader, node: ast.expr, value: bytes) -> form.Expr | None:
    """Bytes that are UTF-8; None for others."""
    try:
        text = value.decode()
    except UnicodeDecodeError:
        return None
    return form.MakeObject(BYTES, reader.span(node), (("text", form.Const(STR, reader.span(node), text)),))


def read_name(reader: Reader, node: ast.Name, expected: Shape | None) -> form.Expr:
    del expected
    name = node.id
    binding = reader.env.names.get(name)
    if binding is not None:
        reader.read_names.add(name)
        if (referred := reader.env.shallow(name)) is not None:
            reader.referred.append(referred)
        if binding.maybe_unset:
            lines = ", ".join(map(str, binding.lines))
            where = f"only line {lines} sets it" if len(binding.lines) == 1 else f"only lines {lines} set it"
            reader.problem(
                "L310", node, f"`{name}` may be unset here: {where}", f"set `{name}` on every way here"
            )
        if binding.shape == POISON:
            return reader.poison(node)
        if binding.shape == FUNCTION:
            return _function(reader, node, binding)
        variable = form.Variable(name, reader.definitions.unite(binding.defs), binding.shape)
        return form.Read(binding.shape, reader.span(node), variable)
    if is_local(reader, name):
        return reader.refuse("L311", node, f"`{name}` is not set here", f"assign `{name}` before this line")
    value = static(reader, node)
    if value is MISSING:
        return unknown_name(reader, node)
    return read_object(reader, node, value, name)


def _function(reader: Reader, node: ast.Name, binding: Binding) -> form.Expr:
    """A name that stands for a function, where a value is asked for."""
    if binding.maybe_unset:
        return reader.poison(node)
    if binding.function is None:
        what = f"which function `{node.id}` is depends on the way taken here"
        hint = "call each function on its way: if …: x = a(…), else: x = b(…)"
        return reader.refuse("L201", node, what, hint)
    what = f"`{node.id}` is a function: it cannot be used as a value here"
    return reader.refuse("L302", node, what, f"call it: {node.id}(…)")


def unknown_name(reader: Reader, node: ast.Name) -> form.Expr:
    known = {*reader.env.names, *reader.frame.source.names}
    near = nearest(node.id, known)
    hint = f"did you mean `{near}`?" if near else f"define or import `{node.id}` at the top of the module"
    return reader.refuse("L301", node, f"`{node.id}` is not known here", hint)


def read_object(reader: Reader, node: ast.expr, value: Any, name: str) -> form.Expr:
    """A name of the module used as a value: a constant, or a problem."""
    found = constant(value)
    if found is not None:
        return form.Const(found[0], reader.span(node), found[1])
    if value is declare.TaskToken and reader.token_allowed:
        return form.Context(STR, reader.span(node), "Task.Token")
    if isinstance(value, set | frozenset) and (items := _in_order(value)) is not None:
        unique = form.Const(items[0], reader.span(node), items[1])
        shape = set_of(items[0].item if isinstance(items[0], ListShape) else NEVER)
        return form.MakeObject(shape, unique.span, (("members", unique),))
    if isinstance(value, datetime.timedelta):
        return read_constant_duration(reader, node, value)
    if isinstance(value, bytes) and (read := _bytes(reader, node, value)) is not None:
        return read
    kind = kind_of_object(value)
    if kind in ("task", "workflow", "function", "class"):
        call = f"{name}(…)"
        hint = f"call it: {call}" if kind != "class" else "create an instance"
    elif kind == "word of Ladle":
        hint = f"see the docs of `{name}`"
    else:
        hint = "use a constant of JSON's types, or read the value in a task"
    return reader.refuse("L302", node, f"`{name}` is a {kind}: it cannot be used as a value here", hint)


def _in_order(value: set[Any] | frozenset[Any]) -> tuple[Shape, Any] | None:
    """The members of a constant set as a list, the same each time; None where they are no plain values."""
    try:
        members = sorted(value)
    except TypeError:
        members = sorted(value, key=str)
    found = constant(members)
    scalars = ("str", "int", "float", "bool", "date", "enum", "never")
    if found is None or not isinstance(found[0], ListShape) or kind_of(found[0].item) not in scalars:
        return None
    return found


def path_of(node: ast.expr) -> Path | None:
    """`day.weather` as a path; None for what is not a name with attributes."""
    if isinstance(node, ast.Name):
        return (node.id,)
    if isinstance(node, ast.Attribute) and (base := path_of(node.value)) is not None:
        return (*base, node.attr)
    return None


def leak(reader: Reader, node: ast.expr) -> None:
    """`node` becomes part of another value, so a list or dict that it names can be reached by two ways.

    An item or a field of a list (`xs[0]`) says nothing of the list itself.
    """
    if isinstance(node, ast.Name):
        reader.frame.stale(node.id)
    elif isinstance(node, ast.NamedExpr):
        leak(reader, node.target)
    elif isinstance(node, ast.IfExp):
        leak(reader, node.body)
        leak(reader, node.orelse)
    elif isinstance(node, ast.BoolOp):
        for value in node.values:
            leak(reader, value)


def refuse_none(reader: Reader, node: ast.expr, shape: Shape) -> form.Expr:
    """Reports that a value may be None where it must not be."""
    text = reader.text(node)
    return reader.refuse(
        "L407",
        node,
        f"`{text}` may be None (its type is {show(shape)})",
        f"test first: if {text} is not None: …",
    )


VALUES: Final[Mapping[type[ast.AST], Any]] = {ast.Constant: read_constant, ast.Name: read_name}
