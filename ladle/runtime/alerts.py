"""One message for each run that fails, times out or is aborted.

Step Functions tells EventBridge when a run ends; the stage's rule passes what did not succeed on to here. An
event may come twice, and it may not come at all: claims take care of the first, `sweep` of the second.
"""

from __future__ import annotations

from typing import Any

from ladle.errors import LadleError
from ladle.runtime.aws import client
from ladle.runtime.claims import once
from ladle.runtime.failed_runs import UNSUCCESSFUL, Ended, failures_within
from ladle.runtime.messages import Message, of_failure
from ladle.runtime.observation import note
from ladle.runtime.project_file import ProjectFile, WorkflowFacts, project_file

__all__ = ["alert", "handler", "publish"]

EVENT = "Step Functions Execution Status Change"


def handler(event: Any, context: Any) -> dict[str, Any]:
    """Alerts of the run that a status-change event tells of; gives `{"run", "alert": what was done}`.

    Raises LeaseHeld while another call is at it, and what AWS raises: Lambda then tries the event again.
    """
    if not isinstance(event, dict) or event.get("detail-type") != EVENT:
        raise LadleError(f"the alerts' event must be an EventBridge event {EVENT!r}")
    detail = event["detail"]
    if detail["status"] not in UNSUCCESSFUL:
        return {"run": detail["executionArn"], "alert": f"none: it is {detail['status']}"}
    done = alert(project_file(context), Ended.of_event(detail))
    note("alert", {"run": detail["executionArn"], "alert": done})
    return {"run": detail["executionArn"], "alert": done}


def alert(project: ProjectFile, run: Ended) -> str:
    """Send the message about a run, unless it has been sent; gives what was done.

    There is one for each run, redrive and way of ending. A nested run alerts through its root, where that has
    a topic.
    """
    workflow = project.of_machine(run.machine)
    if workflow is None or not workflow.topic:
        return "none: nobody is to hear of this workflow"
    if run.nested and _hears(project, run.root):
        return f"none: {run.root} alerts"

    def say() -> None:
        publish(workflow, of_failure(project, workflow, list(failures_within(run))))

    claim = f"run/{run.execution}/{run.redrives}/{run.status}"
    return "sent" if once(claim, {"execution": run.execution}, say) else "none: it was sent before"


def publish(workflow: WorkflowFacts, message: Message) -> None:
    """Send a message to the workflow's topic."""
    client("sns").publish(
        TopicArn=workflow.topic,
        Subject=message.subject,
        Message=message.text,
        MessageAttributes=message.attributes,
    )


def _hears(project: ProjectFile, execution: str) -> bool:
    """Whether somebody hears of the runs of an execution's machine."""
    machine = execution.replace(":execution:", ":stateMachine:", 1).rpartition(":")[0]
    found = project.of_machine(machine)
    return found is not None and bool(found.topic)
