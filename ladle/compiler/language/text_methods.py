"""Methods of text. Each row says which operation a method is, and what it takes."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Final

from ladle.compiler.language import form
from ladle.compiler.language.comprehensions import iterated, list_of
from ladle.compiler.language.formatting import format_method
from ladle.compiler.language.functions.encodings import encoded
from ladle.compiler.language.guards import operation
from ladle.compiler.language.operations.words import KINDS
from ladle.compiler.language.reading import Reader
from ladle.compiler.language.receiving import given, of_kind, one_of_kind, unknown, values_of
from ladle.compiler.language.rewriting import is_lazy
from ladle.compiler.language.shapes import INT, STR, is_poison, kind_of, show
from ladle.wire import ListShape, TupleShape

__all__ = ["TEXT_METHODS", "text_method"]

_PLAIN: Final[Mapping[str, tuple[tuple[str, ...], str]]] = {
    "upper": ((), "str.upper"),
    "lower": ((), "str.lower"),
    "title": ((), "str.title"),
    "capitalize": ((), "str.capitalize"),
    "swapcase": ((), "str.swapcase"),
    "casefold": ((), "str.casefold"),
    "find": (("str",), "str.find"),
    "rfind": (("str",), "str.rfind"),
    "index": (("str",), "str.position"),
    "rindex": (("str",), "str.rposition"),
    "count": (("str",), "str.count"),
    "removeprefix": (("str",), "str.removeprefix"),
    "removesuffix": (("str",), "str.removesuffix"),
    "partition": (("str",), "str.partition"),
    "rpartition": (("str",), "str.rpartition"),
    "splitlines": ((), "str.splitlines"),
}
"""Methods of text: the kinds of their arguments, and the operation."""


def text_method(reader: Reader, node: ast.Call, name: str, base: form.Expr) -> form.Expr:
    """`text.method(arguments)`."""
    read = _SPECIAL.get(name)
    if read is not None:
        return read(reader, node, name, base)
    if name in KINDS:
        kind = form.Const(STR, base.span, name)
        return reader.poison(node) if values_of(reader, node, ()) is None else operation(
            reader, node, "str.is_kind", base, kind
        )  # fmt: skip
    if name not in _PLAIN:
        return unknown(reader, node, "str", name, TEXT_METHODS)
    kinds, verb = _PLAIN[name]
    values = values_of(reader, node, kinds)
    return reader.poison(node) if values is None else operation(reader, node, verb, base, *values)


def _strip(reader: Reader, node: ast.Call, name: str, base: form.Expr) -> form.Expr:
    values = values_of(reader, node, ("constant",) if node.args else ())
    if values is None:
        return reader.poison(node)
    return operation(reader, node, f"str.{name}_chars" if values else f"str.{name}", base, *values)


def _split(reader: Reader, node: ast.Call, name: str, base: form.Expr) -> form.Expr:
    """`split` and `rsplit`, with a separator and with a number of cuts known when compiling."""
    arguments = given(reader, node, ("sep", "maxsplit"))
    if arguments is None:
        return reader.poison(node)
    separator_node, limit_node = arguments
    if (
        separator_node is not None
        and isinstance(separator_node, ast.Constant)
        and separator_node.value is None
    ):
        separator_node = None
    limit = -1 if limit_node is None else _constant_int(reader, limit_node)
    if limit is None:
        return reader.refuse("L417", limit_node or node, "`maxsplit` is a constant here", "write: maxsplit=1")
    if separator_node is None:
        if limit >= 0:
            hint = 'name the separator: s.split(" ", 1)'
            return reader.refuse("L417", node, "`maxsplit` needs a separator here", hint)
        return operation(reader, node, "str.split_space", base)
    separator = one_of_kind(reader, separator_node, reader.text(node.func), "str")
    if separator is None:
        return reader.poison(node)
    if limit < 0:
        return operation(reader, node, "str.split", base, separator)
    return operation(reader, node, f"str.{name}_max", base, separator, form.Const(INT, base.span, limit))


def _constant_int(reader: Reader, node: ast.expr) -> int | None:
    value = reader.expression(node)
    return value.value if isinstance(value, form.Const) and kind_of(value.shape) == "int" else None


def _replace(reader: Reader, node: ast.Call, name: str, base: form.Expr) -> form.Expr:
    del name
    arguments = given(reader, node, ("old", "new", "count"), 2)
    if arguments is None:
        return reader.poison(node)
    old_node, new_node, count_node = arguments
    assert old_node is not None
    assert new_node is not None
    called = reader.text(node.func)
    old = one_of_kind(reader, old_node, called, "str")
    new = one_of_kind(reader, new_node, called, "str")
    if old is None or new is None:
        return reader.poison(node)
    count = -1 if count_node is None else _constant_int(reader, count_node)
    known = isinstance(old, form.Const)
    if count is None or (count >= 0 and not (known and isinstance(old, form.Const) and old.value)):
        hint = 'write them out: s.replace("a", "b", 1)'
        return reader.refuse(
            "L417", count_node or node, "with a count, text and count are constants here", hint
        )
    if count >= 0:
        return operation(reader, node, "str.replace_max", base, old, new, form.Const(INT, base.span, count))
    return operation(reader, node, "str.replace" if known else "str.replace_any", base, old, new)


def _edge(reader: Reader, node: ast.Call, name: str, base: form.Expr) -> form.Expr:
    """`startswith` and `endswith` of a text, or of a tuple of them."""
    if len(node.args) != 1 or node.keywords:
        values_of(reader, node, ("str",))
        return reader.poison(node)
    value = reader.expression(node.args[0])
    if isinstance(value.shape, TupleShape) and all(kind_of(item) == "str" for item in value.shape.items):
        if isinstance(value, form.MakeList):
            parts = value.items
        elif isinstance(value, form.Const):
            parts = tuple(form.Const(STR, value.span, item) for item in value.value)
        else:
            return reader.refuse(
                "L417", node.args[0], f"`{name}` takes a tuple written out", 'write: ("a", "b")'
            )
        if not parts:
            return form.Const(operation(reader, node, "str.contains", base, base).shape, base.span, False)

        def any_of(held: form.Expr, *known: form.Expr) -> form.Expr:
            if len(known) < len(parts):  # a tuple is made whole before it is used
                return reader.bound(node, "part", parts[len(known)], lambda one: any_of(held, *known, one))
            tests = [operation(reader, node, f"str.{name}", held, part) for part in known]
            return tests[0] if len(tests) == 1 else operation(reader, node, "bool.or", *tests)

        return reader.bound(node, "text", base, any_of)
    part = of_kind(reader, node.args[0], value, reader.text(node.func), "str")
    return reader.poison(node) if part is None else operation(reader, node, f"str.{name}", base, part)


def _fill(reader: Reader, node: ast.Call, name: str, base: form.Expr) -> form.Expr:
    """`ljust`, `rjust`, `center` with a fill known when compiling."""
    if len(node.args) not in (1, 2) or node.keywords:
        values_of(reader, node, ("int",))
        return reader.poison(node)
    width = one_of_kind(reader, node.args[0], reader.text(node.func), "int")
    fill = reader.expression(node.args[1]) if len(node.args) == 2 else form.Const(STR, base.span, " ")
    if width is None or is_poison(fill.shape):
        return reader.poison(node)
    if not isinstance(fill, form.Const) or not isinstance(fill.value, str) or len(fill.value) != 1:
        return reader.refuse(
            "L417", node.args[1], f"the fill of `{name}` is one character", 'write it out: "."'
        )
    return operation(reader, node, f"str.{name}", base, width, fill)


def _zfill(reader: Reader, node: ast.Call, name: str, base: form.Expr) -> form.Expr:
    del name
    values = values_of(reader, node, ("int",))
    if values is None:
        return reader.poison(node)
    if not isinstance(values[0], form.Const):
        hint = 'write a number, or for text without a sign: s.rjust(width, "0")'
        return reader.refuse("L417", node.args[0], "the width of `zfill` is a constant here", hint)
    return operation(reader, node, "str.zfill", base, *values)


def _join(reader: Reader, node: ast.Call, name: str, base: form.Expr) -> form.Expr:
    del name
    argument = node.args[0] if len(node.args) == 1 else None
    if argument is not None and is_lazy(reader, argument):
        value = iterated(reader, argument)
    elif isinstance(argument, ast.GeneratorExp):
        value = list_of(reader, argument, lambda: reader.expression(argument.elt), calls=False)
    else:
        values = values_of(reader, node, ("list",))
        if values is None:
            return reader.poison(node)
        value = values[0]
    if is_poison(value.shape):
        return value
    assert isinstance(value.shape, ListShape)
    if kind_of(value.shape.item) not in ("str", "never"):
        return reader.refuse(
            "L417",
            argument or node,
            f"`join` takes a list of text, not `{show(value.shape)}`",
            'write: ", ".join([str(x) for x in xs])',
        )
    return operation(reader, node, "str.join", base, value)


def _format(reader: Reader, node: ast.Call, name: str, base: form.Expr) -> form.Expr:
    del name
    return format_method(reader, node, base)


_SPECIAL: Final[Mapping[str, Callable[[Reader, ast.Call, str, form.Expr], form.Expr]]] = {
    "format": _format,
    "strip": _strip,
    "lstrip": _strip,
    "rstrip": _strip,
    "split": _split,
    "rsplit": _split,
    "replace": _replace,
    "startswith": _edge,
    "endswith": _edge,
    "ljust": _fill,
    "rjust": _fill,
    "center": _fill,
    "zfill": _zfill,
    "join": _join,
    "encode": encoded,
}

TEXT_METHODS: Final = (*_PLAIN, *_SPECIAL, *KINDS)
"""Every method of text that the language has."""
