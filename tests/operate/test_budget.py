"""What a run may cost, held against what runs did cost."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from ladle.asl.model import walk
from ladle.operate.budget import EVENT_LIMIT, Amount, Budget, budget_of
from tests.cases import test_cases as cases
from tests.oracles import engine_runner

TASK = {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Arguments": {"FunctionName": "f"}}
EVENTS_OF_A_RETRY = 3
"""A try that failed: scheduled, started, failed."""


def machine(**states: Any) -> dict[str, Any]:
    return {"StartAt": next(iter(states)), "QueryLanguage": "JSONata", "States": states}


def shown(budget: Budget) -> tuple[str, str]:
    return str(budget.transitions), str(budget.events)


def test_a_sequence_is_the_sum_of_its_states() -> None:
    """A Lambda task has five events; the run itself begins and ends."""
    assert shown(budget_of(machine(a={**TASK, "Next": "b"}, b={**TASK, "End": True}))) == ("2", "12")


def test_of_two_ways_the_dearer_counts() -> None:
    """A run goes only one of them."""
    choice = {"Type": "Choice", "Choices": [{"Condition": "{% true %}", "Next": "long"}], "Default": "short"}
    found = budget_of(
        machine(
            choice=choice,
            long={**TASK, "Next": "last"},
            last={**TASK, "End": True},
            short={"Type": "Succeed"},
        )
    )
    assert str(found.transitions) == "3"
    assert {name: str(number) for name, number in found.calls.items()} == {"f": "2"}


def test_a_map_counts_for_each_item_and_a_loop_for_each_pass() -> None:
    """A Map within a Map for each of its items in each."""
    inner = {"Type": "Map", "ItemProcessor": machine(call={**TASK, "End": True}), "End": True}
    outer = {"Type": "Map", "ItemProcessor": machine(rows=inner), "End": True}
    found = budget_of(machine(days=outer))
    assert str(found.transitions) == "1 + 1·days + 1·days·rows"
    assert found.transitions.at({"days": 31, "rows": 100}) == 1 + 31 + 3100
    again = {"Type": "Choice", "Choices": [{"Condition": "{% true %}", "Next": "head"}], "Default": "end"}
    looped = budget_of(machine(head={**TASK, "Next": "again"}, again=again, end={"Type": "Succeed"}))
    assert str(looped.transitions) == "1 + 2·head"
    assert {head: sorted(states) for head, states in looped.loops.items()} == {"head": ["again", "head"]}


def test_it_tells_at_how_many_items_the_history_is_full() -> None:
    """Before AWS does, in the middle of a run."""
    each = {"Type": "Map", "ItemProcessor": machine(call={**TASK, "End": True}), "End": True}
    found = budget_of(machine(rows=each))
    most = found.items_at_limit("rows", {})
    assert most is not None
    assert found.events.at({"rows": most}) <= EVENT_LIMIT < found.events.at({"rows": most + 1})
    assert found.items_at_limit("others", {}) is None


def test_items_of_a_distributed_map_have_histories_of_their_own() -> None:
    """So they fill none."""
    processor = {**machine(call={**TASK, "End": True}), "ProcessorConfig": {"Mode": "DISTRIBUTED"}}
    found = budget_of(machine(rows={"Type": "Map", "ItemProcessor": processor, "End": True}))
    assert found.items_at_limit("rows", {}) is None
    assert found.transitions.at({"rows": 1000}) == 1 + 2 * 1000
    assert found.items["rows"].at({"rows": 1000}) == 1000


def test_express_items_of_a_distributed_map_have_no_transitions() -> None:
    """They are paid for by requests and time; their calls are calls."""
    config = {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"}
    processor = {**machine(call={**TASK, "End": True}), "ProcessorConfig": config}
    found = budget_of(machine(rows={"Type": "Map", "ItemProcessor": processor, "End": True}))
    assert found.transitions.at({"rows": 1000}) == 1
    assert (found.items["rows"].at({"rows": 1000}), found.calls["f"].at({"rows": 1000})) == (1000, 1000)


def test_a_definition_of_thousands_of_states_is_no_trouble() -> None:
    """It is no matter of recursion."""
    states = {f"s{n}": {**TASK, "Next": f"s{n + 1}"} for n in range(5000)}
    found = budget_of(machine(**states, s5000={"Type": "Succeed"}))
    assert found.transitions == Amount({(): 5001})


@pytest.mark.parametrize(("name", "run"), cases.RUNS)
def test_no_run_goes_beyond_its_budget(name: str, run: dict[str, Any]) -> None:
    """Whatever way a run takes: for as many items and passes as it had, and the retries that it made."""
    main = cases.main_of(name).name
    cases.reset(name)
    functions = cases.lambdas(name, run)
    definitions = {workflow: one.definition for workflow, one in cases.compiled(name).items()}
    with cases.aws_of(name):
        found = engine_runner.run(
            definitions, main, run["input"], functions.functions, answers=functions.answers
        )
    events = found.execution.events()
    entered = Counter(
        event.state
        for event in events
        if event.type.endswith("StateEntered") or event.type == "MapIterationStarted"
    )
    failed = ("Failed", "TimedOut")
    retried = sum(
        event.type.endswith("Scheduled") and events[event.previous_id - 1].type.endswith(failed)
        for event in events
    )
    budget = budget_of(definitions[main])
    if any("Retry" in visit.state and visit.type != "Task" for visit in walk(definitions[main])):
        retried = budget.retries.at(entered, 0)  # a Parallel, as a whole
    else:
        failing = sum(event.type == "EvaluationFailed" for event in events)
        assert len(events) <= budget.events.at(entered, 0) + EVENTS_OF_A_RETRY * retried + failing
    assert found.execution.transitions <= budget.transitions.at(entered, 0) + retried
