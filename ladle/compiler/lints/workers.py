"""Activities whose workers may be gone for long before anybody notices."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from ladle.compiler.language import form
from ladle.compiler.lints.findings import place_of, warning
from ladle.declare import Activity
from ladle.errors import Diagnostic

__all__ = ["workers"]

LONG: Final = 3600
"""Seconds that may pass unnoticed: an hour."""


def workers(program: form.Program, root: Path | None) -> Iterator[Diagnostic]:
    """The warnings about activities of a long timeout that have no heartbeat."""
    for each in program.tasks:
        if isinstance(each, Activity) and each.heartbeat is None and each.timeout > LONG:
            yield warning(
                "L706",
                place_of(each, root),
                f"a worker of `{each.name}` that dies is noticed after {each.timeout:,} seconds only",
                "give it a heartbeat=60: the worker reports by itself that it is alive",
            )
