"""Expressions of a machine as text: JSONata between `{%` and `%}`, or plain JSON where all is constant."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from ladle.compiler.emit.expressions import print_expression, print_template
from ladle.compiler.emit.machine import Raw
from ladle.compiler.language import form
from ladle.compiler.language.form import Expr, Variable
from ladle.compiler.plan.expressions import rebuild

__all__ = ["Text"]

_PATH = re.compile(r"\$\w+(\.\w+|\[[0-9]+\])*")
_ATOM = re.compile(rf"{_PATH.pattern}|[0-9]+|\[[^\[\]'\"]*\]")


class Text:
    """Prints expressions and templates, given the names of variables."""

    def __init__(self, names: Callable[[Variable], str]) -> None:
        self._names = names

    def expression(self, expr: Expr) -> str:
        """JSONata without its braces."""
        if isinstance(expr, Raw):
            return self._raw(expr)
        ready: dict[Variable, str] = {}
        return print_expression(self._prepared(expr, ready), self._meaning(ready))

    def template(self, template: Any) -> Any:
        """A JSON value with `{% … %}` in it."""
        if isinstance(template, Raw):
            return "{% " + self._raw(template) + " %}"
        if isinstance(template, Expr):
            ready: dict[Variable, str] = {}
            return print_template(self._prepared(template, ready), self._meaning(ready))
        if isinstance(template, dict):
            return {key: self.template(value) for key, value in template.items()}
        if isinstance(template, list | tuple):
            return [self.template(value) for value in template]
        return template

    def _raw(self, raw: Raw) -> str:
        return raw.name.format(*(_Operand(self.expression(one)) for one in raw.operands))

    def _meaning(self, ready: dict[Variable, str]) -> Callable[[Variable], str]:
        return lambda variable: ready[variable] if variable in ready else f"${self._names(variable)}"

    def _prepared(self, expr: Expr, ready: dict[Variable, str]) -> Expr:
        """The expression with a variable in place of each piece of ready JSONata."""
        if isinstance(expr, Raw):
            text = self._raw(expr)
            variable = Variable("ready", -1 - len(ready), expr.shape)
            ready[variable] = text if _PATH.fullmatch(text) or _is_block(text) else f"({text})"
            return form.Read(expr.shape, expr.span, variable)
        return rebuild(expr, lambda part: self._prepared(part, ready))


class _Operand(str):
    """The text of an operand. As `{0:atom}` it gets parentheses unless it is a path or has them already: in
    JSONata `$rows[$i][0]` is no item of `$rows[$i]`, `($rows[$i])[0]` is."""

    __slots__ = ()

    def __format__(self, spec: str) -> str:
        if spec != "atom" or _ATOM.fullmatch(self) or _is_block(self):
            return str(self)
        return f"({self})"


def _is_block(text: str) -> bool:
    """Whether one pair of parentheses encloses the whole text.

    >>> _is_block("($a := 1; $a)"), _is_block("(1) + (2)")
    (True, False)
    """
    depth, quote = 0, ""
    for at, char in enumerate(text):
        if quote:
            quote = "" if char == quote else quote
        elif char in "'\"":
            quote = char
        elif char in "()":
            depth += 1 if char == "(" else -1
            if depth == 0:
                return text[0] == "(" and at == len(text) - 1
    return False
