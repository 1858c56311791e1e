"""One deploy of a stage at a time: a lease in the stage's own table."""

from __future__ import annotations

import getpass
import os
import socket
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from ladle.deploy.services.base import Aws, code_of, patient
from ladle.errors import LadleError

__all__ = ["BREAK_VARIABLE", "LEASE_SECONDS", "LOCK", "locked"]

LOCK: Final = "deploy"
"""The key of the lock among the claims."""

LEASE_SECONDS: Final = 3600
"""After so long the lock of a deploy that died is taken over."""

BREAK_VARIABLE: Final = "LADLE_BREAK_LOCK"
"""Set to 1, it takes the lock over at once."""


@contextmanager
def locked(aws: Aws, table: str, make: Callable[[], object] | None = None) -> Iterator[None]:
    """Hold the stage while the block runs.

    `make` makes the table where there is none yet, as on a stage's first deploy; without it, a stage that has
    no table is not locked (there is nothing of it to delete). Raises LadleError, naming who it is, when
    somebody else is at it.
    """
    ours = uuid.uuid4().hex
    try:
        held = _take(aws, table, ours, make)
    except BotoCoreError:
        _release(aws, table, ours)  # no answer came: it may have been taken
        raise
    try:
        yield
    finally:
        if held:
            _release(aws, table, ours)


def _take(aws: Aws, table: str, ours: str, make: Callable[[], object] | None) -> bool:
    now = int(time.time())
    # A request whose answer was lost is sent again, and meets the lock that it has taken: `ours`.
    condition: dict[str, Any] = {
        "ConditionExpression": "attribute_not_exists(id) OR expires < :now OR #token = :ours",
        "ExpressionAttributeNames": {"#token": "token"},
        "ExpressionAttributeValues": {":now": {"N": str(now)}, ":ours": {"S": ours}},
    }
    if os.environ.get(BREAK_VARIABLE) == "1":
        condition = {}
    item = {
        "id": {"S": LOCK},
        "token": {"S": ours},
        "holder": {"S": f"{_user()}@{socket.gethostname()} ({os.getpid()})"},
        "expires": {"N": str(now + LEASE_SECONDS)},
    }
    put = partial(aws.client("dynamodb").put_item, TableName=table, Item=item, **condition)
    try:
        try:
            put()
        except ClientError as error:
            if code_of(error) != "ResourceNotFoundException":
                raise
            if make is None:
                return False
            make()
            patient(aws, put, ("ResourceNotFoundException",))  # until the table is active
    except ClientError as error:
        if code_of(error) != "ConditionalCheckFailedException":
            raise
        answer = aws.client("dynamodb").get_item(TableName=table, Key={"id": {"S": LOCK}})
        found = answer.get("Item", {})
        minutes = max(1, (int(found.get("expires", {}).get("N", now)) - now) // 60)
        raise LadleError(
            f"another deploy of this stage is going on: {found.get('holder', {}).get('S', 'somebody')}. "
            f"Wait for it; if it died, set {BREAK_VARIABLE}=1 or wait {minutes} minutes. Nothing was changed."
        ) from None
    return True


def _release(aws: Aws, table: str, ours: str) -> None:
    """Give the lock back, if it is still ours: it may have been taken over, or the table deleted."""
    try:
        aws.client("dynamodb").delete_item(
            TableName=table,
            Key={"id": {"S": LOCK}},
            ConditionExpression="#token = :ours",
            ExpressionAttributeNames={"#token": "token"},
            ExpressionAttributeValues={":ours": {"S": ours}},
        )
    except ClientError as error:
        if code_of(error) not in ("ResourceNotFoundException", "ConditionalCheckFailedException"):
            raise


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "somebody"  # a container's user may have no name
