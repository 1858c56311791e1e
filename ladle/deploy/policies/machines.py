"""What a state machine may do: exactly what its definition names.

Which permissions an integration needs is written on its page in the Step Functions Developer Guide ("IAM
policies for integrated services"). What is not in the tables here is refused with its state: a role that
lacks something fails at night, and one that has too much is worse.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from types import MappingProxyType
from typing import Any, Final

from ladle.asl.integrations import parse_resource
from ladle.asl.model import walk
from ladle.deploy.policies.arguments import Dynamic, named
from ladle.deploy.policies.forced import forced
from ladle.deploy.policies.functions import executions_of
from ladle.deploy.policies.jobs import PASSING_ROLES, STARTING, WAITING, rule
from ladle.deploy.policies.statements import Statement, merged
from ladle.deploy.resources import arn
from ladle.errors import LadleError
from ladle.operate.resume import resumer_of
from ladle.services import service_named

__all__ = ["INTEGRATIONS", "machine_statements"]

MACHINE: Final = "ladle:machine"
"""The key among a call's arguments under which the ARN of the machine stands."""

Arguments = Mapping[str, Any]
Grants = Iterator[Statement]


def machine_statements(
    definition: Mapping[str, Any],
    machine: str,
    *,
    logs: bool = False,
    tracing: bool = False,
    key: str = "",
    stated: Sequence[Statement] = (),
    buckets: Collection[str] = (),
) -> tuple[Statement, ...]:
    """What the role of a machine may do.

    `definition` has the ARNs of functions and machines in it, `machine` is the ARN of the machine itself
    (its distributed Maps start runs of it). `logs` and `tracing` say whether it writes them; `key` is the
    KMS key (an ARN) that encrypts it. `stated` is what `@workflow(allow=[…])` says: it stands for what
    cannot be known here. `buckets` are the stage's, one of which an expression means that names a bucket.

    Raises LadleError naming the state for an integration that is not in the tables and for a resource that is
    only known when the machine runs, where `stated` says nothing of the service.
    """
    found: list[Statement] = [*stated]
    services = {action.partition(":")[0] for each in stated for action in each.actions}
    for visit in walk(definition):
        name = str(visit.pointer[-1])
        if visit.state.get("Type") == "Task":
            found += _task(name, visit.state, services, machine)
        elif visit.state.get("Type") == "Map":
            found += _map(name, visit.state, machine, buckets)
    if logs:
        found.append(forced("logs:"))
    if tracing:
        found.append(forced("xray:"))
    if key:
        found.append(Statement(("kms:Decrypt", "kms:GenerateDataKey"), (key,)))
    return merged(found)


def _task(name: str, state: Mapping[str, Any], stated: Collection[str], machine: str) -> Grants:
    text = str(state.get("Resource", ""))
    resource = parse_resource(text)
    if resource.kind == "activity" or ":activity:" in text:
        return  # whoever polls the activity needs a permission; the machine does not
    if resource.kind == "lambda" or ":function:" in text:
        yield Statement(("lambda:InvokeFunction",), (text,))
        return
    arguments = {**state.get("Parameters", {}), **_literal(state.get("Arguments", {})), MACHINE: machine}
    key = f"{resource.service}:{resource.action}"
    grants = INTEGRATIONS.get(key) if resource.kind in ("service", "sdk") else None
    if key in PASSING_ROLES and "iam" not in stated:
        raise LadleError(
            f"state {name!r}: the machine hands on roles to the job, and which they are is not said here: "
            'state them, @workflow(allow=["iam:PassRole arn:aws:iam::…:role/…"])'
        )
    if resource.kind in ("service", "sdk") and _prefix(resource.service) in stated:
        if grants is not None:  # what can be known is allowed without being stated
            with suppress(Dynamic):
                yield from _granted(key, resource.pattern, grants, arguments)
        return
    if grants is None:
        raise LadleError(
            f"state {name!r}: it is not known which permissions {text or 'a task without a resource'} needs: "
            f"state them, {_example(resource.service, resource.action)}"
        )
    try:
        yield from _granted(key, resource.pattern, grants, arguments)
    except Dynamic as error:
        raise LadleError(
            f"state {name!r}: {error} is known only when the machine runs, so its role would have to allow "
            "every resource of the kind: write the name itself, or state what the role may use, "
            f"{_example(resource.service, resource.action)}"
        ) from None


def _granted(
    key: str, pattern: str, grants: Callable[[Arguments], Grants], arguments: Arguments
) -> tuple[Statement, ...]:
    """All that a call needs, or Dynamic: half of it would be of no use."""
    waits = _WAITING[key](arguments) if pattern.startswith(".sync") else ()
    return (*grants(arguments), *waits)


def _prefix(service: str) -> str:
    """The service's name in IAM's actions."""
    if service == "http":
        return "states"
    found = service_named(service.removeprefix("aws-sdk:"))
    return service if found is None else found.signing


def _example(service: str, action: str) -> str:
    prefix = _prefix(service)
    return f'@workflow(allow=["{prefix}:{action[:1].upper()}{action[1:]} arn:aws:{prefix}:…"])'


def _literal(arguments: Any) -> Mapping[str, Any]:
    return arguments if isinstance(arguments, Mapping) else {}


# ------------------------------------------------------------------------------------------- what each needs


def _on(action: str, target: Callable[[Arguments], str]) -> Callable[[Arguments], Grants]:
    """One action on one resource."""

    def grants(arguments: Arguments) -> Grants:
        yield Statement((action,), (target(arguments),))

    return grants


def _function(arguments: Arguments) -> str:
    return _arn_or(named(arguments, "FunctionName"), "lambda", "function:")


def _machine(arguments: Arguments) -> str:
    return _arn_or(named(arguments, "StateMachineArn"), "states", "stateMachine:")


def _topic(arguments: Arguments) -> str:
    return _arn_or(named(arguments, "TopicArn", "TargetArn"), "sns", "")


def _queue(arguments: Arguments) -> str:
    url = named(arguments, "QueueUrl")
    return arn("sqs", url.rpartition("/")[2]) if "/" in url else _arn_or(url, "sqs", "")


def _table(arguments: Arguments) -> str:
    return _arn_or(named(arguments, "TableName"), "dynamodb", "table/")


def _object(arguments: Arguments) -> str:
    return f"{_bucket(arguments)}/{named(arguments, 'Key')}"


def _bucket(arguments: Arguments) -> str:
    return f"arn:${{AWS::Partition}}:s3:::{named(arguments, 'Bucket')}"


def _arn_or(text: str, service: str, kind: str) -> str:
    return text if text.startswith("arn:") else arn(service, f"{kind}{text}")


def _buses(arguments: Arguments) -> Grants:
    entries = arguments.get("Entries")
    if not isinstance(entries, list):
        raise Dynamic("`Entries`")
    for entry in entries:
        bus = named({"EventBusName": "default", **_literal(entry)}, "EventBusName")
        yield Statement(("events:PutEvents",), (_arn_or(bus, "events", "event-bus/"),))


def _waits_for_run(arguments: Arguments) -> Grants:
    machine = _machine(arguments)
    # A redrive of this machine's run redrives the nested run.
    actions = ("states:DescribeExecution", "states:StopExecution", "states:RedriveExecution")
    yield Statement(actions, executions_of([machine]))
    yield rule("StepFunctionsGetEventsForStepFunctionsExecutionRule")


def _web(arguments: Arguments) -> Grants:
    """A method of an endpoint, with the credentials of a connection, which EventBridge keeps as a secret."""
    connection = named(_literal(arguments.get("Authentication")), "ConnectionArn")
    condition = {
        "StringEquals": {
            "states:HTTPEndpoint": named(arguments, "ApiEndpoint"),
            "states:HTTPMethod": named(arguments, "Method"),
        }
    }
    yield Statement(("states:InvokeHTTPEndpoint",), (arguments[MACHINE],), condition)
    yield Statement(("events:RetrieveConnectionCredentials",), (connection,))
    start, _, name = connection.partition(":connection/")
    secrets = (
        start.replace(":events:", ":secretsmanager:", 1) + f":secret:events!connection/{name.split('/')[0]}/*"
    )
    yield Statement(("secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"), (secrets,))


INTEGRATIONS: Final[Mapping[str, Callable[[Arguments], Grants]]] = MappingProxyType(
    {
        "lambda:invoke": _on("lambda:InvokeFunction", _function),
        "states:startExecution": _on("states:StartExecution", _machine),
        "http:invoke": _web,
        "sns:publish": _on("sns:Publish", _topic),
        "sqs:sendMessage": _on("sqs:SendMessage", _queue),
        "dynamodb:getItem": _on("dynamodb:GetItem", _table),
        "dynamodb:putItem": _on("dynamodb:PutItem", _table),
        "dynamodb:updateItem": _on("dynamodb:UpdateItem", _table),
        "dynamodb:deleteItem": _on("dynamodb:DeleteItem", _table),
        "events:putEvents": _buses,
        **STARTING,
        "aws-sdk:s3:getObject": _on("s3:GetObject", _object),
        "aws-sdk:s3:headObject": _on("s3:GetObject", _object),
        "aws-sdk:s3:putObject": _on("s3:PutObject", _object),
        "aws-sdk:s3:deleteObject": _on("s3:DeleteObject", _object),
        "aws-sdk:s3:listObjectsV2": _on("s3:ListBucket", _bucket),
        "aws-sdk:dynamodb:query": _on("dynamodb:Query", _table),
        "aws-sdk:dynamodb:scan": _on("dynamodb:Scan", _table),
        "aws-sdk:dynamodb:getItem": _on("dynamodb:GetItem", _table),
        "aws-sdk:dynamodb:putItem": _on("dynamodb:PutItem", _table),
        "aws-sdk:dynamodb:updateItem": _on("dynamodb:UpdateItem", _table),
        "aws-sdk:dynamodb:deleteItem": _on("dynamodb:DeleteItem", _table),
        "aws-sdk:sns:publish": _on("sns:Publish", _topic),
        "aws-sdk:sqs:sendMessage": _on("sqs:SendMessage", _queue),
        "aws-sdk:lambda:invoke": _on("lambda:InvokeFunction", _function),
        "aws-sdk:sfn:startExecution": _on("states:StartExecution", _machine),
        "aws-sdk:sfn:startSyncExecution": _on("states:StartSyncExecution", _machine),
        **{f"aws-sdk:{key}": grant for key, grant in STARTING.items()},
    }
)
"""`service:action` (SDK integrations with `aws-sdk:` before it): what it needs to be called."""

_WAITING: Final[Mapping[str, Callable[[Arguments], Grants]]] = MappingProxyType(
    {"states:startExecution": _waits_for_run, **WAITING}
)
"""What `.sync` needs besides."""


# ---------------------------------------------------------------------------------------- distributed Maps


def _map(name: str, state: Mapping[str, Any], machine: str, buckets: Collection[str]) -> Grants:
    processor = state.get("ItemProcessor", state.get("Iterator", {}))
    if processor.get("ProcessorConfig", {}).get("Mode") == "DISTRIBUTED":
        actions = ("states:DescribeExecution", "states:StopExecution", "states:RedriveExecution")
        for own in (machine, resumer_of(machine)):  # which resumes runs of it, with the same role
            yield Statement(("states:StartExecution",), (own,))
            yield Statement(actions, (f"{own.replace(':stateMachine:', ':execution:', 1)}/*",))
    try:
        if reader := state.get("ItemReader"):
            yield from _reader(reader, buckets)
        if writer := state.get("ResultWriter"):
            yield from _writer(writer, buckets)
    except Dynamic as error:
        raise LadleError(
            f"state {name!r}: {error} is known only when the machine runs, so its role would have to allow "
            "every bucket: write the name of the bucket itself, or list it under [buckets] of the stage"
        ) from None


def _reader(reader: Mapping[str, Any], buckets: Collection[str]) -> Grants:
    arguments = {**reader.get("Parameters", {}), **_literal(reader.get("Arguments", {}))}
    found = _buckets(arguments, buckets)
    if str(reader.get("Resource", "")).endswith("listObjectsV2"):
        yield Statement(("s3:ListBucket",), found)
        return
    # A manifest leads to other objects of its bucket; a key may be known only when the machine runs.
    config = reader.get("ReaderConfig", {})
    manifest = config.get("InputType") == "MANIFEST" or "ManifestType" in config
    key = arguments.get("Key")
    literal = isinstance(key, str) and "{%" not in key and not manifest
    yield Statement(("s3:GetObject",), tuple(f"{bucket}/{key if literal else '*'}" for bucket in found))


def _buckets(arguments: Arguments, stage: Collection[str]) -> tuple[str, ...]:
    """The ARN of the bucket that is named, or those of the stage's, one of which an expression means."""
    try:
        return (_bucket(arguments),)
    except Dynamic:
        if not stage:
            raise
        return tuple(f"arn:${{AWS::Partition}}:s3:::{each}" for each in dict.fromkeys(stage))


def _writer(writer: Mapping[str, Any], buckets: Collection[str]) -> Grants:
    arguments = {**writer.get("Parameters", {}), **_literal(writer.get("Arguments", {}))}
    if not arguments:
        return
    prefix = arguments.get("Prefix")
    literal = isinstance(prefix, str) and "{%" not in prefix
    actions = ("s3:PutObject", "s3:GetObject", "s3:ListMultipartUploadParts", "s3:AbortMultipartUpload")
    where = f"{prefix.rstrip('/')}/*" if literal and prefix else "*"
    yield Statement(actions, tuple(f"{bucket}/{where}" for bucket in _buckets(arguments, buckets)))
