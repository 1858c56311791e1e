"""What all workflows of a stage share: queue, claims, stored values, topics, and the alarm on the queue."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ladle.deploy import stored
from ladle.deploy.assembly.parts import Parts
from ladle.deploy.resources import Alarm, Bucket, Queue, Ref, Resource, Subscription, Table, Topic

__all__ = ["CLAIMS", "alarm", "claims", "dead_letters", "stored_values", "topics"]

CLAIMS: Final = "ladle-claims"

DEAD_LETTER_SECONDS: Final = 14 * 24 * 3600
"""The longest that SQS keeps a message."""


def dead_letters(parts: Parts) -> Queue:
    """The queue of what could not be started or reported."""
    logical = "ladle-dead-letters"
    return Queue(
        logical=logical,
        name=parts.name("queue", logical),
        tags=parts.tags("queue", logical),
        retention=DEAD_LETTER_SECONDS,
        senders=("events.amazonaws.com",),
        kms_key=parts.stage.kms_key,
    )


def claims(parts: Parts) -> Table:
    """The table of what was told already, and of the deploy under way."""
    logical = CLAIMS
    return Table(
        logical=logical,
        name=parts.name("table", logical),
        tags=parts.tags("table", logical),
        hash_key="id",
        expires="expires",
        kms_key=parts.stage.kms_key,
    )


def stored_values(parts: Parts) -> Bucket | None:
    """The bucket of results too large for a machine; None where no result can be."""
    compiled = parts.compiled.values()
    parts.values_users = {
        "s3:PutObject": stored.writers(compiled),
        "s3:GetObject": stored.readers(compiled),
    }
    if not parts.values_users["s3:PutObject"]:
        return None
    logical = "ladle-values"
    return Bucket(
        logical=logical,
        name=stored.bucket_name(parts.app, parts.stage.name),
        tags=parts.tags("bucket", logical),
        days=stored.days_kept(parts.project.workflows.values()),
        kms_key=parts.stage.kms_key,
    )


def topics(parts: Parts) -> Iterator[Topic | Subscription]:
    """The topics of the stage that are to be made, and their subscriptions."""
    for workflow in parts.project.workflows.values():
        if workflow.alerts:
            parts.alert_topic(workflow)  # raises for an unknown one
    for logical, found in parts.stage.topics.items():
        topic: Ref | str = found
        if not found.startswith("arn:"):
            yield Topic(
                logical=logical,
                name=found,
                tags=parts.tags("topic", logical),
                kms_key=parts.stage.kms_key,
            )
            topic = Ref("topic", logical)
        for protocol, endpoint in parts.stage.subscriptions.get(logical, ()):
            key = f"{logical}-{protocol}-{endpoint}"
            yield Subscription(
                logical=key,
                name=f"{protocol}:{endpoint}",
                topic=topic,
                protocol=protocol,
                endpoint=endpoint,
            )


def alarm(parts: Parts, queue: Queue) -> Iterator[Resource]:
    """The alarm on the queue, for the topics that hear of failed runs."""
    topics: dict[Ref | str, None] = {}
    for workflow in parts.project.workflows.values():
        if workflow.alerts:
            topics[parts.alert_topic(workflow)[0]] = None
    if topics:
        logical = "ladle-dead-letters"
        yield Alarm(
            logical=logical,
            name=parts.name("alarm", logical),
            tags=parts.tags("alarm", logical),
            queue=Ref("queue", queue.logical),
            queue_name=queue.name,
            topics=tuple(topics),
            description=(
                f"{parts.app} ({parts.stage.name}): something could not be started or reported; "
                f"see the messages in {queue.name}"
            ),
        )
