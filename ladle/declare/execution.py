"""The seam between what is declared and what runs it.

Declarations do not know who executes them. Within a run the current `Execution` decides what a call of a
task, a `sleep` or a `retry` does; outside of any, a task is just its function, and a workflow begins a run of
its own by whatever the facade plugged into `start` (plain execution).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from ladle.declare.declared import Declared
    from ladle.declare.integrations import ServiceCall
    from ladle.declare.objects import Rows, Written
    from ladle.declare.retries import Retry
    from ladle.declare.runs import Run
    from ladle.declare.web import HttpCall

__all__ = ["Execution", "catalogue", "current", "inside", "start"]


class Execution(Protocol):
    """What runs a workflow's calls."""

    @property
    def run(self) -> Run:
        """The run that the current code belongs to."""

    def call(self, callee: Declared[..., Any], arguments: Mapping[str, Any]) -> Any:
        """Call a task or workflow with its arguments by name; its declared retries apply."""

    def launch(self, callee: Declared[..., Any], arguments: Mapping[str, Any]) -> str:
        """Start a run of a workflow that nobody waits for; its ARN."""

    def service(self, call: ServiceCall) -> Any:
        """Call an action of an AWS service."""

    def fetch(self, call: HttpCall) -> Any:
        """Call a web API; the body of its response."""

    def items(self, rows: Rows[Any]) -> Iterable[Any]:
        """What lies in S3, as items."""

    def write(self, results: list[Any], bucket: str, prefix: str) -> Written:
        """Write results to S3."""

    def repeat(self, policies: tuple[Retry, ...], body: Callable[[], Any]) -> Any:
        """Run `body`, and again as the policies say when it raises."""

    def sleep(self, seconds: float) -> None:
        """Let time pass."""

    def sleep_until(self, instant: datetime) -> None:
        """Let time pass until an instant; none when it has passed."""

    def now(self) -> datetime:
        """The time, in UTC."""


current: ContextVar[Execution | None] = ContextVar("ladle_execution", default=None)
"""Who executes the code that runs now; None outside of a run and in a task's own code."""

start: list[Callable[[Declared[..., Any], Mapping[str, Any]], Any]] = []
"""What begins a run when a workflow is called outside of any; the facade puts plain execution here."""

catalogue: list[Callable[[], Any]] = []
"""What gives the names of AWS's services, their actions and errors; the facade puts `ladle.services` here.

Its models do not travel to Lambda."""


def inside(what: str) -> Execution:
    """The current execution, or LadleError saying that `what` belongs in a workflow."""
    execution = current.get()
    if execution is None:
        from ladle.errors import LadleError

        raise LadleError(
            f"{what} was called outside of a run: it belongs in a workflow. "
            "In a test of a helper, wrap the helper into a workflow and use ladle.testing.plain_run"
        )
    return execution
