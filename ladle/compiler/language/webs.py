"""After reading: definitions become variables, one for each web, and results that nobody reads make steps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from ladle.compiler.language import form
from ladle.compiler.language.flow import Definitions
from ladle.compiler.language.operations import OPERATIONS
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
    """Calls whose result nobody reads have no target: they are steps (rule 2 of what runs when).

    Assignments of made-up names that nobody reads go first: they only pass such a result on.
    """
    while True:
        after: form.Block = _cleaned(body, frozenset(_read(body)))
        if after == body:
            return after
        body = after


def _read(body: form.Block) -> Iterator[form.Variable]:
    """Every variable that something reads."""
    for node in nodes(body):
        match node:
            case form.Read(variable=variable):
                yield variable
            case form.ErrorText(error=error) | form.ErrorName(error=error):
                yield error
            case form.Ordered(after=after):
                yield from after
            case form.Raise(again=form.Variable() as again):
                yield again


def _cleaned(node: Any, read: frozenset[form.Variable]) -> Any:
    if isinstance(node, tuple):
        return tuple(_cleaned(item, read) for item in node if not _is_idle(item, read))
    if (
        isinstance(node, form.Call | form.Map | form.Scope)
        and node.target is not None
        and node.target not in read
    ):
        node = replace(node, target=None, step=True)
    if isinstance(node, form.Handler) and node.variable is not None and node.variable not in read:
        node = replace(node, variable=None)
    if isinstance(node, form.Stmt | form.Handler):
        parts = ("body", "then", "otherwise", "before", "handlers", "orelse", "final")
        blocks = {name: _cleaned(getattr(node, name), read) for name in parts if hasattr(node, name)}
        return replace(node, **blocks) if blocks else node
    return node


def _is_idle(node: Any, read: frozenset[form.Variable]) -> bool:
    """Whether a statement only gives a made-up name a value that nobody reads and that cannot fail."""
    if not isinstance(node, form.Assign) or not node.target.made or node.target in read:
        return False
    operations = [each for each in nodes(node.value) if isinstance(each, form.Op)]
    return not any(OPERATIONS[each.name].failures or OPERATIONS[each.name].limits for each in operations)
