"""Places for the states of a chart: layers from top to bottom, few crossings, straight lines where possible.

The classic steps of Sugiyama, Tagawa and Toda (1981): edges that close a loop are set aside; each state goes
one layer below the last that leads to it; edges over several layers get a bend in each; layers are ordered by
the mean place of their neighbours; places within a layer are the nearest to the neighbours that keep the
order (isotonic regression, exact). Maps and Parallels are laid out first and then are boxes like any other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Final, TypeAlias

from ladle.graph.chart import Chart, Edge, Node
from ladle.graph.routing import CHARACTER, Line, extent, loops, with_labels

__all__ = ["Box", "Measure", "Picture", "lay_out", "leaf_size"]

Measure: TypeAlias = Callable[[Node], tuple[float, float]]
"""Width and height of a state without blocks, in pixels."""

ROW: Final = 34
GAP_X: Final = 26
GAP_Y: Final = 40
PADDING: Final = 16
HEADER: Final = 28
SWEEPS: Final = 8


@dataclass(slots=True)
class Box:
    """A state's rectangle; `x`, `y` is its upper left corner in its picture. `inner`: the blocks, placed."""

    node: Node
    width: float
    height: float
    x: float = 0.0
    y: float = 0.0
    inner: list[tuple[float, float, Picture]] = field(default_factory=list)

    @property
    def middle(self) -> float:
        return self.x + self.width / 2


@dataclass(slots=True)
class Picture:
    """A laid-out block."""

    width: float
    height: float
    boxes: list[Box]
    lines: list[Line]


class _Slot:
    """A box, or the bend of an edge that crosses a layer."""

    __slots__ = ("above", "below", "box", "half", "layer", "x")

    def __init__(self, layer: int, box: Box | None) -> None:
        self.layer = layer
        self.box = box
        self.half = box.width / 2 if box else 5.0
        self.x = 0.0
        self.above: list[_Slot] = []
        self.below: list[_Slot] = []


def leaf_size(node: Node) -> tuple[float, float]:
    """As large as the name and the note of a state without blocks need."""
    title = max(len(node.name), len(node.note) * 0.86)
    width = max(64.0, title * CHARACTER + (52 if node.kind == "Choice" else 28))
    return width, ROW + (12 if node.note else 0)


def lay_out(chart: Chart, measure: Measure = leaf_size) -> Picture:
    """Place every state of a chart, and of the blocks inside; `measure` sizes the states without blocks."""
    boxes = {node.name: _box(node, measure) for node in chart.nodes}
    layers_of = _layers_of(chart)
    slots = {name: _Slot(layers_of[name], box) for name, box in boxes.items()}
    layers: list[list[_Slot]] = [[] for _ in range(max(layers_of.values(), default=-1) + 1)]
    for slot in slots.values():
        layers[slot.layer].append(slot)
    chains = [
        (edge, _chain(slots[edge.source], slots[edge.target], layers))
        for edge in chart.edges
        if not edge.back
    ]
    _order(layers)
    _place(layers)
    return _picture(chart, boxes, slots, layers, chains)


def _box(node: Node, measure: Measure) -> Box:
    if not node.blocks:
        return Box(node, *measure(node))
    pictures = [lay_out(block, measure) for block in node.blocks]
    x, inner = float(PADDING), []
    tallest = max((p.height for p in pictures), default=0)
    for picture in pictures:
        inner.append((x, float(HEADER + 6), picture))
        x += picture.width + PADDING
    title = len(node.name) + (len(node.note) + 3 if node.note else 0)
    width = max(x, title * CHARACTER + 2 * PADDING)
    spare = (width - x) / 2
    return Box(node, width, tallest + HEADER + 6 + PADDING, inner=[(a + spare, b, p) for a, b, p in inner])


def _layers_of(chart: Chart) -> dict[str, int]:
    layer = {node.name: 0 for node in chart.nodes}
    for node in chart.nodes:  # reading order: what leads here has its layer already
        for edge in chart.edges:
            if edge.source == node.name and not edge.back:
                layer[edge.target] = max(layer[edge.target], layer[node.name] + 1)
    return layer


def _chain(source: _Slot, target: _Slot, layers: list[list[_Slot]]) -> list[_Slot]:
    chain = [source]
    for number in range(source.layer + 1, target.layer):
        bend = _Slot(number, None)
        layers[number].append(bend)
        chain.append(bend)
    chain.append(target)
    for upper, lower in pairwise(chain):
        upper.below.append(lower)
        lower.above.append(upper)
    return chain


def _order(layers: list[list[_Slot]]) -> None:
    for sweep in range(SWEEPS):
        down = sweep % 2 == 0
        for layer in layers if down else reversed(layers):
            position = {id(slot): float(n) for n, slot in enumerate(layer)}
            near = {id(other): n for row in layers for n, other in enumerate(row)}

            def mean(
                slot: _Slot, position: dict[int, float] = position, near: dict[int, int] = near
            ) -> float:
                others = slot.above if down else slot.below  # noqa: B023 - used within this turn only
                return sum(near[id(o)] for o in others) / len(others) if others else position[id(slot)]

            layer.sort(key=mean)


def _place(layers: list[list[_Slot]]) -> None:
    for layer in layers:
        x = 0.0
        for slot in layer:
            slot.x = x + slot.half
            x += 2 * slot.half + GAP_X
    for sweep in range(SWEEPS):
        for layer in layers if sweep % 2 == 0 else reversed(layers):
            wishes, weights = [], []
            for slot in layer:
                others = (slot.above if sweep % 2 == 0 else slot.below) or slot.above or slot.below
                wishes.append(sum(o.x for o in others) / len(others) if others else slot.x)
                weights.append(8.0 if slot.box is None else 1.0)  # bends want to be straight
            offsets, offset = [0.0], 0.0
            for left, right in pairwise(layer):
                offset += left.half + right.half + GAP_X
                offsets.append(offset)
            if layer:
                fitted = _isotonic([w - o for w, o in zip(wishes, offsets, strict=True)], weights)
                for slot, value, shift in zip(layer, fitted, offsets, strict=True):
                    slot.x = value + shift


def _isotonic(values: Sequence[float], weights: Sequence[float]) -> list[float]:
    """The non-decreasing sequence nearest to `values` (weighted least squares; pool adjacent violators).

    >>> _isotonic([1.0, 3.0, 1.0], [1.0, 1.0, 1.0])
    [1.0, 2.0, 2.0]
    """
    pools: list[tuple[float, float, int]] = []
    for value, weight in zip(values, weights, strict=True):
        count = 1
        while pools and pools[-1][0] > value:
            before, mass, number = pools.pop()
            value = (value * weight + before * mass) / (weight + mass)
            weight += mass
            count += number
        pools.append((value, weight, count))
    return [value for value, _, count in pools for _ in range(count)]


def _picture(
    chart: Chart,
    boxes: dict[str, Box],
    slots: dict[str, _Slot],
    layers: list[list[_Slot]],
    chains: list[tuple[Edge, list[_Slot]]],
) -> Picture:
    left = min((s.x - s.half for layer in layers for s in layer), default=0.0)
    tops, heights, y = [], [], 0.0
    for layer in layers:
        height = max((s.box.height if s.box else ROW for s in layer), default=ROW)
        tops.append(y)
        heights.append(height)
        y += height + GAP_Y
    for slot in slots.values():
        box = slot.box
        assert box is not None  # every slot of a name has one
        box.x = slot.x - slot.half - left
        box.y = tops[slot.layer] + (heights[slot.layer] - box.height) / 2
    lines = []
    for edge, chain in chains:
        first, last = boxes[edge.source], boxes[edge.target]
        points = [(first.middle, first.y + first.height)]
        for bend in chain[1:-1]:
            x = bend.x - left
            points += [(x, tops[bend.layer]), (x, tops[bend.layer] + heights[bend.layer])]
        lines.append(Line(edge, [*points, (last.middle, last.y)]))
    reach = [(min(s.x - s.half for s in row) - left, max(s.x + s.half for s in row) - left) for row in layers]
    layer_of = {name: slot.layer for name, slot in slots.items()}
    return _within(
        list(boxes.values()), [*with_labels(lines), *loops(chart, boxes, layer_of, reach)], y - GAP_Y
    )


def _within(boxes: list[Box], lines: list[Line], height: float) -> Picture:
    """A picture in which nothing lies left of 0, as wide as boxes, lines and labels need."""
    least, most = extent(lines)
    for box in boxes:
        box.x -= least
    for line in lines:
        line.points = [(x - least, y) for x, y in line.points]
        if line.label is not None:
            line.label = replace(line.label, x=line.label.x - least)
    widest = max([most - least, *(box.x + box.width for box in boxes)])
    return Picture(widest, max(0.0, height), boxes, lines)
