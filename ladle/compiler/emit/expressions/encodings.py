"""Hashes and base64. Evaluators take the characters of a text for bytes, or its UTF-8: the same for ASCII."""

from __future__ import annotations

from typing import Final

from ladle.compiler.emit.expressions.pieces import Piece, call, condition, error
from ladle.compiler.emit.expressions.printer import Printer, Rule, block
from ladle.compiler.emit.expressions.text import regex
from ladle.compiler.language.form import Op
from ladle.compiler.language.operations.encodings import BASE64

__all__ = ["RULES"]

_BEYOND: Final = regex(r"[^\u0000-\u007f]")
_FAULT: Final = error("UnicodeError", "base64 of text beyond ASCII")


def _hash(printer: Printer, op: Op) -> Piece:
    return call("hash", *map(printer.print, op.operands))


def _to_base64(printer: Printer, op: Op) -> Piece:
    text, bindings = printer.shared(op.operands[0], "s")
    return block(bindings, condition(call("contains", text, _BEYOND), _FAULT, call("base64encode", text)))


def _of_base64(printer: Printer, op: Op) -> Piece:
    text, bindings = printer.shared(op.operands[0], "s")
    plain, more = printer.named(call("base64decode", text), "plain")
    value = block(more, condition(call("contains", plain, _BEYOND), _FAULT, plain))
    test = call("contains", text, regex(f"^{BASE64.replace('/', chr(92) + '/')}$"))
    return block(bindings, condition(test, value, error("ValueError", "no base64")))


RULES: Final[dict[str, Rule]] = {
    "str.hash": _hash,
    "str.to_base64": _to_base64,
    "str.of_base64": _of_base64,
}
