"""Which integration a call of an action is, and what it takes and gives.

A plain call is an SDK integration (`aws-sdk:glue:startJobRun`): every action has one, and all are alike. An
optimized integration is used where it does more: to wait for the end of a job (`.sync`), to wait for an
answer (`.waitForTaskToken`), and for `events:putEvents`, which fails when an entry was refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

from ladle.asl.integrations import OPTIMIZED, SYNC, TOKEN
from ladle.services.models import Service, actions_of, nearest_name, service_named, service_names
from ladle.services.naming import capital
from ladle.services.types import inner, parameters, result, words_of
from ladle.wire import AnyShape, RecordField, RecordShape, Shape

__all__ = ["Integration", "Unknown", "integration_of", "waitable"]


class Unknown(Exception):
    """There is no such service, action or way to wait. `hint` says what to write."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Integration:
    """A call as a Task state has it.

    `pattern` is empty, `.sync` or `.waitForTaskToken`; `words` has, by parameter, what it may be where
    botocore lists that; `result` is the type of the state's result, Any where nobody documents it.
    """

    service: Service
    operation: str
    resource: str
    pattern: str
    parameters: RecordShape
    result: Shape
    words: dict[str, tuple[str, ...]] = field(compare=False)


_HOMES: Final = {"elasticmapreduce": "emr"}
"""Optimized integrations whose botocore service has another name."""

_NEVER_PLAIN: Final = {
    ("lambda", "Invoke"): "a function of the project is a task: call it by its name; others from a task",
    ("stepfunctions", "StartExecution"): "call the workflow by its name, or start it with workflow.start(…)",
    ("stepfunctions", "StartSyncExecution"): "call the workflow by its name",
}
"""Actions for which the language has words of its own."""

_BETTER: Final = {("events", "PutEvents")}
"""Actions whose optimized integration does more than the SDK's in a plain call."""


@cache
def integration_of(service: str, action: str, *, wait: bool = False, token: bool = False) -> Integration:
    """The integration of `aws.service.action(…)`. Raises Unknown for names that AWS does not have."""
    found = service_named(service)
    if found is None:
        near = nearest_name(service, [name.replace("-", "_") for name in service_names()])
        raise Unknown(
            f"AWS has no service `{service}`",
            f"did you mean `aws.{near}`?" if near else "write the service as boto3's client has it",
        )
    actions = actions_of(found)
    name = f"aws.{service}.{action}"
    if action not in actions:
        near = nearest_name(action, actions)
        raise Unknown(
            f"`aws.{service}` has no action `{action}`",
            f"did you mean `aws.{service}.{near}`?" if near else "write the action as boto3's method",
        )
    operation = actions[action]
    if (found.name, operation) in _NEVER_PLAIN:
        raise Unknown(f"`{name}` has a form of its own here", _NEVER_PLAIN[found.name, operation])
    model = found.model.operation_model(operation)
    if wait and token:
        raise Unknown(f"`{name}` waits either for the job's end or for an answer", "leave one of them out")
    if wait:
        return _waiting(found, name, operation, model)
    if token or (found.name, operation) in _BETTER:
        optimized = _optimized(found, operation, TOKEN if token else "")
        if optimized is not None:
            resource, pattern = f"arn:aws:states:::{optimized}", TOKEN if token else ""
            given = parameters(model, second=False)
            gives = AnyShape() if token else result(model, second=False)
            words = words_of(model, second=False)
            return Integration(found, operation, f"{resource}{pattern}", pattern, given, gives, words)
    pattern = TOKEN if token else ""
    resource = f"arn:aws:states:::aws-sdk:{found.sdk}:{operation[:1].lower()}{operation[1:]}{pattern}"
    return Integration(
        found,
        operation,
        resource,
        pattern,
        parameters(model, second=True),
        result(model, second=True),
        words_of(model, second=True),
    )


def _optimized(service: Service, operation: str, pattern: str) -> str | None:
    """`service:action` of the optimized integration of an operation, if it has the pattern."""
    for home, actions in OPTIMIZED.items():
        if _HOMES.get(home, home) != service.name:
            continue
        for action, patterns in actions.items():
            if capital(action) == operation and pattern in patterns:
                return f"{home}:{action}"
    return None


def waitable() -> Iterator[tuple[str, str]]:
    """The service and the operation of each action that can be waited for, as botocore has them."""
    for home, actions in OPTIMIZED.items():
        service = service_named(_HOMES.get(home, home))
        for action, patterns in actions.items():
            known = service is not None and capital(action) in service.model.operation_names
            if SYNC in patterns and known and home != "states":
                yield _HOMES.get(home, home), capital(action)


def _waiting(service: Service, name: str, operation: str, model: Any) -> Integration:
    optimized = _optimized(service, operation, SYNC)
    if optimized is None:
        from botocore import xform_name

        here = [xform_name(each) for home, each in waitable() if home == service.name]
        hint = (
            f"of this service one can wait for {', '.join(here)}"
            if here
            else "leave out `wait=`, and ask in a loop: while …: sleep(…)"
        )
        raise Unknown(f"Step Functions cannot wait for the end of `{name}`", hint)
    return Integration(
        service,
        operation,
        f"arn:aws:states:::{optimized}{SYNC}",
        SYNC,
        parameters(model, second=False),
        _job(service, optimized),
        words_of(model, second=False),
    )


_JOBS: Final[dict[str, tuple[str, tuple[str, ...], str]]] = {
    "athena:startQueryExecution": ("GetQueryExecution", (), ""),
    "batch:submitJob": ("DescribeJobs", ("jobs", "[]"), ""),
    "codebuild:startBuild": ("BatchGetBuilds", ("builds", "[]"), "Build"),
    "databrew:startJobRun": ("DescribeJobRun", (), ""),
    "ecs:runTask": ("DescribeTasks", ("tasks", "[]"), ""),
    "glue:startJobRun": ("GetJobRun", ("JobRun",), ""),
    "sagemaker:createHyperParameterTuningJob": ("DescribeHyperParameterTuningJob", (), ""),
    "sagemaker:createLabelingJob": ("DescribeLabelingJob", (), ""),
    "sagemaker:createProcessingJob": ("DescribeProcessingJob", (), ""),
    "sagemaker:createTrainingJob": ("DescribeTrainingJob", (), ""),
    "sagemaker:createTransformJob": ("DescribeTransformJob", (), ""),
}
"""What a job that has ended gives: which action describes it, where it stands in the answer, and the key that
it is shown under, if any. Source: the pages of the optimized integrations in the developer guide."""


def _job(service: Service, optimized: str) -> Shape:
    row = _JOBS.get(optimized)
    if row is None:
        return AnyShape()
    describe, path, key = row
    shape = service.model.operation_model(describe).output_shape
    for part in path:
        shape = shape.member if part == "[]" else shape.members[part]
    found = inner(shape, second=False)
    if not key:
        return found
    return RecordShape(f"{key}Result", (RecordField(key, found, required=False),), "typeddict", dict)
