"""What a machine may do that starts jobs and waits for their end.

Source: the page of each service under "IAM policies for integrated services" in the Step Functions Developer
Guide. The data that a job reads and writes is the job's own affair, except where the caller's permissions are
used (Athena): that is for `@workflow(allow=[…])` to say, as is the role that a job runs under.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

from ladle.deploy.policies.arguments import named
from ladle.deploy.policies.forced import forced
from ladle.deploy.policies.statements import Statement
from ladle.deploy.resources import arn

__all__ = ["PASSING_ROLES", "STARTING", "WAITING", "rule"]

Grant = Callable[[Mapping[str, Any]], Iterator[Statement]]


def rule(name: str) -> Statement:
    """The rule that Step Functions itself keeps, to hear of the end of what it waits for."""
    return Statement(
        ("events:PutTargets", "events:PutRule", "events:DescribeRule"), (arn("events", f"rule/{name}"),)
    )


def _arn_or(text: str, service: str, kind: str) -> str:
    return text if text.startswith("arn:") else arn(service, f"{kind}{text}")


def _batch(arguments: Mapping[str, Any]) -> Iterator[Statement]:
    queue = _arn_or(named(arguments, "JobQueue"), "batch", "job-queue/")
    definition = _arn_or(named(arguments, "JobDefinition"), "batch", "job-definition/")
    revisions = definition if definition.rpartition("/")[2].count(":") else f"{definition}:*"
    yield Statement(("batch:SubmitJob",), (queue, *dict.fromkeys((definition, revisions))))


def _waits_for_batch(_: Mapping[str, Any]) -> Iterator[Statement]:
    yield forced("batch:")
    yield Statement(("batch:TerminateJob",), (arn("batch", "job/*"),))
    yield rule("StepFunctionsGetEventsForBatchJobsRule")


def _ecs(arguments: Mapping[str, Any]) -> Iterator[Statement]:
    definition = _arn_or(named(arguments, "TaskDefinition"), "ecs", "task-definition/")
    revisions = definition if ":" in definition.rpartition("/")[2] else f"{definition}:*"
    yield Statement(("ecs:RunTask",), tuple(dict.fromkeys((definition, revisions))))


def _waits_for_ecs(arguments: Mapping[str, Any]) -> Iterator[Statement]:
    cluster = named({"Cluster": "default", **arguments}, "Cluster").rpartition("/")[2]
    yield Statement(("ecs:StopTask", "ecs:DescribeTasks"), (arn("ecs", f"task/{cluster}/*"),))
    yield rule("StepFunctionsGetEventsForECSTaskRule")


def _workgroup(arguments: Mapping[str, Any]) -> str:
    return arn("athena", f"workgroup/{named({'WorkGroup': 'primary', **arguments}, 'WorkGroup')}")


def _athena(arguments: Mapping[str, Any]) -> Iterator[Statement]:
    where = (_workgroup(arguments), arn("athena", "datacatalog/*"))
    yield Statement(("athena:StartQueryExecution", "athena:GetDataCatalog"), where)


def _waits_for_athena(arguments: Mapping[str, Any]) -> Iterator[Statement]:
    yield Statement(("athena:GetQueryExecution", "athena:StopQueryExecution"), (_workgroup(arguments),))


def _project(arguments: Mapping[str, Any]) -> str:
    return _arn_or(named(arguments, "ProjectName"), "codebuild", "project/")


def _build(arguments: Mapping[str, Any]) -> Iterator[Statement]:
    yield Statement(("codebuild:StartBuild",), (_project(arguments),))


def _waits_for_build(arguments: Mapping[str, Any]) -> Iterator[Statement]:
    actions = ("codebuild:StopBuild", "codebuild:BatchGetBuilds", "codebuild:BatchGetReports")
    yield Statement(actions, (_project(arguments),))
    yield rule("StepFunctionsGetEventForCodeBuildStartBuildRule")


def _glue_job(arguments: Mapping[str, Any]) -> str:
    return _arn_or(named(arguments, "JobName"), "glue", "job/")


def _glue(arguments: Mapping[str, Any]) -> Iterator[Statement]:
    yield Statement(("glue:StartJobRun",), (_glue_job(arguments),))


def _waits_for_glue(arguments: Mapping[str, Any]) -> Iterator[Statement]:
    yield Statement(("glue:GetJobRun", "glue:GetJobRuns", "glue:BatchStopJobRun"), (_glue_job(arguments),))


def _databrew_job(arguments: Mapping[str, Any]) -> str:
    return arn("databrew", f"job/{named(arguments, 'Name')}")


def _databrew(arguments: Mapping[str, Any]) -> Iterator[Statement]:
    yield Statement(("databrew:StartJobRun",), (_databrew_job(arguments),))


def _waits_for_databrew(arguments: Mapping[str, Any]) -> Iterator[Statement]:
    actions = ("databrew:ListJobRuns", "databrew:StopJobRun", "databrew:DescribeJobRun")
    yield Statement(actions, (_databrew_job(arguments),))


def _sagemaker(noun: str, kind: str) -> Grant:
    """Names of jobs are mostly made for the run, so the statement is about all jobs of the kind."""

    def grant(arguments: Mapping[str, Any]) -> Iterator[Statement]:
        yield Statement((f"sagemaker:Create{noun}", "sagemaker:AddTags"), (arn("sagemaker", f"{kind}/*"),))
        if noun == "TrainingJob":
            yield Statement(("iam:PassRole",), (named(arguments, "RoleArn"),))

    return grant


def _waits_for_sagemaker(noun: str, kind: str, events: str) -> Grant:
    def grant(_: Mapping[str, Any]) -> Iterator[Statement]:
        actions = (f"sagemaker:Describe{noun}", f"sagemaker:Stop{noun}", "sagemaker:ListTags")
        yield Statement(actions, (arn("sagemaker", f"{kind}/*"),))
        yield rule(f"StepFunctionsGetEventsForSageMaker{events}Rule")

    return grant


_SAGEMAKER: Final = {
    "sagemaker:createTrainingJob": ("TrainingJob", "training-job", "TrainingJobs"),
    "sagemaker:createTransformJob": ("TransformJob", "transform-job", "TransformJobs"),
    "sagemaker:createHyperParameterTuningJob": (
        "HyperParameterTuningJob",
        "hyper-parameter-tuning-job",
        "TuningJobs",
    ),
}

PASSING_ROLES: Final = frozenset(
    {"ecs:runTask", "aws-sdk:ecs:runTask", "sagemaker:createHyperParameterTuningJob"}
)
"""What hands a role on that its arguments do not name, or deep inside: the task definition's, that of a job
of the tuning."""

STARTING: Final[Mapping[str, Grant]] = MappingProxyType(
    {
        "athena:startQueryExecution": _athena,
        "batch:submitJob": _batch,
        "codebuild:startBuild": _build,
        "databrew:startJobRun": _databrew,
        "ecs:runTask": _ecs,
        "glue:startJobRun": _glue,
        **{key: _sagemaker(noun, kind) for key, (noun, kind, _) in _SAGEMAKER.items()},
    }
)
"""`service:action`: what starting the job needs, also as an SDK integration."""

WAITING: Final[Mapping[str, Grant]] = MappingProxyType(
    {
        "athena:startQueryExecution": _waits_for_athena,
        "batch:submitJob": _waits_for_batch,
        "codebuild:startBuild": _waits_for_build,
        "databrew:startJobRun": _waits_for_databrew,
        "ecs:runTask": _waits_for_ecs,
        "glue:startJobRun": _waits_for_glue,
        **{key: _waits_for_sagemaker(*row) for key, row in _SAGEMAKER.items()},
    }
)
"""What `.sync` needs besides."""
