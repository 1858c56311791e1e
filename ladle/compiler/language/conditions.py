"""Tests: Python's truth by type, `and`/`or`/`not`, comparisons, `is None`, `isinstance`, and what
each tells of types."""

from __future__ import annotations

import ast
import datetime
from collections.abc import Mapping, Sequence
from typing import Any, Final

from ladle.compiler.language import form
from ladle.compiler.language.alternatives import is_one_of
from ladle.compiler.language.comparisons import compared
from ladle.compiler.language.flow import merge
from ladle.compiler.language.guards import all_of, negated, operation
from ladle.compiler.language.names import static
from ladle.compiler.language.reading import Condition, Facts, Reader, retyped
from ladle.compiler.language.shapes import (
    BOOL,
    NEVER,
    NULL,
    is_poison,
    is_set,
    kind_of,
    members_shape,
    options,
    show,
    union,
    without,
)
from ladle.compiler.language.values import leak, path_of
from ladle.wire import (
    EnumShape,
    ListShape,
    RecordShape,
    Shape,
    TupleShape,
)

__all__ = ["CONDITIONS", "condition", "instance", "is_instance", "truth_of"]


# ---------------------------------------------------------------------------------------------- truth


def truth_of(reader: Reader, node: ast.expr, value: form.Expr) -> form.Expr:
    """Python's `bool(value)`, written out for the type."""
    shape = value.shape
    kind = kind_of(shape)
    span = reader.span(node)
    if kind in ("poison", "bool"):
        return value
    if kind in ("int", "float", "str"):
        return operation(reader, node, f"truth.{'str' if kind == 'str' else 'number'}", value)
    if kind == "list":
        return operation(reader, node, "truth.list", value)
    if kind == "dict" or (isinstance(shape, RecordShape) and shape.kind == "typeddict"):
        return operation(reader, node, "truth.dict", value)
    if is_set(shape):
        items = form.FieldOf(ListShape(members_shape(shape)), span, value, "members")
        return operation(reader, node, "truth.list", items)
    if kind in ("none", "never"):
        return form.Const(BOOL, span, False)
    if isinstance(shape, TupleShape):
        return form.Const(BOOL, span, bool(shape.items))
    if kind in ("date", "datetime", "error") or _always_true(shape):
        return form.Const(BOOL, span, True)
    if kind == "union":
        return _truth_of_union(reader, node, value)
    text = reader.text(node)
    hint = f"write what you mean: {text} is not None, or {text} == …"
    return reader.refuse(
        "L414", node, f"the truth of `{text}` is not known (its type is {show(shape)})", hint
    )


def _always_true(shape: Shape) -> bool:
    """Whether a record's or an enum's class leaves truth as it is: every instance is true."""
    if isinstance(shape, RecordShape | EnumShape) and isinstance(shape.cls, type):
        return not any(hasattr(shape.cls, name) for name in ("__bool__", "__len__"))
    return False


def _truth_of_union(reader: Reader, node: ast.expr, value: form.Expr) -> form.Expr:
    rest = [option for option in options(value.shape) if option != NULL]
    present = form.Op(
        BOOL, reader.span(node), "bool.not", (form.Op(BOOL, reader.span(node), "is_none", (value,)),)
    )
    optional = len(rest) < len(options(value.shape))
    if all(_always_true(option) or kind_of(option) in ("date", "datetime") for option in rest):
        return present if optional else form.Const(BOOL, reader.span(node), True)
    if optional and len(rest) == 1:

        def both(held: form.Expr) -> form.Expr:
            there = form.Op(
                BOOL, present.span, "bool.not", (form.Op(BOOL, present.span, "is_none", (held,)),)
            )
            inner = truth_of(reader, node, retyped(held, rest[0]))
            return inner if is_poison(inner.shape) else operation(reader, node, "bool.and", there, inner)

        return reader.bound(node, "value", value, both)
    kinds = {kind_of(option) for option in rest}
    if len(kinds) == 1 and kinds <= {"list", "str"}:
        return operation(reader, node, f"truth.{kinds.pop()}", value)
    text = reader.text(node)
    return reader.refuse(
        "L414",
        node,
        f"the truth of `{text}` depends on its type ({show(value.shape)})",
        f"test one thing: {text} is not None, or isinstance({text}, …)",
    )


def _falsy(shape: Shape) -> bool:
    """Whether a value of the shape can be false."""
    return not (_always_true(shape) or kind_of(shape) in ("date", "datetime", "error"))


# ---------------------------------------------------------------------------------------------- conditions


def condition(reader: Reader, node: ast.expr) -> Condition:
    """A node as a test, with what it tells of types where it holds and where it does not."""
    since = reader.read_so_far()
    found = _condition(reader, node)
    reader.unreferred(since)
    return found


def _condition(reader: Reader, node: ast.expr) -> Condition:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        inner = condition(reader, node.operand)
        return Condition(negated(reader, node, inner.expr), inner.no, inner.yes)
    if isinstance(node, ast.BoolOp):
        return _connected(reader, node)
    if isinstance(node, ast.Compare):
        return compared(reader, node)
    if isinstance(node, ast.Call) and static(reader, node.func) is isinstance:
        return _is_instance(reader, node)
    value = reader.expression(node)
    path = path_of(node.target if isinstance(node, ast.NamedExpr) else node)
    if path is None:
        return Condition(truth_of(reader, node, value))
    yes = union(option for option in options(value.shape) if option != NULL)
    no = union(option for option in options(value.shape) if _falsy(option))
    facts_yes: Facts = ((path, yes),) if yes not in (NEVER, value.shape) else ()
    facts_no: Facts = ((path, no),) if no not in (NEVER, value.shape) else ()
    return Condition(truth_of(reader, node, value), facts_yes, facts_no)


def _connected(reader: Reader, node: ast.BoolOp) -> Condition:
    """`a and b and c`, `a or b or c`, as a test: the rest is read knowing what the first told."""
    both = isinstance(node.op, ast.And)
    first = condition(reader, node.values[0])
    tests = [first.expr]
    known: Facts = first.yes if both else first.no
    variable: form.Variable | None = None
    for place, part in enumerate(node.values[1:]):
        skipped = reader.env.copy()
        right, block, env = reader.arm(known, lambda part=part: condition(reader, part))  # type: ignore[misc]
        known = (*known, *(right.yes if both else right.no))
        if not block and env.names.keys() == skipped.names.keys():
            tests.append(right.expr)
            continue
        # Calls on the right happen only when the left decides nothing: control flow.
        span = reader.span(node)
        left = _join_tests(reader, node, tests, both)
        if variable is None or len(tests) > 1:
            variable = reader.define("test", BOOL, node, made=True, tag=f"bool{place}")
            reader.emit(form.Assign(span, "test", variable, left))
        value = reader.value_of(variable, span)
        body = (*block, form.Assign(span, "test", variable, right.expr))
        reader.frame.env = merge((skipped, env))
        again = value if both else form.Op(BOOL, span, "bool.not", (value,))
        reader.emit(
            form.If(span, f"{'if' if both else 'unless'} {reader.text(node.values[0])}", again, body, ())
        )
        tests = [value]
    expr = _join_tests(reader, node, tests, both)
    return Condition(expr, known if both else (), () if both else known)


def _join_tests(reader: Reader, node: ast.BoolOp, tests: list[form.Expr], both: bool) -> form.Expr:
    if any(is_poison(test.shape) for test in tests):
        return reader.poison(node)
    return (
        all_of(reader, node, tests) if both or len(tests) == 1 else operation(reader, node, "bool.or", *tests)
    )


def _is_instance(reader: Reader, node: ast.Call) -> Condition:
    """`isinstance(x, Class)` or a tuple of classes: which alternatives of a union the value is."""
    if len(node.args) != 2 or node.keywords:
        return Condition(
            reader.refuse("L203", node, "`isinstance` takes 2 arguments", "isinstance(x, Failed)")
        )
    value = reader.expression(node.args[0])
    classes = node.args[1].elts if isinstance(node.args[1], ast.Tuple) else [node.args[1]]
    return is_instance(reader, node, node.args[0], value, classes)


def is_instance(
    reader: Reader, node: ast.AST, place: ast.expr, value: form.Expr, classes: Sequence[ast.expr]
) -> Condition:
    """Which alternatives of a union a value is, by their classes."""
    if is_poison(value.shape):
        return Condition(value)
    wanted: list[Shape] = []
    for each in classes:
        cls = static(reader, each)
        if not isinstance(cls, type):
            reader.problem("L209", each, f"`{reader.text(each)}` is no class", "isinstance(x, Failed)")
            return Condition(reader.poison(node))
        wanted += [option for option in options(value.shape) if instance(option, cls)]
    rest = without(value.shape, wanted)
    span = reader.span(node)
    path = path_of(place)
    if any(kind_of(option) == "any" for option in options(value.shape)):
        return Condition(
            reader.refuse(
                "L403",
                place,
                f"the type of `{reader.text(place)}` is Any: its class cannot be known",
                "annotate it with a union of dataclasses",
            )
        )
    if not wanted or rest == NEVER:
        return Condition(form.Const(BOOL, span, bool(wanted)))
    picked = union(wanted)
    test = reader.bound(place, "value", value, lambda held: is_one_of(reader, node, held, tuple(wanted)))
    if path is None:
        return Condition(test)
    return Condition(test, ((path, picked),), ((path, rest),))


_INSTANCES: Final[Mapping[str, type]] = {
    "str": str, "int": int, "float": float, "bool": bool, "list": list, "dict": dict, "tuple": tuple,
    "none": type(None),
}  # fmt: skip


def instance(shape: Shape, cls: type) -> bool:
    """Whether values of the shape are instances of the class."""
    if isinstance(shape, RecordShape | EnumShape):
        made = dict if isinstance(shape, RecordShape) and shape.kind == "typeddict" else shape.cls
        return isinstance(made, type) and issubclass(made, cls)
    kind = kind_of(shape)
    if kind in ("date", "datetime"):
        return issubclass(datetime.date if kind == "date" else datetime.datetime, cls)
    return kind in _INSTANCES and issubclass(_INSTANCES[kind], cls)


# ---------------------------------------------------------------------------------------------- as values


def read_compare(reader: Reader, node: ast.Compare, expected: Shape | None) -> form.Expr:
    del expected
    return condition(reader, node).expr


def read_bool_op(reader: Reader, node: ast.BoolOp, expected: Shape | None) -> form.Expr:
    """`a or b` gives one of its values, not a bool; where all are bools it is a test."""
    both = isinstance(node.op, ast.And)

    def rest(place: int) -> form.Expr:
        part = node.values[place]
        value = reader.expression(part, expected)
        if place == len(node.values) - 1:
            return value
        return reader.bound(part, "value", value, lambda held: decide(place, part, held))

    def decide(place: int, part: ast.expr, held: form.Expr) -> form.Expr:
        test = truth_of(reader, part, held)
        if is_poison(test.shape):
            for later in node.values[place + 1 :]:
                reader.expression(later)
            return reader.poison(node)
        path = path_of(part)
        some = union(option for option in options(held.shape) if option != NULL)
        falsy = union(option for option in options(held.shape) if _falsy(option))
        yes: Facts = ((path, some),) if path is not None and some not in (NEVER, held.shape) else ()
        no: Facts = ((path, falsy),) if path is not None and falsy not in (NEVER, held.shape) else ()
        known = Condition(test, yes, no)
        left = falsy if both else some
        keep = held if left == NEVER else retyped(held, left)
        label = f"if {reader.text(part)}"
        if both:
            return reader.choose(node, known, lambda: rest(place + 1), lambda: keep, label)
        return reader.choose(node, known, lambda: keep, lambda: rest(place + 1), label)

    if all(_is_test(reader, value) for value in node.values):
        return condition(reader, node).expr
    for value in node.values:
        leak(reader, value)
    return rest(0)


def _is_test(reader: Reader, node: ast.expr) -> bool:
    """Whether an expression is a bool by its form alone, or a name of type bool."""
    if isinstance(node, ast.Compare) or (isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)):
        return True
    if isinstance(node, ast.BoolOp):
        return all(_is_test(reader, value) for value in node.values)
    if isinstance(node, ast.Name) and (binding := reader.env.names.get(node.id)) is not None:
        return kind_of(binding.shape) == "bool"
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return node.func.id in ("isinstance", "any", "all", "bool")
    return False


def read_if_exp(reader: Reader, node: ast.IfExp, expected: Shape | None) -> form.Expr:
    test = condition(reader, node.test)
    return reader.choose(
        node,
        test,
        lambda: reader.expression(node.body, expected),
        lambda: reader.expression(node.orelse, expected),
        f"if {reader.text(node.test)}",
    )


def read_not(reader: Reader, node: ast.UnaryOp) -> form.Expr:
    return condition(reader, node).expr


CONDITIONS: Final[Mapping[type[ast.AST], Any]] = {
    ast.Compare: read_compare,
    ast.BoolOp: read_bool_op,
    ast.IfExp: read_if_exp,
}
