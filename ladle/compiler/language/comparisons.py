"""Comparisons: equality where comparing JSON is exact, order by type, `in`, `is`, and chains."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Final

from ladle.compiler.language import form
from ladle.compiler.language.dates import DURATION, days_of
from ladle.compiler.language.guards import all_of, negated, operation
from ladle.compiler.language.reading import Condition, Facts, Reader, simple
from ladle.compiler.language.shapes import (
    BOOL,
    NEVER,
    NULL,
    is_poison,
    kind_of,
    options,
    show,
    without,
)
from ladle.compiler.language.values import path_of, refuse_none
from ladle.wire import (
    DictShape,
    EnumShape,
    ListShape,
    LiteralShape,
    RecordShape,
    Shape,
    TupleShape,
)

__all__ = ["comparable", "compared"]


def compared(reader: Reader, node: ast.Compare) -> Condition:
    """A comparison or a chain of them: `a < b < c` is `a < b and b < c` with `b` computed once, and
    lazily."""
    left_node, left = node.left, reader.expression(node.left)
    if len(node.ops) == 1:
        right = reader.expression(node.comparators[0], left.shape)
        return compare(reader, node, node.ops[0], (left_node, left), (node.comparators[0], right))
    tests: list[form.Expr] = []
    bound: list[tuple[form.Variable, form.Expr]] = []
    for place, (op, right_node) in enumerate(zip(node.ops, node.comparators, strict=True)):
        with reader.collect() as block:
            right = reader.expression(right_node)
        if block and place:
            reader.problem(
                "L108",
                right_node,
                "a call at the end of a chain is made only when the comparisons before it hold",
                "write the comparisons one by one, joined by `and`",
            )
            return Condition(reader.poison(node))
        for statement in block:
            reader.block.append(statement)
        if not simple(right) and not is_poison(right.shape) and place < len(node.ops) - 1:
            variable, read = reader.local("value", right, right_node, "chain")
            bound.append((variable, right))
            right = read
        tests.append(compare(reader, node, op, (left_node, left), (right_node, right)).expr)
        left_node, left = right_node, right
    if any(is_poison(test.shape) for test in tests):
        return Condition(reader.poison(node))
    expr = all_of(reader, node, tests)
    for variable, value in reversed(bound):
        expr = form.Bind(BOOL, reader.span(node), variable, value, expr)
    return Condition(expr)


_Side = tuple[ast.expr, form.Expr]
_ORDER: Final[Mapping[type[ast.cmpop], str]] = {ast.Lt: "lt", ast.LtE: "le", ast.Gt: "gt", ast.GtE: "ge"}
_SIGNS: Final[Mapping[type[ast.cmpop], str]] = {
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!=",
}  # fmt: skip


def compare(reader: Reader, node: ast.Compare, op: ast.cmpop, left: _Side, right: _Side) -> Condition:
    """One comparison."""
    if is_poison(left[1].shape) or is_poison(right[1].shape):
        return Condition(reader.poison(node))
    if isinstance(op, ast.In | ast.NotIn):
        test = contains(reader, node, left, right)
        if is_poison(test.shape):
            return Condition(test)
        return Condition(negated(reader, node, test) if isinstance(op, ast.NotIn) else test)
    if isinstance(op, ast.Lt | ast.LtE | ast.Gt | ast.GtE):
        return Condition(_ordered(reader, node, op, left, right))
    same = isinstance(op, ast.Eq | ast.Is)
    for (one_node, one), (_, other) in ((left, right), (right, left)):
        if other.shape == NULL:
            return _none_test(reader, node, one_node, one, same)
    if isinstance(op, ast.Is | ast.IsNot) and not _identity(left[1].shape, right[1].shape):
        sign = "==" if same else "!="
        return Condition(
            reader.refuse(
                "L406",
                node,
                "`is` compares identities, which values do not keep between steps",
                f"write `{sign}`",
            )
        )
    return _equal(reader, node, left, right, same)


def _identity(first: Shape, second: Shape) -> bool:
    """Whether `is` means the same as `==` (True, False and members of an enum)."""
    return {kind_of(first), kind_of(second)} in ({"bool"}, {"enum"})


def _none_test(reader: Reader, node: ast.Compare, place: ast.expr, value: form.Expr, same: bool) -> Condition:
    shape = value.shape
    test: form.Expr
    if NULL not in options(shape) and kind_of(shape) != "any":
        test = form.Const(BOOL, reader.span(node), shape == NULL)
    elif shape == NULL:
        test = form.Const(BOOL, reader.span(node), True)
    else:
        test = operation(reader, node, "is_none", value)
    rest = without(shape, [NULL])
    path = path_of(place.target if isinstance(place, ast.NamedExpr) else place)
    none: Facts = ((path, NULL),) if path is not None and NULL in options(shape) else ()
    some: Facts = ((path, rest),) if path is not None and rest not in (NEVER, shape) else ()
    return Condition(test, none, some) if same else Condition(negated(reader, node, test), some, none)


def _equal(reader: Reader, node: ast.Compare, left: _Side, right: _Side, same: bool) -> Condition:
    first, second = left[1].shape, right[1].shape
    if not comparable(first, second):
        text = f"`{show(first)}` and `{show(second)}` are never equal"
        kinds = {kind_of(first), kind_of(second)}
        if kinds & {"any"}:
            text, hint = "one side has the type Any: what `==` means is not known", "annotate it"
        elif "datetime" in kinds:
            text, hint = (
                "datetimes with different zones can be equal: that needs Python",
                "compare them in a task",
            )
        elif "error" in kinds:
            text, hint = "errors cannot be compared", "compare str(error)"
        elif "enum" in kinds:
            hint = "compare with a member of the enum, or its .value"
        elif "bool" in kinds:
            hint = "write the truth itself: if x, if not x"
        else:
            hint = "convert one side: str(…), int(…)"
        return Condition(reader.refuse("L406", node, text, hint))
    test = operation(reader, node, "eq" if same else "ne", left[1], right[1])
    facts = _literal_facts(left, right) or _literal_facts(right, left)
    return Condition(test, *(facts if same else (facts[1], facts[0]))) if facts else Condition(test)


def _literal_facts(side: _Side, other: _Side) -> tuple[Facts, Facts] | None:
    """What `x == "a"` tells of an `x` whose type is a Literal or has None."""
    path = path_of(side[0])
    if path is None or not isinstance(other[1], form.Const):
        return None
    shape = side[1].shape
    if isinstance(shape, LiteralShape) and other[1].value in shape.values:
        rest = tuple(value for value in shape.values if value != other[1].value)
        no: Facts = ((path, LiteralShape(rest)),) if rest else ()
        return ((path, LiteralShape((other[1].value,))),), no
    if NULL in options(shape):
        return ((path, without(shape, [NULL])),), ()
    return None


def comparable(first: Shape, second: Shape) -> bool:
    """Whether `==` on the two is what comparing their JSON gives."""
    kinds = {kind_of(first), kind_of(second)}
    if kinds & {"any", "datetime", "error"} or _unequal_parts(first) or _unequal_parts(second):
        return False
    if first in (NEVER, NULL) or second in (NEVER, NULL):
        return True
    if "union" in kinds:
        return any(comparable(a, b) for a in options(first) for b in options(second)) and not _confused(
            first, second
        )
    if isinstance(first, ListShape) and isinstance(second, ListShape):
        return comparable(first.item, second.item)
    if isinstance(first, DictShape) and isinstance(second, DictShape):
        return comparable(first.value, second.value)
    if isinstance(first, TupleShape) and isinstance(second, TupleShape):
        same_length = len(first.items) == len(second.items)
        return same_length and all(comparable(a, b) for a, b in zip(first.items, second.items, strict=True))
    if isinstance(first, RecordShape | EnumShape) or isinstance(second, RecordShape | EnumShape):
        return first == second
    return len(kinds) == 1 or kinds == {"int", "float"}


def _unequal_parts(shape: Shape) -> bool:
    """Whether a record's class compares in a way of its own, or by identity."""
    if isinstance(shape, RecordShape) and shape.kind == "dataclass":
        own = getattr(shape.cls, "__dataclass_params__", None)
        return own is not None and not own.eq
    return False


def _confused(first: Shape, second: Shape) -> bool:
    """Whether different Python values of the two can have equal JSON (an enum's member and its value)."""
    for a in options(first):
        for b in options(second):
            if a not in (b, NULL) and b != NULL and "enum" in (kind_of(a), kind_of(b)) and a != b:
                return True
    return False


def _ordered(reader: Reader, node: ast.Compare, op: ast.cmpop, left: _Side, right: _Side) -> form.Expr:
    for place, value in (left, right):
        if NULL in options(value.shape):
            return refuse_none(reader, place, value.shape)
    kinds = {kind_of(left[1].shape), kind_of(right[1].shape)}
    verb = _ORDER[type(op)]
    if kinds <= {"int", "float"}:
        return operation(reader, node, f"num.{verb}", left[1], right[1])
    if kinds in ({"str"}, {"date"}):
        return operation(reader, node, f"{kinds.pop()}.{verb}", left[1], right[1])
    shown = f"`{show(left[1].shape)}` and `{show(right[1].shape)}`"
    if left[1].shape == right[1].shape == DURATION:
        return operation(reader, node, f"num.{verb}", days_of(left[1]), days_of(right[1]))
    if "datetime" in kinds:
        return reader.refuse("L405", node, "datetimes may have different zones: their order needs Python",
                             "compare them in a task")  # fmt: skip
    hint = "write int(…) first" if "bool" in kinds else "compare numbers with numbers, text with text"
    return reader.refuse("L405", node, f"`{_SIGNS[type(op)]}` does not take {shown}", hint)


def contains(reader: Reader, node: ast.Compare, left: _Side, right: _Side) -> form.Expr:
    """`left in right`."""
    whole = right[1].shape
    kind = kind_of(whole)
    if kind == "str":
        if kind_of(left[1].shape) != "str":
            return reader.refuse(
                "L405", node, f"text contains text, not `{show(left[1].shape)}`", "write str(…) in …"
            )
        return operation(reader, node, "str.contains", right[1], left[1])
    if kind == "dict" or (isinstance(whole, RecordShape) and whole.kind == "typeddict"):
        if kind_of(left[1].shape) != "str":
            return reader.refuse("L405", node, "keys are text", "write a str")
        return operation(reader, node, "dict.contains", right[1], left[1])
    if isinstance(whole, ListShape | TupleShape):
        items = (whole.item,) if isinstance(whole, ListShape) else whole.items
        bad = [item for item in items if not comparable(left[1].shape, item)]
        if bad:
            return reader.refuse(
                "L406",
                node,
                f"`{show(left[1].shape)}` is never among items of type `{show(bad[0])}`",
                "look for a value of the items' type",
            )
        return operation(reader, node, "list.contains", right[1], left[1])
    if NULL in options(whole):
        return refuse_none(reader, right[0], whole)
    return reader.refuse("L405", node, f"`in` does not take `{show(whole)}`", "look in a list, dict or text")
