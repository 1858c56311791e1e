"""The steps of a state machine in the order in which a person reads them.

What does work is a step: Task, Map, Wait; a Fail when it is reached. Choice, Pass and Succeed are not
shown. A Parallel is shown by marks at the steps of its branches; a Map whose body has one step is one row.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from ladle.asl.model import successors

__all__ = ["Row", "outline", "reading_order"]

WORK: Final = frozenset({"Task", "Wait", "Fail"})


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the outline.

    `name` is the state's; `label` what to call it; `kind` its type. `marks` says how it hangs in the
    Parallels and Maps around it, the outermost first: "first" (it begins a branch), "inside" (it goes on with
    one), "body" (of a Map). `folded` are the names of states whose events belong to this row too.
    """

    name: str
    label: str
    kind: str
    marks: tuple[str, ...] = ()
    folded: tuple[str, ...] = ()
    comment: str = ""


def outline(definition: Mapping[str, Any]) -> tuple[Row, ...]:
    """The rows of a definition.

    >>> [row.name for row in outline({"StartAt": "b", "States": {
    ...     "a": {"Type": "Task", "End": True}, "b": {"Type": "Task", "Next": "a"}}})]
    ['b', 'a']
    """
    return tuple(_rows(definition))


def _rows(block: Mapping[str, Any]) -> Iterator[Row]:
    for name in reading_order(block):
        state = block["States"][name]
        kind, comment = state.get("Type"), str(state.get("Comment", ""))
        if kind == "Parallel":
            for branch in state.get("Branches", ()):
                for number, row in enumerate(_rows(branch)):
                    yield _under(row, "inside" if number else "first")
        elif kind == "Map":
            rows = list(_rows(state.get("ItemProcessor") or state.get("Iterator") or {}))
            work = [row for row in rows if row.kind != "Fail"]
            if len(work) == 1:
                inner = work[0]
                folded = tuple(name for row in rows for name in (row.name, *row.folded))
                yield Row(name, name, "Map", (), folded, comment or inner.comment)
            else:
                yield Row(name, name, "Map", (), (), comment)
                yield from (_under(row, "body") for row in rows)
        elif kind in WORK:
            yield Row(name, name, kind, (), (), comment)


def _under(row: Row, mark: str) -> Row:
    return replace(row, marks=(mark, *row.marks))


def reading_order(block: Mapping[str, Any]) -> list[str]:
    """The states of one block so that each stands after those that lead to it, handlers of errors last.

    Reverse postorder of a depth-first walk; edges that close a loop do not count. States that nothing leads
    to come at the end.
    """
    states: Mapping[str, Any] = block.get("States", {})
    done: list[str] = []
    seen: set[str] = set()
    start = block.get("StartAt")
    if isinstance(start, str) and start in states:
        seen.add(start)
        stack = [(start, iter(_last_first(states[start], states)))]
        while stack:
            name, following = stack[-1]
            target = next((target for target in following if target not in seen), None)
            if target is None:
                done.append(name)
                stack.pop()
            else:
                seen.add(target)
                stack.append((target, iter(_last_first(states[target], states))))
    return [*reversed(done), *(name for name in states if name not in seen)]


def _last_first(state: Mapping[str, Any], states: Mapping[str, Any]) -> list[str]:
    """Where a state leads, handlers first and `Next` last: the walk emits in reverse."""
    rank = {"Catch": 0, "Default": 1, "Choices": 2, "Next": 3}
    found = [t for t in successors(state) if t.target in states]
    return [t.target for t in sorted(found, key=lambda t: (rank[str(t.pointer[0])], _negative(t.pointer)))]


def _negative(pointer: tuple[str | int, ...]) -> int:
    return -pointer[1] if len(pointer) > 1 and isinstance(pointer[1], int) else 0
