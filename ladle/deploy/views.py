"""What a person would compare of a resource: as it is wanted, and as it is in the account."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from difflib import unified_diff
from types import MappingProxyType
from typing import Any, Final

from ladle.deploy.graphs import graph_diff
from ladle.deploy.resources import (
    ActivityResource,
    Alarm,
    Bucket,
    EventRule,
    LambdaFunction,
    LogGroup,
    ManagedPolicy,
    Queue,
    Resource,
    Role,
    Schedule,
    StateMachine,
    Table,
    Topic,
)
from ladle.deploy.services import Aws, gone

__all__ = ["drift", "present", "wanted"]

View = dict[str, Any]

MANAGED_LAYER: Final = "-managed-layer:"
"""How the name of the layer of `automatic_layer` ends."""


def wanted(resource: Resource) -> View | None:
    """The resolved resource's comparable part; None for kinds of which only the digest is compared."""
    match resource:
        case LambdaFunction():
            return {
                "handler": resource.handler,
                "runtime": resource.runtime,
                "memory": resource.memory,
                "timeout": resource.timeout,
                "storage": resource.storage,
                "role": resource.role,
                "environment": dict(resource.environment),
                "concurrency": resource.concurrency,
                "tracing": resource.tracing,
                "subnets": sorted(resource.subnets),
                "security groups": sorted(resource.security_groups),
                "key": resource.kms_key,
                "layers": list(resource.layers),
            }
        case StateMachine():
            return {
                "type": resource.type,
                "role": resource.role,
                "log level": resource.level,
                "tracing": resource.tracing,
                "definition": resource.definition,
            }
        case ActivityResource():
            return {"key": resource.kms_key}
        case Role():
            return {
                "trust": resource.trust,
                "boundary": resource.boundary,
                "attached": sorted(map(str, resource.attached)),
                **{f"policy {name}": document for name, document in resource.documents.items()},
            }
        case EventRule():
            return {"enabled": True, "pattern": resource.pattern, "target": resource.target}
        case Schedule():
            return {
                "enabled": resource.enabled,
                "expression": resource.expression,
                "timezone": resource.timezone,
                "target": resource.target,
                "input": resource.input,
            }
        case ManagedPolicy():
            return {"policy": resource.document}
        case LogGroup():
            return {"retention": resource.retention}
        case Queue():
            return {
                "retention": resource.retention,
                "key": resource.kms_key,
                "policy": resource.policy or None,
            }
        case Topic():
            return {"key": resource.kms_key}
        case Table():
            return {"hash key": resource.hash_key, "expires": resource.expires}
        case Bucket():
            return {"days": resource.days, "public": False}
        case Alarm():
            return {
                "enabled": True,
                "queue": resource.queue_name,
                "topics": list(resource.topics),
                "threshold": 0.0,
            }
    return None


def present(aws: Aws, resource: Resource) -> View | None:
    """The same of what is in the account; the resource must exist."""
    read = _READERS.get(resource.kind)
    return read(aws, resource.name, aws.text(resource.arn)) if read else None


def drift(aws: Aws, resource: Resource) -> tuple[str, ...]:
    """The difference between an existing resource and what is wanted, as the lines of a diff."""
    want = wanted(resource)
    if want is None:
        return ()
    want = json.loads(aws.text(json.dumps(want)))  # what is made of ARNs has placeholders still
    have = present(aws, resource)
    if have == want or have is None:
        return ()
    graph: tuple[str, ...] = ()
    if resource.kind == "machine":
        graph = graph_diff(have.pop("definition"), want.pop("definition"))
    before, after = (json.dumps(each, indent=1, sort_keys=True).splitlines() for each in (have, want))
    return (*tuple(unified_diff(before, after, n=1, lineterm=""))[2:], *graph)


def _function(aws: Aws, name: str, arn: str) -> View:
    del arn
    client = aws.client("lambda")
    found = client.get_function_configuration(FunctionName=name)
    network = found.get("VpcConfig", {})
    return {
        "handler": found["Handler"],
        "runtime": found["Runtime"],
        "memory": found["MemorySize"],
        "timeout": found["Timeout"],
        "storage": found.get("EphemeralStorage", {}).get("Size", 512),
        "role": found["Role"],
        "environment": found.get("Environment", {}).get("Variables", {}),
        "concurrency": client.get_function_concurrency(FunctionName=name).get("ReservedConcurrentExecutions"),
        "tracing": found.get("TracingConfig", {}).get("Mode") == "Active",
        "subnets": sorted(network.get("SubnetIds", ())),
        "security groups": sorted(network.get("SecurityGroupIds", ())),
        "key": found.get("KMSKeyArn") or None,
        # The layer that Chalice makes of the requirements is part of the package, not of the configuration.
        "layers": [each["Arn"] for each in found.get("Layers", ()) if MANAGED_LAYER not in each["Arn"]],
    }


def _machine(aws: Aws, name: str, arn: str) -> View:
    del name
    found = aws.client("stepfunctions").describe_state_machine(stateMachineArn=arn)
    return {
        "type": found["type"],
        "role": found["roleArn"],
        "log level": found.get("loggingConfiguration", {}).get("level", "OFF"),
        "tracing": found.get("tracingConfiguration", {}).get("enabled", False),
        "definition": json.loads(found["definition"]),
    }


def _role(aws: Aws, name: str, arn: str) -> View:
    del arn
    client = aws.client("iam")
    role = client.get_role(RoleName=name)["Role"]
    attached = client.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
    view: View = {
        "trust": role["AssumeRolePolicyDocument"],
        "boundary": role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn"),
        "attached": sorted(each["PolicyArn"] for each in attached),
    }
    for policy in client.list_role_policies(RoleName=name)["PolicyNames"]:
        found = client.get_role_policy(RoleName=name, PolicyName=policy)
        view[f"policy {policy}"] = found["PolicyDocument"]
    return view


def _rule(aws: Aws, name: str, arn: str) -> View:
    del arn
    client = aws.client("events")
    found = client.describe_rule(Name=name)
    targets = [each["Arn"] for each in client.list_targets_by_rule(Rule=name)["Targets"]]
    return {
        "enabled": found["State"] == "ENABLED",
        "pattern": json.loads(found["EventPattern"]),
        "target": targets[0] if len(targets) == 1 else targets,
    }


def _schedule(aws: Aws, name: str, arn: str) -> View:
    del arn
    found = aws.client("scheduler").get_schedule(Name=name)
    return {
        "enabled": found["State"] == "ENABLED",
        "expression": found["ScheduleExpression"],
        "timezone": found["ScheduleExpressionTimezone"],
        "target": found["Target"]["Arn"],
        "input": json.loads(found["Target"]["Input"]),
    }


def _policy(aws: Aws, name: str, arn: str) -> View:
    del name
    client = aws.client("iam")
    version = client.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    found = client.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]
    return {"policy": found["Document"]}


def _log_group(aws: Aws, name: str, arn: str) -> View:
    del arn
    listed = aws.client("logs").describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    return {"retention": next(each.get("retentionInDays") for each in listed if each["logGroupName"] == name)}


def _queue(aws: Aws, name: str, arn: str) -> View:
    del arn
    client = aws.client("sqs")
    url = client.get_queue_url(QueueName=name)["QueueUrl"]
    found = client.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    return {
        "retention": int(found["MessageRetentionPeriod"]),
        "key": found.get("KmsMasterKeyId"),
        "policy": json.loads(found["Policy"]) if found.get("Policy") else None,
    }


def _topic(aws: Aws, name: str, arn: str) -> View:
    del name
    found = aws.client("sns").get_topic_attributes(TopicArn=arn)["Attributes"]
    return {"key": found.get("KmsMasterKeyId") or None}


def _table(aws: Aws, name: str, arn: str) -> View:
    del arn
    client = aws.client("dynamodb")
    keys = client.describe_table(TableName=name)["Table"]["KeySchema"]
    expiry = client.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    on = expiry.get("TimeToLiveStatus") in ("ENABLED", "ENABLING")
    return {"hash key": keys[0]["AttributeName"], "expires": expiry.get("AttributeName") if on else None}


def _bucket(aws: Aws, name: str, arn: str) -> View:
    del arn
    client = aws.client("s3")
    rules = gone(client.get_bucket_lifecycle_configuration, Bucket=name) or {"Rules": []}
    access = gone(client.get_public_access_block, Bucket=name) or {"PublicAccessBlockConfiguration": {}}
    closed = access["PublicAccessBlockConfiguration"]
    days = [rule["Expiration"].get("Days") for rule in rules["Rules"] if rule["Status"] == "Enabled"]
    return {
        "days": days[0] if len(days) == 1 else days,
        "public": not (len(closed) == 4 and all(closed.values())),
    }


def _alarm(aws: Aws, name: str, arn: str) -> View:
    del arn
    (found,) = aws.client("cloudwatch").describe_alarms(AlarmNames=[name])["MetricAlarms"]
    return {
        "enabled": found.get("ActionsEnabled", True),
        "queue": next((each["Value"] for each in found["Dimensions"] if each["Name"] == "QueueName"), None),
        "topics": found["AlarmActions"],
        "threshold": found["Threshold"],
    }


def _activity(aws: Aws, name: str, arn: str) -> View:
    del name
    found = aws.client("stepfunctions").describe_activity(activityArn=arn)
    return {"key": (found.get("encryptionConfiguration") or {}).get("kmsKeyId")}


_READERS: Final[Mapping[str, Callable[[Aws, str, str], View]]] = MappingProxyType(
    {
        "activity": _activity,
        "alarm": _alarm,
        "bucket": _bucket,
        "function": _function,
        "log_group": _log_group,
        "machine": _machine,
        "policy": _policy,
        "queue": _queue,
        "role": _role,
        "rule": _rule,
        "schedule": _schedule,
        "table": _table,
        "topic": _topic,
    }
)
