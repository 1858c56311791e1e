"""The context object (`$$` in JSONPath, `$states.context` in JSONata), built when an expression reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ladle.engine.history import moment
from ladle.engine.scope import JSON

if TYPE_CHECKING:
    from ladle.engine.strand import Strand

__all__ = ["context_object", "iso"]


def iso(ms: int) -> str:
    """A timestamp as AWS writes it: `2026-11-22T09:15:00.123Z`."""
    return moment(ms).strftime("%Y-%m-%dT%H:%M:%S.") + f"{ms % 1000:03d}Z"


def context_object(strand: Strand) -> dict[str, JSON]:
    """The context object of a strand's current state, fresh each time.

    `State.RetryCount` is there for the states that can be retried, `Task.Token` while a callback task's
    arguments are evaluated, `Map.Item` inside a Map (https://docs.aws.amazon.com/step-functions/latest/dg/
    input-output-contextobject.html).
    """
    execution = strand.execution
    machine = execution.machine
    about: dict[str, JSON] = {
        "Id": execution.arn,
        "Input": execution.input,
        "Name": execution.name,
        "RoleArn": machine.role_arn,
        "StartTime": iso(execution.started_ms),
    }
    if not execution.sync:
        about["RedriveCount"] = execution.redrive_count
    if execution.redriven_ms is not None:
        about["RedriveTime"] = iso(execution.redriven_ms)
    context: dict[str, JSON] = {
        "Execution": about,
        "StateMachine": {"Id": machine.arn, "Name": machine.name},
    }
    state = strand.state
    if state is not None:
        entry: dict[str, JSON] = {"Name": state.name, "EnteredTime": iso(strand.entered_ms)}
        if state.retriable:
            entry["RetryCount"] = strand.attempt
        context["State"] = entry
    if strand.token is not None:
        context["Task"] = {"Token": strand.token}
    if strand.item is not None:
        context["Map"] = {"Item": {"Index": strand.item[0], "Value": strand.item[1]}}
    return context
