"""Small documents that outlive a call, changed only by whoever has seen the last change.

Each document has a version. A write names the version that it was made from, and is refused when there is a
newer one (optimistic concurrency; Kung and Robinson 1981). That is all that results kept for good and pools
need. On AWS the documents are in the stage's DynamoDB table, in local runs in the store of runs.
"""

from __future__ import annotations

import json
import os
import random
import time
from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol, TypeVar

from ladle.errors import LadleError
from ladle.runtime.aws import client
from ladle.runtime.claims import TABLE_VARIABLE, table_name

__all__ = ["Contended", "DynamoTable", "Kept", "changed", "kept_of_stage"]

R = TypeVar("R")
Document = Mapping[str, Any]

TRIES: Final = 60
PAUSE: Final = 0.02
LONGEST_PAUSE: Final = 0.5
"""How often a change is tried that others keep coming before, and the seconds between: at random, up to
`PAUSE`, then up to twice that and so on, up to `LONGEST_PAUSE` (full jitter). Some fifteen seconds in all."""


class Contended(LadleError):
    """A document was changed by others each time that this call was about to."""


class Kept(Protocol):
    """Where documents are kept."""

    def read(self, name: str) -> tuple[Document | None, int]:
        """A document and its version; None and 0 where there is none."""

    def write(self, name: str, document: Document, version: int, seconds: float) -> bool:
        """Replace the document of that version, or make the first; gives False where it has changed since.

        After `seconds` it may be removed, if nobody has written it since.
        """

    def now(self) -> float:
        """The time that all who share the documents go by: seconds since the epoch."""


class DynamoTable:
    """The stage's table of claims: documents lie beside the claims, under names of their own."""

    def read(self, name: str) -> tuple[Document | None, int]:
        """See `Kept`. Reads are consistent."""
        item = client("dynamodb").get_item(
            TableName=table_name(), Key={"id": {"S": name}}, ConsistentRead=True
        )
        found = item.get("Item")
        if found is None:
            return None, 0
        return json.loads(found["document"]["S"]), int(found["version"]["N"])

    def write(self, name: str, document: Document, version: int, seconds: float) -> bool:
        """See `Kept`. The table's time to live removes documents, and nothing else relies on it."""
        table = client("dynamodb")
        condition: dict[str, Any] = {"ConditionExpression": "attribute_not_exists(id)"}
        if version:
            condition = {
                "ConditionExpression": "#version = :seen",
                "ExpressionAttributeNames": {"#version": "version"},
                "ExpressionAttributeValues": {":seen": {"N": str(version)}},
            }
        try:
            table.put_item(
                TableName=table_name(),
                Item={
                    "id": {"S": name},
                    "version": {"N": str(version + 1)},
                    "document": {"S": _text(document)},
                    "expires": {"N": str(int(time.time() + seconds))},
                },
                **condition,
            )
        except table.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def now(self) -> float:
        """See `Kept`."""
        return time.time()


def kept_of_stage() -> Kept | None:
    """The table that the function's environment names; None where it names none."""
    return DynamoTable() if os.environ.get(TABLE_VARIABLE) else None


def changed(kept: Kept, name: str, seconds: float, change: Callable[[Any], tuple[Document | None, R]]) -> R:
    """Change a document: `change` makes of it the next one (None: leave it) and what is given back.

    It may be called several times, each time with a newer document. Raises Contended.
    """
    for number in range(TRIES):
        found, version = kept.read(name)
        document, answer = change(found)
        if document is None or kept.write(name, document, version, seconds):
            return answer
        time.sleep(random.uniform(0, min(PAUSE * 2**number, LONGEST_PAUSE)))
    raise Contended(f"{name}: {TRIES} tries to change it, and others were there first each time")


def _text(document: Document) -> str:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))
