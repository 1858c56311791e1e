"""Tasks and Maps: resources that exist, in patterns they have, and what Express machines cannot do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ladle.asl.integrations import (
    ITEM_READERS,
    OPTIMIZED,
    PLACEHOLDER,
    RESULT_WRITERS,
    SYNC,
    TOKEN,
    Resource,
    parse_resource,
    unrecognized,
)
from ladle.asl.model import Visit, is_distributed
from ladle.asl.problems import Pointer, Problem
from ladle.asl.queries import expression_in, scan_query
from ladle.asl.rules.context import Context
from ladle.asl.sites import Form, Site, sites
from ladle.asl.tables import DISTRIBUTED_ONLY

__all__ = ["check_tasks"]


def check_tasks(context: Context) -> Iterator[Problem]:
    """Resources of Task states, readers and writers of Maps."""
    for visit in context.visits:
        if visit.type == "Task" and isinstance(arn := visit.state.get("Resource"), str):
            pointer = (*visit.pointer, "Resource")
            resource = parse_resource(arn)
            if resource.kind == "unknown":
                yield _unrecognised(arn, resource, pointer)
            elif _in_express(visit, context):
                yield from _express(resource, pointer)
            if resource.pattern == TOKEN:
                yield from _token(visit, pointer)
        elif visit.type == "Map":
            yield from _map(visit, context)


def _in_express(visit: Visit, context: Context) -> bool:
    """Whether the state runs in an Express execution: the machine's, or that of a Map's Express children."""
    scope = visit.scope
    while scope.owner is not None:
        if scope.distributed:
            config = scope.container["ProcessorConfig"]
            return bool(config.get("ExecutionType") == "EXPRESS")
        scope = scope.owner.scope
    return context.express


def _unrecognised(arn: str, resource: Resource, pointer: Pointer) -> Problem:
    actions = OPTIMIZED.get(resource.service, {})
    if resource.action in actions:
        patterns = ", ".join(repr(pattern or "(none)") for pattern in sorted(actions[resource.action]))
        reason = f"{resource.service}:{resource.action} has no pattern {resource.pattern!r}"
        hint = f"patterns it has: {patterns}"
    elif actions:
        reason = f"{resource.service} has no optimized action {resource.action!r}"
        sdk = f"arn:aws:states:::aws-sdk:{resource.service}:{resource.action}"
        hint = f"write {sdk}, or one of {', '.join(actions)}"
    elif resource.service.startswith("aws-sdk:"):
        reason, hint = (
            "an SDK integration cannot wait for a job (.sync)",
            "poll in a loop, or use .waitForTaskToken",
        )
    elif resource.service:
        reason = f"there is no optimized integration {resource.service!r}"
        hint = f"write arn:aws:states:::aws-sdk:{resource.service}:{resource.action}"
    else:
        reason = f"{arn!r} is no resource that a Task can call"
        hint = "a service (arn:aws:states:::lambda:invoke), a Lambda function's or an activity's ARN"
    return Problem(
        "A210",
        pointer,
        reason,
        hint,
        aws_message=unrecognized(arn),
    )


def _express(resource: Resource, pointer: Pointer) -> Iterator[Problem]:
    if resource.kind == "activity":
        yield Problem(
            "A211",
            pointer,
            "an Express machine cannot wait for an activity",
            "use a Lambda function, or a Standard machine",
            aws_message="Express state machine does not support Activity ARN",
        )
    elif resource.pattern.startswith(SYNC):
        yield Problem(
            "A211",
            pointer,
            "an Express machine cannot wait for a job (.sync)",
            f"call it without {resource.pattern}, or use a Standard machine",
            aws_message="Express state machine does not support '.sync' service integration",
        )
    elif resource.pattern == TOKEN:
        yield Problem(
            "A211",
            pointer,
            "an Express machine cannot wait for a task token",
            "call it without .waitForTaskToken, or use a Standard machine",
            aws_message="Express state machine does not support '.waitForTaskToken' service integration ",
        )


def _token(visit: Visit, pointer: Pointer) -> Iterator[Problem]:
    if visit.language == "JSONata":
        field, wanted = "Arguments", "{% $states.context.Task.Token %}"
    else:
        field, wanted = "Parameters", '"Token.$": "$$.Task.Token"'
    if not any(_reads_context(site) for site in sites(visit) if site.field == field):
        yield Problem(
            "A913", pointer, "the task waits for a token that nobody is given", f"pass {wanted} in {field}"
        )


def _reads_context(site: Site) -> bool:
    """Whether the expression may give out the context object's task token."""
    if site.form is not Form.QUERY:
        return "$$" in site.text
    expression = expression_in(site.text)
    return expression is not None and any(
        read.name == "states" and read.path[:1] in ((), ("context",))
        for read in scan_query(expression).variables
    )


def _map(visit: Visit, context: Context) -> Iterator[Problem]:
    processor = visit.state.get("ItemProcessor", visit.state.get("Iterator"))
    distributed = isinstance(processor, Mapping) and is_distributed(processor)
    config = processor.get("ProcessorConfig") if isinstance(processor, Mapping) else None
    at = (
        *visit.pointer,
        "ItemProcessor" if "ItemProcessor" in visit.state else "Iterator",
        "ProcessorConfig",
    )
    if distributed and _in_express(visit, context):
        yield Problem(
            "A211",
            (*at, "Mode"),
            "an Express machine cannot hold a distributed Map",
            "use INLINE, or a Standard machine",
            aws_message="Express state machine does not support Map state with Mode 'DISTRIBUTED'",
        )
    if distributed and isinstance(config, Mapping) and "ExecutionType" not in config:
        yield Problem(
            "A201",
            at,
            "a distributed processor needs ExecutionType",
            'write "ExecutionType": "STANDARD" (or "EXPRESS" for short, cheap children)',
            on_key=True,
            aws_message="These fields are required: [ExecutionType]",
        )
    if not distributed:
        yield from _inline(visit)
    for field, known in (("ItemReader", ITEM_READERS), ("ResultWriter", RESULT_WRITERS)):
        part = visit.state.get(field)
        arn = part.get("Resource") if isinstance(part, Mapping) else None
        if isinstance(arn, str) and not PLACEHOLDER.search(arn) and arn.replace("aws-cn", "aws") not in known:
            yield Problem(
                "A210",
                (*visit.pointer, field, "Resource"),
                f"{field} cannot use {arn!r}",
                f"one of {', '.join(sorted(known))}",
                aws_message=unrecognized(arn),
            )


def _inline(visit: Visit) -> Iterator[Problem]:
    for field in DISTRIBUTED_ONLY:
        if field not in visit.state:
            continue
        pointer = (*visit.pointer, field)
        if field in ("ItemReader", "ItemBatcher", "ResultWriter"):
            yield Problem(
                "A215",
                pointer,
                f"{field} needs a distributed Map, and this one is inline",
                'set ProcessorConfig to {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}',
                on_key=True,
                aws_message=f"Field '{field}' is not supported",
                aws_at=visit.pointer,
            )
        else:
            yield Problem(
                "A914",
                pointer,
                f"{field} has no effect: this Map is inline",
                'set ProcessorConfig to {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, or remove it',
                on_key=True,
            )
