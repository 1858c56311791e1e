"""Displays of lists, tuples and dicts, as the type that their place asks for."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any, Final

from ladle.compiler.language import form
from ladle.compiler.language.comprehensions import items_of, iterated
from ladle.compiler.language.reading import Reader, retyped
from ladle.compiler.language.records import as_dict, build_record
from ladle.compiler.language.rewriting import is_lazy
from ladle.compiler.language.shapes import (
    NEVER,
    POISON,
    assignable,
    is_poison,
    join,
    kind_of,
    options,
    show,
    union,
)
from ladle.compiler.language.values import leak
from ladle.wire import DictShape, ListShape, RecordShape, Shape, TupleShape

__all__ = ["DISPLAYS"]


def _wanted(expected: Shape | None, kind: type[Any]) -> Any:
    """The alternative of the expected type that a display can be."""
    if expected is None:
        return None
    found = [option for option in options(expected) if isinstance(option, kind)]
    return found[0] if len(found) == 1 else None


def read_list(reader: Reader, node: ast.List, expected: Shape | None) -> form.Expr:
    wanted = _wanted(expected, ListShape)
    item_type = wanted.item if wanted is not None else None
    items: list[form.Expr] = []
    item = NEVER
    for element in node.elts:
        if isinstance(element, ast.Starred):
            lazy = is_lazy(reader, element.value)
            value = iterated(reader, element.value) if lazy else reader.expression(element.value, wanted)
            leak(reader, element.value)
            value = items_of(reader, element.value, value)
            if isinstance(value.shape, TupleShape):
                value = retyped(value, ListShape(union(value.shape.items)))
            inner = value.shape.item if isinstance(value.shape, ListShape) else POISON
            items.append(form.Spread(value.shape, reader.span(element), value))
        else:
            value = reader.expression(element, item_type)
            leak(reader, element)
            inner = value.shape
            items.append(value)
        if is_poison(inner):
            return reader.poison(node)
        item = join(item, inner)
    if wanted is not None and assignable(item, wanted.item):
        item = wanted.item
    return form.MakeList(ListShape(item), reader.span(node), tuple(items))


def read_tuple(reader: Reader, node: ast.Tuple, expected: Shape | None) -> form.Expr:
    wanted = _wanted(expected, TupleShape)
    items: list[form.Expr] = []
    for place, element in enumerate(node.elts):
        if isinstance(element, ast.Starred):
            return reader.refuse(
                "L102", element, "`*` cannot stand in a tuple: its length must be known", "use a list"
            )
        fits = wanted is not None and len(wanted.items) == len(node.elts)
        items.append(reader.expression(element, wanted.items[place] if fits else None))
        leak(reader, element)
    if any(is_poison(item.shape) for item in items):
        return reader.poison(node)
    shape = TupleShape(tuple(item.shape for item in items))
    return form.MakeList(
        wanted if wanted and assignable(shape, wanted) else shape, reader.span(node), tuple(items)
    )


def read_dict(reader: Reader, node: ast.Dict, expected: Shape | None) -> form.Expr:
    record = _wanted(expected, RecordShape)
    if record is not None and record.kind == "typeddict":
        return typed_dict(reader, node, record)
    wanted = _wanted(expected, DictShape)
    result: form.Expr | None = None
    entries: list[tuple[str, form.Expr]] = []
    value_shape = NEVER
    poisoned = False

    def flush() -> form.Expr | None:
        if not entries:
            return result
        made = form.MakeObject(DictShape(value_shape), reader.span(node), tuple(dict(entries).items()))
        entries.clear()
        return made if result is None else merged(result, made)

    def merged(first: form.Expr, second: form.Expr) -> form.Expr:
        return form.Op(DictShape(value_shape), reader.span(node), "dict.merge", (first, second))

    for key, value in zip(node.keys, node.values, strict=True):
        read = reader.expression(value, (wanted.value if key is not None else wanted) if wanted else None)
        if key is not None:  # of `**d`, only what it holds goes on
            leak(reader, value)
        if is_poison(read.shape):
            poisoned = True
            continue
        if key is None:
            read = as_dict(read)
            if not isinstance(read.shape, DictShape):
                reader.problem(
                    "L411", value, f"`**` takes a dict, not `{show(read.shape)}`", "write the keys one by one"
                )
                poisoned = True
                continue
            value_shape = join(value_shape, read.shape.value)
            before = flush()
            result = read if before is None else merged(before, read)
            continue
        value_shape = join(value_shape, read.shape)
        name = reader.expression(key)
        if kind_of(name.shape) not in ("str", "poison"):
            reader.problem(
                "L410", key, f"keys of JSON objects are text, not `{show(name.shape)}`", "write str(…)"
            )
            poisoned = True
        elif isinstance(name, form.Const) and isinstance(name.value, str):
            entries.append((name.value, read))
        elif not is_poison(name.shape):
            before = flush() or form.MakeObject(DictShape(NEVER), reader.span(node), ())
            result = form.Op(DictShape(value_shape), reader.span(node), "dict.set", (before, name, read))
    if poisoned:
        return reader.poison(node)
    if wanted is not None and assignable(value_shape, wanted.value):
        value_shape = wanted.value
    made = flush()
    return (
        form.MakeObject(DictShape(value_shape), reader.span(node), ())
        if made is None
        else retyped(made, DictShape(value_shape))
    )


def typed_dict(reader: Reader, node: ast.Dict, record: RecordShape) -> form.Expr:
    """A dict display where a TypedDict is expected: its keys are checked like arguments."""
    given: list[tuple[str, ast.expr, ast.AST]] = []
    pairs = list(zip(node.keys, node.values, strict=True))
    whole: form.Expr | None = None
    if pairs and pairs[0][0] is None:
        whole = reader.expression(pairs.pop(0)[1])
        if is_poison(whole.shape):
            return whole
    if whole is not None and whole.shape != record:
        what = f"`**` takes a `{record.name}` here, not `{show(whole.shape)}`"
        return reader.refuse("L411", node.values[0], what, "write the keys one by one")
    for key, value in pairs:
        if not isinstance(key, ast.Constant) or not isinstance(key.value, str):
            return reader.refuse(
                "L410",
                key or value,
                f"the keys of `{record.name}` are known: write them as constants",
                '{"key": value}',
            )
        given.append((key.value, value, key))
    return build_record(reader, node, record, given, whole)


DISPLAYS: Final[Mapping[type[ast.AST], Any]] = {
    ast.List: read_list,
    ast.Tuple: read_tuple,
    ast.Dict: read_dict,
}
