"""Text of values: `format(x, ".2f")` and `repr(n)`."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any, Final

from ladle.compiler.language import form
from ladle.compiler.language.functions.taking import FunctionReader, takes
from ladle.compiler.language.reading import Reader
from ladle.compiler.language.shapes import is_poison
from ladle.compiler.language.texts import repr_of, shown
from ladle.wire import Shape

__all__ = ["FORMATS"]


def read_format(reader: Reader, node: ast.Call, expected: Shape | None) -> form.Expr:
    """`format(value, spec)`, with a spec known when compiling."""
    del expected
    if not takes(reader, node, 1, 2):
        return reader.poison(node)
    value = reader.expression(node.args[0])
    spec = reader.expression(node.args[1]) if len(node.args) > 1 else None
    if is_poison(value.shape) or (spec is not None and is_poison(spec.shape)):
        return reader.poison(node)
    text = "" if spec is None else spec.value if isinstance(spec, form.Const) else None
    if not isinstance(text, str):
        return reader.refuse("L107", node.args[1], "a format must be constant", "write it out")
    return shown(reader, node.args[0], value, "", text)


def read_repr(reader: Reader, node: ast.Call, expected: Shape | None) -> form.Expr:
    """`repr(value)`, of numbers and of plain text."""
    del expected
    if not takes(reader, node, 1, 1):
        return reader.poison(node)
    value = reader.expression(node.args[0])
    return value if is_poison(value.shape) else repr_of(reader, node.args[0], value)


FORMATS: Final[Mapping[Any, FunctionReader]] = {format: read_format, repr: read_repr}
