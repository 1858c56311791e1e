"""The lines between placed boxes, and where their labels stand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ladle.graph.chart import Chart, Edge

if TYPE_CHECKING:
    from ladle.graph.layout import Box

__all__ = ["CHARACTER", "Label", "Line", "extent", "loops", "with_labels"]

CHARACTER: Final = 7.3
"""Width of a character in pixels at the size of names; labels are set in a smaller size."""
SMALL: Final = 0.86
APART: Final = 18
"""Pixels between a box and a line that passes it."""

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Label:
    """Text at a point: to the right of it (`start`) or to the left (`end`)."""

    text: str
    x: float
    y: float
    anchor: str

    @property
    def span(self) -> tuple[float, float]:
        """From where to where it reaches, about."""
        width = len(self.text) * CHARACTER * SMALL
        return (self.x, self.x + width) if self.anchor == "start" else (self.x - width, self.x)


@dataclass(slots=True)
class Line:
    """An edge, the points it runs through, and its label."""

    edge: Edge
    points: list[Point]
    label: Label | None = None


def loops(
    chart: Chart, boxes: Mapping[str, Box], layer_of: Mapping[str, int], reach: Sequence[tuple[float, float]]
) -> list[Line]:
    """Lines that close a loop: they run outside of all layers that they pass, on the side that is nearer.

    `reach` says for each layer from where to where it extends.
    """
    lines: list[Line] = []
    taken: list[float] = []
    whole = (min((a for a, _ in reach), default=0.0), max((b for _, b in reach), default=0.0))
    for edge in (each for each in chart.edges if each.back):
        first, last = boxes[edge.source], boxes[edge.target]
        low, high = sorted((layer_of[edge.target], layer_of[edge.source]))
        passed = reach[low : high + 1]
        to_left = first.middle < (whole[0] + whole[1]) / 2 and edge.source != edge.target
        x = min(a for a, _ in passed) - APART if to_left else max(b for _, b in passed) + APART
        while any(abs(x - other) < 12 for other in taken):
            x += -14 if to_left else 14
        taken.append(x)
        leaves, enters = first.y + first.height / 2, last.y + last.height / 2
        if edge.source == edge.target:
            leaves, enters = leaves + 8, enters - 8
        start = first.x if to_left else first.x + first.width
        end = last.x if to_left else last.x + last.width
        label = None
        if edge.label:
            label = Label(
                edge.label, x + (6 if to_left else -6), (leaves + enters) / 2, "start" if to_left else "end"
            )
        lines.append(Line(edge, [(start, leaves), (x, leaves), (x, enters), (end, enters)], label))
    return lines


def with_labels(lines: Iterable[Line]) -> list[Line]:
    """Forward lines with their labels. Of several that leave a box, the leftmost is labelled on its left."""
    found = list(lines)
    leaving: dict[str, list[Line]] = {}
    for line in found:
        leaving.setdefault(line.edge.source, []).append(line)
    for group in leaving.values():
        group.sort(key=lambda line: line.points[1][0])
        for number, line in enumerate(group):
            if line.edge.label:
                line.label = _beside(line, number, len(group))
    return found


def _beside(line: Line, number: int, of: int) -> Label:
    (x, y), (next_x, next_y) = line.points[0], line.points[1]
    middle, height = (x + next_x) / 2, (y + next_y) / 2 + 4
    if of > 1 and number == 0:
        return Label(line.edge.label, middle - 8, height, "end")
    return Label(line.edge.label, middle + 8, height + 12 * max(0, number - 1), "start")


def extent(lines: Iterable[Line]) -> tuple[float, float]:
    """The leftmost and rightmost place that lines and labels take."""
    places = [0.0]
    for line in lines:
        places += [x for x, _ in line.points]
        places += line.label.span if line.label else ()
    return min(places), max(places)
