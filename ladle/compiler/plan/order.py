"""What must wait for what in one block: the rules of "What runs when" as a graph.

Steps cut a block into segments that follow each other; inside a segment an edge `i -> j` means that `j`
waits for `i`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from ladle.compiler.language import form
from ladle.compiler.language.form import Block, Stmt, Variable
from ladle.compiler.plan.liveness import Around
from ladle.compiler.plan.statements import is_gate, is_step, leaves, reads_of, writes_of

__all__ = ["Mode", "Node", "dependencies", "flatten", "inner_mode", "node_of", "segments"]

Mode = Literal["values", "in order", "at once"]
"""How bare calls of a block order it: as steps, every statement as a step, or not at all."""


@dataclass(frozen=True, slots=True)
class Node:
    """A statement with what the rules ask about it. `waits` are the variables of `with after(…)`;
    `pins` is true where it waits for all that is written before it."""

    stmt: Stmt
    reads: frozenset[Variable]
    writes: frozenset[Variable]
    step: bool
    gate: bool
    waits: frozenset[Variable] = frozenset()
    pins: bool = False

    def __str__(self) -> str:
        marks = "".join(mark for mark, holds in ((" step", self.step), (" gate", self.gate)) if holds)
        return f"{self.stmt.label}{marks}"


def flatten(
    block: Block, mode: Mode = "values", waits: frozenset[Variable] = frozenset()
) -> Iterator[tuple[Stmt, Mode, frozenset[Variable]]]:
    """The statements that are nodes of a block's graph: `with after(…)` is no node, its statements are.

    Each comes with the mode in which it stands and the variables it waits for besides its values.
    """
    for stmt in block:
        if isinstance(stmt, form.Ordered) and stmt.kind == "after":
            inner: Mode = "in order" if mode == "in order" else "at once"
            yield from flatten(stmt.body, inner, waits | frozenset(stmt.after))
        else:
            yield stmt, mode, waits


def inner_mode(stmt: Stmt, role: str, mode: Mode) -> Mode:
    """The mode of a block of a statement that stands in a block of `mode`."""
    match stmt:
        case form.Ordered(kind="in_order"):
            return "in order"
        case form.Ordered(kind="at_once"):
            return "at once"
        case form.Try() if role == "body" and len(stmt.handlers) > 1:
            return "in order"  # calls that can fail into different handlers: Python's order decides which
        case form.Map() | form.Scope():
            return "values"
        case _:
            return mode


def node_of(stmt: Stmt, mode: Mode, waits: frozenset[Variable], around: Around) -> Node:
    """A statement as a node.

    Who sets a variable that is read after a failure here is a gate (rule 9), and waits for what is written
    before it, which may fail first. So does a `raise` that a handler may take (rule 3): the run goes on, and
    has made the calls that Python has made.
    """
    writes = writes_of(stmt)
    step = leaves(stmt) if mode == "at once" else is_step(stmt)
    raises = is_gate(stmt)
    pins = not writes.isdisjoint(around.failing) or (raises and around.handled)
    gate = mode == "in order" or raises or pins
    return Node(stmt, reads_of(stmt), writes, step, gate, waits, pins)


def segments(nodes: tuple[Node, ...]) -> tuple[tuple[int, ...], ...]:
    """Rule 2: the runs of nodes between steps, as positions in `nodes`; each step is a segment of its own."""
    found: list[tuple[int, ...]] = []
    run: list[int] = []
    for position, node in enumerate(nodes):
        if node.step:
            found.extend([tuple(run)] if run else [])
            found.append((position,))
            run = []
        else:
            run.append(position)
    if run:
        found.append(tuple(run))
    return tuple(found)


def dependencies(nodes: tuple[Node, ...]) -> frozenset[tuple[int, int]]:
    """Edges `(i, j)`, `i` before `j` in the source, where `j` waits for `i`: values (rule 1) and gates
    (rule 3).

    Who sets a variable also waits for earlier readers and writers of the same web. Who waits for the last of
    several that wait for each other waits for all of them, so that only the edge to the last is given.
    """
    found: set[tuple[int, int]] = set()
    writer: dict[Variable, int] = {}
    readers: dict[Variable, list[int]] = {}  # since the variable was last written
    gate: int | None = None
    pinned = 0  # where the last node that waits for all before it stands
    for j, node in enumerate(nodes):
        earlier: set[int | None] = {gate}
        if node.pins:
            earlier |= set(range(pinned, j))
            pinned = j
        for variable in node.reads | node.writes | node.waits:
            earlier.add(writer.get(variable))
        for variable in node.writes:
            earlier |= set(readers.pop(variable, ()))
            writer[variable] = j
        for variable in node.reads - node.writes:
            readers.setdefault(variable, []).append(j)
        if node.gate:
            gate = j
        found |= {(i, j) for i in earlier if i is not None}
    return frozenset(found)
