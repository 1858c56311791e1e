"""The guard at a workflow's door: what a run started by hand is told when its input has another type.

Whoever starts a run through Ladle checks the input in full; the console does not. So the first field that the
first state evaluates tests what expressions of the workflow read of the input (tasks check their own
arguments), and stops the run with a text that names the parameter. It costs no state, except where the first
state catches every error.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import TypeAlias

from ladle.compiler.emit.expressions.pieces import Piece, field
from ladle.compiler.emit.machine import (
    NOWHERE,
    Choose,
    Each,
    Edge,
    Fork,
    Pass,
    Pause,
    Raw,
    Region,
    Rule,
    State,
    Stop,
    Work,
)
from ladle.compiler.emit.walk import map_template, template_leaves
from ladle.compiler.language import form
from ladle.compiler.language.form import Block, Expr, Program, Variable
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

__all__ = ["guarded"]

INPUT = "$input"
"""The local name of the run's input in a guard."""

Use: TypeAlias = "dict[str, Use] | None"
"""What is read of a value: some of its fields, or (None) all of it."""


def guarded(region: Region, program: Program) -> Region:
    """The finished machine with its guard, if expressions read any parameter."""
    uses = dict(_uses(program.body))
    tests = [
        (f"{variable.name}: expected {describe(variable.shape)}", _test(variable, default, uses[variable]))
        for variable, default in program.parameters
        if variable in uses
    ]
    tests = [(text, test) for text, test in tests if test != "true"]
    if not tests or region.start.target is None:
        return region
    first = region.states[region.start.target]
    if isinstance(first, Work | Fork | Each) and any("States.ALL" in one.errors for one in first.catches):
        return _with_choice(region, tests)
    return replace(region, states={**region.states, region.start.target: _folded(first, tests)})


# ---------------------------------------------------------------------------------------------- what is read


def _uses(block: Block) -> Iterator[tuple[Variable, Use]]:
    """Each variable that an expression of the block reads, with what is read of it, all uses of it joined."""
    found: dict[Variable, Use] = {}
    for expr, handed_on in _expressions(block):
        for variable, path in _paths(expr, handed_on):
            found[variable] = _joined(found[variable], path) if variable in found else path
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


def _joined(a: Use, b: Use) -> Use:
    if a is None or b is None:
        return None
    both = {**a, **b}
    return {name: _joined(a[name], b[name]) if name in a and name in b else both[name] for name in both}


# ---------------------------------------------------------------------------------------------- tests


def _test(variable: Variable, default: form.Const | None, use: Use) -> str:
    value = f"{INPUT}.{variable.name}"
    test = _holds(value, variable.shape, use, 0)
    if default is None or test == "true":
        return test
    return f"($exists({value}) ? {test} : true)"


def _holds(value: str, shape: Shape, use: Use, depth: int) -> str:
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
            tests += [_holds(f"{value}[{at}]", item, None, depth) for at, item in enumerate(items)]
            return f"({_type(value, 'array')} ? {_and(tests)} : false)"
        case RecordShape(fields=fields):
            tests = [
                _field(value, each, None if use is None else use[each.name], depth)
                for each in fields
                if use is None or each.name in use
            ]
            return f"({_type(value, 'object')} ? {_and(tests)} : false)"
        case UnionShape(options=options):
            return "(" + " or ".join(_holds(value, option, use, depth) for option in options) + ")"
        case _:
            return _type(value, "string")  # instants


def _field(value: str, part_of: RecordField, use: Use, depth: int) -> str:
    part = field(Piece(value, 80), part_of.name).text
    test = _holds(part, part_of.shape, use, depth)
    if not part_of.may_be_absent or test == "true":
        return test
    return f"($exists({part}) ? {test} : true)"


def _type(value: str, name: str) -> str:
    return f'$type({value}) = "{name}"'


def _not(test: str) -> str:
    """JSONata: the negation; a test that begins with a parenthesis stands in parentheses as a whole."""
    return f"$not{test}" if test.startswith("(") else f"$not({test})"


def _and(tests: list[str]) -> str:
    tests = [test for test in tests if test != "true"]
    return " and ".join(tests) or "true"


def _all_of(value: str, kind: str, members: str, member: str, item: Shape, depth: int) -> str:
    """JSONata: whether `value` is a list or an object, and all its members have a shape."""
    name = "" if depth == 0 else str(depth + 1)
    test = _holds(member.format(name), item, None, depth + 1)
    if test == "true":
        return _type(value, kind)
    wrong = f"$filter({members}, function($v{name}) {{ {_not(test)} }})"
    return f"({_type(value, kind)} ? $count({wrong}) = 0 : false)"


# ---------------------------------------------------------------------------------------------- placing


def _raw(text: str, *operands: Expr) -> Raw:
    """JSONata in which the operands stand where the text has a `\\0`, and braces are braces."""
    return Raw.of(text.replace("{", "{{").replace("}", "}}").replace("\0", "{0}"), *operands)


def _guard(value: Expr, tests: list[tuple[str, str]]) -> Expr:
    """The value, or the error of the first test that does not hold. (`$input` is free here.)"""
    wrong = "".join(
        f"{_not(test)} ? $error({json.dumps(text, ensure_ascii=False)}) : " for text, test in tests
    )
    return _raw(f"({INPUT} := $states.context.Execution.Input; {wrong}\0)", value)


def _folded(state: State, tests: list[tuple[str, str]]) -> State:
    """The state with the guard around the first field that it evaluates."""
    here = Raw.of("$states.input")
    match state:
        case Work():
            first = template_leaves(state.arguments)[0]
            return replace(
                state,
                arguments=map_template(
                    state.arguments, lambda one: _guard(one, tests) if one is first else one
                ),
            )
        case Each():
            return replace(state, items=_guard(state.items, tests))
        case Choose(rules=(rule, *rest)):
            return replace(state, rules=(Rule(_guard(rule.test, tests), rule.edge), *rest))
        case Fork():
            return replace(state, given=_guard(here, tests))
        case Pause(seconds=form.Expr() as seconds):
            return replace(state, seconds=_guard(seconds, tests))
        case Pause(instant=form.Expr() as instant):
            return replace(state, instant=_guard(instant, tests))
        case Pass(next=Edge(output=form.Expr() as output) as edge):
            return replace(state, next=Edge(edge.target, edge.sets, _guard(output, tests)))
        case Pass():
            return replace(state, given=_guard(here, tests))
        case _:
            return state


def _with_choice(region: Region, tests: list[tuple[str, str]]) -> Region:
    """The region with a Choice before its first state, which catches whatever happens in it."""
    number = max(region.states) + 1
    rules = []
    states: dict[int, State] = {}
    for text, test in tests:
        number += 1
        error = form.Const(StrShape(), NOWHERE, "TypeError")
        states[number] = Stop("wrong input", NOWHERE, error, form.Const(StrShape(), NOWHERE, text))
        rules.append(Rule(_raw(f"({INPUT} := $states.context.Execution.Input; {_not(test)})"), Edge(number)))
    number += 1
    states[number] = Choose("check input", NOWHERE, tuple(rules), region.start)
    return Region(Edge(number), {**states, **region.states}, region.exports)
