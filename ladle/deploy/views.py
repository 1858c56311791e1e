"""What a person would compare of a resource: as it is wanted, and as it is in the account."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from ladle.deploy.resources import EventRule, LambdaFunction, Resource, Role, Schedule, StateMachine
from ladle.deploy.services import Aws

__all__ = ["present", "wanted"]

View = dict[str, Any]


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
            }
        case StateMachine():
            return {
                "type": resource.type,
                "role": resource.role,
                "log level": resource.level,
                "definition": resource.definition,
            }
        case Role():
            return {"trust": resource.trust, **{f"policy {k}": v for k, v in resource.documents.items()}}
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
    return None


def present(aws: Aws, resource: Resource) -> View | None:
    """The same of what is in the account; the resource must exist."""
    read = _READERS.get(resource.kind)
    return read(aws, resource.name, aws.text(resource.arn)) if read else None


def _function(aws: Aws, name: str, arn: str) -> View:
    del arn
    found = aws.client("lambda").get_function_configuration(FunctionName=name)
    return {
        "handler": found["Handler"],
        "runtime": found["Runtime"],
        "memory": found["MemorySize"],
        "timeout": found["Timeout"],
        "storage": found.get("EphemeralStorage", {}).get("Size", 512),
        "role": found["Role"],
        "environment": found.get("Environment", {}).get("Variables", {}),
    }


def _machine(aws: Aws, name: str, arn: str) -> View:
    del name
    found = aws.client("stepfunctions").describe_state_machine(stateMachineArn=arn)
    return {
        "type": found["type"],
        "role": found["roleArn"],
        "log level": found.get("loggingConfiguration", {}).get("level", "OFF"),
        "definition": json.loads(found["definition"]),
    }


def _role(aws: Aws, name: str, arn: str) -> View:
    del arn
    client = aws.client("iam")
    view = {"trust": client.get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"]}
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


_READERS: Final[Mapping[str, Callable[[Aws, str, str], View]]] = MappingProxyType(
    {
        "function": _function,
        "machine": _machine,
        "role": _role,
        "rule": _rule,
        "schedule": _schedule,
    }
)
