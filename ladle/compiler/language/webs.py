"""After reading: definitions become variables, one for each web, and results that nobody reads make steps."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ladle.compiler.language import form
from ladle.compiler.language.flow import Definitions
from ladle.compiler.language.shapes import NEVER, join
from ladle.compiler.language.walk import nodes, renamed
from ladle.wire import Shape

__all__ = ["numbered", "unread_steps"]


def numbered(
    definitions: Definitions, parameters: tuple[form.Variable, ...], body: form.Block
) -> tuple[tuple[form.Variable, ...], form.Block]:
    """The same program with the webs of each name counted from 0, in the order in which they first stand."""
    webs: dict[tuple[str, int], form.Variable] = {}
    counts: dict[str, int] = {}
    shapes: dict[tuple[str, int], Shape] = {}
    found = [*parameters, *(node for node in nodes(body) if isinstance(node, form.Variable))]
    for variable in found:
        key = (variable.name, definitions.web(variable.index))
        shapes[key] = join(shapes.get(key, NEVER), definitions.shape(variable.index))
    for variable in found:
        key = (variable.name, definitions.web(variable.index))
        if key not in webs:
            index = counts.get(variable.name, 0)
            counts[variable.name] = index + 1
            webs[key] = form.Variable(variable.name, index, shapes[key], variable.made)

    def change(variable: form.Variable) -> form.Variable:
        return webs[variable.name, definitions.web(variable.index)]

    return tuple(map(change, parameters)), renamed(body, change)


def unread_steps(body: form.Block) -> form.Block:
    """Calls whose result nobody reads have no target: they are steps (rule 2 of what runs when)."""
    read = {
        variable
        for node in nodes(body)
        for variable in (
            (node.variable,) if isinstance(node, form.Read)
            else (node.error,) if isinstance(node, form.ErrorText | form.ErrorName)
            else node.after if isinstance(node, form.Ordered)
            else (node.again,) if isinstance(node, form.Raise) and node.again is not None
            else ()
        )
    }  # fmt: skip

    def cleaned(node: Any) -> Any:
        if isinstance(node, tuple):
            return tuple(cleaned(item) for item in node)
        if isinstance(node, form.Call | form.Map | form.Scope) and node.target not in (None, *read):
            node = replace(node, target=None, step=True)
        if isinstance(node, form.Handler) and node.variable is not None and node.variable not in read:
            node = replace(node, variable=None)
        if isinstance(node, form.Stmt | form.Handler):
            blocks = {
                name: cleaned(getattr(node, name))
                for name in ("body", "then", "otherwise", "before", "handlers", "orelse", "final")
                if hasattr(node, name)
            }
            return replace(node, **blocks) if blocks else node
        return node

    result: form.Block = cleaned(body)
    return result
