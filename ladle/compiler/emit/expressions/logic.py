"""Truth, equality, and the tests of conditions; `not` goes into the test where JSONata has the opposite
operator."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from ladle.compiler.emit.expressions.pieces import Piece, binary, call, condition, quote
from ladle.compiler.emit.expressions.printer import Printer, Rule, block
from ladle.compiler.emit.expressions.regexes import is_found
from ladle.compiler.language.form import Op
from ladle.compiler.language.operations import failures

__all__ = ["RULES"]

_OPPOSITE: Final = {
    "eq": "!=",
    "ne": "=",
    "num.lt": ">=",
    "num.le": ">",
    "num.gt": "<=",
    "num.ge": "<",
    "date.lt": ">=",
    "date.le": ">",
    "date.gt": "<=",
    "date.ge": "<",
}


def _compared(sign: str) -> Rule:
    return lambda printer, op: binary(sign, *map(printer.print, op.operands))


def _is_none(printer: Printer, op: Op) -> Piece:
    if isinstance(found := op.operands[0], Op) and found.name == "re.found":
        return is_found(printer, found, False)
    return binary("=", printer.print(op.operands[0]), "null")


def _measure(printer: Printer, op: Op) -> tuple[Piece, str]:
    """What tells the truth of a value, and what it is when the value is false."""
    operand = op.operands[0]
    match op.name:
        case "truth.str":
            return printer.print(operand), '""'
        case "truth.number":
            return printer.print(operand), "0"
        case "truth.list":
            return call("count", printer.items(operand)), "0"
        case _:
            return call("count", call("keys", printer.print(operand))), "0"


def _truth(printer: Printer, op: Op) -> Piece:
    measure, empty = _measure(printer, op)
    return binary(">" if op.name in ("truth.list", "truth.dict") else "!=", measure, empty)


def _not(printer: Printer, op: Op) -> Piece:
    (operand,) = op.operands
    if isinstance(operand, Op):
        if operand.name in _OPPOSITE:
            return binary(_OPPOSITE[operand.name], *map(printer.print, operand.operands))
        if operand.name.startswith("truth."):
            return binary("=", *_measure(printer, operand))
        if operand.name == "is_none":
            if isinstance(found := operand.operands[0], Op) and found.name == "re.found":
                return is_found(printer, found, True)
            return binary("!=", printer.print(operand.operands[0]), "null")
        if operand.name == "bool.not":
            return printer.print(operand.operands[0])
    return call("not", printer.print(operand))


def _joined(sign: str) -> Rule:
    """`and` and `or` do not evaluate what they do not need (jsonata 2.0.6, `evaluateBooleanExpression`)."""
    return lambda printer, op: binary(sign, *map(printer.print, op.operands))


def _enum_member(printer: Printer, op: Op) -> Piece:
    """The value, where it is among those of the members."""
    value, bindings = printer.held(op.operands[0], "value")
    (failure,) = failures(replace(op, operands=(value, *op.operands[1:])))
    there = binary("in", printer.print(value), printer.print(op.operands[1]))
    message = binary("&", quote("ValueError: "), printer.print(failure.message))
    return block(bindings, condition(there, printer.print(value), call("error", message)))


RULES: Final[dict[str, Rule]] = {
    "enum.member": _enum_member,
    "eq": _compared("="),
    "ne": _compared("!="),
    "is_none": _is_none,
    "json.type": lambda printer, op: call("type", printer.print(op.operands[0])),
    "bool.not": _not,
    "bool.and": _joined("and"),
    "bool.or": _joined("or"),
    "truth.str": _truth,
    "truth.number": _truth,
    "truth.list": _truth,
    "truth.dict": _truth,
    "date.lt": _compared("<"),
    "date.le": _compared("<="),
    "date.gt": _compared(">"),
    "date.ge": _compared(">="),
}
