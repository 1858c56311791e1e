"""Iterators of `itertools`, and `dict.fromkeys(xs)`, where they are gone over: lists of what they give."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Callable, Mapping
from typing import Any, Final

from ladle.compiler.language import form
from ladle.compiler.language.closures import Closure
from ladle.compiler.language.guards import operation
from ladle.compiler.language.names import static
from ladle.compiler.language.operations import item_shape
from ladle.compiler.language.reading import Reader, is_scalar
from ladle.compiler.language.shapes import INT, NEVER, NULL, is_poison, join, kind_of, show
from ladle.wire import ListShape, TupleShape

__all__ = ["given_by", "lazily_read"]

GoneOver = Callable[[ast.expr], form.Expr]
"""What reads an argument that is gone over, as a list."""


def given_by(reader: Reader, node: ast.expr, gone_over: GoneOver) -> form.Expr | None:
    """The list of what an iterator gives; None for what is no such iterator."""
    if not isinstance(node, ast.Call):
        return None
    read = _ITERATORS.get(_key(static(reader, node.func)))
    if read is None:
        return None
    if node.keywords or any(isinstance(each, ast.Starred) for each in node.args):
        text = reader.text(node.func)
        return reader.refuse("L204", node, f"`{text}` takes lists by place here", "write a comprehension")
    return read(reader, node, gone_over)


def lazily_read(reader: Reader, node: ast.expr) -> set[str]:
    """The names whose values a `for` over `node` reads while its turns are made."""
    match node:
        case ast.Name() if not isinstance(static(reader, node), Closure):
            return {node.id}
        case ast.Name(id=name):
            function = static(reader, node)
            assert isinstance(function, Closure)
            return {name} | _names(function.node)
        case ast.Attribute(value=base) | ast.Starred(value=base):
            return lazily_read(reader, base)
        case ast.GeneratorExp() | ast.Lambda():
            return _names(node)
        case ast.Call(func=ast.Attribute(value=base, attr="keys" | "values" | "items"), args=[]):
            return lazily_read(reader, base)
        case ast.Call(func=called, args=arguments) if _key(static(reader, called)) in _LAZY:
            return {name for each in arguments for name in lazily_read(reader, each)}
        case _:
            return set()


def _names(node: ast.AST) -> set[str]:
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}


def _key(target: Any) -> Any:
    try:
        hash(target)
    except TypeError:
        return None
    return target


def _chain(reader: Reader, node: ast.Call, gone_over: GoneOver) -> form.Expr:
    lists = [gone_over(argument) for argument in node.args]
    if any(is_poison(each.shape) for each in lists):
        return reader.poison(node)
    item = NEVER
    for each in lists:
        item = join(item, item_shape(each.shape))
    spreads = tuple(form.Spread(each.shape, each.span, each) for each in lists)
    return form.MakeList(ListShape(item), reader.span(node), spreads)


def _chained(reader: Reader, node: ast.Call, gone_over: GoneOver) -> form.Expr:
    lists = gone_over(node.args[0]) if len(node.args) == 1 else _wrong(reader, node, "one list of lists")
    if is_poison(lists.shape):
        return lists
    if kind_of(item_shape(lists.shape)) != "list":
        what = f"`chain.from_iterable` takes a list of lists, not `{show(lists.shape)}`"
        return reader.refuse("L417", node.args[0], what, "write a comprehension of two `for`")
    return operation(reader, node, "list.flatten", lists)


def _pairwise(reader: Reader, node: ast.Call, gone_over: GoneOver) -> form.Expr:
    items = gone_over(node.args[0]) if len(node.args) == 1 else _wrong(reader, node, "one list")
    one, end = form.Const(INT, items.span, 1), form.Const(NULL, items.span, None)

    def pairs(held: form.Expr) -> form.Expr:
        return operation(
            reader, node, "list.zip", held, operation(reader, node, "list.slice", held, one, end)
        )

    return reader.bound(node, "items", items, pairs)


def _islice(reader: Reader, node: ast.Call, gone_over: GoneOver) -> form.Expr:
    if len(node.args) not in (2, 3):
        return _wrong(reader, node, "a list, and where it stops")
    items = gone_over(node.args[0])
    ends = [reader.expression(argument) for argument in node.args[1:]]
    for argument, end in zip(node.args[1:], ends, strict=True):
        constant = isinstance(end, form.Const) and (end.value is None or kind_of(end.shape) == "int")
        if not constant or (isinstance(end, form.Const) and (end.value or 0) < 0):
            what = "`islice` starts and stops at constants that are not negative here"
            return reader.refuse("L417", argument, what, f"write a slice: {reader.text(node.args[0])}[…]")
    start = ends[0] if len(ends) == 2 else form.Const(NULL, items.span, None)
    return operation(reader, node, "list.slice", items, start, ends[-1])


def _product(reader: Reader, node: ast.Call, gone_over: GoneOver) -> form.Expr:
    if len(node.args) != 2:
        return _wrong(reader, node, "two lists here")
    lists = [reader.once(gone_over(each), each, "list") for each in node.args]
    if any(is_poison(each.shape) for each in lists):
        return reader.poison(node)
    span = reader.span(node)
    items = [
        reader.define("item", item_shape(each.shape), node, made=True, tag=f"product{place}")
        for place, each in enumerate(lists)
    ]
    shape = TupleShape(tuple(item.shape for item in items))
    pair = form.MakeList(shape, span, tuple(reader.value_of(item, span) for item in items))
    inner = form.Loop(ListShape(shape), span, items[1], lists[1], None, pair)
    return form.Loop(ListShape(shape), span, items[0], lists[0], None, inner, flatten=True)


def _fromkeys(reader: Reader, node: ast.Call, gone_over: GoneOver) -> form.Expr:
    """The keys in the order in which each first comes."""
    items = gone_over(node.args[0]) if len(node.args) in (1, 2) else _wrong(reader, node, "a list")
    if is_poison(items.shape):
        return items
    if not is_scalar(item_shape(items.shape)):
        what = f"`{show(item_shape(items.shape))}` cannot be a key"
        return reader.refuse("L417", node.args[0], what, "go over numbers or text")
    return operation(reader, node, "list.unique", items)


def _wrong(reader: Reader, node: ast.Call, what: str) -> form.Expr:
    return reader.refuse("L203", node, f"`{reader.text(node.func)}` takes {what}", "write a comprehension")


_ITERATORS: Final[Mapping[Any, Callable[[Reader, ast.Call, GoneOver], form.Expr]]] = {
    itertools.chain: _chain,
    itertools.chain.from_iterable: _chained,
    itertools.pairwise: _pairwise,
    itertools.islice: _islice,
    itertools.product: _product,
    dict.fromkeys: _fromkeys,
}

_LAZY: Final = frozenset((map, filter, zip, enumerate, reversed, iter, *_ITERATORS)) - {
    itertools.product,
    dict.fromkeys,
}
"""What reads its arguments only when its items are asked for."""
