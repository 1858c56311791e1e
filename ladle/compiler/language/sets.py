"""Sets between two tasks: what is in them, without an order.

JSON has no sets, so a set lives between two tasks only, as a record of its distinct members: it may be
tested, united, compared, counted and sorted, and goes through no door. What would show the order of its
members is refused: Python's own is another one on every run.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any, Final

from ladle.compiler.language import form
from ladle.compiler.language.comprehensions import iterated, list_of
from ladle.compiler.language.guards import negated, operation
from ladle.compiler.language.reading import Reader
from ladle.compiler.language.setwise import members, record, subset, united
from ladle.compiler.language.shapes import (
    NEVER,
    is_poison,
    join,
    kind_of,
    show,
)
from ladle.wire import ListShape, Shape

__all__ = ["SETS", "bag", "made", "read_set_call", "set_method"]

_SCALARS: Final = ("str", "int", "float", "bool", "date", "enum", "never")


def made(reader: Reader, node: ast.AST, items: form.Expr) -> form.Expr:
    """The set of the items of a list."""
    if is_poison(items.shape):
        return items
    item = items.shape.item if isinstance(items.shape, ListShape) else NEVER
    for each in getattr(items.shape, "items", ()):
        item = join(item, each)
    if kind_of(item) not in _SCALARS:
        what = f"a set of `{show(item)}` cannot be compiled"
        return reader.refuse("L417", node, what, "make sets of text, numbers, dates or members of an enum")
    if isinstance(items, form.MakeList) and not items.items:
        return record(items, NEVER)
    return record(operation(reader, node, "list.unique", items, shape=ListShape(item)), item)


# ---------------------------------------------------------------------------------------------- making


def read_set(reader: Reader, node: ast.Set, expected: Shape | None) -> form.Expr:
    """`{a, b}`."""
    del expected
    display = reader.derived(node, lambda: ast.List(node.elts, ast.Load()))
    return made(reader, node, reader.expression(display))


def read_set_comp(reader: Reader, node: ast.SetComp, expected: Shape | None) -> form.Expr:
    """`{f(x) for x in xs}`: over the keys of a dict and over sets too."""
    del expected
    items = list_of(reader, node, lambda: reader.expression(node.elt), calls=False, unordered=True)
    return made(reader, node, items)


def read_set_call(reader: Reader, node: ast.Call, expected: Shape | None) -> form.Expr:
    """`set()`, `set(xs)`, `frozenset(xs)`."""
    del expected
    if len(node.args) > 1 or node.keywords:
        return reader.refuse("L202", node, "`set` takes one list", "write: set(xs)")
    if not node.args:
        return made(reader, node, form.MakeList(ListShape(NEVER), reader.span(node), ()))
    return made(reader, node, bag(reader, node.args[0]))


def bag(reader: Reader, node: ast.expr) -> form.Expr:
    """What is gone over in any order: a list, a generator, the keys of a dict, a set."""
    if isinstance(node, ast.GeneratorExp):
        return list_of(reader, node, lambda: reader.expression(node.elt), calls=False, unordered=True)
    return iterated(reader, node, unordered=True)


SETS: Final[Mapping[type[ast.AST], Any]] = {ast.Set: read_set, ast.SetComp: read_set_comp}


# ---------------------------------------------------------------------------------------------- methods

_MAKING: Final = ("union", "intersection", "difference", "symmetric_difference")
_ASKING: Final = ("issubset", "issuperset", "isdisjoint")


def set_method(reader: Reader, node: ast.Call, name: str, base: form.Expr) -> form.Expr:
    """`a.union(b)` and the like: their argument is any list, or a set."""
    if name == "copy" and not node.args:
        return base
    if name not in (*_MAKING, *_ASKING) or len(node.args) != 1 or node.keywords:
        known = ", ".join((*_MAKING, *_ASKING, "copy", "add", "discard", "update"))
        what = f"`set` has no method `{name}` in the language"
        return reader.refuse("L207", node.func, what, f"it has {known}, with one argument")
    other = made(reader, node, bag(reader, node.args[0]))
    if is_poison(other.shape):
        return other
    if name in _MAKING:
        return united(reader, node, name, base, other)
    if name == "isdisjoint":
        both = united(reader, node, "intersection", base, other)
        if is_poison(both.shape):
            return both
        return negated(reader, node, operation(reader, node, "truth.list", members(both)))
    first, second = (base, other) if name == "issubset" else (other, base)
    return subset(reader, node, first, second)
