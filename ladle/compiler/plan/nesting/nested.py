"""Nested orders: a single node, parts one after the other, branches at the same time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

__all__ = [
    "Nested",
    "Parallel",
    "Series",
    "Single",
    "makespan",
    "nodes_of",
    "parallel",
    "parallels",
    "series",
]


@dataclass(frozen=True, slots=True)
class Single:
    """One node."""

    node: int

    def __str__(self) -> str:
        return str(self.node)


@dataclass(frozen=True, slots=True)
class Series:
    """Two parts or more, one after the other; none of them is a `Series`."""

    parts: tuple[Nested, ...]

    def __str__(self) -> str:
        return " ; ".join(map(str, self.parts))


@dataclass(frozen=True, slots=True)
class Parallel:
    """Two branches or more, at the same time; none of them is a `Parallel`."""

    parts: tuple[Nested, ...]

    def __str__(self) -> str:
        return f"({' | '.join(map(str, self.parts))})"


Nested: TypeAlias = Single | Series | Parallel


def makespan(nested: Nested, weights: Sequence[float] | Mapping[int, float]) -> float:
    """How long the nested order takes."""
    match nested:
        case Single(node=node):
            return weights[node]
        case Series(parts=parts):
            return sum(makespan(part, weights) for part in parts)
        case Parallel(parts=parts):
            return max(makespan(part, weights) for part in parts)


def parallels(nested: Nested) -> int:
    """The number of Parallels: each costs a transition."""
    if isinstance(nested, Single):
        return 0
    return isinstance(nested, Parallel) + sum(map(parallels, nested.parts))


def nodes_of(nested: Nested) -> Iterator[int]:
    """The nodes, from left to right."""
    if isinstance(nested, Single):
        yield nested.node
    else:
        for part in nested.parts:
            yield from nodes_of(part)


def series(parts: Sequence[Nested]) -> Nested:
    """The parts one after the other."""
    flat = [each for part in parts for each in (part.parts if isinstance(part, Series) else (part,))]
    return flat[0] if len(flat) == 1 else Series(tuple(flat))


def parallel(parts: Sequence[Nested], weights: Sequence[float]) -> Nested:
    """The parts at the same time. What takes no time needs no branch: it comes before."""
    light = [part for part in parts if makespan(part, weights) <= 0]
    heavy = [part for part in parts if makespan(part, weights) > 0]
    if not heavy:
        return series(light)
    together = heavy[0] if len(heavy) == 1 else Parallel(tuple(heavy))
    return series([*light, together]) if light else together
