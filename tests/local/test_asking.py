"""Task tokens in local runs: answered in order, by another task, by nobody."""

import time

import pytest

from ladle import TaskToken, task
from ladle.engine import Engine, TaskSucceeded, compile_machine
from ladle.errors import LadleError
from ladle.local.answers import Answer, Answers, example_of, parse_answers
from ladle.local.asking import Asking
from ladle.local.tasks import LocalTasks
from ladle.wire import decode, shape_of

TOKENS: list[str] = []
BUSY = [0.0]
FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:ask"


@task(timeout=600)
def ask(answer: TaskToken[int], n: int) -> None:
    print("asking", n)
    time.sleep(BUSY[0])
    TOKENS.append(answer.token)


ASK = {
    "Type": "Task",
    "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
    "Arguments": {
        "FunctionName": FUNCTION,
        "Payload": {
            "args": {"n": 1},
            "ladle": {"run": "r", "step": "ask", "token": "{% $states.context.Task.Token %}"},
        },
    },
    "TimeoutSeconds": 600,
    "End": True,
}
ALONE = {"QueryLanguage": "JSONata", "StartAt": "ask", "States": {"ask": ASK}}


class Replies:
    """A service that answers the last token, as a task could through boto3."""

    engine: Engine

    def start(self, _call, done):
        self.engine.send_task_success(TOKENS[-1], 42)
        done(TaskSucceeded(None))


def run(definition, answers, busy=0.0):
    BUSY[0] = busy
    asking, replies = Asking({"ask": ask}, answers), Replies()
    tasks = LocalTasks({"ask": ask}, replies, report=lambda *_: None, submit=asking.submit)
    engine = replies.engine = asking.engine = Engine(tasks, clock=asking.clock)
    execution = engine.start(compile_machine(definition, name="m"), {})
    engine.run(execution)
    if execution.status == "RUNNING":
        asking.stop_unanswered(execution)
    tasks.close()
    return execution


def test_a_given_answer_is_the_value_of_the_call():
    """Nobody is asked, and no time passes."""
    execution = run(ALONE, Answers({"ask": [Answer(7)]}))
    assert (execution.status, execution.output) == ("SUCCEEDED", 7)


def test_an_error_can_be_the_answer():
    """As SendTaskFailure gives it."""
    execution = run(ALONE, Answers({"ask": [Answer(error="Refused", cause="no")]}))
    assert (execution.status, execution.error, execution.cause) == ("FAILED", "Refused", "no")


def test_nobodys_answer_stops_the_run_before_the_timeout():
    """With the words that tell how to answer."""
    execution = run(ALONE, Answers())
    assert (execution.status, execution.error) == ("ABORTED", "NoAnswer")
    assert "--answer ask=1\n" in execution.cause


def test_a_task_that_takes_its_time_is_asked_for_all_the_same():
    """Its timeout counts from when it was scheduled, not from when it had handed its token on."""
    execution = run(ALONE, Answers(), busy=0.01)
    assert (execution.status, execution.error) == ("ABORTED", "NoAnswer")


def test_the_timeout_of_the_run_counts_as_well():
    """A run that may take less time than its question would time out before it."""
    execution = run({**ALONE, "TimeoutSeconds": 300}, Answers())
    assert (execution.status, execution.error) == ("ABORTED", "NoAnswer")


def test_heartbeats_that_nobody_sends_count_as_well():
    """Whoever does not answer sends no heartbeat either."""
    execution = run({**ALONE, "States": {"ask": {**ASK, "HeartbeatSeconds": 60}}}, Answers())
    assert (execution.status, execution.error) == ("ABORTED", "NoAnswer")


def test_without_a_timeout_it_is_stopped_when_nothing_else_is_left():
    """Otherwise the engine would come back with a run that never ends."""
    state = {name: value for name, value in ASK.items() if name != "TimeoutSeconds"}
    execution = run({**ALONE, "States": {"ask": state}}, Answers())
    assert (execution.status, execution.error) == ("ABORTED", "NoAnswer")


def test_another_task_of_the_run_may_answer_after_a_while():
    """Time is skipped to it, not past the timeout."""
    definition = {
        "QueryLanguage": "JSONata",
        "StartAt": "both",
        "States": {
            "both": {
                "Type": "Parallel",
                "Branches": [
                    {"StartAt": "ask", "States": {"ask": ASK}},
                    {
                        "StartAt": "wait",
                        "States": {
                            "wait": {"Type": "Wait", "Seconds": 300, "Next": "reply"},
                            "reply": {"Type": "Task", "Resource": "arn:aws:states:::any:thing", "End": True},
                        },
                    },
                ],
                "Output": "{% $states.result[0] %}",
                "End": True,
            }
        },
    }
    execution = run(definition, Answers())
    assert (execution.status, execution.output) == ("SUCCEEDED", 42)
    assert (execution.stopped - execution.started).total_seconds() == pytest.approx(300, abs=1)


def test_answers_are_read_from_words(tmp_path):
    """JSON, a file of it, an error with its cause, and silence; several for one task keep their order."""
    path = tmp_path / "answer.json"
    path.write_text('{"a": 1}')
    found = parse_answers(["t=1", f"t=@{path}", "t=!Refused: by me", "t=!Late", "u=!silence"])
    assert found == {
        "t": [
            Answer(1),
            Answer({"a": 1}),
            Answer(error="Refused", cause="by me"),
            Answer(error="Late", cause=""),
        ],
        "u": [Answer(silent=True)],
    }


@pytest.mark.parametrize("word", ["t", "=1", "t={", "t=!", "t=@/nothing/here"])
def test_a_word_that_is_no_answer_is_shown(word):
    """Nothing is guessed."""
    with pytest.raises(LadleError, match="--answer"):
        parse_answers([word])


@pytest.mark.parametrize(
    "annotation", [bool, int, str, float, list[int], dict[str, bool], int | None, tuple[int, str]]
)
def test_the_example_of_a_type_has_that_type(annotation):
    """So that what the message shows can be pasted."""
    shape = shape_of(annotation)
    decode(example_of(shape), shape)
