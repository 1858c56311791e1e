"""The states that come out: how many, how named, where what stands. On forms built by hand."""

from __future__ import annotations

import json
from typing import Any

from forms import (
    ANY,
    BOOL,
    HERE,
    INT,
    INTS,
    STR,
    assign,
    call,
    const,
    each,
    for_,
    handler,
    if_,
    obj,
    op,
    program,
    raise_,
    read,
    return_,
    scope,
    task,
    try_,
    var,
    while_,
)
from oracles import engine_runner

from ladle.compiler.emit import emit
from ladle.compiler.emit.errortext import caught
from ladle.compiler.emit.names import StateNames, VariableNames
from ladle.compiler.language import form
from ladle.compiler.language.form import Variable
from ladle.compiler.plan import plan
from ladle.declare import Retry
from ladle.jsonata import evaluate
from ladle.wire import ListShape, RecordField, RecordShape

A, B, C, D, X = (var(name) for name in "abcdx")
XS = var("xs", INTS)


def machine(*body: form.Stmt, **rest: Any) -> dict[str, Any]:
    made = program(*body, **rest)
    return emit(made, plan(made))[0]


def kinds(definition: dict[str, Any]) -> dict[str, str]:
    return {name: state["Type"] for name, state in definition["States"].items()}


def run(definition: dict[str, Any], given: Any, **tasks: Any) -> Any:
    functions = {name: lambda event, f=function: f(**event["args"]) for name, function in tasks.items()}
    return engine_runner.run({"main": definition}, "main", given, functions)


def test_pure_statements_are_no_states() -> None:
    """They stand in the Assign or Output of a neighbour."""
    made = machine(
        assign(X, const(2)),
        call(A, "f", read(X)),
        assign(B, op("num.max", read(A), const(3))),
        call(C, "g", read(B)),
        assign(D, op("num.min", read(C), read(B))),
        return_(read(D)),
    )
    assert kinds(made) == {"f": "Task", "g": "Task"}
    assert made["States"]["f"]["Assign"] == {"b": "{% $max([$states.result.Payload, 3]) %}"}


def test_values_of_one_state_see_what_was_before_it() -> None:
    """An assignment that uses a new value is written in terms of the result."""
    made = machine(call(A, "f"), assign(B, op("num.max", read(A), const(3))), call(C, "g", read(A), read(B)))
    assert made["States"]["f"]["Assign"] == {
        "a": "{% $states.result.Payload %}",
        "b": "{% $max([$states.result.Payload, 3]) %}",
    }


def test_three_branches_of_two_calls_and_a_join_take_eight_transitions() -> None:
    """A transition for each call and one for the Parallel."""
    names = [(var(f"p{n}"), var(f"q{n}")) for n in range(3)]
    body = [call(p, "f") for p, _ in names] + [call(q, "f", read(p)) for p, q in names]
    made = machine(*body, call(X, "join", *(read(q) for _, q in names)), return_(read(X)))
    found = run(made, {}, f=lambda **_: 1, join=lambda **values: len(values))
    assert (found.output, found.transitions) == (3, 8)


def test_a_branch_gives_back_only_what_is_read_later() -> None:
    made = machine(
        call(A, "f"),
        call(B, "g", read(A)),
        call(C, "h"),
        call(D, "i", read(C)),
        call(X, "j", read(B), read(D)),
    )
    (parallel,) = (state for state in made["States"].values() if state["Type"] == "Parallel")
    assert parallel["Assign"] == {"b": "{% $states.result[0] %}", "d": "{% $states.result[1] %}"}
    assert [
        branch["States"][last]["Output"] for branch, last in zip(parallel["Branches"], "gi", strict=True)
    ] == ["{% $states.result.Payload %}"] * 2


def test_inner_scopes_set_no_name_of_an_outer_one() -> None:
    """AWS refuses that; the value of a branch comes back under the outer name."""
    again = if_(read(var("p", BOOL)), (call(X, "f", read(X)),))
    made = machine(call(X, "f"), call(None, "note"), again, call(B, "g"), call(C, "h", read(X), read(B)))

    def names(region: dict[str, Any]) -> set[str]:
        own: set[str] = set()
        for state in region["States"].values():
            rules = [state, *state.get("Choices", ()), *state.get("Catch", ())]
            own |= {name for rule in rules for name in rule.get("Assign", {})}
            for branch in state.get("Branches", ()):
                assert not names(branch) & own
        return own

    assert "x" in names(made)


def test_a_chain_of_tests_is_one_choice() -> None:
    tests = [op("num.gt", read(A), const(n), shape=BOOL) for n in (30, 20, 10)]
    inner = if_(tests[2], (call(X, "h"),), (assign(X, const(0)),), label="if 10")
    inner = if_(tests[1], (call(X, "g"),), (inner,), label="if 20")
    made = machine(if_(tests[0], (call(X, "f"),), (inner,), label="if 30"), return_(read(X)), parameters=(A,))
    assert kinds(made) == {"if 30": "Choice", "f": "Task", "g": "Task", "h": "Task", "return": "Succeed"}


def test_nested_maps_read_the_items_of_both_without_a_state_between() -> None:
    inner = each(B, C, read(XS), (call(D, "f", read(A), read(C)),), read(D))
    made = machine(each(X, A, read(XS), (inner,), read(B)), return_(read(X)), parameters=(XS,))
    found = run(made, {"xs": [1, 2]}, f=lambda a0, a1: [a0, a1])
    assert found.output == [[[1, 1], [1, 2]], [[2, 1], [2, 2]]]
    assert found.transitions == 1 + 2 + 4


def test_a_loop_evaluates_its_list_once() -> None:
    body = (call(X, "f", read(X), read(A)), assign(XS, form.MakeList(INTS, HERE, ())))
    made = machine(assign(X, const(0)), for_(A, read(XS), *body), return_(read(X)), parameters=(XS,))
    assert run(made, {"xs": [1, 2]}, f=lambda a0, a1: a0 + a1).output == 3


def test_a_loop_goes_around_its_condition() -> None:
    test = op("num.lt", read(B), const(3), shape=BOOL)
    made = machine(
        assign(X, const(0)),
        while_(test, call(X, "f", read(X)), before=(call(B, "look", read(X)),)),
        return_(read(X)),
    )
    assert run(made, {}, f=lambda a0: a0 + 1, look=lambda a0: a0).output == 3


def test_a_try_catches_on_each_task_and_needs_no_parallel() -> None:
    made = machine(
        try_((call(A, "f"), call(B, "g", read(A))), handler(("Bad",), return_(const(0)))), return_(read(B))
    )
    assert kinds(made) == {"f": "Task", "g": "Task", "return": "Succeed"}
    assert [made["States"][name]["Catch"][0]["ErrorEquals"] for name in "fg"] == [["Bad"], ["Bad"]]


def test_a_finally_runs_on_each_way_out_and_keeps_the_error() -> None:
    made = machine(try_((call(A, "f"),), final=(call(None, "clean"),)), return_(read(A)))
    cleaned: list[int] = []

    def fail() -> None:
        raise ValueError("no")

    found = run(made, {}, f=fail, clean=lambda: cleaned.append(1))
    assert (found.error, cleaned) == ("ValueError", [1])
    assert run(made, {}, f=lambda: 7, clean=lambda: cleaned.append(1)).output == 7
    assert cleaned == [1, 1]


def test_a_raise_leads_to_the_handler_of_its_own_scope() -> None:
    """A Fail state could not be caught there."""
    late = if_(op("num.gt", read(A), const(3), shape=BOOL), (raise_("Late", const("late")),))
    error = var("error", ANY)
    caught_late = handler(("Late",), return_(form.ErrorText(STR, HERE, error)), variable=error)
    made = machine(try_((call(A, "f"), late), caught_late), return_(const("fine")))
    assert "Fail" not in kinds(made).values()
    assert run(made, {}, f=lambda: 5).output == "late"


def test_a_retried_helper_is_a_parallel_of_one_branch() -> None:
    helper = scope(X, call(A, "f"), call(B, "g", read(A)), return_(read(B)), retry=Retry(attempts=1))
    made = machine(helper, return_(read(X)))
    assert kinds(made) == {"helper": "Parallel"}
    tries: list[int] = []

    def fail_first(a0: int) -> int:
        tries.append(a0)
        if len(tries) == 1:
            raise ValueError("again")
        return a0

    assert run(made, {}, f=lambda: 4, g=fail_first).output == 4


def test_retries_name_lambdas_own_errors_first_and_the_users_after() -> None:
    flaky = task(
        "f",
        retry=Retry(on=[ConnectionError], attempts=5, interval=2, backoff=1.5, max_delay=60, jitter=False),
    )
    retries = machine(call(A, flaky), return_(read(A)))["States"]["f"]["Retry"]
    assert "Lambda.TooManyRequestsException" in retries[0]["ErrorEquals"]
    assert retries[1]["ErrorEquals"][0] == "ConnectionError"
    assert "ConnectionResetError" in retries[1]["ErrorEquals"]
    assert {key: value for key, value in retries[1].items() if key != "ErrorEquals"} == {
        "IntervalSeconds": 2,
        "MaxAttempts": 5,
        "BackoffRate": 1.5,
        "MaxDelaySeconds": 60,
    }


def test_every_task_carries_the_envelope() -> None:
    made = machine(
        each(X, A, read(XS), (call(B, "f", read(A)),), read(B)), return_(read(X)), parameters=(XS,)
    )
    payload = made["States"]["each"]["ItemProcessor"]["States"]["f"]["Arguments"]["Payload"]
    assert list(payload) == ["args", "ladle"]
    assert list(payload["ladle"]) == ["run", "root", "trigger", "step", "retry", "redrive", "entered", "item"]


def test_input_of_another_type_stops_the_run_at_the_first_field() -> None:
    """What expressions read of the input is tested, what is only handed on is not."""
    made = machine(
        each(X, A, read(XS), (call(B, "f", read(A), read(C)),), read(B)), return_(read(X)), parameters=(XS, C)
    )
    assert run(made, {"xs": [1], "c": "anything"}, f=lambda a0, a1: [a0, a1]).output == [[1, "anything"]]
    for wrong in ({"xs": "1", "c": 1}, {"xs": [1, "2"], "c": 1}, {"c": 1}):
        found = run(made, wrong, f=lambda **given: given)
        assert found.error == "States.QueryEvaluationError"
        assert "xs: expected list[int]" in found.cause


def test_the_guard_looks_at_the_fields_that_are_read() -> None:
    day = RecordShape(
        "Day", (RecordField("date", STR), RecordField("rows", ListShape(INT))), "dataclass", None
    )
    given = Variable("day", 0, day)
    made = machine(
        call(A, "f", form.FieldOf(STR, HERE, read(given), "date")), return_(read(A)), parameters=(given,)
    )
    assert run(made, {"day": {"date": "d"}}, f=lambda **_: 1).output == 1
    assert "day: expected Day" in run(made, {"day": {"date": 3}}, f=lambda **_: 1).cause


def test_a_guard_that_a_catch_would_take_stands_in_a_choice_before() -> None:
    made = machine(
        try_((call(A, "f", op("num.max", read(B), const(1))),), final=(call(None, "clean"),)),
        return_(read(A)),
        parameters=(B,),
    )
    found = run(made, {"b": "x"}, f=lambda a0: a0, clean=lambda: None)
    assert (found.error, found.cause) == ("TypeError", "b: expected int")
    assert run(made, {"b": 4}, f=lambda a0: a0, clean=lambda: None).output == 4


def test_what_is_known_when_compiling_is_worked_out() -> None:
    never = if_(op("num.gt", const(1), const(2), shape=BOOL), (call(A, "f"),), (call(A, "g"),))
    assert kinds(machine(never, return_(obj(a=read(A))))) == {"g": "Task"}


def test_state_names_are_unique_and_at_most_80_characters() -> None:
    names = StateNames()
    assert [names.take("load_day"), names.take("load_day"), names.take("load_day 2")] == [
        "load_day",
        "load_day 2",
        "load_day 2 2",
    ]
    long = [names.take("x" * 200), names.take("x" * 200)]
    assert [len(name) for name in long] == [80, 80]
    assert long[0] != long[1]
    assert names.take('say "hi"\n') == "say 'hi'"


def test_variables_do_not_hide_functions_of_jsonata() -> None:
    names = VariableNames()
    assert names(var("count")) == "the_count"
    assert names(var("day")) == "day"
    assert names(var("day", index=1)) == "day_2"
    assert names(var("_")) == "value"


def error_text(error: str, cause: str | None) -> Any:
    output = {"Error": error} if cause is None else {"Error": error, "Cause": cause}
    text = caught(nested=True, message=True).name.format()  # type: ignore[attr-defined]
    return evaluate(text, {"states": {"errorOutput": output}})


def test_the_text_of_an_error_is_found_in_every_form_of_cause() -> None:
    """A wrapper's JSON, plain text, a nested run's description, cut or missing Causes."""
    message = '{"message": "no \\"x\\"", "class": "m.Bad"}'
    wrapped = json.dumps({"errorMessage": message, "errorType": "Bad"})
    assert error_text("Bad", wrapped) == {"Error": "Bad", "Cause": wrapped, "message": 'no "x"'}
    assert error_text("Bad", "plain")["message"] == "plain"
    assert error_text("Bad", '{"errorMessage":"a crash","errorType":"X"}')["message"] == "a crash"
    assert error_text("Bad", '{"errorMessage":"cut of')["message"] == '{"errorMessage":"cut of'
    assert error_text("States.Timeout", None)["message"] == ""
    inner = '{"Cause":"why","Error":"Bad","Status":"FAILED"}'
    assert error_text("States.TaskFailed", inner) == {"Error": "Bad", "Cause": "why", "message": "why"}
    outer = '{"Cause":"' + inner.replace('"', '\\"') + '","Error":"States.TaskFailed","Status":"FAILED"}'
    assert error_text("States.TaskFailed", outer)["Error"] == "Bad"
