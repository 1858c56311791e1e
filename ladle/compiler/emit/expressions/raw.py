"""Prints JSONata that stands ready, with its operands put in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ladle.compiler.emit.expressions.pieces import Piece
from ladle.compiler.emit.machine import Raw

if TYPE_CHECKING:
    from ladle.compiler.emit.expressions.printer import Printer
    from ladle.compiler.language.form import Expr

__all__ = ["print_raw", "text_of"]

_PATH = re.compile(r"\$\w+(\.\w+|\[[0-9]+\])*")
_ATOM = re.compile(rf"{_PATH.pattern}|[0-9]+|\[[^\[\]'\"]*\]")


def print_raw(printer: Printer, raw: Raw) -> Piece:
    """A Raw as a part of something else: in parentheses, unless it is a path or has them already."""
    text = text_of(printer, raw)
    if _PATH.fullmatch(text):
        return Piece(text, 80)
    return Piece(text if _is_block(text) else f"({text})")


def text_of(printer: Printer, expr: Expr) -> str:
    """The text of an expression that is a whole of its own."""
    if not isinstance(expr, Raw):
        return printer.print(expr).text
    return expr.name.format(*(_Operand(text_of(printer, one)) for one in expr.operands))


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
