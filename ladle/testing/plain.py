"""Running a workflow as plain Python, with everything that happened kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar, cast

from ladle.declare import Workflow
from ladle.errors import DiagnosticError, LadleError
from ladle.plain import CallRecord, PlainExecution, Session

__all__ = ["PlainRun", "plain_run"]

R = TypeVar("R")


@dataclass(frozen=True)
class PlainRun(Generic[R]):
    """A finished plain run.

    `input` and `output` are JSON (`output` is None after a failure), `error` is what the run failed with,
    `calls` are the tries of tasks and the nested runs in the order they began, and `seconds` is how long it
    took, in virtual time: waits and backoffs, not the real work of tasks.
    """

    workflow: str
    input: dict[str, Any]
    output: Any
    error: BaseException | None
    calls: tuple[CallRecord, ...]
    seconds: float
    value: R | None

    @property
    def result(self) -> R:
        """What the workflow returned; after a failure, raises its error."""
        if self.error is not None:
            raise self.error
        return cast(R, self.value)

    def calls_of(self, task: Any) -> tuple[CallRecord, ...]:
        """The tries of one task or workflow, given itself or its name."""
        name = getattr(task, "name", task)
        return tuple(call for call in self.calls if call.name == name)


def plain_run(
    workflow: Workflow[..., R],
    arguments: Mapping[str, Any] | Sequence[Any] = (),
    *,
    input: Any = None,
    answers: Mapping[Any, Iterable[Any]] | None = None,
    fakes: Mapping[Any, Callable[..., Any]] | None = None,
    started: datetime | None = None,
    scheduled_for: datetime | None = None,
    name: str | None = None,
) -> PlainRun[R]:
    """Runs a workflow as plain Python and keeps its calls; a failure of the run is in `error`, and not
    raised.

    * `arguments`: Python values, by position or by name; or `input`: the same as JSON by name.
    * `answers`: for each task with a `TaskToken` (or its name) the answers in the order of its calls; an
    exception fails the call. A call without an answer runs into its timeout.
    * `fakes`: functions that stand for tasks' own. They get the arguments by name; what the fake of a task
    with a token returns is the answer.
    * `started`: what the virtual clock shows at first; `scheduled_for`: what `run.scheduled_for` gives.
    * `name`: the run's name.

    Raises LadleError for wrong use: arguments that do not fit, wrong declarations, answers that nobody asked
    for.
    """
    if workflow.problems:
        raise DiagnosticError(workflow.problems)
    given = _by_name(workflow, arguments) if input is None else workflow.door.decode_arguments(input)
    sent = workflow.door.encode_arguments(given)
    session = Session.of(answers=answers, fakes=fakes, started=started)
    value: R | None = None
    output, error = None, None
    try:
        value = PlainExecution.begin(session, workflow, sent, name=name, scheduled_for=scheduled_for)
        output = workflow.door.encode_result(value)
    except Exception as raised:  # noqa: BLE001 - the run's failure is part of what happened
        error = raised
    if session.misuse is not None:
        raise session.misuse
    if error is None and (left := session.answers.unused()):
        names = ", ".join(f"{task}: {count}" for task, count in left.items())
        raise LadleError(
            f"answers that no call of {workflow.name} asked for ({names}): give as many as there are calls"
        )
    return PlainRun(workflow.name, sent, output, error, tuple(session.calls), session.clock.seconds, value)


def _by_name(workflow: Workflow[..., Any], arguments: Mapping[str, Any] | Sequence[Any]) -> dict[str, Any]:
    try:
        if isinstance(arguments, Mapping):
            return workflow.bind((), dict(arguments))
        return workflow.bind(tuple(arguments), {})
    except TypeError as error:
        raise LadleError(f"{workflow.name}{workflow.signature}: {error}") from None
