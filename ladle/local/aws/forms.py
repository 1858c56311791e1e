"""Actions of optimized integrations that the service's API has under another name, or in another form.

Source: the pages "Call Amazon EMR" and "Call Amazon EMR Serverless" of the Step Functions developer guide.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

__all__ = ["FORMS", "Form"]

Fields = dict[str, Any]


def _same(given: Fields) -> Fields:
    return given


@dataclass(frozen=True, slots=True)
class Form:
    """The action of the API, its parameters from those of the task, the task's result from its answer."""

    action: str
    request: Callable[[Fields], Fields] = _same
    answer: Callable[[Fields, Fields], Fields] = lambda _given, answer: answer


def _with(*names: str) -> Callable[[Fields, Fields], Fields]:
    """The answer, and beside it parameters of the task."""
    return lambda given, answer: {**{name: given[name] for name in names if name in given}, **answer}


_APPLICATION: Final = _with("ApplicationId")

FORMS: Final = MappingProxyType(
    {
        ("elasticmapreduce", "createCluster"): Form(
            "runJobFlow",
            answer=lambda _given, answer: {
                "ClusterId" if name == "JobFlowId" else name: value for name, value in answer.items()
            },
        ),
        ("elasticmapreduce", "terminateCluster"): Form(
            "terminateJobFlows", lambda given: {"JobFlowIds": [given.get("ClusterId")]}
        ),
        ("elasticmapreduce", "addStep"): Form(
            "addJobFlowSteps",
            lambda given: {"JobFlowId": given.get("ClusterId"), "Steps": [given.get("Step")]},
            lambda _given, answer: {
                **{name: value for name, value in answer.items() if name != "StepIds"},
                "StepId": answer["StepIds"][0],
            },
        ),
        ("elasticmapreduce", "setClusterTerminationProtection"): Form(
            "setTerminationProtection",
            lambda given: {
                "JobFlowIds": [given.get("ClusterId")],
                "TerminationProtected": given.get("TerminationProtected"),
            },
        ),
        ("emr-serverless", "startApplication"): Form("startApplication", answer=_APPLICATION),
        ("emr-serverless", "stopApplication"): Form("stopApplication", answer=_APPLICATION),
        ("emr-serverless", "deleteApplication"): Form("deleteApplication", answer=_APPLICATION),
        ("emr-serverless", "cancelJobRun"): Form("cancelJobRun", answer=_with("ApplicationId", "JobRunId")),
    }
)
"""By service and action, as a task's resource names them."""
