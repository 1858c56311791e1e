"""`@workflow`: a function that becomes a state machine."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Literal, ParamSpec, Protocol, TypeVar, overload

from ladle.declare.declared import Declared
from ladle.declare.execution import current, inside, start
from ladle.declare.tasks import plain_function
from ladle.declare.triggers import Trigger
from ladle.errors import LadleError

if TYPE_CHECKING:
    from ladle.declare.reading import Finding

__all__ = ["Workflow", "WorkflowDecorator", "workflow"]

P = ParamSpec("P")
R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)


class Workflow(Declared[P, R_co]):
    """A declared workflow. Called within a run it is a nested run; anywhere else, plain Python."""

    kind = "workflow"

    def __init__(
        self,
        function: Callable[..., Any],
        *,
        on: Trigger | Sequence[Trigger] = (),
        alerts: str | None = None,
        deadline: str | None = None,
        timeout: int | None = 3600,
        name: str | None = None,
        type: Literal["STANDARD", "EXPRESS"] = "STANDARD",
        definition: str | None = None,
        allow: Iterable[Any] = (),
    ) -> None:
        super().__init__(function, name)
        given: Any = on
        self.triggers: tuple[Trigger, ...] = tuple(given) if isinstance(given, list | tuple) else (given,)
        self.alerts = alerts
        self.deadline = deadline
        self.timeout = None if definition is not None else timeout
        self.type = type
        self.definition = definition
        self.allow: tuple[Any, ...] = tuple(allow)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R_co:
        execution = current.get()
        arguments = self.bind(args, kwargs)
        if execution is not None:
            result: R_co = execution.call(self, arguments)
            return result
        if not start:
            raise LadleError(
                "nothing runs workflows as plain Python here: import ladle, not only ladle.declare"
            )
        plain: R_co = start[0](self, arguments)
        return plain

    def start(self, *args: P.args, **kwargs: P.kwargs) -> str:
        """Start a run and do not wait for it; its ARN.

        It is a run of its own: whatever becomes of it does not reach the run that started it, and a failure
        has its own alert. Raises LadleError outside of a run.
        """
        return inside(f"{self.name}.start").launch(self, self.bind(args, kwargs))

    def _option_findings(self) -> list[Finding]:
        from ladle.declare.workflow_options import workflow_findings

        return workflow_findings(self)


class WorkflowDecorator(Protocol):
    """What `@workflow(...)` with options gives: it keeps the function's signature."""

    def __call__(self, function: Callable[P, R], /) -> Workflow[P, R]: ...


@overload
def workflow(function: Callable[P, R], /) -> Workflow[P, R]: ...
@overload
def workflow(
    *,
    on: Trigger | Sequence[Trigger] = (),
    alerts: str | None = None,
    deadline: str | None = None,
    timeout: int | None = 3600,
    name: str | None = None,
    type: Literal["STANDARD", "EXPRESS"] = "STANDARD",
    definition: str | None = None,
    allow: Iterable[Any] = (),
) -> WorkflowDecorator: ...
def workflow(function: Callable[..., Any] | None = None, /, **options: Any) -> Any:
    """Declare a function as a workflow: one state machine.

    * `on`: the trigger, or a list of them; none when only people and other workflows start it.
    * `alerts`: the logical name of the topic that hears of failed runs.
    * `deadline`: the local time of day, in the time zone of each `Cron` or `At`, by which the runs scheduled
      since the same time of the day before must have succeeded; `alerts` hears of those that have not.
    * `timeout`: seconds a run may take; None for no limit but the platform's (a year).
    * `name`: the workflow's name, the function's by default.
    * `type`: `"STANDARD"`, or `"EXPRESS"` for many short runs (at most 5 minutes, no waiting for answers).
    * `definition`: the file of a state machine that was written by hand, beside the module. The function says
      what it takes and gives; its body is `...`, or what it means as plain Python. The time limit is in it.
    * `allow`: IAM statements of the machine's role, for calls of AWS services whose permissions the
      definition does not tell.

    Wrong values do not raise here: they are in the workflow's `problems`, reported with all others by `ladle
    check`.
    """
    if function is None:
        return lambda decorated: Workflow(plain_function(decorated, "workflow"), **options)
    return Workflow(plain_function(function, "workflow"), **options)
