"""Operations on numbers.

Integers are exact below 2**53 and stop the run beyond (`OverflowError`), where nothing shows that they stay
below. Floats are IEEE doubles on both sides; `+ 0` makes the evaluator refuse an infinity, which JSON does
not have.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Final

from ladle.compiler.emit.expressions.bounds import bounds, unclipped
from ladle.compiler.emit.expressions.pieces import Piece, binary, call, condition, constant, error
from ladle.compiler.emit.expressions.printer import Printer, Rule, block, is_simple
from ladle.compiler.language.form import Const, Expr, Op
from ladle.wire import LARGEST_INTEGER, FloatShape

__all__ = ["RULES"]

_ZERO: Final = Piece("0")
_LARGEST: Final = constant(LARGEST_INTEGER)
_TOO_BIG: Final = error("OverflowError", "int past 2**53")
_ARITHMETIC: Final = {"add": "+", "sub": "-", "mul": "*", "div": "/"}
_COMPARISONS: Final = {"lt": "<", "le": "<=", "gt": ">", "ge": ">="}


def _int_arithmetic(printer: Printer, op: Op) -> Piece:
    sign = _ARITHMETIC[op.name.partition(".")[2]]
    left, right = (printer.print(operand) for operand in op.operands)
    low, high = unclipped(op, printer.known)
    result = binary(sign, left, right)
    if low >= -LARGEST_INTEGER and high <= LARGEST_INTEGER:
        return result
    variable, step = op.operands
    if op.name == "int.add" and isinstance(variable, Const):
        variable, step = step, variable
    if op.name != "int.mul" and isinstance(step, Const) and is_simple(variable):
        shift = step.value if op.name == "int.add" else -step.value
        operand = printer.print(variable)
        if shift > 0:
            test = binary(">", operand, constant(LARGEST_INTEGER - shift))
        else:
            test = binary("<", operand, constant(-LARGEST_INTEGER - shift))
        return condition(test, _TOO_BIG, result)
    return _exact(printer, op, result, low, high)


def _exact(printer: Printer, op: Op, result: Piece, low: float, high: float) -> Piece:
    """The result, refused beyond the exact integers. Doubles around 2**53 are still far from rounding back
    below."""
    bindings: tuple[str, ...] = ()
    if not all(is_simple(operand) for operand in op.operands) or "?" in result.text:
        result, bindings = printer.named(result, "i")
    if high <= LARGEST_INTEGER:
        test = binary("<", result, constant(-LARGEST_INTEGER))
    elif low >= -LARGEST_INTEGER:
        test = binary(">", result, _LARGEST)
    else:
        test = binary(">", call("abs", result), _LARGEST)
    return block(bindings, condition(test, _TOO_BIG, result))


def _float_arithmetic(printer: Printer, op: Op) -> Piece:
    limit = sys.float_info.max
    low, high = unclipped(op, printer.known)
    finite = -limit <= low and high <= limit
    return _floats(printer, op, _same if finite else lambda piece: binary("+", piece, _ZERO))


def _floats(printer: Printer, op: Op, finish: Callable[[Piece], Piece]) -> Piece:
    """Float arithmetic; `finish` has the last word on a result that may be infinite.

    An operator around it would refuse an infinity by itself (D1001).
    """
    left, right = op.operands
    dividend = _operand(printer, left)
    if op.name == "float.div":
        return divided(printer, right, lambda by: finish(binary("/", dividend, by)), "division by zero")
    return finish(binary(_ARITHMETIC[op.name.partition(".")[2]], dividend, _operand(printer, right)))


def _operand(printer: Printer, operand: Expr) -> Piece:
    if isinstance(operand, Op) and operand.name in ("float.add", "float.sub", "float.mul", "float.div"):
        return _floats(printer, operand, _same)
    return printer.print(operand)


def _same(piece: Piece) -> Piece:
    return piece


def divided(printer: Printer, divisor: Expr, quotient: Callable[[Piece], Piece], message: str) -> Piece:
    """`quotient` of the divisor, guarded unless the divisor is known not to be zero."""
    low, high = bounds(divisor, printer.known)
    if low > 0 or high < 0:
        return quotient(printer.print(divisor))
    by, bindings = printer.shared(divisor, "divisor")
    fault = error("ZeroDivisionError", message)
    return block(bindings, condition(binary("=", by, _ZERO), fault, quotient(by)))


def _floordiv(printer: Printer, op: Op) -> Piece:
    """Exact: no quotient of two integers below 2**53 rounds up to the next integer."""
    dividend = printer.print(op.operands[0])
    message = "integer division or modulo by zero"
    return divided(printer, op.operands[1], lambda by: call("floor", binary("/", dividend, by)), message)


def _mod(printer: Printer, op: Op) -> Piece:
    """Python's sign, that of the divisor; JSONata's is that of the dividend."""
    dividend, divisor = op.operands
    low, high = bounds(divisor, printer.known)
    message = "integer division or modulo by zero"
    above = printer.print(dividend)
    if bounds(dividend, printer.known)[0] >= 0 and low >= 0:
        return divided(printer, divisor, lambda by: binary("%", above, by), message)
    if low > 0 and high < 2**52 and is_simple(divisor):
        by = printer.print(divisor)
        return binary("%", binary("+", binary("%", above, by), by), by)
    by, bindings = printer.shared(divisor, "divisor")
    rest, more = printer.named(binary("%", above, by), "rest")
    signs = binary("!=", binary("<", rest, _ZERO), binary("<", by, _ZERO))
    wrong = binary("and", binary("!=", rest, _ZERO), signs)
    value = block(more, condition(wrong, binary("+", rest, by), rest))
    if low > 0 or high < 0:
        return block(bindings, value)
    return block(bindings, condition(binary("=", by, _ZERO), error("ZeroDivisionError", message), value))


def _negative(printer: Printer, op: Op) -> Piece:
    return Piece(f"-{printer.print(op.operands[0]).within(70)}", 70)


def _rounded(function: str) -> Rule:
    def rule(printer: Printer, op: Op) -> Piece:
        (operand,) = op.operands
        if not isinstance(operand.shape, FloatShape):
            return printer.print(operand)
        low, high = unclipped(op, printer.known)
        if low >= -LARGEST_INTEGER and high <= LARGEST_INTEGER:
            value, bindings = (
                printer.shared(operand, "x") if function == "truncate" else (printer.print(operand), ())
            )
            return block(bindings, _round(function, value))
        value, bindings = printer.shared(operand, "x")
        test = binary(">", call("abs", value), _LARGEST)
        return block(bindings, condition(test, _TOO_BIG, _round(function, value)))

    return rule


def _round(function: str, value: Piece) -> Piece:
    if function != "truncate":
        return call(function, value)
    return condition(binary("<", value, _ZERO), call("ceil", value), call("floor", value))


def _compared(sign: str) -> Rule:
    return lambda printer, op: binary(sign, *map(printer.print, op.operands))


def _extreme(function: str) -> Rule:
    return lambda printer, op: call(
        function, f"[{', '.join(printer.print(each).text for each in op.operands)}]"
    )


def _sqrt(printer: Printer, op: Op) -> Piece:
    (operand,) = op.operands
    if bounds(operand, printer.known)[0] >= 0:
        return call("sqrt", printer.print(operand))
    value, bindings = printer.shared(operand, "x")
    fault = error("ValueError", "math domain error")
    return block(bindings, condition(binary("<", value, _ZERO), fault, call("sqrt", value)))


RULES: Final[dict[str, Rule]] = {
    "int.add": _int_arithmetic,
    "int.count": lambda printer, op: binary("+", *map(printer.print, op.operands)),
    "int.sub": _int_arithmetic,
    "int.mul": _int_arithmetic,
    "int.floordiv": _floordiv,
    "int.mod": _mod,
    "int.neg": _negative,
    "int.abs": lambda printer, op: call("abs", printer.print(op.operands[0])),
    "int.of_bool": lambda printer, op: condition(printer.print(op.operands[0]), Piece("1"), Piece("0")),
    "int.of_float": _rounded("truncate"),
    "int.round": _rounded("round"),
    "int.floor": _rounded("floor"),
    "int.ceil": _rounded("ceil"),
    "float.add": _float_arithmetic,
    "float.sub": _float_arithmetic,
    "float.mul": _float_arithmetic,
    "float.div": _float_arithmetic,
    "float.neg": _negative,
    "float.abs": lambda printer, op: call("abs", printer.print(op.operands[0])),
    "float.sqrt": _sqrt,
    "float.of_int": lambda printer, op: printer.print(op.operands[0]),
    "float.of_float": lambda printer, op: printer.print(op.operands[0]),
    **{f"num.{verb}": _compared(sign) for verb, sign in _COMPARISONS.items()},
    "num.min": _extreme("min"),
    "num.max": _extreme("max"),
}
