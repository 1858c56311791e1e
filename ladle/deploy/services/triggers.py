"""What starts functions: rules of EventBridge, schedules, and buckets that tell of their objects."""

from __future__ import annotations

import json
from typing import Any, Final

from botocore.exceptions import ClientError

from ladle.deploy.resources import BucketNotice, EventRule, Schedule
from ladle.deploy.services.base import Aws, Found, Values, code_of, gone, pairs, patient
from ladle.errors import LadleError

__all__ = ["Buckets", "Rules", "Schedules"]

TARGET: Final = "ladle"
"""The id of a rule's one target."""


class Rules:
    """Rules of the default event bus."""

    def read(self, aws: Aws, resource: EventRule) -> Found | None:
        client = aws.client("events")
        found = gone(client.describe_rule, Name=resource.name)
        if found is None:
            return None
        tags = client.list_tags_for_resource(ResourceARN=found["Arn"])["Tags"]
        return Found(
            {"arn": found["Arn"], "name": resource.name}, {each["Key"]: each["Value"] for each in tags}
        )

    def create(self, aws: Aws, resource: EventRule) -> Values:
        made = aws.client("events").put_rule(**self._rule(resource), Tags=pairs(resource.tags))
        self._target(aws, resource)
        return {"arn": made["RuleArn"], "name": resource.name}

    def update(self, aws: Aws, resource: EventRule, values: Values) -> Values:
        client = aws.client("events")
        client.put_rule(**self._rule(resource))
        self._target(aws, resource)
        client.tag_resource(ResourceARN=values["arn"], Tags=pairs(resource.tags))
        return {"arn": values["arn"], "name": resource.name}

    def delete(self, aws: Aws, values: Values) -> None:
        client = aws.client("events")
        gone(client.remove_targets, Rule=values["name"], Ids=[TARGET])
        gone(client.delete_rule, Name=values["name"])

    def _rule(self, resource: EventRule) -> dict[str, Any]:
        return {
            "Name": resource.name,
            "EventPattern": json.dumps(resource.pattern, ensure_ascii=False),
            "State": "ENABLED",
            "Description": resource.description,
        }

    def _target(self, aws: Aws, resource: EventRule) -> None:
        target: dict[str, Any] = {
            "Id": TARGET,
            "Arn": resource.target,
            "DeadLetterConfig": {"Arn": resource.dead_letter},
            "RetryPolicy": {
                "MaximumRetryAttempts": resource.retries,
                "MaximumEventAgeInSeconds": resource.max_age,
            },
        }
        if resource.template:
            target["InputTransformer"] = {
                "InputPathsMap": dict(resource.paths),
                "InputTemplate": resource.template,
            }
        answer = aws.client("events").put_targets(Rule=resource.name, Targets=[target])
        if answer.get("FailedEntryCount"):
            raise LadleError(f"the rule {resource.name} did not take its target: {answer['FailedEntries']}")


class Schedules:
    """Schedules of EventBridge Scheduler, in its default group. They have no tags of their own."""

    def read(self, aws: Aws, resource: Schedule) -> Found | None:
        found = gone(aws.client("scheduler").get_schedule, Name=resource.name)
        return Found({"arn": found["Arn"], "name": resource.name}) if found else None

    def create(self, aws: Aws, resource: Schedule) -> Values:
        made = self._patiently(aws, aws.client("scheduler").create_schedule, resource)
        return {"arn": made["ScheduleArn"], "name": resource.name}

    def update(self, aws: Aws, resource: Schedule, values: Values) -> Values:
        self._patiently(aws, aws.client("scheduler").update_schedule, resource)
        return {"arn": values["arn"], "name": resource.name}

    def delete(self, aws: Aws, values: Values) -> None:
        gone(aws.client("scheduler").delete_schedule, Name=values["name"])

    def _patiently(self, aws: Aws, call: Any, resource: Schedule) -> Any:
        codes = ("ValidationException", "AccessDeniedException", "ConflictException")
        return patient(aws, call, codes, about="role", **self._form(resource))

    def _form(self, resource: Schedule) -> dict[str, Any]:
        window: dict[str, Any] = {"Mode": "OFF"}
        if resource.window:
            window = {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": resource.window}
        form: dict[str, Any] = {
            "Name": resource.name,
            "ScheduleExpression": resource.expression,
            "ScheduleExpressionTimezone": resource.timezone,
            "FlexibleTimeWindow": window,
            "State": "ENABLED" if resource.enabled else "DISABLED",
            "Target": {
                "Arn": resource.target,
                "RoleArn": resource.role,
                "Input": resource.payload,
                "DeadLetterConfig": {"Arn": resource.dead_letter},
                "RetryPolicy": {
                    "MaximumRetryAttempts": resource.retries,
                    "MaximumEventAgeInSeconds": resource.max_age,
                },
            },
        }
        if resource.kms_key:
            form["KmsKeyArn"] = resource.kms_key
        return form


class Buckets:
    """Buckets that send their events to EventBridge. All other notifications of the bucket stay."""

    def read(self, aws: Aws, resource: BucketNotice) -> Found | None:
        client, name = aws.client("s3"), resource.name
        try:
            head = gone(client.head_bucket, Bucket=name, ExpectedBucketOwner=aws.account)
        except ClientError as error:
            if code_of(error) not in ("403", "AccessDenied"):
                raise
            raise LadleError(
                f"the bucket {name!r} is not in the account {aws.account}, or you may not look at it: "
                "EventBridge sees the buckets of their own account. Let a rule in the bucket's account send "
                f"its events to the event bus of {aws.account}, and grant the stage's tasks access to it"
            ) from None
        if head is None:
            raise LadleError(
                f"there is no bucket {name!r}: make it, or correct [buckets] in the stage's file"
            )
        place = client.get_bucket_location(Bucket=name).get("LocationConstraint") or "us-east-1"
        if place != aws.region:
            raise LadleError(
                f"the bucket {name!r} is in {place}, and the stage in {aws.region}: EventBridge sees the "
                f"buckets of their own Region. Deploy to {place}, or let a rule there send the bucket's "
                f"events to the event bus of {aws.region}"
            )
        current = client.get_bucket_notification_configuration(Bucket=name)
        return Found({"name": name}) if "EventBridgeConfiguration" in current else None

    def create(self, aws: Aws, resource: BucketNotice) -> Values:
        client = aws.client("s3")
        current = client.get_bucket_notification_configuration(Bucket=resource.name)
        current.pop("ResponseMetadata", None)
        current["EventBridgeConfiguration"] = {}
        client.put_bucket_notification_configuration(
            Bucket=resource.name,
            NotificationConfiguration=current,
            ExpectedBucketOwner=aws.account,
        )
        return {"name": resource.name}

    def update(self, aws: Aws, resource: BucketNotice, values: Values) -> Values:
        del aws, resource
        return values

    def delete(self, aws: Aws, values: Values) -> None:
        """Nothing: other rules, of other stages too, may have come to rely on the bucket's events."""
        del aws, values
