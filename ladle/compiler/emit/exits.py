"""The ways out of a piece of source: its end, `return`, `break`, `continue`, and the handlers around it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ladle.compiler.emit.machine import Edge
from ladle.compiler.language.form import Expr, Variable

__all__ = ["WILDCARDS", "Exits", "Guard", "Handled"]

WILDCARDS = frozenset({"States.ALL", "States.TaskFailed", "Exception", "BaseException"})
"""Names in a handler that take every error of a task."""


def _never(*_: object) -> Edge:
    raise AssertionError("a plan put a `return`, `break` or `continue` where it would leave a branch")


@dataclass(frozen=True, slots=True)
class Handled:
    """One `except`: the errors it takes, the variable it binds, and the edge into its body (made when first
    asked)."""

    errors: tuple[str, ...]
    variable: Variable | None
    entry: Callable[[], Edge]

    @property
    def takes_all(self) -> bool:
        return not WILDCARDS.isdisjoint(self.errors)


@dataclass(frozen=True, slots=True)
class Guard:
    """One `try` around a piece of source. `final` makes a copy of its `finally` that leads along an edge."""

    handlers: tuple[Handled, ...]
    final: Callable[[Edge], Edge] | None = None


@dataclass(frozen=True, slots=True)
class Exits:
    """Where a piece of source may lead besides its end. `guards` are the trys of the same region, innermost
    first."""

    returning: Callable[[Expr | None], Edge] = _never
    breaking: Callable[[], Edge] = _never
    continuing: Callable[[], Edge] = _never
    guards: tuple[Guard, ...] = ()
