"""Attributes: fields of records, parts of dates, members of enums, `run.id`."""

from __future__ import annotations

import ast
import datetime
import enum
from collections.abc import Mapping
from types import ModuleType
from typing import Any, Final

from ladle import declare
from ladle.compiler.language import form
from ladle.compiler.language.alternatives import by_member
from ladle.compiler.language.dates import part_of
from ladle.compiler.language.guards import operation
from ladle.compiler.language.helpers import member_of, read_property
from ladle.compiler.language.names import MISSING, marker, static
from ladle.compiler.language.problems import nearest
from ladle.compiler.language.reading import Reader, retyped
from ladle.compiler.language.shapes import (
    BYTES,
    DATETIME,
    DIGEST,
    INT,
    NEVER,
    NULL,
    STR,
    UUID,
    is_duration,
    is_error,
    is_poison,
    is_set,
    join,
    kind_of,
    lives_between,
    options,
    show,
)
from ladle.compiler.language.time_methods import CALENDAR
from ladle.compiler.language.values import path_of, read_object, refuse_none
from ladle.wire import EnumShape, RecordShape, Shape, TupleShape

__all__ = ["ATTRIBUTES"]


_RUN: Final[Mapping[str, tuple[str, Shape]]] = {
    "id": ("Execution.Id", STR),
    "root": ("Execution.Root", STR),
    "name": ("Execution.Name", STR),
    "started": ("Execution.StartTime", DATETIME),
    "workflow": ("StateMachine.Name", STR),
    "scheduled_for": ("Execution.Input.scheduled_for", DATETIME),
}
"""`run.…`: the field of the context object (`Execution.Root` is the root run of nested ones) and its type."""


_DATE_FIELDS: Final = ("year", "month", "day")


_TIME_FIELDS: Final = (*_DATE_FIELDS, "hour", "minute", "second", "microsecond")


def read_attribute(reader: Reader, node: ast.Attribute, expected: Shape | None) -> form.Expr:
    del expected
    if node.attr == "__name__" and (error := _class_of(reader, node.value)) is not None:
        return error
    base_object = static(reader, node.value)
    if base_object is not MISSING:
        return attribute_of_object(reader, node, base_object)
    base = reader.expression(node.value)
    if is_poison(base.shape):
        return base
    if (part := _of_calendar(reader, node, base)) is not None:
        return part
    path = path_of(node)
    found = attribute(reader, node, base)
    if path is not None and (known := reader.env.facts.get(path)) is not None:
        return retyped(found, known)
    return found


def _of_calendar(reader: Reader, node: ast.Attribute, base: form.Expr) -> form.Expr | None:
    """`day.isocalendar().week`; None for anything else."""
    match node:
        case ast.Attribute(value=ast.Call(func=ast.Attribute(attr="isocalendar")), attr=part):
            if part in CALENDAR and isinstance(base.shape, TupleShape):
                place = form.Const(INT, base.span, CALENDAR.index(part))
                return operation(reader, node, "tuple.index", base, place)
    return None


def _class_of(reader: Reader, node: ast.expr) -> form.Expr | None:
    """`type(error)`, whose name is the name of the error."""
    if isinstance(node, ast.Call) and static(reader, node.func) is type and len(node.args) == 1:
        value = reader.expression(node.args[0])
        if isinstance(value, form.Read) and is_error(value.shape):
            return form.ErrorName(STR, reader.span(node), value.variable)
    return None


def attribute_of_object(reader: Reader, node: ast.Attribute, base: Any) -> form.Expr:
    """An attribute of a name of the module: `run.id`, a constant of an imported module, a member of
    an enum."""
    name = reader.text(node)
    if marker(base) == "run":
        if node.attr not in _RUN:
            near = nearest(node.attr, _RUN)
            hint = f"did you mean `run.{near}`?" if near else f"`run` has {', '.join(_RUN)}"
            return reader.refuse("L404", node, f"`run` has no attribute `{node.attr}`", hint)
        path, shape = _RUN[node.attr]
        if node.attr == "scheduled_for" and not all(
            isinstance(trigger, declare.Schedule) for trigger in reader.workflow.triggers or [None]
        ):
            return reader.refuse(
                "L404",
                node,
                "`run.scheduled_for` is known only where every trigger is a schedule",
                "give the workflow a parameter: scheduled_for: datetime | None = None",
            )
        return form.Context(shape, reader.span(node), path)
    if isinstance(base, enum.Enum) and node.attr in ("value", "name"):
        return read_object(reader, node, getattr(base, node.attr), name)
    value = static(reader, node)
    if value is not MISSING:
        return read_object(reader, node, value, name)
    if isinstance(base, ModuleType | type):
        near = nearest(node.attr, [key for key in dir(base) if not key.startswith("_")])
        hint = f"did you mean `{near}`?" if near else "check the name"
        return reader.refuse("L404", node, f"`{reader.text(node.value)}` has no `{node.attr}`", hint)
    read = reader.expression(node.value)
    return read if is_poison(read.shape) else attribute(reader, node, read)


def attribute(reader: Reader, node: ast.Attribute, base: form.Expr) -> form.Expr:
    """An attribute of a value."""
    shape, name = base.shape, node.attr
    span = reader.span(node)
    if is_duration(shape):
        part = part_of(reader, node, base, name)
        if part is not None:
            return part
        hint = "it has days, seconds and total_seconds()"
        return reader.refuse("L404", node, f"a timedelta has no `{name}` here", hint)
    if shape == UUID and name == "hex":
        text, dash, nothing = (
            form.FieldOf(STR, span, base, "text"),
            *(form.Const(STR, span, s) for s in ("-", "")),
        )
        return operation(reader, node, "str.replace", text, dash, nothing)
    if lives_between(shape):
        have = _USES.get(shape, "group(), groups() and groupdict()")
        hint = "ask with `in`, len(…), sorted(…)" if is_set(shape) else f"it has {have}"
        return reader.refuse("L404", node, f"`{show(shape)}` has no attribute `{name}`", hint)
    if isinstance(shape, RecordShape) and shape.kind != "typeddict" and not is_error(shape):
        field = shape.field(name)
        if field is not None:
            return form.FieldOf(field.shape, span, base, name)
        found = member_of(shape, name)
        if isinstance(found, property):
            return read_property(reader, node, base, found)
        near = nearest(name, [field.name for field in shape.fields])
        have = ", ".join(field.name for field in shape.fields)
        hint = f"did you mean `{near}`?" if near else f"`{shape.name}` has {have}"
        if found is not None:
            hint = f"call it: {reader.text(node)}(…)"
        elif callable(getattr(shape.cls, name, None)):
            hint = f"methods of libraries do not travel: use the fields ({have}), or compute it in a task"
        return reader.refuse("L404", node, f"`{shape.name}` has no field `{name}`", hint)
    if isinstance(shape, RecordShape) and shape.kind == "typeddict":
        return reader.refuse(
            "L404",
            node,
            f"`{shape.name}` is a TypedDict: it has keys, not attributes",
            f'write: {reader.text(node.value)}["{name}"]',
        )
    if isinstance(shape, EnumShape) and name == "value":
        values = {type(value) for _, value in shape.members}
        return retyped(base, INT if values == {int} else STR)
    if isinstance(shape, EnumShape) and name == "name":
        return by_member(reader, node, base, [member for member, _ in shape.members])
    kind = kind_of(shape)
    if kind == "date" and name in _DATE_FIELDS:
        return operation(reader, node, f"date.{name}", base)
    if kind == "datetime" and name in _TIME_FIELDS:
        return operation(reader, node, f"datetime.{name}", base)
    if kind == "error":
        return reader.refuse(
            "L404",
            node,
            f"of a caught error only its text travels, not `.{name}`",
            f"write: str({reader.text(node.value)})",
        )
    if kind == "union":
        return attribute_of_union(reader, node, base)
    if kind == "any":
        return reader.refuse(
            "L403",
            node,
            f"the type of `{reader.text(node.value)}` is Any: what `.{name}` is cannot be known",
            "annotate it with a dataclass or TypedDict",
        )
    if kind == "never":
        return reader.refuse(
            "L403", node, "the type of the items is not known", "annotate the list: xs: list[T] = []"
        )
    hint = f"write it as a call: {reader.text(node)}(…)" if _has_method(kind, name) else _has(kind)
    return reader.refuse("L404", node, f"`{show(shape)}` has no attribute `{name}`", hint)


def attribute_of_union(reader: Reader, node: ast.Attribute, base: form.Expr) -> form.Expr:
    """An attribute that every alternative has."""
    rest = [option for option in options(base.shape) if option != NULL]
    if len(rest) < len(options(base.shape)):
        return refuse_none(reader, node.value, base.shape)
    result = NEVER
    for option in rest:
        field = (
            option.field(node.attr)
            if isinstance(option, RecordShape) and option.kind != "typeddict"
            else None
        )
        if field is None:
            name = show(option)
            text = reader.text(node.value)
            return reader.refuse(
                "L404",
                node,
                f"`{text}` may be `{name}`, which has no `{node.attr}`",
                f"test first: if isinstance({text}, …)",
            )
        result = join(result, field.shape)
    return form.FieldOf(result, reader.span(node), base, node.attr)


_USES: Final[Mapping[Shape, str]] = {BYTES: "decode()", DIGEST: "hexdigest()", UUID: "str(…) and .hex"}
"""What values that live between two tasks are asked for."""

_METHODS: Final[Mapping[str, type]] = {
    "str": str, "list": list, "dict": dict, "date": datetime.date, "datetime": datetime.datetime, "int": int,
    "float": float,
}  # fmt: skip


def _has_method(kind: str, name: str) -> bool:
    return kind in _METHODS and callable(getattr(_METHODS[kind], name, None))


def _has(kind: str) -> str:
    if kind == "date":
        return f"a date has {', '.join(_DATE_FIELDS)}"
    if kind == "datetime":
        return f"a datetime has {', '.join(_TIME_FIELDS)} and date()"
    return "use a dataclass where you want attributes"


ATTRIBUTES: Final[Mapping[type[ast.AST], Any]] = {ast.Attribute: read_attribute}
