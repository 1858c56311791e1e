"""Rebuilding a lost record: what there is of a stage, found by names and tags.

`chalice deploy` finds by itself what the project still has. What has left the project since is found here
only: by the names that begin with those of the stage, and the tags that say whose they are.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from ladle.deploy.assemble import Assembly
from ladle.deploy.changes import made
from ladle.deploy.resources import Resource
from ladle.deploy.services import DIGEST_TAG, DRIVERS, Aws, gone
from ladle.deploy.views import present
from ladle.errors import LadleError

__all__ = ["adopt", "write"]

Entry = dict[str, Any]


def adopt(assembly: Assembly, aws: Aws) -> tuple[Entry, ...]:
    """The entries of a stage's record, in the order of creation; what left the project comes last."""
    entries: list[Entry] = []
    for resource in made(assembly, aws):
        found = DRIVERS[resource.kind].read(aws, resource)
        if found is None or not _ours(found.tags, assembly, resource):
            continue
        entries.append(_entry(aws, resource, dict(found.values), found.tags or {}))
    known = {(each["kind"], each["aws_name"]) for each in entries}
    prefix = f"{assembly.app}-{assembly.stage.name}-"
    for kind, listed in _LISTINGS.items():
        for name, arn, tags in listed(aws, prefix):
            if (kind, name) in known or not _of_stage(tags, assembly) or _resumes(tags):
                continue
            key = (tags or {}).get("ladle:key", f"{kind}.{name.removeprefix(prefix)}")
            values = {"arn": arn, "kind": kind, "digest": "", "fixed": {"name": name}}
            entries.append(_named(kind, key, name, values))
    return tuple(entries)


def _resumes(tags: Mapping[str, str] | None) -> bool:
    """Whether it is the machine of resumed runs, which goes with the workflow's own and never alone."""
    return (tags or {}).get("ladle:key", "").startswith("resume.")


def write(root: Path, stage: str, entries: tuple[Entry, ...]) -> Path:
    """Write the record of a stage. Raises LadleError when there is one already: it knows more."""
    path = root / ".chalice" / "deployed" / f"{stage}.json"
    if path.exists():
        raise LadleError(f"{path.relative_to(root)} exists: adopt is for a lost one; move it away first")
    path.parent.mkdir(parents=True, exist_ok=True)
    document = {"resources": list(entries), "schema_version": "2.0", "backend": "api"}
    path.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    return path


def _entry(aws: Aws, resource: Resource, values: Entry, tags: Mapping[str, str]) -> Entry:
    fixed = {name: getattr(resource, name) for name in type(resource).immutable}
    if resource.kind == "machine":
        fixed["type"] = (present(aws, resource) or fixed)["type"]
    recorded = {**values, "kind": resource.kind, "digest": tags.get(DIGEST_TAG, ""), "fixed": fixed}
    return _named(resource.kind, resource.key, resource.name, recorded)


def _named(kind: str, key: str, name: str, values: Entry) -> Entry:
    record = key.replace("api_mapping", "api-mapping")
    return {**values, "aws_name": name, "name": record, "resource_type": f"ladle_{kind}"}


def _ours(tags: Mapping[str, str] | None, assembly: Assembly, resource: Resource) -> bool:
    """Whether a resource of the right name is this stage's. Kinds without tags are known by their names."""
    return not resource.tags or _of_stage(tags, assembly)


def _of_stage(tags: Mapping[str, str] | None, assembly: Assembly) -> bool:
    if tags is None:
        return True
    return (tags.get("ladle:app"), tags.get("ladle:stage")) == (assembly.app, assembly.stage.name)


# ---------------------------------------------------------------------------------- what there is of a kind

Listed = Iterator[tuple[str, str, Mapping[str, str] | None]]
"""Name, ARN, and tags of each; None where the kind has none."""


def _pages(client: Any, operation: str, key: str, **arguments: Any) -> Iterator[Any]:
    for page in client.get_paginator(operation).paginate(**arguments):
        yield from page[key]


def _log_groups(aws: Aws, prefix: str) -> Listed:
    client = aws.client("logs")
    for place in ("/aws/lambda/", "/aws/vendedlogs/states/"):
        listed = _pages(client, "describe_log_groups", "logGroups", logGroupNamePrefix=place + prefix)
        for each in listed:
            arn = each["arn"].removesuffix(":*")
            yield each["logGroupName"], arn, client.list_tags_for_resource(resourceArn=arn).get("tags", {})


def _roles(aws: Aws, prefix: str) -> Listed:
    client = aws.client("iam")
    for each in _pages(client, "list_roles", "Roles"):
        if each["RoleName"].startswith(prefix):
            tags = client.list_role_tags(RoleName=each["RoleName"])["Tags"]
            yield each["RoleName"], each["Arn"], {tag["Key"]: tag["Value"] for tag in tags}


def _functions(aws: Aws, prefix: str) -> Listed:
    client = aws.client("lambda")
    for each in _pages(client, "list_functions", "Functions"):
        if each["FunctionName"].startswith(prefix):
            arn = each["FunctionArn"]
            yield each["FunctionName"], arn, client.list_tags(Resource=arn).get("Tags", {})


def _machines(aws: Aws, prefix: str) -> Listed:
    client = aws.client("stepfunctions")
    for each in _pages(client, "list_state_machines", "stateMachines"):
        if each["name"].startswith(prefix):
            arn = each["stateMachineArn"]
            tags = client.list_tags_for_resource(resourceArn=arn)["tags"]
            yield each["name"], arn, {tag["key"]: tag["value"] for tag in tags}


def _activities(aws: Aws, prefix: str) -> Listed:
    client = aws.client("stepfunctions")
    for each in _pages(client, "list_activities", "activities"):
        if each["name"].startswith(prefix):
            tags = client.list_tags_for_resource(resourceArn=each["activityArn"])["tags"]
            yield each["name"], each["activityArn"], {tag["key"]: tag["value"] for tag in tags}


def _rules(aws: Aws, prefix: str) -> Listed:
    client = aws.client("events")
    for each in _pages(client, "list_rules", "Rules", NamePrefix=prefix):
        tags = client.list_tags_for_resource(ResourceARN=each["Arn"])["Tags"]
        yield each["Name"], each["Arn"], {tag["Key"]: tag["Value"] for tag in tags}


def _schedules(aws: Aws, prefix: str) -> Listed:
    client = aws.client("scheduler")
    for each in _pages(client, "list_schedules", "Schedules", NamePrefix=prefix):
        # They have no tags, and another stage's name may begin with this one's: the target tells.
        target = client.get_schedule(Name=each["Name"])["Target"]["Arn"]
        if f":function:{prefix}ladle-" in target:
            yield each["Name"], each["Arn"], None


def _policies(aws: Aws, prefix: str) -> Listed:
    client = aws.client("iam")
    for each in _pages(client, "list_policies", "Policies", Scope="Local"):
        if each["PolicyName"].startswith(prefix):
            tags = client.list_policy_tags(PolicyArn=each["Arn"])["Tags"]
            yield each["PolicyName"], each["Arn"], {tag["Key"]: tag["Value"] for tag in tags}


def _alarms(aws: Aws, prefix: str) -> Listed:
    client = aws.client("cloudwatch")
    for each in _pages(client, "describe_alarms", "MetricAlarms", AlarmNamePrefix=prefix):
        tags = client.list_tags_for_resource(ResourceARN=each["AlarmArn"])["Tags"]
        yield each["AlarmName"], each["AlarmArn"], {tag["Key"]: tag["Value"] for tag in tags}


def _buckets(aws: Aws, prefix: str) -> Listed:
    client = aws.client("s3")
    for each in client.list_buckets()["Buckets"]:
        if each["Name"].startswith(prefix.lower()):
            found = gone(client.get_bucket_tagging, Bucket=each["Name"]) or {"TagSet": []}
            tags = {tag["Key"]: tag["Value"] for tag in found["TagSet"]}
            if "ladle:stage" in tags:  # any other bucket may have such a name
                yield each["Name"], f"arn:{aws.partition}:s3:::{each['Name']}", tags


_LISTINGS: Final[Mapping[str, Callable[[Aws, str], Listed]]] = MappingProxyType(
    {
        "bucket": _buckets,
        "log_group": _log_groups,
        "policy": _policies,
        "role": _roles,
        "function": _functions,
        "activity": _activities,
        "machine": _machines,
        "rule": _rules,
        "schedule": _schedules,
        "alarm": _alarms,
    }
)
"""The kinds that come and go with tasks, workflows and triggers, in the order of creation."""
