"""From a block to its plan: segments between steps, each nested, what costs no time put back in its place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import TypeAlias

from ladle.compiler.language import form
from ladle.compiler.language.form import Block, Stmt
from ladle.compiler.plan.expressions import can_fail
from ladle.compiler.plan.liveness import Around, Names, is_carried, live_after_each, within
from ladle.compiler.plan.nesting import nest
from ladle.compiler.plan.order import Mode, Node, dependencies, flatten, inner_mode, node_of, segments
from ladle.compiler.plan.placing import Fork, Line, place
from ladle.compiler.plan.statements import leaves, writes_of
from ladle.compiler.plan.tree import Leaf, Parallel, Part, Plan, Series, Tree
from ladle.wire import IntShape, NullShape

__all__ = ["plan_block"]

Cost: TypeAlias = tuple[float, tuple[str, ...]]
"""Seconds, and the labels of the calls that take them."""

Measured: TypeAlias = Mapping[str, float]
UNMEASURED: Measured = MappingProxyType({})

DEFAULT_WEIGHT = 1.0
"""Seconds that a task, a nested run or a wait is taken to last where nothing says better."""


def plan_block(
    block: Block, after: Names, around: Around, mode: Mode = "values", measured: Measured = UNMEASURED
) -> Plan:
    """The plan of a block. `after` and `around` say which variables are read later, on each way out of it,
    `measured` how many seconds a call of that name takes."""
    flat = tuple(flatten(block, mode))
    lives = live_after_each(tuple(stmt for stmt, _, _ in flat), after, around)
    nodes = tuple(node_of(stmt, inner, waits, around) for stmt, inner, waits in flat)
    planned = tuple(
        _leaf(stmt, live, around, inner, measured) for (stmt, inner, _), live in zip(flat, lives, strict=True)
    )
    items: list[Tree] = []
    least: float = 0
    path: tuple[str, ...] = ()
    for segment in segments(nodes):
        chosen = [planned[at] for at in segment]
        direct = _direct(tuple(nodes[at] for at in segment))
        tree = _segment(chosen, direct)
        items.extend(tree.items if isinstance(tree, Series) else [tree])
        seconds, chain = _longest(chosen, direct)
        least, path = least + seconds, path + chain
    return Plan(items[0] if len(items) == 1 else Series(tuple(items)), least, path)


def _leaf(stmt: Stmt, after: Names, around: Around, mode: Mode, measured: Measured) -> Leaf:
    """A statement with the plans of its blocks."""
    if isinstance(stmt, form.For):
        stmt = _independent(stmt, after, around)
    parts = tuple(
        Part(role, plan_block(block, rest, inside, inner_mode(stmt, role, mode), measured))
        for role, block, rest, inside in within(stmt, after, around)
    )
    own = _own_seconds(stmt, measured)
    if own is not None:
        return Leaf(stmt, parts, own, own, (stmt.label,))
    weight = _total(stmt, parts, lambda plan: (plan.seconds, ()))[0]
    return Leaf(stmt, parts, weight, *_total(stmt, parts, lambda plan: (plan.least, plan.path)))


def _independent(stmt: form.For, after: Names, around: Around) -> Stmt:
    """A loop whose iterations share nothing but their order, as a Map that runs one at a time.

    It costs a transition for the loop instead of one for each iteration and two around it.
    """
    if stmt.orelse or is_carried(stmt, writes_of(stmt), after, around) or any(map(leaves, stmt.body)):
        return stmt
    one = form.Const(IntShape(), stmt.span, 1)
    nothing = form.Const(NullShape(), stmt.span, None)
    return form.Map(
        stmt.span, stmt.label, None, stmt.item, None, stmt.source, None, stmt.body, None, nothing, one
    )  # fmt: skip


def _direct(nodes: tuple[Node, ...]) -> list[list[int]]:
    """For each node those that it waits for, in source order; what those wait for need not be among them."""
    found: list[list[int]] = [[] for _ in nodes]
    for i, j in sorted(dependencies(nodes)):
        found[j].append(i)
    return found


def _longest(leaves: list[Leaf], direct: list[list[int]]) -> Cost:
    """The longest chain of nodes that wait for each other: its seconds, and the labels along it."""
    seconds: list[float] = []
    reached: list[int | None] = []  # from where the longest chain reaches each node
    for leaf, earlier in zip(leaves, direct, strict=True):
        last = max(earlier, key=seconds.__getitem__, default=None)
        reached.append(last)
        seconds.append(leaf.least + (0 if last is None else seconds[last]))
    at = max(range(len(leaves)), key=seconds.__getitem__, default=None)
    whole: float = 0 if at is None else seconds[at]
    chain: list[tuple[str, ...]] = []
    while at is not None:
        chain.append(leaves[at].path)
        at = reached[at]
    return whole, tuple(label for path in reversed(chain) for label in path)


def _own_seconds(stmt: Stmt, measured: Measured) -> float | None:
    """The seconds that a statement without blocks is expected to take; None for compound and pure ones."""
    match stmt:
        case form.Call(callee=callee):
            expected = getattr(callee, "expect", None)
            if expected is None:
                expected = measured.get(getattr(callee, "name", ""), DEFAULT_WEIGHT)
            return float(expected)
        case form.Sleep(seconds=form.Const(value=int() | float() as seconds)):
            return float(seconds)
        case form.Sleep() | form.SleepUntil():
            return DEFAULT_WEIGHT
        case _:
            return None


def _total(stmt: Stmt, parts: tuple[Part, ...], cost: Callable[[Plan], Cost]) -> Cost:
    """What a compound statement costs, given what its blocks do; a loop counts as one iteration."""
    costs = {part.role: cost(part.plan) for part in parts}
    match stmt:
        case form.If():
            return _dearest(costs.values())
        case form.Try():
            normal = _sum(costs[role] for role in ("body", "else"))
            handled = [cost for role, cost in costs.items() if role.startswith("except")]
            return _sum([_dearest([normal, *handled]), costs["finally"]])
        case _:
            return _sum(costs.values())


def _sum(costs: Iterable[Cost]) -> Cost:
    costs = list(costs)
    return sum(seconds for seconds, _ in costs), tuple(label for _, path in costs for label in path)


def _dearest(costs: Iterable[Cost]) -> Cost:
    return max(costs, key=lambda cost: cost[0])


def _segment(planned: list[Leaf], direct: list[list[int]]) -> Tree:
    """The nested order of the nodes between two steps."""
    heavy = {node for node, leaf in enumerate(planned) if leaf.weight > 0}
    light = [node for node in range(len(planned)) if node not in heavy]
    early = frozenset(node for node in light if not _is_free(planned[node].stmt))
    nested = None
    if heavy:
        nested = nest({node: planned[node].weight for node in sorted(heavy)}, _among(heavy, direct))
    return _tree(place(nested, light, direct, early), planned)


def _among(heavy: set[int], direct: list[list[int]]) -> set[tuple[int, int]]:
    """The edges between some of the nodes, where the others are left out."""
    near: list[set[int]] = []
    for earlier in direct:
        near.append({to for i in earlier for to in ((i,) if i in heavy else near[i])})
    return {(i, j) for j in heavy for i in near[j]}


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
