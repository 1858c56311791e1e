"""What Express runs cannot do: workflows of that type, and the runs of a distributed Map with `express`.

Source: "Choosing workflow type" in the Step Functions Developer Guide: no `.sync`, no `.waitForTaskToken`, no
activities, no distributed Map, at most five minutes.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from ladle import declare
from ladle.compiler.language import form
from ladle.compiler.language.reading import Reader
from ladle.compiler.language.walk import nodes

__all__ = ["refuse_in_express"]

SECONDS: Final = 300
"""The longest that an Express run may take (Step Functions quotas)."""


def refuse_in_express(
    reader: Reader, workflow: declare.Workflow[..., Any], block: Iterable[form.Stmt]
) -> None:
    """Reports each statement that an Express run would have to make and cannot."""
    body = tuple(block)
    if workflow.type == "EXPRESS":
        _refuse(reader, body, f"`{workflow.name}` is an Express workflow", 'write type="STANDARD"')
        return
    for each in nodes(body):
        if isinstance(each, form.Map) and each.far is not None and each.far.express:
            _refuse(reader, each.body, "the runs of this Map are Express runs", "leave out `express=`")


def _refuse(reader: Reader, body: form.Block, who: str, otherwise: str) -> None:
    for each in nodes(body):
        problem = _problem(each)
        if problem:
            what, hint = problem
            reader.problems.add("L606", each.span, f"{who}: {what}", f"{otherwise}, or {hint}")


def _problem(node: Any) -> tuple[str, str] | None:
    match node:
        case form.Call(callee=declare.Workflow(type="STANDARD") as callee):
            what = f"it cannot wait for a run of `{callee.name}`"
            return what, "make that Express too, or write what it does as a helper, which is read in place"
        case form.Call(callee=declare.Activity() as callee):
            return (
                f"it cannot wait for a worker of `{callee.name}`",
                "call it in the workflow that calls this",
            )
        case form.Call(callee=declare.Task(takes_token=True) as callee):
            return f"it cannot wait for the answer to `{callee.name}`", "ask in the workflow that calls it"
        case form.Call(callee=form.Direct(resource=resource) as callee) if resource.endswith(".sync"):
            return f"it cannot wait for the job of `{callee.name}`", "leave out `wait=`"
        case form.Call(callee=form.Direct(resource=resource) as callee) if resource.endswith("Token"):
            return f"it cannot wait for the answer to `{callee.name}`", "ask in the workflow that calls it"
        case form.For(every=every) | form.While(every=every) if every:
            return "its history has no limit of events, and nothing to split for", "leave out `split`"
        case form.Map(far=form.Far()):
            return "it has no distributed Map", "go over the items in a workflow of type STANDARD"
        case form.Sleep(seconds=form.Const(value=int() | float() as seconds)) if seconds >= SECONDS:
            return f"it ends after {SECONDS} seconds at the latest", "wait in the workflow that calls it"
        case _:
            return None
