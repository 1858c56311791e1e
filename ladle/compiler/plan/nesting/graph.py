"""Partial orders as bit masks: components, series cuts, the heaviest chain."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ladle.compiler.plan.nesting.nested import Nested, Parallel, Series, Single

__all__ = ["Graph", "bits"]


def bits(mask: int) -> Iterator[int]:
    """The numbers of the bits that are set, from the lowest."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


@dataclass(frozen=True, slots=True)
class Graph:
    """A partial order of nodes `0, 1, …`, numbered in source order. A set of nodes is an int: bit `i` is node
    `i`.

    `before` and `after` are transitively closed, `direct` and `following` transitively reduced. Every set
    that the search looks at is convex (what lies between two of its nodes is in it), so the relations of a
    set are those of the whole, restricted.
    """

    names: tuple[int, ...]
    weights: tuple[float, ...]
    before: tuple[int, ...]
    after: tuple[int, ...]
    direct: tuple[tuple[int, ...], ...]
    following: tuple[tuple[int, ...], ...]
    near: tuple[int, ...]
    rank: tuple[int, ...]

    @classmethod
    def of(cls, weights: Sequence[float] | Mapping[int, float], edges: Collection[tuple[int, int]]) -> Graph:
        """The order that the edges span. Raises ValueError for what is no order."""
        names = tuple(sorted(weights)) if isinstance(weights, Mapping) else tuple(range(len(weights)))
        if not names:
            raise ValueError("there are no nodes")
        at = {name: index for index, name in enumerate(names)}
        given = [0] * len(names)
        for first, then in edges:
            if first not in at or then not in at:
                raise ValueError(f"the edge {(first, then)} names a node without a weight")
            given[at[then]] |= 1 << at[first]
        before, order = _closure(given)
        after = [0] * len(names)
        direct: list[tuple[int, ...]] = [()] * len(names)
        following: list[list[int]] = [[] for _ in names]
        near = [0] * len(names)
        for node, mask in enumerate(given):
            covered = 0
            for earlier in bits(mask):
                covered |= before[earlier]
            direct[node] = tuple(bits(mask & ~covered))
            for earlier in direct[node]:
                following[earlier].append(node)
                near[earlier] |= 1 << node
                near[node] |= 1 << earlier
        for node in reversed(order):
            for later in following[node]:
                after[node] |= after[later] | 1 << later
        rank = [0] * len(names)
        for position, node in enumerate(order):
            rank[node] = position
        times = tuple(float(weights[name]) for name in names)
        return cls(
            names, times, tuple(before), tuple(after), tuple(direct), tuple(map(tuple, following)),
            tuple(near), tuple(rank)
        )  # fmt: skip

    @property
    def everything(self) -> int:
        """The set of all nodes."""
        return (1 << len(self.names)) - 1

    def ordered(self, mask: int) -> list[int]:
        """The nodes of the set, each after those before it."""
        return sorted(bits(mask), key=self.rank.__getitem__)

    def components(self, mask: int) -> list[int]:
        """The connected components of the set, by their first node."""
        found = []
        while mask:
            part = front = mask & -mask
            while front:
                node = front.bit_length() - 1
                front ^= 1 << node
                fresh = self.near[node] & mask & ~part
                part |= fresh
                front |= fresh
            found.append(part)
            mask &= ~part
        return found

    def cuts(self, mask: int) -> list[int]:
        """The parts of the set that follow each other entirely, in their order."""
        nodes = sorted(bits(mask), key=lambda node: (self.before[node] & mask).bit_count())
        common = [mask] * (len(nodes) + 1)  # what comes before each of the nodes from a position on
        for position in range(len(nodes) - 1, -1, -1):
            common[position] = common[position + 1] & self.before[nodes[position]]
        parts, seen, start = [], 0, 0
        for position, node in enumerate(nodes):
            if seen != start and seen & ~common[position] == 0:
                parts.append(seen & ~start)
                start = seen
            seen |= 1 << node
        parts.append(seen & ~start)
        return parts

    def times(self, nodes: Sequence[int], mask: int) -> tuple[dict[int, float], dict[int, float]]:
        """For each node, the heaviest chain within the set that ends with it, and that begins with it."""
        ends: dict[int, float] = {}
        for node in nodes:
            start = 0.0
            for earlier in self.direct[node]:
                if mask >> earlier & 1 and ends[earlier] > start:
                    start = ends[earlier]
            ends[node] = start + self.weights[node]
        tails: dict[int, float] = {}
        for node in reversed(nodes):
            rest = 0.0
            for later in self.following[node]:
                if mask >> later & 1 and tails[later] > rest:
                    rest = tails[later]
            tails[node] = rest + self.weights[node]
        return ends, tails

    def renamed(self, nested: Nested) -> Nested:
        """The nested order with the nodes' own names."""
        match nested:
            case Single(node=node):
                return Single(self.names[node])
            case Series(parts=parts):
                return Series(tuple(map(self.renamed, parts)))
            case Parallel(parts=parts):
                return Parallel(tuple(map(self.renamed, parts)))


def _closure(given: Sequence[int]) -> tuple[list[int], list[int]]:
    """All nodes before each node, and the nodes in an order that respects the edges, else in source order."""
    before = [0] * len(given)
    order: list[int] = []
    done = 0
    rest = list(range(len(given)))
    while rest:
        waiting = []
        for node in rest:
            if given[node] & ~done:
                waiting.append(node)
                continue
            mask = given[node]
            for earlier in bits(given[node]):
                mask |= before[earlier]
            before[node] = mask
            order.append(node)
            done |= 1 << node
        if len(waiting) == len(rest):
            raise ValueError("the edges have a cycle")
        rest = waiting
    return before, order
