"""Construction of records: `Report(date=…)`, a TypedDict's display, a pydantic model."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Any

from ladle.compiler.language import form
from ladle.compiler.language.arguments import Parameter, bind, take
from ladle.compiler.language.guards import operation
from ladle.compiler.language.problems import nearest
from ladle.compiler.language.reading import Reader, retyped
from ladle.compiler.language.shapes import NEVER, is_poison, join, show
from ladle.compiler.language.values import leak
from ladle.wire import ABSENT, AnyShape, DictShape, RecordField, RecordShape, WireError, shape_of

__all__ = ["as_dict", "build_record", "construct", "own_code", "record_shape", "with_fields"]


def record_shape(cls: Any) -> RecordShape | None:
    """The shape of a class whose instances are records; None for other classes."""
    try:
        shape = shape_of(cls)
    except WireError:
        return None
    return shape if isinstance(shape, RecordShape) else None


def construct(reader: Reader, node: ast.Call, shape: RecordShape) -> form.Expr:
    """`Class(a, b=c)` for a dataclass, a TypedDict or a pydantic model."""
    cls = shape.cls
    own = own_code(shape)
    if own:
        return reader.refuse(
            "L201", node, f"`{shape.name}` runs code of its own when it is made ({own})", "make it in a task"
        )
    span = reader.span(node)
    if (
        shape.kind == "typeddict"
        and len(node.args) == 1
        and isinstance(node.args[0], ast.Dict)
        and not node.keywords
    ):
        return reader.expression(node.args[0], shape)
    keyword_only = {
        name
        for name, field in getattr(cls, "__dataclass_fields__", {}).items()
        if getattr(field, "kw_only", False)
    }
    parameters = [
        Parameter(
            field.name,
            field.shape,
            None if field.default is ABSENT else form.Const(field.shape, span, field.default),
            positional=shape.kind == "dataclass" and field.name not in keyword_only,
        )
        for field in shape.fields
        if not field.may_be_absent or any(keyword.arg == field.name for keyword in node.keywords)
    ]
    values = bind(reader, node, shape.name, parameters)
    if values is None:
        # The type is known all the same, so that what follows can be checked.
        return reader.poison(node)
    return form.MakeObject(shape, span, tuple(values.items()))


def own_code(shape: RecordShape) -> str:
    """What of its own a record's class does when it is made: the compiler cannot see into it."""
    cls = shape.cls
    if shape.kind == "dataclass":
        if hasattr(cls, "__post_init__"):
            return "__post_init__"
        if not cls.__dataclass_params__.init:
            return "__init__"
    if shape.kind == "pydantic":
        decorators = cls.__pydantic_decorators__
        kinds = ("validators", "field_validators", "root_validators", "model_validators", "computed_fields")
        if any(getattr(decorators, kind, None) for kind in kinds):
            return "a validator"
        if any(field.metadata for field in cls.model_fields.values()):
            return "constraints of its fields"
    return ""


def build_record(
    reader: Reader,
    node: ast.expr,
    shape: RecordShape,
    given: Sequence[tuple[str, ast.expr, ast.AST]],
    whole: form.Expr | None = None,
) -> form.Expr:
    """A dict display as a TypedDict: each key known, each required key there, or in `whole` (`**whole`)."""
    entries: dict[str, form.Expr] = {}
    seen = {each[0] for each in given}
    good = True
    for name, value_node, key in given:
        field = shape.field(name)
        value = reader.expression(value_node, None if field is None else field.shape)
        leak(reader, value_node)
        if field is None:
            near = nearest(name, [each.name for each in shape.fields if each.name not in seen])
            seen.add(near)
            hint = (
                f'did you mean "{near}"?'
                if near
                else f"it has {', '.join(each.name for each in shape.fields)}"
            )
            reader.problem("L410", key, f"`{shape.name}` has no key {name!r}", hint)
            good = False
            continue
        taken = take(reader, value_node, value, field.shape, "L401", f"{name!r} of `{shape.name}`")
        good = good and not is_poison(taken.shape)
        entries[name] = taken
    required = [field for field in shape.fields if field.required] if whole is None else []
    missing = [field for field in required if field.name not in seen]
    if missing:
        listed = ", ".join(f'"{field.name}": {show(field.shape)}' for field in missing)
        reader.problem(
            "L203", node, f"`{shape.name}` needs {_keys(missing)}", f"add {listed}", f"missing: {listed}"
        )
        good = False
    if not good:
        return reader.poison(node)
    if whole is not None:
        return with_fields(reader, node, whole, tuple(entries.items()))
    return form.MakeObject(shape, reader.span(node), tuple(entries.items()))


def with_fields(
    reader: Reader, node: ast.AST, record: form.Expr, entries: tuple[tuple[str, form.Expr], ...]
) -> form.Expr:
    """The record with other values of some fields."""
    if not entries:
        return record
    span, shape = reader.span(node), DictShape(AnyShape())
    new = form.MakeObject(shape, span, entries)
    return retyped(operation(reader, node, "dict.merge", retyped(record, shape), new), record.shape)


def as_dict(value: form.Expr) -> form.Expr:
    """A TypedDict as the dict that it is, every other value as it is."""
    shape = value.shape
    if not isinstance(shape, RecordShape) or shape.kind != "typeddict":
        return value
    inner = NEVER
    for field in shape.fields:
        inner = join(inner, field.shape)
    return retyped(value, DictShape(inner))


def _keys(fields: Sequence[RecordField]) -> str:
    names = ", ".join(repr(field.name) for field in fields)
    return f"the key {names}" if len(fields) == 1 else f"the keys {names}"
