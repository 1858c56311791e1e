"""Starting, stopping and redriving runs of a deployed stage."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ladle.errors import LadleError
from ladle.operate.account import Clients
from ladle.operate.records import RunRecord

__all__ = ["redrive", "start", "stop"]


def start(client: Clients, starter: str, event: Mapping[str, Any]) -> dict[str, Any]:
    """Have the stage's starter start a run; gives its `workflow`, `run`, `execution`, and if it `started`.

    `event` is one that `ladle.runtime.starter` takes. Raises LadleError with what the starter says of it.
    """
    functions = client("lambda")
    try:
        answer = functions.invoke(FunctionName=starter, Payload=json.dumps(event).encode())
    except functions.exceptions.ResourceNotFoundException:
        raise LadleError(
            f"there is no function {starter!r}: the stage is not deployed in this account and Region, or no"
            " workflow of it can be started"
        ) from None
    payload = json.loads(answer["Payload"].read() or b"null")
    if answer.get("FunctionError"):
        raise LadleError(_refusal(payload))
    run: dict[str, Any] = payload["runs"][0]
    return run


def stop(client: Clients, record: RunRecord, cause: str) -> None:
    """Stop a run that is going on, which fails what it waits for; its nested runs are stopped, too.

    Raises LadleError for a run that has ended.
    """
    if record.status != "RUNNING":
        raise LadleError(f"{record.id} {record.status.lower().replace('_', ' ')} already: nothing to stop")
    client("stepfunctions").stop_execution(executionArn=record.arn, error="Stopped", cause=cause)


def redrive(client: Clients, record: RunRecord) -> None:
    """Let AWS go on with a run from the steps that did not succeed; all that succeeded is kept.

    Raises LadleError where AWS cannot: for a run that succeeded or goes on, that ended too long ago, or that
    has no room left in its history (Step Functions developer guide, Redriving state machine executions).
    """
    if record.status in ("SUCCEEDED", "RUNNING"):
        state = "is going on" if record.status == "RUNNING" else "succeeded"
        raise LadleError(f"{record.id} {state}: there is nothing to redrive")
    if record.parent is not None:
        raise LadleError(
            f"{record.id} was started by {record.root}: redrive that one, which redrives this one if need be"
        )
    states = client("stepfunctions")
    found = states.describe_execution(executionArn=record.arn)
    if found.get("redriveStatus") == "NOT_REDRIVABLE":
        raise LadleError(
            f"AWS cannot redrive {record.id}: {found.get('redriveStatusReason', 'it does not say why')}. "
            "Start it again with the same input: ladle start"
        )
    states.redrive_execution(executionArn=record.arn)


def _refusal(payload: Any) -> str:
    """What the starter said, without the class of its error."""
    if isinstance(payload, dict) and payload.get("errorMessage"):
        text = str(payload["errorMessage"])
        try:
            inner = json.loads(text)
        except ValueError:
            return text
        return str(inner.get("message", text)) if isinstance(inner, dict) else text
    return f"the starter failed: {json.dumps(payload)[:500]}"
