"""Checks of values that come from outside, in JSONata: whether a value has a type, as far as it is read.

Tasks check their own arguments and results. What comes past them (the input of a run started by hand, the
answer to a token, an item of a file, the body of an HTTP response) is checked where it enters, and only what
expressions of the workflow read of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TypeAlias

from ladle.compiler.emit.expressions.pieces import Piece, field
from ladle.compiler.emit.machine import NOWHERE, Raw
from ladle.compiler.language import form
from ladle.compiler.language.form import Block, Expr, Variable
from ladle.compiler.plan.expressions import children
from ladle.compiler.plan.statements import blocks_of, expressions_of
from ladle.wire import (
    AnyShape,
    BoolShape,
    DateShape,
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
    describe,
)

__all__ = ["Use", "checked", "holds", "negated", "uses_of"]

Use: TypeAlias = "dict[str, Use] | None"
"""What is read of a value: some of its fields, or (None) all of it."""


def checked(value: Raw, shape: Shape, what: str, use: Use = None) -> Expr:
    """The value, or an error that ends the run when it is no `shape` as far as `use` says."""
    test = holds("$v", shape, use, 1)
    if test == "true":
        return value
    text = json.dumps(f"{what}: expected {describe(shape)}", ensure_ascii=False)
    guard = f"{test} ? $v : $error({text})".replace("{", "{{").replace("}", "}}")
    return Raw(value.shape, NOWHERE, f"($v := {{0}}; {guard})", (value,), valid="run", fails=True)


def uses_of(block: Block) -> Iterator[tuple[Variable, Use]]:
    """Each variable that an expression of the block reads, with what is read of it, all uses of it joined."""
    found: dict[Variable, Use] = {}
    for expr, handed_on in _expressions(block):
        for variable, path in _paths(expr, handed_on):
            found[variable] = joined(found[variable], path) if variable in found else path
    yield from found.items()


def _expressions(block: Block) -> Iterator[tuple[Expr, bool]]:
    """The expressions of a block; with True those that are handed on to a task, which checks them."""
    for stmt in block:
        for expr in expressions_of(stmt):
            yield expr, isinstance(stmt, form.Call)
        for _, inner in blocks_of(stmt):
            yield from _expressions(inner)


def _paths(expr: Expr, handed_on: bool) -> Iterator[tuple[Variable, Use]]:
    fields: list[str] = []
    base = expr
    while isinstance(base, form.FieldOf):
        fields.append(base.name)
        base = base.base
    if isinstance(base, form.Read):
        if handed_on and not fields:
            return
        use: Use = None
        for name in fields:
            use = {name: use}
        yield base.variable, use
        return
    displays = handed_on and isinstance(base, form.MakeObject | form.MakeList)
    for part in children(base):
        yield from _paths(part, displays)


def joined(a: Use, b: Use) -> Use:
    if a is None or b is None:
        return None
    both = {**a, **b}
    return {name: joined(a[name], b[name]) if name in a and name in b else both[name] for name in both}


# ---------------------------------------------------------------------------------------------- tests


def holds(value: str, shape: Shape, use: Use, depth: int) -> str:
    """JSONata: whether `value` has a shape, as far as it is read."""
    match shape:
        case AnyShape():
            return "true"
        case NullShape():
            return f"{value} = null"
        case BoolShape():
            return _type(value, "boolean")
        case IntShape():
            return f"({_type(value, 'number')} ? $floor({value}) = {value} : false)"
        case FloatShape():
            return _type(value, "number")
        case StrShape():
            return _type(value, "string")
        case DateShape():
            digits = "/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/"
            return f"({_type(value, 'string')} ? $contains({value}, {digits}) : false)"
        case EnumShape(members=members):
            return f"{value} in {json.dumps([wire for _, wire in members])}"
        case LiteralShape(values=values):
            return f"{value} in {json.dumps(list(values))}"
        case ListShape(item=item):
            return _all_of(value, "array", value, "$v{0}", item, depth)
        case DictShape(value=item):
            return _all_of(value, "object", f"$keys({value})", f"$lookup({value}, $v{{0}})", item, depth)
        case TupleShape(items=items):
            tests = [f"$count({value}) = {len(items)}"]
            tests += [holds(f"{value}[{at}]", item, None, depth) for at, item in enumerate(items)]
            return f"({_type(value, 'array')} ? {all_hold(tests)} : false)"
        case RecordShape(fields=fields):
            tests = [
                _field(value, each, None if use is None else use[each.name], depth)
                for each in fields
                if use is None or each.name in use
            ]
            return f"({_type(value, 'object')} ? {all_hold(tests)} : false)"
        case UnionShape(options=options):
            return "(" + " or ".join(holds(value, option, use, depth) for option in options) + ")"
        case _:
            return _type(value, "string")  # instants


def _field(value: str, part_of: RecordField, use: Use, depth: int) -> str:
    part = field(Piece(value, 80), part_of.name).text
    test = holds(part, part_of.shape, use, depth)
    if not part_of.may_be_absent or test == "true":
        return test
    return f"($exists({part}) ? {test} : true)"


def _type(value: str, name: str) -> str:
    return f'$type({value}) = "{name}"'


def negated(test: str) -> str:
    """JSONata: the negation; a test that begins with a parenthesis stands in parentheses as a whole."""
    return f"$not{test}" if test.startswith("(") else f"$not({test})"


def all_hold(tests: list[str]) -> str:
    tests = [test for test in tests if test != "true"]
    return " and ".join(tests) or "true"


def _all_of(value: str, kind: str, members: str, member: str, item: Shape, depth: int) -> str:
    """JSONata: whether `value` is a list or an object, and all its members have a shape."""
    name = "" if depth == 0 else str(depth + 1)
    test = holds(member.format(name), item, None, depth + 1)
    if test == "true":
        return _type(value, kind)
    wrong = f"$filter({members}, function($v{name}) {{ {negated(test)} }})"
    return f"({_type(value, kind)} ? $count({wrong}) = 0 : false)"
