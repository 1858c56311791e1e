"""The errors that can leave each workflow, as text and as `--json` gives them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ladle.cli.paint import columns, paint

if TYPE_CHECKING:
    from pathlib import Path

    from ladle.compiler import Compiled
    from ladle.compiler.lints.escapes import Escape

__all__ = ["escapes_data", "escapes_of", "escapes_text"]


def escapes_of(compiled: Mapping[str, Compiled], root: Path) -> dict[str, tuple[Escape, ...]]:
    """What can leave each workflow that was compiled from Python, by name."""
    from ladle.compiler.lints.escapes import escapes

    found: dict[str, tuple[Escape, ...]] = {}

    def find(name: str) -> None:
        one = compiled.get(name)
        if name in found or one is None or one.program is None:
            return
        for callee in one.workflows:
            find(callee.name)
        found[name] = escapes(one.program, found, root)

    for name in compiled:
        find(name)
    return {name: found[name] for name in compiled if name in found}


def escapes_data(escapes: tuple[Escape, ...]) -> list[dict[str, Any]]:
    """The errors as `--json` gives them."""
    return [
        {
            "error": each.error,
            "place": str(each.span),
            "by": each.by,
            "raised_at": None if each.raised is None else str(each.raised),
            "retries": each.retries,
        }
        for each in escapes
    ]


def escapes_text(name: str, escapes: tuple[Escape, ...], colour: bool) -> Iterator[str]:
    """The errors as lines of text; what has no name stands last, in one line."""
    from ladle.compiler.lints.escapes import OTHER, TIMEOUT

    yield paint(name, "bold", colour)
    rows = []
    for each in escapes:
        if each.error not in (OTHER, TIMEOUT):
            raised = [] if each.raised is None else [f"raised at {each.raised}"]
            tries = [f"after {each.retries} retries"] if each.retries else []
            rows.append([each.error, each.by or "raise", str(each.span), ", ".join([*raised, *tries])])
    yield from (f"  {line}" for line in columns(rows))
    limited = list(dict.fromkeys(each.by for each in escapes if each.error == TIMEOUT))
    others = list(dict.fromkeys(each.by for each in escapes if each.error == OTHER))
    if limited:
        yield f"  {TIMEOUT} of {', '.join(limited)}"
    if others:
        yield f"  and whatever else {', '.join(others)} may raise"
    if not escapes:
        yield "  none"
