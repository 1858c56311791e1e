"""What runs: a function for each task, an activity for each of these, a state machine for each workflow."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from ladle.declare import Activity, Task, Workflow
from ladle.deploy import needs, policies, stored
from ladle.deploy.assembly.parts import Parts, first, first_line
from ladle.deploy.definitions import in_partition, placed
from ladle.deploy.resources import ActivityResource, LogGroup, Ref, Resource, StateMachine, arn
from ladle.deploy.stage import FunctionSettings

__all__ = ["activity_parts", "machine_parts", "task_parts"]

TASK_HANDLER: Final = "ladle.runtime.entry.handler"

ERRORS_IN_ENVIRONMENT: Final = 1000
"""So many characters of error names go into the environment of each function (which holds 4 KB); more go into
a file of the package."""


def task_parts(parts: Parts, task: Task[..., Any]) -> Iterator[Resource]:
    """A task's function, with what `@task`, the stage and the stored values say of it."""
    stage, user = parts.stage, f"task {task.name!r}"
    given = stage.functions.get(task.name, FunctionSettings())
    # The timeout of a task with a token is that of the answer, not that of the function which asks.
    own = 60 if task.takes_token else task.timeout
    errors = " ".join(parts.errors)
    settings = FunctionSettings(
        memory=given.memory or task.memory,
        timeout=given.timeout or own,
        storage=given.storage or task.storage or stage.defaults.storage,
        concurrency=first(given.concurrency, task.concurrency, stage.defaults.concurrency),
        layers=first(given.layers, task.layers, stage.defaults.layers),
        environment={
            **task.environment,
            **given.environment,
            "LADLE_TASK": f"{task.module}:{task.__qualname__}",
            "LADLE_ERRORS": errors if len(errors) <= ERRORS_IN_ENVIRONMENT else "@ladle_errors.json",
        },
    )
    statements = policies.task_statements(
        (*task.allow, *given.allow),
        lambda name: stage.topics[name] if name in stage.topics else stage.bucket(name, user),
        user,
    )
    if parts.values is not None:
        storing = stored.statements(parts.values, task, parts.values_users)
        statements += storing
        if storing:
            place = f"s3://{parts.values.name}/{stage.name}"
            settings = replace(settings, environment={**settings.environment, "LADLE_VALUES": place})
    keeping, variables = needs.of(task, stage, parts.claims)
    statements += keeping
    settings = replace(settings, environment={**settings.environment, **variables})
    yield from parts.function(
        task.name, TASK_HANDLER, statements, settings, description=first_line(task.__doc__)
    )


def activity_parts(parts: Parts, activity: Activity[..., Any]) -> Iterator[Resource]:
    """An activity: its work is done by whoever asks for it."""
    yield ActivityResource(
        logical=activity.name,
        name=parts.name("activity", activity.name),
        tags=parts.tags("activity", activity.name),
        kms_key=parts.stage.kms_key,
    )


def machine_parts(parts: Parts, workflow: Workflow[..., Any]) -> Iterator[Resource]:
    """A workflow's state machine, with its log group and role."""
    stage, logical = parts.stage, workflow.name
    compiled = parts.compiled[logical]
    full = parts.name("machine", logical)
    logs = stage.level != "OFF"
    calls = (
        *(Ref("function", each.name) for each in compiled.tasks),
        *(Ref("activity", each.name) for each in compiled.activities),
        # A machine that calls itself cannot come before itself.
        *(Ref("machine", each.name) for each in compiled.workflows if each.name != logical),
    )
    yield LogGroup(
        logical=f"machine-{logical}",
        name=f"/aws/vendedlogs/states/{full}",
        tags=parts.tags("log_group", f"machine-{logical}"),
        retention=stage.retention,
        kms_key=stage.kms_key,
    )
    user = f"workflow {logical!r}"
    definition = placed(
        compiled.definition,
        parts.name,
        lambda table, name: stage.listed(table, name, user),
        parts.project.activities,
    )
    stated = policies.task_statements(
        workflow.allow,
        lambda name: stage.topics[name] if name in stage.topics else stage.bucket(name, user),
        user,
    )
    statements = policies.machine_statements(
        definition,
        arn("states", f"stateMachine:{full}"),
        logs=logs,
        tracing=stage.tracing,
        key=stage.kms_key or "",
        stated=stated,
        buckets=tuple(stage.buckets.values()),
    )
    yield from parts.role(f"machine-{logical}", "machine", statements)
    machine = StateMachine(
        logical=logical,
        name=full,
        tags=parts.tags("machine", logical),
        type=workflow.type,
        definition=in_partition(definition),
        role=Ref("role", f"machine-{logical}"),
        log_group=Ref("log_group", f"machine-{logical}"),
        level=stage.level,
        execution_data=stage.execution_data,
        calls=calls,
        tracing=stage.tracing,
        kms_key=stage.kms_key,
    )
    parts.machines[logical] = machine
    yield machine
