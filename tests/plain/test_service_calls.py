"""Calls of AWS services in a workflow that runs as plain Python."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from moto import mock_aws

from ladle import Failed, Retry, TaskToken, attempt, aws, workflow
from ladle.errors import LadleError
from ladle.testing import plain_run


@pytest.fixture(autouse=True)
def memory(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An AWS in memory with one bucket and one object."""
    for name, value in {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "s"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws():
        s3 = boto3.client("s3")
        s3.create_bucket(Bucket="landing")
        s3.put_object(Bucket="landing", Key="a", Body=b"one")
        yield


@dataclass
class Decision:
    ok: bool


@workflow
def read(key: str) -> str:
    found: str = aws.s3.get_object(Bucket="landing", Key=key)["Body"]
    return found


@workflow
def mistaken(key: str) -> str:
    try:
        aws.s3.get_object(Buckett="landing", Key=key)
    except Exception:  # noqa: BLE001 - that is the point
        return "went on"
    return ""


@workflow
def tried(key: str) -> str:
    found = attempt(aws.s3.get_object, Bucket="landing", Key=key)
    return found.error if isinstance(found, Failed) else "there"


@workflow
def asked(url: str) -> bool:
    decision: Decision = aws.sqs.send_message(
        QueueUrl=url, MessageBody={"token": TaskToken}, answer=Decision, timeout=60
    )
    return decision.ok


@workflow
def repeated() -> str:
    gone = Retry(on=[aws.s3.NoSuchKeyException], attempts=2, interval=10)
    found: str = aws.s3.get_object(Bucket="landing", Key="b", retry=gone)["Body"]
    return found


def test_a_call_goes_where_boto3_goes_and_is_recorded() -> None:
    run = plain_run(read, ("a",))
    assert run.result == "one"
    (call,) = run.calls
    assert (call.name, call.arguments) == ("aws.s3.get_object", {"Bucket": "landing", "Key": "a"})


def test_a_failure_has_the_name_that_the_state_would_fail_with() -> None:
    run = plain_run(read, ("b",))
    assert type(run.error).__name__ == "S3.NoSuchKeyException"
    assert isinstance(run.error, aws.s3.NoSuchKeyException)
    assert str(run.error).startswith("The specified key does not exist. (Service: S3, Status Code: 404")
    assert plain_run(tried, ("b",)).result == "S3.NoSuchKeyException"


def test_what_the_compiler_would_refuse_ends_the_run_past_every_handler() -> None:
    with pytest.raises(LadleError, match="no such parameter"):
        plain_run(mistaken, ("a",))


def test_retries_of_the_call_apply_on_the_virtual_clock() -> None:
    run = plain_run(repeated)
    assert [call.retry for call in run.calls] == [0, 1, 2]
    assert run.seconds == 30


def test_a_fake_stands_for_an_action() -> None:
    """It gets what would be sent, and gives what the service would."""
    run = plain_run(read, ("a",), fakes={"aws.s3.get_object": lambda **given: {"Body": str(given)}})
    assert run.result == "{'Bucket': 'landing', 'Key': 'a'}"


def test_an_answer_is_the_value_and_is_checked() -> None:
    url = boto3.client("sqs").create_queue(QueueName="desk")["QueueUrl"]
    name = "aws.sqs.send_message"
    assert plain_run(asked, (url,), answers={name: [Decision(True)]}).result is True
    (message,) = boto3.client("sqs").receive_message(QueueUrl=url)["Messages"]
    assert message["Body"].startswith('{"token":"asked-')
    with pytest.raises(LadleError, match="expected Decision, got bool"):
        plain_run(asked, (url,), answers={name: [True]})
    unanswered = plain_run(asked, (url,))
    assert isinstance(unanswered.error, TimeoutError)
    assert unanswered.seconds == 60


def test_outside_of_a_run_there_is_no_call() -> None:
    with pytest.raises(LadleError, match=r"aws\.s3\.get_object was called outside of a run"):
        aws.s3.get_object(Bucket="landing", Key="a")
    nothing: Any = aws.s3
    assert repr(nothing.get_object) == "aws.s3.get_object"
