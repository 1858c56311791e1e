"""Values come back into variables exactly as they were, whatever JSON they are."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ladle.engine import Engine, compile_machine
from ladle.operate.reading import needed, reachable
from ladle.operate.records import RunRecord
from ladle.operate.resume import plan_resume

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)


class Runner:
    """Gives a value, and then fails once."""

    def __init__(self, value: Any) -> None:
        self.value, self.calls, self.given = value, 0, list[Any]()

    def start(self, call: Any, done: Any) -> None:
        from ladle.engine import TaskFailed, TaskSucceeded

        self.calls += 1
        if call.state == "load":
            done(TaskSucceeded({"Payload": self.value}))
        elif self.calls == 2:
            done(TaskFailed("Broken", "once"))
        else:
            self.given.append(call.arguments["Payload"]["args"]["value"])
            done(TaskSucceeded({"Payload": None}))


def call(**more: Any) -> dict[str, Any]:
    return {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", **more}


MACHINE: dict[str, Any] = {
    "QueryLanguage": "JSONata",
    "StartAt": "load",
    "States": {
        "load": call(
            Arguments={"FunctionName": "load", "Payload": {"args": {}, "ladle": {}}},
            Assign={"value": "{% $states.result.Payload %}"},
            Next="use",
        ),
        "use": call(
            Arguments={
                "FunctionName": "use",
                "Payload": {"args": {"value": "{% $value %}"}, "ladle": {}},
            },
            End=True,
        ),
    },
}


@settings(max_examples=60, deadline=None)
@given(VALUES)
def test_a_restored_value_is_the_recorded_one(value: Any) -> None:
    """Lists of one item stay lists, empty ones stay, and a text that looks like an expression stays one."""
    runner = Runner(value)
    engine = Engine(runner, seed=1)
    failed = engine.start(compile_machine(MACHINE, name="m"), {"day": 1}, name="one")
    engine.run(failed)
    events = [
        {**event, "timestamp": round(event["timestamp"].timestamp() * 1000)} for event in failed.history()
    ]
    record = RunRecord("one", "m", "FAILED", {"day": 1}, 0, 0, "one", failed.arn, error="Broken")
    plan = plan_resume(record, MACHINE, events, MACHINE)
    assert (plan.step, plan.after, plan.restored) == ("use", "load", ("value",))
    resumed = engine.start(compile_machine(json.dumps(plan.definition), name="r"), plan.input, name="one-r1")
    engine.run(resumed)
    assert resumed.status == "SUCCEEDED", resumed.cause
    assert runner.given == [value]


def test_what_is_needed_is_what_some_path_reads_before_it_assigns_it() -> None:
    """A loop's variable is needed where the loop is entered in the middle; a branch's is where one path has
    not assigned it."""
    states = {
        "a": call(Arguments={"x": "{% $one %}"}, Assign={"two": 1}, Next="b"),
        "b": {
            "Type": "Choice",
            "Choices": [{"Condition": "{% $two > $three %}", "Next": "c"}],
            "Default": "d",
        },
        "c": {"Type": "Pass", "Assign": {"four": 4, "three": 3}, "Next": "d"},
        "d": call(Arguments={"x": "{% $four %}"}, Next="a"),
        "away": {"Type": "Succeed"},
    }
    machine = {"QueryLanguage": "JSONata", "StartAt": "a", "States": states}
    assert needed(machine, "a") == {"one": "a", "three": "b", "four": "d"}
    assert set(needed(machine, "c")) == {"one"}
    assert set(needed(machine, "d")) == {"four", "one", "three"}
    assert "away" not in reachable(states, "a")


def test_what_is_assigned_within_a_block_is_not_needed_from_outside() -> None:
    """A Map's body reads variables of its own and those around it."""
    body = {
        "StartAt": "inner",
        "States": {
            "inner": {"Type": "Pass", "Assign": {"own": "{% $outer %}"}, "Next": "last"},
            "last": {"Type": "Pass", "Output": "{% $own %}", "End": True},
        },
    }
    each = {"Type": "Map", "Items": "{% $list %}", "ItemProcessor": body, "End": True}
    machine = {"QueryLanguage": "JSONata", "StartAt": "each", "States": {"each": each}}
    assert needed(machine, "each") == {"list": "each", "outer": "each"}
