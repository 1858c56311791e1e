"""Queues, topics and their subscriptions."""

from __future__ import annotations

import json

from ladle.deploy.resources import Queue, Subscription, Topic
from ladle.deploy.services.base import Aws, Found, Values, gone, pairs, patient

__all__ = ["Queues", "Subscriptions", "Topics"]


class Queues:
    """SQS queues."""

    def read(self, aws: Aws, resource: Queue) -> Found | None:
        client = aws.client("sqs")
        found = gone(client.get_queue_url, QueueName=resource.name)
        if found is None:
            return None
        tags = client.list_queue_tags(QueueUrl=found["QueueUrl"]).get("Tags", {})
        return Found(self._values(aws, resource, found["QueueUrl"]), tags)

    def create(self, aws: Aws, resource: Queue) -> Values:
        made = patient(
            aws,
            aws.client("sqs").create_queue,
            ("AWS.SimpleQueueService.QueueDeletedRecently", "QueueDeletedRecently"),
            QueueName=resource.name,
            Attributes=self._attributes(aws, resource),
            tags=dict(resource.tags),
        )
        return self._values(aws, resource, made["QueueUrl"])

    def update(self, aws: Aws, resource: Queue, values: Values) -> Values:
        client = aws.client("sqs")
        client.set_queue_attributes(QueueUrl=values["url"], Attributes=self._attributes(aws, resource))
        client.tag_queue(QueueUrl=values["url"], Tags=dict(resource.tags))
        return self._values(aws, resource, values["url"])

    def delete(self, aws: Aws, values: Values) -> None:
        gone(aws.client("sqs").delete_queue, QueueUrl=values["url"])

    def _attributes(self, aws: Aws, resource: Queue) -> dict[str, str]:
        return {
            "MessageRetentionPeriod": str(resource.retention),
            "Policy": aws.text(json.dumps(resource.policy)) if resource.policy else "",
            **(
                {"KmsMasterKeyId": resource.kms_key} if resource.kms_key else {"SqsManagedSseEnabled": "true"}
            ),
        }

    def _values(self, aws: Aws, resource: Queue, url: str) -> Values:
        return {"arn": aws.text(resource.arn), "name": resource.name, "url": url}


class Topics:
    """SNS topics."""

    def read(self, aws: Aws, resource: Topic) -> Found | None:
        client, arn = aws.client("sns"), aws.text(resource.arn)
        if gone(client.get_topic_attributes, TopicArn=arn) is None:
            return None
        tags = client.list_tags_for_resource(ResourceArn=arn)["Tags"]
        return Found({"arn": arn, "name": resource.name}, {each["Key"]: each["Value"] for each in tags})

    def create(self, aws: Aws, resource: Topic) -> Values:
        key = {"Attributes": {"KmsMasterKeyId": resource.kms_key}} if resource.kms_key else {}
        made = aws.client("sns").create_topic(Name=resource.name, Tags=pairs(resource.tags), **key)
        return {"arn": made["TopicArn"], "name": resource.name}

    def update(self, aws: Aws, resource: Topic, values: Values) -> Values:
        client = aws.client("sns")
        client.set_topic_attributes(
            TopicArn=values["arn"], AttributeName="KmsMasterKeyId", AttributeValue=resource.kms_key or ""
        )
        client.tag_resource(ResourceArn=values["arn"], Tags=pairs(resource.tags))
        return {"arn": values["arn"], "name": resource.name}

    def delete(self, aws: Aws, values: Values) -> None:
        gone(aws.client("sns").delete_topic, TopicArn=values["arn"])


class Subscriptions:
    """Subscriptions; an unconfirmed one (e-mail) goes away by itself after three days."""

    def read(self, aws: Aws, resource: Subscription) -> Found | None:
        pages = aws.client("sns").get_paginator("list_subscriptions_by_topic")
        # The topic may be planned, and not be there yet.
        for page in gone(lambda: list(pages.paginate(TopicArn=resource.topic))) or ():
            for each in page["Subscriptions"]:
                if (each["Protocol"], each["Endpoint"]) == (resource.protocol, resource.endpoint):
                    return Found({"arn": each["SubscriptionArn"], "name": resource.name})
        return None

    def create(self, aws: Aws, resource: Subscription) -> Values:
        made = aws.client("sns").subscribe(
            TopicArn=resource.topic,
            Protocol=resource.protocol,
            Endpoint=resource.endpoint,
            ReturnSubscriptionArn=True,
        )
        return {"arn": made["SubscriptionArn"], "name": resource.name}

    def update(self, aws: Aws, resource: Subscription, values: Values) -> Values:
        del aws, resource
        return values  # nothing about a subscription changes: another endpoint is another one

    def delete(self, aws: Aws, values: Values) -> None:
        if values["arn"].startswith("arn:"):
            gone(aws.client("sns").unsubscribe, SubscriptionArn=values["arn"])
