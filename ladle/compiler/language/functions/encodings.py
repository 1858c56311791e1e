"""Bytes and what is made of them: `text.encode()`, `hashlib.sha256(…).hexdigest()`, `base64.b64encode(…)`.

JSON has no bytes. Between two tasks they live as the text whose UTF-8 they are, and go through no door.
"""

from __future__ import annotations

import ast
import base64
import hashlib
from collections.abc import Callable, Mapping
from typing import Any, Final

from ladle.compiler.language import form
from ladle.compiler.language.functions.taking import FunctionReader
from ladle.compiler.language.guards import operation
from ladle.compiler.language.reading import Reader
from ladle.compiler.language.receiving import given, unknown, values_of
from ladle.compiler.language.shapes import BYTES, DIGEST, STR, is_poison, kind_of, show
from ladle.wire import RecordShape, Shape

__all__ = ["ENCODINGS", "bytes_method", "bytes_of", "digest_method", "encoded"]

_UTF_8: Final = ("utf-8", "utf8", "UTF-8", "UTF8")
_SMALL: Final = "do it in a helper that runs as a small task: inline(helper)(…)"


def bytes_of(reader: Reader, node: ast.AST, text: form.Expr) -> form.Expr:
    """The UTF-8 of a text."""
    return form.MakeObject(BYTES, reader.span(node), (("text", text),))


def _only(value: form.Expr) -> form.Expr:
    """The text that stands for a value: the one field of its record."""
    if isinstance(value, form.MakeObject):
        return value.entries[0][1]
    assert isinstance(value.shape, RecordShape)
    return form.FieldOf(STR, value.span, value, value.shape.fields[0].name)


def _plain_utf_8(reader: Reader, node: ast.Call) -> bool:
    """Whether `encode` or `decode` is called for UTF-8, strictly; a problem where it is not."""
    arguments = given(reader, node, ("encoding", "errors"))
    if arguments is None:
        return False
    for argument, known in zip(arguments, (_UTF_8, ("strict",)), strict=True):
        if argument is None:
            continue
        value = reader.expression(argument)
        if not isinstance(value, form.Const) or value.value not in known:
            reader.problem("L417", argument, f"`{reader.text(node.func)}` knows UTF-8 here", "leave it out")
            return False
    return True


def encoded(reader: Reader, node: ast.Call, name: str, base: form.Expr) -> form.Expr:
    """`text.encode()`."""
    del name
    return bytes_of(reader, node, base) if _plain_utf_8(reader, node) else reader.poison(node)


def bytes_method(reader: Reader, node: ast.Call, name: str, base: form.Expr) -> form.Expr:
    """`data.decode()`."""
    if name != "decode":
        return unknown(reader, node, "bytes", name, ("decode",))
    return _only(base) if _plain_utf_8(reader, node) else reader.poison(node)


def digest_method(reader: Reader, node: ast.Call, name: str, base: form.Expr) -> form.Expr:
    """`hashlib.sha256(…).hexdigest()`."""
    if name == "digest":
        hint = "write: hexdigest()"
        return reader.refuse(
            "L207", node.func, "the bytes of a digest are no UTF-8: JSON cannot hold them", hint
        )
    if name != "hexdigest":
        return unknown(reader, node, "hash", name, ("hexdigest",))
    return reader.poison(node) if values_of(reader, node, ()) is None else _only(base)


# ---------------------------------------------------------------------------------------------- hashes


def _bytes(reader: Reader, node: ast.Call, argument: ast.expr, also_text: bool = False) -> form.Expr | None:
    """The text of bytes that a function takes; None after a problem."""
    value = reader.expression(argument)
    if value.shape == BYTES:
        return _only(value)
    if kind_of(value.shape) == "str" and also_text:
        return value
    if not is_poison(value.shape):
        text = reader.text(argument)
        hint = f"write: {text}.encode()" if kind_of(value.shape) == "str" else "give it text.encode()"
        called = reader.text(node.func)
        reader.problem("L417", argument, f"`{called}` takes `bytes`, not `{show(value.shape)}`", hint)
    return None


def _hash(algorithm: str) -> FunctionReader:
    """`hashlib.sha256(data)`, for an algorithm that `$hash` has."""

    def read(reader: Reader, node: ast.Call, expected: Shape | None) -> form.Expr:
        del expected
        arguments = given(reader, node, ("data", "usedforsecurity"), 1)
        if arguments is None or arguments[0] is None:
            return reader.poison(node)
        text = _bytes(reader, node, arguments[0])
        if text is None:
            return reader.poison(node)
        name = form.Const(STR, reader.span(node), algorithm)
        digits = operation(reader, node, "str.hash", text, name)
        return form.MakeObject(DIGEST, reader.span(node), (("digits", digits),))

    return read


# ---------------------------------------------------------------------------------------------- base64


def _b64encode(reader: Reader, node: ast.Call, expected: Shape | None) -> form.Expr:
    """`base64.b64encode(data)`, whose result is bytes, and ASCII."""
    del expected
    return _coded(reader, node, lambda text: operation(reader, node, "str.to_base64", text))


def _urlsafe_b64encode(reader: Reader, node: ast.Call, expected: Shape | None) -> form.Expr:
    del expected

    def coded(text: form.Expr) -> form.Expr:
        result = operation(reader, node, "str.to_base64", text)
        for old, new in (("+", "-"), ("/", "_")):
            ends = (form.Const(STR, text.span, each) for each in (old, new))
            result = operation(reader, node, "str.replace", result, *ends)
        return result

    return _coded(reader, node, coded)


def _b64decode(reader: Reader, node: ast.Call, expected: Shape | None) -> form.Expr:
    """`base64.b64decode(data)`, of bytes or of text."""
    del expected
    if reader.takes(("Error", "ValueError", "Exception")):
        what = "whether this text is base64 cannot be asked beforehand, and the `try` would take its error"
        return reader.refuse("L201", node, what, _SMALL)
    return _coded(reader, node, lambda text: operation(reader, node, "str.of_base64", text), also_text=True)


def _coded(
    reader: Reader, node: ast.Call, change: Callable[[form.Expr], form.Expr], also_text: bool = False
) -> form.Expr:
    arguments = given(reader, node, ("s",), 1)
    if arguments is None or arguments[0] is None:
        return reader.poison(node)
    text = _bytes(reader, node, arguments[0], also_text)
    return reader.poison(node) if text is None else bytes_of(reader, node, change(text))


ENCODINGS: Final[Mapping[Any, FunctionReader]] = {
    hashlib.md5: _hash("MD5"),
    hashlib.sha1: _hash("SHA-1"),
    hashlib.sha256: _hash("SHA-256"),
    hashlib.sha384: _hash("SHA-384"),
    hashlib.sha512: _hash("SHA-512"),
    base64.b64encode: _b64encode,
    base64.standard_b64encode: _b64encode,
    base64.urlsafe_b64encode: _urlsafe_b64encode,
    base64.b64decode: _b64decode,
    base64.standard_b64decode: _b64decode,
}
