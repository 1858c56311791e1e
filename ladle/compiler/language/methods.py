"""Methods of text, lists, dicts and dates. Each row says which operation a method is, and what it takes."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Final

from ladle.compiler.language import form
from ladle.compiler.language.comparisons import comparable
from ladle.compiler.language.comprehensions import list_of
from ladle.compiler.language.guards import operation
from ladle.compiler.language.problems import nearest
from ladle.compiler.language.reading import Condition, Reader
from ladle.compiler.language.shapes import NULL, assignable, is_poison, join, kind_of, options, show
from ladle.compiler.language.values import leak, refuse_none
from ladle.wire import DictShape, ListShape, RecordShape, Shape

__all__ = ["CHANGES", "call_method"]

CHANGES: Final = frozenset(
    [
        "append",
        "extend",
        "insert",
        "remove",
        "pop",
        "clear",
        "sort",
        "reverse",
        "update",
        "setdefault",
        "popitem",
        "add",
        "discard",
    ]
)
"""Methods that change what they are called on; statements of their own (see `mutation`)."""

_TEXT: Final[Mapping[str, tuple[tuple[str, ...], str]]] = {
    "upper": ((), "str.upper"),
    "lower": ((), "str.lower"),
    "startswith": (("str",), "str.startswith"),
    "endswith": (("str",), "str.endswith"),
    "find": (("str",), "str.find"),
    "removeprefix": (("str",), "str.removeprefix"),
    "removesuffix": (("str",), "str.removesuffix"),
    "zfill": (("int",), "str.zfill"),
    "replace": (("constant", "str"), "str.replace"),
    "count": (("constant",), "str.count"),
    "splitlines": ((), "str.splitlines"),
}
"""Methods of text: the kinds of their arguments ("constant" is text known when compiling), and the
operation."""

_DATE: Final[Mapping[str, str]] = {
    "isoformat": "str.of_date",
    "weekday": "date.weekday",
    "isoweekday": "date.isoweekday",
    "toordinal": "date.toordinal",
}


def call_method(reader: Reader, node: ast.Call, function: ast.Attribute, expected: Shape | None) -> form.Expr:
    """`value.method(arguments)`."""
    del expected
    base = reader.expression(function.value)
    if is_poison(base.shape):
        for argument in node.args:
            reader.expression(argument)
        return base
    kind = kind_of(base.shape)
    name = function.attr
    text = reader.text(function.value)
    if name in CHANGES and kind in ("list", "dict"):
        return reader.refuse(
            "L109",
            node,
            f"`.{name}` changes `{text}`: as part of an expression that cannot be compiled",
            f"write it in a line of its own, or build a new value: {_instead(name, text)}",
        )
    if kind == "union" and NULL in options(base.shape):
        return refuse_none(reader, function.value, base.shape)
    read = _METHODS.get(kind)
    if read is not None:
        return read(reader, node, name, base)
    if isinstance(base.shape, RecordShape) and base.shape.kind == "typeddict" and name == "get":
        return _record_get(reader, node, base, base.shape)
    if kind == "any":
        return reader.refuse(
            "L403", node, f"the type of `{text}` is Any: its methods are not known", "annotate it"
        )
    return reader.refuse(
        "L207",
        function,
        f"methods of `{show(base.shape)}` cannot run between tasks",
        "write a helper, or call a task",
    )


def _instead(name: str, text: str) -> str:
    return {
        "append": f"[*{text}, x]",
        "extend": f"[*{text}, *more]",
        "update": "{**" + text + ", **more}",
        "pop": f"x = {text}[-1], then {text}.pop()",
    }.get(name, "…")


def _unknown(reader: Reader, node: ast.Call, kind: str, name: str, known: tuple[str, ...]) -> form.Expr:
    near = nearest(name, known)
    hint = f"did you mean `{near}`?" if near else f"it has {', '.join(sorted(known))}; or do it in a task"
    return reader.refuse("L207", node.func, f"`{kind}` has no method `{name}` in the language", hint)


def _values(reader: Reader, node: ast.Call, kinds: tuple[str, ...]) -> list[form.Expr] | None:
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


# ---------------------------------------------------------------------------------------------- text


def _text_method(reader: Reader, node: ast.Call, name: str, base: form.Expr) -> form.Expr:
    if name in ("strip", "lstrip", "rstrip"):
        values = _values(reader, node, ("constant",) if node.args else ())
        if values is None:
            return reader.poison(node)
        return operation(reader, node, f"str.{name}_chars" if values else f"str.{name}", base, *values)
    if name == "split":
        values = _values(reader, node, ("str",) if node.args else ())
        if values is None:
            return reader.poison(node)
        return operation(reader, node, "str.split" if values else "str.split_space", base, *values)
    if name == "join":
        return _join(reader, node, base)
    if name not in _TEXT:
        return _unknown(reader, node, "str", name, (*_TEXT, "strip", "lstrip", "rstrip", "split", "join"))
    kinds, verb = _TEXT[name]
    values = _values(reader, node, kinds)
    return reader.poison(node) if values is None else operation(reader, node, verb, base, *values)


def _join(reader: Reader, node: ast.Call, base: form.Expr) -> form.Expr:
    argument = node.args[0] if len(node.args) == 1 else None
    if isinstance(argument, ast.GeneratorExp):
        value = list_of(reader, argument, lambda: reader.expression(argument.elt), calls=False)
    else:
        values = _values(reader, node, ("list",))
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


# ------------------------------------------------------------------------------- lists, dicts, dates


def _list_method(reader: Reader, node: ast.Call, name: str, base: form.Expr) -> form.Expr:
    if name == "copy":
        return reader.poison(node) if _values(reader, node, ()) is None else base
    verbs = {"count": "list.count", "index": "list.position"}
    if name not in verbs:
        return _unknown(reader, node, "list", name, ("copy", *verbs, *CHANGES))
    values = _values(reader, node, ("any",))
    if values is None:
        return reader.poison(node)
    assert isinstance(base.shape, ListShape)
    if not comparable(values[0].shape, base.shape.item):
        return reader.refuse(
            "L406",
            node.args[0],
            f"`{show(values[0].shape)}` is never among items of type `{show(base.shape.item)}`",
            "look for a value of the items' type",
        )
    return operation(reader, node, verbs[name], base, *values)


def _dict_method(reader: Reader, node: ast.Call, name: str, base: form.Expr) -> form.Expr:
    assert isinstance(base.shape, DictShape)
    if name == "copy":
        return reader.poison(node) if _values(reader, node, ()) is None else base
    if name in ("keys", "values", "items"):
        text = reader.text(node.func)
        hints = {
            "keys": "write: sorted(…)",
            "values": "write: [d[k] for k in sorted(d)], or sum, min, max, any, all, len of it",
            "items": "write: sorted(….items())",
        }
        return reader.refuse("L415", node, f"the order of `{text}()` is not kept in JSON", hints[name])
    if name != "get":
        return _unknown(reader, node, "dict", name, ("get", "copy", *CHANGES))
    values = _values(reader, node, ("str", "any") if len(node.args) > 1 else ("str",))
    if values is None:
        return reader.poison(node)
    if len(values) == 1:
        return operation(reader, node, "dict.get", base, *values)
    leak(reader, node.args[1])
    shape = (
        base.shape.value
        if assignable(values[1].shape, base.shape.value)
        else join(base.shape.value, values[1].shape)
    )
    return operation(reader, node, "dict.get_or", base, *values, shape=shape)


def _record_get(reader: Reader, node: ast.Call, base: form.Expr, shape: RecordShape) -> form.Expr:
    """`d.get("key")` and `d.get("key", default)` of a TypedDict whose key may be absent."""
    values = _values(reader, node, ("constant", "any") if len(node.args) > 1 else ("constant",))
    if values is None:
        return reader.poison(node)
    key = values[0]
    assert isinstance(key, form.Const)
    field = shape.field(key.value)
    if field is None:
        near = nearest(key.value, [each.name for each in shape.fields])
        hint = (
            f'did you mean "{near}"?' if near else f"it has {', '.join(each.name for each in shape.fields)}"
        )
        return reader.refuse("L410", node.args[0], f"`{shape.name}` has no key {key.value!r}", hint)
    read = form.FieldOf(field.shape, reader.span(node), base, field.name)
    if not field.may_be_absent:
        return read
    default = values[1] if len(values) > 1 else form.Const(NULL, reader.span(node), None)
    there = operation(reader, node, "dict.contains", base, key)
    return reader.choose(node, Condition(there), lambda: read, lambda: default, f"if {key.value!r} is there")


def _date_method(reader: Reader, node: ast.Call, name: str, base: form.Expr) -> form.Expr:
    if name == "strftime":
        return reader.refuse(
            "L107", node, "`strftime` is not part of the language", 'write an f-string: f"{day:%Y-%m}"'
        )
    if name not in _DATE:
        return _unknown(reader, node, "date", name, tuple(_DATE))
    if _values(reader, node, ()) is None:
        return reader.poison(node)
    return operation(reader, node, _DATE[name], base)


def _datetime_method(reader: Reader, node: ast.Call, name: str, base: form.Expr) -> form.Expr:
    if name in ("isoformat", "strftime"):
        return reader.refuse(
            "L107",
            node,
            "the text of a datetime is written in another way on the wire",
            "format it in a task",
        )
    if name != "date":
        return _unknown(reader, node, "datetime", name, ("date",))
    return (
        reader.poison(node)
        if _values(reader, node, ()) is None
        else operation(reader, node, "datetime.date", base)
    )


_METHODS: Final[Mapping[str, Callable[[Reader, ast.Call, str, form.Expr], form.Expr]]] = {
    "str": _text_method,
    "list": _list_method,
    "dict": _dict_method,
    "date": _date_method,
    "datetime": _datetime_method,
}
