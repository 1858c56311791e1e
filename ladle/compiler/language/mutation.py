"""Changes in place (`xs.append(x)`, `d[k] = v`), as new values of the name.

In Python every name that refers to the list sees the change; here only the one name gets a new value. That
is the same exactly where no other name can reach the list, which `Binding.fresh` tells. Everything else is
refused.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Any, Final

from ladle.compiler.language import form
from ladle.compiler.language.arguments import fits, take
from ladle.compiler.language.equality import comparable
from ladle.compiler.language.guards import operation
from ladle.compiler.language.methods import CHANGES
from ladle.compiler.language.names import is_local
from ladle.compiler.language.operations import accepts
from ladle.compiler.language.problems import nearest
from ladle.compiler.language.reading import Reader
from ladle.compiler.language.records import with_fields
from ladle.compiler.language.sets import bag, made
from ladle.compiler.language.setwise import combined
from ladle.compiler.language.shapes import (
    INT,
    NEVER,
    NULL,
    is_duration,
    is_error,
    is_poison,
    is_set,
    join,
    kind_of,
    show,
)
from ladle.compiler.language.values import leak
from ladle.wire import DictShape, ListShape, RecordShape, Shape

__all__ = ["change", "is_change", "popped"]


def is_change(reader: Reader, function: ast.Attribute) -> bool:
    """Whether `name.method` changes a list or dict in place."""
    base = function.value
    while isinstance(base, ast.Attribute | ast.Subscript):
        base = base.value
    return function.attr in CHANGES and isinstance(base, ast.Name) and is_local(reader, base.id)


def change(
    reader: Reader, node: ast.AST, target: ast.expr, method: str, arguments: tuple[ast.expr, ...]
) -> None:
    """`target.method(arguments)`, or `target[i] = v` (method "[]="), as an assignment of the name
    `target`."""
    if not isinstance(target, ast.Name):
        for argument in arguments:
            reader.expression(argument)
        text = reader.text(target)
        reader.problem(
            "L109",
            node,
            f"`{text}` is part of another value, which would have to change too",
            "change a local list or dict first, then put it where it belongs",
        )
        return
    read = reader.derived(target, lambda: ast.Name(target.id, ast.Load()))
    before = reader.expression(read)
    shape = before.shape
    kind = "set" if is_set(shape) else kind_of(shape)
    rule = _CHANGES.get((kind, method))
    if rule is None or (isinstance(node, ast.Call) and node.keywords):
        for argument in arguments:
            reader.expression(argument)
        if is_poison(shape):
            return
        known = ", ".join(_SHOWN.get(verb, f".{verb}") for k, verb in _CHANGES if k == kind)
        name = _SHOWN.get(method, f".{method}")
        hint = f"it has {known}" if known else "build a new value"
        if rule is not None and isinstance(node, ast.Call):
            given = ", ".join(reader.text(each) for each in (*node.args, *node.keywords))
            name += f"({given})"
            if method == "sort":
                hint = f"write: {target.id} = sorted({target.id}, {given})"
        reader.problem("L109", node, f"`{show(shape)}` cannot be changed by `{name}`", hint)
        return
    binding = reader.env.names.get(target.id)
    if binding is None:
        what = f"`{target.id}` is a constant of the module, which every run shares"
        reader.problem("L312", node, what, f"change a copy: mine = {_copy(shape, target.id)}")
        return
    if not binding.fresh:
        for argument in arguments:
            reader.expression(argument)
        if target.id in reader.frame.captured:
            what = f"`{target.id}` belongs to the function around this one"
            reader.problem("L312", node, what, "return what is new, and change it there")
            return
        reader.problem(
            "L109",
            node,
            f"`{target.id}` may be shared: another name or value can refer to the same {kind}",
            f"change a copy: {target.id} = {_copy(shape, target.id)}",
        )
        return
    if any(target.id in scope for scope in reader.comprehended):
        reader.problem("L109", node, "a comprehension's name cannot be changed", "write a `for` loop")
        return
    made = rule(reader, node, before, arguments)
    if made is None or is_poison(made.shape):
        return
    declared = reader.frame.declared.get(target.id)
    if declared is not None:
        found = fits(made, declared)
        if found is None:
            reader.problem(
                "L409",
                node,
                f"`{target.id}` is declared `{show(declared)}`, and this makes it `{show(made.shape)}`",
                "change the annotation, or the value",
            )
            return
    variable = reader.define(target.id, made.shape, node, fresh=True)
    reader.emit(form.Assign(reader.span(node), target.id, variable, made))


def _copy(shape: Shape, name: str) -> str:
    """How a copy of a value is written."""
    if kind_of(shape) in ("list", "dict"):
        return f"{kind_of(shape)}({name})"
    if isinstance(shape, RecordShape) and shape.kind != "typeddict":
        return f"replace({name})" if shape.kind == "dataclass" else f"{name}.model_copy()"
    return f"{name}.copy()"


_Rule = Callable[[Reader, ast.AST, form.Expr, tuple[ast.expr, ...]], form.Expr | None]


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
    assert isinstance(before.shape, DictShape)
    if not _count(reader, node, arguments, 1):
        return None
    value = reader.expression(arguments[0], before.shape)
    if is_poison(value.shape):
        return None
    if not isinstance(value.shape, DictShape):
        return reader.refuse(
            "L417", arguments[0], f"`update` takes a dict, not `{show(value.shape)}`", "write a dict"
        )
    inner = join(before.shape.value, value.shape.value)
    return operation(reader, node, "dict.merge", before, value, shape=DictShape(inner))


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
    if not _count(reader, node, arguments, 0):
        return None
    if not accepts("list sortable", before.shape):
        return reader.refuse(
            "L417", node, f"`{show(before.shape)}` has no order", "write: xs = sorted(xs, key=lambda x: …)"
        )
    return operation(reader, node, "list.sorted", before)


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


def _of_set(method: str) -> _Rule:
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


def popped(reader: Reader, node: ast.Call) -> form.Expr | None:
    """The value of `xs.pop()`, `xs.pop(i)`, `d.pop(k)`, `d.pop(k, default)`, and the change of the name."""
    function = node.func
    assert isinstance(function, ast.Attribute)
    target = function.value
    if not isinstance(target, ast.Name) or node.keywords:
        return None
    before = reader.expression(target)
    kind = kind_of(before.shape)
    binding = reader.env.names.get(target.id)
    if kind not in ("list", "dict") or binding is None or not binding.fresh or len(node.args) > 2:
        return None
    before = reader.once(before, node, "before")
    place: form.Expr = form.Const(INT, reader.span(node), -1)
    if node.args:
        place = reader.once(reader.expression(node.args[0]), node, "place")
    if kind_of(place.shape) != ("int" if kind == "list" else "str") or (kind == "dict" and not node.args):
        return None
    if kind == "list":
        value = operation(reader, node, "list.popped", before, place)
        rest = operation(reader, node, "list.remove_at", before, place)
    elif len(node.args) == 2:
        assert isinstance(before.shape, DictShape)
        default = reader.expression(node.args[1])
        if is_poison(default.shape):
            return default
        leak(reader, node.args[1])
        shape = join(before.shape.value, default.shape)
        value = operation(reader, node, "dict.get_or", before, place, default, shape=shape)
        rest = operation(reader, node, "dict.without", before, place)
    else:
        value = operation(reader, node, "dict.index", before, place)
        rest = operation(reader, node, "dict.remove", before, place)
    if is_poison(value.shape):
        return value
    held = reader.define("value", value.shape, node, made=True, tag="popped")
    reader.emit(form.Assign(value.span, "value", held, value))
    variable = reader.define(target.id, rest.shape, node, fresh=True, tag="rest")
    reader.emit(form.Assign(reader.span(node), target.id, variable, rest))
    return reader.value_of(held, value.span)


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


_SHOWN: Final = {"[]=": "[…] =", ".=": ". ="}

_CHANGES: Final[Mapping[tuple[str, str], _Rule]] = {
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
    ("dict", "clear"): _clear,
    ("dict", "pop"): _pop,
    ("record", "[]="): _set_field,
    ("record", ".="): _set_attribute,
    ("set", "add"): _of_set("add"),
    ("set", "discard"): _of_set("discard"),
    ("set", "update"): _of_set("update"),
}
"""Every change in place that the language has."""
