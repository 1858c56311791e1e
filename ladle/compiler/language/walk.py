"""Going over the typed form: its statements, expressions and variables, and rebuilding it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from ladle.compiler.language import form

__all__ = ["nodes", "renamed", "statements"]


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
