"""Chance: the draws themselves, and what is made of a draw."""

from __future__ import annotations

from typing import Final

from ladle.compiler.emit.expressions.bounds import bounds
from ladle.compiler.emit.expressions.lists import item_at
from ladle.compiler.emit.expressions.pieces import Piece, binary, call, condition, error
from ladle.compiler.emit.expressions.printer import Printer, Rule, block
from ladle.compiler.language.form import Const, Op
from ladle.compiler.language.operations.chance import SPREAD

__all__ = ["RULES"]

_EMPTY: Final = error("ValueError", "empty range for randrange()")
_TOO_MANY: Final = error("OverflowError", "int past 2**53")


def _drawn(printer: Printer, op: Op) -> Piece:
    draw, low_expr, high_expr = op.operands
    low, bindings = printer.shared(low_expr, "low")
    high, more = printer.shared(high_expr, "high")
    (least, low_most), (high_least, most) = (bounds(end, printer.known) for end in (low_expr, high_expr))
    size: Piece = binary("+", binary("-", high, low), "1")
    if isinstance(low_expr, Const) and isinstance(high_expr, Const):
        size = Piece(str(high_expr.value - low_expr.value + 1))
    elif isinstance(low_expr, Const):
        size = binary("-", high, str(low_expr.value - 1)) if low_expr.value != 1 else high
    result = _scaled(printer.print(draw), size)
    if not (isinstance(low_expr, Const) and low_expr.value == 0):
        result = binary("+", low, result)
    if most - least + 1 > SPREAD:
        result = condition(binary(">", size, str(SPREAD)), _TOO_MANY, result)
    if high_least < low_most:
        result = condition(binary("<", high, low), _EMPTY, result)
    return block((*bindings, *more), result)


def _scaled(draw: Piece, size: Piece) -> Piece:
    return call("floor", binary("*", draw, size))


def _drawn_below(printer: Printer, op: Op) -> Piece:
    draw, stop_expr = op.operands
    stop, bindings = printer.shared(stop_expr, "stop")
    result = _scaled(printer.print(draw), stop)
    if bounds(stop_expr, printer.known)[0] < 1:
        result = condition(binary("<", stop, "1"), _EMPTY, result)
    return block(bindings, result)


def _drawn_item(printer: Printer, op: Op) -> Piece:
    items, bindings = printer.shared(op.operands[0], "list")
    size = call("count", items)
    item = item_at(items, _scaled(printer.print(op.operands[1]), size))
    if isinstance(op.operands[0], Const) and op.operands[0].value:
        return block(bindings, item)
    fault = error("IndexError", "Cannot choose from an empty sequence")
    return block(bindings, condition(binary("=", size, "0"), fault, item))


RULES: Final[dict[str, Rule]] = {
    "uuid.new": lambda _printer, _op: call("uuid"),
    "random.draw": lambda _printer, _op: call("random"),
    "int.drawn": _drawn,
    "int.drawn_below": _drawn_below,
    "list.drawn": _drawn_item,
}
