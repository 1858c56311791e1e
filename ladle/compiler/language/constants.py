"""Values that are known when compiling: literals, names of the module, calls of `Retry`, lists of such."""

from __future__ import annotations

import ast
from typing import Any

from ladle import declare
from ladle.compiler.language.names import MISSING, static
from ladle.compiler.language.reading import Reader

__all__ = ["known"]


def known(reader: Reader, node: ast.expr) -> Any:
    """The value of a constant expression; MISSING for one that is only known in a run."""
    match node:
        case ast.Constant():
            return node.value
        case ast.List() | ast.Tuple():
            items = [known(reader, item) for item in node.elts]
            return MISSING if any(item is MISSING for item in items) else items
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as value)):
            return -value
        case ast.Call() if static(reader, node.func) is declare.Retry:
            return _retry(reader, node)
        case _:
            return static(reader, node)


def _retry(reader: Reader, node: ast.Call) -> Any:
    args = [known(reader, each) for each in node.args]
    options = {each.arg: known(reader, each.value) for each in node.keywords}
    if any(each is MISSING for each in (*args, *options.values())) or None in options:
        return MISSING
    try:
        return declare.Retry(*args, **options)  # type: ignore[arg-type]
    except TypeError:
        return MISSING
