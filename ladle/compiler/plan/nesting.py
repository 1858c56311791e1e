"""From a dependency graph to nested Parallels: the series-parallel order that ends soonest.

States Language has sequences and Parallel, which joins all its branches; it has no general graph. So a partial order
must be extended to a series-parallel one, and every extension costs time against the critical path. With weights as
durations, the least time for a set `S` of nodes is

* the weight of a single node;
* the maximum over the connected components of `S`, if it has several: they become branches of one Parallel;
* else the minimum over the down-sets `D` of `S` of `f(D) + f(S - D)`: everything in `D` ends before the rest starts.

`docs/scheduling.md` tells why this is exact, what is done where it would take too long, and how good that is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

__all__ = ["Nested", "Parallel", "Series", "Single", "makespan", "nest"]


@dataclass(frozen=True, slots=True)
class Single:
    """One node."""

    node: int

    def __str__(self) -> str:
        return str(self.node)


@dataclass(frozen=True, slots=True)
class Series:
    """Parts one after the other; none of them is a `Series`."""

    parts: tuple[Nested, ...]

    def __str__(self) -> str:
        return " ; ".join(map(str, self.parts))


@dataclass(frozen=True, slots=True)
class Parallel:
    """Branches at the same time; none of them is a `Parallel`, none ends before all the others may."""

    parts: tuple[Nested, ...]

    def __str__(self) -> str:
        return f"({' | '.join(map(str, self.parts))})"


Nested: TypeAlias = Single | Series | Parallel

EXACT: Final = 16
"""Sets of at most so many nodes are nested optimally."""


def nest(weights: Sequence[float] | Mapping[int, float], edges: Collection[tuple[int, int]]) -> Nested:
    """The nested order of the nodes with the least makespan.

    Args:
        weights: The duration of each node, in any unit: a sequence, or a mapping of node numbers. The order of
            the numbers is the order in the source.
        edges: Pairs `(i, j)`: `j` starts after `i` has ended. They need not be transitively closed.

    Ties go to the order with fewer Parallels, then to the order of the source. A set of nodes whose graph is
    series-parallel is nested without loss at any size, other sets optimally up to `EXACT` nodes.

    Raises:
        ValueError: The edges have a cycle, or name a node without a weight.
    """
    graph = _Graph.of(weights, edges)
    return _Search(graph).solve(graph.all)


def makespan(nested: Nested, weights: Sequence[float] | Mapping[int, float]) -> float:
    """How long the nested order takes."""
    match nested:
        case Single(node=node):
            return weights[node]
        case Series(parts=parts):
            return sum(makespan(part, weights) for part in parts)
        case Parallel(parts=parts):
            return max(makespan(part, weights) for part in parts)


# ------------------------------------------------------------------------------------------------ the graph


@dataclass(frozen=True, slots=True)
class _Graph:
    """The transitive closure. Sets of nodes are bit masks; bit `i` is the `i`-th node in source order."""

    names: tuple[int, ...]
    weights: tuple[float, ...]
    before: tuple[int, ...]
    after: tuple[int, ...]
    order: tuple[int, ...]

    @property
    def all(self) -> int:
        return (1 << len(self.names)) - 1

    @classmethod
    def of(cls, weights: Sequence[float] | Mapping[int, float], edges: Collection[tuple[int, int]]) -> _Graph:
        names = tuple(sorted(weights)) if isinstance(weights, Mapping) else tuple(range(len(weights)))
        at = {name: index for index, name in enumerate(names)}
        direct = [0] * len(names)
        for first, then in edges:
            if first not in at or then not in at:
                raise ValueError(f"the edge {(first, then)} names a node without a weight")
            direct[at[then]] |= 1 << at[first]
        before, order = _closure(direct)
        after = [0] * len(names)
        for node, mask in enumerate(before):
            for earlier in _bits(mask):
                after[earlier] |= 1 << node
        return cls(names, tuple(weights[name] for name in names), tuple(before), tuple(after), order)

    def critical(self, mask: int) -> float:
        """The weight of the heaviest chain within the set: no order is faster."""
        ends: dict[int, float] = {}
        best = 0.0
        for node in self.order:
            if mask >> node & 1:
                start = 0.0
                for earlier in _bits(self.before[node] & mask):
                    if ends[earlier] > start:
                        start = ends[earlier]
                ends[node] = start + self.weights[node]
                best = max(best, ends[node])
        return best

    def components(self, mask: int) -> list[int]:
        """The connected components of the set, in source order."""
        found = []
        while mask:
            part = front = mask & -mask
            while front:
                node = front.bit_length() - 1
                front ^= 1 << node
                near = (self.before[node] | self.after[node]) & mask & ~part
                part |= near
                front |= near
            found.append(part)
            mask &= ~part
        return found

    def cuts(self, mask: int) -> list[int]:
        """The parts of the set that follow each other entirely, in order: the whole set alone if there is no such cut."""
        parts, start, seen, reach = [], 0, 0, 0
        for node in sorted(_bits(mask), key=lambda node: (self.before[node] & mask).bit_count()):
            if seen != start and self.before[node] & mask & seen == seen and self._all_after(seen, start, mask):
                parts.append(seen & ~start)
                start = seen
            seen |= 1 << node
        del reach
        parts.append(seen & ~start)
        return parts

    def _all_after(self, seen: int, start: int, mask: int) -> bool:
        rest = mask & ~seen
        return all(self.after[node] & rest == rest for node in _bits(seen & ~start))


def _closure(direct: list[int]) -> tuple[list[int], tuple[int, ...]]:
    """All nodes before each node, and the nodes in an order that respects the edges, source order otherwise."""
    before = [0] * len(direct)
    order: list[int] = []
    done = 0
    rest = list(range(len(direct)))
    while rest:
        ready = next((node for node in rest if direct[node] & ~done == 0), None)
        if ready is None:
            raise ValueError("the edges have a cycle")
        mask = direct[ready]
        for earlier in _bits(direct[ready]):
            mask |= before[earlier]
        before[ready] = mask
        order.append(ready)
        done |= 1 << ready
        rest.remove(ready)
    return before, tuple(order)


def _bits(mask: int) -> Iterator[int]:
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


# ------------------------------------------------------------------------------------------------ the search


class _Search:
    def __init__(self, graph: _Graph) -> None:
        self.graph = graph
        self.memo: dict[int, tuple[float, int, Nested]] = {}

    def solve(self, mask: int) -> Nested:
        graph = self.graph
        parts = graph.components(mask)
        if len(parts) > 1:
            return _parallel([self.solve(part) for part in parts])
        parts = graph.cuts(mask)
        if len(parts) > 1:
            return _series([self.solve(part) for part in parts])
        if mask.bit_count() == 1:
            return Single(graph.names[mask.bit_length() - 1])
        if mask.bit_count() <= EXACT:
            return self.exact(mask)[2]
        best = min(self._levels(mask), key=lambda down: graph.critical(down) + graph.critical(mask & ~down))
        return _series([self.solve(best), self.solve(mask & ~best)])

    def _levels(self, mask: int) -> Iterator[int]:
        graph = self.graph
        ends: dict[int, float] = {}
        for node in graph.order:
            if mask >> node & 1:
                ends[node] = graph.weights[node] + max((ends[e] for e in _bits(graph.before[node] & mask)), default=0.0)
        for limit in sorted(set(ends.values()))[:-1]:
            down = 0
            for node, end in ends.items():
                if end <= limit:
                    down |= 1 << node
            yield down

    def exact(self, mask: int) -> tuple[float, int, Nested]:
        if mask in self.memo:
            return self.memo[mask]
        graph = self.graph
        best: tuple[float, int, Nested] | None = None
        if mask.bit_count() == 1:
            node = mask.bit_length() - 1
            best = (graph.weights[node], 0, Single(graph.names[node]))
        elif len(parts := graph.components(mask)) > 1:
            solved = [self.exact(part) for part in parts]
            best = (max(s[0] for s in solved), 1 + sum(s[1] for s in solved), _parallel([s[2] for s in solved]))
        else:
            bound = graph.critical(mask)
            for down in self._downs(mask):
                rest = mask & ~down
                if best and graph.critical(down) + graph.critical(rest) > best[0]:
                    continue
                first = self.exact(down)
                if best and first[0] + graph.critical(rest) > best[0]:
                    continue
                second = self.exact(rest)
                value = (first[0] + second[0], first[1] + second[1])
                if best is None or value < best[:2]:
                    best = (*value, _series([first[2], second[2]]))
                    if value[0] <= bound and value[1] <= 1:
                        break
        assert best is not None
        self.memo[mask] = best
        return best

    def _downs(self, mask: int) -> Iterator[int]:
        """Down-sets that can be the first part of a series: one node, or several components."""
        graph = self.graph
        nodes = [node for node in graph.order if mask >> node & 1]

        def grow(index: int, chosen: int) -> Iterator[int]:
            if index == len(nodes):
                if chosen and chosen != mask:
                    yield chosen
                return
            node = nodes[index]
            if graph.before[node] & mask & ~chosen == 0:
                yield from grow(index + 1, chosen | 1 << node)
            yield from grow(index + 1, chosen)

        for down in grow(0, 0):
            if down.bit_count() == 1 or len(graph.components(down)) > 1:
                yield down


def _series(parts: list[Nested]) -> Nested:
    flat = [each for part in parts for each in (part.parts if isinstance(part, Series) else (part,))]
    return Series(tuple(flat))


def _parallel(parts: list[Nested]) -> Nested:
    return Parallel(tuple(parts))
