"""The table of claims, and the alarm on the dead-letter queue."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from ladle.deploy.resources import Alarm, Table
from ladle.deploy.services.base import Aws, Found, Values, code_of, gone, pairs, patient

__all__ = ["Alarms", "Tables"]


class Tables:
    """DynamoDB tables, paid by request, with expiring items."""

    def read(self, aws: Aws, resource: Table) -> Found | None:
        client = aws.client("dynamodb")
        found = gone(client.describe_table, TableName=resource.name)
        if found is None or found["Table"].get("TableStatus") == "DELETING":
            return None
        arn = found["Table"]["TableArn"]
        tags = client.list_tags_of_resource(ResourceArn=arn)["Tags"]
        return Found({"arn": arn, "name": resource.name}, {each["Key"]: each["Value"] for each in tags})

    def create(self, aws: Aws, resource: Table) -> Values:
        """Make the table, unless it is there: a stage's first deploy makes it before all else, to lock it."""
        # In use: one of this name is still being deleted, or another first deploy was quicker.
        patient(aws, lambda: self._made(aws, resource), ("ResourceInUseException",))
        self._expire(aws, resource)
        return {"arn": aws.text(resource.arn), "name": resource.name}

    def _made(self, aws: Aws, resource: Table) -> None:
        if self.read(aws, resource) is None:
            aws.client("dynamodb").create_table(
                TableName=resource.name,
                AttributeDefinitions=[{"AttributeName": resource.hash_key, "AttributeType": "S"}],
                KeySchema=[{"AttributeName": resource.hash_key, "KeyType": "HASH"}],
                BillingMode="PAY_PER_REQUEST",
                SSESpecification=self._encryption(resource),
                Tags=pairs(resource.tags),
            )

    def update(self, aws: Aws, resource: Table, values: Values) -> Values:
        client = aws.client("dynamodb")
        patient(
            aws,
            client.update_table,
            ("ResourceInUseException",),
            TableName=resource.name,
            BillingMode="PAY_PER_REQUEST",
            SSESpecification=self._encryption(resource),
        )
        self._expire(aws, resource)
        client.tag_resource(ResourceArn=values["arn"], Tags=pairs(resource.tags))
        return {"arn": values["arn"], "name": resource.name}

    def delete(self, aws: Aws, values: Values) -> None:
        gone(aws.client("dynamodb").delete_table, TableName=values["name"])

    def _encryption(self, resource: Table) -> dict[str, Any]:
        if resource.kms_key is None:
            return {"Enabled": False}
        return {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": resource.kms_key}

    def _expire(self, aws: Aws, resource: Table) -> None:
        try:
            patient(
                aws,
                aws.client("dynamodb").update_time_to_live,
                ("ResourceInUseException", "ResourceNotFoundException"),
                TableName=resource.name,
                TimeToLiveSpecification={"Enabled": True, "AttributeName": resource.expires},
            )
        except ClientError as error:
            if code_of(error) != "ValidationException" or "already enabled" not in str(error):
                raise


class Alarms:
    """CloudWatch alarms on queues."""

    def read(self, aws: Aws, resource: Alarm) -> Found | None:
        client = aws.client("cloudwatch")
        found = client.describe_alarms(AlarmNames=[resource.name])["MetricAlarms"]
        if not found:
            return None
        arn = found[0]["AlarmArn"]
        tags = client.list_tags_for_resource(ResourceARN=arn)["Tags"]
        return Found({"arn": arn, "name": resource.name}, {each["Key"]: each["Value"] for each in tags})

    def create(self, aws: Aws, resource: Alarm) -> Values:
        aws.client("cloudwatch").put_metric_alarm(**self._form(resource), Tags=pairs(resource.tags))
        return {"arn": aws.text(resource.arn), "name": resource.name}

    def update(self, aws: Aws, resource: Alarm, values: Values) -> Values:
        client = aws.client("cloudwatch")
        client.put_metric_alarm(**self._form(resource))
        client.tag_resource(ResourceARN=values["arn"], Tags=pairs(resource.tags))
        return {"arn": values["arn"], "name": resource.name}

    def delete(self, aws: Aws, values: Values) -> None:
        gone(aws.client("cloudwatch").delete_alarms, AlarmNames=[values["name"]])

    def _form(self, resource: Alarm) -> dict[str, Any]:
        return {
            "AlarmName": resource.name,
            "AlarmDescription": resource.description,
            "AlarmActions": list(resource.topics),
            "Namespace": "AWS/SQS",
            "MetricName": "ApproximateNumberOfMessagesVisible",
            "Dimensions": [{"Name": "QueueName", "Value": resource.queue_name}],
            "Statistic": "Maximum",
            "Period": 60,
            "EvaluationPeriods": 1,
            "Threshold": 0,
            "ComparisonOperator": "GreaterThanThreshold",
            "TreatMissingData": "notBreaching",
        }
