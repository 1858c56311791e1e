"""Payload templates and path fields."""

from __future__ import annotations

from typing import Any

import pytest

from ladle.engine.jsonpath import PathTemplateError, compile_path, compile_template
from ladle.engine.scope import EvaluationFailed, Scope


def build(template: Any, document: Any = None, **variables: Any) -> Any:
    scope = Scope(document, variables=variables, context_source=lambda: {"Execution": {"Name": "run"}})
    return compile_template(template, field="Parameters")(scope)


def test_fields_that_end_in_dollar_are_evaluated() -> None:
    """At any depth, in lists too; everything else is constant, paths without the sign among it."""
    template = {
        "a.$": "$.x",
        "b": {"c.$": "$$.Execution.Name", "d": "$.x", "e": [{"f.$": "$v"}, "$.x", 1]},
        "g.$": "States.Format('{}!', $.x)",
    }
    assert build(template, {"x": 1}, v=[2]) == {
        "a": 1,
        "b": {"c": "run", "d": "$.x", "e": [{"f": [2]}, "$.x", 1]},
        "g": "1!",
    }


def test_a_template_without_paths_is_itself() -> None:
    """Nothing is copied."""
    template = {"a": [1, {"b": None}]}
    assert build(template) is template


@pytest.mark.parametrize(
    ("template", "document", "error", "cause"),
    [
        (
            {"address.$": "$.application.address"},
            {"flagged": False},
            "States.Runtime",
            "The JSONPath '$.application.address' specified for the field 'address.$' could not be found in"
            " the input '{\"flagged\":false}'",
        ),
        (
            {"a": {"b.$": "States.Format('{}', $.gone)"}},
            {"x": 1},
            "States.Runtime",
            "The JSONPath '$.gone' specified for the field 'b.$' could not be found in the input '{\"x\":1}'",
        ),
        (
            {"a.$": "$.x"},
            None,
            "States.Runtime",
            "Unable to apply Path transformation to null or empty input.",
        ),
        (
            {"a.$": "States.ArrayGetItem($.x, 3)"},
            {"x": [1]},
            "States.IntrinsicFailure",
            "The function 'States.ArrayGetItem($.x, 3)' had the following error: Invalid argument: index 3 is"
            " outside the array of 1 items",
        ),
    ],
)
def test_failures_name_path_and_field(template: Any, document: Any, error: str, cause: str) -> None:
    """As AWS words them."""
    with pytest.raises(EvaluationFailed) as caught:
        build(template, document)
    assert (caught.value.error, caught.value.cause) == (error, cause)


@pytest.mark.parametrize(
    "template",
    [{"a.$": "x"}, {"a.$": 1}, {"a.$": "States.Nope()"}, {"b": [{"a.$": "$["}]},
     {"a.$": "States.StringToJson('{\"text\":\"An \\\"escaped\\\" one\"}')"}],
)  # fmt: skip
def test_what_aws_refuses_is_refused_when_compiled(template: Any) -> None:
    """A bad path, an unknown function, an escape that strings of calls do not have."""
    with pytest.raises(PathTemplateError):
        compile_template(template, field="Parameters")


def test_a_path_field() -> None:
    """InputPath and its like read the document; what is missing is told in Jayway's words."""
    scope = Scope({"a": {"b": 1}}, variables={"v": 2})
    assert compile_path("$.a.b", field="InputPath")(scope) == 1
    assert compile_path("$v", field="InputPath")(scope) == 2
    assert compile_path("States.Format('{}', $.a)", field="CausePath")(scope) == "{b=1}"
    with pytest.raises(EvaluationFailed) as caught:
        compile_path("$.no.such", field="OutputPath")(scope)
    assert caught.value.cause == "Invalid path '$.no.such' : Missing property in path $['no']"
