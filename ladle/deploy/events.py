"""Event patterns: which events reach which function (EventBridge User Guide, event patterns)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any, Final

__all__ = ["DETAIL_PATHS", "failures_pattern", "pattern_batches", "upload_pattern", "upload_template"]

LONGEST_PATTERN: Final = 2048
"""The most characters that a rule's pattern may have (EventBridge quotas)."""

DETAIL_PATHS: Final = {
    "detail": "$.detail",
    "time": "$.time",
    "account": "$.account",
    "region": "$.region",
    "id": "$.id",
}
"""What an upload's rule takes out of the event."""


def upload_pattern(bucket: str, prefix: str, suffix: str) -> dict[str, Any]:
    """The pattern of objects created in a bucket, with keys of this prefix and this suffix."""
    detail: dict[str, Any] = {"bucket": {"name": [bucket]}}
    if keys := list(_keys(prefix, suffix)):
        detail["object"] = {"key": keys}
    return {"source": ["aws.s3"], "detail-type": ["Object Created"], "detail": detail}


def _keys(prefix: str, suffix: str) -> Iterator[Any]:
    """Alternatives that a key may match.

    EventBridge joins them with *or*, so both ends of a key go into one wildcard.
    """
    if prefix and suffix:
        yield {"wildcard": f"{_literal(prefix)}*{_literal(suffix)}"}
        # A wildcard wants both ends side by side; these are the keys in which they overlap.
        for size in range(1, min(len(prefix), len(suffix)) + 1):
            if prefix.endswith(suffix[:size]):
                yield prefix + suffix[size:]
    elif prefix:
        yield {"prefix": prefix}
    elif suffix:
        yield {"suffix": suffix}


def _literal(text: str) -> str:
    return text.replace("\\", "\\\\").replace("*", "\\*")


def upload_template(workflow: str) -> str:
    """The starter's event: the event of S3 with the workflow that it is for."""
    placed = ",".join(
        [
            '"trigger":"upload"',
            f'"workflow":{json.dumps(workflow)}',
            '"source":"aws.s3"',
            '"detail-type":"Object Created"',
            # Texts stand in quotes, objects do not.
            *(f'"{name}":"<{name}>"' for name in DETAIL_PATHS if name != "detail"),
            '"detail":<detail>',
        ]
    )
    return f"{{{placed}}}"


def failures_pattern(machines: Iterable[str]) -> dict[str, Any]:
    """The pattern of runs of these machines (ARNs) that did not succeed."""
    return {
        "source": ["aws.states"],
        "detail-type": ["Step Functions Execution Status Change"],
        "detail": {"status": ["FAILED", "TIMED_OUT", "ABORTED"], "stateMachineArn": list(machines)},
    }


def pattern_batches(arns: Iterable[str]) -> list[list[str]]:
    """ARNs in groups, each small enough for one pattern.

    The placeholders of account, partition and Region are longer than what replaces them, so the bound is on
    the safe side.
    """
    batches: list[list[str]] = []
    for each in arns:
        if not batches or len(json.dumps(failures_pattern([*batches[-1], each]))) > LONGEST_PATTERN:
            batches.append([])
        batches[-1].append(each)
    return batches
