"""The one function that starts runs: for schedules, uploads and people.

Triggers deliver at least once. A run's name is derived from what started it, so Step Functions itself refuses
the second run of one event. What cannot be started raises; Lambda then hands the event, with the error, to
the function's dead-letter queue.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from ladle.errors import LadleError
from ladle.runtime.aws import client
from ladle.runtime.inputs import checked, fields_of, instant_of
from ladle.runtime.observation import note
from ladle.runtime.project_file import ProjectFile, WorkflowFacts, project_file
from ladle.runtime.refused import tell_refused
from ladle.runtime.run_names import (
    DIGITS,
    fingerprint,
    run_name,
    scheduled_identity,
    time_slug,
    upload_slug,
)

__all__ = ["handler"]

_LEGAL: Final = re.compile(r"[A-Za-z0-9_-]{1,80}")


@dataclass(frozen=True, slots=True)
class Start:
    """A run that is asked for: of which workflow, with what input, called how.

    `identity` is what the name's hash stands for. `name`, where there is one, was chosen by a person.
    """

    workflow: WorkflowFacts
    input: Mapping[str, Any]
    readable: str
    identity: tuple[Any, ...]
    name: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """The names to try in turn: the next one only where a run of another identity has the one before."""
        if self.name:
            return (self.name,)
        return tuple(run_name(self.readable, self.identity, digits) for digits in DIGITS)

    @property
    def text(self) -> str:
        """The run's input as JSON. Beside the arguments it says what started the run, and the fingerprint."""
        told = {"start": fingerprint(self.identity), "trigger": self.identity[1]}
        document = {**self.input, "ladle": told}
        return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def handler(event: Any, context: Any) -> dict[str, Any]:
    """Starts the run, or runs, that an event asks for; gives `{"runs": [{"workflow", "run", "execution",
    "started"}]}`.

    `started` is false for a run that the same event has started before. Forms of the event:

    * `{"trigger": "schedule", "workflow", "scheduled_for": "2013-01-31T06:00:00Z", "input": {…}}`, from
      EventBridge Scheduler. `"schedule"` may name which of several it is.
    * an "Object Created" event of S3 from EventBridge, with `"workflow"` beside `"detail"`; without it, every
      workflow with a trigger that matches is started.
    * `{"trigger": "manual", "workflow", "input": {…}, "name"?: …}`, from a person or a program. Without a
      name each call is a run of its own.

    `"rerun": "any text"` in either of the first two asks for the run again, under a name of its own.

    Raises LadleError naming each wrong field when the input is not the workflow's, and for events of no known
    form. When an event starts several workflows, each is tried before the first error is raised.
    """
    project = project_file(context)
    runs: list[dict[str, Any]] = []
    failures: list[Exception] = []
    for workflow in _workflows(project, event):
        try:
            runs.append(_started(_start(workflow, event, context)))
        except Exception as error:  # noqa: BLE001 - the event's other workflows must start all the same
            note("not started", {"workflow": workflow.name}, failed=True)
            tell_refused(project, workflow, event, error)
            failures.append(error)
    if len(failures) > 1:
        raise LadleError("\n".join(map(str, failures))) from failures[0]
    if failures:
        raise failures[0]
    return {"runs": runs}


# ------------------------------------------------------------------------------------------------ the event


def _workflows(project: ProjectFile, event: Any) -> list[WorkflowFacts]:
    """The workflows that an event is for."""
    if not isinstance(event, dict):
        raise LadleError(f"the starter's event must be a JSON object, got {type(event).__name__}")
    if not _is_upload(event) or "workflow" in event:
        return [project.workflow(event.get("workflow"))]
    upload = _uploaded(event)
    found = [each for each in project.workflows.values() if any(_fires(t, upload) for t in each.triggers)]
    if not found:
        raise LadleError(f"no workflow is started by uploads of s3://{upload['bucket']}/{upload['key']}")
    return found


def _is_upload(event: Mapping[str, Any]) -> bool:
    return event.get("detail-type") == "Object Created"


def _fires(trigger: Mapping[str, Any], upload: Mapping[str, Any]) -> bool:
    key: str = upload["key"]
    return (
        (trigger["kind"], trigger.get("bucket")) == ("S3Upload", upload["bucket"])
        and key.startswith(trigger.get("prefix", ""))
        and key.endswith(trigger.get("suffix", ""))
    )


def _start(workflow: WorkflowFacts, event: dict[str, Any], context: Any) -> Start:
    """The run of one workflow that an event asks for."""
    if _is_upload(event):
        return _of_upload(workflow, event)
    makers = {"schedule": _of_schedule, "manual": _of_person}
    maker = makers.get(str(event.get("trigger")))
    if maker is None:
        raise LadleError(
            f"the starter's event has the trigger {event.get('trigger')!r}, and must have one of "
            f"{', '.join(makers)}, or be an Object Created event of S3"
        )
    return maker(workflow, event, context)


def _of_upload(workflow: WorkflowFacts, event: dict[str, Any]) -> Start:
    upload = _uploaded(event)
    offered = {name: upload[name] for name in ("bucket", "key", "size", "etag", "version_id")}
    given = {name: value for name, value in offered.items() if name in workflow.parameters}
    # Without versions two uploads of one key differ in the sequencer only, which S3 counts up for each key.
    which = (upload["bucket"], upload["key"], upload["version_id"], upload["sequencer"])
    return Start(
        workflow,
        checked(workflow.name, fields_of(workflow.schema), given),
        upload_slug(upload["key"], workflow.name),
        (workflow.name, "upload", *which, *_again(event)),
    )


def _uploaded(event: Mapping[str, Any]) -> dict[str, Any]:
    """What an Object Created event tells: its keys are not encoded, as those of S3's own notices are."""
    detail = event.get("detail")
    try:
        item = detail["object"]  # type: ignore[index]  # whatever it is, the error below says what it must be
        return {
            "bucket": str(detail["bucket"]["name"]),  # type: ignore[index]
            "key": str(item["key"]),
            "size": item.get("size"),
            "etag": item.get("etag"),
            "version_id": item.get("version-id"),
            "sequencer": item.get("sequencer") or event.get("id"),
        }
    except (KeyError, TypeError, AttributeError) as error:
        raise LadleError(f"the Object Created event has no `detail` as S3 writes it: {error!r}") from None


def _of_schedule(workflow: WorkflowFacts, event: dict[str, Any], context: Any) -> Start:
    del context
    instant = instant_of(workflow.name, event, "scheduled_for")
    fixed = event.get("input", {})
    if not isinstance(fixed, dict):
        raise LadleError(f"{workflow.name}: the schedule's `input` must be a JSON object")
    written = instant.isoformat().replace("+00:00", "Z")
    given = dict(fixed)
    if "scheduled_for" in workflow.parameters:
        given["scheduled_for"] = written
    checked_input = checked(workflow.name, fields_of(workflow.schema), given)
    return Start(
        workflow,
        {**checked_input, "scheduled_for": written},  # `run.scheduled_for` reads it, parameter or not
        time_slug(instant),
        (*scheduled_identity(workflow.name, event.get("schedule", fixed), instant), *_again(event)),
    )


def _of_person(workflow: WorkflowFacts, event: dict[str, Any], context: Any) -> Start:
    given = checked(workflow.name, fields_of(workflow.schema), event.get("input", {}))
    name = event.get("name", "")
    if name and not (isinstance(name, str) and _LEGAL.fullmatch(name)):
        raise LadleError(f"the name {name!r} cannot be a run's: letters, digits, - and _, at most 80")
    if name:
        return Start(workflow, given, name, (workflow.name, "manual", name, given), name)
    # Lambda repeats a call that failed with the same request id: that is one call, and one run.
    return Start(workflow, given, workflow.name, (workflow.name, "manual", context.aws_request_id, given))


def _again(event: Mapping[str, Any]) -> Iterator[Any]:
    """What makes a rerun another run than the first: the text that asks for it."""
    if event.get("rerun"):
        yield ["rerun", event["rerun"]]


if "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
    client("stepfunctions")  # while Lambda initialises the sandbox, which has more CPU than a call


# ------------------------------------------------------------------------------------------------- the start


def _started(start: Start) -> dict[str, Any]:
    """Start the run, unless it has been started before."""
    states = client("stepfunctions")
    workflow, text = start.workflow, start.text
    for name in start.names:
        answer = {"workflow": workflow.name, "run": name, "execution": workflow.execution(name)}
        try:
            states.start_execution(stateMachineArn=workflow.machine, name=name, input=text)
        except states.exceptions.ExecutionAlreadyExists:
            if _is_same(states.describe_execution(executionArn=answer["execution"]), start):
                note("started before", answer)
                return {**answer, "started": False}
            continue
        note("started", answer)
        return {**answer, "started": True}
    raise LadleError(
        f"{workflow.name}: there is a run {start.names[-1]} already, with another input: choose another name"
    )


def _is_same(described: Mapping[str, Any], start: Start) -> bool:
    """Whether a run was started by the same event; its input may differ in defaults that changed since."""
    try:
        found = json.loads(described.get("input") or "{}")
        return bool(found["ladle"]["start"] == fingerprint(start.identity))
    except (ValueError, KeyError, TypeError):
        return False
