"""Names, constants, attributes and subscripts."""

from __future__ import annotations

import ast
import datetime
import enum
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any, Final

from ladle import declare
from ladle.compiler.language import form
from ladle.compiler.language.alternatives import by_member
from ladle.compiler.language.dates import part_of, read_constant_duration
from ladle.compiler.language.flow import Path
from ladle.compiler.language.guards import operation
from ladle.compiler.language.names import MISSING, constant, is_local, kind_of_object, marker, static
from ladle.compiler.language.problems import nearest
from ladle.compiler.language.reading import Reader, retyped
from ladle.compiler.language.shapes import (
    BOOL,
    DATETIME,
    FLOAT,
    INT,
    NEVER,
    NULL,
    POISON,
    STR,
    is_duration,
    is_error,
    is_poison,
    is_set,
    join,
    kind_of,
    options,
    set_of,
    show,
)
from ladle.services import AwsRecord
from ladle.wire import (
    LARGEST_INTEGER,
    DictShape,
    EnumShape,
    ListShape,
    RecordShape,
    Shape,
    TupleShape,
)

__all__ = ["VALUES", "leak", "number", "path_of", "refuse_none"]


def number(reader: Reader, node: ast.AST, value: int) -> form.Const:
    return form.Const(INT, reader.span(node), value)


# ---------------------------------------------------------------------------------------------- names


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
    what = "`...`" if value is ... else f"`{type(value).__name__}`"
    return reader.refuse("L102", node, f"{what} has no place in JSON", "use text or a number")


def read_name(reader: Reader, node: ast.Name, expected: Shape | None) -> form.Expr:
    del expected
    name = node.id
    binding = reader.env.names.get(name)
    if binding is not None:
        reader.read_names.add(name)
        if binding.maybe_unset:
            lines = ", ".join(map(str, binding.lines))
            where = f"only line {lines} sets it" if len(binding.lines) == 1 else f"only lines {lines} set it"
            reader.problem(
                "L310", node, f"`{name}` may be unset here: {where}", f"set `{name}` on every way here"
            )
        if binding.shape == POISON:
            return reader.poison(node)
        variable = form.Variable(name, reader.definitions.unite(binding.defs), binding.shape)
        return form.Read(binding.shape, reader.span(node), variable)
    if is_local(reader, name):
        return reader.refuse("L311", node, f"`{name}` is not set here", f"assign `{name}` before this line")
    value = static(reader, node)
    if value is MISSING:
        return unknown_name(reader, node)
    return read_object(reader, node, value, name)


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
        return read_constant_duration(reader, node, value, name)
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
        reader.env.stale(node.id)
    elif isinstance(node, ast.IfExp):
        leak(reader, node.body)
        leak(reader, node.orelse)
    elif isinstance(node, ast.BoolOp):
        for value in node.values:
            leak(reader, value)


# ---------------------------------------------------------------------------------------------- attributes

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
_TIME_FIELDS: Final = (*_DATE_FIELDS, "hour", "minute", "second")


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
    path = path_of(node)
    found = attribute(reader, node, base)
    if path is not None and (known := reader.env.facts.get(path)) is not None:
        return retyped(found, known)
    return found


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
    if is_set(shape):
        hint = "ask with `in`, len(…), sorted(…)"
        return reader.refuse("L404", node, f"`{show(shape)}` has no attribute `{name}`", hint)
    if isinstance(shape, RecordShape) and shape.kind != "typeddict" and not is_error(shape):
        field = shape.field(name)
        if field is not None:
            return form.FieldOf(field.shape, span, base, name)
        near = nearest(name, [field.name for field in shape.fields])
        have = ", ".join(field.name for field in shape.fields)
        hint = f"did you mean `{near}`?" if near else f"`{shape.name}` has {have}"
        member = getattr(shape.cls, name, None)
        if callable(member) or isinstance(member, property):
            hint = f"methods and properties do not travel: use the fields ({have}), or compute it in a task"
        return reader.refuse("L404", node, f"`{shape.name}` has no field `{name}`", hint)
    if isinstance(shape, RecordShape) and shape.kind == "typeddict":
        return reader.refuse(
            "L404",
            node,
            f"`{shape.name}` is a TypedDict: it has keys, not attributes",
            f'write: {reader.text(node.value)}["{name}"]',
        )
    kind = kind_of(shape)
    if kind == "date" and name in _DATE_FIELDS:
        return operation(reader, node, f"date.{name}", base)
    if kind == "datetime" and name in _TIME_FIELDS:
        return operation(reader, node, f"datetime.{name}", base)
    if kind == "enum" and name == "value":
        assert isinstance(shape, EnumShape)
        values = {type(value) for _, value in shape.members}
        return retyped(base, INT if values == {int} else STR)
    if kind == "enum" and name == "name":
        assert isinstance(shape, EnumShape)
        return by_member(reader, node, base, [member for member, _ in shape.members])
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


def refuse_none(reader: Reader, node: ast.expr, shape: Shape) -> form.Expr:
    """Reports that a value may be None where it must not be."""
    text = reader.text(node)
    return reader.refuse(
        "L407",
        node,
        f"`{text}` may be None (its type is {show(shape)})",
        f"test first: if {text} is not None: …",
    )


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


# ---------------------------------------------------------------------------------------------- subscripts


def read_subscript(reader: Reader, node: ast.Subscript, expected: Shape | None) -> form.Expr:
    del expected
    base = reader.expression(node.value)
    if isinstance(node.slice, ast.Slice):
        return slice_of(reader, node, node.slice, base)
    key = reader.expression(node.slice)
    if is_poison(base.shape) or is_poison(key.shape):
        return reader.poison(node)
    kind = kind_of(base.shape)
    take = _SUBSCRIPTS.get(kind)
    if take is not None:
        return take(reader, node, base, key)
    text = reader.text(node.value)
    if kind == "union" and NULL in options(base.shape):
        return refuse_none(reader, node.value, base.shape)
    if kind == "any":
        return reader.refuse(
            "L403",
            node,
            f"the type of `{text}` is Any: what an item of it is cannot be known",
            "annotate it: list[…], dict[str, …] or a dataclass",
        )
    hint = (
        f"write: {text}.{key.value}"
        if isinstance(key, form.Const) and kind == "record"
        else "use a list or dict"
    )
    return reader.refuse("L412", node, f"`{show(base.shape)}` has no items", hint)


def _index(reader: Reader, node: ast.Subscript, base: form.Expr, key: form.Expr) -> form.Expr:
    if kind_of(key.shape) != "int":
        return reader.refuse(
            "L412",
            node.slice,
            f"an index is an int, not `{show(key.shape)}`",
            f"write: {reader.text(node.value)}[0]",
        )
    return operation(reader, node, "str.index" if kind_of(base.shape) == "str" else "list.index", base, key)


def _tuple_item(reader: Reader, node: ast.Subscript, base: form.Expr, key: form.Expr) -> form.Expr:
    assert isinstance(base.shape, TupleShape)
    size = len(base.shape.items)
    if not isinstance(key, form.Const) or kind_of(key.shape) != "int":
        return reader.refuse("L412", node.slice, "a tuple's index must be a constant", "use a list")
    if not -size <= key.value < size:
        return reader.refuse("L416", node.slice, f"the tuple has {size} items", f"use 0 to {size - 1}")
    return operation(reader, node, "tuple.index", base, number(reader, node.slice, key.value % size))


def _dict_item(reader: Reader, node: ast.Subscript, base: form.Expr, key: form.Expr) -> form.Expr:
    if kind_of(key.shape) != "str":
        return reader.refuse("L412", node.slice, f"keys are text, not `{show(key.shape)}`", "write a str")
    return operation(reader, node, "dict.index", base, key)


def _record_item(reader: Reader, node: ast.Subscript, base: form.Expr, key: form.Expr) -> form.Expr:
    shape = base.shape
    assert isinstance(shape, RecordShape)
    text = reader.text(node.value)
    if shape.kind != "typeddict":
        name = key.value if isinstance(key, form.Const) else "…"
        return reader.refuse(
            "L412", node, f"`{shape.name}` has attributes, not items", f"write: {text}.{name}"
        )
    if not isinstance(key, form.Const) or not isinstance(key.value, str):
        return reader.refuse(
            "L410",
            node.slice,
            f"the keys of `{shape.name}` are known: the key must be a constant",
            "use dict[str, …] where keys are computed",
        )
    field = shape.field(key.value)
    if field is None:
        near = nearest(key.value, [field.name for field in shape.fields])
        hint = (
            f'did you mean "{near}"?' if near else f"it has {', '.join(field.name for field in shape.fields)}"
        )
        return reader.refuse("L410", node.slice, f"`{shape.name}` has no key {key.value!r}", hint)
    if field.may_be_absent and shape.cls is AwsRecord:
        # A service leaves out what it has nothing to say about: that is a KeyError, as of any dict.
        return operation(reader, node, "dict.index", retyped(base, DictShape(field.shape)), key)
    if field.may_be_absent:
        return reader.refuse(
            "L410",
            node,
            f"the key {key.value!r} of `{shape.name}` may be absent",
            f"make it required, with None as a value: {field.name}: {show(field.shape)} | None",
        )
    return form.FieldOf(field.shape, reader.span(node), base, field.name)


_SUBSCRIPTS: Final[Mapping[str, Callable[[Reader, ast.Subscript, form.Expr, form.Expr], form.Expr]]] = {
    "list": _index,
    "str": _index,
    "tuple": _tuple_item,
    "dict": _dict_item,
    "record": _record_item,
}


def slice_of(reader: Reader, node: ast.Subscript, part: ast.Slice, base: form.Expr) -> form.Expr:
    """`xs[a:b]` of a list or text."""
    ends: list[form.Expr] = []
    for end in (part.lower, part.upper):
        value = form.Const(NULL, reader.span(node), None) if end is None else reader.expression(end)
        if end is not None and kind_of(value.shape) not in ("int", "none", "poison"):
            value = reader.refuse(
                "L412", end, f"a slice takes ints, not `{show(value.shape)}`", "write xs[1:3]"
            )
        ends.append(value)
    step = None if part.step is None else reader.expression(part.step)
    if step is not None and not (isinstance(step, form.Const) and isinstance(step.value, int) and step.value):
        assert part.step is not None
        if is_poison(step.shape):
            return step
        hint = "write: xs[::2]"
        return reader.refuse("L412", part.step, "the step of a slice is a constant other than 0", hint)
    kind = kind_of(base.shape)
    if kind == "poison":
        return base
    if kind == "union" and NULL in options(base.shape):
        return refuse_none(reader, node.value, base.shape)
    if kind not in ("list", "str"):
        return reader.refuse("L412", node, f"`{show(base.shape)}` has no slices", "slice a list or text")
    if step is not None and step != form.Const(INT, step.span, 1):
        return operation(reader, node, f"{kind}.slice_step", base, *ends, step)
    return operation(reader, node, f"{kind}.slice", base, *ends)


VALUES: Final[Mapping[type[ast.AST], Any]] = {
    ast.Constant: read_constant,
    ast.Name: read_name,
    ast.Attribute: read_attribute,
    ast.Subscript: read_subscript,
}
