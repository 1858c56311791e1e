"""Loops among states: which can be reached again from themselves."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ladle.asl.ways import components

WAYS = st.dictionaries(st.integers(0, 7), st.lists(st.integers(0, 8), max_size=4), max_size=8)


def reached(ways: dict[int, list[int]], start: int) -> set[int]:
    """All nodes that some way leads to, the slow way."""
    found, stack = set[int](), [start]
    while stack:
        new = {to for to in ways[stack.pop()] if to in ways} - found
        found |= new
        stack += new
    return found


@given(WAYS)
def test_nodes_that_reach_each_other_are_a_component(ways: dict[int, list[int]]) -> None:
    groups = list(components(ways))
    assert sorted(node for group in groups for node in group) == sorted(ways)
    for group in groups:
        for node in group:
            both = {to for to in reached(ways, node) if node in reached(ways, to)}
            assert both | {node} == set(group)


@given(WAYS)
def test_a_component_comes_after_those_that_it_leads_to(ways: dict[int, list[int]]) -> None:
    at = {node: n for n, group in enumerate(components(ways)) for node in group}
    assert all(at[to] <= at[node] for node, targets in ways.items() for to in targets if to in ways)
