"""Calls of tasks and workflows as Task states: what travels to them, and what comes back."""

from __future__ import annotations

from typing import Any

from ladle.compiler.emit.machine import NOWHERE, Edge, Raw, Work
from ladle.compiler.emit.retries import LAMBDA_TRANSIENT, retriers
from ladle.compiler.language import form
from ladle.compiler.language.failures import Failures
from ladle.compiler.language.form import Expr, Variable
from ladle.compiler.plan.demand import Keep
from ladle.declare import Workflow

__all__ = ["call_state", "is_workflow", "result_of"]

ROOT = "[$states.context.Execution.Input.ladle.root, $states.context.Execution.Id][0]"
"""The run at the top: what a nested run was told, else the run itself."""


def is_workflow(callee: Any) -> bool:
    """Whether a callee is a workflow rather than a task."""
    return isinstance(callee, Workflow)


def call_state(stmt: form.Call, failures: Failures, *, in_map: bool, keep: Keep = True) -> Work:
    """The Task state of a call; where it leads is filled in by the caller.

    `keep` tells which parts of the result the workflow reads.
    """
    if is_workflow(stmt.callee):
        return _nested(stmt)
    return _task(stmt, failures, in_map=in_map, keep=keep)


def _envelope(*, in_map: bool, token: bool, keep: Keep) -> dict[str, Any]:
    """What every task learns about the run, beside its arguments."""
    context = "$states.context."
    envelope: dict[str, Any] = {
        "run": Raw.of(f"{context}Execution.Id"),
        "root": Raw.of(ROOT),
        "step": Raw.of(f"{context}State.Name"),
        "retry": Raw.of(f"{context}State.RetryCount"),
        "redrive": Raw.of(f"{context}Execution.RedriveCount"),
        "entered": Raw.of(f"{context}State.EnteredTime"),
    }
    if in_map:
        envelope["item"] = Raw.of(f"{context}Map.Item.Index")
    if token:
        envelope["token"] = Raw.of(f"{context}Task.Token")
    if keep is not True:
        envelope["keep"] = keep
    return envelope


def _task(stmt: form.Call, failures: Failures, *, in_map: bool, keep: Keep) -> Work:
    task = stmt.callee
    token = bool(task.takes_token)
    fields: list[tuple[str, Any]] = []
    if task.timeout is not None:
        fields.append(("TimeoutSeconds", task.timeout))
    if task.heartbeat is not None:
        fields.append(("HeartbeatSeconds", task.heartbeat))
    return Work(
        stmt.label,
        stmt.span,
        "arn:aws:states:::lambda:invoke" + (".waitForTaskToken" if token else ""),
        {
            "FunctionName": f"${{{task.name}}}",
            "Payload": {
                "args": dict(stmt.arguments),
                "ladle": _envelope(in_map=in_map, token=token, keep=keep),
            },
        },
        Edge(None),
        retries=(LAMBDA_TRANSIENT, *retriers(task.retry, failures)),
        fields=tuple(fields),
        comment=_first_line(task.function),
    )


def _nested(stmt: form.Call) -> Work:
    workflow = stmt.callee
    return Work(
        stmt.label,
        stmt.span,
        "arn:aws:states:::states:startExecution.sync:2",
        {
            "StateMachineArn": f"${{{workflow.name}}}",
            "Input": {**dict(stmt.arguments), "ladle": {"root": Raw.of(ROOT)}},
        },
        Edge(None),
        comment=_first_line(workflow.function),
        nested=True,
    )


def result_of(work: Work, target: Variable) -> Expr:
    """Where the value of a call stands in the state's result."""
    if work.nested:
        text = "$states.result.Output"
    elif work.resource.endswith(".waitForTaskToken"):
        text = "$states.result"
    else:
        text = "$states.result.Payload"
    return Raw(target.shape, NOWHERE, text, (), valid="state")


def _first_line(function: Any) -> str:
    lines = (getattr(function, "__doc__", None) or "").strip().splitlines()
    return lines[0].strip() if lines else ""
