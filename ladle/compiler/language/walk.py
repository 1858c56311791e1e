"""Going over the typed form: its statements, expressions and variables, and rebuilding it; and over syntax
that is not read."""

from __future__ import annotations

import ast
import dataclasses
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from ladle.compiler.language import form

__all__ = [
    "bound_names", "has_items", "is_endless", "nodes", "own_nodes", "renamed", "statements",
    "surely_turns", "with_expressions",
]  # fmt: skip


def _parts(node: Any) -> Iterator[Any]:
    if isinstance(node, tuple):
        for item in node:
            yield from _parts(item)
    elif isinstance(node, form.Stmt | form.Expr | form.Handler | form.Variable):
        yield node


def _children(node: Any) -> Iterator[Any]:
    for field in dataclasses.fields(node):
        if field.name not in ("span", "shape", "callee", "label"):
            yield from _parts(getattr(node, field.name))


def nodes(root: Any) -> Iterator[Any]:
    """Every statement, expression, handler and variable below, in the order of the source."""
    for part in _parts(tuple(root) if isinstance(root, list) else root):
        yield part
        if not isinstance(part, form.Variable):
            for child in _children(part):
                yield from nodes(child)


def statements(block: Iterable[form.Stmt]) -> Iterator[form.Stmt]:
    """Every statement of a block, those inside others too."""
    return (node for node in nodes(tuple(block)) if isinstance(node, form.Stmt))


def renamed(node: Any, change: Callable[[form.Variable], form.Variable]) -> Any:
    """The same with each variable replaced."""
    if isinstance(node, form.Variable):
        return change(node)
    if isinstance(node, tuple):
        return tuple(renamed(item, change) for item in node)
    if not isinstance(node, form.Stmt | form.Expr | form.Handler):
        return node
    values = {}
    for field in dataclasses.fields(node):
        value = getattr(node, field.name)
        if field.name not in ("span", "shape", "callee", "label"):
            value = renamed(value, change)
        values[field.name] = value
    return type(node)(**values)


def with_expressions(node: Any, change: Callable[[form.Expr], form.Expr]) -> Any:
    """The same with each expression, as a whole, replaced."""
    if isinstance(node, form.Expr):
        return change(node)
    if isinstance(node, tuple):
        return tuple(with_expressions(item, change) for item in node)
    if not isinstance(node, form.Stmt | form.Handler):
        return node
    names = [each.name for each in dataclasses.fields(node) if each.name not in ("span", "label", "callee")]
    return dataclasses.replace(
        node, **{name: with_expressions(getattr(node, name), change) for name in names}
    )


def has_items(source: form.Expr) -> bool:
    """Whether a list surely has items: a display with one, or a range of constants."""
    match source:
        case form.Op(
            name="list.range", operands=(form.Const() as start, form.Const() as stop, form.Const() as step)
        ):
            return len(range(start.value, stop.value, step.value)) > 0
        case form.Op(name="list.enumerate" | "list.reversed" | "list.sorted", operands=(inner, *_)):
            return has_items(inner)
        case form.MakeList(items=items):
            return any(not isinstance(item, form.Spread) for item in items)
        case form.Const(value=list() | tuple() as value):
            return bool(value)
        case _:
            return False


def surely_turns(loop: form.For) -> bool:
    """Whether a loop surely has a turn, and one that may come to its end."""
    return has_items(loop.source) and any(_ends(loop.body))


def is_endless(loop: form.Stmt) -> bool:
    """Whether a loop is `while True`, which only a jump or an error leaves."""
    return (
        isinstance(loop, form.While)
        and not loop.before
        and isinstance(loop.test, form.Const)
        and loop.test.value is True
    )


def _ends(block: form.Block) -> tuple[bool, bool]:
    """Whether the end of a block may be reached, and whether a `continue` may leave it."""
    again = False
    for stmt in block:
        match stmt:
            case form.Return() | form.Raise() | form.Break():
                return False, again
            case form.Continue():
                return False, True
            case form.If(then=then, otherwise=otherwise):
                ways = [_ends(then), _ends(otherwise)]
            case form.Try(body=body, handlers=handlers):
                ways = [_ends(body), *(_ends(handler.body) for handler in handlers)]
            case form.Ordered(body=body):
                ways = [_ends(body)]
            case _:
                continue
        again = again or any(way[1] for way in ways)
        if not any(way[0] for way in ways):
            return False, again
    return True, again


def own_nodes(body: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """Every node of a function's body, without the bodies of the functions defined in it."""
    for node in body:
        yield node
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            continue
        yield from own_nodes(ast.iter_child_nodes(node))


def bound_names(node: ast.AST) -> Iterator[str]:
    """The names that a piece of syntax binds in the function that it stands in."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.Lambda):
        return
    elif isinstance(node, ast.Global | ast.Nonlocal):
        yield from node.names
    elif isinstance(node, ast.alias):
        yield (node.asname or node.name).partition(".")[0]
    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        yield node.id
    else:
        for child in ast.iter_child_nodes(node):
            yield from bound_names(child)
