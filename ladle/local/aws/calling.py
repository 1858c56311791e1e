"""One call of a service outside of any engine: what a workflow makes that runs as plain Python."""

from __future__ import annotations

import sys
import time
from typing import Any

from ladle.engine.item_reader import ItemReaderFailed, read_items
from ladle.engine.protocols import ObjectMissing, TaskCall, TaskFailed, TaskSubmitted, TaskSucceeded
from ladle.engine.scope import JSON
from ladle.local.aws.objects import S3Objects
from ladle.local.aws.services import AwsServices

__all__ = ["CallFailed", "call_service", "read_objects", "write_object"]


class CallFailed(Exception):
    """A call failed: `error` is the name that the state would have failed with, the message its cause."""

    def __init__(self, error: str, cause: str) -> None:
        super().__init__(cause)
        self.error = error


def call_service(resource: str, arguments: JSON) -> JSON:
    """Make the call that a Task with this Resource would make, wherever boto3 reaches; its result.

    That is the AWS in memory under moto's `mock_aws`, else the account of the user's credentials. A `.sync`
    job is waited for, in real time where it really runs. Raises CallFailed.
    """
    found: list[Any] = []
    services = AwsServices(region=None, pause=None if _is_mocked() else time.sleep)
    nothing: Any = None
    services.start(TaskCall(resource, arguments, None, "", nothing, None, None, None), found.append)
    ends = [each for each in found if not isinstance(each, TaskSubmitted)]
    outcome: TaskSucceeded | TaskFailed = ends[-1]
    if isinstance(outcome, TaskFailed):
        raise CallFailed(outcome.error or "States.TaskFailed", outcome.cause or "")
    return outcome.output


def read_objects(action: str, arguments: dict[str, JSON], config: dict[str, JSON]) -> list[JSON]:
    """The items that an ItemReader gives, read through boto3. Raises CallFailed."""
    try:
        return read_items(S3Objects(region=None), f"arn:aws:states:::s3:{action}", arguments, config)
    except ItemReaderFailed as failure:
        raise CallFailed("States.ItemReaderFailed", str(failure)) from None


def write_object(bucket: str, key: str, text: str) -> None:
    """Write an object through boto3. Raises CallFailed."""
    try:
        S3Objects(region=None).put(bucket, key, text.encode())
    except ObjectMissing as failure:
        raise CallFailed("States.ResultWriterFailed", str(failure)) from None


def _is_mocked() -> bool:
    models = sys.modules.get("moto.core.models")
    return models is not None and bool(models.botocore_stubber.enabled)
