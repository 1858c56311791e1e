"""A state machine as a Mermaid flowchart, which GitHub and many editors draw."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from ladle.graph.chart import Chart, Node, chart_of

__all__ = ["mermaid"]

SHAPES: Final[Mapping[str, tuple[str, str]]] = {
    "Choice": ("{{", "}}"),
    "Wait": ("([", "])"),
    "Fail": ("[/", "/]"),
    "Succeed": ("([", "])"),
    "Pass": ("(", ")"),
}


def mermaid(definition: Mapping[str, Any]) -> str:
    """The text of a `flowchart TD`.

    >>> print(mermaid({"StartAt": "a", "States": {"a": {"Type": "Task", "End": True}}}), end="")
    flowchart TD
      start((" "))
      n1["a"]
      finish(((" ")))
      start --> n1
      n1 --> finish
    """
    chart = chart_of(definition)
    ids: dict[str, str] = {}
    lines = ["flowchart TD", '  start((" "))']
    lines += _nodes(chart, ids, "  ")
    lines.append('  finish(((" ")))')
    lines.append(f"  start --> {ids[chart.start]}" if chart.start in ids else "")
    lines += _edges(chart, ids, "  ")
    lines += [f"  {ids[node.name]} --> finish" for node in chart.nodes if node.ends and node.kind != "Fail"]
    failing = [ids[node.name] for node in _all_nodes(chart) if node.kind == "Fail"]
    if failing:
        lines.append("  classDef failure stroke:#c4301c,color:#c4301c")
        lines.append(f"  class {','.join(failing)} failure")
    return "\n".join(line for line in lines if line) + "\n"


def _nodes(chart: Chart, ids: dict[str, str], indent: str) -> Iterator[str]:
    for node in chart.nodes:
        ids[node.name] = own = f"n{len(ids) + 1}"
        if not node.blocks:
            left, right = SHAPES.get(node.kind, ("[", "]"))
            yield f'{indent}{own}{left}"{_label(node)}"{right}'
            continue
        title = node.name if not node.note else f"{node.name} · {node.note}"
        yield f'{indent}subgraph {own}["{_text(title)}"]'
        for number, block in enumerate(node.blocks, 1):
            if len(node.blocks) > 1:
                yield f'{indent}  subgraph {own}_{number}[" "]'
                yield from _nodes(block, ids, indent + "    ")
                yield f"{indent}  end"
            else:
                yield from _nodes(block, ids, indent + "  ")
        yield f"{indent}end"


def _label(node: Node) -> str:
    return f"{_text(node.name)}<br/><small>{_text(node.note)}</small>" if node.note else _text(node.name)


def _edges(chart: Chart, ids: Mapping[str, str], indent: str) -> Iterator[str]:
    for edge in chart.edges:
        arrow = "-.->" if edge.kind == "catch" else "-->"
        label = f'|"{_text(edge.label)}"|' if edge.label else ""
        yield f"{indent}{ids[edge.source]} {arrow}{label} {ids[edge.target]}"
    for node in chart.nodes:
        for block in node.blocks:
            yield from _edges(block, ids, indent)


def _all_nodes(chart: Chart) -> Iterator[Node]:
    for node in chart.nodes:
        yield node
        for block in node.blocks:
            yield from _all_nodes(block)


def _text(text: str) -> str:
    """Mermaid's way to write what would end a label or begin markup."""
    for raw, written in (
        ("#", "#35;"),
        ("&", "#amp;"),
        ('"', "#quot;"),
        ("<", "#lt;"),
        (">", "#gt;"),
        ("`", "#96;"),
    ):
        text = text.replace(raw, written)
    return text
