"""JSON texts: `$string` quotes as Python's `json` does, except beyond ASCII.

An escape is written with the code of a character, which JSONata does not tell. `$encodeUrlComponent` gives
the bytes of its UTF-8, and `$number` reads them as hexadecimal numbers.
"""

from __future__ import annotations

from typing import Final

from ladle.compiler.emit.expressions.pieces import Piece, call, fn
from ladle.compiler.emit.expressions.printer import Printer, Rule, block
from ladle.compiler.emit.expressions.text import regex
from ladle.compiler.language.form import Op

__all__ = ["RULES"]

_BEYOND: Final = regex(r"[\ud800-\udbff][\udc00-\udfff]|[^\u0000-\u007e]")
"""What `json` escapes, for evaluators that see two surrogates and for those that see one character."""

_LEADING: Final = (0, 192 << 6, 224 << 12, 240 << 18)
"""What the leading bits of one to four bytes of UTF-8 add to the code."""


def _quoted(printer: Printer, op: Op) -> Piece:
    listed, bindings = printer.named(call("string", Piece(f"[{printer.print(op.operands[0]).text}]")), "j")
    inner = call("substring", listed, "1", Piece(f"{call('length', listed).text} - 2", 50))
    return block(bindings, inner)


def _ascii(printer: Printer, op: Op) -> Piece:
    found, number, code, one, escaped = map(printer.fresh, ("c", "b", "n", "u", "e"))
    listed = f'$split($substring($encodeUrlComponent({found}.match), 1), "%")'
    read = call("map", listed, fn((one,), Piece(f'$number("0x" & {one})')))
    joined = call("reduce", number, fn((code, one), Piece(f"{code} * 64 + {one} % 64", 50)))
    escape = fn((one,), Piece(f'"\\\\u" & $pad($lowercase($formatBase({one}, 16)), -4, "0")'))
    pair = f"{escaped}(55296 + $floor(({code} - 65536) / 1024)) & {escaped}(56320 + {code} % 1024)"
    bindings = (
        f"{number} := [{read.text}]",
        f"{code} := {joined.text} - {list(_LEADING)}[$count({number}) - 1]",
        f"{escaped} := {escape.text}",
    )
    body = block(bindings, Piece(f"{code} < 65536 ? {escaped}({code}) : {pair}", 20))
    return call("replace", printer.print(op.operands[0]), _BEYOND, fn((found,), body))


RULES: Final[dict[str, Rule]] = {
    "json.str": _quoted,
    "json.texts": lambda printer, op: call("string", printer.print(op.operands[0])),
    "json.ascii": _ascii,
}
