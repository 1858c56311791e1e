"""Variables are followed along the transitions, and may not be assigned across scopes."""

from __future__ import annotations

from typing import Any

import pytest

from ladle.asl import validate, variable_references

LAMBDA = "arn:aws:states:::lambda:invoke"


def machine(start: str, **states: Any) -> dict[str, Any]:
    """A JSONata machine."""
    return {"QueryLanguage": "JSONata", "StartAt": start, "States": states}


def found(definition: dict[str, Any]) -> list[tuple[str, str]]:
    """(code, state) of everything found."""
    return [(item.code, item.pointer.split("/States/")[-1].split("/")[0]) for item in validate(definition)]


def assign(next_state: str, **values: Any) -> dict[str, Any]:
    """A Pass that assigns."""
    return {"Type": "Pass", "Assign": values, "Next": next_state}


def read(expression: str) -> dict[str, Any]:
    """A Pass that reads, and ends."""
    return {"Type": "Pass", "Output": f"{{% {expression} %}}", "End": True}


def test_what_a_state_assigns_is_set_behind_it_only() -> None:
    """Assign and Output of one state both see the values from before it."""
    both = {"Type": "Pass", "Assign": {"n": 1}, "Output": "{% $n %}", "Next": "B"}
    assert found(machine("A", A=both, B=read("$n"))) == [("A902", "A")]


def test_a_choice_rules_assign_replaces_the_states_own() -> None:
    """The state's Assign belongs to Default; a matched rule has its own."""
    choice = {
        "Type": "Choice",
        "Choices": [
            {"Condition": True, "Assign": {"a": 1}, "Next": "B"},
            {"Condition": True, "Assign": {"a": 1, "b": 1}, "Next": "B"},
        ],
        "Assign": {"a": 1, "c": 1},
        "Default": "B",
    }
    assert found(machine("A", A=choice, B=read("$a"))) == []
    assert found(machine("A", A=choice, B=read("$b"))) == [("A903", "B")]
    assert found(machine("A", A=choice, B=read("$c"))) == [("A903", "B")]


def test_a_failed_task_assigns_nothing() -> None:
    """On the way of a catcher only the catcher's Assign holds."""
    task = {
        "Type": "Task",
        "Resource": LAMBDA,
        "Assign": {"day": 1},
        "Catch": [{"ErrorEquals": ["States.ALL"], "Assign": {"error": 1}, "Next": "B"}],
        "Next": "C",
    }
    good = machine("A", A=task, B=read("$error"), C=read("$day"))
    assert found(good) == []
    swapped = machine("A", A=task, B=read("$day"), C=read("$error"))
    assert found(swapped) == [("A902", "B"), ("A902", "C")]


def test_a_loop_does_not_invent_values() -> None:
    """What only the loop's body assigns may be unset at its head."""
    head = {"Type": "Choice", "Choices": [{"Condition": "{% $i < 3 %}", "Next": "B"}], "Default": "C"}
    loop = machine(
        "A", A=assign("H", i=0), H=head, B=assign("H", i="{% $i + 1 %}", last="{% $i %}"), C=read("$last")
    )
    assert found(loop) == [("A903", "C")]


def test_inner_scopes_read_outer_variables() -> None:
    """As they are where the state around them is entered; what they assign themselves stays inside."""
    branch = machine("I", I=assign("J", x="{% $n %}"), J=read("$x + $n"))
    del branch["QueryLanguage"]
    parallel = {"Type": "Parallel", "Branches": [branch], "Next": "C"}
    assert found(machine("A", A=assign("B", n=1), B=parallel, C=read("$n"))) == []
    assert found(machine("A", A=assign("B", n=1), B=parallel, C=read("$x"))) == [("A902", "C")]


def test_a_distributed_map_sees_nothing_from_outside() -> None:
    """Its own fields do, its children do not; they may reuse the names."""

    def processor(state: dict[str, Any]) -> dict[str, Any]:
        config = {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}
        return {"ProcessorConfig": config, "StartAt": "I", "States": {"I": state}}

    each = {
        "Type": "Map",
        "ItemSelector": {"n": "{% $n %}"},
        "ItemProcessor": processor(read("$n")),
        "End": True,
    }
    (problem,) = validate(machine("A", A=assign("B", n=1), B=each))
    assert problem.code == "A902"
    assert "ItemSelector" in problem.hint
    again = {
        "Type": "Map",
        "ItemProcessor": processor({"Type": "Pass", "Assign": {"n": 2}, "End": True}),
        "End": True,
    }
    assert found(machine("A", A=assign("B", n=1), B=again)) == []


def test_assigning_an_outer_variable_is_refused_wherever_it_is_assigned() -> None:
    """Also when the outer state comes later; siblings may share a name."""
    branch = {"StartAt": "I", "States": {"I": {"Type": "Pass", "Assign": {"n": 1}, "End": True}}}
    other = {"StartAt": "J", "States": {"J": {"Type": "Pass", "Assign": {"n": 1}, "End": True}}}
    parallel = {"Type": "Parallel", "Branches": [branch, other], "Next": "B"}
    assert found(machine("A", A=parallel, B={"Type": "Succeed"})) == []
    later = machine("A", A=parallel, B=assign("C", n=1), C={"Type": "Succeed"})
    assert found(later) == [("A407", "I"), ("A407", "J")]


@pytest.mark.parametrize(
    ("name", "good"),
    [
        ("day", True),
        ("día", True),
        ("n1", True),
        ("$day", False),
        ("1n", False),
        ("a-b", False),
        ("states", False),
    ],
)
def test_names(name: str, good: bool) -> None:
    """Identifiers, without the $."""
    definition = machine("A", A={"Type": "Pass", "Assign": {name: 1}, "End": True})
    assert found(definition) == ([] if good else [("A408", "A")])


def test_jsonpath_states_are_followed_too() -> None:
    """Paths and intrinsic functions read variables; keys of Assign may end in .$."""
    states = {
        "A": {"Type": "Pass", "Assign": {"n.$": "$.n"}, "Next": "B"},
        "B": {"Type": "Pass", "Parameters": {"x.$": "States.Format('{} {}', $n, $m.deep)"}, "End": True},
    }
    (problem,) = validate({"StartAt": "A", "States": states})
    assert (problem.code, problem.message) == ("A902", "no state assigns $m")


def test_references_are_listed_by_state() -> None:
    """Sorted, without built-in functions, local names and $states; inner states have entries of their own."""
    inner = {"StartAt": "I", "States": {"I": read("$b & $a & $uppercase($states.input)")}}
    each = {"Type": "Map", "Items": "{% $xs %}", "ItemProcessor": inner, "End": True}
    definition = machine(
        "A", A={"Type": "Pass", "Assign": {"xs": "{% ($t := 1; $t) %}"}, "Next": "B"}, B=each
    )
    assert variable_references(definition) == {"B": ["xs"], "I": ["a", "b"]}
