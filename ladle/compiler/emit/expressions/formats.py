"""Format specs of f-strings: text and whole numbers. Floats: `decimals`."""

from __future__ import annotations

from typing import Final

from ladle.compiler.emit.expressions.bounds import bounds
from ladle.compiler.emit.expressions.pieces import Piece, binary, call, condition, quote
from ladle.compiler.emit.expressions.printer import Printer, Rule, block
from ladle.compiler.emit.expressions.text import short
from ladle.compiler.language.form import Const, Op
from ladle.compiler.language.operations.formats import FormatSpec, parse_format

__all__ = ["RULES", "padded", "signed"]

_EMPTY: Final = Piece('""')
_BASES: Final = {"x": 16, "X": 16, "o": 8, "b": 2}


def padded(piece: Piece, width: int, align: str, fill: str, printer: Printer) -> Piece:
    """The text filled up to a width."""
    if not width:
        return piece
    arguments = () if fill == " " else (quote(fill),)
    match align:
        case "<":
            return call("pad", piece, str(width), *arguments)
        case ">":
            return call("pad", piece, str(-width), *arguments)
        case _:  # the odd one of a centred text stands on the right
            name, bindings = printer.named(piece, "s")
            half = call("floor", binary("/", binary("-", str(width), call("length", name)), "2"))
            left = binary("+", call("length", name), call("max", f"[0, {half.text}]"))
            inner = call("pad", name, Piece(f"-{left.within(70)}", 70), *arguments)
            return block(bindings, call("pad", inner, str(width), *arguments))


def signed(
    digits: Piece, negative: Piece | None, spec: FormatSpec, printer: Printer, prefix: str = ""
) -> Piece:
    """The digits of a number with its sign, filled up: the fill of `=` stands between sign and digits.

    `negative` tells whether the sign is a minus; None for never. `prefix` is `0x` or the like.
    """
    plus = {"-": "", "+": "+", " ": " "}[spec.sign] + prefix
    sign = Piece(quote(plus))
    if negative is not None:
        sign = condition(negative, Piece(quote("-" + prefix)), sign)
    if sign == _EMPTY:
        return padded(digits, spec.width, ">" if spec.align == "=" else spec.align, spec.fill, printer)
    if spec.align != "=":
        return padded(binary("&", sign, digits), spec.width, spec.align, spec.fill, printer)
    name, bindings = printer.named(sign, "sign")
    if spec.width <= 1:
        return block(bindings, binary("&", name, digits))
    fill = () if spec.fill == " " else (quote(spec.fill),)
    narrow = binary("-", call("length", name), str(spec.width))
    return block(bindings, binary("&", name, call("pad", digits, call("min", f"[0, {narrow.text}]"), *fill)))


def _format_str(printer: Printer, op: Op) -> Piece:
    value, spec_expr = op.operands
    assert isinstance(spec_expr, Const)
    spec = parse_format("str", spec_expr.value)
    piece = printer.print(value)
    if spec.precision is not None:
        piece = call("substring", piece, "0", str(spec.precision))
    return padded(piece, spec.width, spec.align, spec.fill, printer)


def _format_int(printer: Printer, op: Op) -> Piece:
    value, spec_expr = op.operands
    assert isinstance(spec_expr, Const)
    spec = parse_format("int", spec_expr.value)
    number, bindings = printer.shared(value, "n")
    natural = bounds(value, printer.known)[0] >= 0
    size = number if natural else call("abs", number)
    prefix = f"0{spec.code}" if spec.alternate else ""
    bare = not natural and spec.sign == "-" and spec.align != "=" and not prefix
    shown = number if bare else size  # what is printed with its own minus
    decimal = "string" if short(value, printer) else "formatBase"
    if spec.code in _BASES:
        digits = call("formatBase", shown, str(_BASES[spec.code]))
        digits = call("uppercase", digits) if spec.code == "X" else digits
    elif spec.group:
        digits = call("formatNumber", shown, '"#,##0"')
        if spec.group == "_":
            digits = call("replace", digits, '","', '"_"')
    else:
        digits = call(decimal, shown)
    if bare:
        return block(bindings, padded(digits, spec.width, spec.align, spec.fill, printer))
    negative = None if natural else binary("<", number, "0")
    return block(bindings, signed(digits, negative, spec, printer, prefix))


RULES: Final[dict[str, Rule]] = {"str.format_int": _format_int, "str.format_str": _format_str}
