"""The guard at a workflow's door: what a run started by hand is told when its input has another type.

Whoever starts a run through Ladle checks the input in full; the console does not. So the first field that the
first state evaluates tests what expressions of the workflow read of the input (tasks check their own
arguments), and stops the run with a text that names the parameter. It costs no state, except where the first
state catches every error.
"""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import count
from typing import Any

from ladle.compiler.emit.checks import Use, holds, negated, uses_of
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
from ladle.compiler.emit.walk import map_template
from ladle.compiler.language import form
from ladle.compiler.language.form import Expr, Program, Variable
from ladle.wire import StrShape, describe

__all__ = ["guarded"]

INPUT = "$input"
"""The local name of the run's input in a guard."""


def guarded(region: Region, program: Program) -> Region:
    """The finished machine with its guard, if expressions read any parameter."""
    uses = dict(uses_of(program.body))
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


# ---------------------------------------------------------------------------------------------- tests


def _test(variable: Variable, default: form.Const | None, use: Use) -> str:
    value = f"{INPUT}.{variable.name}"
    test = holds(value, variable.shape, use, 0)
    if default is None or test == "true":
        return test
    return f"($exists({value}) ? {test} : true)"


# ---------------------------------------------------------------------------------------------- placing


def _raw(text: str, *operands: Expr) -> Raw:
    """JSONata in which the operands stand where the text has a `\\0`, and braces are braces."""
    return Raw.of(text.replace("{", "{{").replace("}", "}}").replace("\0", "{0}"), *operands)


def _guard(value: Expr, tests: list[tuple[str, str]]) -> Expr:
    """The value, or the error of the first test that does not hold. (`$input` is free here.)"""
    wrong = "".join(
        f"{negated(test)} ? $error({json.dumps(text, ensure_ascii=False)}) : " for text, test in tests
    )
    return _raw(f"({INPUT} := $states.context.Execution.Input; {wrong}\0)", value)


def _first_guarded(template: Any, tests: list[tuple[str, str]]) -> Any:
    """A JSON template with the guard around the first of its expressions."""
    places = count()
    return map_template(template, lambda one: one if next(places) else _guard(one, tests))


def _folded(state: State, tests: list[tuple[str, str]]) -> State:
    """The state with the guard around the first field that it evaluates."""
    here = Raw.of("$states.input")
    match state:
        case Work():
            return replace(state, arguments=_first_guarded(state.arguments, tests))
        case Each(items=form.Expr() as items):
            return replace(state, items=_guard(items, tests))
        case Each():
            return replace(state, extra=_first_guarded(state.extra, tests))
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
        wrong = _raw(f"({INPUT} := $states.context.Execution.Input; {negated(test)})")
        rules.append(Rule(wrong, Edge(number)))
    number += 1
    states[number] = Choose("check input", NOWHERE, tuple(rules), region.start)
    return Region(Edge(number), {**states, **region.states}, region.exports)
