"""What the parts of a stage are made with: names, tags, forms of functions, roles, rules and schedules."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from ladle.compiler import Compiled
from ladle.declare import Workflow, triggers
from ladle.deploy import policies
from ladle.deploy.names import name
from ladle.deploy.policies.trust import SERVICES, trust_condition
from ladle.deploy.resources import (
    Bucket,
    EventRule,
    LambdaFunction,
    LogGroup,
    ManagedPolicy,
    Permission,
    Queue,
    Ref,
    Resource,
    Role,
    Schedule,
    StateMachine,
    Table,
    arn,
)
from ladle.deploy.stage import FunctionSettings, Stage
from ladle.errors import LadleError
from ladle.project import Project

__all__ = ["STARTER", "Parts", "Platform", "first", "first_line"]

T = TypeVar("T")

STARTER: Final = "ladle-starter"
"""The function that starts runs."""

ENVIRONMENT_BYTES: Final = 4096
"""What the environment variables of a function may have together (Lambda quotas)."""


@dataclass(frozen=True, slots=True)
class Platform:
    """What all functions of a stage run on."""

    runtime: str = "python3.12"
    architecture: str = "x86_64"


@dataclass(slots=True)
class Parts:
    """A stage on its way, and what has been made of it so far.

    `functions` and `machines` are by logical name, `claims` is the table of claims, `values` the bucket of
    results too large for a machine, and `values_users` are the tasks that reach it, by action.
    """

    app: str
    stage: Stage
    platform: Platform
    project: Project
    compiled: Mapping[str, Compiled]
    errors: tuple[str, ...]
    functions: dict[str, LambdaFunction] = field(default_factory=dict)
    machines: dict[str, StateMachine] = field(default_factory=dict)
    claims: Table | None = None
    values: Bucket | None = None
    values_users: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def name(self, kind: str, logical: str) -> str:
        """The name on AWS."""
        return name(self.app, self.stage.name, kind, logical)

    def alert_topic(self, workflow: Workflow[..., Any]) -> tuple[Ref | str, str]:
        """The topic that hears of a workflow's failed runs: a reference or an ARN, and the ARN."""
        logical = workflow.alerts or ""
        found = self.stage.topic(logical, f"workflow {workflow.name!r}")
        if found.startswith("arn:"):
            return found, found
        return Ref("topic", logical), arn("sns", found)

    def tags(self, kind: str, logical: str) -> dict[str, str]:
        """The tags of one resource."""
        return {
            **self.stage.tags,
            "ladle:app": self.app,
            "ladle:stage": self.stage.name,
            "ladle:key": f"{kind}.{logical}",
        }

    def function(
        self,
        logical: str,
        handler: str,
        statements: tuple[policies.Statement, ...],
        settings: FunctionSettings,
        *,
        dead_letters: Queue | None = None,
        description: str = "",
    ) -> Iterator[Resource]:
        """A Lambda function with its log group and role; remembers it."""
        stage = self.stage
        full = self.name("function", logical)
        group = f"/aws/lambda/{full}"
        vpc = bool(stage.subnets and stage.security_groups)
        yield LogGroup(
            logical=logical,
            name=group,
            tags=self.tags("log_group", logical),
            retention=stage.retention,
            kms_key=stage.kms_key,
        )
        base = policies.function_statements(
            group,
            tracing=stage.tracing,
            vpc=vpc,
            dead_letters=dead_letters.arn if dead_letters else "",
            key=stage.kms_key or "",
        )
        yield from self.role(f"function-{logical}", "function", (*base, *statements))
        function = LambdaFunction(
            logical=logical,
            name=full,
            tags=self.tags("function", logical),
            handler=handler,
            role=Ref("role", f"function-{logical}"),
            log_group=Ref("log_group", logical),
            runtime=self.platform.runtime,
            architecture=self.platform.architecture,
            memory=settings.memory or 256,
            timeout=settings.timeout or 60,
            storage=settings.storage or 512,
            concurrency=settings.concurrency,
            environment={
                **stage.environment,
                **settings.environment,
                "LADLE_APP": self.app,
                "LADLE_STAGE": stage.name,
                "POWERTOOLS_SERVICE_NAME": self.app,
            },
            layers=settings.layers or (),
            subnets=stage.subnets if vpc else (),
            security_groups=stage.security_groups if vpc else (),
            tracing=stage.tracing,
            kms_key=stage.kms_key,
            dead_letter=Ref("queue", dead_letters.logical) if dead_letters else None,
            description=description[:256],
        )
        size = sum(len(key.encode()) + len(text.encode()) for key, text in function.environment.items())
        if size > ENVIRONMENT_BYTES:
            raise LadleError(
                f"the environment of {logical!r} has {size:,} bytes, and Lambda takes {ENVIRONMENT_BYTES:,}: "
                f"shorten [environment] in {stage.path}, or keep large values in a file or a bucket"
            )
        self.functions[logical] = function
        yield function

    def role(
        self, logical: str, kind: str, statements: tuple[policies.Statement, ...]
    ) -> Iterator[ManagedPolicy | Role]:
        """The role of a function, machine or schedule, and policies of their own for what outgrows it."""
        found = policies.split(statements, f"role {logical!r}")
        attached: list[Ref] = []
        for number, part in enumerate(found.managed, 1):
            beside = f"{logical}-{number}"
            attached.append(Ref("policy", beside))
            yield ManagedPolicy(
                logical=beside,
                name=self.name("policy", beside),
                tags=self.tags("policy", beside),
                statements=tuple(each.iam for each in part),
                path=self.stage.role_path,
            )
        yield Role(
            logical=logical,
            name=self.name("role", logical),
            tags=self.tags("role", logical),
            service=SERVICES[kind],
            policies={"ladle": tuple(each.iam for each in found.inline)},
            attached=tuple(attached),
            condition=trust_condition(kind),
            path=self.stage.role_path,
            boundary=self.stage.boundary,
        )

    def rule(
        self,
        logical: str,
        pattern: Mapping[str, Any],
        function: str,
        queue: Queue,
        paths: Mapping[str, str] | None = None,
        template: str = "",
    ) -> Iterator[Resource]:
        """A rule of EventBridge for a function, with the permission to call it."""
        yield EventRule(
            logical=logical,
            name=self.name("rule", logical),
            tags=self.tags("rule", logical),
            pattern=pattern,
            target=Ref("function", function),
            dead_letter=Ref("queue", queue.logical),
            paths=paths or {},
            template=template,
        )
        yield Permission(
            logical=logical,
            name=re.sub(r"[^A-Za-z0-9_-]", "-", f"rule-{logical}")[:100],
            function=Ref("function", function),
            principal="events.amazonaws.com",
            source=Ref("rule", logical),
        )

    def scheduler_role(self, function: str, queue: Queue) -> Iterator[Resource]:
        """The role that schedules call a function under."""
        statements = policies.scheduler_statements([self.functions[function].arn], queue.arn)
        yield from self.role(f"schedule-{function}", "schedule", statements)

    def schedule(
        self,
        logical: str,
        expression: str,
        timezone: str,
        function: str,
        given: Mapping[str, Any],
        queue: Queue,
        *,
        enabled: bool,
        trigger: triggers.Schedule | None = None,
    ) -> Schedule:
        """A schedule that calls a function; `trigger` may say how often it is tried."""
        own = trigger or triggers.Schedule("")  # Ladle's own schedules are as the stage says
        return Schedule(
            logical=logical,
            name=self.name("schedule", logical),
            expression=expression,
            timezone=timezone,
            target=Ref("function", function),
            role=Ref("role", f"schedule-{function}"),
            input=given,
            dead_letter=Ref("queue", queue.logical),
            enabled=enabled,
            window=first(own.window, self.stage.window) or 0,
            retries=first(own.retries, self.stage.retries) or 0,
            max_age=first(own.max_age, self.stage.max_age) or 0,
            kms_key=self.stage.kms_key,
        )


def first(*given: T | None) -> T | None:
    """The first that says something."""
    return next((each for each in given if each is not None), None)


def first_line(document: str | None) -> str:
    """The first line of a docstring."""
    return (document or "").strip().partition("\n")[0]
