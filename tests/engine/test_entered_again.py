"""A state that is entered again is entered later, though nothing takes any time."""

from __future__ import annotations

from ladle.engine import Engine, TaskCall, compile_machine
from ladle.engine.protocols import Done, TaskSucceeded

LOOP = """{"QueryLanguage": "JSONata", "StartAt": "work", "States": {
  "work": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
           "Arguments": {"FunctionName": "f", "Payload": {"at": "{% $states.context.State.EnteredTime %}"}},
           "Assign": {"n": "{% $exists($n) ? $n + 1 : 1 %}"}, "Next": "again"},
  "again": {"Type": "Choice", "Choices": [{"Condition": "{% $n < 5 %}", "Next": "work"}], "Default": "end"},
  "end": {"Type": "Succeed"}}}"""


class Notes:
    """A runner whose tasks take no time."""

    def __init__(self) -> None:
        self.times: list[str] = []

    def start(self, call: TaskCall, done: Done) -> None:
        self.times.append(call.arguments["Payload"]["at"])
        done(TaskSucceeded({"Payload": None}))


def test_each_pass_of_a_loop_has_a_time_of_its_own() -> None:
    """By it, names of nested runs and calls that are made once tell the passes apart."""
    notes = Notes()
    engine = Engine(notes)
    execution = engine.start(compile_machine(LOOP, name="loop"), {})
    engine.run(execution)
    assert execution.status == "SUCCEEDED", execution.cause
    assert len(notes.times) == 5
    assert notes.times == sorted(set(notes.times))
