"""Puts statements that cost no time of a task into a nested order of those that do.

Assignments and pure tests would only blur the search for a good nesting, so they are left out of it.
Afterwards each goes to the outermost series where everything it needs has ended and nothing that needs it
has begun.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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
    nested: Nested | None, light: Iterable[int], direct: Sequence[Sequence[int]], early: frozenset[int]
) -> Line:
    """The nested order with the nodes `light`, in source order, put in.

    `direct[n]` are nodes that `n` waits for, and so for all that those wait for. `early` names the light
    nodes to be placed as soon as possible though they wait for nothing (they may fail, or are states of their
    own); the others stand as late as possible, beside what uses them.
    """
    before = [0] * len(direct)
    after = [0] * len(direct)
    for node, earlier in enumerate(direct):
        for one in earlier:
            before[node] |= before[one] | 1 << one
    for node in range(len(direct) - 1, -1, -1):
        for one in direct[node]:
            after[one] |= after[node] | 1 << node
    line = _line(nested)
    placed = _members(line)
    for node in light:
        needs, needed_by = before[node] & placed, after[node] & placed
        _insert(line, node, needs, needed_by, late=not needs and node not in early)
        placed |= 1 << node
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


def _members(item: int | Fork | Line) -> int:
    """The nodes of an item as a set of bits, as all sets of nodes here."""
    if isinstance(item, int):
        return 1 << item
    found = 0
    for part in item.branches if isinstance(item, Fork) else item.items:
        found |= _members(part)
    return found


def _insert(line: Line, node: int, needs: int, needed_by: int, *, late: bool) -> None:
    members = [_members(item) for item in line.items]
    low = max((at + 1 for at, inside in enumerate(members) if inside & needs), default=0)
    high = min((at for at, inside in enumerate(members) if inside & needed_by), default=len(members))
    if low > high:
        fork = line.items[high]
        assert isinstance(fork, Fork), "a node would have to stand both before and after another"
        for branch in fork.branches:
            inside = _members(branch)
            if inside & needed_by:
                _insert(branch, node, needs & inside, needed_by & inside, late=late)
                return
    at = high if late else low
    if not late:
        while (
            at < high
            and isinstance(item := line.items[at], int)
            and item < node
            and not needed_by >> item & 1
        ):
            at += 1
    line.items.insert(at, node)
