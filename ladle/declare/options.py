"""Checking the options of `@task` and `@workflow`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from ladle.declare.checks import is_bool, is_number, is_text, is_whole
from ladle.declare.pools import Pool
from ladle.declare.reading import Finding
from ladle.declare.retries import Retry
from ladle.declare.schedules import at_fault, cron_fault, rate_fault, timezone_fault
from ladle.declare.triggers import At, Cron, Rate, S3Upload, Schedule
from ladle.wire import AnyShape, WireError, decode, describe, encode, shape_of

if TYPE_CHECKING:
    from ladle.declare.tasks import Task
    from ladle.declare.workflows import Workflow

__all__ = ["task_findings", "workflow_findings"]

LAMBDA_SECONDS: Final = 900
"""The longest a Lambda function may run (AWS Lambda quotas)."""

LONGEST_SECONDS: Final = 99_999_999
"""The most that `TimeoutSeconds` and `HeartbeatSeconds` may be (Amazon States Language)."""

EXPRESS_SECONDS: Final = 300
"""The longest an Express run may take (Step Functions quotas)."""

MOST_PLACES: Final = 1_000
"""Places of a pool: all who hold one are in one item of DynamoDB, which has at most 400 KB."""

LEAST_MEMORY: Final = 128
MOST_MEMORY: Final = 10_240
"""The memory of a Lambda function, in MB (AWS Lambda quotas)."""

LEAST_STORAGE: Final = 512
MOST_STORAGE: Final = 10_240
"""The `/tmp` of a Lambda function, in MB (AWS Lambda quotas)."""

MOST_WINDOW: Final = 1_440
MOST_RETRIES: Final = 185
LEAST_AGE: Final = 60
MOST_AGE: Final = 86_400
"""Minutes of a window, retries, and seconds that an event may be old (EventBridge Scheduler's quotas)."""

_LAYER: Final = re.compile(r"arn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{12}:layer:[A-Za-z0-9_-]+:\d+", re.ASCII)
_TIME: Final = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d", re.ASCII)
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,63}", re.ASCII)


def task_findings(task: Task[..., Any]) -> list[Finding]:
    """What is wrong with a task's options."""
    found = _name_findings(task.name)
    for policy in task.retry:
        found += _retry_findings(policy)
    most = LONGEST_SECONDS if task.takes_token else LAMBDA_SECONDS
    if not is_whole(task.timeout, 1, most):
        why = "" if task.takes_token else ", the longest that Lambda runs"
        found.append(_option("timeout", task.timeout, f"write whole seconds from 1 to {most:,}{why}"))
    if task.heartbeat is not None:
        if not is_whole(task.heartbeat, 1, LONGEST_SECONDS):
            found.append(_option("heartbeat", task.heartbeat, "write whole seconds of at least 1"))
        elif not task.takes_token:
            hint = "give the task a TaskToken, or leave `heartbeat` out: Lambda tasks send none"
            found.append(_option("heartbeat", task.heartbeat, hint))
        elif is_whole(task.timeout, 1, most) and task.heartbeat >= task.timeout:
            hint = f"write less than `timeout`, which is {task.timeout}"
            found.append(_option("heartbeat", task.heartbeat, hint))
    if not is_whole(task.memory, LEAST_MEMORY, MOST_MEMORY):
        found.append(_option("memory", task.memory, f"write MB from {LEAST_MEMORY} to {MOST_MEMORY:,}"))
    if task.expect is not None and not (is_number(task.expect, 0, LONGEST_SECONDS) and task.expect):
        found.append(_option("expect", task.expect, "write the seconds it usually takes, more than 0"))
    if task.storage is not None and not is_whole(task.storage, LEAST_STORAGE, MOST_STORAGE):
        found.append(_option("storage", task.storage, f"write MB from {LEAST_STORAGE} to {MOST_STORAGE:,}"))
    if task.concurrency is not None and not is_whole(task.concurrency, 1, LONGEST_SECONDS):
        hint = "write how many calls may run at once, at least 1"
        found.append(_option("concurrency", task.concurrency, hint))
    for layer in task.layers or ():
        if not (is_text(layer) and _LAYER.fullmatch(layer)):
            hint = "write ARNs of layer versions, arn:aws:lambda:REGION:ACCOUNT:layer:NAME:VERSION"
            found.append(_option("layers", layer, hint))
    if not is_bool(task.step):
        found.append(_option("step", task.step, "write True or False"))
    found += _sharing_findings(task)
    for name, value in task.environment.items():
        if not (is_text(name) and is_text(value)):
            hint = "environment variables are text: write both as strings"
            found.append(_option("environment", {name: value}, hint))
        elif name.startswith(("AWS_", "LADLE_")):
            hint = "give it another name: AWS_ belongs to Lambda and LADLE_ to Ladle"
            found.append(_option("environment", {name: value}, hint))
    return found


def _sharing_findings(task: Task[..., Any]) -> list[Finding]:
    """What is wrong with `idempotent` and `pool`."""
    found: list[Finding] = []
    if not is_bool(task.idempotent):
        found.append(_option("idempotent", task.idempotent, "write True or False"))
    elif task.idempotent and task.takes_token:
        hint = "leave it out, or ask in a task of its own: what answers the token is not known here"
        found.append(_option("idempotent", True, hint))
    given: tuple[Any, ...] = task.pools
    names = [each.name for each in given if isinstance(each, Pool)]
    for each in given:
        if not isinstance(each, Pool):
            found.append(_option("pool", each, 'write Pool("warehouse", 5), or a list of pools'))
        elif not (is_text(each.name) and _NAME.fullmatch(each.name)):
            hint = "name it with at most 64 of A-Z a-z 0-9 _ -, beginning with a letter"
            found.append(_option("pool", each, hint))
        elif not is_whole(each.size, 1, MOST_PLACES):
            hint = f"write how many calls may use it at once, from 1 to {MOST_PLACES}"
            found.append(_option("pool", each, hint))
        elif names.count(each.name) > 1:
            found.append(_option("pool", each, "name each pool once"))
    if task.pools and task.takes_token:
        hint = "leave it out: the call's own function ends long before the answer comes"
        found.append(_option("pool", task.pools[0], hint))
    return found


def workflow_findings(workflow: Workflow[..., Any]) -> list[Finding]:
    """What is wrong with a workflow's options, and which parameters its triggers cannot fill."""
    found = _name_findings(workflow.name)
    if workflow.type not in ("STANDARD", "EXPRESS"):
        found.append(_option("type", workflow.type, 'write "STANDARD" or "EXPRESS"'))
    most = EXPRESS_SECONDS if workflow.type == "EXPRESS" else LONGEST_SECONDS
    if workflow.timeout is not None and not is_whole(workflow.timeout, 1, most):
        found.append(_option("timeout", workflow.timeout, f"write whole seconds from 1 to {most:,}"))
    if workflow.alerts is not None and not (is_text(workflow.alerts) and workflow.alerts.strip()):
        found.append(_option("alerts", workflow.alerts, "write the logical name of a topic, such as `ops`"))
    if workflow.deadline is not None and (hint := _deadline_remedy(workflow)):
        found.append(_option("deadline", workflow.deadline, hint))
    if workflow.takes_token:
        hint = "ask in a task of its own, which the workflow calls"
        found.append(Finding("D109", "a workflow takes no task token", hint))
    for name, (source, _) in workflow.sources.items():
        hint = "give it to the task that needs it: what a workflow holds, its machine sees"
        found.append(Finding("D110", f"a workflow takes no {source!r}", hint, f"parameter:{name}"))
    for trigger in workflow.triggers:
        faults = _trigger_faults(trigger)
        spelled = _spelled(trigger)
        found += [Finding("D130", f"{spelled}: {fault}", hint, "option:on") for fault, hint in faults]
        if not faults:
            found += _filling_findings(workflow, trigger)
    return found


def _deadline_remedy(workflow: Workflow[..., Any]) -> str:
    """What to change about a deadline that cannot be watched; empty for one that can."""
    if not (is_text(workflow.deadline) and _TIME.fullmatch(workflow.deadline)):
        return "write a time of day from 00:00 to 23:59, such as `07:00`"
    if workflow.alerts is None:
        return "write `alerts` too: the topic that hears of it"
    if workflow.type == "EXPRESS":
        return "leave it out, or make the workflow STANDARD: AWS does not keep the runs of Express machines"
    if not any(isinstance(trigger, Cron | At) for trigger in workflow.triggers):
        return "leave it out: only with a Cron or an At is it known when a run must have been started"
    return ""


def _name_findings(name: str) -> list[Finding]:
    if _NAME.fullmatch(name):
        return []
    hint = "write at most 64 of A-Z a-z 0-9 _ -, beginning with a letter"
    return [Finding("D120", f"the name {name!r} cannot be used", hint, "option:name")]


def _retry_findings(policy: Any) -> list[Finding]:
    if not isinstance(policy, Retry):
        return [
            Finding("D121", f"`retry` holds {policy!r}", "write Retry(…), or a list of them", "option:retry")
        ]
    found: list[Finding] = []
    for fault in policy.faults:
        problem, _, hint = fault.partition(": ")
        found.append(
            Finding("D121", f"Retry: {problem}", hint or "write the exception class", "option:retry")
        )
    return found


def _option(name: str, value: Any, hint: str) -> Finding:
    return Finding("D120", f"`{name}` is {value!r}", hint, f"option:{name}")


# ---------------------------------------------------------------------------------------------- triggers


def _trigger_faults(trigger: Any) -> list[tuple[str, str]]:
    """What is wrong with a trigger, each with a remedy."""
    if isinstance(trigger, S3Upload):
        return _upload_faults(trigger)
    if not isinstance(trigger, Schedule):
        return [("this is no trigger", "write S3Upload(…), Cron(…), Rate(…) or At(…)")]
    if untold := _untyped(trigger, ("expression", "timezone")):
        return untold
    given: Any = trigger.input
    if not isinstance(given, Mapping):
        return [(f"`input` is {given!r}", "write a dict: the values of parameters by name")]
    check = {Cron: cron_fault, Rate: rate_fault, At: at_fault}[type(trigger)]
    faults = [_split(check(trigger.expression)), _split(timezone_fault(trigger.timezone))]
    for name, least, most in (
        ("window", 0, MOST_WINDOW),
        ("retries", 0, MOST_RETRIES),
        ("max_age", LEAST_AGE, MOST_AGE),
    ):
        limit = getattr(trigger, name)
        if limit is not None and not is_whole(limit, least, most):
            faults.append((f"`{name}` is {limit!r}", f"write a whole number from {least} to {most:,}"))
    for name, value in trigger.input.items():
        try:
            encode(value, AnyShape(), f"input[{name!r}]")
        except WireError as error:
            faults.append((str(error), "write input as JSON has it: strings, numbers, lists, dicts"))
    return [fault for fault in faults if fault[0]]


def _untyped(trigger: Any, names: Sequence[str]) -> list[tuple[str, str]]:
    """What a trigger was given that is no text."""
    values = [(name, getattr(trigger, name)) for name in names]
    return [
        (f"`{name}` is {value!r}", "write a text, in quotes") for name, value in values if not is_text(value)
    ]


def _upload_faults(trigger: S3Upload) -> list[tuple[str, str]]:
    if untold := _untyped(trigger, ("bucket", "prefix", "suffix")):
        return untold
    faults: list[tuple[str, str]] = []
    if not trigger.bucket.strip():
        hint = "write its logical name, which infra/<stage>.toml turns into a bucket"
        faults.append(("the bucket is empty", hint))
    elif "/" in trigger.bucket or ":" in trigger.bucket:
        hint = "write the bucket alone, and the folder in `prefix`"
        faults.append((f"{trigger.bucket!r} is no bucket's name", hint))
    if trigger.prefix.startswith("/"):
        faults.append((f"no key begins with {trigger.prefix!r}", f"write {trigger.prefix.lstrip('/')!r}"))
    for name, text in (("prefix", trigger.prefix), ("suffix", trigger.suffix)):
        if "*" in text:
            hint = f"write {text.replace('*', '')!r}"
            faults.append((f"`{name}` is literal text, not the pattern {text!r}", hint))
    return faults


def _split(fault: str) -> tuple[str, str]:
    problem, _, hint = fault.rpartition(": ")
    return (problem, hint) if problem else (fault, fault)


def _filling_findings(workflow: Workflow[..., Any], trigger: Any) -> list[Finding]:
    """Parameters that a trigger cannot fill, or fills with another type."""
    if workflow._reading.door is None:
        return []
    found: list[Finding] = []
    offered = ", ".join(trigger.offers)
    name = type(trigger).__name__
    for field in workflow._reading.door.parameters:
        part = f"parameter:{field.name}"
        if field.name not in trigger.offers:
            if field.required:
                remedy = "give the parameter a default"
                if isinstance(trigger, Schedule):
                    remedy += ", or a value in `input`"
                hint = f"it offers {offered}: {remedy}"
                found.append(Finding("D131", f"{name} cannot fill `{field.name}`", hint, part))
            continue
        for example in trigger.examples[field.name]:
            try:
                decode(example, field.shape, field.name)
            except WireError as error:
                offer = trigger.offers[field.name]
                hint = "change one of them"
                if offer is not Any:
                    hint = f"write `{field.name}: {describe(shape_of(offer))}`"
                message = f"{name} fills `{field.name}` with another type: {error.problem}"
                found.append(Finding("D132", message, hint, part))
                break
    if isinstance(trigger, Schedule):
        known = [field.name for field in workflow._reading.door.parameters]
        for extra in trigger.input:
            if extra not in known:
                hint = f"it has {', '.join(known) or 'no parameters'}"
                message = f"`input` names `{extra}`, which `{workflow.name}` does not take"
                found.append(Finding("D132", message, hint, "option:on"))
    return found


def _spelled(trigger: Any) -> str:
    text = trigger.bucket if isinstance(trigger, S3Upload) else getattr(trigger, "expression", None)
    return repr(trigger) if text is None else f"{type(trigger).__name__}({text!r})"
