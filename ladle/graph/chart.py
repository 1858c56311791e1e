"""A state machine as nodes and edges: what the drawings draw."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from ladle.asl.model import successors
from ladle.graph.outline import reading_order

__all__ = ["Chart", "Edge", "Node", "chart_of"]

LABEL_LENGTH: Final = 44


@dataclass(frozen=True, slots=True)
class Node:
    """One state. `blocks`: the branches of a Parallel or the body of a Map. `note`: a short second line."""

    name: str
    kind: str
    comment: str = ""
    note: str = ""
    ends: bool = False
    blocks: tuple[Chart, ...] = ()


@dataclass(frozen=True, slots=True)
class Edge:
    """Leads to another state of its block. `kind`: next, choice, default or catch; `back` closes a loop."""

    source: str
    target: str
    kind: str
    label: str = ""
    back: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """One `States` object: its nodes in reading order, and the edges between them."""

    start: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


def chart_of(definition: Mapping[str, Any]) -> Chart:
    """The chart of a definition, or of one branch or processor."""
    names = reading_order(definition)
    place = {name: number for number, name in enumerate(names)}
    states = definition.get("States", {})
    nodes = tuple(_node(name, states[name]) for name in names)
    edges = []
    for name in names:
        for target, kind, label in _leads(name, states[name]):
            if target in place:
                edges.append(Edge(name, target, kind, label, place[target] <= place[name]))
    return Chart(str(definition.get("StartAt", "")), nodes, tuple(_merged(edges)))


def _node(name: str, state: Mapping[str, Any]) -> Node:
    blocks = list(state.get("Branches", ()))
    processor = state.get("ItemProcessor") or state.get("Iterator")
    if processor:
        blocks.append(processor)
    kind = str(state.get("Type", ""))
    return Node(
        name,
        kind,
        str(state.get("Comment", "")),
        _note(kind, state),
        bool(state.get("End")) or kind in ("Succeed", "Fail"),
        tuple(chart_of(block) for block in blocks),
    )


def _note(kind: str, state: Mapping[str, Any]) -> str:
    if kind == "Map":
        limit = state.get("MaxConcurrency")
        mode = (state.get("ItemProcessor") or {}).get("ProcessorConfig", {}).get("Mode")
        parts = [
            "for each item",
            *([f"{limit} at once"] if limit else []),
            *(["distributed"] if mode == "DISTRIBUTED" else []),
        ]
        return ", ".join(parts)
    if kind == "Wait":
        for field, text in (
            ("Seconds", "{} s"),
            ("Timestamp", "until {}"),
            ("SecondsPath", "{} s"),
            ("TimestampPath", "until {}"),
        ):
            if field in state:
                return text.format(_short(str(state[field])))
    if kind == "Task":
        resource = str(state.get("Resource", ""))
        if resource.endswith(".waitForTaskToken"):
            return "waits for an answer"
        if ":states:startExecution" in resource or resource.endswith(":sfn:startSyncExecution"):
            return "a run of its own"
        if resource.startswith("arn:aws:states:::") and ":lambda:" not in resource:
            return resource.removeprefix("arn:aws:states:::")
    if kind == "Fail":
        return _short(str(state.get("Error", "")))
    return ""


def _leads(name: str, state: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    # A state that is named after its question (`if not found`) needs no more than the answer.
    asks = name.startswith(("if ", "while ")) and len(state.get("Choices", ())) == 1
    for (field, *rest), target in successors(state):
        if field == "Choices" and asks:
            yield target, "choice", "yes"
        elif field == "Default" and asks:
            yield target, "default", "no"
        elif field == "Choices":
            rule = state["Choices"][rest[0]]
            yield target, "choice", _short(str(rule.get("Comment") or _rule(rule)))
        elif field == "Catch":
            yield target, "catch", _short(", ".join(map(str, state["Catch"][rest[0]].get("ErrorEquals", ()))))
        elif field == "Default":
            yield target, "default", "else"
        else:
            yield target, "next", ""


def _rule(rule: Mapping[str, Any]) -> str:
    """A choice rule in a few words."""
    condition = rule.get("Condition")
    if isinstance(condition, str):
        return condition.removeprefix("{%").removesuffix("%}").strip()
    for word in ("And", "Or"):
        if word in rule:
            return f" {word.lower()} ".join(_rule(each) for each in rule[word])
    if "Not" in rule:
        return f"not {_rule(rule['Not'])}"
    for operator, value in rule.items():
        if operator not in ("Variable", "Next", "Comment", "Assign", "Output"):
            return f"{rule.get('Variable', '')} {operator} {value}"
    return ""


def _merged(edges: list[Edge]) -> Iterator[Edge]:
    """Edges of one kind between the same two states are drawn once."""
    seen: dict[tuple[str, str, str], Edge] = {}
    for edge in edges:
        key = (edge.source, edge.target, edge.kind)
        other = seen.get(key)
        label = edge.label if other is None or not other.label else _short(f"{other.label} | {edge.label}")
        seen[key] = Edge(edge.source, edge.target, edge.kind, label, edge.back)
    yield from seen.values()


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= LABEL_LENGTH else text[: LABEL_LENGTH - 1] + "…"
