"""A deployed stage, each resource read back with boto3."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

from tests.deploy.conftest import ACCOUNT, REGION, Deployment


def role_of(shared: Deployment, name: str) -> dict[str, Any]:
    role: dict[str, Any] = shared.client("iam").get_role(RoleName=name)["Role"]
    return role


def policy_of(shared: Deployment, name: str) -> list[dict[str, Any]]:
    found = shared.client("iam").get_role_policy(RoleName=name, PolicyName="ladle")["PolicyDocument"]
    statements: list[dict[str, Any]] = found["Statement"]
    return statements


def test_each_task_is_a_function(shared: Deployment) -> None:
    """With what `@task` and the stage say of it, one constant handler, and a role of its own."""
    client = shared.client("lambda")
    found = client.get_function(FunctionName="nyc-flights-dev-load_day")
    configuration = found["Configuration"]
    assert configuration["Handler"] == "ladle.runtime.entry.handler"
    assert configuration["MemorySize"] == 512
    assert configuration["Timeout"] == 60
    variables = configuration["Environment"]["Variables"]
    assert variables["LADLE_TASK"] == "functions.flights:load_day"
    assert variables["LANDING_BUCKET"] == "nyc-flights-landing-dev"
    assert "functions.models.BadFile" in variables["LADLE_ERRORS"].split()
    assert configuration["Role"].endswith(":role/nyc-flights-dev-function-load_day")
    assert found["Tags"]["ladle:stage"] == "dev"
    trust = role_of(shared, "nyc-flights-dev-function-load_day")["AssumeRolePolicyDocument"]
    assert trust["Statement"][0]["Principal"] == {"Service": "lambda.amazonaws.com"}


def test_each_workflow_is_a_machine(shared: Deployment) -> None:
    """Its definition names what it calls by ARN; its role is for Step Functions, and for these only."""
    client = shared.client("stepfunctions")
    arn = f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:nyc-flights-dev-monthly_report"
    found = client.describe_state_machine(stateMachineArn=arn)
    definition = found["definition"]
    assert "${" not in definition
    assert f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:nyc-flights-dev-daily_delays" in definition
    assert f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:nyc-flights-dev-ask_approval" in definition
    group = found["loggingConfiguration"]["destinations"][0]["cloudWatchLogsLogGroup"]["logGroupArn"]
    assert group.endswith("log-group:/aws/vendedlogs/states/nyc-flights-dev-monthly_report:*")
    trust = role_of(shared, "nyc-flights-dev-machine-monthly_report")["AssumeRolePolicyDocument"]
    assert trust["Statement"][0]["Principal"] == {"Service": "states.amazonaws.com"}
    invoked = [
        each
        for each in policy_of(shared, "nyc-flights-dev-machine-monthly_report")
        if each["Action"] == ["lambda:InvokeFunction"]
    ]
    names = {arn.rpartition(":")[2] for each in invoked for arn in each["Resource"]}
    assert names == {
        f"nyc-flights-dev-{n}" for n in ("ask_approval", "days_before", "late_files", "publish_month")
    }


def test_a_schedule_calls_the_starter(shared: Deployment) -> None:
    """In its own time zone, with the time that was meant, and with a queue for what failed."""
    found = shared.client("scheduler").get_schedule(Name="nyc-flights-dev-monthly_report-1")
    assert found["ScheduleExpression"] == "cron(0 6 1 * ? *)"
    assert found["ScheduleExpressionTimezone"] == "America/New_York"
    assert found["Target"]["Arn"].endswith(":function:nyc-flights-dev-ladle-starter")
    assert json.loads(found["Target"]["Input"]) == {
        "trigger": "schedule",
        "workflow": "monthly_report",
        "scheduled_for": "<aws.scheduler.scheduled-time>",
        "input": {},
    }
    assert found["Target"]["DeadLetterConfig"]["Arn"].endswith(":nyc-flights-dev-ladle-dead-letters")


def test_an_upload_calls_the_starter(shared: Deployment) -> None:
    """Through a rule on the bucket's events; the starter's policy lets that rule in."""
    client = shared.client("events")
    rule = client.describe_rule(Name="nyc-flights-dev-daily_delays-1")
    detail = json.loads(rule["EventPattern"])["detail"]
    assert detail["bucket"] == {"name": ["nyc-flights-landing-dev"]}
    assert detail["object"] == {"key": [{"wildcard": "flights/*.csv"}]}
    (target,) = client.list_targets_by_rule(Rule="nyc-flights-dev-daily_delays-1")["Targets"]
    template = target["InputTransformer"]["InputTemplate"]
    assert '"workflow":"daily_delays"' in template
    assert target["DeadLetterConfig"]["Arn"].endswith(":nyc-flights-dev-ladle-dead-letters")
    policy = json.loads(
        shared.client("lambda").get_policy(FunctionName="nyc-flights-dev-ladle-starter")["Policy"]
    )
    assert policy["Statement"][0]["Condition"] == {"ArnLike": {"AWS:SourceArn": rule["Arn"]}}
    notices = shared.client("s3").get_bucket_notification_configuration(Bucket="nyc-flights-landing-dev")
    assert "EventBridgeConfiguration" in notices


def test_what_all_workflows_share(shared: Deployment) -> None:
    """A topic, a queue for what could not be delivered with an alarm on it, and a table of claims."""
    topic = f"arn:aws:sns:{REGION}:{ACCOUNT}:nyc-flights-ops-dev"
    assert shared.client("sns").get_topic_attributes(TopicArn=topic)
    sqs = shared.client("sqs")
    url = sqs.get_queue_url(QueueName="nyc-flights-dev-ladle-dead-letters")["QueueUrl"]
    policy = json.loads(
        sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"])["Attributes"]["Policy"]
    )
    assert policy["Statement"][0]["Condition"] == {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
    (alarm,) = shared.client("cloudwatch").describe_alarms()["MetricAlarms"]
    assert alarm["AlarmActions"] == [topic]
    client = shared.client("dynamodb")
    table = client.describe_table(TableName="nyc-flights-dev-ladle-claims")["Table"]
    assert table["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    ttl = client.describe_time_to_live(TableName="nyc-flights-dev-ladle-claims")["TimeToLiveDescription"]
    assert (ttl["TimeToLiveStatus"], ttl["AttributeName"]) == ("ENABLED", "expires")


def test_logs_are_kept_for_as_long_as_the_stage_says(shared: Deployment) -> None:
    """Those of functions and of machines."""
    groups = shared.client("logs").describe_log_groups()["logGroups"]
    assert len(groups) >= 12
    assert {each["retentionInDays"] for each in groups} == {30}


def test_the_package_has_no_compiler(shared: Deployment) -> None:
    """The deployed zip itself: functions and runtime, and nothing of Chalice, workflows or app.py."""
    (path,) = (shared.root / ".chalice" / "deployments").glob("*.zip")
    names = zipfile.ZipFile(io.BytesIO(path.read_bytes())).namelist()
    assert "functions/flights.py" in names
    assert "ladle/runtime/entry.py" in names
    assert "ladle_project.json" in names
    tops = {name.partition("/")[0] for name in names}
    assert tops == {"functions", "ladle", "ladle_project.json", "ladle_errors.json", "ladle_manifest.json"}
    assert {name.split("/")[1] for name in names if name.startswith("ladle/") and name.count("/") > 1} == {
        "__pycache__",
        "declare",
        "errors",
        "runtime",
        "wire",
    }
