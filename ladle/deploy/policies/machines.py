"""What a state machine may do: exactly what its definition names.

Which permissions an integration needs is written on its page in the Step Functions Developer Guide ("IAM
policies for integrated services"). What is not in the tables here is refused with its state: a role that
lacks something fails at night, and one that has too much is worse.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

from ladle.asl.integrations import PLACEHOLDER, parse_resource
from ladle.asl.model import walk
from ladle.deploy.policies.forced import forced
from ladle.deploy.policies.functions import executions_of
from ladle.deploy.policies.statements import Statement, merged
from ladle.deploy.resources import arn
from ladle.errors import LadleError

__all__ = ["INTEGRATIONS", "machine_statements"]

Arguments = Mapping[str, Any]
Grants = Iterator[Statement]


def machine_statements(
    definition: Mapping[str, Any], machine: str, *, logs: bool = False, tracing: bool = False, key: str = ""
) -> tuple[Statement, ...]:
    """What the role of a machine may do.

    `definition` has the ARNs of functions and machines in it, `machine` is the ARN of the machine itself
    (its distributed Maps start runs of it). `logs` and `tracing` say whether it writes them; `key` is the
    KMS key (an ARN) that encrypts it. Raises LadleError naming the state for an integration that is not in
    the tables and for a resource that is only known when the machine runs.
    """
    found: list[Statement] = []
    for visit in walk(definition):
        name = str(visit.pointer[-1])
        if visit.state.get("Type") == "Task":
            found += _task(name, visit.state)
        elif visit.state.get("Type") == "Map":
            found += _map(name, visit.state, machine)
    if logs:
        found.append(forced("logs:"))
    if tracing:
        found.append(forced("xray:"))
    if key:
        found.append(Statement(("kms:Decrypt", "kms:GenerateDataKey"), (key,)))
    return merged(found)


def _task(name: str, state: Mapping[str, Any]) -> Grants:
    text = str(state.get("Resource", ""))
    resource = parse_resource(text)
    if resource.kind == "activity":
        return  # whoever polls the activity needs a permission; the machine does not
    if resource.kind == "lambda" or ":function:" in text:
        yield Statement(("lambda:InvokeFunction",), (text,))
        return
    arguments = {**state.get("Parameters", {}), **_literal(state.get("Arguments", {}))}
    key = f"{resource.service}:{resource.action}"
    grants = INTEGRATIONS.get(key) if resource.kind in ("service", "sdk") else None
    if grants is None:
        raise LadleError(
            f"state {name!r}: it is not known which permissions {text or 'a task without a resource'} needs: "
            "call the service from a task that states them, with @task(allow=[…])"
        )
    try:
        yield from grants(arguments)
        if resource.pattern.startswith(".sync"):
            yield from _WAITING[key](arguments)
    except _Dynamic as error:
        raise LadleError(
            f"state {name!r}: {error} is known only when the machine runs, so its role would have to allow "
            "every resource of the kind: write the name itself, or call the service from a task"
        ) from None


def _literal(arguments: Any) -> Mapping[str, Any]:
    return arguments if isinstance(arguments, Mapping) else {}


class _Dynamic(Exception):
    """An argument that names a resource is an expression, or is not there."""


def _named(arguments: Arguments, *names: str) -> str:
    """The first of these arguments that is there, as a text that holds no expression."""
    for name in names:
        value = arguments.get(name)
        if isinstance(value, str) and "{%" not in value and not _substituted(value):
            return value
        if value is not None or f"{name}.$" in arguments:
            raise _Dynamic(f"`{name}`")
    raise _Dynamic(f"`{names[0]}`")


def _substituted(text: str) -> bool:
    """Whether it holds a placeholder that nobody has filled in yet."""
    return any(not found.startswith("${AWS::") for found in PLACEHOLDER.findall(text))


# ------------------------------------------------------------------------------------------- what each needs


def _on(action: str, target: Callable[[Arguments], str]) -> Callable[[Arguments], Grants]:
    """One action on one resource."""

    def grants(arguments: Arguments) -> Grants:
        yield Statement((action,), (target(arguments),))

    return grants


def _function(arguments: Arguments) -> str:
    return _arn_or(_named(arguments, "FunctionName"), "lambda", "function:")


def _machine(arguments: Arguments) -> str:
    return _arn_or(_named(arguments, "StateMachineArn"), "states", "stateMachine:")


def _topic(arguments: Arguments) -> str:
    return _arn_or(_named(arguments, "TopicArn", "TargetArn"), "sns", "")


def _queue(arguments: Arguments) -> str:
    url = _named(arguments, "QueueUrl")
    return arn("sqs", url.rpartition("/")[2]) if "/" in url else _arn_or(url, "sqs", "")


def _table(arguments: Arguments) -> str:
    return _arn_or(_named(arguments, "TableName"), "dynamodb", "table/")


def _job(arguments: Arguments) -> str:
    return _arn_or(_named(arguments, "JobName"), "glue", "job/")


def _object(arguments: Arguments) -> str:
    return f"{_bucket(arguments)}/{_named(arguments, 'Key')}"


def _bucket(arguments: Arguments) -> str:
    return f"arn:${{AWS::Partition}}:s3:::{_named(arguments, 'Bucket')}"


def _arn_or(text: str, service: str, kind: str) -> str:
    return text if text.startswith("arn:") else arn(service, f"{kind}{text}")


def _buses(arguments: Arguments) -> Grants:
    entries = arguments.get("Entries")
    if not isinstance(entries, list):
        raise _Dynamic("`Entries`")
    for entry in entries:
        bus = _named({"EventBusName": "default", **_literal(entry)}, "EventBusName")
        yield Statement(("events:PutEvents",), (_arn_or(bus, "events", "event-bus/"),))


def _waits_for_run(arguments: Arguments) -> Grants:
    machine = _machine(arguments)
    # A redrive of this machine's run redrives the nested run.
    actions = ("states:DescribeExecution", "states:StopExecution", "states:RedriveExecution")
    yield Statement(actions, executions_of([machine]))
    yield _rule("StepFunctionsGetEventsForStepFunctionsExecutionRule")


def _waits_for_job(arguments: Arguments) -> Grants:
    yield Statement(("glue:GetJobRun", "glue:GetJobRuns", "glue:BatchStopJobRun"), (_job(arguments),))


def _rule(name: str) -> Statement:
    """The rule that Step Functions itself keeps, to hear of the end of what it waits for."""
    return Statement(
        ("events:PutTargets", "events:PutRule", "events:DescribeRule"), (arn("events", f"rule/{name}"),)
    )


INTEGRATIONS: Final[Mapping[str, Callable[[Arguments], Grants]]] = MappingProxyType(
    {
        "lambda:invoke": _on("lambda:InvokeFunction", _function),
        "states:startExecution": _on("states:StartExecution", _machine),
        "sns:publish": _on("sns:Publish", _topic),
        "sqs:sendMessage": _on("sqs:SendMessage", _queue),
        "dynamodb:getItem": _on("dynamodb:GetItem", _table),
        "dynamodb:putItem": _on("dynamodb:PutItem", _table),
        "dynamodb:updateItem": _on("dynamodb:UpdateItem", _table),
        "dynamodb:deleteItem": _on("dynamodb:DeleteItem", _table),
        "events:putEvents": _buses,
        "glue:startJobRun": _on("glue:StartJobRun", _job),
        "aws-sdk:s3:getObject": _on("s3:GetObject", _object),
        "aws-sdk:s3:headObject": _on("s3:GetObject", _object),
        "aws-sdk:s3:putObject": _on("s3:PutObject", _object),
        "aws-sdk:s3:deleteObject": _on("s3:DeleteObject", _object),
        "aws-sdk:s3:listObjectsV2": _on("s3:ListBucket", _bucket),
        "aws-sdk:dynamodb:query": _on("dynamodb:Query", _table),
        "aws-sdk:dynamodb:scan": _on("dynamodb:Scan", _table),
        "aws-sdk:dynamodb:getItem": _on("dynamodb:GetItem", _table),
        "aws-sdk:dynamodb:putItem": _on("dynamodb:PutItem", _table),
        "aws-sdk:sns:publish": _on("sns:Publish", _topic),
        "aws-sdk:sqs:sendMessage": _on("sqs:SendMessage", _queue),
        "aws-sdk:lambda:invoke": _on("lambda:InvokeFunction", _function),
        "aws-sdk:sfn:startExecution": _on("states:StartExecution", _machine),
        "aws-sdk:glue:startJobRun": _on("glue:StartJobRun", _job),
    }
)
"""`service:action` (SDK integrations with `aws-sdk:` before it): what it needs to be called."""

_WAITING: Final[Mapping[str, Callable[[Arguments], Grants]]] = MappingProxyType(
    {"states:startExecution": _waits_for_run, "glue:startJobRun": _waits_for_job}
)
"""What `.sync` needs besides."""


# ---------------------------------------------------------------------------------------- distributed Maps


def _map(name: str, state: Mapping[str, Any], machine: str) -> Grants:
    processor = state.get("ItemProcessor", state.get("Iterator", {}))
    if processor.get("ProcessorConfig", {}).get("Mode") == "DISTRIBUTED":
        yield Statement(("states:StartExecution",), (machine,))
        runs = f"{machine.replace(':stateMachine:', ':execution:', 1)}/*"
        actions = ("states:DescribeExecution", "states:StopExecution", "states:RedriveExecution")
        yield Statement(actions, (runs,))
    try:
        if reader := state.get("ItemReader"):
            yield from _reader(reader)
        if writer := state.get("ResultWriter"):
            yield from _writer(writer)
    except _Dynamic as error:
        raise LadleError(
            f"state {name!r}: {error} is known only when the machine runs, so its role would have to allow "
            "every bucket: write the name of the bucket itself"
        ) from None


def _reader(reader: Mapping[str, Any]) -> Grants:
    arguments = {**reader.get("Parameters", {}), **_literal(reader.get("Arguments", {}))}
    bucket = _bucket(arguments)
    if str(reader.get("Resource", "")).endswith("listObjectsV2"):
        yield Statement(("s3:ListBucket",), (bucket,))
        return
    # A manifest leads to other objects of its bucket; a key may be known only when the machine runs.
    manifest = reader.get("ReaderConfig", {}).get("InputType") in ("MANIFEST", "PARQUET_MANIFEST")
    key = arguments.get("Key")
    literal = isinstance(key, str) and "{%" not in key and not manifest
    yield Statement(("s3:GetObject",), (f"{bucket}/{key if literal else '*'}",))


def _writer(writer: Mapping[str, Any]) -> Grants:
    arguments = {**writer.get("Parameters", {}), **_literal(writer.get("Arguments", {}))}
    if not arguments:
        return
    prefix = arguments.get("Prefix")
    literal = isinstance(prefix, str) and "{%" not in prefix
    actions = ("s3:PutObject", "s3:GetObject", "s3:ListMultipartUploadParts", "s3:AbortMultipartUpload")
    where = f"{prefix.rstrip('/')}/*" if literal and prefix else "*"
    yield Statement(actions, (f"{_bucket(arguments)}/{where}",))
