"""Regular expressions: `re.search(pattern, text)` and its like, patterns compiled by the module, and matches.

The pattern is known when compiling, and on what Python and JavaScript agree (`operations.regexes`). A match
lives between two tasks only, as a record of its groups.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from typing import Any, Final

from ladle.compiler.language import form
from ladle.compiler.language.functions.taking import FunctionReader
from ladle.compiler.language.guards import operation
from ladle.compiler.language.names import MISSING, static
from ladle.compiler.language.operations.regexes import Refused, Regex, template, translated
from ladle.compiler.language.problems import nearest
from ladle.compiler.language.reading import Reader
from ladle.compiler.language.receiving import given, one_of_kind, unknown, values_of
from ladle.compiler.language.shapes import INT, STR, is_poison, kind_of, show
from ladle.wire import DictShape, RecordField, RecordShape, Shape, TupleShape

__all__ = ["REGEXES", "call_pattern", "group_of", "match_method"]

_SMALL: Final = "match it in a helper that runs as a small task: inline(helper)(…)"
_FIND: Final = ("search", "match", "fullmatch")
_PARAMETERS: Final[Mapping[str, tuple[str, ...]]] = {
    **dict.fromkeys((*_FIND, "findall"), ("string",)),
    "sub": ("repl", "string", "count"),
    "split": ("string", "maxsplit"),
}
"""What each takes after the pattern; functions of `re` take flags at the end."""


def _function(how: str) -> FunctionReader:
    def read(reader: Reader, node: ast.Call, expected: Shape | None) -> form.Expr:
        del expected
        names = ("pattern", *_PARAMETERS[how], "flags")
        arguments = given(reader, node, names, len(names) - (2 if how in ("sub", "split") else 1))
        if arguments is None or arguments[0] is None:
            return reader.poison(node)
        pattern_node, flags_node = arguments[0], arguments[-1]
        flags = 0 if flags_node is None else _flags(reader, flags_node)
        if flags is None:
            hint = "write: flags=re.IGNORECASE"
            return reader.refuse("L417", flags_node or node, "flags are known when compiling", hint)
        compiled = static(reader, pattern_node)
        if isinstance(compiled, re.Pattern):
            return _called(reader, node, how, compiled, arguments[1:-1])
        pattern = reader.expression(pattern_node)
        if is_poison(pattern.shape):
            return pattern
        if not isinstance(pattern, form.Const) or not isinstance(pattern.value, str):
            what = f"the pattern of `{reader.text(node.func)}` is a text known when compiling"
            return reader.refuse("L417", pattern_node, what, f'write it out: r"…", or {_SMALL}')
        try:
            made = re.compile(pattern.value, flags)
        except re.error as error:
            return reader.refuse("L417", pattern_node, f"this is no pattern: {error}", "see Python's `re`")
        return _called(reader, node, how, made, arguments[1:-1])

    return read


def call_pattern(reader: Reader, node: ast.Call, pattern: re.Pattern[Any], how: str) -> form.Expr:
    """`PATTERN.search(text)`, of a pattern that the module compiled."""
    if how not in _PARAMETERS:
        return unknown(reader, node, "Pattern", how, tuple(_PARAMETERS))
    names = _PARAMETERS[how]
    arguments = given(reader, node, names, len(names) - (how in ("sub", "split")))
    return reader.poison(node) if arguments is None else _called(reader, node, how, pattern, arguments)


def _flags(reader: Reader, node: ast.expr) -> int | None:
    """Flags that are known when compiling: `re.I | re.ASCII`."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        left, right = _flags(reader, node.left), _flags(reader, node.right)
        return None if left is None or right is None else left | right
    value = node.value if isinstance(node, ast.Constant) else static(reader, node)
    return int(value) if value is not MISSING and isinstance(value, int) else None


def _called(
    reader: Reader, node: ast.Call, how: str, pattern: re.Pattern[Any], arguments: list[ast.expr | None]
) -> form.Expr:
    """The operation that a function of `re` is, on its arguments after the pattern."""
    try:
        regex = _allowed(pattern, how)
        new = _new(reader, node, regex, arguments[0]) if how == "sub" else None
    except Refused as refused:
        what = f"`{reader.text(node.func)}` cannot take {refused} here"
        return reader.refuse("L417", node, what, _SMALL)
    text_node = arguments[1] if how == "sub" else arguments[0]
    assert text_node is not None
    text = one_of_kind(reader, text_node, reader.text(node.func), "str")
    if text is None or (new is not None and is_poison(new.shape)):
        return reader.poison(node)
    span = reader.span(node)
    operands = [text, form.Const(STR, span, pattern.pattern), form.Const(INT, span, pattern.flags)]
    if how in _FIND:
        return operation(reader, node, "re.found", *operands, form.Const(STR, span, how))
    if how == "findall":
        return operation(reader, node, "re.all", *operands)
    limit = 0 if arguments[-1] is None else _flags(reader, arguments[-1])
    if limit is None or limit < 0 or (how == "split" and limit):
        hint = "leave it out" if how == "split" else "write: count=1"
        return reader.refuse("L417", arguments[-1] or node, "how often is a constant here", hint)
    if new is None:
        return operation(reader, node, "re.split", *operands)
    known = isinstance(new, form.Const)
    count = form.Const(INT, span, limit)
    return operation(reader, node, "re.replaced" if known else "re.replaced_by", *operands, new, count)


def _allowed(pattern: re.Pattern[Any], how: str) -> Regex:
    """The pattern as both know it. Raises Refused where this function cannot take it."""
    if not isinstance(pattern.pattern, str):
        raise Refused("bytes")
    regex = translated(pattern.pattern, pattern.flags)
    if how not in _FIND and regex.empty:
        raise Refused("matches of no text")
    if how == "split" and regex.groups:
        raise Refused("a group other than (?:…)")
    if how == "findall" and not all(group.sure for group in regex.groups):
        raise Refused("a group that a match may lack")
    return regex


def _new(reader: Reader, node: ast.Call, regex: Regex, argument: ast.expr | None) -> form.Expr:
    """What `re.sub` puts in: a template, or any text. Raises Refused."""
    assert argument is not None
    if isinstance(argument, ast.Lambda):
        raise Refused("a function for what it puts in")
    value = one_of_kind(reader, argument, reader.text(node.func), "str")
    if value is None:
        return reader.poison(node)
    if isinstance(value, form.Const):
        template(value.value, regex)
    return value


# ---------------------------------------------------------------------------------------------- matches


def match_method(reader: Reader, node: ast.Call, name: str, base: form.Expr) -> form.Expr:
    """`m.group(1)`, `m.group("year")`, `m.groups()`, `m.groupdict()`."""
    shape = base.shape
    assert isinstance(shape, RecordShape)
    span = reader.span(node)
    if name == "group" and not node.keywords:
        if not node.args:
            return form.FieldOf(STR, span, base, "g0")
        found = [group_of(reader, argument, base) for argument in node.args]
        if len(found) == 1 or any(is_poison(each.shape) for each in found):
            return found[0] if len(found) == 1 else reader.poison(node)
        return form.MakeList(TupleShape(tuple(each.shape for each in found)), span, tuple(found))
    if name not in ("groups", "groupdict"):
        hint = "it has group(), groups() and groupdict(); or " + _SMALL
        return reader.refuse("L207", node.func, f"`Match` has no method `{name}` in the language", hint)
    if values_of(reader, node, ()) is None:
        return reader.poison(node)
    fields = shape.fields[1:]
    if name == "groups":
        items = tuple(form.FieldOf(field.shape, span, base, field.name) for field in fields)
        return form.MakeList(TupleShape(tuple(field.shape for field in fields)), span, items)
    named = [(key, field) for field in fields if (key := _name(field))]
    shapes = {field.shape for _, field in named}
    if len(shapes) > 1:
        hint = 'name the groups: {"year": m["year"]}'
        return reader.refuse("L417", node, "some of the groups may be missing, and others not", hint)
    item = shapes.pop() if shapes else STR
    entries = tuple((key, form.FieldOf(field.shape, span, base, field.name)) for key, field in named)
    return form.MakeObject(DictShape(item), span, entries)


def group_of(reader: Reader, node: ast.expr, base: form.Expr) -> form.Expr:
    """A group of a match, by its number or name, which are known when compiling."""
    shape = base.shape
    assert isinstance(shape, RecordShape)
    key = reader.expression(node)
    if is_poison(key.shape):
        return key
    if not isinstance(key, form.Const) or kind_of(key.shape) not in ("int", "str"):
        return reader.refuse("L417", node, f"a group is a constant, not `{show(key.shape)}`", "write: m[1]")
    names = {_name(field) or str(place): field for place, field in enumerate(shape.fields)}
    places = {str(place): field for place, field in enumerate(shape.fields)}
    field = {**names, **places}.get(str(key.value))
    if field is None or (isinstance(key.value, str) and key.value.isdigit()):
        near = nearest(str(key.value), names)
        hint = f"did you mean `{near}`?" if near else f"it has {', '.join(names)}"
        return reader.refuse("L416", node, f"the pattern has no group {key.value!r}", hint)
    return form.FieldOf(field.shape, reader.span(node), base, field.name)


def _name(field: RecordField) -> str:
    return field.name.partition("_")[2]


REGEXES: Final[Mapping[Any, FunctionReader]] = {
    getattr(re, how): _function(how) for how in ("search", "match", "fullmatch", "findall", "sub", "split")
}
