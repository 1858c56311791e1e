"""What the engine asks of the world outside: something that runs tasks, something that tells the time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeAlias

from ladle.engine.scope import JSON

if TYPE_CHECKING:
    from ladle.engine.execution import Execution
    from ladle.engine.history import HistoryEvent

__all__ = [
    "Clock",
    "Done",
    "Listener",
    "ObjectMissing",
    "ObjectStore",
    "Outcome",
    "TaskCall",
    "TaskFailed",
    "TaskRunner",
    "TaskSubmitted",
    "TaskSucceeded",
]


class TaskCall(NamedTuple):
    """One attempt of a Task state."""

    resource: str
    """The ASL Resource: a Lambda function's ARN, an activity's, or `arn:aws:states:::service:action`."""
    arguments: JSON
    """Arguments (JSONata) or Parameters (JSONPath) evaluated; the payload for a Lambda function's ARN."""
    task_token: str | None
    """The token that answers a `.waitForTaskToken` call; None for every other pattern."""
    state: str
    execution: Execution
    timeout_seconds: float | None
    heartbeat_seconds: float | None
    credentials: JSON
    attempt: int = 0
    """How often this state was retried before this attempt (`$$.State.RetryCount`)."""
    scheduled_ms: int = 0
    """When it was scheduled, in milliseconds on the engine's clock: timeouts count from here."""


class TaskSucceeded(NamedTuple):
    """The task returned `output`.

    `seconds` is how long the task took on the virtual clock, for runners that return before the call is over
    in the machine's time (simulated durations); 0 ends it now. A `.waitForTaskToken` call that succeeds has
    only been submitted: the state goes on when the token is answered.
    """

    output: JSON
    seconds: float = 0


class TaskFailed(NamedTuple):
    """The task failed with an error name and a cause (None where AWS gives none)."""

    error: str | None
    cause: str | None
    seconds: float = 0


class TaskSubmitted(NamedTuple):
    """A `.sync` task was accepted by its service and goes on running; a final outcome must follow."""

    output: JSON
    seconds: float = 0


Outcome: TypeAlias = TaskSucceeded | TaskFailed
Done: TypeAlias = Callable[[TaskSucceeded | TaskFailed | TaskSubmitted], None]


class TaskRunner(Protocol):
    """Runs the tasks of a machine. It raises nothing: how a task ended always goes to `done`."""

    def start(self, call: TaskCall, done: Done) -> Callable[[], None] | None:
        """Begin one task.

        `done` is called once (after at most one TaskSubmitted), from any thread, also before `start` returns.
        May return a canceller, called without arguments on timeout, abort or a sibling's failure.
        """


class ObjectMissing(Exception):
    """An object or bucket that a distributed Map reads or writes is not there, or may not be used.

    The message is the cause that the run shows.
    """


class ObjectStore(Protocol):
    """S3 as far as distributed Maps use it. Every method raises ObjectMissing with S3's own words."""

    def get(self, bucket: str, key: str, version: str | None = None) -> bytes:
        """The content of an object."""

    def list(self, bucket: str, prefix: str) -> Iterable[dict[str, JSON]]:
        """The objects under a prefix, each with Etag, Key, LastModified (seconds), Size and StorageClass."""

    def put(self, bucket: str, key: str, body: bytes) -> None:
        """Write an object."""


class Clock(Protocol):
    """Tells the engine's time, in whole milliseconds since the epoch."""

    ms: int

    def now(self) -> float:
        """Seconds since the epoch."""


Listener: TypeAlias = Callable[["Execution", "HistoryEvent"], None]
"""Called for each event as it happens."""
