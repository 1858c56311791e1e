"""What Terraform's AWS provider (5.80 and newer) takes, of the resource types that the template has.

From the provider's reference pages, one a type: registry documentation "hashicorp/aws". `!` marks what is
required, a table a block with arguments of its own. Only what the template may use is listed: another
argument is refused by the test, to be looked up.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

__all__ = ["SCHEMA", "faults"]

Schema = Mapping[str, Any]

_TARGET_RETRIES = {"maximum_event_age_in_seconds": int, "maximum_retry_attempts": int}

SCHEMA: Mapping[str, Schema] = {
    "aws_cloudwatch_event_rule": {
        "name": str,
        "event_pattern": str,
        "state": str,
        "description": str,
        "tags": dict,
    },
    "aws_cloudwatch_event_target": {
        "rule!": str,
        "arn!": str,
        "target_id": str,
        "dead_letter_config": {"arn": str},
        "retry_policy": _TARGET_RETRIES,
        "input_transformer": {"input_template!": str, "input_paths": dict},
    },
    "aws_cloudwatch_log_group": {"name": str, "retention_in_days": int, "kms_key_id": str, "tags": dict},
    "aws_cloudwatch_metric_alarm": {
        "alarm_name!": str,
        "comparison_operator!": str,
        "evaluation_periods!": int,
        "alarm_description": str,
        "alarm_actions": list,
        "namespace": str,
        "metric_name": str,
        "dimensions": dict,
        "statistic": str,
        "period": int,
        "threshold": int,
        "treat_missing_data": str,
        "tags": dict,
    },
    "aws_dynamodb_table": {
        "name!": str,
        "billing_mode": str,
        "hash_key": str,
        "attribute": {"name!": str, "type!": str},
        "ttl": {"attribute_name": str, "enabled": bool},
        "server_side_encryption": {"enabled!": bool, "kms_key_arn": str},
        "tags": dict,
    },
    "aws_iam_policy": {"name": str, "path": str, "policy!": str, "tags": dict},
    "aws_iam_role": {
        "name": str,
        "path": str,
        "assume_role_policy!": str,
        "permissions_boundary": str,
        "managed_policy_arns": list,
        "tags": dict,
    },
    "aws_iam_role_policy": {"name": str, "role!": str, "policy!": str},
    "aws_lambda_function": {
        "function_name!": str,
        "role!": str,
        "description": str,
        "runtime": str,
        "handler": str,
        "filename": str,
        "s3_bucket": str,
        "s3_key": str,
        "source_code_hash": str,
        "memory_size": int,
        "timeout": int,
        "reserved_concurrent_executions": int,
        "layers": list,
        "ephemeral_storage": {"size": int},
        "architectures": list,
        "environment": {"variables": dict},
        "tracing_config": {"mode!": str},
        "vpc_config": {"subnet_ids!": list, "security_group_ids!": list},
        "dead_letter_config": {"target_arn!": str},
        "kms_key_arn": str,
        "tags": dict,
    },
    "aws_lambda_permission": {
        "action!": str,
        "function_name!": str,
        "principal!": str,
        "statement_id": str,
        "source_arn": str,
    },
    "aws_s3_bucket": {"bucket": str, "force_destroy": bool, "tags": dict},
    "aws_s3_bucket_lifecycle_configuration": {
        "bucket!": str,
        "rule": {
            "id!": str,
            "status!": str,
            "filter": {},
            "expiration": {"days": int},
            "abort_incomplete_multipart_upload": {"days_after_initiation": int},
        },
    },
    "aws_s3_bucket_public_access_block": {
        "bucket!": str,
        "block_public_acls": bool,
        "block_public_policy": bool,
        "ignore_public_acls": bool,
        "restrict_public_buckets": bool,
    },
    "aws_s3_bucket_server_side_encryption_configuration": {
        "bucket!": str,
        "rule": {
            "apply_server_side_encryption_by_default": {"sse_algorithm!": str, "kms_master_key_id": str},
            "bucket_key_enabled": bool,
        },
    },
    "aws_scheduler_schedule": {
        "name": str,
        "schedule_expression!": str,
        "schedule_expression_timezone": str,
        "flexible_time_window": {"mode!": str, "maximum_window_in_minutes": int},
        "state": str,
        "kms_key_arn": str,
        "target": {
            "arn!": str,
            "role_arn!": str,
            "input": str,
            "dead_letter_config": {"arn": str},
            "retry_policy": _TARGET_RETRIES,
        },
    },
    "aws_sfn_activity": {
        "name!": str,
        "encryption_configuration": {
            "type!": str,
            "kms_key_id": str,
            "kms_data_key_reuse_period_seconds": int,
        },
        "tags": dict,
    },
    "aws_sfn_state_machine": {
        "name": str,
        "definition!": str,
        "role_arn!": str,
        "type": str,
        "logging_configuration": {"level": str, "include_execution_data": bool, "log_destination": str},
        "tracing_configuration": {"enabled": bool},
        "encryption_configuration": {
            "type!": str,
            "kms_key_id": str,
            "kms_data_key_reuse_period_seconds": int,
        },
        "tags": dict,
    },
    "aws_sns_topic": {"name": str, "kms_master_key_id": str, "tags": dict},
    "aws_sns_topic_subscription": {"topic_arn!": str, "protocol!": str, "endpoint!": str},
    "aws_sqs_queue": {
        "name": str,
        "message_retention_seconds": int,
        "kms_master_key_id": str,
        "sqs_managed_sse_enabled": bool,
        "policy": str,
        "tags": dict,
    },
}


def faults(template: Mapping[str, Any]) -> Iterator[str]:
    """What the provider would refuse in a template, each with its address."""
    for kind, resources in template["resource"].items():
        for label, body in resources.items():
            if kind not in SCHEMA:
                yield f"{kind}.{label}: the type is not in the table"
                continue
            given = {name: value for name, value in body.items() if name != "depends_on"}
            yield from _faults(given, SCHEMA[kind], f"{kind}.{label}")


def _faults(body: Mapping[str, Any], schema: Schema, place: str) -> Iterator[str]:
    known = {name.rstrip("!"): wanted for name, wanted in schema.items()}
    for name in schema:
        if name.endswith("!") and name[:-1] not in body:
            yield f"{place}: {name[:-1]} is required"
    for name, value in body.items():
        if name not in known:
            yield f"{place}: {name} is no argument of it"
            continue
        wanted = known[name]
        if isinstance(wanted, Mapping):
            for one in value if isinstance(value, list) else [value]:
                yield from _faults(one, wanted, f"{place}.{name}")
        elif type(value) is not wanted:
            yield f"{place}: {name} is {type(value).__name__}, not {wanted.__name__}"
