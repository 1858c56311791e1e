"""Resources as Terraform's JSON syntax writes them, for the provider `hashicorp/aws`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from ladle.deploy.resources import (
    ActivityResource,
    Alarm,
    Bucket,
    BucketNotice,
    EventRule,
    LambdaFunction,
    LogGroup,
    ManagedPolicy,
    Permission,
    Queue,
    Resource,
    Role,
    Schedule,
    StateMachine,
    Subscription,
    Table,
    Topic,
    references,
)
from ladle.deploy.templates.base import PSEUDO, compact, flag_command, identifier, in_json, texts

__all__ = ["add"]

ByKey = Mapping[str, Resource]

_DATA: Final = {
    "Partition": "${data.aws_partition.chalice.partition}",
    "Region": "${data.aws_region.chalice.name}",
    "AccountId": "${data.aws_caller_identity.chalice.account_id}",
}
"""What the placeholders are in Terraform; Chalice's template has these sources of data."""

_TYPES: Final = {
    "alarm": "aws_cloudwatch_metric_alarm",
    "bucket": "aws_s3_bucket",
    "function": "aws_lambda_function",
    "log_group": "aws_cloudwatch_log_group",
    "activity": "aws_sfn_activity",
    "machine": "aws_sfn_state_machine",
    "permission": "aws_lambda_permission",
    "policy": "aws_iam_policy",
    "queue": "aws_sqs_queue",
    "role": "aws_iam_role",
    "rule": "aws_cloudwatch_event_rule",
    "schedule": "aws_scheduler_schedule",
    "subscription": "aws_sns_topic_subscription",
    "table": "aws_dynamodb_table",
    "topic": "aws_sns_topic",
}

_VERSIONS: Final = {"required_version": ">= 1.5.0", "aws": ">= 5.80.0, < 7"}
"""Chalice asks for providers before 5, which know neither schedules with keys nor today's Pythons."""


def add(template: dict[str, Any], resource: Resource, by_key: ByKey, code: str, layer: str = "") -> None:
    """Add a resource to a template; the parameters are those of the CloudFormation one."""
    template["terraform"]["required_version"] = _VERSIONS["required_version"]
    template["terraform"]["required_providers"]["aws"]["version"] = _VERSIONS["aws"]
    if isinstance(resource, BucketNotice):
        # `aws_s3_bucket_notification` owns all notifications of a bucket: it would erase those of others.
        template.setdefault("output", {})[identifier(resource.key, "_")] = {
            "description": f"Turns on the events of the bucket {resource.name}, which must go to EventBridge",
            "value": flag_command(resource),
        }
        return
    name = identifier(resource.key, "_")
    before = sorted({_address(ref.key) for ref in references(resource)})
    for kind, (label, arguments) in _forms(resource, by_key, code, layer, name).items():
        first = before if kind == _TYPES[resource.kind] else [_address(resource.key)]
        body = compact({**arguments, "depends_on": first})
        template["resource"].setdefault(kind, {})[label] = body


def _address(key: str) -> str:
    return f"{_TYPES[key.partition('.')[0]]}.{identifier(key, '_')}"


def _text(text: str) -> str:
    """A text in which the placeholders are Terraform's, and all else is literal."""
    parts = PSEUDO.split(text)
    literal = [re.sub(r"([$%])\{", r"\1\1{", part) for part in parts[::2]]
    found = literal[0]
    for name, rest in zip(parts[1::2], literal[1:], strict=True):
        found += _DATA[name] + rest
    return found


def _forms(
    resource: Resource, by_key: ByKey, code: str, layer: str, name: str
) -> dict[str, tuple[str, dict[str, Any]]]:
    """Type: label and arguments."""

    def at(value: Any) -> Any:
        return texts(value, by_key, _text)

    def document(value: Any) -> str:
        return _text(in_json(value, by_key))

    tags = at(dict(sorted(resource.tags.items())))
    own = _TYPES[resource.kind]
    match resource:
        case Role():
            role = {
                "name": resource.name,
                "path": resource.path,
                "assume_role_policy": document(resource.trust),
                "permissions_boundary": resource.boundary,
                "managed_policy_arns": at(resource.attached),
                "tags": tags,
            }
            forms: dict[str, tuple[str, dict[str, Any]]] = {own: (name, role)}
            for policy, statements in resource.documents.items():
                forms["aws_iam_role_policy"] = (
                    name,
                    {"name": policy, "role": f"${{{own}.{name}.id}}", "policy": document(statements)},
                )
            return forms
        case ManagedPolicy():
            managed = {
                "name": resource.name,
                "path": resource.path,
                "policy": document(resource.document),
                "tags": tags,
            }
            return {own: (name, managed)}
        case LogGroup():
            group = {
                "name": resource.name,
                "retention_in_days": resource.retention,
                "kms_key_id": resource.kms_key,
                "tags": tags,
            }
            return {own: (name, group)}
        case LambdaFunction():
            return {own: (name, {**_function(resource, at, code, layer), "tags": tags})}
        case StateMachine():
            return {own: (name, {**_machine(resource, at), "tags": tags})}
        case ActivityResource():
            encryption = {"type": "CUSTOMER_MANAGED_KMS_KEY", "kms_key_id": resource.kms_key}
            activity = {
                "name": resource.name,
                "encryption_configuration": encryption if resource.kms_key else None,
                "tags": tags,
            }
            return {own: (name, activity)}
        case Queue():
            queue = {
                "name": resource.name,
                "message_retention_seconds": resource.retention,
                "kms_master_key_id": resource.kms_key,
                "sqs_managed_sse_enabled": True if resource.kms_key is None else None,
                "policy": document(resource.policy) if resource.policy else None,
                "tags": tags,
            }
            return {own: (name, queue)}
        case Topic():
            return {own: (name, {"name": resource.name, "kms_master_key_id": resource.kms_key, "tags": tags})}
        case Subscription():
            subscription = {
                "topic_arn": at(resource.topic),
                "protocol": resource.protocol,
                "endpoint": resource.endpoint,
            }
            return {own: (name, subscription)}
        case Table():
            table = {
                "name": resource.name,
                "billing_mode": "PAY_PER_REQUEST",
                "hash_key": resource.hash_key,
                "attribute": [{"name": resource.hash_key, "type": "S"}],
                "ttl": {"attribute_name": resource.expires, "enabled": True},
                "server_side_encryption": {"enabled": True, "kms_key_arn": resource.kms_key}
                if resource.kms_key
                else None,
                "tags": tags,
            }
            return {own: (name, table)}
        case Bucket():
            return _bucket(resource, at, name, tags)
        case Schedule():
            return {own: (name, _schedule(resource, at, document))}
        case EventRule():
            return _rule(resource, at, document, name, tags)
        case Permission():
            permission = {
                "statement_id": resource.name,
                "action": "lambda:InvokeFunction",
                "function_name": at(resource.function),
                "principal": resource.principal,
                "source_arn": at(resource.source),
            }
            return {own: (name, permission)}
        case Alarm():
            alarm = {
                "alarm_name": resource.name,
                "alarm_description": resource.description,
                "alarm_actions": at(resource.topics),
                "namespace": "AWS/SQS",
                "metric_name": "ApproximateNumberOfMessagesVisible",
                "dimensions": {"QueueName": resource.queue_name},
                "statistic": "Maximum",
                "period": 60,
                "evaluation_periods": 1,
                "threshold": 0,
                "comparison_operator": "GreaterThanThreshold",
                "treat_missing_data": "notBreaching",
                "tags": tags,
            }
            return {own: (name, alarm)}
    raise AssertionError(resource.kind)


def _function(resource: LambdaFunction, at: Any, code: str, layer: str) -> dict[str, Any]:
    layers = [f"${{aws_lambda_layer_version.{layer}.arn}}"] if layer else []
    vpc = {"subnet_ids": list(resource.subnets), "security_group_ids": list(resource.security_groups)}
    return {
        "function_name": resource.name,
        "description": at(resource.description),
        "runtime": resource.runtime,
        "handler": resource.handler,
        "filename": code,
        "role": at(resource.role),
        "memory_size": resource.memory,
        "timeout": resource.timeout,
        "ephemeral_storage": {"size": resource.storage},
        "architectures": [resource.architecture],
        "environment": {"variables": at(resource.environment)},
        "layers": [*layers, *resource.layers],
        "tracing_config": {"mode": "Active" if resource.tracing else "PassThrough"},
        "reserved_concurrent_executions": resource.concurrency,
        "vpc_config": vpc if resource.subnets else None,
        "dead_letter_config": {"target_arn": at(resource.dead_letter)} if resource.dead_letter else None,
        "kms_key_arn": resource.kms_key,
    }


def _machine(resource: StateMachine, at: Any) -> dict[str, Any]:
    logging: dict[str, Any] = {"level": resource.level, "include_execution_data": resource.execution_data}
    if resource.level != "OFF":
        logging["log_destination"] = at(resource.log_group) + ":*"
    encryption = {"type": "CUSTOMER_MANAGED_KMS_KEY", "kms_key_id": resource.kms_key}
    return {
        "name": resource.name,
        "type": resource.type,
        "definition": _text(resource.text),
        "role_arn": at(resource.role),
        "logging_configuration": logging,
        "tracing_configuration": {"enabled": resource.tracing},
        "encryption_configuration": encryption if resource.kms_key else None,
    }


def _retries(resource: Schedule | EventRule) -> dict[str, int]:
    return {"maximum_retry_attempts": resource.retries, "maximum_event_age_in_seconds": resource.max_age}


def _bucket(resource: Bucket, at: Any, name: str, tags: Any) -> dict[str, tuple[str, dict[str, Any]]]:
    bucket = f"${{aws_s3_bucket.{name}.id}}"
    algorithm = "aws:kms" if resource.kms_key else "AES256"
    encryption = {
        "apply_server_side_encryption_by_default": compact(
            {"sse_algorithm": algorithm, "kms_master_key_id": resource.kms_key}
        ),
        "bucket_key_enabled": True if resource.kms_key else None,
    }
    rule = {
        "id": "ladle",
        "status": "Enabled",
        "filter": {},
        "expiration": {"days": resource.days},
        "abort_incomplete_multipart_upload": {"days_after_initiation": 1},
    }
    closed = ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")
    return {
        "aws_s3_bucket": (name, {"bucket": at(resource.name), "force_destroy": True, "tags": tags}),
        "aws_s3_bucket_server_side_encryption_configuration": (
            name,
            {"bucket": bucket, "rule": compact(encryption)},
        ),
        "aws_s3_bucket_lifecycle_configuration": (name, {"bucket": bucket, "rule": rule}),
        "aws_s3_bucket_public_access_block": (name, {"bucket": bucket, **dict.fromkeys(closed, True)}),
    }


def _schedule(resource: Schedule, at: Any, document: Any) -> dict[str, Any]:
    window: dict[str, Any] = {"mode": "OFF"}
    if resource.window:
        window = {"mode": "FLEXIBLE", "maximum_window_in_minutes": resource.window}
    return {
        "name": resource.name,
        "schedule_expression": resource.expression,
        "schedule_expression_timezone": resource.timezone,
        "flexible_time_window": window,
        "state": "ENABLED" if resource.enabled else "DISABLED",
        "kms_key_arn": resource.kms_key,
        "target": {
            "arn": at(resource.target),
            "role_arn": at(resource.role),
            "input": document(resource.input),
            "dead_letter_config": {"arn": at(resource.dead_letter)},
            "retry_policy": _retries(resource),
        },
    }


def _rule(
    resource: EventRule, at: Any, document: Any, name: str, tags: Mapping[str, str]
) -> dict[str, tuple[str, dict[str, Any]]]:
    rule = {
        "name": resource.name,
        "description": resource.description,
        "event_pattern": document(resource.pattern),
        "state": "ENABLED",
        "tags": tags,
    }
    transformer = {"input_paths": dict(resource.paths), "input_template": _text(resource.template)}
    target = {
        "rule": f"${{aws_cloudwatch_event_rule.{name}.name}}",
        "target_id": "ladle",
        "arn": at(resource.target),
        "dead_letter_config": {"arn": at(resource.dead_letter)},
        "retry_policy": _retries(resource),
        "input_transformer": transformer if resource.template else None,
    }
    return {
        "aws_cloudwatch_event_rule": (name, rule),
        "aws_cloudwatch_event_target": (name, target),
    }
