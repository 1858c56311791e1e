"""What is known of a run, as values: the same for a run kept here and for one on AWS.

Times are seconds since the epoch. Durations are seconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

__all__ = ["ENDED", "KeptObject", "RunRecord", "TaskLog", "price_of"]

ENDED: Final = ("SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED", "INTERRUPTED")
"""The statuses of a run that goes on no more. INTERRUPTED exists only here: its process went away."""

DOLLARS_PER_TRANSITION: Final = 0.025 / 1000
"""AWS's price of a state transition of a Standard workflow in us-east-1, retries included."""


def price_of(transitions: int) -> float:
    """What that many state transitions cost on AWS, in US dollars, beyond the free 4,000 a month."""
    return transitions * DOLLARS_PER_TRANSITION


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One run. `root` is the run itself unless another run started it; `via` says what started it.

    `started` and `stopped` are times of the run's own clock, which skips waiting; `created` and `wall`
    are of the wall clock. `nested_transitions` are those of all runs below a root; 0 for any other run.
    """

    id: str
    workflow: str
    status: str
    input: Any
    created: float
    started: float
    root: str
    arn: str
    parent: str | None = None
    via: Mapping[str, Any] | None = None
    output: Any = None
    error: str | None = None
    cause: str | None = None
    stopped: float | None = None
    wall: float | None = None
    transitions: int = 0
    events: int = 0
    seed: int | None = None
    nested_transitions: int = 0

    @property
    def billed(self) -> int:
        """The transitions that AWS would bill: those of the run, and of the runs that it started."""
        return self.transitions + self.nested_transitions

    @property
    def seconds(self) -> float | None:
        """How long the run took on its own clock; None while it runs or when it was interrupted."""
        return None if self.stopped is None else self.stopped - self.started

    def as_json(self) -> dict[str, Any]:
        """The record as `--json` prints it."""
        return {
            "id": self.id,
            "workflow": self.workflow,
            "status": self.status,
            "input": self.input,
            "output": self.output,
            "error": self.error,
            "cause": self.cause,
            "created": self.created,
            "started": self.started,
            "stopped": self.stopped,
            "seconds": self.seconds,
            "wall": self.wall,
            "transitions": self.billed,
            "events": self.events,
            "dollars": round(price_of(self.billed), 9),
            "root": self.root,
            "parent": self.parent,
            "via": dict(self.via or {}),
            "seed": self.seed,
        }


@dataclass(frozen=True, slots=True)
class TaskLog:
    """What one call of a task printed, and how it failed if it did.

    `attempt` counts from 0; `item` is the index within a Map; `dropped` is how many bytes of output were
    too many to keep; `traceback` is the task's own, without Ladle's frames.
    """

    step: str
    task: str
    attempt: int
    item: int | None
    started: float
    seconds: float
    error: str | None
    message: str | None
    traceback: str | None
    log: str
    dropped: int = 0


@dataclass(frozen=True, slots=True)
class KeptObject:
    """An S3 object that a run wrote, and where its copy lies (`path`, relative to the project's root)."""

    bucket: str
    key: str
    size: int
    path: str
