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
Call = Callable[[str, JSON], TaskSucceeded | TaskFailed]
"""Calls an action of the job's service: from its name and parameters to the outcome of a Task."""


@dataclass(frozen=True, slots=True)
class Job:
    """How the jobs of one action are followed.

    `ask` makes the describing action's parameters from those of the start and from its result; `found` takes
    the job out of the answer; `status` names the field of the job that tells where it stands. `result` makes
    the Task's output from the job.
    """

    describe: str
    ask: Callable[[dict[str, Any], dict[str, Any]], dict[str, JSON]]
    found: Callable[[dict[str, Any]], dict[str, Any]]
    status: Callable[[dict[str, Any]], str]
    succeeded: frozenset[str]
    failed: frozenset[str]
    result: Callable[[dict[str, Any]], JSON] = lambda job: job


JOBS: Final[dict[tuple[str, str], Job]] = {
    ("athena", "startQueryExecution"): Job(
        "getQueryExecution",
        lambda _given, started: {"QueryExecutionId": started["QueryExecutionId"]},
        lambda answer: answer["QueryExecution"],
        lambda job: job["Status"]["State"],
        frozenset({"SUCCEEDED"}),
        frozenset({"FAILED", "CANCELLED"}),
        lambda job: {"QueryExecution": job},
    ),
    ("batch", "submitJob"): Job(
        "describeJobs",
        lambda _given, started: {"Jobs": [started["JobId"]]},
        lambda answer: answer["Jobs"][0],
        lambda job: job["Status"],
        frozenset({"SUCCEEDED"}),
        frozenset({"FAILED"}),
    ),
    ("codebuild", "startBuild"): Job(
        "batchGetBuilds",
        lambda _given, started: {"Ids": [started["Build"]["Id"]]},
        lambda answer: answer["Builds"][0],
        lambda job: job["BuildStatus"],
        frozenset({"SUCCEEDED"}),
        frozenset({"FAILED", "FAULT", "TIMED_OUT", "STOPPED"}),
        lambda job: {"Build": job},
    ),
    ("ecs", "runTask"): Job(
        "describeTasks",
        lambda given, started: {
            "Cluster": given.get("Cluster", "default"),
            "Tasks": [started["Tasks"][0]["TaskArn"]],
        },
        lambda answer: answer["Tasks"][0],
        lambda job: "FAILED" if _exit_codes(job) else job["LastStatus"],
        frozenset({"STOPPED"}),
        frozenset({"FAILED"}),
    ),
    ("glue", "startJobRun"): Job(
        "getJobRun",
        lambda given, started: {"JobName": given["JobName"], "RunId": started["JobRunId"]},
        lambda answer: answer["JobRun"],
        lambda job: job["JobRunState"],
        frozenset({"SUCCEEDED"}),
        frozenset({"FAILED", "TIMEOUT", "STOPPED", "ERROR", "EXPIRED"}),
    ),
    ("sagemaker", "createTrainingJob"): Job(
        "describeTrainingJob",
        lambda given, _started: {"TrainingJobName": given["TrainingJobName"]},
        lambda answer: answer,
        lambda job: job["TrainingJobStatus"],
        frozenset({"Completed"}),
        frozenset({"Failed", "Stopped"}),
    ),
}
"""The jobs that can be waited for, by service and action."""


def _exit_codes(task: dict[str, Any]) -> bool:
    """Tell whether a stopped ECS task has a container that ended with an error."""
    return task["LastStatus"] == "STOPPED" and any(c.get("ExitCode") for c in task.get("Containers", ()))


def run_job(
    job: Job,
    action: str,
    arguments: JSON,
    call: Call,
    done: Done,
    pause: Callable[[float], None] | None = None,
) -> None:
    """Start a job through `call`, tell `done` that it is submitted, follow it to its end.

    `pause` waits between questions; without it the job must end within a number of questions.
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
            done(answer)
            return
        plain = {key: value for key, value in answer.output.items() if not key.startswith("Sdk")}
        found = job.found(plain)
        status = job.status(found)
        if status in job.succeeded:
            done(TaskSucceeded(job.result(found)))
            return
        if status in job.failed:
            done(TaskFailed("States.TaskFailed", json.dumps(job.result(found), separators=(",", ":"))))
            return
    done(
        TaskFailed(
            "States.Runtime",
            f"the job that {action} started does not end in the AWS in memory; it was asked {question} times",
        )
    )
