"""From a dependency graph to nested Parallels: the series-parallel order that ends soonest.

States Language has sequences and Parallel, which joins all its branches; it has no general graph. So a
partial order must be extended to a series-parallel one, and an extension may cost time against the critical
path. With weights as durations, the least time for a set `S` of nodes is

* the weight of a single node;
* the maximum over the connected components of `S`, if it has several: they become branches of one Parallel;
* else the minimum over the down-sets `D` of `S` of `f(D) + f(S - D)`: all of `D` ends before the rest starts.

Where the graph is series-parallel, cutting it into components and into parts that follow each other entirely
is the whole work, at any size. What cannot be cut (a prime) is solved exactly up to 16 nodes (`exact`), and
by a search over barriers beyond (`barriers`). `docs/scheduling.md` has the reasons and the figures.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from ladle.compiler.plan.nesting.barriers import improve, split
from ladle.compiler.plan.nesting.graph import Graph
from ladle.compiler.plan.nesting.nested import Nested, Parallel, Series, Single, makespan

__all__ = ["Nested", "Parallel", "Series", "Single", "makespan", "nest"]


def nest(weights: Sequence[float] | Mapping[int, float], edges: Collection[tuple[int, int]]) -> Nested:
    """The nested order of the nodes with the least makespan.

    Args:
        weights: The duration of each node, in any unit and not negative: a sequence, or a mapping of node
            numbers. The order of the numbers is the order in the source.
        edges: Pairs `(i, j)`: `j` starts after `i` has ended. They need not be transitively closed.

    Ties go to the order of the source. A Parallel has at least two branches with weight.

    Raises:
        ValueError: There are no nodes, the edges have a cycle, or they name a node without a weight.
    """
    graph = Graph.of(weights, edges)
    nested = improve(graph, split(graph, graph.everything))
    return graph.renamed(nested)
