"""From a block to its plan: segments between steps, each nested, with what costs no time put back in its place."""

from __future__ import annotations

from ladle.compiler.language import form
from ladle.compiler.language.form import Block, Stmt
from ladle.compiler.plan.expressions import can_fail
from ladle.compiler.plan.liveness import Around, Names, live_after_each, within
from ladle.compiler.plan.nesting import nest
from ladle.compiler.plan.order import Mode, Node, dependencies, flatten, node_of, segments
from ladle.compiler.plan.placing import Fork, Line, place
from ladle.compiler.plan.tree import Leaf, Parallel, Part, Series, Tree, weight_of

__all__ = ["plan_block"]

DEFAULT_WEIGHT = 1.0
"""Seconds that a task, a nested run or a wait is taken to last where nothing says better."""


def plan_block(block: Block, after: Names, around: Around, mode: Mode = "values") -> Tree:
    """The plan of a block. `after` and `around` say which variables are read later, on each way out of it."""
    flat = tuple(flatten(block, mode))
    lives = live_after_each(tuple(stmt for stmt, _, _ in flat), after, around)
    nodes = tuple(node_of(stmt, inner, waits, around.failing) for stmt, inner, waits in flat)
    planned = tuple(
        _leaf(stmt, live, around, inner) for (stmt, inner, _), live in zip(flat, lives, strict=True)
    )
    items: list[Tree] = []
    for segment in segments(nodes):
        tree = _segment([nodes[at] for at in segment], [planned[at] for at in segment])
        items.extend(tree.items if isinstance(tree, Series) else [tree])
    return items[0] if len(items) == 1 else Series(tuple(items))


def _leaf(stmt: Stmt, after: Names, around: Around, mode: Mode) -> Leaf:
    """A statement with the plans of its blocks."""
    parts = tuple(
        Part(role, plan_block(block, rest, inside, _inner_mode(stmt, role, mode)))
        for role, block, rest, inside in within(stmt, after, around)
    )
    return Leaf(stmt, parts, _weight(stmt, parts))


def _inner_mode(stmt: Stmt, role: str, mode: Mode) -> Mode:
    match stmt:
        case form.Ordered(kind="in_order"):
            return "in order"
        case form.Ordered(kind="at_once"):
            return "at once"
        case form.Try() if role == "body" and len(stmt.handlers) > 1:
            return "in order"  # several calls that can fail into different handlers: Python's order decides which
        case form.Map() | form.Scope():
            return "values"
        case _:
            return mode


def _weight(stmt: Stmt, parts: tuple[Part, ...]) -> float:
    """The seconds that a statement is expected to take; a loop counts as one iteration."""
    match stmt:
        case form.Call(callee=callee):
            expected = getattr(callee, "expect", None)
            return DEFAULT_WEIGHT if expected is None else float(expected)
        case form.Sleep(seconds=form.Const(value=int() | float() as seconds)):
            return float(seconds)
        case form.Sleep() | form.SleepUntil():
            return DEFAULT_WEIGHT
        case form.If():
            return max(weight_of(part.tree) for part in parts)
        case form.Try():
            handled = [weight_of(part.tree) for part in parts if part.role.startswith("except")]
            normal = sum(weight_of(part.tree) for part in parts if part.role in ("body", "else"))
            return max([normal, *handled]) + sum(weight_of(p.tree) for p in parts if p.role == "finally")
        case _:
            return sum(weight_of(part.tree) for part in parts)


def _segment(nodes: list[Node], planned: list[Leaf]) -> Tree:
    """The nested order of the nodes between two steps."""
    edges = dependencies(tuple(nodes))
    before: dict[int, frozenset[int]] = {}
    for node in range(len(nodes)):
        direct = {i for i, j in edges if j == node}
        before[node] = frozenset(direct).union(*(before[i] for i in direct))
    heavy = [node for node, leaf in enumerate(planned) if leaf.weight > 0]
    light = [node for node, leaf in enumerate(planned) if leaf.weight == 0]
    early = frozenset(n for n in light if not _is_free(planned[n].stmt))
    nested = (
        nest({n: planned[n].weight for n in heavy}, {(i, j) for j in heavy for i in before[j] if i in heavy})
        if heavy
        else None
    )
    return _tree(place(nested, light, before, early), planned)


def _is_free(stmt: Stmt) -> bool:
    """Whether it does not matter when the statement runs: an assignment that cannot fail."""
    return isinstance(stmt, form.Assign) and not can_fail(stmt.value)


def _tree(line: Line, planned: list[Leaf]) -> Tree:
    items: list[Tree] = [
        Parallel(tuple(_tree(branch, planned) for branch in item.branches))
        if isinstance(item, Fork)
        else planned[item]
        for item in line.items
    ]
    return items[0] if len(items) == 1 else Series(tuple(items))
