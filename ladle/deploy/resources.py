"""What a stage consists of, as plain values: every AWS resource, before anything is done about it.

Resources refer to each other by value (`Ref`). Texts may hold `${AWS::Partition}`, `${AWS::Region}` and
`${AWS::AccountId}`, as CloudFormation writes them: which account it is, is known only when deploying. This
module imports the standard library only.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from typing import Any, ClassVar, TypeVar

__all__ = [
    "ActivityResource",
    "Alarm",
    "Bucket",
    "BucketNotice",
    "EventRule",
    "LambdaFunction",
    "LogGroup",
    "ManagedPolicy",
    "Permission",
    "Queue",
    "Ref",
    "Resource",
    "Role",
    "Schedule",
    "StateMachine",
    "Subscription",
    "Table",
    "Topic",
    "arn",
    "digest",
    "plain",
    "references",
    "resolved",
]

R = TypeVar("R", bound="Resource")


def arn(service: str, resource: str, *, region: bool = True, account: bool = True) -> str:
    """The ARN of something in the account and Region of the deployment.

    >>> arn("sns", "ops")
    'arn:${AWS::Partition}:sns:${AWS::Region}:${AWS::AccountId}:ops'
    """
    where = f"{'${AWS::Region}' if region else ''}:{'${AWS::AccountId}' if account else ''}"
    return f"arn:${{AWS::Partition}}:{service}:{where}:{resource}"


@dataclass(frozen=True, slots=True)
class Ref:
    """The ARN of another resource of the stage, which therefore comes first. `suffix` is put behind it."""

    kind: str
    logical: str
    suffix: str = ""

    @property
    def key(self) -> str:
        """The key of the resource that is meant."""
        return f"{self.kind}.{self.logical}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """One resource. `logical` is its name within the stage, `name` the one it has on AWS."""

    kind: ClassVar[str] = ""
    immutable: ClassVar[tuple[str, ...]] = ("name",)
    """The fields that AWS does not change: a resource in which one differs is replaced."""

    logical: str
    name: str
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """Unique within the stage."""
        return f"{self.kind}.{self.logical}"

    @property
    def arn(self) -> str:
        """Its ARN; empty for what has none that is known beforehand."""
        return ""

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Role(Resource):
    """An IAM role that one service may assume.

    `policies` are its inline policies, name to statements; `attached` those that outgrew it.
    """

    kind: ClassVar[str] = "role"
    immutable: ClassVar[tuple[str, ...]] = ("name", "path")
    service: str
    policies: Mapping[str, tuple[Mapping[str, Any], ...]]
    attached: tuple[Ref, ...] = ()
    condition: Mapping[str, Any] = field(default_factory=dict)
    path: str = "/"
    boundary: str | None = None

    @property
    def arn(self) -> str:
        return arn("iam", f"role{self.path}{self.name}", region=False)

    @property
    def trust(self) -> dict[str, Any]:
        """The trust policy."""
        statement: dict[str, Any] = {
            "Effect": "Allow",
            "Principal": {"Service": self.service},
            "Action": "sts:AssumeRole",
        }
        if self.condition:
            statement["Condition"] = self.condition
        return {"Version": "2012-10-17", "Statement": [statement]}

    @property
    def documents(self) -> dict[str, dict[str, Any]]:
        """The inline policies as documents, by name."""
        return {
            name: {"Version": "2012-10-17", "Statement": list(statements)}
            for name, statements in self.policies.items()
            if statements
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ManagedPolicy(Resource):
    """A policy of its own: a part of what a role may do, where the role itself cannot hold all of it."""

    kind: ClassVar[str] = "policy"
    immutable: ClassVar[tuple[str, ...]] = ("name", "path")
    statements: tuple[Mapping[str, Any], ...]
    path: str = "/"

    @property
    def arn(self) -> str:
        return arn("iam", f"policy{self.path}{self.name}", region=False)

    @property
    def document(self) -> dict[str, Any]:
        """The policy document."""
        return {"Version": "2012-10-17", "Statement": list(self.statements)}


@dataclass(frozen=True, slots=True, kw_only=True)
class LogGroup(Resource):
    """A log group; `retention` in days."""

    kind: ClassVar[str] = "log_group"
    retention: int
    kms_key: str | None = None

    @property
    def arn(self) -> str:
        return arn("logs", f"log-group:{self.name}")


@dataclass(frozen=True, slots=True, kw_only=True)
class LambdaFunction(Resource):
    """A function on the stage's one package. `memory` and `storage` in MB, `timeout` in seconds."""

    kind: ClassVar[str] = "function"
    handler: str
    role: Ref
    log_group: Ref
    runtime: str
    architecture: str
    memory: int
    timeout: int
    storage: int = 512
    concurrency: int | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    layers: tuple[str, ...] = ()
    subnets: tuple[str, ...] = ()
    security_groups: tuple[str, ...] = ()
    tracing: bool = False
    kms_key: str | None = None
    dead_letter: Ref | None = None
    description: str = ""

    @property
    def arn(self) -> str:
        return arn("lambda", f"function:{self.name}")


@dataclass(frozen=True, slots=True, kw_only=True)
class StateMachine(Resource):
    """A workflow's machine. `definition` names what it calls by ARN; `calls` are the same as references."""

    kind: ClassVar[str] = "machine"
    immutable: ClassVar[tuple[str, ...]] = ("name", "type")
    type: str
    definition: Mapping[str, Any]
    role: Ref
    log_group: Ref
    level: str
    calls: tuple[Ref, ...] = ()
    execution_data: bool = True
    tracing: bool = False
    kms_key: str | None = None

    @property
    def arn(self) -> str:
        return arn("states", f"stateMachine:{self.name}")

    @property
    def text(self) -> str:
        """The definition as AWS takes it."""
        return json.dumps(self.definition, ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityResource(Resource):
    """An activity: where workers ask for work. Its key is that of what waits there."""

    kind: ClassVar[str] = "activity"
    immutable: ClassVar[tuple[str, ...]] = ("name", "kms_key")
    kms_key: str | None = None

    @property
    def arn(self) -> str:
        return arn("states", f"activity:{self.name}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue(Resource):
    """A queue for what could not be delivered; `retention` in seconds. `senders` are services."""

    kind: ClassVar[str] = "queue"
    retention: int
    senders: tuple[str, ...] = ()
    kms_key: str | None = None

    @property
    def arn(self) -> str:
        return arn("sqs", self.name)

    @property
    def policy(self) -> dict[str, Any] | None:
        """The queue's policy: services that do not act through a role send from this account only."""
        if not self.senders:
            return None
        statement = {
            "Effect": "Allow",
            "Principal": {"Service": list(self.senders)},
            "Action": "sqs:SendMessage",
            "Resource": self.arn,
            "Condition": {"StringEquals": {"aws:SourceAccount": "${AWS::AccountId}"}},
        }
        return {"Version": "2012-10-17", "Statement": [statement]}


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic(Resource):
    """A topic that this stage makes."""

    kind: ClassVar[str] = "topic"
    kms_key: str | None = None

    @property
    def arn(self) -> str:
        return arn("sns", self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription(Resource):
    """Who hears of a topic."""

    kind: ClassVar[str] = "subscription"
    immutable: ClassVar[tuple[str, ...]] = ("topic", "protocol", "endpoint")
    topic: Ref | str
    protocol: str
    endpoint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Table(Resource):
    """A DynamoDB table, paid by request, with one text as key and items that expire."""

    kind: ClassVar[str] = "table"
    immutable: ClassVar[tuple[str, ...]] = ("name", "hash_key")
    hash_key: str
    expires: str
    kms_key: str | None = None

    @property
    def arn(self) -> str:
        return arn("dynamodb", f"table/{self.name}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket(Resource):
    """A private, encrypted bucket for values that are of no use after `days`. Deleting it deletes them."""

    kind: ClassVar[str] = "bucket"
    days: int
    kms_key: str | None = None

    @property
    def arn(self) -> str:
        return arn("s3", self.name, region=False, account=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule(Resource):
    """A schedule of EventBridge Scheduler; `window` in minutes (0 is exactly), `max_age` in seconds."""

    kind: ClassVar[str] = "schedule"
    expression: str
    timezone: str
    target: Ref
    role: Ref
    input: Mapping[str, Any]
    dead_letter: Ref
    enabled: bool = True
    window: int = 0
    retries: int = 185
    max_age: int = 86_400
    kms_key: str | None = None

    @property
    def arn(self) -> str:
        return arn("scheduler", f"schedule/default/{self.name}")

    @property
    def payload(self) -> str:
        """The input as the target gets it; Scheduler fills in its own words, `<aws.scheduler.…>`."""
        return json.dumps(self.input, ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRule(Resource):
    """A rule of the default event bus that invokes a function.

    `paths` and `template` form the function's event (EventBridge's input transformer); without them it gets
    the event as it is.
    """

    kind: ClassVar[str] = "rule"
    pattern: Mapping[str, Any]
    target: Ref
    dead_letter: Ref
    paths: Mapping[str, str] = field(default_factory=dict)
    template: str = ""
    retries: int = 185
    max_age: int = 86_400
    description: str = ""

    @property
    def arn(self) -> str:
        return arn("events", f"rule/{self.name}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission(Resource):
    """A service may invoke a function, from one source."""

    kind: ClassVar[str] = "permission"
    immutable: ClassVar[tuple[str, ...]] = ("name", "function", "principal", "source")
    function: Ref
    principal: str
    source: Ref


@dataclass(frozen=True, slots=True, kw_only=True)
class BucketNotice(Resource):
    """A bucket that sends its events to EventBridge. `name` is the bucket, which is not ours."""

    kind: ClassVar[str] = "bucket_notice"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm(Resource):
    """An alarm while a queue holds any message."""

    kind: ClassVar[str] = "alarm"
    queue: Ref
    queue_name: str
    topics: tuple[Ref | str, ...]
    description: str = ""

    @property
    def arn(self) -> str:
        return arn("cloudwatch", f"alarm:{self.name}")


def references(value: Any) -> Iterator[Ref]:
    """Every reference in a value, in order."""
    if isinstance(value, Ref):
        yield value
    elif is_dataclass(value) and not isinstance(value, type):
        for each in fields(value):
            yield from references(getattr(value, each.name))
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from references(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from references(item)


def resolved(resource: R, arn_of: Callable[[Ref], str], text: Callable[[str], str]) -> R:
    """The resource with each reference replaced by `arn_of` of it, and each text by `text` of it."""

    def walk(value: Any) -> Any:
        if isinstance(value, Ref):
            return text(arn_of(value))
        if isinstance(value, str):
            return text(value)
        if isinstance(value, Mapping):
            return {key: walk(item) for key, item in value.items()}
        if isinstance(value, tuple):
            return tuple(walk(item) for item in value)
        if isinstance(value, list):
            return [walk(item) for item in value]
        return value

    return replace(resource, **{each.name: walk(getattr(resource, each.name)) for each in fields(resource)})


def plain(resource: Resource) -> dict[str, Any]:
    """The resource as JSON values; references as `{"ref": key}`."""

    def walk(value: Any) -> Any:
        if isinstance(value, Ref):
            return {"ref": value.key + value.suffix}
        if isinstance(value, Mapping):
            return {str(key): walk(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [walk(item) for item in value]
        return value

    return {each.name: walk(getattr(resource, each.name)) for each in fields(resource)}


def digest(resource: Resource, *more: str) -> str:
    """A fingerprint: equal exactly when nothing about the resource (and `more`) changed."""
    document = json.dumps([resource.kind, plain(resource), more], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(document.encode()).hexdigest()[:32]
