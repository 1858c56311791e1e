"""The nested order keeps every dependency, ends as soon as any can, and is the same every time."""

from __future__ import annotations

import itertools
import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ladle.compiler.plan.nesting import Nested, Series, Single, makespan, nest
from tests.nesting.exhaustive import closure, least

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


def paths(size: int, edges: Edges) -> set[tuple[int, int]]:
    """All pairs that some path joins."""
    later = closure(size, edges)
    return {(a, b) for a, b in itertools.product(range(size), repeat=2) if later[a] >> b & 1}


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


@given(graphs())
def test_every_dependency_is_kept(graph: tuple[list[float], Edges]) -> None:
    """Each pair of the transitive closure is in the nested order, each node is in it once."""
    weights, edges = graph
    nested = nest(weights, edges)
    assert sorted(nodes(nested)) == list(range(len(weights)))
    assert paths(len(weights), edges) <= orders(nested)
    assert well_formed(nested)


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


@settings(max_examples=60, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(17, 60))
def test_large_graphs_keep_every_dependency(rnd: random.Random, size: int) -> None:
    """Beyond the exact step too, also where nodes take no time, and sums of times are not exact."""
    edges = frozenset(pair for pair in itertools.combinations(range(size), 2) if rnd.random() < 3 / size)
    times = rnd.choice([[1.0, 2.0, 5.0], [0.0, 0.0, 0.1, 0.3, 0.7, 1 / 3, 12.34]])
    nested = nest([rnd.choice(times) for _ in range(size)], edges)
    assert sorted(nodes(nested)) == list(range(size))
    assert edges <= orders(nested)
    assert well_formed(nested)


@pytest.mark.parametrize("weights", [[0.0] * 20, [5.0, 0.0] * 10])
def test_a_large_graph_in_which_everything_ends_at_one_moment(weights: list[float]) -> None:
    """No moment tells the nodes of this fence apart: some have no time of their own."""
    edges = frozenset((a, b) for a in range(0, 20, 2) for b in (a - 1, a + 1) if b > 0)
    nested = nest(weights, edges)
    assert edges <= orders(nested)
    assert makespan(nested, weights) == max(weights)


def deep(nested: Nested) -> int:
    """Parallels within Parallels."""
    if isinstance(nested, Single):
        return 0
    return (not isinstance(nested, Series)) + max(map(deep, nested.parts))


def test_what_would_nest_without_end_goes_level_by_level() -> None:
    """A comb of 400 calls: each of the chain starts another that nobody in the chain waits for."""
    edges = [(at, at + to) for at in range(0, 398, 2) for to in (1, 2)]
    nested = nest([1.0] * 399, edges)
    assert deep(nested) == 21
    assert sorted(nodes(nested)) == list(range(399))
    assert set(edges) <= orders(nested)
    assert makespan(nested, [1.0] * 399) == 200


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
