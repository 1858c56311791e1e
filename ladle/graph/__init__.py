"""Drawings of state machines: text out of plain data (Mermaid, SVG, the rows of a tree)."""

from ladle.graph.chart import Chart, Edge, Node, chart_of
from ladle.graph.mermaid import mermaid
from ladle.graph.outline import Row, outline, reading_order
from ladle.graph.svg import svg

__all__ = ["Chart", "Edge", "Node", "Row", "chart_of", "mermaid", "outline", "reading_order", "svg"]
