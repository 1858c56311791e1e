"""Text of values: `str(x)` and f-strings, where the text is exactly Python's."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from ladle.compiler.language import form
from ladle.compiler.language.alternatives import by_member, is_one_of
from ladle.compiler.language.guards import operation
from ladle.compiler.language.operations import format_problem
from ladle.compiler.language.reading import Reader, retyped
from ladle.compiler.language.shapes import DATE, INT, NULL, STR, UUID, is_poison, kind_of, options, show
from ladle.compiler.language.values import refuse_none
from ladle.wire import EnumShape, ListShape, Shape

__all__ = ["TEXTS", "formatted", "iso_text", "joined", "repr_of", "shown", "text_of", "time_text", "within"]


def text_of(reader: Reader, node: ast.expr, value: form.Expr, shown: Callable[[Any], str] = str) -> form.Expr:
    """`str(value)`, for the types whose text is exact; `shown` is what gives it for members of enums."""
    kind = kind_of(value.shape)
    span = reader.span(node)
    if kind == "str":
        return retyped(value, STR)
    if kind == "poison":
        return value
    if kind == "none":
        return form.Const(STR, span, "None")
    if isinstance(value, form.Const) and type(value.value) is _PRINTED.get(kind):
        return form.Const(STR, span, str(value.value))
    if value.shape == UUID:
        return form.FieldOf(STR, span, value, "text")
    if kind in ("int", "float", "bool", "date"):
        return operation(reader, node, f"str.of_{kind}", value)
    if kind == "datetime":
        return iso_text(reader, node, value, " ", "auto")
    if kind == "error":
        assert isinstance(value, form.Read)
        return form.ErrorText(STR, span, value.variable)
    text = reader.text(node)
    if len(options(value.shape)) > 1 and all(map(_has_text, options(value.shape))):
        return _of_alternatives(reader, node, value)
    if isinstance(value.shape, EnumShape):
        return by_member(
            reader, node, value, [shown(value.shape.cls[name]) for name, _ in value.shape.members]
        )
    if NULL in options(value.shape) and value.shape != NULL:
        return refuse_none(reader, node, value.shape)
    hints = {
        "any": "annotate it: str or int",
    }
    return reader.refuse(
        "L107",
        node,
        f"`{text}` is `{show(value.shape)}`, whose text is not exact here",
        hints.get(kind, "name the parts that you want to see"),
    )


_PRINTED: Final[Mapping[str, type]] = {"int": int, "float": float, "bool": bool}
"""Constants that are printed when compiling."""


def iso_text(reader: Reader, node: ast.AST, value: form.Expr, separator: str, timespec: str) -> form.Expr:
    """`at.isoformat(separator, timespec)`."""
    texts = (form.Const(STR, value.span, text) for text in (separator, timespec))
    return operation(reader, node, "datetime.iso", value, *texts)


def _has_text(shape: Shape) -> bool:
    return kind_of(shape) in ("str", "int", "float", "bool", "none", "date", "datetime")


def _of_alternatives(reader: Reader, node: ast.expr, value: form.Expr) -> form.Expr:
    """The text of whichever alternative it is: `None` for None."""
    span = reader.span(node)

    def text(held: form.Expr) -> form.Expr:
        first, *others = sorted(options(held.shape), key=lambda option: option != NULL)
        result = text_of(reader, node, retyped(held, others[-1]))
        for option in reversed([first, *others[:-1]]):
            test = is_one_of(reader, node, held, (option,))
            result = form.Cond(STR, span, test, text_of(reader, node, retyped(held, option)), result)
        return result

    return reader.bound(node, "value", value, text)


def read_joined(reader: Reader, node: ast.JoinedStr, expected: Shape | None) -> form.Expr:
    """An f-string."""
    del expected
    read = (
        reader.expression(part) if isinstance(part, ast.Constant) else _formatted(reader, part)
        for part in node.values
    )
    return joined(reader, node, read)


def joined(reader: Reader, node: ast.AST, texts: Iterable[form.Expr]) -> form.Expr:
    """Texts one behind the other, constant ones that are neighbours as one."""
    parts: list[form.Expr] = []
    for read in texts:
        last = parts[-1] if parts else None
        if isinstance(read, form.Const) and isinstance(last, form.Const) and not is_poison(read.shape):
            parts[-1] = form.Const(STR, last.span, f"{last.value}{read.value}")
        elif isinstance(read, form.Op) and read.name == "str.concat":
            parts += read.operands
        else:
            parts.append(read)
    if any(is_poison(part.shape) for part in parts):
        return reader.poison(node)
    if len(parts) < 2:
        return parts[0] if parts else form.Const(STR, reader.span(node), "")
    return operation(reader, node, "str.concat", *parts)


def _formatted(reader: Reader, node: ast.expr) -> form.Expr:
    assert isinstance(node, ast.FormattedValue)
    value = reader.expression(node.value)
    if is_poison(value.shape):
        return value
    spec = _spec(reader, node.format_spec)
    if spec is None:
        return reader.refuse("L107", node.value, "a format must be constant", "write it out")
    conversion = "" if node.conversion == -1 else chr(node.conversion)
    return shown(reader, node.value, value, conversion, spec)


def _spec(reader: Reader, node: ast.expr | None) -> str | None:
    """The text of a format, which may name constants; None where it is computed."""
    parts: list[str] = []
    for part in node.values if isinstance(node, ast.JoinedStr) else []:
        inner = part.value if isinstance(part, ast.FormattedValue) and part.conversion == -1 else part
        read = reader.expression(inner)
        if not isinstance(read, form.Const) or kind_of(read.shape) not in ("str", "int"):
            return None
        parts.append(str(read.value))
    return "".join(parts)


def shown(reader: Reader, node: ast.expr, value: form.Expr, conversion: str, spec: str) -> form.Expr:
    """A value as an f-string shows it: `{value!r:>10}` has the conversion `r` and the spec `>10`."""
    if conversion in ("r", "a"):
        value = repr_of(reader, node, value)
    elif conversion == "s":
        value = text_of(reader, node, value)
    if is_poison(value.shape):
        return value
    if not spec:
        return text_of(reader, node, value, format)
    if kind_of(value.shape) in ("date", "datetime"):
        return time_text(reader, node, value, spec)
    return formatted(reader, node, value, spec)


def repr_of(reader: Reader, node: ast.expr, value: form.Expr) -> form.Expr:
    """`repr(value)`, of numbers and of plain text."""
    kind = kind_of(value.shape)
    plain = not isinstance(value.shape, EnumShape)
    if isinstance(value, form.Const) and plain and kind in ("str", "int", "bool", "none"):
        return form.Const(STR, value.span, repr(value.value))
    if kind == "str" and plain:
        return operation(reader, node, "str.repr", value)
    if all(kind_of(each) in ("int", "bool", "none") for each in options(value.shape)) and plain:
        return text_of(reader, node, value)
    what = f"`{reader.text(node)}` is `{show(value.shape)}`, whose repr is not exact here"
    return reader.refuse("L107", node, what, "name the parts that you want to see")


def formatted(reader: Reader, node: ast.expr, value: form.Expr, spec: str) -> form.Expr:
    """`format(value, spec)`, for a spec that is not empty."""
    kind = kind_of(value.shape)
    if kind == "enum":
        assert isinstance(value.shape, EnumShape)
        try:
            texts = [format(value.shape.cls[name], spec) for name, _ in value.shape.members]
        except ValueError as error:
            return reader.refuse("L107", node, f"`:{spec}`: {error}", "correct the format")
        return by_member(reader, node, value, texts)
    if kind not in ("int", "float", "str"):
        if NULL in options(value.shape) and value.shape != NULL:
            return refuse_none(reader, node, value.shape)
        return reader.refuse("L107", node, f"`:{spec}` of `{show(value.shape)}` is not exact here", SMALL)
    if (problem := format_problem(kind, spec)) is not None:
        return reader.refuse("L107", node, problem, f"leave the format out, or {SMALL}")
    rounds = kind != "str" and spec[-1] in "fF%"
    name = "float.format" if rounds else f"str.format_{kind}"
    return operation(reader, node, name, value, form.Const(STR, value.span, spec))


SMALL: Final = "format it in a helper that runs as a small task: inline(helper)(…)"
"""What to write where a text has no exact JSONata."""

_PARTS: Final[Mapping[str, tuple[int, int]]] = {
    "Y": (0, 4), "y": (2, 4), "m": (5, 7), "d": (8, 10), "H": (11, 13), "M": (14, 16), "S": (17, 19),
}  # fmt: skip
"""Where the ISO text of a date or time has each part that `:%Y` and the like print."""

_NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "B": ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
          "November", "December"),
    "A": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}  # fmt: skip
"""Names in the C locale, which Lambda has; `%b` and `%a` are their first three letters."""


def time_text(reader: Reader, node: ast.expr, value: form.Expr, spec: str) -> form.Expr:
    """A date or time under a format of `%Y`, `%m`, `%B`, `%H` and the like, and plain text."""
    parts: list[form.Expr] = []
    timed = kind_of(value.shape) == "datetime"
    text = operation(reader, node, "datetime.text" if timed else "str.of_date", value)
    rest = spec
    while rest:
        before, sign, rest = rest.partition("%")
        if before:
            parts.append(form.Const(STR, value.span, before))
        if not sign:
            break
        code, rest = rest[:1], rest[1:]
        part = _time_part(reader, node, value, text, code)
        if part is None:
            known = ", ".join(f"%{each}" for each in (*_PARTS, *"BbAajfzpIuw"))
            what = f"`%{code}` is not part of the language"
            return reader.refuse("L107", node, what, f"use {known}, or {SMALL}")
        parts.append(part)
    if not parts:
        return form.Const(STR, value.span, "")
    return parts[0] if len(parts) == 1 else operation(reader, node, "str.concat", *parts)


def _time_part(
    reader: Reader, node: ast.expr, value: form.Expr, text: form.Expr, code: str
) -> form.Expr | None:
    """What one code prints; None for a code that is not known."""
    timed = kind_of(value.shape) == "datetime"
    if code == "%":
        return form.Const(STR, value.span, "%")
    if code and code in "HMS" and not timed:
        return form.Const(STR, value.span, "00")
    if code == "Y":
        return operation(reader, node, "str.year", text)
    if code in _PARTS:
        ends = (form.Const(INT, value.span, end) for end in _PARTS[code])
        return operation(reader, node, "str.slice", text, *ends)
    if code and code in "jfzpIuw":
        return _computed_part(reader, node, value, code)
    if code.upper() not in _NAMES:
        return None
    names = [name if code.isupper() else name[:3] for name in _NAMES[code.upper()]]
    day = operation(reader, node, "datetime.date", value) if timed else value
    if code.upper() == "A":
        place = operation(reader, node, "date.weekday", day)
    else:
        one = form.Const(INT, value.span, 1)
        place = operation(reader, node, "int.sub", operation(reader, node, "date.month", day), one)
    listed = form.Const(ListShape(STR), value.span, names)
    return form.Op(STR, value.span, "list.index", (listed, place))


def within(reader: Reader, node: ast.AST, day: form.Expr, size: int, rest: str) -> form.Expr:
    """The date whose text begins as that of `day` does, with `size` characters, and goes on with `rest`."""
    span = reader.span(node)
    ends = (form.Const(INT, span, end) for end in (0, size))
    kept = operation(reader, node, "str.slice", operation(reader, node, "str.of_date", day), *ends)
    return retyped(operation(reader, node, "str.concat", kept, form.Const(STR, span, rest)), DATE)


def _computed_part(reader: Reader, node: ast.expr, value: form.Expr, code: str) -> form.Expr:
    """A part of a time that its text does not show as it is printed."""
    timed = kind_of(value.shape) == "datetime"
    day = operation(reader, node, "datetime.date", value) if timed else value
    span = value.span

    def number(content: int) -> form.Const:
        return form.Const(INT, span, content)

    def text(content: str) -> form.Const:
        return form.Const(STR, span, content)

    def shown(content: form.Expr, spec: str) -> form.Expr:
        return operation(reader, node, "str.format_int", content, text(spec))

    if code == "j":
        days = operation(reader, node, "date.days_between", day, within(reader, node, day, 5, "01-01"))
        return shown(operation(reader, node, "int.add", days, number(1)), "03d")
    if code in "uw":
        place = operation(reader, node, "date.isoweekday", day)
        if code == "w":
            place = operation(reader, node, "int.mod", place, number(7))
        return operation(reader, node, "str.of_int", place)
    if not timed:
        return text({"f": "000000", "z": "", "p": "AM", "I": "12"}[code])
    if code == "f":
        return shown(operation(reader, node, "datetime.microsecond", value), "06d")
    if code == "z":
        zone = operation(reader, node, "datetime.zone", value)
        utc = operation(reader, node, "eq", zone, text("Z"))
        other = operation(reader, node, "str.replace", zone, text(":"), text(""))
        return form.Cond(STR, span, utc, text("+0000"), other)
    hour = operation(reader, node, "datetime.hour", value)
    if code == "p":
        return form.Cond(
            STR, span, operation(reader, node, "num.lt", hour, number(12)), text("AM"), text("PM")
        )
    later = operation(reader, node, "int.add", hour, number(11))
    of_twelve = operation(reader, node, "int.mod", later, number(12))
    return shown(operation(reader, node, "int.add", of_twelve, number(1)), "02d")


TEXTS: Final[Mapping[type[ast.AST], Any]] = {ast.JoinedStr: read_joined}
