"""Changes in place (`xs.append(x)`, `d[k] = v`), as new values of the name.

In Python every name that refers to the list sees the change; here only the one name gets a new value. That
is the same exactly where no other name can reach the list, which `Binding.fresh` tells. Everything else is
refused.
"""

from __future__ import annotations

import ast

from ladle.compiler.language import form
from ladle.compiler.language.arguments import fits
from ladle.compiler.language.changes import NAMED, RULES, SHOWN, Rule
from ladle.compiler.language.guards import operation
from ladle.compiler.language.methods import CHANGES
from ladle.compiler.language.names import is_local
from ladle.compiler.language.paths import Step, keeps_deep, path_to, set_within, value_at
from ladle.compiler.language.reading import Reader
from ladle.compiler.language.shapes import (
    INT,
    is_poison,
    is_set,
    join,
    kind_of,
    show,
)
from ladle.compiler.language.values import leak
from ladle.wire import DictShape, RecordShape, Shape

__all__ = ["change", "is_change", "popped"]


def is_change(reader: Reader, function: ast.Attribute) -> bool:
    """Whether `name.method` changes a list or dict in place."""
    found = path_to(function.value)
    return function.attr in CHANGES and found is not None and is_local(reader, found[0].id)


def change(
    reader: Reader, node: ast.AST, target: ast.expr, method: str, arguments: tuple[ast.expr, ...]
) -> None:
    """`target.method(arguments)`, or `target[i] = v` (method "[]="), as an assignment of the name
    `target`; of a part of a value (`target[key].method(arguments)`), as one of the name of the whole."""
    found = path_to(target)
    if found is None:
        for argument in arguments:
            reader.expression(argument)
        what = f"`{reader.text(target)}` is no name and no part of one"
        reader.problem("L109", node, what, "give it a name first")
        return
    name, steps = found
    deep = reader.env.is_deep(name.id)
    before = reader.expression(reader.derived(name, lambda: ast.Name(name.id, ast.Load())))
    if not steps:
        _change(reader, node, name, before, method, arguments, deep=deep)
        return
    if is_poison(before.shape) or not _changeable(reader, node, name, before, arguments):
        return
    if not deep:
        for argument in arguments:
            reader.expression(argument)
        what = f"a part of `{name.id}` may be shared: another name or value can refer to it"
        hint = f"build the part anew: {reader.text(target)} = …, or change it before it goes there"
        reader.problem("L109", node, what, hint)
        return
    way: list[tuple[form.Expr, Step, form.Expr | None]] = []
    part = before
    for step in steps:
        at = value_at(reader, part, step)
        if at is None:
            what = f"`{reader.text(step.node)}` cannot be changed in place"
            reader.problem("L109", step.node, what, "build a new value")
            return
        way.append((part, step, at[1]))
        part = at[0]
    rule = _rule(reader, node, part, method, arguments)
    made = None if rule is None else rule(reader, node, part, arguments)
    if made is None or is_poison(made.shape):
        return
    deep = keeps_deep(made, part)
    for whole, step, key in reversed(way):
        made = set_within(reader, node, whole, step, key, made)
    _bound(reader, node, name, made, deep=deep)


def _change(
    reader: Reader,
    node: ast.AST,
    target: ast.Name,
    before: form.Expr,
    method: str,
    arguments: tuple[ast.expr, ...],
    *,
    deep: bool,
) -> None:
    """The change of the value of a name itself."""
    rule = _rule(reader, node, before, method, arguments)
    if rule is None or not _changeable(reader, node, target, before, arguments):
        return
    made = rule(reader, node, before, arguments)
    if made is not None and not is_poison(made.shape):
        _bound(reader, node, target, made, deep=deep and keeps_deep(made, before))


def _rule(
    reader: Reader,
    node: ast.AST,
    before: form.Expr,
    method: str,
    arguments: tuple[ast.expr, ...],
) -> Rule | None:
    """What makes the new value; None after a problem."""
    shape = before.shape
    kind = "set" if is_set(shape) else kind_of(shape)
    keywords = isinstance(node, ast.Call) and bool(node.keywords)
    rule = RULES.get((kind, method))
    if rule is not None and not (keywords and method not in NAMED):
        return rule
    for argument in arguments:
        reader.expression(argument)
    if is_poison(shape):
        return None
    known = ", ".join(SHOWN.get(verb, f".{verb}") for k, verb in RULES if k == kind)
    name = SHOWN.get(method, f".{method}")
    if rule is not None and isinstance(node, ast.Call):
        name += f"({', '.join(reader.text(each) for each in (*node.args, *node.keywords))})"
    hint = f"it has {known}" if known else "build a new value"
    reader.problem("L109", node, f"`{show(shape)}` cannot be changed by `{name}`", hint)
    return None


def _changeable(
    reader: Reader, node: ast.AST, target: ast.Name, before: form.Expr, arguments: tuple[ast.expr, ...]
) -> bool:
    """Whether the value of a name may be changed in place; a problem where it may not."""
    shape = before.shape
    kind = "set" if is_set(shape) else kind_of(shape)
    binding = reader.env.names.get(target.id)
    if binding is None:
        what = f"`{target.id}` is a constant of the module, which every run shares"
        reader.problem("L312", node, what, f"change a copy: mine = {_copy(shape, target.id)}")
        return False
    if not binding.fresh:
        for argument in arguments:
            reader.expression(argument)
        if target.id in reader.frame.captured:
            what = f"`{target.id}` belongs to the function around this one"
            reader.problem("L312", node, what, "return what is new, and change it there")
            return False
        reader.problem(
            "L109",
            node,
            f"`{target.id}` may be shared: another name or value can refer to the same {kind}",
            f"change a copy: {target.id} = {_copy(shape, target.id)}",
        )
        return False
    if any(target.id in scope for scope in reader.comprehended):
        reader.problem("L109", node, "a comprehension's name cannot be changed", "write a `for` loop")
        return False
    return True


def _bound(reader: Reader, node: ast.AST, target: ast.Name, made: form.Expr, *, deep: bool) -> None:
    """Gives the name its new value."""
    declared = reader.frame.declared.get(target.id)
    if declared is not None and fits(made, declared) is None:
        reader.problem(
            "L409",
            node,
            f"`{target.id}` is declared `{show(declared)}`, and this makes it `{show(made.shape)}`",
            "change the annotation, or the value",
        )
        return
    variable = reader.define(target.id, made.shape, node, fresh=True)
    if deep:
        reader.env.deepen(target.id)
    reader.emit(form.Assign(reader.span(node), target.id, variable, made))


def _copy(shape: Shape, name: str) -> str:
    """How a copy of a value is written."""
    if kind_of(shape) in ("list", "dict"):
        return f"{kind_of(shape)}({name})"
    if isinstance(shape, RecordShape) and shape.kind != "typeddict":
        return f"replace({name})" if shape.kind == "dataclass" else f"{name}.model_copy()"
    return f"{name}.copy()"


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
