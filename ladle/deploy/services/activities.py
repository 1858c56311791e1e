"""Step Functions activities."""

from __future__ import annotations

from typing import Any

from ladle.deploy.resources import ActivityResource
from ladle.deploy.services.base import Aws, Found, Values, gone, pairs

__all__ = ["Activities"]


class Activities:
    """Activities. Nothing but their tags ever changes: one with another key is replaced."""

    def read(self, aws: Aws, resource: ActivityResource) -> Found | None:
        client, arn = aws.client("stepfunctions"), aws.text(resource.arn)
        if gone(client.describe_activity, activityArn=arn) is None:
            return None
        tags = client.list_tags_for_resource(resourceArn=arn)["tags"]
        return Found({"arn": arn, "name": resource.name}, {each["key"]: each["value"] for each in tags})

    def create(self, aws: Aws, resource: ActivityResource) -> Values:
        form: dict[str, Any] = {}
        if resource.kms_key:
            form["encryptionConfiguration"] = {
                "type": "CUSTOMER_MANAGED_KMS_KEY",
                "kmsKeyId": resource.kms_key,
            }
        made = aws.client("stepfunctions").create_activity(
            name=resource.name, tags=pairs(resource.tags, "key", "value"), **form
        )
        return {"arn": made["activityArn"], "name": resource.name}

    def update(self, aws: Aws, resource: ActivityResource, values: Values) -> Values:
        tags = pairs(resource.tags, "key", "value")
        aws.client("stepfunctions").tag_resource(resourceArn=values["arn"], tags=tags)
        return {"arn": values["arn"], "name": resource.name}

    def delete(self, aws: Aws, values: Values) -> None:
        gone(aws.client("stepfunctions").delete_activity, activityArn=values["arn"])
