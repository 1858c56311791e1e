"""`.sync` integrations: start a job, then ask until it has ended.

In the AWS in memory jobs run nowhere: moto moves them on each time somebody asks. So the asking takes no
time, and a job that does not end after many questions is refused rather than waited for. In a real account
there is a pause between questions, and no end to them.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from ladle.engine.protocols import Done, TaskFailed, TaskSubmitted, TaskSucceeded
from ladle.engine.scope import JSON

__all__ = ["JOBS", "Job", "run_job"]

_MAX_QUESTIONS: Final = 200
_SECONDS_BETWEEN: Final = 3.0
Fields = dict[str, Any]
Call = Callable[[str, JSON], TaskSucceeded | TaskFailed]
"""Calls an action of the job's service: from its name and parameters to the outcome of a Task."""


@dataclass(frozen=True, slots=True)
class Job:
    """How the jobs of one action are followed.

    `ask` makes the describing action's parameters from those of the start and from its result; `found` takes
    the job out of the answer; `status` tells where it stands. `result` makes the Task's output from the
    parameters, the result of the start, and the job. A job whose description ends with the error `gone` has
    succeeded: it was to remove something. `in_memory` is false for what moto does not do.
    """

    describe: str
    ask: Callable[[Fields, Fields], dict[str, JSON]]
    found: Callable[[Fields], Fields]
    status: Callable[[Fields], str]
    succeeded: frozenset[str]
    failed: frozenset[str]
    result: Callable[[Fields, Fields, Fields], JSON] = lambda _given, _started, job: job
    gone: str = ""
    in_memory: bool = True


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _shown_as(name: str) -> Callable[[Fields, Fields, Fields], JSON]:
    """The job as the one field of the output."""
    return lambda _given, _started, job: {name: job}


def _started(_given: Fields, started: Fields, _job: Fields) -> JSON:
    """What the start gave: the job itself is not shown."""
    return {name: value for name, value in started.items() if not name.startswith("Sdk")}


def _build(kind: str, *, in_memory: bool) -> Job:
    """A build of CodeBuild, or a batch of them."""
    return Job(
        f"batchGet{kind}s" if kind == "Build" else "batchGetBuildBatches",
        lambda _given, started: {"Ids": [started[kind]["Id"]]},
        lambda answer: answer["Builds" if kind == "Build" else "BuildBatches"][0],
        lambda job: job[f"{kind}Status"],
        _words("SUCCEEDED"),
        _words("FAILED FAULT TIMED_OUT STOPPED"),
        _shown_as(kind),
        in_memory=in_memory,
    )


def _sagemaker(kind: str, *, in_memory: bool = True) -> Job:
    """A job of SageMaker: all are named and described alike."""
    return Job(
        f"describe{kind}",
        lambda given, _started: {f"{kind}Name": given[f"{kind}Name"]},
        lambda answer: answer,
        lambda job: job[f"{kind}Status"],
        _words("Completed"),
        _words("Failed Stopped"),
        in_memory=in_memory,
    )


def _cluster(ends: str, fails: str, result: Callable[[Fields, Fields, Fields], JSON]) -> Job:
    """A cluster of EMR on its way up or down."""
    return Job(
        "describeCluster",
        lambda given, started: {"ClusterId": started.get("ClusterId", given.get("ClusterId"))},
        lambda answer: answer["Cluster"],
        lambda job: job["Status"]["State"],
        _words(ends),
        _words(fails),
        result,
    )


def _application(ends: str) -> Job:
    """An application of EMR Serverless on its way to a state."""
    return Job(
        "getApplication",
        lambda given, started: {"ApplicationId": started.get("ApplicationId", given.get("ApplicationId"))},
        lambda answer: answer["Application"],
        lambda job: job["State"],
        _words(ends),
        _words("TERMINATED") - _words(ends),
        _started,
    )


def _serverless_run(ends: str, fails: str) -> Job:
    """A job run of EMR Serverless."""
    return Job(
        "getJobRun",
        lambda given, started: {
            "ApplicationId": given["ApplicationId"],
            "JobRunId": started.get("JobRunId", given.get("JobRunId")),
        },
        lambda answer: answer["JobRun"],
        lambda job: job["State"],
        _words(ends),
        _words(fails),
        _started,
    )


def _eks(kind: str, *, removed: bool = False) -> Job:
    """A cluster or node group of EKS that is made or removed."""

    def ask(given: Fields, _started: Fields) -> dict[str, JSON]:
        if kind == "Cluster":
            return {"Name": given["Name"]}
        return {"ClusterName": given["ClusterName"], "NodegroupName": given["NodegroupName"]}

    return Job(
        f"describe{kind}",
        ask,
        lambda answer: answer[kind],
        lambda job: job["Status"],
        _words("" if removed else "ACTIVE"),
        _words("DELETE_FAILED" if removed else "FAILED CREATE_FAILED"),
        _started if removed else _shown_as(kind),
        gone="ResourceNotFoundException" if removed else "",
    )


JOBS: Final[dict[tuple[str, str], Job]] = {
    ("athena", "startQueryExecution"): Job(
        "getQueryExecution",
        lambda _given, started: {"QueryExecutionId": started["QueryExecutionId"]},
        lambda answer: answer["QueryExecution"],
        lambda job: job["Status"]["State"],
        _words("SUCCEEDED"),
        _words("FAILED CANCELLED"),
        _shown_as("QueryExecution"),
    ),
    ("batch", "submitJob"): Job(
        "describeJobs",
        lambda _given, started: {"Jobs": [started["JobId"]]},
        lambda answer: answer["Jobs"][0],
        lambda job: job["Status"],
        _words("SUCCEEDED"),
        _words("FAILED"),
    ),
    ("bedrock", "createModelCustomizationJob"): Job(
        "getModelCustomizationJob",
        lambda _given, started: {"JobIdentifier": started["JobArn"]},
        lambda answer: answer,
        lambda job: job["Status"],
        _words("Completed"),
        _words("Failed Stopped"),
    ),
    ("codebuild", "startBuild"): _build("Build", in_memory=True),
    ("codebuild", "startBuildBatch"): _build("BuildBatch", in_memory=False),
    ("codebuild", "retryBuildBatch"): _build("BuildBatch", in_memory=False),
    ("databrew", "startJobRun"): Job(
        "describeJobRun",
        lambda given, started: {"Name": given["Name"], "RunId": started["RunId"]},
        lambda answer: answer,
        lambda job: job["State"],
        _words("SUCCEEDED"),
        _words("FAILED STOPPED TIMEOUT"),
        in_memory=False,
    ),
    ("ecs", "runTask"): Job(
        "describeTasks",
        lambda given, started: {
            "Cluster": given.get("Cluster", "default"),
            "Tasks": [started["Tasks"][0]["TaskArn"]],
        },
        lambda answer: answer["Tasks"][0],
        lambda job: "FAILED" if _exit_codes(job) else job["LastStatus"],
        _words("STOPPED"),
        _words("FAILED"),
    ),
    ("eks", "createCluster"): _eks("Cluster"),
    ("eks", "deleteCluster"): _eks("Cluster", removed=True),
    ("eks", "createNodegroup"): _eks("Nodegroup"),
    ("eks", "deleteNodegroup"): _eks("Nodegroup", removed=True),
    ("elasticmapreduce", "createCluster"): _cluster(
        "WAITING RUNNING",
        "TERMINATED TERMINATED_WITH_ERRORS",
        lambda _given, started, job: {"Cluster": job, "ClusterId": started["ClusterId"]},
    ),
    ("elasticmapreduce", "terminateCluster"): _cluster(
        "TERMINATED TERMINATED_WITH_ERRORS", "", _shown_as("Cluster")
    ),
    ("elasticmapreduce", "addStep"): Job(
        "describeStep",
        lambda given, started: {"ClusterId": given["ClusterId"], "StepId": started["StepId"]},
        lambda answer: answer["Step"],
        lambda job: job["Status"]["State"],
        _words("COMPLETED"),
        _words("CANCELLED FAILED INTERRUPTED"),
        lambda _given, started, job: {"Step": job, "StepId": started["StepId"]},
    ),
    ("emr-containers", "deleteVirtualCluster"): Job(
        "describeVirtualCluster",
        lambda given, _started: {"Id": given["Id"]},
        lambda answer: answer["VirtualCluster"],
        lambda job: job["State"],
        _words("TERMINATED"),
        _words("ARRESTED"),
    ),
    ("emr-containers", "startJobRun"): Job(
        "describeJobRun",
        lambda given, started: {"VirtualClusterId": given["VirtualClusterId"], "Id": started["Id"]},
        lambda answer: answer["JobRun"],
        lambda job: job["State"],
        _words("COMPLETED"),
        _words("FAILED CANCELLED"),
    ),
    # In memory an application is started as soon as it is made.
    ("emr-serverless", "createApplication"): _application("CREATED STARTED"),
    ("emr-serverless", "startApplication"): _application("STARTED"),
    ("emr-serverless", "stopApplication"): _application("STOPPED"),
    ("emr-serverless", "deleteApplication"): _application("TERMINATED"),
    ("emr-serverless", "startJobRun"): _serverless_run("SUCCESS", "FAILED CANCELLED"),
    ("emr-serverless", "cancelJobRun"): _serverless_run("CANCELLED", "FAILED SUCCESS"),
    ("glue", "startJobRun"): Job(
        "getJobRun",
        lambda given, started: {"JobName": given["JobName"], "RunId": started["JobRunId"]},
        lambda answer: answer["JobRun"],
        lambda job: job["JobRunState"],
        _words("SUCCEEDED"),
        _words("FAILED TIMEOUT STOPPED ERROR EXPIRED"),
    ),
    ("mediaconvert", "createJob"): Job(
        "getJob",
        lambda _given, started: {"Id": started["Job"]["Id"]},
        lambda answer: answer["Job"],
        lambda job: job["Status"],
        _words("COMPLETE"),
        _words("CANCELED ERROR"),
        _shown_as("Job"),
        in_memory=False,
    ),
    ("sagemaker", "createHyperParameterTuningJob"): _sagemaker("HyperParameterTuningJob"),
    ("sagemaker", "createLabelingJob"): _sagemaker("LabelingJob", in_memory=False),
    ("sagemaker", "createProcessingJob"): _sagemaker("ProcessingJob"),
    ("sagemaker", "createTrainingJob"): _sagemaker("TrainingJob"),
    ("sagemaker", "createTransformJob"): _sagemaker("TransformJob"),
}
"""The jobs that can be waited for, by service and action."""


def _exit_codes(task: Fields) -> bool:
    """Tell whether a stopped ECS task has a container that ended with an error."""
    return task["LastStatus"] == "STOPPED" and any(c.get("ExitCode") for c in task.get("Containers", ()))


def run_job(
    job: Job,
    action: str,
    arguments: JSON,
    call: Call,
    done: Done,
    pause: Callable[[float], None] | None = None,
    way: str = "",
) -> None:
    """Start a job through `call`, tell `done` that it is submitted, follow it to its end.

    `pause` waits between questions; without it the job must end within a number of questions. `way` says what
    to do where it does not.
    """
    given = arguments if isinstance(arguments, dict) else {}
    started = call(action, given)
    if isinstance(started, TaskFailed):
        done(started)
        return
    done(TaskSubmitted(started.output))
    for question in itertools.count():
        if pause is not None:
            pause(_SECONDS_BETWEEN)
        elif question == _MAX_QUESTIONS:
            break
        answer = call(job.describe, job.ask(given, started.output))
        if isinstance(answer, TaskFailed):
            gone = job.gone and (answer.error or "").endswith(f".{job.gone}")
            done(TaskSucceeded(job.result(given, started.output, {})) if gone else answer)
            return
        plain = {key: value for key, value in answer.output.items() if not key.startswith("Sdk")}
        found = job.found(plain)
        status = job.status(found)
        if status in job.succeeded:
            done(TaskSucceeded(job.result(given, started.output, found)))
            return
        if status in job.failed:
            cause = json.dumps(job.result(given, started.output, found), separators=(",", ":"))
            done(TaskFailed("States.TaskFailed", cause))
            return
    done(
        TaskFailed(
            "States.Runtime",
            f"the job that {action} started does not end in the AWS in memory; it was asked {question} times"
            f"{way}",
        )
    )
