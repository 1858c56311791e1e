"""The text of a float, as `str(x)` gives it: the fewest digits that give the float back, the nearest of them.

`$string` shows 15 digits. Where they give the float back they are its text: no other decimal of 15 digits
does. Else there are 16 or 17. The fraction is taken apart into three numbers of 22 bits, 66 in all, which is
every bit of a float from 0.0001 on. Each step of multiplying them by 10**8 is exact in doubles, and yields
eight decimals. The 24 decimals, and whether anything is left after them, round to 16 digits half to even; if
those do not give the float back, 17 digits do (IEEE 754: 17 always do). Floats that Python writes with an
exponent stop the run.
"""

from __future__ import annotations

from typing import Final

from ladle.compiler.emit.expressions.bounds import bounds
from ladle.compiler.emit.expressions.decimals import is_negative
from ladle.compiler.emit.expressions.pieces import Piece, binary, call, condition, error
from ladle.compiler.emit.expressions.printer import Printer, Rule, block
from ladle.compiler.language.form import Op
from ladle.compiler.language.operations.decimals import FEWEST, MOST

__all__ = ["RULES"]

_EXPONENT: Final = error("OverflowError", "the text of a float that needs an exponent")
_LIMB: Final = 2**22
_STEP: Final = 10**8


def _of_float(printer: Printer, op: Op) -> Piece:
    (value,) = op.operands
    number, bindings = printer.shared(value, "x")
    negative = is_negative(printer, value)
    size, more = (number, ()) if negative is None else printer.named(call("abs", number), "size")
    low, high = bounds(value, printer.known)
    whole = binary("&", call("formatBase", size), '".0"')
    text, short = printer.named(call("string", size), "s")
    fraction = block(short, condition(_gives(text, size), text, _long(printer, size)))
    shown = condition(binary("=", call("floor", size), size), whole, fraction)
    shown = condition(_outside(size, max(abs(low), abs(high)) >= MOST), _EXPONENT, shown)
    if negative is not None:
        sign = condition(negative, Piece('"-"'), Piece('""'))
        shown = binary("&", sign, Piece(f"({shown.text})"))
    return block((*bindings, *more), shown)


def _outside(size: Piece, large: bool) -> Piece:
    """Whether Python would write an exponent."""
    tiny = binary("and", binary("<", size, f"{FEWEST:f}".rstrip("0")), binary(">", size, "0"))
    return binary("or", binary(">=", size, str(int(MOST))), tiny) if large else tiny


def _gives(text: Piece, size: Piece) -> Piece:
    return binary("=", call("number", text), size)


def _long(printer: Printer, size: Piece) -> Piece:
    """The text of a fraction that 15 digits do not show."""
    names = ("w", "a", "b", "limbs", "more", "f", "p", "cut", "t")
    w, a, b, limbs, more, f, p, cut, t = map(printer.fresh, names)
    x = size.within(50)
    step = (
        f"function({limbs}) {{ ({t} := {limbs}[2] * {_STEP}; "
        f"{b} := {limbs}[1] * {_STEP} + $floor({t} / {_LIMB}); "
        f"{a} := {limbs}[0] * {_STEP} + $floor({b} / {_LIMB}); [{a} % {_LIMB}, {b} % {_LIMB}, {t} % {_LIMB}, "
        f'{limbs}[3] & $pad($string($floor({a} / {_LIMB})), -8, "0")]) }}'
    )
    d, r, half, m = map(printer.fresh, ("d", "r", "half", "m"))
    up = f"{r} > {half} or {r} = {half} and $contains({d}, /[13579]$/)"
    added = f"$replace({d}, /[0-8]9*$/, function({m}) {{ $string($number({m}.match) + 1) }})"
    cutting = (
        f"function({p}) {{ ({d} := $formatBase({w}) & $substring({f}, 0, {p}); {r} := $substring({f}, {p}); "
        f'{half} := $pad("5", 25 - {p}, "0"); {d} := {up} ? {added} : {d}; '
        f'$substring({d}, 0, $length({d}) - {p}) & "." & $substring({d}, -{p})) }}'
    )
    first = f"{x} < 0.001 ? 19 : {x} < 0.01 ? 18 : {x} < 0.1 ? 17 : 16"
    places = f"{w} > 0 ? $max([1, 16 - $length($formatBase({w}))]) : {first}"
    bindings = (
        f"{w} := $floor({size.text})",
        f"{a} := ({x} - {w}) * {_LIMB}",
        f"{b} := ({a} - $floor({a})) * {_LIMB}",
        f"{more} := {step}",
        f'{limbs} := {more}({more}({more}([$floor({a}), $floor({b}), ({b} - $floor({b})) * {_LIMB}, ""])))',
        f'{f} := {limbs}[3] & ({limbs}[0] + {limbs}[1] + {limbs}[2] = 0 ? "0" : "1")',
        f"{cut} := {cutting}",
        f"{p} := {places}",
        f"{t} := {cut}({p})",
    )
    return block(bindings, condition(_gives(Piece(t), size), Piece(t), Piece(f"{cut}({p} + 1)")))


RULES: Final[dict[str, Rule]] = {"str.of_float": _of_float}
