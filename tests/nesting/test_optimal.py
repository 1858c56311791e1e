"""Up to 16 nodes no series-parallel order is faster than the one that is made: all of them are tried.

`CASES=1000 pytest -n auto tests/nesting/test_optimal.py` tries more graphs than a run of all tests does.
"""

from __future__ import annotations

import itertools
import os
import random
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.nesting import KINDS
from ladle.compiler.plan.nesting import Nested, Parallel, Series, Single, nest
from tests.nesting.exhaustive import down_sets, least, unrelated

Edges = frozenset[tuple[int, int]]

CASES = int(os.environ.get("CASES", "8"))

WEIGHTS: tuple[Callable[[random.Random], float], ...] = (
    lambda rnd: rnd.choice([1.0, 1.0, 2.0, 3.0, 5.0, 8.0, 13.0]),
    lambda rnd: round(rnd.expovariate(0.1), 2),
    lambda rnd: rnd.choice([0.0, 0.5, 1.0, 600.0]),
    lambda _: 1.0,
)
"""Some longer than others, as measured, nothing beside minutes, all alike."""


def ended(nested: Nested, weights: list[float], start: float = 0.0) -> dict[int, tuple[float, float]]:
    """For each node when it starts and ends, played through from the left."""
    match nested:
        case Single(node=node):
            return {node: (start, start + weights[node])}
        case Series(parts=parts):
            found: dict[int, tuple[float, float]] = {}
            for part in parts:
                found |= ended(part, weights, max((end for _, end in found.values()), default=start))
            return found
        case Parallel(parts=parts):
            return {node: time for part in parts for node, time in ended(part, weights, start).items()}


def check(weights: list[float], edges: Edges) -> None:
    """The nested order keeps the edges, and ends when the fastest of all orders does."""
    times = ended(nest(weights, edges), weights)
    assert sorted(times) == list(range(len(weights)))
    assert all(times[first][1] <= times[then][0] for first, then in edges)
    assert max(end for _, end in times.values()) == pytest.approx(least(weights, edges))


def renumbered(edges: list[tuple[int, int]], size: int, rnd: random.Random) -> Edges:
    """The same graph, written in another order."""
    number = rnd.sample(range(size), size)
    return frozenset((number[first], number[then]) for first, then in edges)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", range(CASES))
def test_random_graphs_of_sixteen_nodes_are_nested_optimally(seed: int) -> None:
    """Graphs of every kind that the benchmark has, with every kind of weights."""
    rnd = random.Random(f"sixteen {seed}")
    kind = list(KINDS.values())[seed % len(KINDS)]
    weight = WEIGHTS[(seed + seed // len(KINDS)) % len(WEIGHTS)]
    check([weight(rnd) for _ in range(16)], renumbered(kind(16, rnd), 16, rnd))


GRID = [
    (row * 4 + column, later)
    for row in range(4)
    for column in range(4)
    for later in ([row * 4 + column + 1] * (column < 3) + [row * 4 + 4 + column] * (row < 3))
]
BUTTERFLY = [
    (layer * 4 + at, layer * 4 + 4 + to)
    for layer in range(3)
    for at in range(4)
    for to in {at, at ^ 1 << layer % 2}
]
LADDER = [(at, at + 1) for at in range(15) if at != 7] + [(at, at + 9) for at in range(7)]
CROWN = [(at, 8 + to) for at in range(8) for to in range(8) if at != to]
FENCE = [(at, to) for at in range(0, 16, 2) for to in (at - 1, at + 1) if to > 0]
ENS = [(n + a, n + b) for n in (0, 4, 8, 12) for a, b in ((0, 2), (1, 2), (1, 3))] + [
    (3, 4),
    (7, 8),
    (11, 12),
]

STRUCTURED = {"grid": GRID, "butterfly": BUTTERFLY, "ladder": LADDER, "crown": CROWN, "ens": ENS} | (
    {"fence": FENCE} if "CASES" in os.environ else {}  # eight seconds: of all, a fence has the most cuts
)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", STRUCTURED)
@pytest.mark.parametrize("seed", range(max(1, CASES // 8)))
def test_structured_graphs_of_sixteen_nodes_are_nested_optimally(name: str, seed: int) -> None:
    """What random graphs seldom have: grids, butterflies, ladders, crowns, Ns hanging together."""
    rnd = random.Random(f"{name} {seed}")
    weight = WEIGHTS[seed % len(WEIGHTS)]
    check([weight(rnd) for _ in range(16)], renumbered(STRUCTURED[name], 16, rnd))


@st.composite
def graphs(draw: st.DrawFn) -> tuple[list[float], Edges]:
    """Up to twelve nodes, any edges."""
    size = draw(st.integers(1, 12))
    weights = draw(
        st.lists(st.sampled_from([1.0, 1.0, 2.0, 3.0, 5.0, 0.5, 0.0]), min_size=size, max_size=size)
    )
    pairs = list(itertools.combinations(range(size), 2))
    chance = draw(st.sampled_from([1, 2, 3, 5]))
    chosen = draw(st.lists(st.integers(0, 5), min_size=len(pairs), max_size=len(pairs)))
    number = draw(st.permutations(range(size)))
    edges = frozenset(
        (number[a], number[b]) for (a, b), drawn in zip(pairs, chosen, strict=True) if drawn < chance
    )
    return weights, edges


@settings(max_examples=10 * CASES, deadline=None)
@given(graphs())
def test_smaller_graphs_are_nested_optimally(graph: tuple[list[float], Edges]) -> None:
    """Whatever a search for counterexamples comes up with."""
    check(*graph)


@st.composite
def composed(draw: st.DrawFn) -> tuple[list[float], Edges, float]:
    """Small graphs composed in series and in parallel: weights, edges, and the least makespan."""

    def make(count: int) -> tuple[list[float], Edges, float]:
        if count == 1:
            weights, edges = draw(graphs())
            return weights, edges, least(weights, edges)
        left = draw(st.integers(1, count - 1))
        first, second = make(left), make(count - left)
        size = len(first[0])
        edges = first[1] | {(a + size, b + size) for a, b in second[1]}
        if draw(st.booleans()):
            return first[0] + second[0], edges, max(first[2], second[2])
        edges |= {(a, size + b) for a in range(size) for b in range(len(second[0]))}
        return first[0] + second[0], edges, first[2] + second[2]

    return make(draw(st.integers(2, 6)))


@settings(max_examples=3 * CASES, deadline=None)
@given(composed())
def test_what_is_composed_of_small_graphs_is_nested_optimally(
    graph: tuple[list[float], Edges, float],
) -> None:
    """At any size: what can be cut into parts of up to 16 nodes loses nothing by being cut."""
    weights, edges, length = graph
    times = ended(nest(weights, edges), weights)
    assert all(times[first][1] <= times[then][0] for first, then in edges)
    assert max(end for _, end in times.values()) == pytest.approx(length)


def test_the_search_tries_every_cut() -> None:
    """The cuts of a set are those that a look at all its subsets finds."""
    rnd = random.Random(1)
    for _ in range(50):
        edges = [pair for pair in itertools.combinations(range(7), 2) if rnd.random() < 0.25]
        later = [0] * 7
        for first, then in sorted(edges, reverse=True):
            later[first] |= later[then] | 1 << then
        earlier = [sum(1 << one for one in range(7) if later[one] >> node & 1) for node in range(7)]
        nodes = rnd.randrange(3, 128)
        inside = [node for node in range(7) if nodes >> node & 1]
        downs, apart = set(), set()
        for subset in range(1, nodes):
            if subset & ~nodes:
                continue
            rest = nodes & ~subset
            forth = any(later[node] & rest for node in inside if subset >> node & 1)
            back = any(later[node] & subset for node in inside if rest >> node & 1)
            downs |= set() if back else {subset}
            apart |= set() if back or forth else {frozenset((subset, rest))}
        found = list(down_sets(nodes, earlier, later))
        assert sorted(found) == sorted(downs)
        halves = [frozenset((one, nodes & ~one)) for one in unrelated(nodes, earlier, later)]
        assert len(halves) == len(set(halves))
        assert set(halves) == apart


def test_the_search_knows_the_fastest_order_of_an_n() -> None:
    """Worked by hand: of the two barriers that an N allows, one costs 7 + 1, the other 3 + 7."""
    assert least([3.0, 7.0, 1.0, 1.0], [(0, 2), (1, 2), (1, 3)]) == 8.0
    assert least([3.0, 1.0, 7.0, 1.0], [(0, 2), (1, 2), (1, 3)]) == 10.0
