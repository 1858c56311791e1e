"""What every rule is given, and the type of a rule."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ladle.asl.model import Scope, Visit
from ladle.asl.problems import Problem

__all__ = ["Context", "ExpressionChecker", "Rule"]


ExpressionChecker = Callable[[str], tuple[str, int] | None]
"""Parses one JSONata expression (without `{% %}`). None when it parses, else the parser's message (without a
code) and the offset in the expression. Only what does not parse: what Step Functions refuses besides, such as
reading an input document, is found here."""


@dataclass(frozen=True, slots=True)
class Context:
    """A decoded definition, walked once. `express` is true for EXPRESS machines."""

    definition: Mapping[str, Any]
    express: bool
    size: int
    scopes: tuple[Scope, ...]
    visits: tuple[Visit, ...]
    check_expression: ExpressionChecker | None


Rule = Callable[[Context], Iterator[Problem]]
