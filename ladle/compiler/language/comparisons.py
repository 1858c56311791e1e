"""Comparisons: equality where comparing JSON is exact, order by type, `in`, `is`, and chains."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Final

from ladle.compiler.language import form
from ladle.compiler.language.dates import finest, in_units
from ladle.compiler.language.enums import enum_shape, members_of
from ladle.compiler.language.equality import comparable
from ladle.compiler.language.guards import all_of, negated, operation
from ladle.compiler.language.names import static
from ladle.compiler.language.reading import Condition, Facts, Reader, simple
from ladle.compiler.language.setwise import compared_sets
from ladle.compiler.language.shapes import (
    BOOL,
    NEVER,
    NULL,
    is_duration,
    is_poison,
    is_set,
    kind_of,
    members_shape,
    options,
    plain_shape,
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

__all__ = ["compared"]


def compared(reader: Reader, node: ast.Compare) -> Condition:
    """A comparison or a chain of them: `a < b < c` is `a < b and b < c` with `b` computed once, and
    lazily."""
    left_node, left = node.left, reader.expression(node.left)
    if len(node.ops) == 1:
        right = _right(reader, node, left)
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


def _right(reader: Reader, node: ast.Compare, left: form.Expr) -> form.Expr:
    """The right side of a comparison; of `in`, also the keys or values of a dict, in any order."""
    side = node.comparators[0]
    if isinstance(node.ops[0], ast.In | ast.NotIn) and isinstance(side, ast.Call) and not side.args:
        called = side.func
        if isinstance(called, ast.Attribute) and called.attr in ("keys", "values"):
            base = reader.expression(called.value)
            if isinstance(base.shape, DictShape):
                return base if called.attr == "keys" else operation(reader, side, "dict.values", base)
            if not is_poison(base.shape):
                what = f"`{show(base.shape)}` has no `{called.attr}` here"
                return reader.refuse("L207", called, what, "look in a list or dict")
            return base
    enumerated = enum_shape(static(reader, side)) if isinstance(node.ops[0], ast.In | ast.NotIn) else None
    if enumerated is not None and left.shape != enumerated and not is_poison(left.shape):
        name = enumerated.cls.__name__
        what = f"`in {name}` asks for a member: `{show(left.shape)}` is none"
        return reader.refuse("L406", side, what, f"write: in [each.value for each in {name}]")
    return members_of(reader, side) or reader.expression(side, left.shape)


_Side = tuple[ast.expr, form.Expr]
_ORDER: Final[Mapping[type[ast.cmpop], str]] = {ast.Lt: "lt", ast.LtE: "le", ast.Gt: "gt", ast.GtE: "ge"}
_SIGNS: Final[Mapping[type[ast.cmpop], str]] = {
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!=",
}  # fmt: skip


def compare(reader: Reader, node: ast.Compare, op: ast.cmpop, left: _Side, right: _Side) -> Condition:
    """One comparison."""
    if is_poison(left[1].shape) or is_poison(right[1].shape):
        return Condition(reader.poison(node))
    if (timed := _of_times(reader, node, op, left[1], right[1])) is not None:
        return Condition(timed)
    if is_set(left[1].shape) or (is_set(right[1].shape) and not isinstance(op, ast.In | ast.NotIn)):
        return Condition(compared_sets(reader, node, op, left[1], right[1]))
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


def _of_times(
    reader: Reader, node: ast.AST, op: ast.cmpop, first: form.Expr, second: form.Expr
) -> form.Expr | None:
    """Comparisons of two times, or of two timedeltas, as numbers; None for anything else."""
    verb = {**_ORDER, ast.Eq: "eq", ast.NotEq: "ne"}.get(type(op))
    if verb is None:
        return None
    if is_duration(first.shape) and is_duration(second.shape):
        shape = finest(first.shape, second.shape)
        numbers = [in_units(reader, node, each, shape) for each in (first, second)]
    elif kind_of(first.shape) == kind_of(second.shape) == "datetime":
        numbers = [operation(reader, node, "datetime.micros", each) for each in (first, second)]
    else:
        return None
    return operation(reader, node, verb if verb in ("eq", "ne") else f"num.{verb}", *numbers)


def _identity(first: Shape, second: Shape) -> bool:
    """Whether `is` means the same as `==` (True, False and members of an enum)."""
    enums = isinstance(first, EnumShape) and isinstance(second, EnumShape)
    return enums or {kind_of(first), kind_of(second)} == {"bool"}


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
        if first == second and not kinds & {"any", "error"}:
            text, hint = f"`{show(first)}` compares otherwise than its JSON", "compare the parts that matter"
        elif kinds & {"any"}:
            text, hint = "one side has the type Any: what `==` means is not known", "annotate it"
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


def _ordered(reader: Reader, node: ast.Compare, op: ast.cmpop, left: _Side, right: _Side) -> form.Expr:
    for place, value in (left, right):
        if NULL in options(value.shape):
            return refuse_none(reader, place, value.shape)
    kinds = {kind_of(plain_shape(side[1].shape)) for side in (left, right)}
    verb = _ORDER[type(op)]
    if kinds <= {"int", "float"}:
        return operation(reader, node, f"num.{verb}", left[1], right[1])
    if kinds in ({"str"}, {"date"}):
        return operation(reader, node, f"{kinds.pop()}.{verb}", left[1], right[1])
    shown = f"`{show(left[1].shape)}` and `{show(right[1].shape)}`"
    hint = "write int(…) first" if "bool" in kinds else "compare numbers with numbers, text with text"
    return reader.refuse("L405", node, f"`{_SIGNS[type(op)]}` does not take {shown}", hint)


def contains(reader: Reader, node: ast.Compare, left: _Side, right: _Side) -> form.Expr:
    """`left in right`."""
    whole = right[1].shape
    kind = kind_of(whole)
    if kind == "str":
        if kind_of(plain_shape(left[1].shape)) != "str":
            return reader.refuse(
                "L405", node, f"text contains text, not `{show(left[1].shape)}`", "write str(…) in …"
            )
        return operation(reader, node, "str.contains", right[1], left[1])
    if is_set(whole):
        item = members_shape(whole)
        items: form.Expr = form.FieldOf(ListShape(item), right[1].span, right[1], "members")
        if isinstance(right[1], form.MakeObject):
            made = right[1].entries[0][1]
            # Which of equal items is looked at means nothing.
            unique = isinstance(made, form.Op) and made.name == "list.unique"
            items = made.operands[0] if unique and isinstance(made, form.Op) else made
        return contains(reader, node, left, (right[0], items))
    if kind == "dict" or (isinstance(whole, RecordShape) and whole.kind == "typeddict"):
        if kind_of(left[1].shape) != "str":
            return reader.refuse("L405", node, "keys are text", "write a str")
        return operation(reader, node, "dict.contains", right[1], left[1])
    if isinstance(whole, ListShape | TupleShape):
        parts = (whole.item,) if isinstance(whole, ListShape) else whole.items
        bad = [item for item in parts if not comparable(left[1].shape, item)]
        if bad and left[1].shape == bad[0]:
            what, hint = f"`{show(bad[0])}` compares otherwise than its JSON", "write: any(… for each in …)"
            return reader.refuse("L406", node, what, hint)
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
