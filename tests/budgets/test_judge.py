"""What is said of a budget: with the expression, and the way out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ladle import compiler
from ladle.budgets import Recorded, judge, report
from ladle.budgets.recorded import Spread, Weight
from tests.budgets.conftest import Budgets
from tests.language.written import module_of

TASKS = """
@task
def load(key: str) -> list[str]:
    return []
@task
def clean(key: str) -> str:
    return key
"""
MAPPED = (
    TASKS
    + """
@workflow
def flow(key: str) -> list[str]:
    found = load(key)
    return [clean(each) for each in found]
"""
)


def test_an_ordinary_comprehension_over_a_list_of_unknown_length_is_no_problem(budget: Budgets) -> None:
    """It is told at how many items the history is full; nothing else could be known."""
    found = budget(MAPPED)
    assert judge(found) == ()
    assert found.full_at("clean") == found.even == 3569


def test_recorded_runs_that_came_near_the_limit_are_warned_of(budget: Budgets) -> None:
    """At the expression, with both numbers."""
    known = Recorded(runs=2, sizes={"clean": Spread(2, 1500, 2000)})
    (problem,) = judge(budget(MAPPED, known))
    assert (problem.code, problem.severity) == ("B102", "warning")
    assert "3,569 items of `clean`" in problem.message
    assert "up to 2,000" in problem.message
    assert judge(budget(MAPPED, Recorded(runs=1, sizes={"clean": Spread(1, 100, 100)}))) == ()


def test_a_bound_that_the_author_states_takes_the_warning_away(budget: Budgets) -> None:
    """The run is held to it."""
    known = Recorded(runs=2, sizes={"clean": Spread(2, 1500, 2000)})
    assert judge(budget(MAPPED.replace("in found", "in each(found, most=2500)"), known)) == ()
    (problem,) = judge(budget(MAPPED.replace("in found", "in each(found, most=5000)"), known))
    assert (problem.code, problem.severity) == ("B101", "error")
    assert "(most=5,000)" in problem.message
    assert "batch=" in problem.hint


def test_the_largest_of_several_is_named(budget: Budgets) -> None:
    source = (
        TASKS
        + """
@workflow
def flow(keys: list[str]) -> None:
    for key in each(keys, most=1200):
        few = load(key)
        clean(key)
        clean(key)
        clean(key)
    again = [clean(key) for key in each(keys, most=20)]
    print_all(again)
@task
def print_all(keys: list[str]) -> None:
    print(keys)
"""
    )
    (problem,) = judge(budget(source))
    assert problem.code == "B101"
    assert problem.message.startswith("`for key in each(keys, most=1200)` goes round up to 1,200 times")
    assert "with split(every=500):" in problem.hint


def test_the_way_out_is_one(budget: Budgets) -> None:
    """The body of the loop as a workflow: six events a pass, and a history of its own for each run."""
    source = (
        TASKS
        + """
@workflow
def one(key: str) -> str:
    first = clean(key)
    second = clean(first)
    third = clean(second)
    return clean(third)
@workflow
def flow(keys: list[str]) -> None:
    for key in each(keys, most=1200):
        one(key)
"""
    )
    assert judge(budget(source)) == ()


SPLIT = """
@workflow
def flow(keys: list[str]) -> None:
    with split(every={every}):
        for key in each(keys, most={most}):
            first = clean(key)
            second = clean(first)
            third = clean(second)
            clean(third)
"""


def test_a_split_loop_has_six_events_for_each_run(budget: Budgets) -> None:
    found = budget(TASKS + SPLIT.format(every=1000, most=1_000_000))
    assert judge(found) == ()
    (size,) = found.sizes.values()
    assert size.round is not None
    assert (size.round.runs, size.round.every, size.round.turns) == ("calls", 1000, 1000)


@pytest.mark.parametrize(
    ("every", "most", "machine", "message", "hint"),
    [
        (
            10,
            100_000,
            0,
            "has up to 10,000 runs of 10 turns (most=100,000)",
            "a larger `every`",
        ),
        (
            5000,
            5000,
            1,
            "goes round up to 5,000 times (split(every=5,000))",
            "a smaller `every`",
        ),
    ],
)
def test_a_split_loop_can_be_split_badly(
    tmp_path: Path, every: int, most: int, machine: int, message: str, hint: str
) -> None:
    """Into so many runs that those fill the history, or into such that a run's own turns do."""
    source = TASKS + SPLIT.format(every=every, most=most)
    module: Any = module_of(source, tmp_path, "from ladle import *\n")
    machines = list(compiler.with_loops(module.flow, compiler.compile_workflow(module.flow)))
    assert [each.name for each, _ in machines] == ["flow", "flow-for-key"]
    found = [judge(report(one, each, each.place)) for each, one in machines]
    assert found[1 - machine] == ()
    (problem,) = found[machine]
    assert problem.code == "B101"
    assert message in problem.message
    assert hint in problem.hint


def test_an_express_machine_has_no_history_to_fill(budget: Budgets) -> None:
    source = MAPPED.replace("@workflow", '@workflow(type="EXPRESS", timeout=300)')
    assert judge(budget(source.replace("in found", "in each(found, most=50_000)"))) == ()


def test_recorded_values_that_came_near_the_limit_are_warned_of(budget: Budgets) -> None:
    known = Recorded(runs=1, values={"load": Weight(200_000, "2013-01-01-ab12"), "clean": Weight(9, "x")})
    (problem,) = judge(budget(MAPPED, known))
    assert problem.code == "B104"
    assert problem.message.startswith("`load` passed on 200,000 bytes in run 2013-01-01-ab12")
    assert problem.span.line == 12


@pytest.mark.slow
@pytest.mark.parametrize(("calls", "severity"), [(1100, "warning"), (1300, "error")])
def test_a_definition_that_is_too_large_is_told_before_it_is_deployed(
    budget: Budgets, calls: int, severity: str
) -> None:
    """With its ARNs, which are longer than the names that stand for them."""
    steps = "".join(f"    clean('{number}')\n" for number in range(calls))
    found = budget(f"{TASKS}\n@workflow\ndef flow() -> None:\n{steps}")
    (problem,) = judge(found)
    assert (problem.code, problem.severity) == ("B105", severity)
    assert (found.definition_bytes > 1024 * 1024) == (severity == "error")
    assert problem.span.line > 12


def test_calls_at_once_are_added_over_branches_and_multiplied_over_maps(budget: Budgets) -> None:
    source = (
        TASKS
        + """
@workflow
def flow(key: str, keys: list[str]) -> None:
    one = clean(key)
    two = [[clean(k) for k in each([key, key], concurrency=1)] for key in each(keys, concurrency=3)]
    load(one)
    pair(two)
@task
def pair(found: list[list[str]]) -> None:
    print(found)
"""
    )
    assert budget(source).at_once == {"clean": 1 + 3 * 1, "load": 1, "pair": 1}
