"""Ladle: typed Python pipelines, compiled to AWS Step Functions.

These are all the names that task and workflow files need. Each is loaded when it is first used.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ladle.declare.execution import catalogue, start

if TYPE_CHECKING:
    from ladle.declare import (
        At,
        Cron,
        Failed,
        Parameter,
        Pool,
        Rate,
        Retry,
        S3Object,
        S3Upload,
        Secret,
        TaskToken,
        Written,
        activity,
        after,
        at_once,
        attempt,
        aws,
        each,
        http,
        in_order,
        inline,
        now,
        retry,
        run,
        s3,
        sleep,
        sleep_until,
        split,
        task,
        workflow,
    )
    from ladle.declare.declared import Declared

__all__ = [
    "At",
    "Cron",
    "Failed",
    "Parameter",
    "Pool",
    "Rate",
    "Retry",
    "S3Object",
    "S3Upload",
    "Secret",
    "TaskToken",
    "Written",
    "activity",
    "after",
    "at_once",
    "attempt",
    "aws",
    "each",
    "http",
    "in_order",
    "inline",
    "now",
    "retry",
    "run",
    "s3",
    "sleep",
    "sleep_until",
    "split",
    "task",
    "workflow",
]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import ladle.declare

    value = getattr(ladle.declare, name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def _as_plain_python(workflow: Declared[..., Any], arguments: Mapping[str, Any]) -> Any:
    """What a workflow does that is called outside of any run.

    Loaded only then: a Lambda function never does that.
    """
    from ladle.plain import call

    return call(workflow, arguments)


def _services() -> Any:
    """The names of AWS's services, from botocore's models; a Lambda function asks for none."""
    import ladle.services

    return ladle.services


start[:] = [_as_plain_python]
catalogue[:] = [_services]
