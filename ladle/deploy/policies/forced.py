"""The actions that AWS allows on `*` only: no other statement may say `Resource: "*"`.

Source: the "Resource types" column of each service's page in the Service Authorization Reference; an action
without an entry there takes no ARN.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from ladle.deploy.policies.statements import Statement

__all__ = ["FORCED_WILDCARDS", "forced"]

_DELIVERY: Final = "vended log deliveries have no ARN (Step Functions Developer Guide, logging)"
_TRACES: Final = "traces and sampling rules have no ARN that could be named (X-Ray)"
_TOKEN: Final = "the token names the run: the action takes no ARN (Step Functions)"
_INTERFACE: Final = "Lambda makes the network interface, so its id is not known beforehand (Lambda, VPC)"
_ACCOUNT: Final = "it is about the whole account"

FORCED_WILDCARDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "logs:CreateLogDelivery": _DELIVERY,
        "logs:GetLogDelivery": _DELIVERY,
        "logs:UpdateLogDelivery": _DELIVERY,
        "logs:DeleteLogDelivery": _DELIVERY,
        "logs:ListLogDeliveries": _DELIVERY,
        "logs:PutResourcePolicy": _DELIVERY,
        "logs:DescribeResourcePolicies": _DELIVERY,
        "logs:DescribeLogGroups": _DELIVERY,
        "xray:PutTraceSegments": _TRACES,
        "xray:PutTelemetryRecords": _TRACES,
        "xray:GetSamplingRules": _TRACES,
        "xray:GetSamplingTargets": _TRACES,
        "ec2:CreateNetworkInterface": _INTERFACE,
        "ec2:DescribeNetworkInterfaces": _INTERFACE,
        "ec2:DescribeSubnets": _INTERFACE,
        "ec2:DeleteNetworkInterface": _INTERFACE,
        "ec2:AssignPrivateIpAddresses": _INTERFACE,
        "ec2:UnassignPrivateIpAddresses": _INTERFACE,
        "states:SendTaskSuccess": _TOKEN,
        "states:SendTaskFailure": _TOKEN,
        "states:SendTaskHeartbeat": _TOKEN,
        "states:ListStateMachines": _ACCOUNT,
        "s3:ListAllMyBuckets": _ACCOUNT,
        "sts:GetCallerIdentity": _ACCOUNT,
        "ecr:GetAuthorizationToken": _ACCOUNT,
        "cloudwatch:PutMetricData": "metrics have no ARN (CloudWatch)",
        "cloudwatch:GetMetricData": "metrics have no ARN (CloudWatch)",
        "cloudwatch:ListMetrics": "metrics have no ARN (CloudWatch)",
        "ses:GetSendQuota": _ACCOUNT,
        "batch:DescribeJobs": "jobs are described by their ids (Batch)",
        "textract:DetectDocumentText": "it works on what the request holds (Textract)",
        "comprehend:DetectDominantLanguage": "it works on what the request holds (Comprehend)",
    }
)
"""Action: why."""


def forced(prefix: str, only: Iterable[str] | None = None) -> Statement:
    """The statement with the actions of the table that begin so, or those of them that are listed."""
    wanted = None if only is None else set(only)
    actions = [each for each in FORCED_WILDCARDS if each.startswith(prefix)]
    return Statement(tuple(each for each in actions if wanted is None or each in wanted), ("*",))
