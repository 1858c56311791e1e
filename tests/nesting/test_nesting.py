"""The nested order keeps every dependency, ends as soon as any can, and is the same every time."""

from __future__ import annotations

import itertools
import os
import random
import time
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ladle.compiler.plan.nesting import Nested, Parallel, Series, Single, makespan, nest

Edges = frozenset[tuple[int, int]]


@st.composite
def graphs(draw: st.DrawFn, most: int = 8) -> tuple[list[float], Edges]:
    """Weights and edges from lower to higher numbers, then renumbered at will."""
    size = draw(st.integers(1, most))
    weights = draw(st.lists(st.sampled_from([1.0, 1.0, 2.0, 3.0, 5.0, 0.5]), min_size=size, max_size=size))
    pairs = list(itertools.combinations(range(size), 2))
    chosen = draw(st.lists(st.booleans(), min_size=len(pairs), max_size=len(pairs)))
    number = draw(st.permutations(range(size)))
    edges = frozenset((number[a], number[b]) for (a, b), taken in zip(pairs, chosen, strict=True) if taken)
    return weights, edges


def closure(edges: Edges) -> set[tuple[int, int]]:
    """All pairs that some path joins, the slow way."""
    found = set(edges)
    while True:
        more = {(a, d) for a, b in found for c, d in found if b == c} - found
        if not more:
            return found
        found |= more


def orders(nested: Nested) -> set[tuple[int, int]]:
    """All pairs that the nested order puts one after the other."""
    if isinstance(nested, Single):
        return set()
    pairs = set().union(*map(orders, nested.parts))
    if isinstance(nested, Series):
        for first, then in itertools.combinations(nested.parts, 2):
            pairs |= {(a, b) for a in nodes(first) for b in nodes(then)}
    return pairs


def nodes(nested: Nested) -> list[int]:
    return (
        [nested.node]
        if isinstance(nested, Single)
        else [node for part in nested.parts for node in nodes(part)]
    )


def well_formed(nested: Nested) -> bool:
    """No Series directly in a Series, no Parallel directly in a Parallel, none with one part."""
    if isinstance(nested, Single):
        return True
    return len(nested.parts) > 1 and all(type(p) is not type(nested) and well_formed(p) for p in nested.parts)


def parallels(nested: Nested) -> int:
    return (
        0 if isinstance(nested, Single) else isinstance(nested, Parallel) + sum(map(parallels, nested.parts))
    )


def least(weights: Sequence[float], edges: Edges) -> float:
    """The least makespan of any series-parallel order that keeps the edges, by trying all of them."""
    earlier = [0] * len(weights)
    for first, then in closure(edges):
        earlier[then] |= 1 << first
    needs = [0] * (1 << len(weights))  # for each set, all that comes before one of its nodes
    for group in range(1, len(needs)):
        low = group & -group
        needs[group] = needs[group ^ low] | earlier[low.bit_length() - 1]
    best = [0.0] * len(needs)
    for group in range(1, len(needs)):
        if group & (group - 1) == 0:
            best[group] = weights[group.bit_length() - 1]
            continue
        value, first = float("inf"), (group - 1) & group
        while first:
            rest = group ^ first
            if needs[first] & rest == 0:
                value = min(value, best[first] + best[rest])  # one after the other
                if needs[rest] & first == 0:
                    value = min(value, max(best[first], best[rest]))  # at the same time
            first = (first - 1) & group
        best[group] = value
    return best[-1]


@given(graphs())
def test_every_dependency_is_kept(graph: tuple[list[float], Edges]) -> None:
    """Each pair of the transitive closure is in the nested order, each node is in it once."""
    weights, edges = graph
    nested = nest(weights, edges)
    assert sorted(nodes(nested)) == list(range(len(weights)))
    assert closure(edges) <= orders(nested)
    assert well_formed(nested)


@settings(max_examples=int(os.environ.get("CASES", "60")), deadline=None)
@given(graphs(9))
def test_small_graphs_are_nested_optimally(graph: tuple[list[float], Edges]) -> None:
    """No series-parallel order of up to nine nodes is faster: an independent search tries every one."""
    weights, edges = graph
    assert makespan(nest(weights, edges), weights) == pytest.approx(least(weights, edges))


@st.composite
def series_parallel(draw: st.DrawFn) -> tuple[list[float], Edges, float]:
    """A graph made by composing: weights, edges, and its critical path."""

    def make(size: int) -> tuple[list[float], set[tuple[int, int]], float]:
        if size == 1:
            weight = draw(st.sampled_from([1.0, 2.0, 3.0]))
            return [weight], set(), weight
        left = draw(st.integers(1, size - 1))
        first, second = make(left), make(size - left)
        edges = first[1] | {(a + left, b + left) for a, b in second[1]}
        if draw(st.booleans()):
            return first[0] + second[0], edges, max(first[2], second[2])
        edges |= {(a, b) for a in range(left) for b in range(left, size)}
        return first[0] + second[0], edges, first[2] + second[2]

    weights, edges, length = make(draw(st.integers(1, 40)))
    return weights, frozenset(edges), length


@settings(max_examples=50, deadline=None)
@given(series_parallel())
def test_series_parallel_graphs_lose_nothing(graph: tuple[list[float], Edges, float]) -> None:
    """Whatever its size, such a graph takes the time of its critical path."""
    weights, edges, length = graph
    assert makespan(nest(weights, edges), weights) == pytest.approx(length)


@settings(max_examples=20, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(17, 60))
def test_large_graphs_keep_every_dependency(rnd: random.Random, size: int) -> None:
    """Beyond the exact step too."""
    edges = frozenset(pair for pair in itertools.combinations(range(size), 2) if rnd.random() < 3 / size)
    weights = [rnd.choice([1.0, 2.0, 5.0]) for _ in range(size)]
    nested = nest(weights, edges)
    assert sorted(nodes(nested)) == list(range(size))
    assert edges <= orders(nested)
    assert well_formed(nested)


def test_a_chain_inside_an_n_is_not_contracted() -> None:
    """0 → 1 → 2 is a module of this N, but 1 and 2 do better apart: 7, where contracting gives 8."""
    weights = [3.0, 1.0, 3.0, 1.0, 3.0]
    edges = frozenset({(0, 1), (1, 2), (3, 2), (3, 4)})
    assert makespan(nest(weights, edges), weights) == least(weights, edges)


def test_the_order_is_that_of_the_source() -> None:
    """Independent nodes become branches by their numbers, whatever the order of the edges."""
    assert str(nest([1, 1, 1, 1], [(0, 3), (1, 3), (2, 3)])) == "(0 | 1 | 2) ; 3"
    assert nest([1, 1, 1, 1], [(2, 3), (0, 3), (1, 3)]) == nest([1, 1, 1, 1], [(0, 3), (1, 3), (2, 3)])


def test_nodes_have_the_names_they_were_given() -> None:
    """A mapping names nodes; their numbers are kept."""
    assert str(nest({4: 1.0, 7: 2.0, 9: 1.0}, [(4, 9)])) == "(4 ; 9 | 7)"


def test_time_to_spare_is_not_spent() -> None:
    """Weights are estimates: what may overlap does, also beside a longer branch."""
    assert str(nest([1, 1, 1, 9], [(0, 1), (0, 2)])) == "(0 ; (1 | 2) | 3)"


def test_nodes_without_weight_make_no_branch() -> None:
    """A Parallel needs two branches that take time."""
    assert str(nest([0, 5], [])) == "0 ; 1"
    assert str(nest([0, 5, 5], [])) == "0 ; (1 | 2)"


def test_a_cycle_is_refused() -> None:
    """So is an edge to nowhere."""
    with pytest.raises(ValueError, match="cycle"):
        nest([1, 1], [(0, 1), (1, 0)])
    with pytest.raises(ValueError, match="without a weight"):
        nest([1], [(0, 1)])


@pytest.mark.parametrize("seed", range(3))
def test_five_hundred_nodes_take_less_than_two_seconds(seed: int) -> None:
    """A generous bound for slow machines; `docs/scheduling.md` has the times."""
    rnd = random.Random(seed)
    edges = [pair for pair in itertools.combinations(range(500), 2) if rnd.random() < 0.006]
    weights = [rnd.choice([1.0, 2.0, 3.0, 5.0]) for _ in range(500)]
    started = time.process_time()
    first = nest(weights, edges)
    assert time.process_time() - started < 2
    assert first == nest(weights, edges)
