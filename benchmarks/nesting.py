"""How much time nested Parallels lose against the critical path: `python -m benchmarks.nesting`.

Random graphs of five kinds. Columns: the makespan as a multiple of the critical path (no order is faster),
for the nesting and for level-by-level barriers (all nodes of one depth, then all of the next); the makespan
as a multiple of the best that a long randomised search finds; the mean and longest time to nest one graph.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable, Sequence

from ladle.compiler.plan.nesting import barriers, makespan, nest
from ladle.compiler.plan.nesting.graph import Graph

Edges = list[tuple[int, int]]


def sparse(size: int, rnd: random.Random) -> Edges:
    """Two edges a node on average, anywhere forward."""
    return [(i, j) for j in range(size) for i in range(j) if rnd.random() < 4 / size]


def dense(size: int, rnd: random.Random) -> Edges:
    """Six edges a node."""
    return [(i, j) for j in range(size) for i in range(j) if rnd.random() < 12 / size]


def local(size: int, rnd: random.Random) -> Edges:
    """Two edges a node, from the eight before it: how people write programs."""
    return [(i, j) for j in range(size) for i in range(max(0, j - 8), j) if rnd.random() < 0.25]


def layered(size: int, rnd: random.Random) -> Edges:
    """Square layers, each node with 2.5 edges from the layer before."""
    depth = max(2, round(size**0.5))
    layer = sorted(rnd.randrange(depth) for _ in range(size))
    chance = 2.5 * depth / size
    return [
        (i, j) for j in range(size) for i in range(j) if layer[j] == layer[i] + 1 and rnd.random() < chance
    ]


def two_layers(size: int, rnd: random.Random) -> Edges:
    """Half the nodes, then the other half, three edges each."""
    half = size // 2
    return [(i, j) for j in range(half, size) for i in range(half) if rnd.random() < 3 / half]


KINDS: dict[str, Callable[[int, random.Random], Edges]] = {
    each.__name__: each for each in (sparse, dense, local, layered, two_layers)
}


def levels(weights: Sequence[float], edges: Edges) -> float:
    """The makespan of level-by-level barriers."""
    depth = [0] * len(weights)
    for first, then in sorted(edges, key=lambda edge: edge[1]):
        depth[then] = max(depth[then], depth[first] + 1)
    return sum(max(w for w, d in zip(weights, depth, strict=True) if d == level) for level in set(depth))


def searched(weights: Sequence[float], edges: Edges, best: float, restarts: int) -> float:
    """The best makespan of `restarts` searches with other barriers and noise in their order."""
    graph = Graph.of(weights, edges)
    for seed in range(restarts):
        splitter = Noisy(graph, random.Random(seed))
        best = min(best, makespan(barriers.improve(graph, splitter.split(graph.everything)), weights))
    return best


class Noisy(barriers.Splitter):
    """Takes barriers in another order each time."""

    def __init__(self, graph: Graph, rnd: random.Random) -> None:
        super().__init__(graph)
        self.rnd, self.noise = rnd, rnd.choice([0.02, 0.05, 0.1])

    def candidates(self, mask: int) -> list[tuple[float, float, int]]:
        rnd = self.rnd
        return sorted(
            (c * (1 + self.noise * rnd.random()), rnd.random(), d) for c, _, d in super().candidates(mask)
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[16, 30, 60, 100, 500])
    parser.add_argument("--graphs", type=int, default=10, help="of each kind and size")
    parser.add_argument("--restarts", type=int, default=30, help="of the search for the best known")
    options = parser.parse_args()
    print("| nodes | kind | nested | by level | against best known | mean, longest time |")
    print("|---|---|---|---|---|---|")
    for size in options.sizes:
        for kind, make in KINDS.items():
            rows = [
                one(size, make, seed, options.restarts if size <= 100 else 0)
                for seed in range(options.graphs)
            ]
            nested, level, gap, seconds = (sum(column) / len(rows) for column in zip(*rows, strict=True))
            against = f"{gap:.3f}" if size <= 100 else ""
            longest = max(row[3] for row in rows)
            times = f"{seconds:.3f} s, {longest:.3f} s"
            print(f"| {size} | {kind} | {nested:.3f} | {level:.3f} | {against} | {times} |", flush=True)


def one(
    size: int, make: Callable[[int, random.Random], Edges], seed: int, restarts: int
) -> tuple[float, ...]:
    """One graph: nested and level by level against the critical path, against the best known, seconds."""
    rnd = random.Random(f"{make.__name__} {size} {seed}")
    edges = make(size, rnd)
    weights = [
        rnd.choice([1.0, 1.0, 1.0, 2.0, 3.0, 5.0, 8.0, 13.0]) if seed % 2 else 1.0 for _ in range(size)
    ]
    graph = Graph.of(weights, edges)
    ends, _ = graph.times(graph.ordered(graph.everything), graph.everything)
    critical = max(ends.values())
    started = time.process_time()
    value = makespan(nest(weights, edges), weights)
    seconds = time.process_time() - started
    best = searched(weights, edges, value, restarts) if value > critical else value
    return value / critical, levels(weights, edges) / critical, value / best, seconds


if __name__ == "__main__":
    main()
