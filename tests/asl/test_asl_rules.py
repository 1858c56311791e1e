"""What each rule refuses and what it lets pass, beyond the examples of the documentation."""

from __future__ import annotations

from typing import Any

import pytest

from ladle.asl import aws_diagnostics, validate

TASK = {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "f"}}
DISTRIBUTED = {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}}


def machine(state: dict[str, Any], *, language: str = "JSONPath", **others: Any) -> dict[str, Any]:
    """A machine of one state A, or of A and others."""
    return {"QueryLanguage": language, "StartAt": "A", "States": {"A": state, **others}}


def processor(**fields: Any) -> dict[str, Any]:
    """A Map's processor with one state I."""
    return {**fields, "StartAt": "I", "States": {"I": {"Type": "Succeed"}}}


def problems(definition: Any, type: str = "STANDARD") -> list[tuple[str, str]]:
    """(code, pointer) of everything found."""
    return [(item.code, item.pointer) for item in validate(definition, type=type)]


def one(state: dict[str, Any], *, language: str = "JSONPath", **others: Any) -> list[tuple[str, str]]:
    """What is found in a machine of one state; pointers without the prefix /States/A."""
    found = problems(machine(state, language=language, **others))
    return [(code, pointer.removeprefix("/States/A")) for code, pointer in found]


FIELDS: list[tuple[str, dict[str, Any], str, list[tuple[str, str]]]] = [
    ("neither Next nor End", {"Type": "Pass"}, "JSONPath", [("A201", "")]),
    ("End false", {"Type": "Pass", "End": False}, "JSONPath", [("A203", "/End")]),
    ("a Wait without a time", {"Type": "Wait", "End": True}, "JSONPath", [("A201", "")]),
    ("End on Succeed", {"Type": "Succeed", "End": True}, "JSONPath", [("A202", "/End")]),
    ("Assign on Fail", {"Type": "Fail", "Assign": {}}, "JSONPath", [("A202", "/Assign")]),
    ("Timeout of 0", {**TASK, "TimeoutSeconds": 0, "End": True}, "JSONPath", [("A208", "/TimeoutSeconds")]),
    (
        "a boolean for a number",
        {"Type": "Wait", "Seconds": True, "End": True},
        "JSONPath",
        [("A203", "/Seconds")],
    ),
    ("half a second", {"Type": "Wait", "Seconds": 0.5, "End": True}, "JSONPath", [("A203", "/Seconds")]),
    ("a whole float", {"Type": "Wait", "Seconds": 5.0, "End": True}, "JSONPath", []),
    ("InputPath null", {"Type": "Pass", "InputPath": None, "End": True}, "JSONPath", []),
    (
        "a Map's number from the context object",
        {
            "Type": "Map",
            "MaxConcurrencyPath": "$$.Execution.Input.n",
            "ItemProcessor": processor(),
            "End": True,
        },
        "JSONPath",
        [("A402", "/MaxConcurrencyPath")],
    ),
    ("Output a list", {"Type": "Succeed", "Output": [1, None]}, "JSONata", []),
    (
        "Arguments as a text",
        {"Type": "Parallel", "Arguments": "x", "Branches": [processor()], "End": True},
        "JSONata",
        [("A203", "/Arguments")],
    ),
    ("Output null", {"Type": "Pass", "Output": None, "End": True}, "JSONata", []),
    ("Seconds as expression", {"Type": "Wait", "Seconds": "{% 1 %}", "End": True}, "JSONata", []),
    ("Seconds as text", {"Type": "Wait", "Seconds": "1", "End": True}, "JSONata", [("A203", "/Seconds")]),
    (
        "Error and ErrorPath",
        {"Type": "Fail", "Error": "E", "ErrorPath": "$.e"},
        "JSONPath",
        [("A204", "/ErrorPath")],
    ),
    ("ErrorPath in JSONata", {"Type": "Fail", "ErrorPath": "$.e"}, "JSONata", [("A205", "/ErrorPath")]),
    ("Comment no text", {"Type": "Succeed", "Comment": 1}, "JSONPath", [("A203", "/Comment")]),
    (
        "no such language",
        {"Type": "Succeed", "QueryLanguage": "SQL"},
        "JSONata",
        [("A206", "/QueryLanguage")],
    ),
    (
        "a retrier's numbers",
        {**TASK, "Retry": [{"ErrorEquals": ["E"], "BackoffRate": 0.5, "MaxDelaySeconds": 0}], "End": True},
        "JSONPath",
        [("A208", "/Retry/0/BackoffRate"), ("A208", "/Retry/0/MaxDelaySeconds")],
    ),
    (
        "a retrier takes no expressions",
        {
            "Type": "Task",
            "Resource": "arn:aws:states:::lambda:invoke",
            "Retry": [{"ErrorEquals": ["E"], "MaxAttempts": "{% 1 %}"}],
            "End": True,
        },
        "JSONata",
        [("A203", "/Retry/0/MaxAttempts")],
    ),
    (
        "a retrier without errors, a word it does not know",
        {**TASK, "Retry": [{"MaxAttempts": 1, "JitterStrategy": "full"}], "End": True},
        "JSONPath",
        [("A201", "/Retry/0"), ("A203", "/Retry/0/JitterStrategy")],
    ),
    (
        "MaxItems twice",
        {
            "Type": "Map",
            "ItemReader": {
                "Resource": "arn:aws:states:::s3:getObject",
                "ReaderConfig": {"InputType": "JSON", "MaxItems": 1, "MaxItemsPath": "$.n"},
            },
            "ItemProcessor": processor(**DISTRIBUTED),
            "End": True,
        },
        "JSONPath",
        [("A204", "/ItemReader/ReaderConfig/MaxItemsPath")],
    ),
    (
        "a processor's own language",
        {"Type": "Map", "ItemProcessor": processor(QueryLanguage="JSONata"), "End": True},
        "JSONPath",
        [("A202", "/ItemProcessor/QueryLanguage")],
    ),
    ("ItemProcessor and Iterator", {"Type": "Map", "End": True}, "JSONPath", [("A201", "")]),
    (
        "a state that is no object",
        {"Type": "Parallel", "Branches": [1], "End": True},
        "JSONPath",
        [("A203", "/Branches/0")],
    ),
]


@pytest.mark.parametrize(
    ("state", "language", "expected"), [row[1:] for row in FIELDS], ids=[row[0] for row in FIELDS]
)
def test_fields(state: dict[str, Any], language: str, expected: list[tuple[str, str]]) -> None:
    """Presence, types and ranges, as the tables say."""
    assert sorted(one(state, language=language)) == sorted(expected)


def test_a_maps_language_does_not_reach_its_processor() -> None:
    """States inside inherit the machine's query language (measured)."""
    inner = {"StartAt": "P", "States": {"P": {"Type": "Pass", "Output": 1, "End": True}}}
    state = {"Type": "Map", "QueryLanguage": "JSONata", "ItemProcessor": inner, "End": True}
    assert one(state) == [("A205", "/ItemProcessor/States/P/Output")]


CHOICES: list[tuple[str, dict[str, Any], str, list[tuple[str, str]]]] = [
    ("no comparison", {"Variable": "$.a", "Next": "B"}, "JSONPath", [("A214", "")]),
    ("no Next", {"Variable": "$.a", "IsNull": True}, "JSONPath", [("A201", "")]),
    ("no Variable", {"IsNull": True, "Next": "B"}, "JSONPath", [("A201", "")]),
    (
        "a path for a value",
        {"Variable": "$.a", "StringEquals": 1, "Next": "B"},
        "JSONPath",
        [("A203", "/StringEquals")],
    ),
    (
        "no number",
        {"Variable": "$.a", "NumericEquals": "1", "Next": "B"},
        "JSONPath",
        [("A203", "/NumericEquals")],
    ),
    (
        "no timestamp",
        {"Variable": "$.a", "TimestampEquals": "now", "Next": "B"},
        "JSONPath",
        [("A209", "/TimestampEquals")],
    ),
    (
        "Next inside",
        {"Not": {"Variable": "$.a", "IsNull": True, "Next": "B"}, "Next": "B"},
        "JSONPath",
        [("A202", "/Not/Next")],
    ),
    ("And of nothing", {"And": [], "Next": "B"}, "JSONPath", [("A213", "/And")]),
    (
        "misspelt",
        {"Variable": "$.a", "StringEqual": "x", "Next": "B"},
        "JSONPath",
        [("A202", "/StringEqual"), ("A214", "")],
    ),
    ("Condition in JSONPath", {"Condition": "{% true %}", "Next": "B"}, "JSONPath", [("A205", "/Condition")]),
    (
        "Variable in JSONata",
        {"Condition": "{% true %}", "Variable": "$.a", "Next": "B"},
        "JSONata",
        [("A205", "/Variable")],
    ),
    ("no Condition", {"Next": "B"}, "JSONata", [("A201", "")]),
    ("a bare Condition", {"Condition": "$states.input.x", "Next": "B"}, "JSONata", [("A203", "/Condition")]),
    ("a constant Condition", {"Condition": True, "Next": "B"}, "JSONata", []),
    ("Variable no path", {"Variable": "a", "IsNull": True, "Next": "B"}, "JSONPath", [("A402", "/Variable")]),
    (
        "Variable of many",
        {"Variable": "$.a[*]", "IsNull": True, "Next": "B"},
        "JSONPath",
        [("A402", "/Variable")],
    ),
]


@pytest.mark.parametrize(
    ("rule", "language", "expected"), [row[1:] for row in CHOICES], ids=[row[0] for row in CHOICES]
)
def test_choice_rules(rule: dict[str, Any], language: str, expected: list[tuple[str, str]]) -> None:
    """Rules of both languages, nested ones included."""
    state = {"Type": "Choice", "Choices": [rule], "Default": "B"}
    found = one(state, language=language, B={"Type": "Succeed"})
    inside = [(code, pointer.removeprefix("/Choices/0")) for code, pointer in found if code != "A302"]
    assert sorted(inside) == sorted(expected)


RESOURCES = [
    ("arn:aws:states:::lambda:invoke", True),
    ("arn:aws:states:::lambda:invoke.sync", False),
    ("arn:aws:states:::ecs:runTask.waitForTaskToken", True),
    ("arn:aws:states:::states:startExecution.sync:2", True),
    ("arn:aws:states:::glue:startJobRun.sync:2", False),
    ("arn:aws:states:::aws-sdk:s3:listBuckets", True),
    ("arn:aws:states:::aws-sdk:glue:startJobRun.sync", False),
    ("arn:aws-cn:states:::sqs:sendMessage", True),
    ("arn:aws:states:::nosuch:thing", False),
    ("arn:aws:lambda:eu-central-1:123456789012:function:f:$LATEST", True),
    ("arn:aws:lambda:eu-central-1:123456789012:function:f:live", True),
    ("arn:aws:states:eu-central-1:123456789012:activity:work", True),
    ("f", False),
    ("${Function.Arn}", True),
    ("arn:${AWS::Partition}:states:::lambda:nosuch", False),
]


@pytest.mark.parametrize(("arn", "good"), RESOURCES)
def test_resources(arn: str, good: bool) -> None:
    """Service integrations in the patterns they have, functions, activities, and placeholders."""
    codes = {code for code, _ in one({"Type": "Task", "Resource": arn, "End": True})}
    assert codes - {"A913"} == (set() if good else {"A210"})


@pytest.mark.parametrize("kind", ["STANDARD", "EXPRESS"])
def test_the_children_of_a_distributed_map_have_a_type_of_their_own(kind: str) -> None:
    """A token in an Express child is refused in a Standard machine."""
    inner = {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": kind},
        "StartAt": "I",
        "States": {
            "I": {
                "Type": "Task",
                "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
                "Parameters": {"MessageBody.$": "$$.Task.Token"},
                "End": True,
            }
        },
    }
    found = one({"Type": "Map", "ItemProcessor": inner, "End": True})
    assert [code for code, _ in found] == (["A211"] if kind == "EXPRESS" else [])


def test_an_express_machine_has_no_distributed_map() -> None:
    """Its Mode is what is wrong."""
    state = {"Type": "Map", "ItemProcessor": processor(**DISTRIBUTED), "End": True}
    assert problems(machine(state), "EXPRESS") == [("A211", "/States/A/ItemProcessor/ProcessorConfig/Mode")]


def test_a_branch_cannot_be_left() -> None:
    """A target outside the scope is refused, and the hint says why."""
    branch = {"StartAt": "I", "States": {"I": {"Type": "Pass", "Next": "B"}, "J": {"Type": "Succeed"}}}
    state = {"Type": "Parallel", "Branches": [branch], "Next": "B"}
    found = validate(machine(state, B={"Type": "Succeed"}))
    assert [item.code for item in found] == ["A301", "A302"]
    assert "cannot be left" in found[0].hint


def test_a_map_that_cannot_end_is_refused() -> None:
    """A processor whose states only lead to each other has no end."""
    inner = {"StartAt": "I", "States": {"I": {"Type": "Pass", "Next": "I"}}}
    assert one({"Type": "Map", "ItemProcessor": inner, "End": True}) == [("A303", "/ItemProcessor/States")]


def test_names_are_measured_in_characters() -> None:
    """80 characters pass, however many bytes they have; 81 do not."""
    for length, codes in ((80, []), (81, ["A501"])):
        name = "ü" * length
        assert [
            code for code, _ in problems({"StartAt": name, "States": {name: {"Type": "Succeed"}}})
        ] == codes


def test_size_is_measured_in_bytes() -> None:
    """A text of two-byte characters is too large before it has a million of them."""
    small = machine({"Type": "Succeed", "Comment": "ü" * 524_000})
    large = machine({"Type": "Succeed", "Comment": "ü" * 524_288})
    assert (problems(small), problems(large)) == ([], [("A502", "")])


HANDLERS = [
    ([["States.ALL"]], []),
    ([["E"], ["States.ALL"]], []),
    ([["E", "States.ALL"]], ["A212"]),
    ([["States.ALL"], ["E"]], ["A212"]),
    ([["E"], ["F", "E"]], ["A912"]),
    ([["States.Runtime"]], ["A912"]),
    ([["States.Http.StatusCode.503"]], []),
    ([[]], ["A213"]),
    ([["E", 1]], ["A203"]),
]


@pytest.mark.parametrize("field", ["Retry", "Catch"])
@pytest.mark.parametrize(("errors", "expected"), HANDLERS)
def test_handlers(field: str, errors: list[list[Any]], expected: list[str]) -> None:
    """States.ALL alone and last; names that can match."""
    entries = [{"ErrorEquals": names} | ({"Next": "B"} if field == "Catch" else {}) for names in errors]
    found = one({**TASK, field: entries, "Next": "B"}, B={"Type": "Succeed"})
    assert [code for code, _ in found] == expected


def test_a_wrong_type_of_machine_is_a_programmers_error() -> None:
    """The API has two types."""
    with pytest.raises(ValueError, match="FAST"):
        validate("{}", type="FAST")


def test_all_problems_come_at_once_in_the_order_of_the_text() -> None:
    """Ten mistakes give ten diagnostics, sorted by place."""
    text = """{"StartAt": "Start", "TimeoutSecond": 5, "States": {
      "A": {"Type": "Task", "Resource": "load", "Next": "B"},
      "B": {"Type": "Chioce"},
      "C": {"Type": "Pass", "ResultPath": "result", "Nxt": "D"},
      "D": {"Type": "Wait", "Seconds": -1, "Timestamp": "now", "End": true},
      "E": {"Type": "Fail", "Next": "A"}
    }}"""
    found = validate(text)
    assert len([item for item in found if item.severity == "error"]) >= 10
    places = [(item.span.line, item.span.column) for item in found]
    assert places == sorted(places)
    assert {"A201", "A202", "A204", "A207", "A208", "A209", "A210", "A301", "A302", "A402"} <= {
        i.code for i in found
    }


CONTEXT = [
    ("$$.Execution.Input.day", {"Type": "Pass"}, True),
    ("$$", {"Type": "Pass"}, True),
    ("$$.Execution.Nmae", {"Type": "Pass"}, False),
    ("$$.Run.Id", {"Type": "Pass"}, False),
    ("$$.Map.Item.Value", {"Type": "Pass"}, False),
    ("$$.Task.Token", {"Type": "Pass"}, False),
    ("$$.Task.Token", {"Type": "Task", "Resource": "arn:aws:states:::states:startExecution.sync"}, True),
    ("$$.Task.Token", {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke"}, False),
    ("$$.Task.Token", {"Type": "Task", "Resource": "${Queue}"}, True),
]


@pytest.mark.parametrize(("path", "state", "good"), CONTEXT)
def test_the_context_object(path: str, state: dict[str, Any], good: bool) -> None:
    """Its fields, where they exist, in both languages."""
    codes = [] if good else ["A915"]
    jsonpath = {**state, "Parameters": {"x.$": path}, "End": True}
    assert [code for code, _ in one(jsonpath)] == codes
    field = "Output" if state["Type"] == "Pass" else "Arguments"
    text = "{% " + path.replace("$$", "$states.context") + " %}"
    assert [code for code, _ in one({**state, field: {"x": text}, "End": True}, language="JSONata")] == codes


def test_a_maps_item_is_known_inside_it() -> None:
    """In the ItemSelector and in the states that handle the item, branches included."""
    inner = {"I": {"Type": "Pass", "Parameters": {"i.$": "$$.Map.Item.Index"}, "End": True}}
    nested = {"P": {"Type": "Parallel", "Branches": [{"StartAt": "I", "States": inner}], "End": True}}
    state = {
        "Type": "Map",
        "ItemSelector": {"v.$": "$$.Map.Item.Value"},
        "ItemProcessor": {"StartAt": "P", "States": nested},
        "End": True,
    }
    assert one(state) == []


LOOKALIKES: list[tuple[dict[str, Any], str]] = [
    ({"Type": "Pass", "Parameters": {"a": {"b": ["x"], "c": "$.c"}}, "End": True}, "NO_DOLLAR"),
    ({"Type": "Pass", "Assign": {"a": "States.UUID()"}, "End": True}, "NO_DOLLAR"),
    ({"Type": "Pass", "Result": {"a.$": "$.b"}, "End": True}, "PASS_RESULT_IS_STATIC"),
    ({"Type": "Fail", "Cause": "$.why"}, "NO_PATH"),
]


@pytest.mark.parametrize(("state", "aws_code"), LOOKALIKES)
def test_texts_that_look_evaluated(state: dict[str, Any], aws_code: str) -> None:
    """A warning of ours where AWS has one, under its code, when warnings are asked for."""
    found = validate(machine(state))
    assert [item.code for item in found] == ["A907"]
    assert aws_diagnostics(found) == []
    assert [item["code"] for item in aws_diagnostics(found, warnings=True)] == [aws_code]


@pytest.mark.parametrize("text", ["$5", "costs $.50", "States.", "$name", "a $.b"])
def test_texts_that_are_texts(text: str) -> None:
    """A price is no path, and $name without .$ is too common in texts to warn of."""
    assert one({"Type": "Pass", "Parameters": {"a": text}, "End": True}) == []
