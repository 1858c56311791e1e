"""The least and greatest value that a number can have, as far as the form tells.

Interval arithmetic over expressions. What is known to stay within the exact integers, or cannot be zero, is
printed without a guard. Nothing is known of a number that came through a door but its type: an `int` lies
within ±(2**53 - 1), a `float` within ±1.8e308.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Final, TypeAlias

from ladle.compiler.language.form import Bind, Cond, Const, Expr, Loop, MakeList, Op, Read, Variable
from ladle.compiler.language.operations import OPERATIONS
from ladle.wire import LARGEST_INTEGER, EnumShape, FloatShape, ListShape, LiteralShape, Shape

__all__ = ["COUNT", "Bounds", "Known", "bounds", "item_bounds", "shape_bounds", "unclipped"]

Bounds: TypeAlias = tuple[float, float]
Known: TypeAlias = Mapping[Variable, Bounds]

COUNT: Final = 16_777_216
"""More items or characters than any value has: variables hold 10 MiB at most, an item takes a byte."""

_INT: Final[Bounds] = (-LARGEST_INTEGER, LARGEST_INTEGER)
_FLOAT: Final[Bounds] = (-sys.float_info.max, sys.float_info.max)
_RESULTS: Final[dict[str, Bounds]] = {
    "list.len": (0, COUNT),
    "list.count": (0, COUNT),
    "list.position": (0, COUNT),
    "dict.len": (0, COUNT),
    "str.len": (0, COUNT),
    "str.count": (0, COUNT),
    "str.find": (-1, COUNT),
    "str.rfind": (-1, COUNT),
    "str.position": (0, COUNT),
    "str.rposition": (0, COUNT),
    "int.of_bool": (0, 1),
    "date.year": (1, 9999),
    "date.month": (1, 12),
    "date.day": (1, 31),
    "datetime.year": (1, 9999),
    "datetime.month": (1, 12),
    "datetime.day": (1, 31),
    "datetime.hour": (0, 23),
    "datetime.minute": (0, 59),
    "datetime.second": (0, 59),
    "datetime.microsecond": (0, 999_999),
    "datetime.micros": (-2_209_075_200_000_000, 4_102_531_200_000_000),
    "date.weekday": (0, 6),
    "date.isoweekday": (1, 7),
    "date.toordinal": (1, 3_652_059),
    "date.days_between": (-3_652_058, 3_652_058),
}


def shape_bounds(shape: Shape) -> Bounds:
    """What the type alone says of a number."""
    if isinstance(shape, FloatShape):
        return _FLOAT
    if isinstance(shape, LiteralShape | EnumShape):
        values = (
            shape.values if isinstance(shape, LiteralShape) else tuple(value for _, value in shape.members)
        )
        numbers = [value for value in values if isinstance(value, int)]
        return (min(numbers), max(numbers)) if numbers else _INT
    return _INT


def bounds(expr: Expr, known: Known) -> Bounds:
    """The least and greatest value of a number; `known` has those of variables of which more is known."""
    match expr:
        case Const(value=bool()):
            return (0, 1)
        case Const(value=int() | float() as value):
            return (value, value)
        case Read(variable=variable) if variable in known:
            return known[variable]
        case Cond(then=then, otherwise=otherwise):
            return _hull(bounds(then, known), bounds(otherwise, known))
        case Bind(variable=variable, value=value, body=body):
            return bounds(body, {**known, variable: bounds(value, known)})
        case Op(name=name, operands=operands) if name in OPERATIONS:
            return _clip(_operation(name, operands, known), shape_bounds(expr.shape))
        case _:
            return shape_bounds(expr.shape)


def unclipped(expr: Op, known: Known) -> Bounds:
    """What arithmetic alone would give: beyond the type's bounds, the operation needs a guard."""
    return _operation(expr.name, expr.operands, known)


def item_bounds(source: Expr, known: Known) -> Bounds:
    """The bounds of a list's items."""
    match source:
        case Op(name="list.range", operands=(start, stop, Const(value=step))):
            first, last = bounds(start, known), bounds(stop, known)
            return (
                (first[0], max(first[0], last[1] - 1)) if step > 0 else (min(first[1], last[0] + 1), first[1])
            )
        case Op(
            name="list.sorted" | "list.sorted_desc" | "list.reversed" | "list.slice", operands=(inner, *_)
        ):
            return item_bounds(inner, known)
        case Loop(item=item, source=inner, element=element, flatten=False):
            return bounds(element, {**known, item: item_bounds(inner, known)})
        case MakeList(items=items) if items and isinstance(source.shape, ListShape):
            hull = bounds(items[0], known)
            for each in items[1:]:
                hull = _hull(hull, bounds(each, known))
            return hull
        case _:
            item_shape = source.shape.item if isinstance(source.shape, ListShape) else source.shape
            return shape_bounds(item_shape)


def _operation(name: str, operands: tuple[Expr, ...], known: Known) -> Bounds:
    if name in _RESULTS:
        return _RESULTS[name]
    kind, _, verb = name.partition(".")
    if kind == "list" and verb in ("min", "max"):
        return item_bounds(operands[0], known)
    if kind not in ("int", "float", "num") or verb == "of_str":
        return _FLOAT  # the sum of a list may be of floats; its type says more
    ranges = [bounds(operand, known) for operand in operands]
    (low, high), *rest = ranges
    match verb:
        case "add":
            return (low + rest[0][0], high + rest[0][1])
        case "sub":
            return (low - rest[0][1], high - rest[0][0])
        case "mul":
            products = [a * b for a in (low, high) for b in rest[0]]
            return (min(products), max(products))
        case "div":
            return _quotient((low, high), rest[0], operands[1])
        case "floordiv":
            size = max(abs(low), abs(high))
            return (0 if low >= 0 and rest[0][0] >= 0 else -size, size if low < 0 or rest[0][0] < 0 else high)
        case "mod":
            return (min(0, rest[0][0] + 1), max(0, rest[0][1] - 1))
        case "drawn":  # of a draw, from one bound to the other
            return (rest[0][0], rest[1][1])
        case "drawn_below":
            return (0, max(0, rest[0][1] - 1))
        case "neg":
            return (-high, -low)
        case "abs":
            return (0 if low <= 0 <= high else min(abs(low), abs(high)), max(abs(low), abs(high)))
        case "min":
            return (min(each[0] for each in ranges), min(each[1] for each in ranges))
        case "max":
            return (max(each[0] for each in ranges), max(each[1] for each in ranges))
        case "sqrt":
            return (0, max(1, high))
        case _:  # rounding, conversions: within one of the operand
            return (low - 1, high + 1) if kind == "int" else (low, high)


def _quotient(above: Bounds, below: Bounds, divisor: Expr) -> Bounds:
    """An integer divisor that is not zero is at least 1 in size; of a float nothing is known."""
    if isinstance(divisor.shape, FloatShape) and below[0] <= 0 <= below[1]:
        return (-float("inf"), float("inf"))
    least = min(abs(below[0]), abs(below[1])) if below[0] > 0 or below[1] < 0 else 1
    size = max(abs(above[0]), abs(above[1])) / least
    return (-size, size)


def _hull(a: Bounds, b: Bounds) -> Bounds:
    return (min(a[0], b[0]), max(a[1], b[1]))


def _clip(value: Bounds, limits: Bounds) -> Bounds:
    return (max(value[0], limits[0]), min(value[1], limits[1]))
