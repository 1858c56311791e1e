"""What a workflow can know about the run it is in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

__all__ = ["Run"]


@dataclass(frozen=True, slots=True)
class Run:
    """Which run this is: what `run.id`, `run.started` and the like read.

    `id` is the execution's ARN, `root` that of the outermost run, `name` the execution's name, `workflow` the
    workflow's, `started` the UTC time it began, `scheduled_for` the time a schedule meant it for (None when
    no schedule started it).
    """

    id: str
    root: str
    name: str
    workflow: str
    started: datetime
    scheduled_for: datetime | None = None
