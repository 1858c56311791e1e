"""What starts runs: the starter, uploads and schedules."""

from __future__ import annotations

from collections.abc import Iterator

from ladle.declare import S3Upload
from ladle.deploy import events, policies
from ladle.deploy.assembly.parts import STARTER, Parts
from ladle.deploy.resources import BucketNotice, Queue, Resource
from ladle.deploy.stage import FunctionSettings

__all__ = ["schedules", "starter", "uploads"]


def starter(parts: Parts, queue: Queue) -> Iterator[Resource]:
    """The function that starts runs."""
    machines = [each.arn for each in parts.machines.values()]
    if not machines:
        return
    topics = sorted({parts.alert_topic(each)[1] for each in parts.project.workflows.values() if each.alerts})
    claims = parts.claims
    statements = policies.starter_statements(machines, topics, claims.arn if claims is not None else "")
    yield from parts.function(
        STARTER,
        "ladle.runtime.starter.handler",
        statements,
        FunctionSettings(environment={"LADLE_CLAIMS": claims.name} if claims is not None and topics else {}),
        dead_letters=queue,
        description="Starts runs: checks the input, names the run after its trigger",
    )


def uploads(parts: Parts, queue: Queue) -> Iterator[Resource]:
    """A rule for each upload trigger, and the flag of each bucket."""
    buckets: dict[str, None] = {}
    for workflow in parts.project.workflows.values():
        for number, trigger in enumerate(workflow.triggers, 1):
            if not isinstance(trigger, S3Upload):
                continue
            bucket = parts.stage.bucket(trigger.bucket, f"workflow {workflow.name!r}")
            if bucket not in buckets:
                buckets[bucket] = None
                yield BucketNotice(logical=bucket, name=bucket)
            if STARTER not in parts.functions:
                continue
            yield from parts.rule(
                f"{workflow.name}-{number}",
                events.upload_pattern(bucket, trigger.prefix, trigger.suffix),
                STARTER,
                queue,
                events.DETAIL_PATHS,
                events.upload_template(workflow.name),
            )


def schedules(parts: Parts, queue: Queue) -> Iterator[Resource]:
    """A schedule for each schedule trigger."""
    if STARTER not in parts.functions:
        return
    first = True
    for workflow in parts.project.workflows.values():
        for number, trigger in enumerate(workflow.triggers, 1):
            if isinstance(trigger, S3Upload):
                continue
            if first:
                yield from parts.scheduler_role(STARTER, queue)
                first = False
            given = {
                "trigger": "schedule",
                "workflow": workflow.name,
                "scheduled_for": "<aws.scheduler.scheduled-time>",
                "input": dict(trigger.input),
            }
            yield parts.schedule(
                f"{workflow.name}-{number}",
                trigger.aws,
                trigger.timezone,
                STARTER,
                given,
                queue,
                enabled=parts.stage.schedules,
                trigger=trigger,
            )
