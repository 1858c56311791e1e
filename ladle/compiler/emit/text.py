"""Expressions of a machine as text: JSONata between `{%` and `%}`, or plain JSON where all is constant."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ladle.compiler.emit.expressions import print_expression, print_template
from ladle.compiler.emit.machine import Raw
from ladle.compiler.language.form import Expr, Variable

__all__ = ["Text"]


class Text:
    """Prints expressions and templates, given the names of variables."""

    def __init__(self, names: Callable[[Variable], str]) -> None:
        self._names = names

    def expression(self, expr: Expr) -> str:
        """JSONata without its braces."""
        return print_expression(expr, self._meaning)

    def template(self, template: Any) -> Any:
        """A JSON value with `{% … %}` in it."""
        if isinstance(template, Raw):
            return "{% " + self.expression(template) + " %}"
        if isinstance(template, Expr):
            return print_template(template, self._meaning)
        if isinstance(template, dict):
            return {key: self.template(value) for key, value in template.items()}
        if isinstance(template, list | tuple):
            return [self.template(value) for value in template]
        return template

    def _meaning(self, variable: Variable) -> str:
        return f"${self._names(variable)}"
