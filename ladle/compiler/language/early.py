"""Calls that Python makes when a function is defined, not when it is called: in defaults and decorators.

A task called there runs once, while the module is imported, and never in the state machine.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from ladle import declare
from ladle.compiler.language.reading import Reader
from ladle.compiler.language.source import FunctionSource

__all__ = ["refuse_early_calls"]


def refuse_early_calls(reader: Reader, source: FunctionSource) -> None:
    """Reports each call of a task or workflow in the defaults and decorators of a function."""
    arguments = source.node.args
    early = [*source.node.decorator_list, *arguments.defaults, *arguments.kw_defaults]
    for call, callee in _calls(source, [node for node in early if node is not None]):
        reader.problem(
            "L108",
            call,
            f"`{callee.name}` would be called once, when `{source.node.name}` is defined",
            "call it in the body; a default can be None, and tell it to",
        )


def _calls(
    source: FunctionSource, nodes: list[ast.expr]
) -> Iterator[tuple[ast.Call, declare.Declared[..., Any]]]:
    for node in nodes:
        for call in ast.walk(node):
            if isinstance(call, ast.Call):
                callee = _named(source, call.func)
                if isinstance(callee, declare.Declared):
                    yield call, callee


def _named(source: FunctionSource, node: ast.expr) -> object:
    """What a name or a dotted name stands for; None for anything else."""
    if isinstance(node, ast.Name):
        return source.names.get(node.id)
    if isinstance(node, ast.Attribute):
        return getattr(_named(source, node.value), node.attr, None)
    return None
