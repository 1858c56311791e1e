"""Who may assume a role: one service each, and where it says for whom it acts, only for this account."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from ladle.deploy.resources import arn

__all__ = ["SERVICES", "trust_condition", "trust_policy"]

SERVICES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "function": "lambda.amazonaws.com",
        "machine": "states.amazonaws.com",
        "schedule": "scheduler.amazonaws.com",
        "rule": "events.amazonaws.com",
    }
)
"""The service that acts for each kind of resource."""

_SOURCES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "machine": arn("states", "stateMachine:*"),
        "schedule": arn("scheduler", "schedule-group/default"),
        "rule": arn("events", "rule/*"),
    }
)
"""What the service acts for (`aws:SourceArn`). Lambda says nothing of the kind when it assumes a role."""


def trust_condition(kind: str) -> dict[str, Any]:
    """What must hold when the service of a kind of resource assumes a role (the confused deputy problem, IAM
    User Guide)."""
    source = _SOURCES.get(kind)
    if source is None:
        return {}
    return {
        "StringEquals": {"aws:SourceAccount": "${AWS::AccountId}"},
        "ArnLike": {"aws:SourceArn": source},
    }


def trust_policy(kind: str) -> dict[str, Any]:
    """The trust policy of the role of a kind of resource: `function`, `machine`, `schedule` or `rule`."""
    statement: dict[str, Any] = {
        "Effect": "Allow",
        "Principal": {"Service": SERVICES[kind]},
        "Action": "sts:AssumeRole",
    }
    if condition := trust_condition(kind):
        statement["Condition"] = condition
    return {"Version": "2012-10-17", "Statement": [statement]}
