"""The steps of a run as lines of text: the same for the live view and for `ladle show`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ladle.cli.paint import duration, paint, sign
from ladle.graph.outline import Row
from ladle.operate.progress import Progress, StepView

__all__ = ["details", "tree"]

COUNTS: Final = 10
TIMES: Final = 10
BRANCHES: Final = {"first": ("├─ ", "|- "), "inside": ("│  ", "|  "), "body": ("   ", "   ")}


def tree(
    progress: Progress,
    rows: Sequence[Row],
    *,
    only: Sequence[Row] | None = None,
    now: int | None = None,
    colour: bool = False,
    ascii_only: bool = False,
) -> list[str]:
    """One line for each step that was reached: sign, name, counts, time, what is special about it.

    Columns are as wide as all `rows` need, reached or not, so that lines agree from first to last; with
    `only`, just the lines of those.
    """
    names = max((len(_lead(row, ascii_only)) + len(row.label) for row in rows), default=0)
    lines = []
    for view in progress.views(rows if only is None else only, now):
        lead = _lead(view.row, ascii_only)
        space = " " * (names - len(lead) - len(view.row.label))
        name = paint(view.row.label, "bad bold" if view.state == "failed" else "", colour)
        time = duration(view.seconds) if view.row.kind != "Fail" else ""
        lines.append(
            f"  {paint(lead, 'dim', colour)}{sign(view.state, colour, ascii_only)} {name}{space}"
            f"  {counts(view):<{COUNTS}}  {time:>{TIMES}}   {paint(details(view), 'dim', colour)}".rstrip()
        )
    return lines


def _lead(row: Row, ascii_only: bool) -> str:
    return "".join(BRANCHES[mark][ascii_only] for mark in row.marks)


def counts(view: StepView) -> str:
    """How many of how many, for what happens more than once."""
    if view.total is None:
        return ""
    if view.row.kind == "Map":
        return f"{view.done} of {view.total}"
    return f"{view.done} times" if view.state != "running" else f"{view.done} of {view.total}"


def details(view: StepView) -> str:
    """The words at the end of a line: how many at once, retries, failures, what is waited for."""
    words = []
    if view.at_once > 1:
        words.append(f"{view.at_once} at once")
    if view.retried:
        words.append(f"{view.retried} retried")
    if view.waits:
        words.append(f"waited {view.waits} times" if view.waits > 1 else "waited once")
    if view.state == "caught":
        words.append(f"{view.error or 'failed'}, handled")
    elif view.state == "failed":
        words.append(view.error or "failed")
    elif view.handled:
        words.append(
            f"{view.handled} failed ({view.error}), handled" if view.error else f"{view.handled} handled"
        )
    elif view.failed:
        words.append(f"{view.failed} failed")
    if view.row.kind == "Wait" and view.state == "succeeded" and view.seconds:
        words.append("skipped")
    if view.note:
        words.append(view.note)
    return ", ".join(words)
