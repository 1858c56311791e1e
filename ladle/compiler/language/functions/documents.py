"""JSON texts: `json.dumps(value)`, put together by the value's type.

JSON does not keep the order of keys, so the text of a dict is known where it is written out in the call, or
with `sort_keys=True`. Python's `json` knows dicts, lists, tuples, text, numbers, bools, None, and no
more.
"""

from __future__ import annotations

import ast
import itertools
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from ladle.compiler.language import form
from ladle.compiler.language.alternatives import is_one_of
from ladle.compiler.language.constants import known
from ladle.compiler.language.functions.taking import FunctionReader
from ladle.compiler.language.guards import operation
from ladle.compiler.language.names import MISSING
from ladle.compiler.language.operations.documents import ascii_only
from ladle.compiler.language.reading import Reader, retyped
from ladle.compiler.language.receiving import given
from ladle.compiler.language.shapes import INT, NULL, STR, is_poison, kind_of, lives_between, options, show
from ladle.wire import DictShape, EnumShape, ListShape, RecordShape, Shape, TupleShape

__all__ = ["DOCUMENTS"]

_SMALL: Final = "write it in a helper that runs as a small task: inline(helper)(…)"


class _NoTextError(Exception):
    """What has no JSON text here: what it is, and what to write instead."""


@dataclass(slots=True)
class _Style:
    """How a text is written: what stands between items and after keys, and whether keys are sorted."""

    reader: Reader
    node: ast.Call
    comma: str = ", "
    colon: str = ": "
    sorted: bool = False
    ascii: bool = True
    numbers: Iterator[int] = field(default_factory=itertools.count)


def read_dumps(reader: Reader, node: ast.Call, expected: Shape | None) -> form.Expr:
    """`json.dumps(value, separators=…, sort_keys=…, ensure_ascii=…)`."""
    del expected
    names = ("obj", "separators", "sort_keys", "ensure_ascii", "indent")
    if len(node.args) != 1:
        return reader.refuse("L203", node, "`json.dumps` takes one value by place", "name the rest")
    arguments = given(reader, node, names, 1)
    if arguments is None or arguments[0] is None:
        return reader.poison(node)
    style = _Style(reader, node)
    for name, argument in zip(names[1:], arguments[1:], strict=True):
        if argument is None:
            continue
        value = known(reader, argument)
        if (
            name == "separators"
            and isinstance(value, list | tuple)
            and all(isinstance(s, str) for s in value)
        ):
            style.comma, style.colon = value
        elif name in ("sort_keys", "ensure_ascii") and isinstance(value, bool):
            setattr(style, "sorted" if name == "sort_keys" else "ascii", value)
        elif name == "indent" and value is None and value is not MISSING:
            continue
        else:
            return reader.refuse(
                "L417", argument, f"`{name}` cannot be this here", f"leave it out, or {_SMALL}"
            )
    value = reader.expression(arguments[0])
    if is_poison(value.shape):
        return value
    try:
        text = _text(style, value)
    except _NoTextError as error:
        what, hint = error.args
        return reader.refuse("L417", arguments[0], what, hint)
    if not style.ascii:
        return text
    if isinstance(text, form.Const):
        return form.Const(STR, text.span, ascii_only(text.value))
    return operation(reader, node, "json.ascii", text)


def _text(style: _Style, value: form.Expr) -> form.Expr:
    """The JSON text of a value. Raises _NoTextError."""
    reader, node, shape = style.reader, style.node, value.shape
    span, kind = reader.span(node), kind_of(shape)
    if len(options(shape)) > 1:
        return _of_alternatives(style, value)
    if isinstance(shape, EnumShape) and isinstance(shape.cls, type) and issubclass(shape.cls, str | int):
        return _text(style, retyped(value, STR if issubclass(shape.cls, str) else INT))
    if isinstance(value, form.Const) and kind in ("str", "int", "float", "bool", "none"):
        return form.Const(STR, span, json.dumps(value.value, ensure_ascii=False))
    if kind == "none":
        return form.Const(STR, span, "null")
    if kind in ("int", "float"):
        return operation(reader, node, f"str.of_{kind}", value)
    if kind == "str":
        return operation(reader, node, "json.str", value)
    if kind == "bool":
        words = (form.Const(STR, span, word) for word in ("true", "false"))
        return form.Cond(STR, span, value, *words)
    if isinstance(value, form.MakeObject) and isinstance(shape, DictShape):
        entries = dict(value.entries)
        keys = sorted(entries) if style.sorted else entries
        return _object(style, ((key, lambda key=key: _text(style, entries[key])) for key in keys))  # type: ignore[misc]
    if kind in ("list", "tuple", "never"):
        return _array(style, value)
    if kind == "dict" or (isinstance(shape, RecordShape) and shape.kind == "typeddict"):
        return _sorted(style, value)
    raise _NoTextError(*_reason(value.shape, kind))


def _reason(shape: Shape, kind: str) -> tuple[str, str]:
    if kind == "any":
        return "the type of a part is Any: its text is not known", f"annotate it, or {_SMALL}"
    what = f"`json.dumps` does not take `{show(shape)}`"
    if kind in ("date", "datetime"):
        return what, 'write its text: day.isoformat(), f"{at:%Y-%m-%dT%H:%M:%S}"'
    if kind == "enum":
        return what, "write: color.value"
    if kind == "record" and not lives_between(shape):
        return what, 'name its fields: {"date": day.isoformat(), "rows": rows}'
    return what, _SMALL


def _of_alternatives(style: _Style, value: form.Expr) -> form.Expr:
    """The text of whichever alternative it is."""
    reader, node = style.reader, style.node

    def text(held: form.Expr) -> form.Expr:
        first, *others = sorted(options(held.shape), key=lambda option: option != NULL)
        result = _text(style, retyped(held, others[-1]))
        for option in reversed([first, *others[:-1]]):
            test = is_one_of(reader, node, held, (option,))
            result = form.Cond(STR, result.span, test, _text(style, retyped(held, option)), result)
        return result

    if isinstance(value, form.Read | form.FieldOf):
        return text(value)
    variable = reader.define("value", value.shape, node, made=True, tag=f"json{next(style.numbers)}")
    body = text(reader.value_of(variable, value.span))
    return form.Bind(STR, value.span, variable, value, body)


def _array(style: _Style, value: form.Expr) -> form.Expr:
    """The text of a list or tuple."""
    reader, node, shape = style.reader, style.node, value.shape
    span = reader.span(node)
    if isinstance(value, form.MakeList) and not any(isinstance(item, form.Spread) for item in value.items):
        parts: list[form.Expr] = []
        for item in value.items:
            parts += (
                [form.Const(STR, span, style.comma), _text(style, item)] if parts else [_text(style, item)]
            )
        return _joined(style, "[", parts, "]")
    if isinstance(shape, TupleShape):
        places = (form.Const(INT, span, place) for place in range(len(shape.items)))
        items = (operation(reader, node, "tuple.index", value, place) for place in places)
        return _array(style, form.MakeList(shape, span, tuple(items)))
    item_shape = shape.item if isinstance(shape, ListShape) else STR
    if item_shape == STR and style.comma == ",":
        return operation(reader, node, "json.texts", value)
    each = reader.define("each", item_shape, node, made=True, tag=f"json{next(style.numbers)}")
    texts = form.Loop(ListShape(STR), span, each, value, None, _text(style, reader.value_of(each, span)))
    listed = operation(reader, node, "str.join", form.Const(STR, span, style.comma), texts)
    return _joined(style, "[", [listed], "]")


def _object(style: _Style, entries: Iterator[tuple[str, Callable[[], form.Expr]]]) -> form.Expr:
    """The text of an object whose keys are known."""
    span = style.reader.span(style.node)
    parts: list[form.Expr] = []
    for key, text in entries:
        before = f"{style.comma if parts else ''}{json.dumps(key, ensure_ascii=False)}{style.colon}"
        parts += [form.Const(STR, span, before), text()]
    return _joined(style, "{", parts, "}")


def _sorted(style: _Style, value: form.Expr) -> form.Expr:
    """The text of a dict with its keys in order."""
    reader, node, shape = style.reader, style.node, value.shape
    span = reader.span(node)
    if not style.sorted:
        raise _NoTextError(
            "the order of a dict's keys is not kept in JSON",
            "write it out in the call, or add sort_keys=True",
        )
    if isinstance(shape, RecordShape):
        if any(each.may_be_absent for each in shape.fields):
            raise _NoTextError(f"`{show(shape)}` has keys that may be absent", _SMALL)
        fields = sorted(shape.fields, key=lambda each: each.name)
        return _object(
            style,
            ((each.name, lambda each=each: _text(style, form.FieldOf(each.shape, span, value, each.name)))  # type: ignore[misc]
             for each in fields),
        )  # fmt: skip
    assert isinstance(shape, DictShape)
    pair = TupleShape((STR, shape.value))
    each = reader.define("item", pair, node, made=True, tag=f"json{next(style.numbers)}")
    read = reader.value_of(each, span)
    key, held = (
        form.Op(part, span, "tuple.index", (read, form.Const(INT, span, place)))
        for place, part in enumerate(pair.items)
    )
    text = _joined(style, "", [_text(style, key), form.Const(STR, span, style.colon), _text(style, held)], "")
    items = operation(reader, node, "dict.sorted_items", value)
    texts = form.Loop(ListShape(STR), span, each, items, None, text)
    listed = operation(reader, node, "str.join", form.Const(STR, span, style.comma), texts)
    return _joined(style, "{", [listed], "}")


def _joined(style: _Style, before: str, parts: list[form.Expr], after: str) -> form.Expr:
    """Parts side by side, constants put together."""
    span = style.reader.span(style.node)
    joined: list[form.Expr] = []
    for part in (form.Const(STR, span, before), *parts, form.Const(STR, span, after)):
        for piece in part.operands if isinstance(part, form.Op) and part.name == "str.concat" else (part,):
            last = joined[-1] if joined else None
            if isinstance(piece, form.Const) and isinstance(last, form.Const):
                joined[-1] = form.Const(STR, span, last.value + piece.value)
            else:
                joined.append(piece)
    kept = [part for part in joined if part != form.Const(STR, span, "")]
    if len(kept) < 2:
        return kept[0] if kept else form.Const(STR, span, "")
    return operation(style.reader, style.node, "str.concat", *kept)


def read_loads(reader: Reader, node: ast.Call, expected: Shape | None) -> form.Expr:
    del expected
    what = "what a JSON text holds is not known, and `1.0` and `1` are the same once it is read"
    hint = "read it in a helper that runs as a small task, and promises a type: inline(helper)(…)"
    return reader.refuse("L201", node, what, hint)


DOCUMENTS: Final[Mapping[Any, FunctionReader]] = {json.dumps: read_dumps, json.loads: read_loads}
