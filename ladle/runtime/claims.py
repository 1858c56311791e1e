"""Claims: that something is said once, though several may want to say it.

A claim is an item in a DynamoDB table, taken by a conditional write. It is held for a while (a lease) and
then noted as done. Whoever dies before noting leaves a lease that runs out, and the next one says it again:
once at least, twice only after such a death.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Mapping
from typing import Any, Final

from ladle.errors import LadleError
from ladle.runtime.aws import client

__all__ = ["KEPT", "LEASE", "TABLE_VARIABLE", "LeaseHeld", "once", "table_name"]

TABLE_VARIABLE: Final = "LADLE_CLAIMS"
"""The environment variable that names the table: key `id` (a text), items expire by `expires`."""

LEASE: Final = 120
"""Seconds for which a claim is held: twice the alert function's timeout, and over before Lambda has tried an
event for the last time (one and then two minutes after a failure)."""

KEPT: Final = 120 * 24 * 3600
"""Seconds for which a claim is remembered: longer than Step Functions remembers a run (90 days)."""


class LeaseHeld(LadleError):
    """Somebody else is at it; whether they will have noted it is known when the lease is over."""


def table_name() -> str:
    """The name of the table; raises LadleError where the environment names none."""
    found = os.environ.get(TABLE_VARIABLE)
    if not found:
        raise LadleError(f"{TABLE_VARIABLE} must name the table of claims: deploy again")
    return found


def once(claim: str, subject: Mapping[str, Any], say: Callable[[], None]) -> bool:
    """Call `say` under the claim of that name, unless it has been said; gives whether it was called.

    `subject` (JSON) is kept with the claim, for whoever finds it stale. An error of `say` gives the claim
    back and goes on. Raises LeaseHeld while another holds the claim.
    """
    table, taken = client("dynamodb"), time.time()
    key = {"id": {"S": claim}}
    ours = os.urandom(16).hex()
    item = {
        **key,
        "state": {"S": "held"},
        "by": {"S": ours},
        "lease": {"N": str(int(taken) + LEASE)},
        "expires": {"N": str(int(taken) + KEPT)},
        "subject": {"S": json.dumps(subject)},
    }
    try:
        table.put_item(
            TableName=table_name(),
            Item=item,
            ConditionExpression="attribute_not_exists(id) OR (#state = :held AND lease < :now)",
            ExpressionAttributeNames={"#state": "state"},
            ExpressionAttributeValues={":held": {"S": "held"}, ":now": {"N": str(int(taken))}},
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
    except table.exceptions.ConditionalCheckFailedException as error:
        # Some emulators leave the item out; then it is read as held, and tried again.
        there = error.response.get("Item", {})
        if there.get("state", {}).get("S") == "done":
            return False
        # A request whose answer was lost is sent again, and meets the claim that it has made.
        if there.get("by", {}).get("S") == ours:
            return _said(key, item, say)
        raise LeaseHeld(f"{claim} is being said by another; to be tried again") from None
    return _said(key, item, say)


def _said(key: Mapping[str, Any], item: Mapping[str, Any], say: Callable[[], None]) -> bool:
    """Say it under a claim that is held, and note that it is done."""
    table = client("dynamodb")
    try:
        say()
    except BaseException:
        table.delete_item(
            TableName=table_name(),
            Key=key,
            ConditionExpression="lease = :mine",
            ExpressionAttributeValues={":mine": item["lease"]},
        )
        raise
    table.update_item(
        TableName=table_name(),
        Key=key,
        UpdateExpression="SET #state = :done",
        ExpressionAttributeNames={"#state": "state"},
        ExpressionAttributeValues={":done": {"S": "done"}},
    )
    return True
