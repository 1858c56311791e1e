"""What is known of a run, as values: the same for a run kept here and for one on AWS.

Times are seconds since the epoch. Durations are seconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from ladle.operate.causes import failure_of

__all__ = [
    "ENDED",
    "TRIGGERS",
    "ItemCounts",
    "KeptObject",
    "RunBrief",
    "RunRecord",
    "StepSummary",
    "TaskLog",
    "price_of",
    "slot_of",
    "trigger_of",
]

ENDED: Final = ("SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED", "INTERRUPTED")
"""The statuses of a run that goes on no more. INTERRUPTED exists only here: its process went away."""

TRIGGERS: Final = ("schedule", "upload", "manual", "resume", "run")
"""What starts runs: a schedule (or a backfill of its times), an upload, a person or program, a failed run
that is resumed, another run."""

_KINDS: Final = {
    "S3Upload": "upload",
    "upload": "upload",
    "backfill": "schedule",
    "schedule": "schedule",
    "file": "manual",
    "input": "manual",
    "manual": "manual",
    "resume": "resume",
}

DOLLARS_PER_TRANSITION: Final = 0.025 / 1000
"""AWS's price of a state transition of a Standard workflow in us-east-1, retries included."""


def price_of(transitions: int) -> float:
    """What that many state transitions cost on AWS, in US dollars, beyond the free 4,000 a month."""
    return transitions * DOLLARS_PER_TRANSITION


def trigger_of(via: Mapping[str, Any] | None) -> str | None:
    """The word of `TRIGGERS` for what started a run, by what was noted of it; None where nothing was.

    >>> trigger_of({"kind": "S3Upload"})
    'upload'
    """
    return _KINDS.get(str((via or {}).get("kind")))


def slot_of(via: Mapping[str, Any] | None) -> float | None:
    """The time of a schedule that a run is for; None for other runs. A time without an offset is UTC.

    >>> slot_of({"scheduled_for": "1970-01-01T01:00:00Z"})
    3600.0
    """
    try:
        instant = datetime.fromisoformat(str((via or {})["scheduled_for"]))
    except (KeyError, ValueError):
        return None
    return (instant if instant.tzinfo is not None else instant.replace(tzinfo=UTC)).timestamp()


@dataclass(frozen=True, slots=True)
class ItemCounts:
    """The items of a Map Run (a distributed Map's): how many there are, have succeeded, have failed."""

    total: int
    succeeded: int
    failed: int


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One run. `root` is the run itself unless another run started it; `via` says what started it.

    `started` and `stopped` are times of the run's own clock, which skips waiting; `created` and `wall`
    are of the wall clock. `nested_transitions` are those of all runs below a root; 0 for any other run.
    `failed_step` is the state whose failure ended the run, as far as that is known without its history.
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
    failed_step: str | None = None
    redrives: int = 0

    @property
    def failure(self) -> str | None:
        """The name of the error that ended the run, below the layers that nested runs put around it."""
        return None if self.error is None else failure_of(self.error, self.cause).error

    @property
    def trigger(self) -> str | None:
        """What started the run, a word of `TRIGGERS`; None where that is not known."""
        return "run" if self.parent is not None else trigger_of(self.via)

    @property
    def slot(self) -> float | None:
        """The time of a schedule that the run is for, or None."""
        return slot_of(self.via)

    @property
    def billed(self) -> int:
        """The transitions that AWS would bill: those of the run, and of the runs that it started."""
        return self.own_billed + self.nested_transitions

    @property
    def own_billed(self) -> int:
        """Of those the run's own. Express runs are billed by requests and time."""
        return 0 if ":express:" in self.arn else self.transitions

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
            "failure": self.failure,
            "failed_step": self.failed_step,
            "trigger": self.trigger,
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


@dataclass(frozen=True, slots=True)
class RunBrief:
    """What can be told of a run in passing, among thousands. `seconds` is None while it runs."""

    id: str
    workflow: str
    status: str
    created: float
    seconds: float | None = None

    def as_json(self) -> dict[str, Any]:
        """As `--json` prints it."""
        return {name: getattr(self, name) for name in type(self).__slots__}


@dataclass(frozen=True, slots=True)
class StepSummary:
    """How one step of a run went, all its entries together.

    `kind` is the state's type, `status` a word of `StepView.state`, `attempts` counts tries with retries,
    `items` those of a Map. `seconds` is how long it was entered (overlapping entries once), `waited` what
    passed between tries (entries that overlap count each), `critical` what it adds to the run's duration.
    """

    step: str
    kind: str
    status: str
    entered: int
    attempts: int
    items: int | None
    started: float
    seconds: float
    waited: float
    critical: float
    error: str | None = None

    def as_json(self) -> dict[str, Any]:
        """As `--json` prints it."""
        return {name: getattr(self, name) for name in type(self).__slots__}
