"""What happens to an event that starts no run: somebody hears of it at once."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest

from ladle.errors import LadleError
from ladle.runtime import aws, project_file, starter
from tests.starter.stage import ACCOUNT, REGION, Call, document

SCHEDULED = {
    "trigger": "schedule",
    "workflow": "monthly_report",
    "scheduled_for": "2013-01-01T06:00:00Z",
    "input": {"last_day": "many"},
}


@pytest.fixture
def told(stage: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A topic that hears of monthly_report, with a queue behind it; gives what has arrived."""
    del stage
    facts = document()
    facts["workflows"]["monthly_report"]["topic"] = "ops"
    (tmp_path / "ladle_project.json").write_text(json.dumps(facts))
    monkeypatch.setenv("LAMBDA_TASK_ROOT", str(tmp_path))
    project_file._document.cache_clear()
    monkeypatch.setenv("LADLE_CLAIMS", "claims")
    boto3.client("dynamodb", region_name=REGION).create_table(
        TableName="claims",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    sns, sqs = boto3.client("sns", region_name=REGION), boto3.client("sqs", region_name=REGION)
    topic = sns.create_topic(Name="ops")["TopicArn"]
    queue = sqs.create_queue(QueueName="heard")["QueueUrl"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=f"arn:aws:sqs:{REGION}:{ACCOUNT}:heard")
    aws.client.cache_clear()

    def read() -> list[dict[str, Any]]:
        found = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", [])
        return [json.loads(each["Body"]) for each in found]

    yield read
    project_file._document.cache_clear()
    aws.client.cache_clear()


def refused(event: dict[str, Any]) -> None:
    """Lambda gives the event to the starter, which raises, so that it goes to the dead-letter queue."""
    context = Call(
        invoked_function_arn=f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:starter", aws_request_id="r"
    )
    with pytest.raises(LadleError, match="last_day"):
        starter.handler(event, context)


def test_a_refused_start_is_one_message_however_often_it_is_tried(told: Any) -> None:
    """Lambda tries three times; the message says why, and what came."""
    for _ in range(3):
        refused(SCHEDULED)
    [message] = told()
    assert message["Subject"] == "[nyc-flights dev] monthly_report was not started"
    assert "last_day" in message["Message"]
    assert "2013-01-01T06:00:00Z" in message["Message"]
    assert message["MessageAttributes"]["alert"]["Value"] == "refused"


def test_another_event_is_another_message(told: Any) -> None:
    """One for each that starts nothing."""
    refused(SCHEDULED)
    refused({**SCHEDULED, "scheduled_for": "2013-02-01T06:00:00Z"})
    assert len(told()) == 2


def test_a_person_sees_the_error_and_is_not_alerted(told: Any) -> None:
    """Whoever calls by hand has the answer."""
    refused({"trigger": "manual", "workflow": "monthly_report", "input": {"last_day": "many"}})
    assert told() == []


def test_that_the_message_cannot_be_sent_does_not_hide_the_reason(
    told: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The event's own error is raised."""
    monkeypatch.setenv("LADLE_CLAIMS", "no such table")
    refused(SCHEDULED)
    assert told() == []
