"""How often Maps and loops go round: what the source tells, and never less than a run has."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from ladle import compiler
from ladle.asl.model import walk
from ladle.budgets import report
from ladle.compiler.language.walk import statements
from tests.budgets.conftest import Budgets
from tests.cases import test_cases as cases
from tests.oracles import engine_runner

HEAD = """
@task
def f(n: int) -> int:
    return n
@task
def names(n: int) -> list[str]:
    return []
@task
def late(n: int) -> bool:
    return True

@workflow(timeout=600)
def flow(xs: list[int], n: int) -> None:
    {}
"""

BOUNDS = {
    "for x in [1, 2, 3]:\n        f(x)": 3,
    "for x in range(10, 20, 3):\n        f(x)": 4,
    "for x in range(n):\n        f(x)": None,
    "for x in xs:\n        f(x)": None,
    "for x in xs[:7]:\n        f(x)": 7,
    "for x in xs[2:7]:\n        f(x)": 5,
    "for x in xs[-7:]:\n        f(x)": None,
    "for x in each(xs, most=9):\n        f(x)": 9,
    "for i, x in enumerate(sorted(xs[:4])):\n        f(x)": 4,
    "for a, b in zip(xs, [1, 2]):\n        f(a)": 2,
    "few = [f(x) for x in each(xs, most=6)]\n    for y in few:\n        f(y)": 6,
    "some = [x for x in xs[:5] if x]\n    for y in some:\n        f(y)": 5,
    "for x in xs[:2] + [1]:\n        f(x)": 3,
    "more: list[int] = []\n    for x in xs:\n        more.append(x)\n    for y in more:\n        f(y)": None,
    "i = 0\n    while i < 6:\n        f(i)\n        i += 1": 6,
    "i = 1\n    while i <= 6:\n        f(i)\n        i += 2": 3,
    "i = 0\n    while late(n) and i < 6:\n        i += 1": 6,
    "i = 0\n    while late(n) or i < 6:\n        i += 1": None,
    "i = 0\n    while i < 6:\n        f(i)\n        if late(i):\n            i += 1": None,
    "i = 0\n    while i < 6:\n        if late(i):\n            continue\n        i += 1": None,
    "i = 0\n    while i < 6:\n        i += 1\n        if late(i):\n            i = 0": None,
    "i = n\n    while i < 6:\n        f(i)\n        i += 1": None,
    "i = 0\n    while late(n):\n        i += 1\n        if i == 5:\n            break": 6,
    "while late(n):\n        sleep(60)": 11,
    "while late(n):\n        if late(1):\n            continue\n        sleep(60)": None,
    "while late(n):\n        f(n)": None,
}


@pytest.mark.parametrize("body", BOUNDS)
def test_the_source_tells_how_often_a_loop_goes_round(budget: Budgets, body: str) -> None:
    """Or it does not; then there is no bound."""
    sizes = [size for size in budget(HEAD.format(body)).sizes.values() if size.round is not None]
    last = max((size.round for size in sizes if size.round), key=lambda one: one.span.line)
    assert last.turns == BOUNDS[body]


@pytest.mark.parametrize(("name", "run"), cases.RUNS)
def test_no_run_goes_round_more_often_than_its_bound(name: str, run: dict[str, Any]) -> None:
    """Whatever the input: also for loops that became Maps, and for the `for`s of one comprehension."""
    main = cases.main_of(name)
    cases.reset(name)
    functions = cases.lambdas(name, run)
    definitions = {workflow: one.definition for workflow, one in cases.compiled(name).items()}
    with cases.aws_of(name):
        ended = engine_runner.run(
            definitions, main.name, run["input"], functions.functions, answers=functions.answers
        )
    found = report(compiler.compile_workflow(main, root=Path.cwd()), main, main.place)
    events = ended.execution.events()
    entered = Counter(
        event.state
        for event in events
        if event.type.endswith("StateEntered") or event.type == "MapIterationStarted"
    )
    bounded = {state: size.turns for state, size in found.sizes.items() if size.turns is not None}
    alone = {term[0] for term in found.budget.transitions.terms if len(term) == 1}
    for state, turns in bounded.items():
        if state in alone:
            assert entered[state] - (not found.sizes[state].loop) <= turns, state
    worst = found.worst(found.budget.transitions)
    if worst is not None:
        retries = sum(event.type in ("TaskFailed", "TaskTimedOut") for event in events)
        if any("Retry" in visit.state and visit.type != "Task" for visit in walk(definitions[main.name])):
            retries = found.worst(found.budget.retries) or 0  # a Parallel, as a whole
        assert ended.execution.transitions <= worst + retries


def test_every_map_and_loop_of_the_source_is_found_in_the_machine() -> None:
    """By its place, or its bound would be lost. What a split loop holds is in a machine of its own."""
    for name in {parameters.values[0] for parameters in cases.RUNS}:
        main = cases.main_of(name)
        compiled = compiler.compile_workflow(main, root=Path.cwd())
        reports = [
            report(machine, workflow, workflow.place)
            for workflow, machine in compiler.with_loops(main, compiled)
        ]
        sizes = [size for found in reports for size in found.sizes.values()]
        spans = {size.round.span for size in sizes if size.round is not None}
        assert compiled.program is not None
        maps = [each for each in statements(compiled.program.body) if type(each).__name__ in ("Map", "While")]
        assert {each.span for each in maps} <= spans, name
