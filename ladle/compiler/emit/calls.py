"""Calls of tasks and workflows as Task states: what travels to them, and what comes back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from ladle.compiler.emit import errortext
from ladle.compiler.emit.checks import checked
from ladle.compiler.emit.machine import NOWHERE, Edge, Raw, Work
from ladle.compiler.emit.retries import retriers, transient, waiting
from ladle.compiler.language import form
from ladle.compiler.language.batches import path_in
from ladle.compiler.language.failures import Failures
from ladle.compiler.language.form import Expr, Variable
from ladle.compiler.plan.demand import Keep
from ladle.declare import Activity, Workflow
from ladle.wire import IntShape

__all__ = ["call_state", "is_workflow", "reports_itself", "result_of", "tells_iterations"]

ROOT = "[$states.context.Execution.Input.ladle.root, $states.context.Execution.Id][0]"
"""The run at the top: what a nested run was told, else the run itself."""

TRIGGER = "[$states.context.Execution.Input.ladle.trigger, ''][0]"
"""What started the run at the top, if anybody said."""

NAME_START: Final = 48
NAME_DIGITS: Final = 12
"""Of the name of a nested run: how much is the beginning of its parent's, and the digits of the hash."""


def lineage() -> dict[str, Any]:
    """What a run that this one starts is told of where it comes from."""
    return {"root": Raw.of(ROOT), "trigger": Raw.of(TRIGGER)}


def redrives(*, express: bool) -> str:
    """How often the run was redriven. An Express run that was started to be waited for does not have it."""
    count = "$states.context.Execution.RedriveCount"
    return f"[{count}, 0][0]" if express else count


def is_workflow(callee: Any) -> bool:
    """Whether a callee is a workflow rather than a task."""
    return isinstance(callee, Workflow)


def reports_itself(task: Any) -> bool:
    """Whether a task's failure always arrives in the form that its function gives it: nobody else answers."""
    return not (task.takes_token or isinstance(task, Activity))


def tells_iterations(callee: Any) -> bool:
    """Whether each call of it must be told from every other call of the run, whatever Maps it is in."""
    if isinstance(callee, form.Direct | form.Answered):
        return False
    if isinstance(callee, form.Launch):
        return True
    return is_workflow(callee) or bool(callee.idempotent or callee.pools)


def call_state(
    stmt: form.Call,
    failures: Failures,
    *,
    in_map: bool,
    express: bool = False,
    outer: Sequence[Variable] = (),
    keep: Keep = True,
    batch: Variable | None = None,
) -> Work:
    """The Task state of a call; where it leads is filled in by the caller.

    `outer` holds the indexes of the Maps around the innermost one, for calls that `tells_iterations`. `keep`
    tells which parts of the result the workflow reads. `batch` is the item of a Map in batches, whose
    iterations get many of them. `express`: the machine is an Express one.
    """
    if isinstance(stmt.callee, form.Direct):
        return _direct(stmt, stmt.callee, failures)
    if isinstance(stmt.callee, form.Launch):
        return _launch(stmt, stmt.callee, express=express, in_map=in_map, outer=outer)
    if isinstance(stmt.callee, form.Answered):
        return _answered(stmt, stmt.callee)
    if is_workflow(stmt.callee):
        return _nested(stmt, in_map=in_map, outer=outer)
    if isinstance(stmt.callee, Activity):
        return _activity(stmt, stmt.callee, failures, in_map=in_map)
    return _task(stmt, failures, express=express, in_map=in_map, outer=outer, keep=keep, batch=batch)


def _indexes(outer: Sequence[Variable], *inner: str) -> Expr:
    """The indexes of enclosing Maps as a list, the outermost first."""
    reads = [form.Read(IntShape(), NOWHERE, each) for each in outer]
    places = [f"{{{number}}}" for number in range(len(reads))]
    return Raw.of(f"[{', '.join([*places, *inner])}]", *reads, valid="map")


def _envelope(
    *, in_map: bool, outer: Sequence[Variable], token: bool, keep: Keep, express: bool
) -> dict[str, Any]:
    """What every task learns about the run, beside its arguments."""
    context = "$states.context."
    envelope: dict[str, Any] = {
        "run": Raw.of(f"{context}Execution.Id"),
        **lineage(),
        "step": Raw.of(f"{context}State.Name"),
        "retry": Raw.of(f"{context}State.RetryCount"),
        "redrive": Raw.of(redrives(express=express)),
        "entered": Raw.of(f"{context}State.EnteredTime"),
    }
    if in_map:
        envelope["item"] = Raw.of(f"{context}Map.Item.Index")
    if outer:
        envelope["outer"] = _indexes(outer)
    if token:
        envelope["token"] = Raw.of(f"{context}Task.Token")
    if keep is not True:
        envelope["keep"] = keep
    return envelope


def _task(
    stmt: form.Call,
    failures: Failures,
    *,
    express: bool,
    in_map: bool,
    outer: Sequence[Variable],
    keep: Keep,
    batch: Variable | None,
) -> Work:
    task = stmt.callee
    arguments = dict(stmt.arguments)
    envelope = _envelope(
        in_map=in_map,
        outer=outer if tells_iterations(task) else (),
        token=bool(task.takes_token),
        keep=keep,
        express=express,
    )
    payload: dict[str, Any] = {"args": arguments, "ladle": envelope}
    if batch is not None:
        paths = {name: path_in(value, batch) for name, value in stmt.arguments}
        envelope["each"] = {name: list(path) for name, path in paths.items() if path is not None}
        shared = {name: value for name, value in stmt.arguments if paths[name] is None}
        items = form.Read(batch.shape, stmt.span, batch)
        payload = {"args": shared, "items": items, "ladle": envelope}
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
        {"FunctionName": f"${{{task.name}}}", "Payload": payload},
        Edge(None),
        retries=(transient(task), *waiting(task), *retriers(task.retry, failures)),
        fields=tuple(fields),
        comment=_first_line(task.function),
    )


def _activity(stmt: form.Call, activity: Activity[..., Any], failures: Failures, *, in_map: bool) -> Work:
    """A Task that a worker takes: what `ladle worker` gets is what a task's function gets."""
    envelope = _envelope(express=False, in_map=in_map, outer=(), token=False, keep=True)
    fields: list[tuple[str, Any]] = [("TimeoutSeconds", activity.timeout)]
    if activity.heartbeat is not None:
        envelope["heartbeat"] = activity.heartbeat  # a call may have its own: the worker is told
        fields.append(("HeartbeatSeconds", activity.heartbeat))
    return Work(
        stmt.label,
        stmt.span,
        f"${{{activity.name}}}",
        {"args": dict(stmt.arguments), "ladle": envelope},
        Edge(None),
        retries=retriers(activity.retry, failures),
        fields=tuple(fields),
        comment=_first_line(activity.function),
    )


def _direct(stmt: form.Call, callee: form.Direct, failures: Failures) -> Work:
    """A Task that calls a service itself."""
    times = (("TimeoutSeconds", callee.timeout), ("HeartbeatSeconds", callee.heartbeat))
    return Work(
        stmt.label,
        stmt.span,
        callee.resource,
        dict(stmt.arguments),
        Edge(None),
        retries=retriers(callee.retry, failures),
        fields=tuple((name, value) for name, value in times if value is not None),
    )


def _name(*, in_map: bool, outer: Sequence[Variable], express: bool = False) -> Expr:
    """The name of a nested run: the beginning of this run's, what tells the call apart, retries, redrives.

    The same try of the same call gives the same name; another pass of a loop (it enters the state at another
    time), another item of a Map, another try or redrive gives another. At most 79 characters, all legal in
    the name of an execution: the counts have at most eight digits each.
    """
    context = "$states.context."
    call = f"{context}Execution.Id & {context}State.Name & {context}State.EnteredTime"
    operands: tuple[Expr, ...] = ()
    if in_map:
        call, operands = f"{call} & $string({{0}})", (_indexes(outer, f"{context}Map.Item.Index"),)
    return Raw.of(
        f'$substring({context}Execution.Name, 0, {NAME_START}) & "-"'
        f' & $substring($hash({call}, "SHA-256"), 0, {NAME_DIGITS})'
        f' & "-" & {context}State.RetryCount & "-" & {redrives(express=express)}',
        *operands,
        valid="state",
    )


def _nested(stmt: form.Call, *, in_map: bool, outer: Sequence[Variable]) -> Work:
    workflow = stmt.callee
    return Work(
        stmt.label,
        stmt.span,
        "arn:aws:states:::states:startExecution.sync:2",
        {
            "StateMachineArn": f"${{{workflow.name}}}",
            "Name": _name(in_map=in_map, outer=outer),
            "Input": {**dict(stmt.arguments), "ladle": lineage()},
        },
        Edge(None),
        comment=_first_line(workflow.function),
        nested=True,
    )


def _answered(stmt: form.Call, callee: form.Answered) -> Work:
    """A Task that makes an Express run and waits for it. Such runs need no names of their own: each has its
    parent's."""
    workflow = callee.workflow
    return Work(
        stmt.label,
        stmt.span,
        "arn:aws:states:::aws-sdk:sfn:startSyncExecution",
        {
            "StateMachineArn": f"${{{workflow.name}}}",
            "Name": Raw.of("$states.context.Execution.Name"),
            "Input": {**dict(stmt.arguments), "ladle": lineage()},
        },
        Edge(None),
        comment=_first_line(workflow.function),
    )


def _launch(
    stmt: form.Call, callee: form.Launch, *, express: bool, in_map: bool, outer: Sequence[Variable]
) -> Work:
    """A Task that starts a run and goes on. The run is a root of its own: nobody else would tell of it."""
    workflow = callee.workflow
    return Work(
        stmt.label,
        stmt.span,
        "arn:aws:states:::states:startExecution",
        {
            "StateMachineArn": f"${{{workflow.name}}}",
            "Name": _name(express=express, in_map=in_map, outer=outer),
            "Input": dict(stmt.arguments),
        },
        Edge(None),
        comment=_first_line(workflow.function),
    )


def result_of(work: Work, target: Variable, callee: Any, *, message: bool) -> Expr:
    """Where the value of a call stands in the state's result; `message`: the text of a failure is read."""
    if isinstance(callee, form.Answered):
        return errortext.answer(target.shape, message=message)
    if isinstance(callee, form.Direct):
        value = Raw(target.shape, NOWHERE, callee.value, (), valid="state")
        return checked(value, callee.shape, callee.name) if callee.guarded else value
    if isinstance(callee, Activity):  # a worker may be anybody's
        value = Raw(target.shape, NOWHERE, "$states.result", (), valid="state")
        return checked(value, callee.door.result, callee.name)
    if isinstance(callee, form.Launch):
        text = "$states.result.ExecutionArn"
    elif work.nested:
        text = "$states.result.Output"
    elif work.resource.endswith(".waitForTaskToken"):
        text = "$states.result"
    else:
        text = "$states.result.Payload"
    return Raw(target.shape, NOWHERE, text, (), valid="state")


def _first_line(function: Any) -> str:
    lines = (getattr(function, "__doc__", None) or "").strip().splitlines()
    return lines[0].strip() if lines else ""
