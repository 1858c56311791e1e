"""Kinds of operands, and the shapes of results."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from ladle.compiler.language.form import Const, Expr, Op
from ladle.compiler.language.operations.regexes import Group, translated
from ladle.compiler.language.operations.table import OPERATIONS
from ladle.wire import (
    AnyShape,
    BoolShape,
    DateShape,
    DateTimeShape,
    DictShape,
    EnumShape,
    FloatShape,
    IntShape,
    ListShape,
    LiteralShape,
    NullShape,
    RecordField,
    RecordShape,
    Shape,
    StrShape,
    TupleShape,
    UnionShape,
)

__all__ = ["accepts", "item_shape", "result_shape", "scalar_kind", "verify_op"]


def scalar_kind(shape: Shape) -> str:
    """What a value is: bool, int, float, str, date, datetime, list, object, none or any."""
    match shape:
        case BoolShape():
            return "bool"
        case IntShape():
            return "int"
        case FloatShape():
            return "float"
        case StrShape():
            return "str"
        case DateShape():
            return "date"
        case DateTimeShape():
            return "datetime"
        case NullShape():
            return "none"
        case ListShape() | TupleShape():
            return "list"
        case DictShape() | RecordShape():
            return "object"
        case EnumShape(members=members):
            return _common(value for _, value in members)
        case LiteralShape(values=values):
            return _common(iter(values))
        case UnionShape(options=options):
            kinds = {scalar_kind(option) for option in options}
            return kinds.pop() if len(kinds) == 1 else "float" if kinds == {"int", "float"} else "any"
        case _:
            return "any"


def _common(values: Any) -> str:
    kinds = {
        "bool" if isinstance(value, bool) else "int" if isinstance(value, int) else "str" for value in values
    }
    return kinds.pop() if len(kinds) == 1 else "any"


def accepts(kind: str, shape: Shape) -> bool:
    """Whether an operand of `shape` is of `kind`.

    Kinds are those of the table: "int", "number" (int or float), "str", "bool", "date", "datetime", "list"
    (also tuples), "list KIND", "tuple", "dict" (any keys), "object" (dicts and records), "sortable" (one of
    number, str, date, bool), "key" (sortable, or a tuple of such), "pair" (a tuple of text and value), "int?"
    (int or None), "any".
    """
    kind = kind.removesuffix("*").strip("()")
    have = scalar_kind(shape)
    if kind.startswith("list "):
        if isinstance(shape, TupleShape):
            return all(accepts(kind[5:], item) for item in shape.items)
        return isinstance(shape, ListShape) and (
            shape.item == UnionShape(()) or accepts(kind[5:], shape.item)
        )
    match kind:
        case "any":
            return True
        case "number":
            return have in ("int", "float")
        case "int?":
            return have in ("int", "none")
        case "tuple":
            return isinstance(shape, TupleShape)
        case "dict":
            return isinstance(shape, DictShape)
        case "sortable":
            return have in ("int", "float", "str", "date", "bool")
        case "key":
            items = shape.items if isinstance(shape, TupleShape) else (shape,)
            return all(accepts("sortable", item) for item in items)
        case "pair":
            return isinstance(shape, TupleShape) and len(shape.items) == 2 and accepts("str", shape.items[0])
        case _:
            return have == kind


def result_shape(name: str, operands: Sequence[Expr]) -> Shape:
    """The shape of the operation's result on these operands, which are of the kinds it takes."""
    shapes = [operand.shape for operand in operands]
    return _shape(OPERATIONS[name].result, shapes, operands)


def _shape(rule: str, shapes: Sequence[Shape], operands: Sequence[Expr]) -> Shape:
    simple: dict[str, Shape] = {
        "int": IntShape(),
        "float": FloatShape(),
        "bool": BoolShape(),
        "str": StrShape(),
        "date": DateShape(),
        "datetime": DateTimeShape(),
    }
    match rule.split():
        case [word] if word in simple:
            return simple[word]
        case ["number"]:
            return IntShape() if all(scalar_kind(shape) == "int" for shape in shapes) else FloatShape()
        case ["=0"]:
            return _widest(shapes)
        case ["element"]:
            tuple_shape, index = shapes[0], operands[1]
            assert isinstance(tuple_shape, TupleShape)
            assert isinstance(index, Const)
            return tuple_shape.items[int(index.value)]
        case ["pair"]:
            return TupleShape((IntShape(), item_shape(shapes[0])))
        case ["fixed"]:
            size = operands[1]
            assert isinstance(size, Const)
            return TupleShape((item_shape(shapes[0]),) * int(size.value))
        case ["three"]:
            return TupleShape((StrShape(), StrShape(), StrShape()))
        case ["zipped"]:
            return TupleShape(tuple(map(item_shape, shapes)))
        case ["match" | "matches" as word]:
            pattern, flags = (operand.value for operand in operands[1:3] if isinstance(operand, Const))
            groups = translated(pattern, flags).groups
            return match_shape(groups) if word == "match" else _matches(len(groups))
        case ["dict"]:
            pair = item_shape(shapes[0])
            return DictShape(pair.items[1] if isinstance(pair, TupleShape) else UnionShape(()))
        case ["item"]:
            return TupleShape((StrShape(), _value(shapes[0])))
        case ["item", "0"]:
            return item_shape(shapes[0])
        case ["value", "0"]:
            return _value(shapes[0])
        case ["value", "0", "or", "None"]:
            return _either(_value(shapes[0]), NullShape())
        case ["value", "0", "or", "2"]:
            return _either(_value(shapes[0]), shapes[2])
        case ["list", *rest]:
            return ListShape(_shape(" ".join(rest), shapes, operands))
        case _:
            raise AssertionError(rule)


def match_shape(groups: Sequence[Group]) -> Shape:
    """What a search gives: a match with its groups, those that it may lack with None; or None."""
    fields = [RecordField("g0", StrShape())]
    for group in groups:
        shape = StrShape() if group.sure else _either(StrShape(), NullShape())
        fields.append(RecordField(group.key, shape))
    return _either(RecordShape("Match", tuple(fields), "dataclass", re.Match), NullShape())


def _matches(groups: int) -> Shape:
    return ListShape(StrShape() if groups < 2 else TupleShape((StrShape(),) * groups))


def _widest(shapes: Sequence[Shape]) -> Shape:
    """The shape of operand 0; a list display without items takes the shape of its partner."""
    first = shapes[0]
    empty = ListShape(UnionShape(()))
    if first == empty and len(shapes) > 1:
        second = shapes[-1]
        return second if isinstance(second, ListShape) else ListShape(second)
    return first


def item_shape(shape: Shape) -> Shape:
    """The shape of the items of a list; of a tuple whose items differ, their union."""
    if isinstance(shape, TupleShape):
        distinct = tuple(dict.fromkeys(shape.items))
        return distinct[0] if len(distinct) == 1 else UnionShape(distinct)
    return shape.item if isinstance(shape, ListShape) else AnyShape()


def _value(shape: Shape) -> Shape:
    return shape.value if isinstance(shape, DictShape) else AnyShape()


def _either(a: Shape, b: Shape) -> Shape:
    options: dict[Shape, None] = {}
    for shape in (a, b):
        options.update(dict.fromkeys(shape.options if isinstance(shape, UnionShape) else (shape,)))
    if NullShape() in options:  # None stands last
        options.pop(NullShape())
        options[NullShape()] = None
    return next(iter(options)) if len(options) == 1 else UnionShape(tuple(options))


def verify_op(op: Op) -> list[str]:
    """What is wrong with the operation's name or operands; empty when nothing is."""
    row = OPERATIONS.get(op.name)
    if row is None:
        return [f"there is no operation {op.name}"]
    kinds = list(row.operands)
    if kinds and kinds[-1].endswith("*"):
        kinds += [kinds[-1]] * (len(op.operands) - len(kinds))
        kinds = kinds[: max(len(op.operands), len(row.operands) - 1)]
    if len(kinds) != len(op.operands):
        return [f"{op.name} takes {len(row.operands)} operands, {len(op.operands)} given"]
    problems = []
    for kind, operand in zip(kinds, op.operands, strict=True):
        if not accepts(kind, operand.shape):
            problems.append(f"{op.name} takes {kind}, {operand.shape} given")
        if kind.startswith("(") and not isinstance(operand, Const):
            problems.append(f"{op.name} takes a constant {kind}")
    return problems
