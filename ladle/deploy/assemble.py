"""A project and a stage become resources: everything that the stage consists of, in the order of creation."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import Any, Final, TypeVar

from ladle.compiler import Compiled, compile_workflow
from ladle.compiler.handled import handled_errors
from ladle.declare import S3Upload, Task, Workflow, triggers
from ladle.deploy import events, policies, stored
from ladle.deploy.definitions import in_partition, placed
from ladle.deploy.names import name
from ladle.deploy.policies.trust import SERVICES, trust_condition
from ladle.deploy.resources import (
    Alarm,
    Bucket,
    BucketNotice,
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
    Subscription,
    Table,
    Topic,
    arn,
    references,
)
from ladle.deploy.stage import FunctionSettings, Stage
from ladle.errors import DiagnosticError, LadleError
from ladle.project import Project

__all__ = ["CLAIMS", "Assembly", "Platform", "assemble"]

T = TypeVar("T")

TASK_HANDLER: Final = "ladle.runtime.entry.handler"
STARTER: Final = "ladle-starter"
ALERTS: Final = "ladle-alerts"
SWEEP: Final = "ladle-sweep"
DEADLINE: Final = "ladle-deadline"
CLAIMS: Final = "ladle-claims"
SWEEP_RATE: Final = "rate(15 minutes)"

ERRORS_IN_ENVIRONMENT: Final = 1000
"""So many characters of error names go into the environment of each function (which holds 4 KB); more go into
a file of the package."""

ENVIRONMENT_BYTES: Final = 4096
"""What the environment variables of a function may have together (Lambda quotas)."""

DEAD_LETTER_SECONDS: Final = 14 * 24 * 3600
"""The longest that SQS keeps a message."""


@dataclass(frozen=True, slots=True)
class Platform:
    """What all functions of a stage run on."""

    runtime: str = "python3.12"
    architecture: str = "x86_64"


@dataclass(frozen=True, slots=True)
class Assembly:
    """A stage, ready to be made. `resources` come in the order of creation.

    `errors` are the full names of the exception classes that the machines handle, `machines` the name of each
    workflow's machine, `topics` the topic (ARN) that hears of a workflow's failed runs.
    """

    app: str
    stage: Stage
    project: Project
    resources: tuple[Resource, ...]
    errors: tuple[str, ...]
    machines: Mapping[str, str]
    topics: Mapping[str, str]


def assemble(project: Project, stage: Stage, app: str, platform: Platform | None = None) -> Assembly:
    """Everything that a stage of a project consists of; the same for the same input.

    Raises DiagnosticError for problems in the project's source, LadleError for a name that the stage's file
    does not know.
    """
    if project.diagnostics:
        raise DiagnosticError(project.diagnostics)
    compiled = _compiled(project)
    for task in project.tasks.values():
        if task.problems:
            raise DiagnosticError(task.problems)
    for known in stage.functions:
        if known not in project.tasks:
            near = get_close_matches(known, project.tasks, n=1)
            meant = f"; did you mean [tasks.{near[0]}]?" if near else ""
            raise LadleError(f"{stage.path}: there is no task {known!r}{meant}")
    functions = [each.function for each in (*project.tasks.values(), *project.workflows.values())]
    errors = tuple(sorted(handled_errors([each.definition for each in compiled.values()], functions)))
    stages = _Assembling(app, stage, platform or Platform(), project, compiled, errors)
    resources = tuple(_ordered(list(stages.resources())))
    return Assembly(
        app,
        stage,
        project,
        resources,
        errors,
        {each: stages.name("machine", each) for each in compiled},
        {each.name: stages.alert_topic(each)[1] for each in project.workflows.values() if each.alerts},
    )


def _compiled(project: Project) -> dict[str, Compiled]:
    found: dict[str, Compiled] = {}
    problems: set[Any] = set()
    for workflow in project.workflows.values():
        try:
            found[workflow.name] = compile_workflow(workflow)
        except DiagnosticError as error:
            problems.update(error.diagnostics)
    if problems:
        raise DiagnosticError(sorted(problems, key=lambda each: (each.span, each.code, each.message)))
    return found


def _ordered(resources: list[Resource]) -> Iterator[Resource]:
    """What is referred to comes first; otherwise the order stays."""
    by_key = {each.key: each for each in resources}
    if len(by_key) != len(resources):
        twice = sorted({each.key for each in resources if resources.count(each) > 1})
        raise LadleError(f"two resources of the stage have one key: {', '.join(twice)}")
    done: set[str] = set()

    def visit(resource: Resource) -> Iterator[Resource]:
        if resource.key in done:
            return
        done.add(resource.key)
        for each in references(resource):
            yield from visit(by_key[each.key])
        yield resource

    for each in resources:
        yield from visit(each)


@dataclass(slots=True)
class _Assembling:
    """The parts of one stage."""

    app: str
    stage: Stage
    platform: Platform
    project: Project
    compiled: Mapping[str, Compiled]
    errors: tuple[str, ...]
    _functions: dict[str, LambdaFunction] = field(default_factory=dict)
    _machines: dict[str, StateMachine] = field(default_factory=dict)
    _values: Bucket | None = None
    _values_users: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def resources(self) -> Iterator[Resource]:
        """All of them; whoever reads sorts by reference."""
        queue = self._dead_letters()
        table = self._claims()
        topics = list(self._topics())
        yield queue
        yield from topics
        yield table
        self._values = self._stored_values()
        if self._values is not None:
            yield self._values
        for task in self.project.tasks.values():
            yield from self._task(task)
        for workflow in self.project.workflows.values():
            yield from self._machine(workflow)
        yield from self._starter(queue)
        yield from self._alerts(queue, table)
        yield from self._uploads(queue)
        yield from self._schedules(queue)
        yield from self._alarm(queue)

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

    def _tags(self, kind: str, logical: str) -> dict[str, str]:
        return {
            **self.stage.tags,
            "ladle:app": self.app,
            "ladle:stage": self.stage.name,
            "ladle:key": f"{kind}.{logical}",
        }

    # ------------------------------------------------------------------------------------ shared resources

    def _dead_letters(self) -> Queue:
        logical = "ladle-dead-letters"
        return Queue(
            logical=logical,
            name=self.name("queue", logical),
            tags=self._tags("queue", logical),
            retention=DEAD_LETTER_SECONDS,
            senders=("events.amazonaws.com",),
            kms_key=self.stage.kms_key,
        )

    def _claims(self) -> Table:
        logical = CLAIMS
        return Table(
            logical=logical,
            name=self.name("table", logical),
            tags=self._tags("table", logical),
            hash_key="id",
            expires="expires",
            kms_key=self.stage.kms_key,
        )

    def _stored_values(self) -> Bucket | None:
        """The bucket of results too large for a machine; None where no result can be."""
        compiled = self.compiled.values()
        self._values_users = {
            "s3:PutObject": stored.writers(compiled),
            "s3:GetObject": stored.readers(compiled),
        }
        if not self._values_users["s3:PutObject"]:
            return None
        logical = "ladle-values"
        return Bucket(
            logical=logical,
            name=stored.bucket_name(self.app, self.stage.name),
            tags=self._tags("bucket", logical),
            days=stored.days_kept(self.project.workflows.values()),
            kms_key=self.stage.kms_key,
        )

    def _topics(self) -> Iterator[Topic | Subscription]:
        for workflow in self.project.workflows.values():
            if workflow.alerts:
                self.alert_topic(workflow)  # raises for an unknown one
        for logical, found in self.stage.topics.items():
            topic: Ref | str = found
            if not found.startswith("arn:"):
                yield Topic(
                    logical=logical,
                    name=found,
                    tags=self._tags("topic", logical),
                    kms_key=self.stage.kms_key,
                )
                topic = Ref("topic", logical)
            for protocol, endpoint in self.stage.subscriptions.get(logical, ()):
                key = f"{logical}-{protocol}-{endpoint}"
                yield Subscription(
                    logical=key,
                    name=f"{protocol}:{endpoint}",
                    topic=topic,
                    protocol=protocol,
                    endpoint=endpoint,
                )

    def _alarm(self, queue: Queue) -> Iterator[Resource]:
        topics: dict[Ref | str, None] = {}
        for workflow in self.project.workflows.values():
            if workflow.alerts:
                topics[self.alert_topic(workflow)[0]] = None
        if topics:
            logical = "ladle-dead-letters"
            yield Alarm(
                logical=logical,
                name=self.name("alarm", logical),
                tags=self._tags("alarm", logical),
                queue=Ref("queue", queue.logical),
                queue_name=queue.name,
                topics=tuple(topics),
                description=(
                    f"{self.app} ({self.stage.name}): something could not be started or reported; "
                    f"see the messages in {queue.name}"
                ),
            )

    # ------------------------------------------------------------------------------------------- functions

    def _function(
        self,
        logical: str,
        handler: str,
        statements: tuple[policies.Statement, ...],
        settings: FunctionSettings,
        *,
        dead_letters: Queue | None = None,
        description: str = "",
    ) -> Iterator[Resource]:
        stage = self.stage
        full = self.name("function", logical)
        group = f"/aws/lambda/{full}"
        vpc = bool(stage.subnets and stage.security_groups)
        yield LogGroup(
            logical=logical,
            name=group,
            tags=self._tags("log_group", logical),
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
        yield from self._role(f"function-{logical}", "function", (*base, *statements))
        function = LambdaFunction(
            logical=logical,
            name=full,
            tags=self._tags("function", logical),
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
        self._functions[logical] = function
        yield function

    def _task(self, task: Task[..., Any]) -> Iterator[Resource]:
        stage, user = self.stage, f"task {task.name!r}"
        given = stage.functions.get(task.name, FunctionSettings())
        # The timeout of a task with a token is that of the answer, not that of the function which asks.
        own = 60 if task.takes_token else task.timeout
        errors = " ".join(self.errors)
        settings = FunctionSettings(
            memory=given.memory or task.memory,
            timeout=given.timeout or own,
            storage=given.storage or task.storage or stage.defaults.storage,
            concurrency=_first(given.concurrency, task.concurrency, stage.defaults.concurrency),
            layers=_first(given.layers, task.layers, stage.defaults.layers),
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
        if self._values is not None:
            storing = stored.statements(self._values, task, self._values_users)
            statements += storing
            if storing:
                place = f"s3://{self._values.name}/{stage.name}"
                settings = replace(settings, environment={**settings.environment, "LADLE_VALUES": place})
        yield from self._function(
            task.name, TASK_HANDLER, statements, settings, description=_first_line(task.__doc__)
        )

    def _starter(self, queue: Queue) -> Iterator[Resource]:
        machines = [each.arn for each in self._machines.values()]
        if not machines:
            return
        statements = policies.starter_statements(machines)
        yield from self._function(
            STARTER,
            "ladle.runtime.starter.handler",
            statements,
            FunctionSettings(),
            dead_letters=queue,
            description="Starts runs: checks the input, names the run after its trigger",
        )

    def _alerts(self, queue: Queue, table: Table) -> Iterator[Resource]:
        watched = [each for each in self.project.workflows.values() if each.alerts]
        for workflow in watched:
            if workflow.type == "EXPRESS":
                raise LadleError(
                    f"{workflow.place}: workflow {workflow.name!r} is EXPRESS and has alerts=: AWS sends no "
                    "events about the runs of Express machines. Make it STANDARD, or leave alerts= out and "
                    "alert in the workflow that calls it"
                )
        if not watched:
            return
        machines = [self._machines[each.name].arn for each in watched]
        topics = sorted({self.alert_topic(each)[1] for each in watched})
        everything = [each.arn for each in self._machines.values()]
        settings = FunctionSettings(environment={"LADLE_CLAIMS": table.name})
        yield from self._function(
            ALERTS,
            "ladle.runtime.alerts.handler",
            policies.alerts_statements(everything, topics, table.arn),
            settings,
            dead_letters=queue,
            description="Sends one message for each run that did not succeed",
        )
        for number, batch in enumerate(events.pattern_batches(machines), 1):
            yield from self._rule(f"failures-{number}", events.failures_pattern(batch), ALERTS, queue)
        yield from self._function(
            SWEEP,
            "ladle.runtime.sweep.handler",
            policies.sweep_statements(everything, machines, topics, table.arn),
            replace(settings, timeout=300),
            dead_letters=queue,
            description="Finds failed runs of which no event told",
        )
        yield from self._scheduler_role(SWEEP, queue)
        yield self._schedule(SWEEP, SWEEP_RATE, "UTC", SWEEP, {"trigger": "sweep"}, queue, enabled=True)
        yield from self._deadlines([each for each in watched if each.deadline], queue, table)

    def _deadlines(
        self, workflows: list[Workflow[..., Any]], queue: Queue, table: Table
    ) -> Iterator[Resource]:
        """A schedule for each deadline, in the zone of the schedules that it is for."""
        if not workflows:
            return
        yield from self._function(
            DEADLINE,
            "ladle.runtime.deadline.handler",
            policies.deadline_statements(
                [self._machines[each.name].arn for each in workflows],
                sorted({self.alert_topic(each)[1] for each in workflows}),
                table.arn,
            ),
            FunctionSettings(environment={"LADLE_CLAIMS": table.name}, timeout=300),
            dead_letters=queue,
            description="Tells of scheduled runs that have not succeeded by their deadline",
        )
        yield from self._scheduler_role(DEADLINE, queue)
        for workflow in workflows:
            hour, minute = map(int, str(workflow.deadline).split(":")[:2])
            zones = {each.timezone: None for each in workflow.triggers if not isinstance(each, S3Upload)}
            for number, zone in enumerate(zones, 1):
                given = {
                    "workflow": workflow.name,
                    "deadline": "<aws.scheduler.scheduled-time>",
                    "timezone": zone,
                }
                yield self._schedule(
                    f"{workflow.name}-deadline-{number}",
                    f"cron({minute} {hour} * * ? *)",
                    zone,
                    DEADLINE,
                    given,
                    queue,
                    enabled=self.stage.schedules,
                )

    # -------------------------------------------------------------------------------------- state machines

    def _machine(self, workflow: Workflow[..., Any]) -> Iterator[Resource]:
        stage, logical = self.stage, workflow.name
        compiled = self.compiled[logical]
        full = self.name("machine", logical)
        logs = stage.level != "OFF"
        calls = (
            *(Ref("function", each.name) for each in compiled.tasks),
            # A machine that calls itself cannot come before itself.
            *(Ref("machine", each.name) for each in compiled.workflows if each.name != logical),
        )
        yield LogGroup(
            logical=f"machine-{logical}",
            name=f"/aws/vendedlogs/states/{full}",
            tags=self._tags("log_group", f"machine-{logical}"),
            retention=stage.retention,
            kms_key=stage.kms_key,
        )
        definition = placed(compiled.definition, self.name)
        statements = policies.machine_statements(
            definition,
            arn("states", f"stateMachine:{full}"),
            logs=logs,
            tracing=stage.tracing,
            key=stage.kms_key or "",
        )
        yield from self._role(f"machine-{logical}", "machine", statements)
        machine = StateMachine(
            logical=logical,
            name=full,
            tags=self._tags("machine", logical),
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
        self._machines[logical] = machine
        yield machine

    def _role(
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
                tags=self._tags("policy", beside),
                statements=tuple(each.iam for each in part),
                path=self.stage.role_path,
            )
        yield Role(
            logical=logical,
            name=self.name("role", logical),
            tags=self._tags("role", logical),
            service=SERVICES[kind],
            policies={"ladle": tuple(each.iam for each in found.inline)},
            attached=tuple(attached),
            condition=trust_condition(kind),
            path=self.stage.role_path,
            boundary=self.stage.boundary,
        )

    # -------------------------------------------------------------------------------------------- triggers

    def _uploads(self, queue: Queue) -> Iterator[Resource]:
        buckets: dict[str, None] = {}
        for workflow in self.project.workflows.values():
            for number, trigger in enumerate(workflow.triggers, 1):
                if not isinstance(trigger, S3Upload):
                    continue
                bucket = self.stage.bucket(trigger.bucket, f"workflow {workflow.name!r}")
                if bucket not in buckets:
                    buckets[bucket] = None
                    yield BucketNotice(logical=bucket, name=bucket)
                if STARTER not in self._functions:
                    continue
                yield from self._rule(
                    f"{workflow.name}-{number}",
                    events.upload_pattern(bucket, trigger.prefix, trigger.suffix),
                    STARTER,
                    queue,
                    events.DETAIL_PATHS,
                    events.upload_template(workflow.name),
                )

    def _rule(
        self,
        logical: str,
        pattern: Mapping[str, Any],
        function: str,
        queue: Queue,
        paths: Mapping[str, str] | None = None,
        template: str = "",
    ) -> Iterator[Resource]:
        yield EventRule(
            logical=logical,
            name=self.name("rule", logical),
            tags=self._tags("rule", logical),
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

    def _schedules(self, queue: Queue) -> Iterator[Resource]:
        if STARTER not in self._functions:
            return
        first = True
        for workflow in self.project.workflows.values():
            for number, trigger in enumerate(workflow.triggers, 1):
                if isinstance(trigger, S3Upload):
                    continue
                if first:
                    yield from self._scheduler_role(STARTER, queue)
                    first = False
                given = {
                    "trigger": "schedule",
                    "workflow": workflow.name,
                    "scheduled_for": "<aws.scheduler.scheduled-time>",
                    "input": dict(trigger.input),
                }
                yield self._schedule(
                    f"{workflow.name}-{number}",
                    trigger.aws,
                    trigger.timezone,
                    STARTER,
                    given,
                    queue,
                    enabled=self.stage.schedules,
                    trigger=trigger,
                )

    def _scheduler_role(self, function: str, queue: Queue) -> Iterator[Resource]:
        statements = policies.scheduler_statements([self._functions[function].arn], queue.arn)
        yield from self._role(f"schedule-{function}", "schedule", statements)

    def _schedule(
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
            window=_first(own.window, self.stage.window) or 0,
            retries=_first(own.retries, self.stage.retries) or 0,
            max_age=_first(own.max_age, self.stage.max_age) or 0,
            kms_key=self.stage.kms_key,
        )


def _first(*given: T | None) -> T | None:
    """The first that says something."""
    return next((each for each in given if each is not None), None)


def _first_line(document: str | None) -> str:
    return (document or "").strip().partition("\n")[0]
