"""Zones of times: what `tzinfo=` takes. A time has a fixed distance from UTC, as its text, or none."""

from __future__ import annotations

import ast
import datetime

from ladle.compiler.language import form
from ladle.compiler.language.guards import operation
from ladle.compiler.language.names import MISSING, static
from ladle.compiler.language.reading import Reader
from ladle.compiler.language.shapes import STR, is_poison, kind_of

__all__ = ["fixed_zone", "zone_of"]


def fixed_zone(reader: Reader, node: ast.expr) -> str | None:
    """The text of a zone that is known when compiling: `Z`, `+02:00`; None for anything else."""
    found = static(reader, node)
    if found is MISSING or not isinstance(found, datetime.timezone):
        return None
    text = datetime.datetime(2000, 1, 1, tzinfo=found).isoformat()[19:]
    return "Z" if text == "+00:00" else text if len(text) == len("+02:00") else None


def zone_of(reader: Reader, node: ast.expr) -> form.Expr | None:
    """The text of what `tzinfo=` is given: `None`, `UTC`, a `timezone` of the module, `at.tzinfo`.

    None after a problem.
    """
    span = reader.span(node)
    if isinstance(node, ast.Constant) and node.value is None:
        return form.Const(STR, span, "")
    if (fixed := fixed_zone(reader, node)) is not None:
        return form.Const(STR, span, fixed)
    if isinstance(node, ast.Attribute) and node.attr == "tzinfo" and static(reader, node) is MISSING:
        base = reader.expression(node.value)
        if is_poison(base.shape):
            return None
        if kind_of(base.shape) == "datetime":
            return operation(reader, node, "datetime.zone", base)
    reader.problem(
        "L417",
        node,
        "a zone is a fixed distance from UTC here: a time's text has no other",
        "write: tzinfo=UTC, or compute the time in a task: inline(helper)(…)",
    )
    return None
