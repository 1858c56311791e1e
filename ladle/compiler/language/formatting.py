"""Text by a pattern: `"…".format(a, b=c)` and `"…" % (a, b)`, whose patterns are known when compiling."""

from __future__ import annotations

import ast
import itertools
import re
import string
from typing import Final

from ladle.compiler.language import form
from ladle.compiler.language.guards import operation
from ladle.compiler.language.reading import Reader
from ladle.compiler.language.shapes import BOOL, INT, STR, is_poison, kind_of, show
from ladle.compiler.language.texts import joined, shown
from ladle.wire import DictShape, RecordShape, TupleShape

__all__ = ["format_method", "percent"]

_FSTRING: Final = "write an f-string"


def format_method(reader: Reader, node: ast.Call, base: form.Expr) -> form.Expr:
    """`"{} of {total:03d}".format(n, total=m)`."""
    pattern = base.value if isinstance(base, form.Const) else None
    starred = any(isinstance(each, ast.Starred) for each in node.args) or any(
        keyword.arg is None for keyword in node.keywords
    )
    if not isinstance(pattern, str) or starred:
        what = "the pattern of `format` must be known, and which argument is which"
        return reader.refuse("L107", node, what, _FSTRING)
    parsed = _parsed(pattern)
    if isinstance(parsed, str):
        return reader.refuse("L107", node, f"the pattern of `format`: {parsed}", "correct it")
    used = [name for _, name, _, _ in parsed]

    def read(argument: ast.expr, name: str) -> tuple[ast.expr, form.Expr]:
        value = reader.expression(argument)
        return argument, reader.once(value, argument, "argument") if used.count(name) > 1 else value

    places = [read(argument, str(place)) for place, argument in enumerate(node.args)]
    names = {str(each.arg): read(each.value, str(each.arg)) for each in node.keywords}
    pieces: list[form.Expr] = []
    for literal, name, spec, conversion in parsed:
        if literal:
            pieces.append(form.Const(STR, base.span, literal))
        if name is None:
            continue
        found = names.get(name)
        if name.isdecimal() and int(name) < len(places):
            found = places[int(name)]
        if found is None or "{" in spec:
            what = f"`{{{name}}}` of the pattern is no argument that is known here"
            return reader.refuse("L107", node, what, _FSTRING)
        pieces.append(shown(reader, found[0], found[1], conversion, spec))
    return joined(reader, node, pieces)


def _parsed(pattern: str) -> list[tuple[str, str | None, str, str]] | str:
    """The literals, names, specs and conversions of a pattern, `{}` numbered; or what is wrong with it."""
    found: list[tuple[str, str | None, str, str]] = []
    counter = itertools.count()
    try:
        for literal, name, spec, conversion in string.Formatter().parse(pattern):
            number = str(next(counter)) if name == "" else name
            found.append((literal, number, spec or "", conversion or ""))
    except ValueError as error:
        return str(error)
    return found


_CODE: Final = re.compile(
    r"%(?:\((?P<name>[^)]*)\))?(?P<flags>[-+ 0#]*)(?P<width>[0-9]+)?(?:[.](?P<digits>[0-9]+))?(?P<code>.)",
    re.DOTALL,
)


def percent(reader: Reader, node: ast.AST, left: form.Expr, place: ast.expr, right: form.Expr) -> form.Expr:
    """`"%s of %03d" % (s, n)`."""
    if not isinstance(left, form.Const):
        return reader.refuse("L405", node, "the pattern of `%` must be known", _FSTRING)
    values = _values(reader, place, right)
    used = 0
    pieces: list[form.Expr] = []
    behind = 0
    for match in re.finditer(_CODE, left.value):
        pieces.append(form.Const(STR, left.span, left.value[behind : match.start()]))
        behind = match.end()
        if match["code"] == "%":
            pieces.append(form.Const(STR, left.span, "%"))
            continue
        if match["name"] is not None:
            value = _named(reader, place, right, match["name"])
        elif used < len(values):
            value = values[used]
            used += 1
        else:
            return reader.refuse("L405", node, "there are more `%` in the pattern than values", _FSTRING)
        pieces.append(value if is_poison(value.shape) else _by_code(reader, place, value, match))
    by_name = "(" in left.value and used == 0
    if used < len(values) and not by_name:
        return reader.refuse("L405", node, "there are more values than `%` in the pattern", _FSTRING)
    if "%" in left.value[behind:]:
        return reader.refuse("L405", node, "the pattern of `%` ends within a code", _FSTRING)
    pieces.append(form.Const(STR, left.span, left.value[behind:]))
    return joined(reader, node, [piece for piece in pieces if getattr(piece, "value", None) != ""])


def _values(reader: Reader, place: ast.expr, right: form.Expr) -> list[form.Expr]:
    """The values on the right: the items of a tuple, else the one value."""
    if not isinstance(right.shape, TupleShape):
        return [right]
    if isinstance(right, form.MakeList):
        return list(right.items)
    held = reader.once(right, place, "values")
    return [
        form.Op(shape, held.span, "tuple.index", (held, form.Const(INT, held.span, index)))
        for index, shape in enumerate(right.shape.items)
    ]


def _named(reader: Reader, place: ast.expr, right: form.Expr, name: str) -> form.Expr:
    """The value of `%(name)s`."""
    if isinstance(right, form.MakeObject) and name in dict(right.entries):
        return dict(right.entries)[name]
    field = right.shape.field(name) if isinstance(right.shape, RecordShape) else None
    if field is not None and not field.may_be_absent and right.shape.kind == "typeddict":  # type: ignore[union-attr]
        return form.FieldOf(field.shape, right.span, right, name)
    if isinstance(right.shape, DictShape):
        return operation(reader, place, "dict.index", right, form.Const(STR, right.span, name))
    return reader.refuse("L405", place, f"`%({name})` asks a dict, not `{show(right.shape)}`", _FSTRING)


def _by_code(reader: Reader, place: ast.expr, value: form.Expr, match: re.Match[str]) -> form.Expr:
    """A value as one code shows it: the same as some format of an f-string."""
    flags, width, digits, code = match["flags"], match["width"] or "", match["digits"], match["code"]
    kind = kind_of(value.shape)
    align = "<" if "-" in flags else ">"
    if code in "sra":
        spec = f"{align if width else ''}{width}{f'.{digits}' if digits else ''}"
        return shown(reader, place, value, {"s": "s"}.get(code, "r"), spec)
    if code in "di" and kind == "float":
        value = operation(reader, place, "int.of_float", value)
        kind = "int"
    if value.shape == BOOL and code in "dixXof":
        value, kind = operation(reader, place, "int.of_bool", value), "int"
    exact = (code in "dixXo" and kind == "int" and digits is None) or (
        code in "fF" and kind in ("int", "float")
    )
    if not exact:
        shown_ = match[0]
        return reader.refuse(
            "L107", place, f"`{shown_}` of `{show(value.shape)}` is not exact here", _FSTRING
        )
    sign = "+" if "+" in flags else " " if " " in flags else ""
    zero = "0" if "0" in flags and "-" not in flags else ""
    points = f".{digits or '6'}" if code in "fF" else ""
    left = "<" if "-" in flags and width else ""
    other = "#" if "#" in flags and code in "xXo" else ""
    spec = f"{left}{sign}{other}{zero if width else ''}{width}{points}{'d' if code == 'i' else code}"
    return shown(reader, place, value, "", spec)
