"""Changes within a value: `groups[key].append(x)`, `box.size.width = 3`, as new values of the name.

Such a change is seen by whatever else refers to a part of the value, so it is compiled only while nothing
does: `Env.deep` knows the names of which that is so. A name is in it from a value that is new in all its
parts (a display of such, a task's result, a parameter of the workflow) until some part of it may have got
another reference: until the name is read for anything but a scalar.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass

from ladle.compiler.language import form
from ladle.compiler.language.guards import operation
from ladle.compiler.language.reading import Reader, is_scalar
from ladle.compiler.language.records import with_fields
from ladle.compiler.language.shapes import is_poison, join, kind_of
from ladle.wire import DictShape, ListShape, RecordShape, Shape

__all__ = ["Step", "is_deep", "keeps_deep", "path_to", "set_within", "value_at"]


@dataclass(frozen=True, slots=True)
class Step:
    """One step to a part of a value: an item, a field, or the item that `setdefault` makes."""

    node: ast.expr
    key: ast.expr | None = None
    field: str = ""
    default: ast.expr | None = None


def path_to(target: ast.expr) -> tuple[ast.Name, list[Step]] | None:
    """The name and the steps of `groups[key]`, `box.size`, `groups.setdefault(key, [])`; None for others."""
    steps: list[Step] = []
    while not isinstance(target, ast.Name):
        match target:
            case ast.Subscript(value=base, slice=key) if not isinstance(key, ast.Slice):
                steps.append(Step(target, key))
            case ast.Attribute(value=base, attr=field):
                steps.append(Step(target, field=field))
            case ast.Call(
                func=ast.Attribute(value=base, attr="setdefault"), args=[key, default], keywords=[]
            ):
                steps.append(Step(target, key, default=default))
            case _:
                return None
        target = base
    return target, steps[::-1]


def value_at(reader: Reader, value: form.Expr, step: Step) -> tuple[form.Expr, form.Expr | None] | None:
    """The part of a value that a step leads to, and the key on the way; None where there is no such part."""
    shape = value.shape
    if step.field:
        if not isinstance(shape, RecordShape) or shape.kind == "typeddict":
            return None
        field = shape.field(step.field)
        return None if field is None else (form.FieldOf(field.shape, value.span, value, field.name), None)
    assert step.key is not None
    key = reader.once(reader.expression(step.key), step.key, "key")
    kind = kind_of(key.shape)
    if isinstance(shape, RecordShape) and shape.kind == "typeddict" and isinstance(key, form.Const):
        field = shape.field(str(key.value))
        if field is None or field.may_be_absent:
            return None
        return form.FieldOf(field.shape, value.span, value, field.name), key
    if isinstance(shape, ListShape) and kind == "int" and step.default is None:
        return operation(reader, step.node, "list.index", value, key), key
    if not isinstance(shape, DictShape) or kind != "str":
        return None
    if step.default is None:
        return operation(reader, step.node, "dict.index", value, key), key
    default = reader.expression(step.default, shape.value)
    if is_poison(default.shape) or not is_deep(default):
        return None
    made = join(shape.value, default.shape)
    return operation(reader, step.node, "dict.get_or", value, key, default, shape=made), key


def set_within(
    reader: Reader, node: ast.AST, value: form.Expr, step: Step, key: form.Expr | None, part: form.Expr
) -> form.Expr:
    """The value with another part at a step."""
    shape = value.shape
    if isinstance(shape, RecordShape):
        name = step.field or str(getattr(key, "value", ""))
        return with_fields(reader, node, value, ((name, part),))
    assert key is not None
    if isinstance(shape, ListShape):
        grown: Shape = ListShape(join(shape.item, part.shape))
        return operation(reader, node, "list.set", value, key, part, shape=grown)
    assert isinstance(shape, DictShape)
    grown = DictShape(join(shape.value, part.shape))
    return operation(reader, node, "dict.set", value, key, part, shape=grown)


def is_deep(value: form.Expr) -> bool:
    """Whether nothing else can refer to a part of a value that has just been made."""
    match value:
        case form.MakeList(items=items):
            return all(
                _spread(each.base) if isinstance(each, form.Spread) else is_deep(each) for each in items
            )
        case form.MakeObject(entries=entries):
            return all(is_deep(each) for _, each in entries)
        case form.Loop(element=element):
            return is_deep(element)
        case form.Op(name="dict.set", operands=(base, _, item)):
            return is_deep(base) and is_deep(item)
        case form.Op(name="dict.of_pairs", operands=(form.Loop(element=form.MakeList(items=items)),)):
            return all(is_deep(each) for each in items)
        case _:
            return is_scalar(value.shape)


def _spread(value: form.Expr) -> bool:
    """Whether the items of a value are parts of nothing else, or cannot be changed."""
    shape = value.shape
    inner = shape.item if isinstance(shape, ListShape) else getattr(shape, "value", None)
    return is_deep(value) or (inner is not None and is_scalar(inner))


def keeps_deep(made: form.Expr, before: form.Expr) -> bool:
    """Whether a change of `before` puts nothing into it that something else refers to."""
    match made:
        case form.Op(name="dict.set", operands=(_, _, form.Op(name="dict.get_or", operands=(base, _, new)))):
            return base == before and is_deep(new)
        case form.Op(name="list.append" | "list.set" | "dict.set", operands=(_, *_, value)):
            return is_deep(value)
        case form.Op(name="list.add" | "dict.merge", operands=(_, more)):
            return _spread(more)
        case form.Op(operands=(_, *others)):
            return all(is_scalar(each.shape) for each in others)
        case form.MakeList(items=items):
            parts = [each.base if isinstance(each, form.Spread) else each for each in items]
            return all(each == before or isinstance(each, form.Op) or is_deep(each) for each in parts)
        case _:
            return is_deep(made)
