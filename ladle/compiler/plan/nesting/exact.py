"""The best nested order of a small set, by dynamic programming over its down-sets.

The first part of a series need only be a single node or have several components: a connected part of more
nodes would be a series itself, and its own first part could stand first instead. That leaves few of the
down-sets, and the heaviest chains of both sides rule out most of those.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ladle.compiler.plan.nesting.graph import Graph, bits
from ladle.compiler.plan.nesting.nested import Nested, Single, parallel, series

__all__ = ["EXACT", "Exact"]

EXACT: Final = 16
"""Sets of at most so many nodes are nested optimally."""


class Exact:
    """Solves sets of nodes of one graph, and remembers what it solved."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._known: dict[int, tuple[float, int, Nested]] = {}
        self._chains: dict[int, float] = {}

    def solve(self, mask: int) -> tuple[float, int, Nested]:
        """The least makespan of the set, the number of Parallels, and the nested order."""
        known = self._known.get(mask)
        if known is None:
            known = self._known[mask] = self._solve(mask)
        return known

    def _solve(self, mask: int) -> tuple[float, int, Nested]:
        graph = self._graph
        if not mask & (mask - 1):
            node = mask.bit_length() - 1
            return graph.weights[node], 0, Single(node)
        parts = graph.components(mask)
        if len(parts) > 1:
            solved = [self.solve(part) for part in parts]
            count = sum(each[1] for each in solved) + (sum(each[0] > 0 for each in solved) > 1)
            tree = parallel([each[2] for each in solved], graph.weights)
            return max(each[0] for each in solved), count, tree
        least = self._chain(mask)
        best: tuple[float, int, Nested] | None = None
        for down in sorted(
            self._first_parts(mask), key=lambda down: self._chain(down) + self._chain(mask & ~down)
        ):
            rest = mask & ~down
            if best is not None:
                if self._chain(down) + self._chain(rest) > best[0]:
                    break
                if self.solve(down)[0] + self._chain(rest) > best[0]:
                    continue
            first, second = self.solve(down), self.solve(rest)
            value = (first[0] + second[0], first[1] + second[1])
            if best is None or value < best[:2]:
                best = (*value, series([first[2], second[2]]))
                if value[0] <= least and value[1] == 0:
                    break
        assert best is not None
        return best

    def _first_parts(self, mask: int) -> Iterator[int]:
        """Single nodes with none before them, and down-sets of several components."""
        graph = self._graph
        nodes = graph.ordered(mask)
        downs = [0]
        for node in nodes:
            needed = graph.before[node] & mask
            downs += [down | 1 << node for down in downs if needed & ~down == 0]
        for down in downs:
            if down in (0, mask):
                continue
            if not down & (down - 1) or len(graph.components(down)) > 1:
                yield down

    def _chain(self, mask: int) -> float:
        """The weight of the heaviest chain within the set: no order is faster."""
        known = self._chains.get(mask)
        if known is None:
            ends: dict[int, float] = {}
            for node in self._graph.ordered(mask):
                start = 0.0
                for earlier in bits(self._graph.before[node] & mask):
                    if ends[earlier] > start:
                        start = ends[earlier]
                ends[node] = start + self._graph.weights[node]
            known = self._chains[mask] = max(ends.values())
        return known
