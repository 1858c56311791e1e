"""Where to put barriers in a set too large to solve exactly.

A barrier ends a down-set before the rest starts; it costs at least the heaviest chain of the one side and of
the other. Candidates are the sets of what can end by some moment, and of what must have ended by it
(layerings as in González-Escribano, van Gemund, Cardeñoso-Payo, *Mapping Unstructured Applications into
Nested Parallelism*, VECPAR 2002). The most promising are tried out with a quick descent on both sides.
Afterwards the exact step goes over windows of neighbouring parts.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate
from typing import Final

from ladle.compiler.plan.nesting.exact import EXACT, Exact
from ladle.compiler.plan.nesting.graph import Graph
from ladle.compiler.plan.nesting.nested import (
    Nested,
    Parallel,
    Series,
    Single,
    makespan,
    nodes_of,
    parallel,
    series,
)

__all__ = ["improve", "split"]

TRIES: Final = 4000
"""Candidates tried at a barrier, times the nodes of the set: small sets can afford more."""

SHARES: Final = (0.0, 0.5, 1.0)
"""Moments between the earliest and the latest end of a node."""

SMALL: Final = 6
"""Sets that the quick descent solves exactly."""

WINDOW: Final = 11
"""Nodes of a window that the exact step goes over afterwards."""

DEEPEST: Final = 20
"""Parallels within Parallels; what would be nested deeper runs level by level. Nobody reads a machine of a
hundred, each of them indents what is in it, and Python's own stack ends there."""


class Splitter:
    """Splits sets of nodes of one graph."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.exact = Exact(graph)
        self.quick: dict[int, float] = {}

    def split(self, mask: int, depth: int = 0) -> Nested:
        """The nested order of the set, which is to stand within `depth` Parallels."""
        graph = self.graph
        if depth == DEEPEST:
            return self.levels(mask)
        parts = graph.components(mask)
        if len(parts) > 1:
            return parallel([self.split(part, depth + 1) for part in parts], graph.weights)
        parts = graph.cuts(mask)
        if len(parts) > 1:
            return series([self.split(part, depth) for part in parts])
        size = mask.bit_count()
        if size == 1:
            return Single(mask.bit_length() - 1)
        if size <= EXACT:
            return self.exact.solve(mask)[2]
        down = self.barrier(mask, max(1, TRIES // size))
        return series([self.split(down, depth), self.split(mask & ~down, depth)])

    def levels(self, mask: int) -> Nested:
        """All that waits for nothing in the set at once, then all that waits for these only, and so on."""
        graph = self.graph
        level: dict[int, int] = {}
        for node in graph.ordered(mask):
            level[node] = 1 + max((level[one] for one in graph.direct[node] if mask >> one & 1), default=-1)
        together: list[list[Nested]] = [[] for _ in range(1 + max(level.values()))]
        for node in sorted(level):
            together[level[node]].append(Single(node))
        return series([parallel(nodes, graph.weights) for nodes in together])

    def barrier(self, mask: int, tries: int) -> int:
        """The down-set whose barrier lets both sides, nested quickly, end first."""
        best, chosen = float("inf"), 0
        for cost, _, down in self.candidates(mask)[:tries]:
            if cost >= best:
                break
            value = self.descend(down)
            if value < best:
                value += self.descend(mask & ~down)
            if value < best:
                best, chosen = value, down
        return chosen

    def candidates(self, mask: int) -> list[tuple[float, float, int]]:
        """Down-sets with what their barrier costs at least, the cheapest first, then the most even."""
        found: dict[int, tuple[float, float]] = {}
        for order, costs in self.layerings(mask):
            down, done = 0, 0
            for position, cost, balance in costs:
                for node in order[done:position]:
                    down |= 1 << node
                done = position
                if down not in found:
                    found[down] = (cost, balance)
        return sorted((cost, balance, down) for down, (cost, balance) in found.items())

    def cheapest(self, mask: int) -> int:
        """The first of the candidates."""
        best, chosen, nodes = (float("inf"), 0.0), 0, list[int]()
        for order, costs in self.layerings(mask):
            for position, cost, balance in costs:
                if (cost, balance) < best:
                    best, chosen, nodes = (cost, balance), position, order
        return sum(1 << node for node in nodes[:chosen])

    def layerings(self, mask: int) -> Iterator[tuple[list[int], list[tuple[int, float, float]]]]:
        """Orders of the nodes by a moment of their time, and the barriers in each.

        A barrier is a number of nodes before it, what it costs at least (the heaviest chain before it and the
        heaviest after it), and how uneven the two are.
        """
        graph = self.graph
        nodes = graph.ordered(mask)
        ends, tails = graph.times(nodes, mask)
        length = max(ends.values())
        latest = {
            node: length - max((tails[one] for one in graph.following[node] if mask >> one & 1), default=0.0)
            for node in nodes
        }
        for share in SHARES:
            # Never later for a node than for those after it, down to the last digit: a tail less the node's
            # own weight would not be.
            moment = {node: (1 - share) * ends[node] + share * latest[node] for node in nodes}
            order = sorted(nodes, key=moment.__getitem__)
            after, rest = [0.0] * len(order), 0.0
            for position in range(len(order) - 1, 0, -1):
                rest = after[position] = max(rest, tails[order[position]])
            before = list(accumulate((ends[node] for node in order), max))
            moments = [moment[node] for node in order]
            apart = [at for at in range(1, len(order)) if moments[at] > moments[at - 1]]
            # Where nothing takes time, all is one moment; the order still is one of down-sets.
            yield (
                order,
                [
                    (at, before[at - 1] + after[at], abs(before[at - 1] - after[at]))
                    for at in apart or range(1, len(order))
                ],
            )

    def descend(self, mask: int) -> float:
        """The makespan that the cheapest candidate at each barrier gives."""
        known = self.quick.get(mask)
        if known is not None:
            return known
        graph = self.graph
        parts = graph.components(mask)
        if len(parts) > 1:
            value = max(map(self.descend, parts))
        elif mask.bit_count() <= SMALL:
            value = self.exact.solve(mask)[0]
        else:
            parts = graph.cuts(mask)
            if len(parts) == 1:
                down = self.cheapest(mask)
                parts = [down, mask & ~down]
            value = sum(map(self.descend, parts))
        self.quick[mask] = value
        return value


def split(graph: Graph, mask: int) -> Nested:
    """The nested order of the set, without loss where it is series-parallel, the best up to `EXACT` nodes."""
    return Splitter(graph).split(mask)


def improve(graph: Graph, nested: Nested) -> Nested:
    """The order with every window of neighbouring parts solved exactly, as long as that shortens it."""
    return _improve(graph, Exact(graph), nested)


def _improve(graph: Graph, exact: Exact, nested: Nested) -> Nested:
    if isinstance(nested, Single):
        return nested
    if isinstance(nested, Parallel):
        return parallel([_improve(graph, exact, part) for part in nested.parts], graph.weights)
    parts = [_improve(graph, exact, part) for part in nested.parts]
    changed = len(parts) > 1 and _loses(graph, parts)
    while changed:
        changed = False
        for first in range(len(parts)):
            window = _window(parts, first)
            if window < 2:
                continue
            old = sum(makespan(part, graph.weights) for part in parts[first : first + window])
            mask = sum(1 << node for part in parts[first : first + window] for node in nodes_of(part))
            value, _, better = exact.solve(mask)
            if value < old - 1e-9:
                parts[first : first + window] = better.parts if isinstance(better, Series) else [better]
                changed = True
    return series(parts)


def _loses(graph: Graph, parts: list[Nested]) -> bool:
    """Whether parts in series take longer than a chain in them, and are too many to have been solved."""
    mask = sum(1 << node for part in parts for node in nodes_of(part))
    if mask.bit_count() <= EXACT:
        return False
    ends, _ = graph.times(graph.ordered(mask), mask)
    return sum(makespan(part, graph.weights) for part in parts) > max(ends.values()) + 1e-9


def _window(parts: list[Nested], first: int) -> int:
    """How many parts from `first` on have at most `WINDOW` nodes together."""
    size = 0
    for count, part in enumerate(parts[first:]):
        size += sum(1 for _ in nodes_of(part))
        if size > WINDOW:
            return count
    return len(parts) - first
