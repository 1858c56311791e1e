"""Definitions and inputs that want to break the engine: each is refused, or fails its run, and nothing else.

What the engine's own tests hold at its edges (`tests/engine/test_limits_and_hostile_input.py`) is here held
from outside, through compiled definitions and boto3.
"""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from ladle.engine import Engine, Execution, InvalidDefinition, TaskCall, TaskSucceeded, compile_machine
from ladle.engine.protocols import Done
from ladle.errors import LadleError


class Echo:
    """A runner that gives each task its arguments back."""

    def start(self, call: TaskCall, done: Done) -> None:
        """See TaskRunner."""
        done(TaskSucceeded(call.arguments))


def run(definition: str | dict[str, Any], value: Any = None) -> Execution:
    """Run a definition, after it a harmless one on the same engine: that one must not notice."""
    engine = Engine(Echo())
    execution = engine.start(compile_machine(definition, name="hostile"), {} if value is None else value)
    engine.run(execution)
    harmless = engine.start(compile_machine(state({"Type": "Pass", "Result": 1}), name="harmless"), {})
    engine.run(harmless)
    assert harmless.output == 1
    assert json.dumps(execution.history(), default=str)
    return execution


def state(definition: dict[str, Any]) -> dict[str, Any]:
    """A machine of one state."""
    return {"StartAt": "A", "States": {"A": {**definition, "End": True}}}


def jsonata(expression: str) -> dict[str, Any]:
    """A machine that evaluates one expression."""
    return state({"Type": "Pass", "QueryLanguage": "JSONata", "Output": f"{{% {expression} %}}"})


LETTERS = {"s": "a" * 40 + "!", "x": "x" * 50}


@pytest.mark.parametrize(
    "expression",
    [
        "($f := function($n){ 1 + $f($n + 1) }; $f(0))",
        "($f := function($n){ $g($n) & 'x' }; $g := function($n){ $f($n) }; $f(0))",
        "($f := function($s, $n){ $n = 0 ? $s : $f($s & $s, $n - 1) }; $length($f('xxxxxxxxxx', 40)))",
        "[1..10000000]",
        "$sum([1..9999999])",
        "$length($pad('x', 10000000000))",
        "$power(10, 400)",
        "1e308 * 10",
    ],
)
def test_an_expression_without_bounds_fails_its_state(expression: str) -> None:
    """Endless recursion, endless lists, numbers beyond all numbers."""
    execution = run(jsonata(expression), LETTERS)
    assert (execution.status, execution.error) == ("FAILED", "States.QueryEvaluationError")


@pytest.mark.slow
@pytest.mark.parametrize(
    "expression",
    [
        "($f := function($n){ $f($n + 1) }; $f(0))",
        "$map([1..100000], function($i){ $map([1..100000], function($j){ $i * $j }) })",
        "$match($states.input.s, /(a+)+$/)",
        "$replace($states.input.x, /(x+x+)+y/, 'z')",
        "$split($states.input.x, /(x+x+)+y/)",
    ],
)
def test_an_expression_has_about_a_second(expression: str) -> None:
    """Then it fails as on AWS: loops, and regular expressions that try every way."""
    began = time.monotonic()
    execution = run(jsonata(expression), LETTERS)
    assert (execution.status, execution.error) == ("FAILED", "States.QueryEvaluationError")
    assert time.monotonic() - began < 10


@pytest.mark.parametrize(
    "expression", ["(" * 5000 + "1" + ")" * 5000, "[" * 5000 + "]" * 5000, "1" + "+1" * 20000]
)
def test_an_expression_nested_beyond_all_sense_is_refused(expression: str) -> None:
    """When it is compiled."""
    with pytest.raises(LadleError):
        run(jsonata(expression))


def nested(depth: int) -> str:
    """Parallels within Parallels."""
    inner = '{"Type":"Pass","End":true}'
    head = '{"Type":"Parallel","End":true,"Branches":[{"StartAt":"S%d","States":{"S%d":'
    text = "".join(head % (n, n) for n in range(depth)) + inner + "}}]}" * depth
    return '{"StartAt":"Z","States":{"Z":' + text + "}}"


@pytest.mark.parametrize("definition", [nested(5000), "[" * 1_000_000, '{"a":' * 100_000])
def test_a_definition_nested_beyond_all_sense_is_refused(definition: str) -> None:
    """Not a crash of the interpreter."""
    with pytest.raises(InvalidDefinition):
        run(definition)


def test_a_definition_nested_within_sense_runs() -> None:
    """Fifty Parallels deep."""
    assert run(nested(50)).status == "SUCCEEDED"


@pytest.mark.parametrize(
    ("definition", "value"),
    [
        (state({"Type": "Wait", "SecondsPath": "$.n"}), {"n": 10**18}),
        (
            state({"Type": "Wait", "QueryLanguage": "JSONata", "Seconds": "{% $states.input.n %}"}),
            {"n": 1e308},
        ),
        (state({"Type": "Wait", "TimestampPath": "$.n"}), {"n": "99999-12-31T23:59:59Z"}),
        (state({"Type": "Pass", "Parameters": {"x.$": "States.ArrayRange(1, 1000000000000, 1)"}}), {}),
        (
            state({"Type": "Pass", "Parameters": {"x.$": "States.MathAdd($.n, $.n)"}}),
            {"n": 10**4300 - 1},
        ),
        (state({"Type": "Pass", "Parameters": {"x.$": "States.StringToJson($.n)"}}), {"n": "[" * 100_000}),
        (state({"Type": "Pass", "InputPath": "$" + "..a" * 12}), json.loads('{"a":' * 60 + "1" + "}" * 60)),
        (state({"Type": "Pass", "InputPath": "$" + "[0]" * 20_000}), [1]),
    ],
)
def test_a_value_beyond_all_sense_fails_its_state(definition: dict[str, Any], value: Any) -> None:
    """Waits of centuries, endless ranges, paths that select everything again and again."""
    execution = run(definition, value)
    assert execution.status == "FAILED"
    assert str(execution.error).startswith("States.")


@pytest.mark.slow
def test_a_filter_that_tries_every_way_has_a_second() -> None:
    """A regular expression in a path; one that repeats a group and is harmless matches."""
    path = "$.items[?(@.s =~ /(a+)+/)]"
    assert run(state({"Type": "Pass", "InputPath": path}), {"items": [{"s": "aaa"}, {"s": "b"}]}).output == [
        {"s": "aaa"}
    ]
    execution = run(state({"Type": "Pass", "InputPath": path}), {"items": [{"s": "a" * 40 + "!"}]})
    assert (execution.status, execution.error) == ("FAILED", "States.Runtime")


def test_numbers_beyond_all_sense_are_taken_as_no_limit() -> None:
    """A concurrency, a timeout, a backoff."""
    item = {"StartAt": "P", "States": {"P": {"Type": "Pass", "End": True}}}
    many = {"Type": "Map", "MaxConcurrencyPath": "$.n", "ItemsPath": "$.i", "ItemProcessor": item}
    assert run(state(many), {"n": 10**30, "i": [1]}).output == [1]
    fails = {"StartAt": "F", "States": {"F": {"Type": "Fail", "Error": "E"}}}
    retry = {"ErrorEquals": ["E"], "IntervalSeconds": 99_999_999, "BackoffRate": 1e300, "MaxAttempts": 5}
    assert run(state({"Type": "Parallel", "Branches": [fails], "Retry": [retry]})).error == "E"


def test_a_pattern_of_stars_takes_linear_time() -> None:
    """StringMatches does not try every way."""
    choice = {"Variable": "$.s", "StringMatches": "*a" * 30 + "*b", "Next": "Yes"}
    definition = {
        "StartAt": "C",
        "States": {
            "C": {"Type": "Choice", "Choices": [choice], "Default": "No"},
            "Yes": {"Type": "Pass", "Result": True, "End": True},
            "No": {"Type": "Pass", "Result": False, "End": True},
        },
    }
    began = time.monotonic()
    assert run(definition, {"s": "a" * 10_000}).output is False
    assert run(definition, {"s": "a" * 10_000 + "b"}).output is True
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    "states",
    [
        {"A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Pass", "Next": "A"}},
        {"A": {"Type": "Wait", "Seconds": 1, "Next": "A"}},
    ],
)
def test_an_endless_loop_ends_with_its_history(states: dict[str, Any]) -> None:
    """After 25,000 events, like on AWS."""
    execution = run({"StartAt": "A", "States": states})
    assert (execution.status, execution.event_count) == ("FAILED", 25_000)


# Through boto3 --------------------------------------------------------------------------------------------

ROLE = "arn:aws:iam::123456789012:role/machine"


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A Step Functions client."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    from ladle.testing import mock_stepfunctions

    with mock_stepfunctions():
        import boto3

        yield boto3.client("stepfunctions")


def chain(length: int, comment: str = "") -> str:
    """A definition of so many states in a row."""
    states = {f"S{n}": {"Type": "Pass", "Next": f"S{n + 1}"} for n in range(length)}
    states[f"S{length}"] = {"Type": "Succeed"}
    return json.dumps({"Comment": comment, "StartAt": "S0", "States": states})


@pytest.mark.slow
def test_ten_thousand_states_are_created_and_run(client: Any) -> None:
    """Validation included."""
    arn = client.create_state_machine(name="long", definition=chain(10_000), roleArn=ROLE)["stateMachineArn"]
    execution = client.start_execution(stateMachineArn=arn)["executionArn"]
    assert client.describe_execution(executionArn=execution)["status"] == "SUCCEEDED"


def test_a_definition_has_one_mebibyte(client: Any) -> None:
    """And not a byte more."""
    frame = len(chain(1))
    fits = chain(1, "x" * (1024 * 1024 - frame))
    arn = client.create_state_machine(name="large", definition=fits, roleArn=ROLE)["stateMachineArn"]
    execution = client.start_execution(stateMachineArn=arn)["executionArn"]
    assert client.describe_execution(executionArn=execution)["status"] == "SUCCEEDED"
    with pytest.raises(client.exceptions.ClientError, match="1048576"):
        client.create_state_machine(name="larger", definition=fits + " ", roleArn=ROLE)


@pytest.mark.parametrize(
    "definition", [nested(5000), "[" * 1_000_000, "\ud800", '{"StartAt": 1e999, "States": []}']
)
def test_a_senseless_definition_is_refused(client: Any, definition: str) -> None:
    """By creation and validation alike, under AWS's code."""
    with pytest.raises(client.exceptions.InvalidDefinition):
        client.create_state_machine(name="m", definition=definition, roleArn=ROLE)
    answer = client.validate_state_machine_definition(definition=definition)
    assert answer["result"] == "FAIL"


@pytest.mark.parametrize("text", ["[" * 250_000, "9" * 5000, "1e999", "NaN", "\x00"])
def test_a_senseless_input_is_refused(client: Any, text: str) -> None:
    """Before anything starts."""
    arn = client.create_state_machine(name="m", definition=chain(1), roleArn=ROLE)["stateMachineArn"]
    with pytest.raises(client.exceptions.InvalidExecutionInput):
        client.start_execution(stateMachineArn=arn, input=text)
    assert client.list_executions(stateMachineArn=arn)["executions"] == []
