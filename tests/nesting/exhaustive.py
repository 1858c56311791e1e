"""The least makespan of a small graph, found by trying every series-parallel order of its nodes.

A series-parallel order of a set `S` of nodes is a single node or, at its root, a cut of `S` into two parts,
neither empty, which have such orders of their own: the one ends before the other starts (series), or neither
waits for the other (parallel). More than two parts are cuts within cuts: both compositions are associative.
Such an order keeps the edges exactly if it keeps them within both parts, and

* in a series, no node of the second part comes before one of the first: the first is a down-set of `S`;
* in a parallel, no node of either part comes before one of the other.

The order of one part can be exchanged without touching the other, and sum and maximum, which make the
makespan of the whole from those of the parts, grow with both. So the least makespan of `S` is the least that
*any* such cut makes of the least makespans of its two parts. `least` tries all of them for every set that
comes up; by induction over the number of nodes nothing is left out. It has no bounds, no order of trying, and
takes no set apart beforehand: 16 nodes have millions of cuts, and each costs an addition or a maximum. Only
makespans are remembered, by set.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

__all__ = ["closure", "least"]


def closure(size: int, edges: Collection[tuple[int, int]]) -> list[int]:
    """For each node the set of all nodes that some path leads to from it, as bits."""
    later = [0] * size
    for first, then in edges:
        later[first] |= 1 << then
    for middle in range(size):
        for node in range(size):
            if later[node] >> middle & 1:
                later[node] |= later[middle]
    return later


def least(weights: Sequence[float], edges: Collection[tuple[int, int]]) -> float:
    """The least makespan of any series-parallel order that keeps the edges."""
    later = closure(len(weights), edges)
    earlier = [
        sum(1 << one for one, found in enumerate(later) if found >> node & 1) for node in range(len(later))
    ]
    known = {1 << node: weight for node, weight in enumerate(weights)}

    def solve(nodes: int) -> float:
        if nodes in known:
            return known[nodes]
        best = float("inf")
        for first in down_sets(nodes, earlier, later):
            best = min(best, solve(first) + solve(nodes & ~first))
        for one in unrelated(nodes, earlier, later):
            best = min(best, max(solve(one), solve(nodes & ~one)))
        known[nodes] = best
        return best

    return solve((1 << len(weights)) - 1)


def down_sets(nodes: int, earlier: Sequence[int], later: Sequence[int]) -> Iterator[int]:
    """The subsets that have, with each node, all that comes before it; not the empty one, nor the whole.

    A node before which nothing is left is either taken, or left out and with it whatever comes after it.
    """
    undecided = [(0, nodes)]
    while undecided:
        taken, rest = undecided.pop()
        if not rest:
            if taken not in (0, nodes):
                yield taken
            continue
        node = lowest(rest)
        while earlier[node] & rest:
            node = lowest(earlier[node] & rest)
        undecided.append((taken | 1 << node, rest & ~(1 << node)))
        undecided.append((taken, rest & ~(1 << node | later[node])))


def unrelated(nodes: int, earlier: Sequence[int], later: Sequence[int]) -> Iterator[int]:
    """The subsets of which no node comes before or after one of the others; each cut once, by its one half.

    Of two related nodes both are taken or neither.
    """
    undecided = [(0, nodes)]
    while undecided:
        taken, rest = undecided.pop()
        if not rest:
            if taken != nodes:
                yield taken
            continue
        group, grown = 0, 1 << lowest(rest)
        while grown != group:
            group = grown
            for node in range(group.bit_length()):
                if group >> node & 1:
                    grown |= (earlier[node] | later[node]) & nodes
        undecided.append((taken | group, rest & ~group))
        if taken:  # the lowest node is always taken: the other half is the same cut
            undecided.append((taken, rest & ~group))


def lowest(nodes: int) -> int:
    """The lowest node of a set."""
    return (nodes & -nodes).bit_length() - 1
