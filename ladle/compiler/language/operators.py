"""Arithmetic, text and list operators, unary operators, walrus, and augmented assignment's operator."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Any, Final

from ladle.compiler.language import form, subset
from ladle.compiler.language.arguments import fits
from ladle.compiler.language.binding import bind_name
from ladle.compiler.language.conditions import condition
from ladle.compiler.language.dates import negative, shift
from ladle.compiler.language.formatting import percent
from ladle.compiler.language.guards import operation
from ladle.compiler.language.reading import Reader, retyped
from ladle.compiler.language.records import as_dict, with_fields
from ladle.compiler.language.setwise import combined
from ladle.compiler.language.shapes import (
    FLOAT,
    INT,
    NULL,
    is_duration,
    is_poison,
    is_set,
    join,
    kind_of,
    options,
    plain_shape,
    show,
)
from ladle.compiler.language.values import refuse_none
from ladle.wire import LARGEST_INTEGER, DictShape, ListShape, RecordShape, Shape

__all__ = ["OPERATORS", "combine"]

_VERBS: Final[Mapping[type[ast.operator], tuple[str, str]]] = {
    ast.Add: ("+", "add"),
    ast.Sub: ("-", "sub"),
    ast.Mult: ("*", "mul"),
    ast.Div: ("/", "div"),
    ast.FloorDiv: ("//", "floordiv"),
    ast.Mod: ("%", "mod"),
}


def read_bin_op(reader: Reader, node: ast.BinOp, expected: Shape | None) -> form.Expr:
    left = reader.expression(node.left, expected)
    partial = isinstance(node.op, ast.BitOr) and isinstance(expected, RecordShape)  # some keys of a TypedDict
    right = reader.expression(node.right, None if partial else expected)
    return combine(reader, node, node.op, (node.left, left), (node.right, right))


_Side = tuple[ast.expr, form.Expr]


def combine(reader: Reader, node: ast.AST, op: ast.operator, left: _Side, right: _Side) -> form.Expr:
    """`left op right` for values that have been read."""
    first, second = (retyped(side[1], plain_shape(side[1].shape)) for side in (left, right))
    if is_poison(first.shape) or is_poison(second.shape):
        return reader.poison(node)
    if is_set(first.shape) or is_set(second.shape):
        return combined(reader, node, op, first, second)
    if isinstance(op, ast.BitOr) and (united := _united(reader, node, first, second)) is not None:
        return united
    if isinstance(op, ast.BitOr) and kind_of(first.shape) == kind_of(second.shape) == "dict":
        return operation(reader, node, "dict.merge", first, second, shape=join(first.shape, second.shape))
    if type(op) in _OF_BITS:
        sign, instead = _OF_BITS[type(op)]
        return reader.refuse("L110", node, f"`{sign}` is an operator of sets here", instead)
    if isinstance(op, ast.Pow):
        return _power(reader, node, first, second)
    if type(op) not in _VERBS:
        refusal = subset.refusal(op)
        return reader.refuse(refusal.code, node, refusal.message, refusal.hint)
    sign, verb = _VERBS[type(op)]
    if verb == "mod" and kind_of(first.shape) == "str":
        return percent(reader, node, first, right[0], right[1])
    for place, value in (left, right):
        if NULL in options(value.shape):
            return refuse_none(reader, place, value.shape)
    if (moved := shift(reader, node, sign, first, second)) is not None:
        return moved
    kinds = (kind_of(first.shape), kind_of(second.shape))
    if set(kinds) <= {"int", "float"}:
        return _arithmetic(reader, node, sign, verb, first, second)
    if kinds == ("str", "str") and verb == "add":
        return operation(reader, node, "str.concat", *_parts(first), *_parts(second))
    if kinds == ("list", "list") and verb == "add":
        shape = join(first.shape, second.shape)
        if kind_of(shape) != "list":
            assert isinstance(first.shape, ListShape)
            assert isinstance(second.shape, ListShape)
            shape = ListShape(join(first.shape.item, second.shape.item))
        return operation(reader, node, "list.add", first, second, shape=shape)
    if verb == "mul" and kinds in (("list", "int"), ("str", "int")):
        return operation(reader, node, f"{kinds[0]}.repeat", first, second)
    if verb == "mul" and kinds in (("int", "list"), ("int", "str")):
        return operation(reader, node, f"{kinds[1]}.repeat", second, first)
    shown = f"`{show(first.shape)}` and `{show(second.shape)}`"
    return reader.refuse(
        "L405", node, f"`{sign}` does not take {shown}", _remedy(sign, kinds, reader, left, right)
    )


def _united(reader: Reader, node: ast.AST, first: form.Expr, second: form.Expr) -> form.Expr | None:
    """`typed | {"key": value}`: a TypedDict with other values of some keys; None for other operands."""
    shape = first.shape
    if not isinstance(shape, RecordShape) or shape.kind != "typeddict":
        return None
    if isinstance(second, form.MakeObject) and isinstance(second.shape, DictShape):
        fields = {field.name: field.shape for field in shape.fields}
        entries = [(key, fits(value, fields[key])) for key, value in second.entries if key in fields]
        good = tuple((key, value) for key, value in entries if value is not None)
        if len(good) == len(second.entries):
            return with_fields(reader, node, first, good)
    mine, theirs = as_dict(first), as_dict(second)
    if not isinstance(mine.shape, DictShape) or not isinstance(theirs.shape, DictShape):
        return None
    merged = DictShape(join(mine.shape.value, theirs.shape.value))
    return operation(reader, node, "dict.merge", mine, theirs, shape=merged)


_OF_BITS: Final[Mapping[type[ast.operator], tuple[str, str]]] = {
    ast.BitOr: ("|", "use `or` for tests"),
    ast.BitAnd: ("&", "use `and` for tests"),
    ast.BitXor: ("^", "use `!=` for tests, or a task"),
}


def _power(reader: Reader, node: ast.AST, base: form.Expr, exponent: form.Expr) -> form.Expr:
    """`n ** 3` of an integer, multiplied out."""
    small = isinstance(exponent, form.Const) and kind_of(exponent.shape) == "int" and 0 <= exponent.value <= 8
    if kind_of(base.shape) != "int" or not small or not isinstance(exponent, form.Const):
        hint = "multiply: x * x, or do it in a task"
        return reader.refuse("L110", node, "`**` takes an int and a constant from 0 to 8 here", hint)
    one = form.Const(INT, reader.span(node), 1)

    def multiplied(held: form.Expr) -> form.Expr:
        result: form.Expr = held if exponent.value else one
        for _ in range(exponent.value - 1):
            result = operation(reader, node, "int.mul", result, held)
        return result

    anchor = reader.derived(node, lambda: ast.Constant(None))
    return reader.bound(anchor, "base", base, multiplied)


def _remedy(sign: str, kinds: tuple[str, str], reader: Reader, left: _Side, right: _Side) -> str:
    texts = (reader.text(left[0]), reader.text(right[0]))
    if "any" in kinds:
        return "annotate the value whose type is Any"
    if sign == "+" and "str" in kinds:
        return f'write an f-string: f"{{{texts[0]}}}{{{texts[1]}}}"'
    if sign == "%" and kinds[0] == "str":
        return "write an f-string"
    if "bool" in kinds:
        return f"write int({texts[kinds.index('bool')]})"
    if "datetime" in kinds:
        return "compute with times in a task"
    if "date" in kinds:
        return "write: day + timedelta(days=n), or (later - earlier).days"
    return "convert one side, or compute it in a task"


def _parts(text: form.Expr) -> tuple[form.Expr, ...]:
    """The parts of a concatenation, so that `a + b + c` is one operation."""
    return text.operands if isinstance(text, form.Op) and text.name == "str.concat" else (text,)


def _arithmetic(
    reader: Reader, node: ast.AST, sign: str, verb: str, first: form.Expr, second: form.Expr
) -> form.Expr:
    floats = "float" in (kind_of(first.shape), kind_of(second.shape))
    if floats and verb in ("floordiv", "mod"):
        return reader.refuse(
            "L405",
            node,
            f"`{sign}` of floats differs in the last digits between Python and JSONata",
            "compute it in a task, or use ints",
        )
    if verb == "div":
        return operation(reader, node, "float.div", first, second)
    if not floats and isinstance(first, form.Const) and isinstance(second, form.Const) and verb in _FOLD:
        value = _FOLD[verb](first.value, second.value)
        if abs(value) <= LARGEST_INTEGER:
            return form.Const(INT, reader.span(node), value)
    return operation(reader, node, f"{'float' if floats else 'int'}.{verb}", first, second)


_FOLD: Final[Mapping[str, Callable[[int, int], int]]] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
}


def read_unary_op(reader: Reader, node: ast.UnaryOp, expected: Shape | None) -> form.Expr:
    if isinstance(node.op, ast.Not):
        return condition(reader, node).expr
    if isinstance(node.op, ast.Invert):
        refusal = subset.refusal(node.op)
        return reader.refuse(refusal.code, node, refusal.message, refusal.hint)
    value = reader.expression(node.operand, expected)
    value = retyped(value, plain_shape(value.shape))
    if is_poison(value.shape):
        return value
    if NULL in options(value.shape):
        return refuse_none(reader, node.operand, value.shape)
    if is_duration(value.shape) and isinstance(node.op, ast.USub):
        return negative(reader, node, value)
    kind = kind_of(value.shape)
    sign = "-" if isinstance(node.op, ast.USub) else "+"
    if kind not in ("int", "float"):
        return reader.refuse(
            "L405", node, f"`{sign}` does not take `{show(value.shape)}`", "negate numbers only"
        )
    if sign == "+":
        return value
    if isinstance(value, form.Const):
        return form.Const(INT if kind == "int" else FLOAT, reader.span(node), -value.value)
    return operation(reader, node, f"{kind}.neg", value)


def read_walrus(reader: Reader, node: ast.NamedExpr, expected: Shape | None) -> form.Expr:
    """`(name := value)`: an assignment made where it stands."""
    value = reader.expression(node.value, expected)
    name = node.target.id
    if any(name in scope for scope in reader.comprehended):
        return reader.refuse(
            "L303", node, "`:=` inside a comprehension would set a name outside of it", "write a `for` loop"
        )
    if name in reader.read_names:
        return reader.refuse(
            "L303",
            node,
            f"`{name}` is read and set within one expression",
            "assign it in a line of its own before",
        )
    variable = bind_name(reader, node.target, node.value, value)
    if variable is None or is_poison(value.shape):
        return reader.poison(node)
    return retyped(form.Read(value.shape, reader.span(node), variable), value.shape)


OPERATORS: Final[Mapping[type[ast.AST], Any]] = {
    ast.BinOp: read_bin_op,
    ast.UnaryOp: read_unary_op,
    ast.NamedExpr: read_walrus,
}
