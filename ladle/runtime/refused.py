"""A start that was refused for good is told to whoever hears of the workflow's failed runs.

The event goes to the dead-letter queue all the same, and its alarm follows; the message says now, and why.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ladle.errors import LadleError
from ladle.runtime.alerts import publish
from ladle.runtime.claims import once
from ladle.runtime.messages import of_refusal
from ladle.runtime.observation import note
from ladle.runtime.project_file import ProjectFile, WorkflowFacts
from ladle.runtime.run_names import fingerprint

__all__ = ["tell_refused"]


def tell_refused(
    project: ProjectFile, workflow: WorkflowFacts, event: Mapping[str, Any], error: Exception
) -> None:
    """Send one message about an event that starts no run, however often Lambda tries it.

    None where nobody hears of the workflow, for a person's call (who sees the error), and for an error that
    may pass. What goes wrong here is noted only: the event's own error is the one to raise.
    """
    if not workflow.topic or event.get("trigger") == "manual" or not isinstance(error, LadleError):
        return
    claim = f"refused/{workflow.name}/{fingerprint([event])[:40]}"
    try:
        once(claim, event, lambda: publish(workflow, of_refusal(project, workflow, event, str(error))))
    except Exception:  # noqa: BLE001 - the alarm on the dead-letter queue remains
        note("refusal not told", {"workflow": workflow.name}, failed=True)
