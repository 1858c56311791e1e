"""What somebody changed by hand: seen by `ladle plan`, put right by the next deploy."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import pytest

from tests.deploy.conftest import ACCOUNT, REGION, Deployment
from tests.deploy.test_plan import planned

NAME = "nyc-flights-dev"
BUCKET = f"{NAME}-values-{ACCOUNT}-{REGION}"


def queue(client: Any) -> None:
    url = client.get_queue_url(QueueName=f"{NAME}-ladle-dead-letters")["QueueUrl"]
    client.set_queue_attributes(QueueUrl=url, Attributes={"MessageRetentionPeriod": "60"})


def alarm(client: Any) -> None:
    client.disable_alarm_actions(AlarmNames=[f"{NAME}-ladle-dead-letters"])


def table(client: Any) -> None:
    off = {"Enabled": False, "AttributeName": "expires"}
    client.update_time_to_live(TableName=f"{NAME}-ladle-claims", TimeToLiveSpecification=off)


def bucket(client: Any) -> None:
    client.delete_bucket_lifecycle(Bucket=BUCKET)


def opened(client: Any) -> None:
    client.delete_public_access_block(Bucket=BUCKET)


def logs(client: Any) -> None:
    client.delete_retention_policy(logGroupName=f"/aws/lambda/{NAME}-delays")


def topic(client: Any) -> None:
    arn = f"arn:aws:sns:{REGION}:{ACCOUNT}:nyc-flights-ops-dev"
    client.set_topic_attributes(TopicArn=arn, AttributeName="KmsMasterKeyId", AttributeValue="alias/other")


def attached(client: Any) -> None:
    document = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::other/*"}],
    }
    made = client.create_policy(PolicyName="by-hand", PolicyDocument=json.dumps(document))
    role = f"{NAME}-machine-daily_delays"
    client.attach_role_policy(RoleName=role, PolicyArn=made["Policy"]["Arn"])


def boundary(client: Any) -> None:
    arn = "arn:aws:iam::aws:policy/PowerUserAccess"
    client.put_role_permissions_boundary(RoleName=f"{NAME}-machine-daily_delays", PermissionsBoundary=arn)


def layer(client: Any) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as package:
        package.writestr("python/more.py", "")
    made = client.publish_layer_version(LayerName="by-hand", Content={"ZipFile": content.getvalue()})
    client.update_function_configuration(FunctionName=f"{NAME}-delays", Layers=[made["LayerVersionArn"]])


HANDS: list[tuple[str, str, Callable[[Any], None]]] = [
    ("queue", "sqs", queue),
    ("table", "dynamodb", table),
    ("bucket", "s3", bucket),
    ("bucket", "s3", opened),
    ("log_group", "logs", logs),
    ("topic", "sns", topic),
    ("role", "iam", attached),
    ("role", "iam", boundary),
    ("function", "lambda", layer),
]


@pytest.mark.parametrize(("kind", "service", "hand"), HANDS)
def test_drift_is_seen_and_put_right(
    deployed: Deployment,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    service: str,
    hand: Callable[[Any], None],
) -> None:
    """Of every kind: the plan names it with the difference, and after the next deploy there is none."""
    hand(deployed.client(service))
    (found,) = json.loads(planned(deployed, monkeypatch, "--json").output)
    assert (found["action"], found["kind"]) == ("drift", kind)
    assert found["lines"]
    deployed.chalice("deploy", "--stage", "dev")
    assert json.loads(planned(deployed, monkeypatch, "--json").output) == []
