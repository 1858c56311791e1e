"""What tells of runs that did not succeed: alerts, the sweep, deadlines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from ladle.declare import S3Upload, Workflow
from ladle.deploy import events, policies
from ladle.deploy.assembly.parts import Parts
from ladle.deploy.resources import Queue, Resource, Table, arn
from ladle.deploy.stage import FunctionSettings
from ladle.errors import LadleError
from ladle.operate.resume import resumer_of

__all__ = ["alerts"]

ALERTS: Final = "ladle-alerts"
SWEEP: Final = "ladle-sweep"
DEADLINE: Final = "ladle-deadline"
SWEEP_RATE: Final = "rate(15 minutes)"


def alerts(parts: Parts, queue: Queue, table: Table) -> Iterator[Resource]:
    """The functions that tell of failed runs, and what calls them."""
    watched = [each for each in parts.project.workflows.values() if each.alerts]
    for workflow in watched:
        if workflow.type == "EXPRESS":
            raise LadleError(
                f"{workflow.place}: workflow {workflow.name!r} is EXPRESS and has alerts=: AWS sends no "
                "events about the runs of Express machines. Make it STANDARD, or leave alerts= out and "
                "alert in the workflow that calls it"
            )
    if not watched:
        return
    machines = [parts.machines[each.name].arn for each in watched]
    # Made when a run is resumed for the first time (`ladle resume`), and watched from the beginning.
    resumers = arn("states", f"stateMachine:{parts.app}-{parts.stage.name}-*-resume")
    topics = sorted({parts.alert_topic(each)[1] for each in watched})
    everything = [*(each.arn for each in parts.machines.values()), resumers]
    settings = FunctionSettings(environment={"LADLE_CLAIMS": table.name})
    yield from parts.function(
        ALERTS,
        "ladle.runtime.alerts.handler",
        policies.alerts_statements(everything, topics, table.arn),
        settings,
        dead_letters=queue,
        description="Sends one message for each run that did not succeed",
    )
    for number, batch in enumerate(events.pattern_batches([*machines, *map(resumer_of, machines)]), 1):
        yield from parts.rule(f"failures-{number}", events.failures_pattern(batch), ALERTS, queue)
    yield from parts.function(
        SWEEP,
        "ladle.runtime.sweep.handler",
        policies.sweep_statements(everything, [*machines, resumers], topics, table.arn),
        replace(settings, timeout=300),
        dead_letters=queue,
        description="Finds failed runs of which no event told",
    )
    yield from parts.scheduler_role(SWEEP, queue)
    yield parts.schedule(SWEEP, SWEEP_RATE, "UTC", SWEEP, {"trigger": "sweep"}, queue, enabled=True)
    yield from _deadlines(parts, [each for each in watched if each.deadline], queue, table)


def _deadlines(
    parts: Parts, workflows: list[Workflow[..., Any]], queue: Queue, table: Table
) -> Iterator[Resource]:
    """A schedule for each deadline, in the zone of the schedules that it is for."""
    if not workflows:
        return
    machines = [parts.machines[each.name].arn for each in workflows]
    yield from parts.function(
        DEADLINE,
        "ladle.runtime.deadline.handler",
        policies.deadline_statements(
            [*machines, *map(resumer_of, machines)],
            sorted({parts.alert_topic(each)[1] for each in workflows}),
            table.arn,
        ),
        FunctionSettings(environment={"LADLE_CLAIMS": table.name}, timeout=300),
        dead_letters=queue,
        description="Tells of scheduled runs that have not succeeded by their deadline",
    )
    yield from parts.scheduler_role(DEADLINE, queue)
    for workflow in workflows:
        hour, minute = map(int, str(workflow.deadline).split(":")[:2])
        zones = {each.timezone: None for each in workflow.triggers if not isinstance(each, S3Upload)}
        for number, zone in enumerate(zones, 1):
            given = {
                "workflow": workflow.name,
                "deadline": "<aws.scheduler.scheduled-time>",
                "timezone": zone,
            }
            yield parts.schedule(
                f"{workflow.name}-deadline-{number}",
                f"cron({minute} {hour} * * ? *)",
                zone,
                DEADLINE,
                given,
                queue,
                enabled=parts.stage.schedules,
            )
