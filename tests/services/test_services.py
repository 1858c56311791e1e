"""Services as workflows see them: names, types and errors out of botocore's models."""

from __future__ import annotations

import re
from typing import Any

import pytest

from ladle.asl.integrations import parse_resource
from ladle.declare.integrations import ServiceError, arrived, aws
from ladle.services import Unknown, actions_of, integration_of, service_named
from ladle.services.calls import _JOBS, waitable
from ladle.services.models import service_names, service_of_prefix
from ladle.wire import AnyShape, DictShape, IntShape, RecordShape, StrShape, UnionShape


def field(shape: Any, *path: str) -> Any:
    for name in path:
        assert isinstance(shape, RecordShape)
        found = shape.field(name)
        assert found is not None, name
        shape = found.shape
    return shape


@pytest.mark.parametrize("name", ["s3", "glue", "dynamodb", "sqs", "logs", "cognito-idp", "stepfunctions"])
def test_every_action_of_a_service_is_an_integration_that_there_is(name: str) -> None:
    """Of Step Functions' grammar, with parameters and a result."""
    python = name.replace("-", "_")
    service = service_named(python)
    assert service is not None
    for action in actions_of(service):
        try:
            found = integration_of(python, action)
        except Unknown as error:
            assert "has a form of its own" in str(error)  # noqa: PT017 - the others must not raise
            continue
        assert parse_resource(found.resource).kind in ("sdk", "service"), found.resource
        assert found.parameters.kind == "arguments"


def test_every_service_is_found_by_boto3s_name_and_by_its_own() -> None:
    """So that what stands in a definition can be written back."""
    for name in service_names():
        service = service_named(name.replace("-", "_"))
        assert service is not None
        again = service_named(service.sdk)
        assert again is not None
        assert again.name == name or service.sdk == "pinpointsmsvoice"  # two services have this name


def test_a_plain_call_is_an_sdk_integration_with_times_as_text() -> None:
    found = integration_of("glue", "get_job_run")
    assert found.resource == "arn:aws:states:::aws-sdk:glue:getJobRun"
    assert field(found.result, "JobRun", "StartedOn") == StrShape()


def test_a_job_that_is_waited_for_gives_the_job_with_times_as_numbers() -> None:
    """As the first SDK spells it."""
    found = integration_of("glue", "start_job_run", wait=True)
    assert found.resource == "arn:aws:states:::glue:startJobRun.sync"
    assert field(found.result, "StartedOn") == IntShape()
    built = integration_of("codebuild", "start_build", wait=True)
    assert field(built.result, "Build", "BuildStatus") == StrShape()
    assert integration_of("eks", "create_cluster", wait=True).result == AnyShape()


def test_every_job_that_can_be_waited_for_has_a_name_here() -> None:
    """And the table of their results names only such jobs, and actions that there are."""
    jobs = set(waitable())
    assert len(jobs) > 20
    for service, operation in jobs:
        action = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", operation).lower()
        found = integration_of(service.replace("-", "_"), action, wait=True)
        assert parse_resource(found.resource).pattern == ".sync"
    assert {tuple(key.split(":")) for key in _JOBS} <= {(s, o[0].lower() + o[1:]) for s, o in jobs}


def test_values_that_hold_values_end_somewhere() -> None:
    """DynamoDB's: two levels, then anything."""
    item = field(integration_of("dynamodb", "get_item").result, "Item")
    assert isinstance(item, DictShape)
    assert field(item.value, "N") == StrShape()
    inner = field(item.value, "M")
    assert isinstance(inner, DictShape)
    deepest = field(inner.value, "M")
    assert deepest == DictShape(AnyShape())


def test_parameters_take_times_as_text_too_and_bodies_as_json() -> None:
    found = integration_of("logs", "put_retention_policy").parameters
    assert field(found, "RetentionInDays") == IntShape()
    since = field(integration_of("s3", "get_object").parameters, "IfModifiedSince")
    assert isinstance(since, UnionShape)
    assert field(integration_of("sqs", "send_message").parameters, "MessageBody") == AnyShape()


@pytest.mark.parametrize(
    ("service", "action", "options", "message", "hint"),
    [
        ("glu", "start_job_run", {}, "no service `glu`", "did you mean `aws.glue`?"),
        ("glue", "startJobRun", {}, "no action", "did you mean `aws.glue.start_job_run`?"),
        ("s3", "get_object", {"wait": True}, "cannot wait", "ask in a loop"),
        ("glue", "get_job", {"wait": True}, "cannot wait", "one can wait for start_job_run"),
        ("lambda_", "invoke", {}, "form of its own", "is a task"),
        ("glue", "start_job_run", {"wait": True, "token": True}, "either", "leave one"),
    ],
)
def test_what_there_is_not_is_told_with_what_was_meant(
    service: str, action: str, options: dict[str, bool], message: str, hint: str
) -> None:
    with pytest.raises(Unknown, match=message) as caught:
        integration_of(service, action, **options)
    assert hint in caught.value.hint


def test_errors_are_classes_under_the_service() -> None:
    """`aws.glue.GlueException` is every error of the service, under each of its prefixes."""
    one, every = aws.dynamodb.ConditionalCheckFailedException, aws.dynamodb.DynamoDbException
    assert issubclass(one, every)
    assert issubclass(every, ServiceError)
    assert one.asl_names() == (
        "DynamoDb.ConditionalCheckFailedException",
        "DynamoDB.ConditionalCheckFailedException",
    )
    assert set(one.asl_names()) < set(every.asl_names())
    assert aws.dynamodb.ConditionalCheckFailedException is one
    with pytest.raises(AttributeError, match=r"did you mean aws\.dynamodb\.ConditionalCheckFailedExc"):
        aws.dynamodb.ConditionalCheckFailed  # noqa: B018
    with pytest.raises(AttributeError, match="no service 'dynamo'"):
        aws.dynamo.Nope  # noqa: B018


@pytest.mark.parametrize("name", ["DynamoDb.ResourceInUseException", "DynamoDB.ResourceInUseException"])
def test_an_error_arrives_under_its_name_and_is_of_its_class(name: str) -> None:
    """Whichever SDK it comes from."""
    cls = arrived(name)
    assert cls.__name__ == name
    assert issubclass(cls, aws.dynamodb.ResourceInUseException)


def test_an_error_that_no_model_has_still_has_its_name() -> None:
    assert arrived("States.TaskFailed").__mro__[1] is ServiceError
    assert service_of_prefix("Nope") is None


def test_examples_in_docstrings_hold() -> None:
    import doctest

    from ladle.services import models

    assert doctest.testmod(models).failed == 0
