"""What a change in place makes of a value: `append`, `update`, `d[k] = v`, `record.field = v` and so on."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Any, Final

from ladle.compiler.language import form
from ladle.compiler.language.arguments import fits, take
from ladle.compiler.language.equality import comparable
from ladle.compiler.language.functions.ordered import sorted_list
from ladle.compiler.language.guards import operation
from ladle.compiler.language.problems import nearest
from ladle.compiler.language.reading import Reader
from ladle.compiler.language.records import as_dict, with_fields
from ladle.compiler.language.sets import bag, made
from ladle.compiler.language.setwise import combined
from ladle.compiler.language.shapes import (
    INT,
    NEVER,
    NULL,
    is_duration,
    is_error,
    is_poison,
    join,
    kind_of,
    show,
)
from ladle.compiler.language.values import leak
from ladle.wire import DictShape, ListShape, RecordShape, Shape

__all__ = ["NAMED", "RULES", "SHOWN", "Rule"]


Rule = Callable[[Reader, ast.AST, form.Expr, tuple[ast.expr, ...]], form.Expr | None]


def _count(reader: Reader, node: ast.AST, arguments: tuple[ast.expr, ...], number: int) -> bool:
    if len(arguments) == number and not any(isinstance(each, ast.Starred) for each in arguments):
        return True
    code = "L203" if len(arguments) < number else "L202"
    reader.problem(
        code, node, f"this takes {number} argument{'s' * (number != 1)}, {len(arguments)} given", "see Python"
    )
    return False


def _value(reader: Reader, node: ast.expr, inner: Shape) -> form.Expr | None:
    value = reader.expression(node, None if inner == NEVER else inner)
    leak(reader, node)
    return None if is_poison(value.shape) else value


def _grown(inner: Shape, value: form.Expr) -> tuple[Shape, form.Expr]:
    """The type of the items once `value` is among them."""
    fitting = None if inner == NEVER else fits(value, inner)
    return (inner, fitting) if fitting is not None else (join(inner, value.shape), value)


def _append(
    reader: Reader, node: ast.AST, before: form.Expr, arguments: tuple[ast.expr, ...]
) -> form.Expr | None:
    assert isinstance(before.shape, ListShape)
    if (
        not _count(reader, node, arguments, 1)
        or (value := _value(reader, arguments[0], before.shape.item)) is None
    ):
        return None
    item, value = _grown(before.shape.item, value)
    return operation(reader, node, "list.append", before, value, shape=ListShape(item))


def _extend(
    reader: Reader, node: ast.AST, before: form.Expr, arguments: tuple[ast.expr, ...]
) -> form.Expr | None:
    assert isinstance(before.shape, ListShape)
    if not _count(reader, node, arguments, 1):
        return None
    value = reader.expression(arguments[0], before.shape)
    if is_poison(value.shape):
        return None
    if not isinstance(value.shape, ListShape):
        return reader.refuse(
            "L417", arguments[0], f"`extend` takes a list, not `{show(value.shape)}`", "write a list"
        )
    item = join(before.shape.item, value.shape.item)
    return operation(reader, node, "list.add", before, value, shape=ListShape(item))


def _set_item(
    reader: Reader, node: ast.AST, before: form.Expr, arguments: tuple[ast.expr, ...]
) -> form.Expr | None:
    assert isinstance(before.shape, ListShape)
    value = _value(reader, arguments[1], before.shape.item)
    if isinstance(arguments[0], ast.Slice):
        return reader.refuse("L106", arguments[0], "a slice cannot be assigned", "build the list: [*a, *b]")
    index = reader.expression(arguments[0])
    if value is None or is_poison(index.shape):
        return None
    if kind_of(index.shape) != "int":
        return reader.refuse(
            "L412", arguments[0], f"an index is an int, not `{show(index.shape)}`", "write int(…)"
        )
    item, value = _grown(before.shape.item, value)
    return operation(reader, node, "list.set", before, index, value, shape=ListShape(item))


def _set_key(
    reader: Reader, node: ast.AST, before: form.Expr, arguments: tuple[ast.expr, ...]
) -> form.Expr | None:
    assert isinstance(before.shape, DictShape)
    value = _value(reader, arguments[1], before.shape.value)
    key = reader.expression(arguments[0])
    if value is None or is_poison(key.shape):
        return None
    if kind_of(key.shape) != "str":
        return reader.refuse("L410", arguments[0], f"keys are text, not `{show(key.shape)}`", "write str(…)")
    inner, value = _grown(before.shape.value, value)
    return operation(reader, node, "dict.set", before, key, value, shape=DictShape(inner))


def _update(
    reader: Reader, node: ast.AST, before: form.Expr, arguments: tuple[ast.expr, ...]
) -> form.Expr | None:
    """`d.update(other, key=value)`."""
    assert isinstance(before.shape, DictShape)
    keywords = node.keywords if isinstance(node, ast.Call) else []
    if keywords:
        names = [
            None if each.arg is None else ast.copy_location(ast.Constant(each.arg), each) for each in keywords
        ]
        made = lambda: ast.Dict(  # noqa: E731 - read again, it must be the same node
            [*(None for _ in arguments), *names], [*arguments, *(each.value for each in keywords)]
        )
        arguments = (reader.derived(node, made),)
    if not _count(reader, node, arguments, 1):
        return None
    value = as_dict(reader.expression(arguments[0], before.shape))
    if is_poison(value.shape):
        return None
    if not isinstance(value.shape, DictShape):
        return reader.refuse(
            "L417", arguments[0], f"`update` takes a dict, not `{show(value.shape)}`", "write a dict"
        )
    inner = join(before.shape.value, value.shape.value)
    return operation(reader, node, "dict.merge", before, value, shape=DictShape(inner))


def _display(arguments: tuple[ast.expr, ...], keywords: list[ast.keyword]) -> ast.Dict:
    """`{**other, "key": value}` of the arguments of `update`."""
    names = [None if k.arg is None else ast.copy_location(ast.Constant(k.arg), k) for k in keywords]
    return ast.Dict([*(None for _ in arguments), *names], [*arguments, *(k.value for k in keywords)])


def _setdefault(
    reader: Reader, node: ast.AST, before: form.Expr, arguments: tuple[ast.expr, ...]
) -> form.Expr | None:
    """`d.setdefault(key, value)` for its effect."""
    assert isinstance(before.shape, DictShape)
    if not _count(reader, node, arguments, 2):
        return None
    key = reader.expression(arguments[0])
    value = _value(reader, arguments[1], before.shape.value)
    if value is None or is_poison(key.shape):
        return None
    if kind_of(key.shape) != "str":
        return reader.refuse("L410", arguments[0], f"keys are text, not `{show(key.shape)}`", "write str(…)")
    inner, value = _grown(before.shape.value, value)
    held = reader.once(key, node, "key")
    kept = operation(reader, node, "dict.get_or", before, held, value, shape=inner)
    return operation(reader, node, "dict.set", before, held, kept, shape=DictShape(inner))


def _insert(
    reader: Reader, node: ast.AST, before: form.Expr, arguments: tuple[ast.expr, ...]
) -> form.Expr | None:
    assert isinstance(before.shape, ListShape)
    if not _count(reader, node, arguments, 2):
        return None
    place = reader.expression(arguments[0])
    if kind_of(place.shape) != "int":
        if not is_poison(place.shape):
            reader.problem("L412", arguments[0], f"a place is an int, not `{show(place.shape)}`", "write: 0")
        return None
    value = _value(reader, arguments[1], before.shape.item)
    if value is None:
        return None
    item, value = _grown(before.shape.item, value)
    if place != form.Const(INT, place.span, 0):
        at = reader.once(place, node, "place")
        nothing = form.Const(NULL, place.span, None)
        ends = ((nothing, at), (at, nothing))
        parts = [operation(reader, node, "list.slice", before, *each) for each in ends]
        head, tail = (form.Spread(before.shape, before.span, part) for part in parts)
        return form.MakeList(ListShape(item), reader.span(node), (head, value, tail))
    return form.MakeList(
        ListShape(item), reader.span(node), (value, form.Spread(before.shape, before.span, before))
    )


def _clear(
    reader: Reader, node: ast.AST, before: form.Expr, arguments: tuple[ast.expr, ...]
) -> form.Expr | None:
    if not _count(reader, node, arguments, 0):
        return None
    if kind_of(before.shape) == "list":
        return form.MakeList(before.shape, reader.span(node), ())
    return form.MakeObject(before.shape, reader.span(node), ())


def _sort(
    reader: Reader, node: ast.AST, before: form.Expr, arguments: tuple[ast.expr, ...]
) -> form.Expr | None:
    """`xs.sort(key=…, reverse=…)`, as `sorted` of the list."""
    if not _count(reader, node, arguments, 0):
        return None
    assert isinstance(node, ast.Call)
    return sorted_list(reader, node, before)


def _reverse(
    reader: Reader, node: ast.AST, before: form.Expr, arguments: tuple[ast.expr, ...]
) -> form.Expr | None:
    return operation(reader, node, "list.reversed", before) if _count(reader, node, arguments, 0) else None


def _pop(
    reader: Reader, node: ast.AST, before: form.Expr, arguments: tuple[ast.expr, ...]
) -> form.Expr | None:
    if len(arguments) > 1:
        return reader.refuse("L109", node, "`pop` with a default gives a value", "test for the key before")
    index: form.Expr = form.Const(INT, reader.span(node), -1)
    if arguments:
        index = reader.expression(arguments[0])
        if is_poison(index.shape):
            return None
    kind = kind_of(before.shape)
    if kind_of(index.shape) != ("int" if kind == "list" else "str"):
        return reader.refuse(
            "L412", node, f"`pop` of a {kind} does not take `{show(index.shape)}`", "see Python"
        )
    return operation(reader, node, "list.remove_at" if kind == "list" else "dict.remove", before, index)


def _of_set(method: str) -> Rule:
    """`add`, `discard` and `update` of a set."""

    def rule(
        reader: Reader, node: ast.AST, before: form.Expr, arguments: tuple[ast.expr, ...]
    ) -> form.Expr | None:
        if not _count(reader, node, arguments, 1):
            return None
        if method == "update":
            other = made(reader, node, bag(reader, arguments[0]))
        else:
            value = reader.expression(arguments[0])
            if is_poison(value.shape):
                return None
            one = form.MakeList(ListShape(value.shape), value.span, (value,))
            other = made(reader, node, one)
        if is_poison(other.shape):
            return None
        return combined(reader, node, ast.Sub() if method == "discard" else ast.BitOr(), before, other)

    return rule


def _remove(
    reader: Reader, node: ast.AST, before: form.Expr, arguments: tuple[ast.expr, ...]
) -> form.Expr | None:
    assert isinstance(before.shape, ListShape)
    if not _count(reader, node, arguments, 1):
        return None
    value = reader.expression(arguments[0])
    if is_poison(value.shape):
        return None
    if not comparable(value.shape, before.shape.item):
        what = f"`{show(value.shape)}` is never among items of type `{show(before.shape.item)}`"
        return reader.refuse("L406", arguments[0], what, "remove a value of the items' type")
    return operation(reader, node, "list.without_first", before, value)


def _delete(
    reader: Reader, node: ast.AST, before: form.Expr, arguments: tuple[ast.expr, ...]
) -> form.Expr | None:
    """`del xs[i]`, `del d[k]`."""
    place = reader.expression(arguments[0])
    kind = kind_of(before.shape)
    if kind_of(place.shape) != ("int" if kind == "list" else "str"):
        if not is_poison(place.shape):
            what = f"`del` of a {kind} does not take `{show(place.shape)}`"
            reader.problem("L412", arguments[0], what, "name one item")
        return None
    return operation(reader, node, "list.deleted" if kind == "list" else "dict.remove", before, place)


def _set_attribute(
    reader: Reader, node: ast.AST, before: form.Expr, arguments: tuple[ast.expr, ...]
) -> form.Expr | None:
    """`record.field = value`."""
    return _set_field(reader, node, before, arguments, attribute=True)


def _set_field(
    reader: Reader,
    node: ast.AST,
    before: form.Expr,
    arguments: tuple[ast.expr, ...],
    *,
    attribute: bool = False,
) -> form.Expr | None:
    """`typed["key"] = value`, and with `attribute` `record.field = value`."""
    shape = before.shape
    assert isinstance(shape, RecordShape)
    name, given = arguments
    if attribute == (shape.kind == "typeddict") or is_duration(shape) or is_error(shape):
        what = f"`{show(shape)}` has {'keys' if shape.kind == 'typeddict' else 'attributes'}"
        return reader.refuse("L106", node, f"{what}: this cannot be assigned", "build a new value")
    key = getattr(reader.expression(name), "value", None)
    if not isinstance(key, str):
        return reader.refuse(
            "L410", name, f"the keys of `{show(shape)}` are constants", 'write: d["key"] = value'
        )
    if fixed := _fixed(shape.cls):
        hint = f"make a copy: replace(…, {key}=…)" if shape.kind == "dataclass" else "build a new value"
        return reader.refuse("L106", node, f"`{show(shape)}` cannot be changed ({fixed})", hint)
    field = shape.field(key)
    if field is None:
        near = nearest(key, [each.name for each in shape.fields])
        hint = (
            f"did you mean `{near}`?" if near else f"it has {', '.join(each.name for each in shape.fields)}"
        )
        return reader.refuse("L404", name, f"`{show(shape)}` has no `{key}`", hint)
    value = reader.expression(given, field.shape)
    leak(reader, given)
    taken = take(reader, given, value, field.shape, "L401", f"`{key}` of `{show(shape)}`")
    return None if is_poison(taken.shape) else with_fields(reader, node, before, ((key, taken),))


def _fixed(cls: Any) -> str:
    """Why the fields of a class cannot be assigned, or run code of their own when they are."""
    if getattr(getattr(cls, "__dataclass_params__", None), "frozen", False):
        return "frozen=True"
    config = getattr(cls, "model_config", None)
    if isinstance(config, dict):
        return next((f"{name}=True" for name in ("frozen", "validate_assignment") if config.get(name)), "")
    return (
        "" if getattr(cls, "__setattr__", None) in (object.__setattr__, dict.__setattr__) else "__setattr__"
    )


NAMED: Final = ("sort", "update")
"""Changes that take arguments by name."""

SHOWN: Final = {"[]=": "[…] =", ".=": ". ="}

RULES: Final[Mapping[tuple[str, str], Rule]] = {
    ("list", "append"): _append,
    ("list", "extend"): _extend,
    ("list", "insert"): _insert,
    ("list", "[]="): _set_item,
    ("list", "clear"): _clear,
    ("list", "sort"): _sort,
    ("list", "reverse"): _reverse,
    ("list", "pop"): _pop,
    ("list", "remove"): _remove,
    ("list", "del"): _delete,
    ("dict", "del"): _delete,
    ("dict", "[]="): _set_key,
    ("dict", "update"): _update,
    ("dict", "setdefault"): _setdefault,
    ("dict", "clear"): _clear,
    ("dict", "pop"): _pop,
    ("record", "[]="): _set_field,
    ("record", ".="): _set_attribute,
    ("set", "add"): _of_set("add"),
    ("set", "discard"): _of_set("discard"),
    ("set", "update"): _of_set("update"),
}
"""Every change in place that the language has."""
