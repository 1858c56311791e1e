"""The plan as plain data: the order in which the statements of each block run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ladle.compiler.language.form import Stmt

__all__ = ["Leaf", "Parallel", "Part", "Plan", "Series", "Tree", "leaves", "outline", "weight_of"]


@dataclass(frozen=True, slots=True)
class Part:
    """A block inside a compound statement: its role (`then`, `body`, `except 0`, …) and its own plan."""

    role: str
    plan: Plan


@dataclass(frozen=True, slots=True)
class Leaf:
    """One statement. `weight` is the seconds it is expected to take; 0 for what costs no time of a task.

    `path` has the labels of the longest chain of calls in it, which takes `least` seconds: no order of the
    calls would be quicker.
    """

    stmt: Stmt
    parts: tuple[Part, ...] = ()
    weight: float = 0
    least: float = 0
    path: tuple[str, ...] = ()

    def part(self, role: str) -> Tree:
        """The order of the block with that role."""
        return next((part.plan.tree for part in self.parts if part.role == role), Series(()))

    def __str__(self) -> str:
        return "\n".join(outline(self))


@dataclass(frozen=True, slots=True)
class Series:
    """One after the other."""

    items: tuple[Tree, ...]

    def __str__(self) -> str:
        return "\n".join(outline(self))


@dataclass(frozen=True, slots=True)
class Parallel:
    """All at once; it ends when all have ended."""

    branches: tuple[Tree, ...]

    def __str__(self) -> str:
        return "\n".join(outline(self))


Tree = Leaf | Series | Parallel


@dataclass(frozen=True, slots=True)
class Plan:
    """A block's nested order, and its critical path: the longest chain of what waits for each other."""

    tree: Tree
    least: float = 0
    path: tuple[str, ...] = ()

    @property
    def seconds(self) -> float:
        """What the nested order is expected to take."""
        return weight_of(self.tree)

    def __str__(self) -> str:
        return str(self.tree)


def weight_of(tree: Tree) -> float:
    """The seconds a tree is expected to take."""
    match tree:
        case Leaf(weight=weight):
            return weight
        case Series(items=items):
            return sum(map(weight_of, items))
        case Parallel(branches=branches):
            return max(map(weight_of, branches), default=0)


def leaves(tree: Tree) -> Iterator[Leaf]:
    """The statements of a tree's own block, from left to right."""
    match tree:
        case Leaf():
            yield tree
        case Series(items=parts) | Parallel(branches=parts):
            for part in parts:
                yield from leaves(part)


def outline(tree: Tree, indent: str = "") -> Iterator[str]:
    """The plan as indented lines: `=` marks what runs at once."""
    match tree:
        case Leaf():
            weight = f"  {tree.weight:g} s" if tree.weight else ""
            yield f"{indent}{tree.stmt.label}{weight}"
            for part in tree.parts:
                if part.plan.tree != Series(()):
                    yield f"{indent}  {part.role}:"
                    yield from outline(part.plan.tree, indent + "    ")
        case Series(items=items):
            for item in items:
                yield from outline(item, indent)
        case Parallel(branches=branches):
            for branch in branches:
                yield f"{indent}= at once"
                yield from outline(branch, indent + "  ")
