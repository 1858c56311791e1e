"""Where the states of a definition stand on the page, once for each compiled version."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Final

from ladle.graph import Chart, Node, Row, chart_of, outline
from ladle.graph.layout import Box, Picture, lay_out
from ladle.graph.routing import CHARACTER

__all__ = ["Drawing", "drawing_of", "version_of"]

LEAST: Final = 84
MOST: Final = 230
HEIGHT: Final = 40
NOTED: Final = 48
MAP_WIDTH: Final = 190
MAP_HEIGHT: Final = 84
"""Pixels of a state without blocks; of one with a note; of a Map that is drawn as one box."""
DOT: Final = 10
TOP: Final = 44
"""From the top to the first state: the start stands above it."""
BOTTOM: Final = 34


@dataclass(frozen=True, slots=True)
class Drawing:
    """A laid-out definition.

    `nodes` and `edges` are as the page takes them, without what a run adds. `rows` is the outline. `inner`
    maps each state within a Map to the Map that is its row; `folded` are the Maps drawn as one box. `parents`
    names the frame around each state, drawn or not.
    """

    version: str
    width: float
    height: float
    start: tuple[float, float] | None
    end: tuple[float, float] | None
    nodes: tuple[Mapping[str, Any], ...]
    edges: tuple[Mapping[str, Any], ...]
    rows: tuple[Row, ...]
    inner: Mapping[str, str]
    folded: frozenset[str]
    parents: Mapping[str, str]


def version_of(definition: Mapping[str, Any]) -> str:
    """Six characters that tell compiled versions apart."""
    text = json.dumps(definition, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:6]


def drawing_of(definition: Mapping[str, Any]) -> Drawing:
    """The drawing of a definition; the same object for the same text."""
    return _drawn(json.dumps(definition, ensure_ascii=False, separators=(",", ":")))


@lru_cache(maxsize=64)
def _drawn(text: str) -> Drawing:
    definition = json.loads(text)
    rows = outline(definition)
    folded = frozenset(row.name for row in rows if row.kind == "Map" and row.folded)
    chart = _with_folds(chart_of(definition), folded)

    def measure(node: Node) -> tuple[float, float]:
        title = len(node.name) * CHARACTER + (70 if node.kind == "Choice" else 58)
        width = min(float(MOST), max(float(LEAST), title, len(node.note) * CHARACTER * 0.86 + 46))
        if node.name in folded:
            return max(width, MAP_WIDTH), MAP_HEIGHT
        return width, NOTED if node.note else HEIGHT

    picture = lay_out(chart, measure)
    nodes = list(_nodes(picture, 0.0, float(TOP), None))
    edges = list(_edges(picture, 0.0, float(TOP)))
    place = {str(node["id"]): node for node in nodes}
    start = end = None
    if chart.start in place:
        first = place[chart.start]
        start = (first["x"] + first["w"] / 2, float(DOT))
        edges.append(_line(None, chart.start, [(start[0], start[1] + 7), (start[0], first["y"])]))
    height = TOP + picture.height + BOTTOM
    ends = [node for node in chart.nodes if node.ends and node.kind != "Fail"]
    if ends:
        lowest = max((place[node.name] for node in ends), key=lambda each: each["y"] + each["h"])
        end = (lowest["x"] + lowest["w"] / 2, height - DOT)
        for node in ends:
            each = place[node.name]
            middle = each["x"] + each["w"] / 2
            edges.append(
                _line(node.name, None, [(middle, each["y"] + each["h"]), (end[0], height - DOT - 8)])
            )
    return Drawing(
        hashlib.sha256(text.encode()).hexdigest()[:6],
        picture.width,
        height,
        start,
        end,
        tuple(nodes),
        tuple(edges),
        rows,
        {name: row.name for row in rows if row.name in folded for name in row.folded},
        folded,
        dict(_parents(chart_of(definition), None)),
    )


def _with_folds(chart: Chart, folded: frozenset[str]) -> Chart:
    nodes = tuple(
        replace(
            node,
            blocks=() if node.name in folded else tuple(_with_folds(block, folded) for block in node.blocks),
        )
        for node in chart.nodes
    )
    return replace(chart, nodes=nodes)


def _parents(chart: Chart, parent: str | None) -> Iterator[tuple[str, str]]:
    for node in chart.nodes:
        if parent is not None:
            yield node.name, parent
        for block in node.blocks:
            yield from _parents(block, node.name)


def _nodes(picture: Picture, x: float, y: float, parent: str | None) -> Iterator[dict[str, Any]]:
    for box in picture.boxes:
        left, top = x + box.x, y + box.y
        yield _node(box, left, top, parent)
        for dx, dy, inner in box.inner:
            yield from _nodes(inner, left + dx, top + dy, box.node.name)


def _node(box: Box, x: float, y: float, parent: str | None) -> dict[str, Any]:
    node = box.node
    return {
        "id": node.name,
        "label": node.name,
        "kind": node.kind,
        "note": node.note,
        "comment": node.comment,
        "parent": parent,
        "x": round(x, 1),
        "y": round(y, 1),
        "w": round(box.width, 1),
        "h": round(box.height, 1),
        "frame": bool(box.inner),
    }


def _edges(picture: Picture, x: float, y: float) -> Iterator[dict[str, Any]]:
    for line in picture.lines:
        edge = line.edge
        label = line.label
        yield {
            "from": edge.source,
            "to": edge.target,
            "label": edge.label,
            "kind": edge.kind,
            "back": edge.back,
            "points": [[round(a + x, 1), round(b + y, 1)] for a, b in line.points],
            "at": [round(label.x + x, 1), round(label.y + y, 1), label.anchor] if label else None,
        }
    for box in picture.boxes:
        for dx, dy, inner in box.inner:
            yield from _edges(inner, x + box.x + dx, y + box.y + dy)


def _line(source: str | None, target: str | None, points: list[tuple[float, float]]) -> dict[str, Any]:
    placed = [[round(a, 1), round(b, 1)] for a, b in points]
    return {
        "from": source,
        "to": target,
        "label": "",
        "kind": "next",
        "back": False,
        "points": placed,
        "at": None,
    }
