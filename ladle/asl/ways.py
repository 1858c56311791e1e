"""The ways between states as a graph: what lies on a loop."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from typing import TypeVar

__all__ = ["components"]

Node = TypeVar("Node", bound=Hashable)


def components(ways: Mapping[Node, Iterable[Node]]) -> Iterator[list[Node]]:
    """Strongly connected components, each after those that it leads to.

    `ways` says for each node where it leads; what is no node itself is left out. A component of several nodes
    is a loop, or loops that share nodes; the one first reached stands last. (Tarjan, *Depth-First Search and
    Linear Graph Algorithms*, 1972, without recursion.)
    """
    index: dict[Node, int] = {}
    low: dict[Node, int] = {}
    stack: list[Node] = []
    on_stack: set[Node] = set()
    for root in ways:
        if root in index:
            continue
        work = [(root, iter(ways[root]))]
        index[root] = low[root] = len(index)
        stack.append(root)
        on_stack.add(root)
        while work:
            name, targets = work[-1]
            for to in targets:
                if to not in ways:
                    continue
                if to not in index:
                    index[to] = low[to] = len(index)
                    stack.append(to)
                    on_stack.add(to)
                    work.append((to, iter(ways[to])))
                    break
                if to in on_stack:
                    low[name] = min(low[name], index[to])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[name])
                if low[name] == index[name]:
                    group: list[Node] = []
                    while not group or group[-1] != name:
                        group.append(stack.pop())
                        on_stack.discard(group[-1])
                    yield group
