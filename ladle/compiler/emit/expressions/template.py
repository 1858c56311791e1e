"""JSON templates: what stands in a state's fields, with `{% … %}` only where something is computed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ladle.compiler.language.form import Const, Expr, MakeList, MakeObject, Spread

__all__ = ["make_template"]


def make_template(expr: Expr, leaf: Callable[[Expr], str]) -> Any:
    """The expression as JSON: displays and constants as they are, everything else a `leaf`.

    Objects are templates, not JSONata constructors: `{'a': $missing}` would silently give `{}`.
    """
    match expr:
        case MakeObject(entries=entries) if not any(_awkward(key) for key, _ in entries):
            return {key: make_template(value, leaf) for key, value in entries}
        case MakeList(items=items) if not any(isinstance(item, Spread) for item in items):
            return [make_template(item, leaf) for item in items]
        case Const(value=value) if _is_plain(value):
            return value
        case Const(value=list() as items):
            return [make_template(Const(expr.shape, expr.span, item), leaf) for item in items]
        case Const(value=dict() as entries) if not any(map(_awkward, entries)):
            return {
                key: make_template(Const(expr.shape, expr.span, each), leaf) for key, each in entries.items()
            }
        case _:
            return leaf(expr)


def _awkward(key: str) -> bool:
    """Keys that might be read as something else: `name.$` is a path in JSONPath states, `__proto__` no key at
    all."""
    return key.endswith(".$") or key == "__proto__"


def _is_plain(value: Any) -> bool:
    """Whether the value is no container, and no text that could be taken for an expression."""
    return not isinstance(value, list | dict) and not (
        isinstance(value, str) and ("{%" in value or "%}" in value)
    )
