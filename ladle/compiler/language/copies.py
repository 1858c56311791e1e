"""Copies of records: `replace(day, rows=3)`, `asdict(day)`, `model.model_copy(…)`, `model.model_dump()`."""

from __future__ import annotations

import ast
import dataclasses
from collections.abc import Callable, Mapping
from typing import Any, Final

from ladle.compiler.language import form
from ladle.compiler.language.arguments import Parameter, bind
from ladle.compiler.language.reading import Reader, retyped
from ladle.compiler.language.records import own_code, with_fields
from ladle.compiler.language.shapes import NULL, POISON, STR, is_poison, options, plain_shape, show
from ladle.compiler.language.values import refuse_none
from ladle.wire import (
    DateShape,
    DateTimeShape,
    DictShape,
    EnumShape,
    ListShape,
    RecordField,
    RecordShape,
    Shape,
    TupleShape,
    UnionShape,
)

__all__ = ["COPIES", "MODEL_METHODS"]


def read_replace(reader: Reader, node: ast.Call, expected: Shape | None) -> form.Expr:
    """`dataclasses.replace(record, field=value)`."""
    del expected
    record = _record(reader, node, "dataclass")
    if record is None:
        return reader.poison(node)
    assert isinstance(record.shape, RecordShape)
    fields = {field.name: field for field in dataclasses.fields(record.shape.cls)}
    code = own_code(record.shape)
    if code or not all(field.init for field in fields.values()):
        what = f"`{record.shape.name}` runs code of its own when it is made ({code or 'field(init=False)'})"
        return reader.refuse("L201", node, what, "make the copy in a task, or in a helper: inline(helper)(…)")
    return _changed(reader, node, node.args[0], record, node.keywords)


def read_asdict(reader: Reader, node: ast.Call, expected: Shape | None) -> form.Expr:
    """`dataclasses.asdict(record)`: the same JSON, as a dict."""
    del expected
    if node.keywords:
        return reader.refuse(
            "L204", node.keywords[0], "`asdict` takes no `dict_factory` here", "leave it out"
        )
    record = _record(reader, node, "dataclass")
    return reader.poison(node) if record is None else retyped(record, _as_dict(record.shape, _DATACLASSES))


def _record(reader: Reader, node: ast.Call, kind: str) -> form.Expr | None:
    """The record that is copied; None after a problem."""
    name = reader.text(node.func)
    if len(node.args) != 1 or isinstance(node.args[0], ast.Starred):
        reader.problem("L203", node, f"`{name}` takes one record by place", f"write: {name}(record)")
        return None
    value = reader.expression(node.args[0])
    if is_poison(value.shape):
        return None
    if isinstance(value.shape, RecordShape) and value.shape.kind == kind:
        return value
    if NULL in options(value.shape) and value.shape != NULL:
        refuse_none(reader, node.args[0], value.shape)
        return None
    what = f"`{name}` takes a {kind}, not `{show(value.shape)}`"
    reader.problem("L417", node.args[0], what, "build the value that you need")
    return None


def _changed(
    reader: Reader, node: ast.Call, place: ast.expr, record: form.Expr, given: list[ast.keyword]
) -> form.Expr:
    """The record with the fields that keywords name."""
    shape = record.shape
    assert isinstance(shape, RecordShape)
    kept = form.Const(POISON, reader.span(node), None)
    parameters = [Parameter(field.name, field.shape, kept, positional=False) for field in shape.fields]
    inner = reader.derived(node, lambda: ast.Call(node.func, [], given))

    def made(held: form.Expr) -> form.Expr:
        values = bind(reader, inner, shape.name, parameters)
        if values is None:
            return reader.poison(node)
        entries = tuple((name, value) for name, value in values.items() if not is_poison(value.shape))
        return with_fields(reader, node, held, entries)

    return reader.bound(place, "record", record, made)


# ------------------------------------------------------------------------------- records as dicts

_DATACLASSES: Final = ("dataclass", "typeddict")
_MODELS: Final = ("pydantic", "dataclass", "typeddict")


def _as_dict(shape: Shape, kinds: tuple[str, ...], *, json: bool = False) -> Shape:
    """The shape of a value once its records of some kinds are dicts, which have keys for attributes."""

    def inner(part: Shape) -> Shape:
        return _as_dict(part, kinds, json=json)

    match shape:
        case RecordShape(fields=fields, kind=kind) if kind in kinds:
            parts = tuple(
                RecordField(field.name, inner(field.shape), field.required, field.default) for field in fields
            )
            own = shape.cls if kind == "typeddict" and parts == fields else dict
            return RecordShape(shape.name, parts, "typeddict", own)
        case ListShape(item=item):
            return ListShape(inner(item))
        case DictShape(value=value):
            return DictShape(inner(value))
        case TupleShape(items=items):
            return TupleShape(tuple(map(inner, items)))
        case UnionShape(options=alternatives):
            return UnionShape(tuple(map(inner, alternatives)))
        case DateShape() if json:
            return STR
        case EnumShape() if json:
            plain = {type(value) for _, value in shape.members}
            return STR if plain == {str} else plain_shape(shape)
        case _:
            return shape


def _holds(shape: Shape, test: Callable[[Shape], bool]) -> bool:
    """Whether a shape, or one within it, meets a test."""
    if test(shape):
        return True
    match shape:
        case RecordShape(fields=fields):
            return any(_holds(field.shape, test) for field in fields)
        case ListShape(item=inner) | DictShape(value=inner):
            return _holds(inner, test)
        case TupleShape(items=parts) | UnionShape(options=parts):
            return any(_holds(part, test) for part in parts)
        case _:
            return False


# ------------------------------------------------------------------------------- pydantic


def _copied_model(reader: Reader, node: ast.Call, base: form.Expr) -> form.Expr:
    """`model.model_copy(update={…})`, which validates nothing."""
    assert isinstance(node.func, ast.Attribute)
    place = node.func.value
    options_ = {keyword.arg: keyword.value for keyword in node.keywords}
    if node.args or options_.keys() - {"update", "deep"}:
        return reader.refuse(
            "L204", node, "`model_copy` takes `update=` here", 'write: update={"field": value}'
        )
    update = options_.get("update")
    if update is None:
        return base
    return _changed(reader, node, place, base, [ast.copy_location(ast.keyword(None, update), update)])


def _dumped_model(reader: Reader, node: ast.Call, base: form.Expr) -> form.Expr:
    """`model.model_dump()`: the same JSON, as a dict."""
    modes = [keyword.value for keyword in node.keywords if keyword.arg == "mode"]
    mode = modes[0].value if modes and isinstance(modes[0], ast.Constant) else "python" if not modes else ""
    if node.args or len(node.keywords) != len(modes) or mode not in ("python", "json"):
        what = "`model_dump` takes no options here but `mode`"
        return reader.refuse("L204", node, what, "build the dict that you need: {…}")
    json = mode == "json"
    if _holds(base.shape, _serializes):
        what = f"`{show(base.shape)}` is written by code or options of its own"
        return reader.refuse("L201", node, what, "dump it in a task, or in a helper: inline(helper)(…)")
    if json and _holds(base.shape, lambda shape: isinstance(shape, DateTimeShape)):
        what = "the text of a datetime is written in another way on the wire"
        return reader.refuse("L107", node, what, 'name its parts: f"{at:%Y-%m-%dT%H:%M:%S}"')
    return retyped(base, _as_dict(base.shape, _MODELS, json=json))


def _serializes(shape: Shape) -> bool:
    """Whether a model says how it is written."""
    if not isinstance(shape, RecordShape) or shape.kind != "pydantic":
        return False
    cls: Any = shape.cls
    own = cls.__pydantic_decorators__
    if own.field_serializers or own.model_serializers or own.computed_fields:
        return True
    if cls.model_config.get("extra") == "allow" or cls.model_config.get("serialize_by_alias"):
        return True
    return any(field.exclude for field in cls.model_fields.values())


MODEL_METHODS: Final[Mapping[str, Callable[[Reader, ast.Call, form.Expr], form.Expr]]] = {
    "model_copy": _copied_model,
    "model_dump": _dumped_model,
}
"""Methods of pydantic models."""

COPIES: Final[Mapping[Any, Callable[[Reader, ast.Call, Shape | None], form.Expr]]] = {
    dataclasses.replace: read_replace,
    dataclasses.asdict: read_asdict,
}
