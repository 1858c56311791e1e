"""A stage on an AWS in memory, as the alerts meet it: machines, a topic with a queue behind it, claims."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import pytest

from ladle import task
from ladle.local.stepfunctions import StepFunctions
from ladle.runtime import aws, claims, invoke, logs, project_file
from ladle.testing import mock_stepfunctions

REGION = "eu-central-1"
ACCOUNT = "123456789012"
NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
MACHINES = f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:nyc-flights-prod-"
TABLE = "nyc-flights-prod-ladle-claims"


class BadFile(Exception):
    """The file is broken."""


@task
def load_day(key: str) -> str:
    """Fails for every key but `good`."""
    if key != "good":
        torn = BadFile(f"{key}: line 3 has 2 fields")
        torn.add_note("it came from the north")
        raise torn from ValueError("too few")
    return key


def call(function: str, **more: Any) -> dict[str, Any]:
    """A state that calls a task."""
    arguments = {
        "FunctionName": function,
        "Payload": {"args": {"key": "{% $states.context.Execution.Input.key %}"}},
    }
    return {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Arguments": arguments, **more}


def run_of(workflow: str, **more: Any) -> dict[str, Any]:
    """A state that runs another workflow."""
    given = {
        "key": "{% $states.context.Execution.Input.key %}",
        "ladle": {
            "root": "{% [$states.context.Execution.Input.ladle.root, $states.context.Execution.Id][0] %}"
        },
    }
    arguments = {"StateMachineArn": f"{MACHINES}{workflow}", "Input": given}
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::states:startExecution.sync:2",
        "Arguments": arguments,
        **more,
    }


DEFINITIONS: dict[str, dict[str, Any]] = {
    "daily": {"StartAt": "load_day", "States": {"load_day": call("load_day", End=True)}},
    "quarantined": {
        "StartAt": "load_day",
        "States": {
            "load_day": call(
                "load_day",
                Next="quarantine",
                Catch=[
                    {
                        "ErrorEquals": ["BadFile"],
                        "Assign": {"e": "{% $states.errorOutput %}"},
                        "Next": "quarantine",
                    }
                ],
            ),
            "quarantine": {"Type": "Pass", "Next": "raise"},
            "raise": {"Type": "Fail", "Error": "{% $e.Error %}", "Cause": "{% $e.Cause %}"},
        },
    },
    "rejected": {
        "StartAt": "look",
        "States": {
            "look": {"Type": "Pass", "Next": "raise Rejected"},
            "raise Rejected": {"Type": "Fail", "Error": "Rejected", "Cause": "too many bad days"},
        },
    },
    "slow": {
        "TimeoutSeconds": 60,
        "StartAt": "both",
        "States": {
            "both": {
                "Type": "Parallel",
                "Branches": [
                    {"StartAt": "quick", "States": {"quick": {"Type": "Pass", "End": True}}},
                    {"StartAt": "wait", "States": {"wait": {"Type": "Wait", "Seconds": 999, "End": True}}},
                ],
                "End": True,
            }
        },
    },
    "asking": {
        "StartAt": "ask",
        "States": {
            "ask": {
                "Type": "Task",
                "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
                "Arguments": {
                    "QueueUrl": f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/inbox",
                    "MessageBody": "{% $string({'token': $states.context.Task.Token}) %}",
                },
                "End": True,
            }
        },
    },
    "many": {
        "StartAt": "each file",
        "States": {
            "each file": {
                "Type": "Map",
                "Items": ["good", "good", "bad"],
                "ItemProcessor": {
                    "StartAt": "load_day",
                    "States": {"load_day": call("load_day", End=True)},
                },
                "End": True,
            }
        },
    },
    "monthly": {"StartAt": "daily", "States": {"daily": run_of("daily", End=True)}},
    "yearly": {"StartAt": "monthly", "States": {"monthly": run_of("monthly", End=True)}},
    "tolerant": {
        "StartAt": "daily",
        "States": {
            "daily": run_of("daily", End=True, Catch=[{"ErrorEquals": ["States.ALL"], "Next": "fine"}]),
            "fine": {"Type": "Succeed"},
        },
    },
    "quiet": {"StartAt": "daily", "States": {"daily": run_of("daily", End=True)}},
}
"""By workflow. Nobody is to hear of `quiet`."""
for _each in DEFINITIONS.values():
    _each["QueryLanguage"] = "JSONata"


def document() -> dict[str, Any]:
    """The project's file, as its deployment writes it."""
    topic = "arn:${AWS::Partition}:sns:${AWS::Region}:${AWS::AccountId}:ops"
    schema = {"type": "object", "properties": {"key": {"type": "string"}}, "required": ["key"]}
    return {
        "app": "nyc-flights",
        "stage": "prod",
        "workflows": {
            name: {
                "machine": f"nyc-flights-prod-{name}",
                "schema": schema,
                "topic": "" if name == "quiet" else topic,
                "timeout": 3600,
                "triggers": [],
            }
            for name in DEFINITIONS
        },
    }


@dataclass
class Stage:
    """The stage: what tests do with it."""

    service: StepFunctions
    states: Any
    queue: str
    folder: Path

    @property
    def context(self) -> Any:
        """Lambda's context object."""
        arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:nyc-flights-prod-ladle-alerts"
        return SimpleNamespace(invoked_function_arn=arn, get_remaining_time_in_millis=lambda: 60_000)

    def begin(self, workflow: str, key: str = "bad.csv", name: str = "2013-01-01-7f3a41") -> str:
        """Begin a run of a workflow; gives its ARN."""
        answer = self.states.start_execution(
            stateMachineArn=f"{MACHINES}{workflow}", name=name, input=json.dumps({"key": key})
        )
        return str(answer["executionArn"])

    def run(self, workflow: str, key: str = "bad.csv", name: str = "2013-01-01-7f3a41") -> str:
        """A run of a workflow, to its end; gives its ARN."""
        arn = self.begin(workflow, key, name)
        if self.states.describe_execution(executionArn=arn)["status"] == "RUNNING":
            self.service.advance(3600)
        return arn

    def event(self, execution: str) -> dict[str, Any]:
        """The status-change event of a run's end, as EventBridge writes it."""
        found = self.states.describe_execution(executionArn=execution)
        names = (
            "executionArn",
            "stateMachineArn",
            "name",
            "status",
            "input",
            "error",
            "cause",
            "redriveCount",
        )
        detail = {name: found.get(name) for name in names}
        for name in ("startDate", "stopDate"):
            detail[name] = int(found[name].timestamp() * 1000)
        return {
            "version": "0",
            "source": "aws.states",
            "detail-type": "Step Functions Execution Status Change",
            "detail": detail,
        }

    def nested(self, workflow: str) -> str:
        """The one run of a workflow that another run started."""
        found = self.states.list_executions(stateMachineArn=f"{MACHINES}{workflow}")["executions"]
        [arn] = [each["executionArn"] for each in found]
        return str(arn)

    def messages(self) -> list[dict[str, Any]]:
        """What came to the topic since the last look."""
        sqs = boto3.client("sqs", region_name=REGION)
        found: list[dict[str, Any]] = []
        while answer := sqs.receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10).get("Messages"):
            for each in answer:
                found.append(json.loads(each["Body"]))
                sqs.delete_message(QueueUrl=self.queue, ReceiptHandle=each["ReceiptHandle"])
        return found

    def facts(self) -> dict[str, Any]:
        """The facts of the one message that came."""
        [message] = self.messages()
        return json.loads(message["MessageAttributes"]["facts"]["Value"])  # type: ignore[no-any-return]

    def describe(self, **workflows: dict[str, Any]) -> None:
        """Change what the project's file says of workflows."""
        changed = document()
        for name, facts in workflows.items():
            changed["workflows"][name] |= facts
        (self.folder / project_file.FILE_NAME).write_text(json.dumps(changed))
        project_file._document.cache_clear()


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """The stage."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("LAMBDA_TASK_ROOT", str(tmp_path))
    monkeypatch.setenv(claims.TABLE_VARIABLE, TABLE)
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", f"test-{tmp_path.name}")  # a logger of this test's own
    monkeypatch.setattr(logs, "_logger", [])
    functions = {"load_day": lambda event, _: invoke(load_day, event)}
    with mock_stepfunctions(functions, start=NOW, look=0) as service:
        aws.client.cache_clear()
        states = boto3.client("stepfunctions", region_name=REGION)
        for name, definition in DEFINITIONS.items():
            states.create_state_machine(
                name=f"nyc-flights-prod-{name}",
                definition=json.dumps(definition),
                roleArn=f"arn:aws:iam::{ACCOUNT}:role/machine",
            )
        topic = boto3.client("sns", region_name=REGION).create_topic(Name="ops")["TopicArn"]
        queue = boto3.client("sqs", region_name=REGION).create_queue(QueueName="inbox")["QueueUrl"]
        boto3.client("sns", region_name=REGION).subscribe(
            TopicArn=topic, Protocol="sqs", Endpoint=f"arn:aws:sqs:{REGION}:{ACCOUNT}:inbox"
        )
        boto3.client("dynamodb", region_name=REGION).create_table(
            TableName=TABLE,
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        made = Stage(service, states, queue, tmp_path)
        made.describe()
        yield made
        aws.client.cache_clear()
