"""A state machine as an SVG picture: no scripts, no fonts to load, light and dark."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any, Final

from ladle.graph.chart import chart_of
from ladle.graph.layout import GAP_Y, HEADER, Box, Picture, lay_out
from ladle.graph.routing import Line

__all__ = ["svg"]

MARGIN: Final = 24
DOT: Final = 7

STYLE: Final = """
  svg { font: 13px -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
  .paper { fill: #fff } .box { fill: #fff; stroke: #8a949f; stroke-width: 1.2 }
  .group { fill: #f1f1ee; fill-opacity: .7; stroke: #b9bfc6; stroke-dasharray: 5 3 }
  .Task .box { stroke: #2468c8 } .Choice .box { stroke: #9a6700 } .Wait .box { stroke: #7a5bb5 }
  .Fail .box { stroke: #c4301c } .Succeed .box { stroke: #2a8577 }
  .name { fill: #1c2024 } .note, .label { fill: #545d68; font-size: 11px }
  .line { fill: none; stroke: #6a747e; stroke-width: 1.2 }
  .line.catch { stroke: #c4301c; stroke-dasharray: 5 3 }
  .line.back { stroke-dasharray: 2 3 } .tip { fill: #6a747e } .dot { fill: #1c2024 }
  .halo { stroke: #fff; stroke-width: 4px; stroke-linejoin: round; paint-order: stroke }
  .succeeded .box { fill: #e4f1ee } .failed .box { fill: #fcebe8 } .running .box { fill: #e6eef9 }
  @media (prefers-color-scheme: dark) {
    .paper { fill: #121519 } .box { fill: #1a1e23 } .group { fill: #15191d; stroke: #414a54 }
    .Task .box { stroke: #6ea8ff } .Choice .box { stroke: #e0a93b } .Wait .box { stroke: #b49cf0 }
    .Fail .box { stroke: #ff7a66 } .Succeed .box { stroke: #4fb3a3 }
    .name { fill: #e7e9ec } .note, .label { fill: #a6afb9 }

    .line { stroke: #8f99a4 } .line.catch { stroke: #ff7a66 }
    .tip { fill: #8f99a4 } .dot { fill: #e7e9ec } .halo { stroke: #121519 }
    .succeeded .box { fill: #17302c } .failed .box { fill: #3a1f1c } .running .box { fill: #1a2b44 }
  }
"""


def svg(definition: Mapping[str, Any], statuses: Mapping[str, str] | None = None) -> str:
    """The text of an SVG document.

    `statuses` maps names of states to succeeded, failed or running, to tint a drawing with a run.
    """
    chart = chart_of(definition)
    picture = lay_out(chart)
    top = MARGIN + 2 * DOT + GAP_Y / 2
    width = picture.width + 2 * MARGIN
    height = top + picture.height + GAP_Y / 2 + 2 * DOT + MARGIN
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}"'
        f' viewBox="0 0 {width:.0f} {height:.0f}" role="img">',
        f"<title>{escape(str(definition.get('Comment') or 'State machine'))}</title>",
        f"<style>{STYLE}</style>",
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7"'
        ' orient="auto"><path class="tip" d="M0 0 8 4 0 8z"/></marker></defs>',
        f'<rect class="paper" width="{width:.0f}" height="{height:.0f}"/>',
    ]
    by_name = {box.node.name: box for box in picture.boxes}
    if chart.start in by_name:
        box = by_name[chart.start]
        x = MARGIN + box.middle
        lines.append(f'<circle class="dot" cx="{x:.1f}" cy="{MARGIN + DOT}" r="{DOT}"/>')
        lines.append(_path([(x, MARGIN + 2 * DOT), (x, top + box.y)], "line"))
    lines += _drawn(picture, MARGIN, top, statuses or {})
    lines += _end(picture, top, height)
    return "\n".join([*lines, "</svg>"]) + "\n"


def _end(picture: Picture, top: float, height: float) -> Iterator[str]:
    ending = [box for box in picture.boxes if box.node.ends and box.node.kind != "Fail"]
    if not ending:
        return
    lowest = max(ending, key=lambda box: box.y + box.height)
    x, y = MARGIN + lowest.middle, height - MARGIN - DOT
    for box in ending:
        start = (MARGIN + box.middle, top + box.y + box.height)
        yield _path([start, (x, y - DOT - 2)], "line")
    yield f'<circle class="dot" cx="{x:.1f}" cy="{y:.1f}" r="{DOT - 3}"/>'
    yield f'<circle class="line" cx="{x:.1f}" cy="{y:.1f}" r="{DOT}"/>'


def _drawn(picture: Picture, x: float, y: float, statuses: Mapping[str, str]) -> Iterator[str]:
    for box in picture.boxes:
        yield from _box(box, x, y, statuses)
    for line in picture.lines:
        yield from _line(line, x, y)


def _box(box: Box, x: float, y: float, statuses: Mapping[str, str]) -> Iterator[str]:
    node = box.node
    left, top = x + box.x, y + box.y
    status = statuses.get(node.name, "")
    yield f'<g class="state {node.kind} {escape(status)}" data-state="{escape(node.name)}">'
    if node.comment:
        yield f"<title>{escape(node.comment)}</title>"
    if node.blocks:
        title = escape(f"{node.name} · {node.note}" if node.note else node.name)
        yield _rectangle("box group", left, top, box.width, box.height, 10)
        yield f'<text class="note" x="{left + 12:.1f}" y="{top + HEADER - 10:.1f}">{title}</text>'
        for dx, dy, picture in box.inner:
            yield from _drawn(picture, left + dx, top + dy, statuses)
    else:
        if node.kind == "Choice":
            yield _hexagon(left, top, box.width, box.height)
        else:
            round_ = box.height / 2 if node.kind in ("Wait", "Succeed", "Pass") else 6
            yield _rectangle("box", left, top, box.width, box.height, round_)
        middle = left + box.width / 2
        base = top + (21 if not node.note else 19)
        yield _text("name", middle, base, node.name)
        if node.note:
            yield _text("note", middle, base + 15, node.note)
    yield "</g>"


def _rectangle(kind: str, x: float, y: float, width: float, height: float, radius: float) -> str:
    size = f'width="{width:.1f}" height="{height:.1f}" rx="{radius:.0f}"'
    return f'<rect class="{kind}" x="{x:.1f}" y="{y:.1f}" {size}/>'


def _text(kind: str, x: float, y: float, text: str) -> str:
    return f'<text class="{kind}" text-anchor="middle" x="{x:.1f}" y="{y:.1f}">{escape(text)}</text>'


def _hexagon(x: float, y: float, width: float, height: float) -> str:
    cut = 14
    points = [(x + cut, y), (x + width - cut, y), (x + width, y + height / 2), (x + width - cut, y + height)]
    points += [(x + cut, y + height), (x, y + height / 2)]
    return f'<polygon class="box" points="{" ".join(f"{a:.1f},{b:.1f}" for a, b in points)}"/>'


def _line(line: Line, x: float, y: float) -> Iterator[str]:
    points = [(a + x, b + y) for a, b in line.points]
    kind = f"line {line.edge.kind}{' back' if line.edge.back else ''}"
    if line.edge.back:
        path = " ".join(f"{'L' if n else 'M'}{a:.1f} {b:.1f}" for n, (a, b) in enumerate(points))
        yield f'<path class="{kind}" d="{path}" marker-end="url(#tip)"/>'
    else:
        yield _path(points, kind)
    label = line.label
    if label is not None:
        place = f'x="{label.x + x:.1f}" y="{label.y + y:.1f}" text-anchor="{label.anchor}"'
        yield f'<text class="label halo" {place}>{escape(label.text)}</text>'


def _path(points: list[tuple[float, float]], kind: str) -> str:
    """A smooth line through points: each piece leaves and arrives vertically."""
    (x, y), *rest = points
    parts = [f"M{x:.1f} {y:.1f}"]
    for a, b in rest:
        half = (y + b) / 2
        parts.append(
            f"L{a:.1f} {b:.1f}"
            if abs(a - x) < 0.5
            else f"C{x:.1f} {half:.1f} {a:.1f} {half:.1f} {a:.1f} {b:.1f}"
        )
        x, y = a, b
    return f'<path class="{kind}" d="{" ".join(parts)}" marker-end="url(#tip)"/>'
