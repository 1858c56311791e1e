"""The text of an alert: what a person needs at night, and the same as data for machines."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from ladle.runtime.causes import failure_of
from ladle.runtime.failed_runs import Ended, Failed
from ladle.runtime.project_file import ProjectFile, WorkflowFacts

__all__ = ["Message", "console", "duration", "of_deadline", "of_failure", "of_refusal"]

LONGEST_CAUSE: Final = 4_000
"""Characters of a cause in a message; the whole of it is behind the link."""

LONGEST_SUBJECT: Final = 100
"""ASCII characters (Publish, SNS API reference)."""

FRAMES: Final = 2
"""The innermost frames of a stack trace that are shown."""

_HOSTS: Final = {"aws-cn": "console.amazonaws.cn", "aws-us-gov": "console.amazonaws-us-gov.com"}

_WORDS: Final = {"FAILED": "failed", "TIMED_OUT": "timed out", "ABORTED": "was aborted"}


@dataclass(frozen=True, slots=True)
class Message:
    """What goes to the topic. `facts` are all of it as JSON values, `labels` those that filters may name."""

    subject: str
    text: str
    labels: Mapping[str, str]
    facts: Mapping[str, Any]

    @property
    def attributes(self) -> dict[str, dict[str, str]]:
        """The labels, and the facts as one JSON text, as attributes of the message.

        At most ten, or raw delivery to SQS would drop the message (SNS developer guide); none empty.
        """
        texts = {**self.labels, "facts": json.dumps(self.facts, ensure_ascii=False)}
        return {name: {"DataType": "String", "StringValue": text} for name, text in texts.items() if text}


def of_failure(
    project: ProjectFile, workflow: WorkflowFacts, levels: Sequence[tuple[Ended, Failed]]
) -> Message:
    """The message about a run: `levels` are the run and its failed step, then the nested ones below."""
    run, failed = levels[0]
    deepest, step = levels[-1]
    cause = failure_of(deepest.error, deepest.cause)
    error, text = cause.error or run.error, cause.message
    if len(levels) == 1 and not cause.message:
        text = run.cause
    again = run.redrivable or ("it ended in a Fail state, and would fail there again" if failed.final else "")
    nested = [{"step": f.step, "run": r.name, "execution": r.execution} for r, f in levels[1:]]
    rows = [
        ("Run", run.name),
        ("Step", failed.step or "(none was entered)"),
        *(("", f"in its nested run {r.name}: {f.step}") for r, f in levels[1:]),
        ("Error", error or "(none given)"),
        ("Cause", _cut(text)),
        *(("", line) for line in cause.causes),
        *(("", frame.strip()) for frame in cause.frames[-FRAMES:]),
        ("Started", f"{_written(run.started)}, {_WORDS[run.status]} after {_lasted(run)}"),
    ]
    if run.redrives:
        rows.append(("Redrives", str(run.redrives)))
    link = console(run.execution)
    body = [
        f"{workflow.name} {_WORDS[run.status]} in {project.app}, stage {project.stage}.",
        "",
        *(line for label, value in rows if value for line in _row(label, value)),
        "",
        link,
        f"  ladle show {run.name} --stage {project.stage} --logs",
        "",
        *_remedy(run, again, project.stage),
    ]
    labels = {
        "alert": "run",
        "app": project.app,
        "stage": project.stage,
        "workflow": workflow.name,
        "run": run.name,
        "status": run.status,
        "step": step.step,
        "error": error[:256],
    }
    facts = {
        **labels,
        "execution": run.execution,
        "machine": run.machine,
        "cause": _cut(text),
        "causes": list(cause.causes),
        "started": run.started.isoformat(),
        "stopped": run.stopped.isoformat() if run.stopped else None,
        "seconds": duration(run),
        "redrives": run.redrives,
        "redrivable": not again,
        "nested": nested,
        "console": link,
    }
    what = f"{workflow.name} {_WORDS[run.status]}" + (f": {error}" if error else "")
    return Message(subject_of(project, what), "\n".join(body), labels, facts)


def of_deadline(
    project: ProjectFile,
    workflow: WorkflowFacts,
    scheduled_for: datetime,
    due: datetime,
    execution: str,
    status: str,
) -> Message:
    """The message about a scheduled run that missed its deadline; without a `status` it never started."""
    name = execution.rpartition(":")[2]
    is_so = {
        "": "It never started: look at the schedule, and at the dead-letter queue.",
        "RUNNING": "It is still running.",
    }.get(status, f"It {_WORDS.get(status, status)}.")
    body = [
        f"{workflow.name} has not succeeded by its deadline in {project.app}, stage {project.stage}.",
        "",
        *_row("Scheduled", _written(scheduled_for)),
        *_row("Deadline", _written(due)),
        *_row("Run", name),
        "",
        is_so,
        *([console(execution)] if status else []),
    ]
    labels = {
        "alert": "deadline",
        "app": project.app,
        "stage": project.stage,
        "workflow": workflow.name,
        "run": name,
        "status": status or "NOT_STARTED",
    }
    facts = {
        **labels,
        "execution": execution,
        "machine": workflow.machine,
        "scheduled_for": scheduled_for.isoformat(),
        "deadline": due.isoformat(),
        "console": console(execution),
    }
    return Message(
        subject_of(project, f"{workflow.name} missed its deadline"), "\n".join(body), labels, facts
    )


def of_refusal(
    project: ProjectFile, workflow: WorkflowFacts, event: Mapping[str, Any], reason: str
) -> Message:
    """The message about an event that starts no run."""
    found = _cut(json.dumps(event, ensure_ascii=False))
    body = [
        f"{workflow.name} was not started in {project.app}, stage {project.stage}.",
        "",
        *_row("Reason", _cut(reason)),
        *_row("Event", found),
        "",
        "The event is kept in the dead-letter queue of the stage. Once its reason is gone, send it to the"
        " starter again.",
    ]
    labels = {
        "alert": "refused",
        "app": project.app,
        "stage": project.stage,
        "workflow": workflow.name,
        "status": "NOT_STARTED",
    }
    facts = {**labels, "machine": workflow.machine, "reason": _cut(reason), "event": found}
    subject = subject_of(project, f"{workflow.name} was not started")
    return Message(subject, "\n".join(body), labels, facts)


def subject_of(project: ProjectFile, what: str) -> str:
    """One line of ASCII, short enough for SNS."""
    text = f"[{project.app} {project.stage}] {what}"
    plain = "".join(each if " " <= each <= "~" else "?" for each in text)
    return plain if len(plain) <= LONGEST_SUBJECT else plain[: LONGEST_SUBJECT - 3] + "..."


def console(execution: str) -> str:
    """The page of a run in the AWS console."""
    _, partition, _, region, *_ = execution.split(":")
    host = _HOSTS.get(partition, "console.aws.amazon.com")
    return f"https://{region}.{host}/states/home?region={region}#/v2/executions/details/{execution}"


def duration(run: Ended) -> float | None:
    """Seconds from the run's beginning to its end."""
    return (run.stopped - run.started).total_seconds() if run.stopped else None


def _lasted(run: Ended) -> str:
    seconds = duration(run)
    if seconds is None:
        return "an unknown time"
    if seconds < 60:
        return f"{seconds:.1f} s"
    hours, rest = divmod(round(seconds), 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {left} s"


def _written(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def _row(label: str, value: str) -> list[str]:
    first, *more = value.splitlines() or [""]
    return [f"{label:<10}{first}", *(f"{'':<10}{line}" for line in more)]


def _cut(text: str) -> str:
    more = len(text) - LONGEST_CAUSE
    return text if more <= 0 else f"{text[:LONGEST_CAUSE]}… ({more} more characters)"


def _remedy(run: Ended, again: str, stage: str) -> list[str]:
    """What to do: with Ladle's commands, and with the AWS command line where there is nothing else."""
    region = run.execution.split(":")[3]
    resume = [
        "Where the workflow itself was wrong, once corrected code is deployed:",
        f"  ladle resume {run.name} --stage {stage}",
    ]
    if not again:
        return [
            "To go on at the step that failed, within 14 days, once its reason is gone:",
            f"  ladle redrive {run.name} --stage {stage}",
            f"  aws stepfunctions redrive-execution --region {region} --execution-arn {run.execution}",
            "",
            *resume,
        ]
    query = f"aws stepfunctions describe-execution --region {region} --execution-arn {run.execution}"
    return [
        f"A redrive would not help: {again.rstrip('.')}. To run it again with the same input:",
        f"  ladle retry {run.name} --stage {stage}",
        f"  aws stepfunctions start-execution --region {region} --state-machine-arn {run.machine} \\",
        f'    --input "$({query} --query input --output text)"',
        "",
        *resume,
    ]
