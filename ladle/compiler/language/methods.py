"""Methods of text, lists, dicts and dates. Each row says which operation a method is, and what it takes."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Final

from ladle.compiler.language import form
from ladle.compiler.language.copies import MODEL_METHODS
from ladle.compiler.language.dates import total_seconds
from ladle.compiler.language.enums import looked_up, table_of
from ladle.compiler.language.equality import comparable
from ladle.compiler.language.functions.encodings import bytes_method, digest_method
from ladle.compiler.language.functions.regexes import match_method
from ladle.compiler.language.guards import operation
from ladle.compiler.language.helpers import call_member, member_of
from ladle.compiler.language.names import MISSING
from ladle.compiler.language.problems import nearest
from ladle.compiler.language.reading import Condition, Reader, retyped
from ladle.compiler.language.receiving import unknown, values_of
from ladle.compiler.language.sets import set_method
from ladle.compiler.language.shapes import (
    BYTES,
    DIGEST,
    NULL,
    assignable,
    is_duration,
    is_error,
    is_match,
    is_mixed,
    is_poison,
    is_set,
    join,
    kind_of,
    options,
    plain_shape,
    show,
)
from ladle.compiler.language.text_methods import text_method
from ladle.compiler.language.time_methods import date_method, datetime_method
from ladle.compiler.language.values import leak, refuse_none
from ladle.wire import DictShape, EnumShape, ListShape, RecordShape, Shape

__all__ = ["CHANGES", "call_method"]

CHANGES: Final = frozenset(
    [
        "append",
        "extend",
        "insert",
        "remove",
        "pop",
        "clear",
        "sort",
        "reverse",
        "update",
        "setdefault",
        "popitem",
        "add",
        "discard",
    ]
)
"""Methods that change what they are called on; statements of their own (see `mutation`)."""


def call_method(reader: Reader, node: ast.Call, function: ast.Attribute, expected: Shape | None) -> form.Expr:
    """`value.method(arguments)`."""
    del expected
    if function.attr == "get" and (table := table_of(reader, function.value)) is not None:
        values = values_of(reader, node, ("any", "any") if len(node.args) > 1 else ("any",))
        if values is None:
            return reader.poison(node)
        nothing = form.Const(NULL, reader.span(node), None)
        return looked_up(reader, node, table, values[0], values[1] if len(values) > 1 else nothing)
    base = reader.expression(function.value)
    if is_poison(base.shape):
        for argument in node.args:
            reader.expression(argument)
        return base
    name = function.attr
    if isinstance(base.shape, EnumShape) and _of_plain(base.shape.cls, name):
        base = retyped(base, plain_shape(base.shape))
    kind = "enum" if isinstance(base.shape, EnumShape) else kind_of(base.shape)
    text = reader.text(function.value)
    if name in CHANGES and kind in ("list", "dict"):
        return reader.refuse(
            "L109",
            node,
            f"`.{name}` changes `{text}`: as part of an expression that cannot be compiled",
            f"write it in a line of its own, or build a new value: {_instead(name, text)}",
        )
    if kind == "union" and NULL in options(base.shape):
        return refuse_none(reader, function.value, base.shape)
    if is_match(base.shape):
        return match_method(reader, node, name, base)
    if is_duration(base.shape) and name == "total_seconds":
        known = values_of(reader, node, ())
        return reader.poison(node) if known is None else total_seconds(reader, node, base)
    if is_set(base.shape):
        if name in CHANGES:
            hint = f"write it in a line of its own, or build a new set: {text} | {{x}}"
            return reader.refuse("L109", node, f"`.{name}` changes `{text}`: it gives no value", hint)
        return set_method(reader, node, name, base)
    read = _METHODS.get(kind) or next((found for shape, found in _BETWEEN if shape == base.shape), None)
    if read is not None:
        return read(reader, node, name, base)
    if isinstance(base.shape, RecordShape) and (own := _of_record(base.shape, name)) is not None:
        return own(reader, node, base)
    if isinstance(base.shape, RecordShape) and not is_error(base.shape):
        found = member_of(base.shape, name)
        if found is not None and not isinstance(found, property):
            leak(reader, function.value)
            return call_member(reader, node, base, base.shape.cls, found)
    if kind == "any":
        return reader.refuse(
            "L403", node, f"the type of `{text}` is Any: its methods are not known", "annotate it"
        )
    return reader.refuse(
        "L207",
        function,
        f"methods of `{show(base.shape)}` cannot run between tasks",
        "write a helper, or call a task: inline(helper)(…) makes a small one",
    )


def _of_plain(cls: type, name: str) -> bool:
    """Whether a method of an enum's members is that of the texts they are."""
    return is_mixed(cls) and getattr(cls, name, None) is getattr(str, name, MISSING)


def _instead(name: str, text: str) -> str:
    return {
        "append": f"[*{text}, x]",
        "extend": f"[*{text}, *more]",
        "update": "{**" + text + ", **more}",
        "pop": f"x = {text}[-1], then {text}.pop()",
    }.get(name, "…")


# ------------------------------------------------------------------------------- lists, dicts, dates


def _list_method(reader: Reader, node: ast.Call, name: str, base: form.Expr) -> form.Expr:
    if name == "copy":
        return reader.poison(node) if values_of(reader, node, ()) is None else base
    verbs = {"count": "list.count", "index": "list.position"}
    if name not in verbs:
        return unknown(reader, node, "list", name, ("copy", *verbs, *CHANGES))
    values = values_of(reader, node, ("any",))
    if values is None:
        return reader.poison(node)
    assert isinstance(base.shape, ListShape)
    if not comparable(values[0].shape, base.shape.item):
        return reader.refuse(
            "L406",
            node.args[0],
            f"`{show(values[0].shape)}` is never among items of type `{show(base.shape.item)}`",
            "look for a value of the items' type",
        )
    return operation(reader, node, verbs[name], base, *values)


def _dict_method(reader: Reader, node: ast.Call, name: str, base: form.Expr) -> form.Expr:
    assert isinstance(base.shape, DictShape)
    if name == "copy":
        return reader.poison(node) if values_of(reader, node, ()) is None else base
    if name in ("keys", "values", "items"):
        text = reader.text(node.func)
        hints = {
            "keys": "write: sorted(…)",
            "values": "write: [d[k] for k in sorted(d)], or sum, min, max, any, all, len of it",
            "items": "write: sorted(….items())",
        }
        return reader.refuse("L415", node, f"the order of `{text}()` is not kept in JSON", hints[name])
    if name != "get":
        return unknown(reader, node, "dict", name, ("get", "copy", *CHANGES))
    values = values_of(reader, node, ("str", "any") if len(node.args) > 1 else ("str",))
    if values is None:
        return reader.poison(node)
    if len(values) == 1:
        return operation(reader, node, "dict.get", base, *values)
    leak(reader, node.args[1])
    shape = (
        base.shape.value
        if assignable(values[1].shape, base.shape.value)
        else join(base.shape.value, values[1].shape)
    )
    return operation(reader, node, "dict.get_or", base, *values, shape=shape)


def _of_record(shape: RecordShape, name: str) -> Callable[[Reader, ast.Call, form.Expr], form.Expr] | None:
    """What reads a method of a record; None for one that is not known."""
    if shape.kind == "typeddict":
        return {"get": _record_get, "copy": _record_copy}.get(name)
    return MODEL_METHODS.get(name) if shape.kind == "pydantic" else None


def _record_copy(reader: Reader, node: ast.Call, base: form.Expr) -> form.Expr:
    return reader.poison(node) if values_of(reader, node, ()) is None else base


def _record_get(reader: Reader, node: ast.Call, base: form.Expr) -> form.Expr:
    """`d.get("key")` and `d.get("key", default)` of a TypedDict whose key may be absent."""
    shape = base.shape
    assert isinstance(shape, RecordShape)
    values = values_of(reader, node, ("constant", "any") if len(node.args) > 1 else ("constant",))
    if values is None:
        return reader.poison(node)
    key = values[0]
    assert isinstance(key, form.Const)
    field = shape.field(key.value)
    if field is None:
        near = nearest(key.value, [each.name for each in shape.fields])
        hint = (
            f'did you mean "{near}"?' if near else f"it has {', '.join(each.name for each in shape.fields)}"
        )
        return reader.refuse("L410", node.args[0], f"`{shape.name}` has no key {key.value!r}", hint)
    read = form.FieldOf(field.shape, reader.span(node), base, field.name)

    def read_or(default: form.Expr) -> form.Expr:
        if not field.may_be_absent:
            return read
        there = operation(reader, node, "dict.contains", base, key)
        return reader.choose(
            node, Condition(there), lambda: read, lambda: default, f"if {key.value!r} is there"
        )

    default = values[1] if len(values) > 1 else form.Const(NULL, reader.span(node), None)
    if default == form.MakeList(default.shape, default.span, ()):
        return read_or(default)
    # The default is an argument: Python computes it also where it is not needed.
    return reader.bound(node, "default", default, read_or)


_METHODS: Final[Mapping[str, Callable[[Reader, ast.Call, str, form.Expr], form.Expr]]] = {
    "str": text_method,
    "list": _list_method,
    "dict": _dict_method,
    "date": date_method,
    "datetime": datetime_method,
}

_BETWEEN: Final[tuple[tuple[Shape, Callable[[Reader, ast.Call, str, form.Expr], form.Expr]], ...]] = (
    (BYTES, bytes_method),
    (DIGEST, digest_method),
)
"""Methods of what lives between two tasks only."""
