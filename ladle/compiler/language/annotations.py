"""Annotations inside a function: of names, and of the parameters of a nested function."""

from __future__ import annotations

import ast
import typing

from ladle.compiler.language.reading import Reader
from ladle.compiler.language.shapes import NEVER, set_of
from ladle.wire import Shape, WireError, shape_of

__all__ = ["annotation"]


def annotation(reader: Reader, node: ast.expr) -> Shape | None:
    """The shape of an annotation inside a function; None where a problem was reported."""
    text = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ast.unparse(node)
    try:
        # As `typing.get_type_hints` does for annotations that are text.
        found = eval(text, dict(reader.frame.source.names))
        if found in (set, frozenset) or typing.get_origin(found) in (set, frozenset):
            items = typing.get_args(found)
            return set_of(shape_of(items[0]) if items else NEVER)
        return shape_of(found)
    except WireError as error:
        reader.problem("L402", node, f"`{text}`: {error.problem}", "change the annotation")
    except Exception as error:  # noqa: BLE001 - whatever the annotation raises is what is wrong with it
        reader.problem(
            "L402", node, f"`{text}` cannot be understood: {error}", "define or import the type at the top"
        )
    return None
