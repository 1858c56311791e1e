"""What methods receive: arguments by place or by name, each of its kind."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from ladle.compiler.language import form
from ladle.compiler.language.problems import nearest
from ladle.compiler.language.reading import Reader
from ladle.compiler.language.shapes import NULL, is_poison, kind_of, options, show
from ladle.compiler.language.values import refuse_none

__all__ = ["given", "of_kind", "one_of_kind", "unknown", "values_of"]


def unknown(reader: Reader, node: ast.Call, kind: str, name: str, known: tuple[str, ...]) -> form.Expr:
    near = nearest(name, known)
    rest = "or call a helper as a small task: inline(helper)(…)"
    hint = f"did you mean `{near}`?" if near else f"it has {', '.join(sorted(known))}; {rest}"
    return reader.refuse("L207", node.func, f"`{kind}` has no method `{name}` in the language", hint)


def values_of(reader: Reader, node: ast.Call, kinds: tuple[str, ...]) -> list[form.Expr] | None:
    """The arguments of a method, one of each kind; None where a problem was reported."""
    name = reader.text(node.func)
    if len(node.args) != len(kinds) or node.keywords:
        given = len(node.args) + len(node.keywords)
        code = "L203" if given < len(kinds) else "L202"
        count = f"{len(kinds)} argument{'s' * (len(kinds) != 1)}"
        reader.problem(code, node, f"`{name}` takes {count} here, {given} given", "give them by place")
        return None
    values: list[form.Expr] = []
    for argument, kind in zip(node.args, kinds, strict=True):
        value = reader.expression(argument)
        if is_poison(value.shape):
            return None
        if kind == "constant":
            if not isinstance(value, form.Const) or not isinstance(value.value, str):
                reader.problem(
                    "L417", argument, f"`{name}` takes a text known when compiling", 'write it out: "…"'
                )
                return None
        elif kind not in ("any", kind_of(value.shape)):
            if NULL in options(value.shape):
                refuse_none(reader, argument, value.shape)
            else:
                reader.problem(
                    "L417",
                    argument,
                    f"`{name}` takes `{kind}`, not `{show(value.shape)}`",
                    f"write {kind}(…)",
                )
            return None
        values.append(value)
    return values


def given(
    reader: Reader, node: ast.Call, names: Sequence[str], least: int = 0
) -> list[ast.expr | None] | None:
    """The arguments of a call by the names of its parameters, None for one left out; None after a problem."""
    called = reader.text(node.func)
    found: dict[str, ast.expr] = {}
    for place, argument in enumerate(node.args):
        if isinstance(argument, ast.Starred) or place >= len(names):
            what = f"`{called}` takes {len(names)} arguments here, {len(node.args)} given"
            reader.problem("L202", node, what, f"give {', '.join(names)}")
            return None
        found[names[place]] = argument
    for keyword in node.keywords:
        if keyword.arg is None or keyword.arg not in names:
            near = nearest(keyword.arg or "", names)
            hint = f"did you mean `{near}`?" if near else f"it takes {', '.join(names)}"
            reader.problem("L204", keyword, f"`{called}` does not take `{keyword.arg or '**'}` here", hint)
            return None
        if keyword.arg in found:
            reader.problem("L205", keyword, f"`{keyword.arg}` is given twice", "leave one out")
            return None
        found[keyword.arg] = keyword.value
    missing = [name for name in names[:least] if name not in found]
    if missing:
        reader.problem(
            "L203", node, f"`{called}` needs {', '.join(missing)}", f"give {', '.join(names[:least])}"
        )
        return None
    return [found.get(name) for name in names]


def one_of_kind(reader: Reader, node: ast.expr, called: str, *kinds: str) -> form.Expr | None:
    """The value of one argument, which must be of one of the kinds; None after a problem."""
    return of_kind(reader, node, reader.expression(node), called, *kinds)


def of_kind(reader: Reader, node: ast.expr, value: form.Expr, called: str, *kinds: str) -> form.Expr | None:
    """The value, which must be of one of the kinds; None after a problem."""
    if is_poison(value.shape):
        return None
    if kind_of(value.shape) in kinds:
        return value
    if NULL in options(value.shape) and value.shape != NULL:
        refuse_none(reader, node, value.shape)
        return None
    wanted = " or ".join(f"`{kind}`" for kind in kinds)
    reader.problem(
        "L417", node, f"`{called}` takes {wanted}, not `{show(value.shape)}`", f"write {kinds[0]}(…)"
    )
    return None
