"""Rounding to digits, exactly: `round(x, 2)`, `f"{x:.2f}"`, `f"{x:.1%}"`.

Python rounds the exact value of a double, half to even: 2.675 is a little less than that, and gives 2.67.
JSONata's `$round` and `$formatNumber` round the shortest decimal text instead, and give 2.68. So the fraction
f of |x| is multiplied by 10**d, and only where the product p is a half exactly, what the multiplication lost
decides: its error is a double too, found by splitting f in two halves of 26 bits (T. J. Dekker, A
floating-point technique for extending the available precision, 1971). Everything else is exact: the whole
part, the fraction, p minus its whole part, and 10**d, whose odd part 5**d has 21 bits at most.
"""

from __future__ import annotations

from typing import Final

from ladle.compiler.emit.expressions.bounds import bounds
from ladle.compiler.emit.expressions.formats import signed
from ladle.compiler.emit.expressions.pieces import Piece, binary, call, condition, constant, error
from ladle.compiler.emit.expressions.printer import Printer, Rule, block
from ladle.compiler.language.form import Const, Expr, Op
from ladle.compiler.language.operations.formats import FormatSpec, parse_format
from ladle.wire import LARGEST_INTEGER, FloatShape

__all__ = ["RULES", "is_negative"]

_LARGEST: Final = constant(LARGEST_INTEGER)
_TOO_BIG: Final = error("OverflowError", "digits past 2**53")
_SPLIT: Final = 2**27 + 1
"""Times this, a double falls apart in two halves of 26 bits."""


def _parts(printer: Printer, size: Piece, digits: int) -> tuple[Piece, Piece, tuple[str, ...]]:
    """The whole part of a number of that size, and its rounded fraction in units of the last digit.

    The fraction may be a whole (`10**digits`); the third value binds what they use.
    """
    whole, fraction, product, units = (printer.fresh(wish) for wish in ("whole", "f", "p", "n"))
    half = printer.fresh("h")
    scale = 10**digits
    lost = (
        f"({half} := {fraction} * {_SPLIT}; {half} := {half} - ({half} - {fraction}); "
        f"{half} * {scale} - {product} + ({fraction} - {half}) * {scale})"
    )
    rest, error_ = printer.fresh("rest"), printer.fresh("lost")
    tie = f"({error_} := {lost}; {error_} > 0 or {error_} = 0 and {units} % 2 = 1)"
    bindings = (
        f"{whole} := $floor({size.text})",
        f"{fraction} := {size.within(50)} - {whole}",
        f"{product} := {fraction} * {scale}",
        f"{units} := $floor({product})",
        f"{rest} := {product} - {units}",
        f"{units} := {rest} > 0.5 or {rest} = 0.5 and {tie} ? {units} + 1 : {units}",
    )
    return Piece(whole), Piece(units), bindings


def _checked(test: Piece | None, body: Piece) -> Piece:
    return body if test is None else condition(test, _TOO_BIG, body)


def _round(printer: Printer, op: Op) -> Piece:
    value, digits_expr = op.operands
    assert isinstance(digits_expr, Const)
    digits = int(digits_expr.value)
    low, high = bounds(value, printer.known)
    scale = 10**digits
    number, bindings = printer.shared(value, "x")
    size, more = (number, ()) if low >= 0 else printer.named(call("abs", number), "size")
    fits = max(abs(low), abs(high)) * scale <= LARGEST_INTEGER
    scaled = binary("*", size, str(scale)) if digits else size
    test = None if fits else binary(">", scaled, _LARGEST)
    if not isinstance(value.shape, FloatShape):
        return block((*bindings, *more), _checked(test, number))
    if not digits:
        return block((*bindings, *more), _checked(test, call("round", number)))
    whole, units, steps = _parts(printer, size, digits)
    result = binary("/", binary("+", binary("*", whole, str(scale)), units), str(scale))
    if low < 0:
        minus = Piece(f"-{result.within(70)}", 70)
        result = condition(binary("<", number, "0"), minus, result)
    return block((*bindings, *more), _checked(test, block(steps, result)))


# ---------------------------------------------------------------------------------------------- text


def _format(printer: Printer, op: Op) -> Piece:
    value, spec_expr = op.operands
    assert isinstance(spec_expr, Const)
    spec = parse_format("float", spec_expr.value)
    percent = spec.code == "%"
    number = printer.print(value)
    low, high = bounds(value, printer.known)
    if percent:
        number, low, high = binary("*", number, "100"), low * 100, high * 100
    number, bindings = printer.named(number, "x")
    negative = is_negative(printer, value)
    size, more = (number, ()) if negative is None else printer.named(call("abs", number), "size")
    fits = max(abs(low), abs(high)) <= LARGEST_INTEGER
    test = None if fits else binary(">", size, _LARGEST)
    digits, steps = _digits(printer, size, spec, isinstance(value.shape, FloatShape) or percent)
    if percent:
        digits = binary("&", digits, '"%"')
    body = block(steps, signed(digits, negative, spec, printer))
    return block((*bindings, *more), _checked(test, body))


def _digits(printer: Printer, size: Piece, spec: FormatSpec, floats: bool) -> tuple[Piece, tuple[str, ...]]:
    """The digits of a number that is not negative, with its point."""
    precision = spec.precision or 0
    if not floats:
        zeros = f'".{"0" * precision}"'
        return (binary("&", _whole(size, spec), zeros) if precision else _whole(size, spec)), ()
    if not precision:
        return _whole(call("round", size), spec), ()
    whole, units, steps = _parts(printer, size, precision)
    carry = printer.fresh("carry")
    steps = (*steps, f"{carry} := {units.text} = {10**precision} ? 1 : 0")
    fraction = binary("-", units, binary("*", carry, str(10**precision)))
    padded = call("pad", call("string", fraction), str(-precision), '"0"')
    return binary("&", _whole(binary("+", whole, carry), spec), '"."', padded), steps


def _whole(number: Piece, spec: FormatSpec) -> Piece:
    if not spec.group:
        return call("formatBase", number)
    text = call("formatNumber", number, '"#,##0"')
    return call("replace", text, '","', '"_"') if spec.group == "_" else text


def is_negative(printer: Printer, value: Expr) -> Piece | None:
    """Whether the sign of a float is a minus, also that of a zero; None for never.

    A zero has the sign that its factors give it. Other zeros have none: `language.zeros` sees to that.
    """
    match value:
        case Op(name="float.neg", operands=(inner,)):
            sign = is_negative(printer, inner)
            return Piece("true") if sign is None else call("not", sign)
        case Op(name="float.round" | "float.of_int" | "float.of_float", operands=(inner, *_)):
            return is_negative(printer, inner)
        case Op(name="float.mul" | "float.div", operands=(left, right)):
            first, second = is_negative(printer, left), is_negative(printer, right)
            if first is None or second is None:
                return second if first is None else first
            return binary("!=", Piece(f"({first.text})"), Piece(f"({second.text})"))
        case _:
            if bounds(value, printer.known)[0] >= 0:
                return None
            return binary("<", printer.print(value), "0")


def _kept(printer: Printer, op: Op) -> Piece:
    (value,) = op.operands
    negative = is_negative(printer, value)
    if negative is None or not isinstance(value.shape, FloatShape):
        return printer.print(value)
    number, bindings = printer.named(printer.print(value), "x")
    lost = binary("and", binary("=", number, "0"), negative)
    fault = error("ValueError", "a zero that would lose its sign")
    return block(bindings, condition(lost, fault, number))


RULES: Final[dict[str, Rule]] = {"float.round": _round, "float.format": _format, "float.kept": _kept}
