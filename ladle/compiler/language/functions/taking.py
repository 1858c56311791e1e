"""What built-in functions take: how many arguments, of which types."""

from __future__ import annotations

import ast
from collections.abc import Callable

from ladle.compiler.language import form
from ladle.compiler.language.comprehensions import iterated, list_of
from ladle.compiler.language.reading import Reader
from ladle.compiler.language.shapes import NEVER, NULL, is_poison, join, options, show
from ladle.compiler.language.values import refuse_none
from ladle.wire import ListShape, Shape, TupleShape

__all__ = ["FunctionReader", "gone_over", "item_of", "keyword", "refuse_type", "takes"]


FunctionReader = Callable[[Reader, ast.Call, Shape | None], form.Expr]


def takes(
    reader: Reader, node: ast.Call, least: int, most: int, options_: tuple[str | None, ...] = ()
) -> bool:
    """Whether a built-in is called with as many arguments as it takes here; a problem where it is not."""
    name = reader.text(node.func)
    for argument in node.args:
        if isinstance(argument, ast.Starred):
            reader.problem(
                "L206", argument, "`*` in a call hides which argument is which", "write them one by one"
            )
            return False
    for keyword in node.keywords:
        if keyword.arg not in options_:
            reader.problem("L204", keyword, f"`{name}` does not take `{keyword.arg}` here", "leave it out")
            return False
    given = len(node.args)
    if given < least or given > most:
        count = f"{least}" if least == most else f"{least} to {most}"
        reader.problem(
            "L203" if given < least else "L202",
            node,
            f"`{name}` takes {count} argument{'s' * (count != '1')}, {given} given",
            f"see Python's `{name}`",
        )
        return False
    return True


def keyword(node: ast.Call, name: str) -> ast.expr | None:
    return next((keyword.value for keyword in node.keywords if keyword.arg == name), None)


def gone_over(reader: Reader, node: ast.expr) -> form.Expr:
    """An argument that is gone over: a list, the keys of a dict, or a generator without calls."""
    if isinstance(node, ast.GeneratorExp):
        return list_of(reader, node, lambda: reader.expression(node.elt), calls=False)
    return iterated(reader, node)


def refuse_type(reader: Reader, node: ast.Call, value: form.Expr, hint: str) -> form.Expr:
    """Refuses an argument's type."""
    if is_poison(value.shape):
        return value
    name = reader.text(node.func)
    if NULL in options(value.shape) and value.shape != NULL:
        return refuse_none(reader, node.args[0], value.shape)
    return reader.refuse("L417", node.args[0], f"`{name}` does not take `{show(value.shape)}`", hint)


def item_of(shape: Shape) -> Shape:
    if isinstance(shape, TupleShape):
        item = NEVER
        for each in shape.items:
            item = join(item, each)
        return item
    return shape.item if isinstance(shape, ListShape) else shape
