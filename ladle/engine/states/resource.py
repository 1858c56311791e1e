"""What a Task's Resource says: which service, which action, and how to wait for it."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["Resource", "parse_resource"]


class Resource(NamedTuple):
    """A Task's Resource, taken apart.

    `kind` is "lambda" (a function's own ARN), "activity" or "service"; `service` and `action` are the
    resourceType and resource of Task events (`aws-sdk:s3`, `startExecution.sync:2`); `pattern` is "request",
    "sync" or "token".
    """

    arn: str
    kind: str
    service: str
    action: str
    pattern: str


def parse_resource(arn: str) -> Resource:
    """Take a Resource ARN apart. Anything that is not an activity or a service integration is a function."""
    parts = arn.split(":")
    if len(parts) >= 7 and parts[2] == "states" and parts[5] == "activity":
        return Resource(arn, "activity", "activity", arn, "request")
    if len(parts) >= 7 and parts[2] == "states":
        if parts[5] == "aws-sdk" and len(parts) >= 8:
            service, action = f"aws-sdk:{parts[6]}", ":".join(parts[7:])
        else:
            service, action = parts[5], ":".join(parts[6:])
        pattern = "request"
        if action.endswith(".waitForTaskToken"):
            pattern = "token"
        elif action.endswith((".sync", ".sync:2")):
            pattern = "sync"
        return Resource(arn, "service", service, action, pattern)
    return Resource(arn, "lambda", "lambda", arn, "request")
