"""`@activity`: a function that runs in a worker of your own, which asks Step Functions for work."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, ParamSpec, Protocol, TypeVar, overload

from ladle.declare.retries import Retry
from ladle.declare.tasks import Task, plain_function

if TYPE_CHECKING:
    from ladle.declare.reading import Finding

__all__ = ["Activity", "ActivityDecorator", "activity"]

P = ParamSpec("P")
R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)


class Activity(Task[P, R_co]):
    """A declared activity: called like a task, and run by `ladle worker` instead of a Lambda function."""

    kind = "activity"

    def __init__(
        self,
        function: Callable[..., Any],
        *,
        retry: Retry | Sequence[Retry] | None = None,
        timeout: int = 60,
        heartbeat: int | None = None,
        expect: float | None = None,
        step: bool = False,
        name: str | None = None,
    ) -> None:
        super().__init__(
            function, retry=retry, timeout=timeout, heartbeat=heartbeat, expect=expect, step=step, name=name
        )

    def _option_findings(self) -> list[Finding]:
        from ladle.declare.options import activity_findings

        return activity_findings(self)


class ActivityDecorator(Protocol):
    """What `@activity(...)` with options gives: it keeps the function's signature."""

    def __call__(self, function: Callable[P, R], /) -> Activity[P, R]: ...


@overload
def activity(function: Callable[P, R], /) -> Activity[P, R]: ...
@overload
def activity(
    *,
    retry: Retry | Sequence[Retry] | None = None,
    timeout: int = 60,
    heartbeat: int | None = None,
    expect: float | None = None,
    step: bool = False,
    name: str | None = None,
) -> ActivityDecorator: ...
def activity(function: Callable[..., Any] | None = None, /, **options: Any) -> Any:
    """Declare a function as an activity: work for a worker that runs where you run it.

    It is for what no Lambda function can do: hours of work, a GPU, a licence, a database that only a machine
    in your own network reaches. `ladle worker NAME --stage STAGE` is the worker. Parameters and result must
    be annotated; they travel as JSON, whole, and are checked on the way.

    * `retry`: when to try again after a failure. Nothing is retried without it.
    * `timeout`: seconds until the result must be there, the time until a worker is free included.
    * `heartbeat`: seconds within which the worker must report that it is alive; it does so by itself. Where
      one dies, that is noticed so soon, and not when `timeout` is over.
    * `expect`: seconds it usually takes, for planning what runs beside what.
    * `step`: true when its effects matter to others, so that nothing overlaps it.
    * `name`: the activity's name, the function's by default.
    """
    if function is None:
        return lambda decorated: Activity(plain_function(decorated, "activity"), **options)
    return Activity(plain_function(function, "activity"), **options)
