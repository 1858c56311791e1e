"""Lists of a certain length: what they are taken apart into, handed to, or gone over with."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from ladle.compiler.emit.expressions.pieces import Piece, binary, call, condition, error
from ladle.compiler.emit.expressions.printer import Printer, Rule, block, failing
from ladle.compiler.language.form import Const, Op
from ladle.compiler.language.operations import failures

__all__ = ["RULES"]


def _sized(printer: Printer, op: Op) -> Piece:
    """The list, of as many items as there are names for them."""
    items, bindings = printer.held(op.operands[0], "list")
    (failure,) = failures(replace(op, operands=(items, op.operands[1])))
    return block(bindings, failing(printer, failure, printer.print(items)))


def _arguments(printer: Printer, op: Op) -> Piece:
    items, bindings = printer.shared(op.operands[0], "list")
    size = op.operands[1]
    assert isinstance(size, Const)
    fits = binary("=", call("count", items), printer.print(size))
    error = call("error", f'"TypeError: `*` takes {size.value} arguments here"')
    return block(bindings, condition(fits, items, error))


def _at_most(printer: Printer, op: Op) -> Piece:
    items, bindings = printer.shared(op.operands[0], "list")
    most = op.operands[1]
    assert isinstance(most, Const)
    few = binary("<=", call("count", items), printer.print(most))
    fault = error("ValueError", f"each: more than {most.value:,} items")
    return block(bindings, condition(few, items, fault))


def _zip_strict(printer: Printer, op: Op) -> Piece:
    """`zip(…, strict=True)`: lists of one length, item by item."""
    held = [printer.held(operand, "list") for operand in op.operands]
    operands = tuple(each for each, _ in held)
    (failure,) = failures(replace(op, operands=operands))
    zipped = call("zip", *map(printer.print, operands))
    bindings = tuple(line for _, lines in held for line in lines)
    return block(bindings, failing(printer, failure, zipped))


RULES: Final[dict[str, Rule]] = {
    "list.exactly": _sized,
    "list.at_least": _sized,
    "list.arguments": _arguments,
    "list.at_most": _at_most,
    "list.zip_strict": _zip_strict,
}
