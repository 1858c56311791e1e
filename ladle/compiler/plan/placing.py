"""Puts statements that cost no time of a task into a nested order of those that do.

Assignments and pure tests would only blur the search for a good nesting, so they are left out of it.
Afterwards each goes to the outermost series where everything it needs has ended and nothing that needs it
has begun.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from ladle.compiler.plan.nesting import Nested, Parallel, Series, Single

__all__ = ["Fork", "Line", "place"]


@dataclass(slots=True)
class Fork:
    """Branches that run at once."""

    branches: list[Line]


@dataclass(slots=True)
class Line:
    """Nodes and forks, one after the other."""

    items: list[int | Fork] = field(default_factory=list)


def place(
    nested: Nested | None, light: Iterable[int], before: dict[int, frozenset[int]], early: frozenset[int]
) -> Line:
    """The nested order with the nodes `light`, in source order, put in.

    `before[n]` are all nodes, direct or not, that `n` waits for. `early` names the light nodes to be placed
    as soon as possible though they wait for nothing (they may fail, or are states of their own); the others
    stand as late as possible, beside what uses them.
    """
    line = _line(nested)
    placed = set(_members(line))
    for node in light:
        needs = before[node] & placed
        needed_by = frozenset(other for other in placed if node in before[other])
        _insert(line, node, needs, needed_by, late=not needs and node not in early)
        placed.add(node)
    return line


def _line(nested: Nested | None) -> Line:
    match nested:
        case None:
            return Line()
        case Single():
            return Line([nested.node])
        case Series():
            return Line([item for part in nested.parts for item in _line(part).items])
        case Parallel():
            return Line([Fork([_line(part) for part in nested.parts])])


def _members(item: int | Fork | Line) -> Iterable[int]:
    if isinstance(item, int):
        yield item
    else:
        for part in item.branches if isinstance(item, Fork) else item.items:
            yield from _members(part)


def _insert(line: Line, node: int, needs: frozenset[int], needed_by: frozenset[int], *, late: bool) -> None:
    members = [frozenset(_members(item)) for item in line.items]
    low = max((at + 1 for at, inside in enumerate(members) if inside & needs), default=0)
    high = min((at for at, inside in enumerate(members) if inside & needed_by), default=len(members))
    if low > high:
        fork = line.items[high]
        assert isinstance(fork, Fork), "a node would have to stand both before and after another"
        for branch in fork.branches:
            inside = frozenset(_members(branch))
            if inside & needed_by:
                _insert(branch, node, needs & inside, needed_by & inside, late=late)
                return
    at = high if late else low
    if not late:
        while at < high and isinstance(item := line.items[at], int) and item < node and item not in needed_by:
            at += 1
    line.items.insert(at, node)
