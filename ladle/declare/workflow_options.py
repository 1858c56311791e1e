"""Checking the options of `@workflow`, its triggers among them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from ladle.declare.checks import is_text, is_whole
from ladle.declare.options import LONGEST_SECONDS, name_findings, option
from ladle.declare.reading import Finding
from ladle.declare.schedules import at_fault, cron_fault, rate_fault, timezone_fault
from ladle.declare.triggers import At, Cron, Rate, S3Upload, Schedule
from ladle.wire import AnyShape, WireError, decode, describe, encode, shape_of

if TYPE_CHECKING:
    from ladle.declare.workflows import Workflow

__all__ = ["workflow_findings"]

EXPRESS_SECONDS: Final = 300
"""The longest an Express run may take (Step Functions quotas)."""

MOST_WINDOW: Final = 1_440
MOST_RETRIES: Final = 185
LEAST_AGE: Final = 60
MOST_AGE: Final = 86_400
"""Minutes of a window, retries, and seconds that an event may be old (EventBridge Scheduler's quotas)."""

_TIME: Final = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d", re.ASCII)


def workflow_findings(workflow: Workflow[..., Any]) -> list[Finding]:
    """What is wrong with a workflow's options, and which parameters its triggers cannot fill."""
    found = name_findings(workflow.name)
    if workflow.type not in ("STANDARD", "EXPRESS"):
        found.append(option("type", workflow.type, 'write "STANDARD" or "EXPRESS"'))
    most = EXPRESS_SECONDS if workflow.type == "EXPRESS" else LONGEST_SECONDS
    if workflow.timeout is not None and not is_whole(workflow.timeout, 1, most):
        found.append(option("timeout", workflow.timeout, f"write whole seconds from 1 to {most:,}"))
    if workflow.alerts is not None and not (is_text(workflow.alerts) and workflow.alerts.strip()):
        found.append(option("alerts", workflow.alerts, "write the logical name of a topic, such as `ops`"))
    if workflow.deadline is not None and (hint := _deadline_remedy(workflow)):
        found.append(option("deadline", workflow.deadline, hint))
    if workflow.definition is not None and not _is_definition(workflow.definition):
        found.append(
            option("definition", workflow.definition, "name a file beside the module: `NAME.asl.json`")
        )
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


def _is_definition(value: Any) -> bool:
    return is_text(value) and value.endswith(".asl.json") and ".." not in value.split("/") and value[0] != "/"


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
