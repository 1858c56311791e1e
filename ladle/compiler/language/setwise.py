"""What is done with two sets: uniting, comparing. `sets` makes them."""

from __future__ import annotations

import ast
from collections.abc import Callable

from ladle.compiler.language import form
from ladle.compiler.language.equality import comparable
from ladle.compiler.language.guards import all_of, negated, operation
from ladle.compiler.language.reading import Reader
from ladle.compiler.language.shapes import NEVER, is_poison, is_set, join, members_shape, set_of, show
from ladle.wire import ListShape, Shape

__all__ = ["combined", "compared_sets", "members", "record", "subset", "united"]


def members(value: form.Expr) -> form.Expr:
    """The distinct members of a set, as a list whose order means nothing."""
    if isinstance(value, form.MakeObject):
        return value.entries[0][1]
    return form.FieldOf(ListShape(members_shape(value.shape)), value.span, value, "members")


def record(items: form.Expr, item: Shape) -> form.Expr:
    """The set of distinct items."""
    return form.MakeObject(set_of(item), items.span, (("members", items),))


_Lists = Callable[[form.Expr, form.Expr], form.Expr]


def _held(reader: Reader, node: ast.AST, first: form.Expr, second: form.Expr, body: _Lists) -> form.Expr:
    """`body` of the members of both, each computed once; a problem where none of them are ever equal."""
    mine, theirs = members_shape(first.shape), members_shape(second.shape)
    if not comparable(mine, theirs):
        what = f"members of `{show(mine)}` and `{show(theirs)}` are never equal"
        return reader.refuse("L406", node, what, "convert one side")
    left, right = (reader.derived(node, make) for make in (lambda: ast.Constant(1), lambda: ast.Constant(2)))
    return reader.bound(
        left,
        "mine",
        members(first),
        lambda a: reader.bound(right, "theirs", members(second), lambda b: body(a, b)),
    )


def _filtered(reader: Reader, node: ast.AST, first: form.Expr, second: form.Expr, tag: str) -> form.Expr:
    """The items of the first list that are in the second (tag "in"), or are not."""
    item = first.shape.item if isinstance(first.shape, ListShape) else NEVER
    variable = reader.define("member", item, node, made=True, tag=tag)
    read = reader.value_of(variable, reader.span(node))
    test = operation(reader, node, "list.contains", second, read)
    kept = test if tag == "in" else negated(reader, node, test)
    return form.Loop(first.shape, reader.span(node), variable, first, kept, read)


def combined(
    reader: Reader, node: ast.AST, op: ast.operator, first: form.Expr, second: form.Expr
) -> form.Expr:
    """`a | b`, `a & b`, `a - b`, `a ^ b` of two sets."""
    verbs = {
        ast.BitOr: "union",
        ast.BitAnd: "intersection",
        ast.Sub: "difference",
        ast.BitXor: "symmetric_difference",
    }
    verb = verbs.get(type(op))
    if verb is None or not (is_set(first.shape) and is_set(second.shape)):
        shown = f"`{show(first.shape)}` and `{show(second.shape)}`"
        return reader.refuse("L405", node, f"this operator does not take {shown}", "make both sets: set(…)")
    return united(reader, node, verb, first, second)


def united(reader: Reader, node: ast.AST, verb: str, first: form.Expr, second: form.Expr) -> form.Expr:
    """The set that a method like `union` makes of two sets."""
    item = members_shape(first.shape)
    if verb in ("union", "symmetric_difference"):
        item = join(item, members_shape(second.shape))

    def lists(a: form.Expr, b: form.Expr) -> form.Expr:
        if verb == "union":
            both = operation(reader, node, "list.add", a, b, shape=ListShape(item))
            return operation(reader, node, "list.unique", both, shape=ListShape(item))
        if verb == "symmetric_difference":
            parts = (_filtered(reader, node, a, b, "mine"), _filtered(reader, node, b, a, "theirs"))
            return operation(reader, node, "list.add", *parts, shape=ListShape(item))
        return _filtered(reader, node, a, b, "in" if verb == "intersection" else "out")

    found = _held(reader, node, first, second, lists)
    return found if is_poison(found.shape) else record(found, item)


def subset(reader: Reader, node: ast.AST, first: form.Expr, second: form.Expr, *sizes: str) -> form.Expr:
    """Whether all of the first are in the second, and what their sizes must be to each other besides."""

    def lists(a: form.Expr, b: form.Expr) -> form.Expr:
        lengths = [operation(reader, node, "list.len", each) for each in (a, b)]
        tests = [operation(reader, node, name, *lengths) for name in sizes]
        missing = operation(reader, node, "truth.list", _filtered(reader, node, a, b, "out"))
        return all_of(reader, node, [*tests, negated(reader, node, missing)])

    return _held(reader, node, first, second, lists)


def compared_sets(
    reader: Reader, node: ast.AST, op: ast.cmpop, first: form.Expr, second: form.Expr
) -> form.Expr:
    """`==`, `!=`, `<=`, `<`, `>=`, `>` of two sets."""
    if not (is_set(first.shape) and is_set(second.shape)):
        shown = f"`{show(first.shape)}` and `{show(second.shape)}`"
        return reader.refuse("L406", node, f"{shown} are never equal", "make both sets: set(…)")
    match op:
        case ast.Lt() | ast.LtE():
            return subset(reader, node, first, second, *(["num.lt"] if isinstance(op, ast.Lt) else []))
        case ast.Gt() | ast.GtE():
            return subset(reader, node, second, first, *(["num.lt"] if isinstance(op, ast.Gt) else []))
        case _:
            same = subset(reader, node, first, second, "eq")
            return (
                negated(reader, node, same)
                if isinstance(op, ast.NotEq) and not is_poison(same.shape)
                else same
            )
