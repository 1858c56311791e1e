"""What every rule is given, and the type of a rule."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from ladle.asl.model import Scope, Visit
from ladle.asl.problems import Problem

__all__ = ["Context", "ExpressionChecker", "ExpressionProblem", "Rule"]


class ExpressionProblem(NamedTuple):
    """Why a JSONata expression does not parse: the parser's message, and the offset in the expression."""

    message: str
    offset: int


ExpressionChecker = Callable[[str], ExpressionProblem | None]
"""Parses one JSONata expression (without `{% %}`) and says what is wrong with it, or None."""


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
