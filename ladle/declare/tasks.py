"""`@task`: a function that runs as a Lambda function of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, Protocol, TypeVar, overload

from ladle.declare.declared import Declared
from ladle.declare.execution import current
from ladle.declare.retries import Retry, retries
from ladle.declare.tokens import TaskToken

if TYPE_CHECKING:
    from ladle.declare.pools import Pool
    from ladle.declare.reading import Finding

__all__ = ["Task", "TaskDecorator", "plain_function", "task"]

P = ParamSpec("P")
R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)


class Task(Declared[P, R_co]):
    """A declared task. Called within a run it is a step of it; anywhere else it is its function."""

    kind = "task"

    def __init__(
        self,
        function: Callable[..., Any],
        *,
        retry: Retry | Sequence[Retry] | None = None,
        timeout: int = 60,
        heartbeat: int | None = None,
        memory: int = 512,
        expect: float | None = None,
        step: bool = False,
        idempotent: bool | None = None,
        pool: Pool | Sequence[Pool] | None = None,
        name: str | None = None,
        allow: Iterable[Any] = (),
        environment: Mapping[str, str] | None = None,
        storage: int | None = None,
        concurrency: int | None = None,
        layers: Sequence[str] | None = None,
    ) -> None:
        super().__init__(function, name)
        self.base: Task[P, R_co] | None = None
        """The task as declared, for one with options of a call."""
        self.retry: tuple[Retry, ...] = retries(retry)
        self.timeout = timeout
        self.heartbeat = heartbeat
        self.memory = memory
        self.expect = expect
        self.step = step
        self.idempotent = idempotent
        self.pools: tuple[Pool, ...] = () if pool is None else _pools(pool)
        self.allow: tuple[Any, ...] = tuple(allow)
        self.environment: dict[str, str] = dict(environment or {})
        self.storage = storage
        self.concurrency = concurrency
        self.layers: tuple[str, ...] | None = None if layers is None else tuple(layers)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R_co:
        execution = current.get()
        if execution is not None:
            result: R_co = execution.call(self, self.bind(args, kwargs))
            return result
        if self.function.__defaults__ or self.function.__kwdefaults__:
            from ladle.declare.secrets import completed, marked

            if marked(self.function):
                kwargs.update(completed(self, args, kwargs))
        plain: R_co = self.function(*args, **kwargs)
        return plain

    def options(
        self,
        *,
        timeout: int | None = None,
        heartbeat: int | None = None,
        retry: Retry | Sequence[Retry] | None = None,
    ) -> Task[P, R_co]:
        """The task with other options for one call: `load_day.options(timeout=5)(bucket, key)`.

        What is left out stays as declared; `retry=()` tries once. In a workflow the values are constants. A
        `timeout` longer than the function's own would end nothing: it is refused there.
        """
        varied: Task[P, R_co] = object.__new__(type(self))  # copying gives the task itself, as of functions
        cached = ("problems", "door")
        varied.__dict__.update({name: value for name, value in vars(self).items() if name not in cached})
        varied.base = self.base or self
        varied.timeout = self.timeout if timeout is None else timeout
        varied.heartbeat = self.heartbeat if heartbeat is None else heartbeat
        varied.retry = self.retry if retry is None else retries(retry)
        return varied

    def _option_findings(self) -> list[Finding]:
        from ladle.declare.options import task_findings

        return task_findings(self)


class _Unlike:
    """Nothing is one of these: only a parameter that takes anything (`Any`) accepts it.

    Such a parameter accepts a token as well, so its overload stands before the token's. It has to become
    positional for type checkers: no type says "the same function, if it would accept this".
    """


class TaskDecorator(Protocol):
    """What `@task(...)` with options gives: it keeps the function's signature, less a task token."""

    @overload
    def __call__(self, function: Callable[Concatenate[_Unlike, P], R], /) -> Task[Concatenate[Any, P], R]: ...
    @overload
    def __call__(self, function: Callable[Concatenate[TaskToken[R], P], Any], /) -> Task[P, R]: ...
    @overload
    def __call__(self, function: Callable[P, R], /) -> Task[P, R]: ...


@overload
def task(function: Callable[Concatenate[_Unlike, P], R], /) -> Task[Concatenate[Any, P], R]: ...
@overload
def task(function: Callable[Concatenate[TaskToken[R], P], Any], /) -> Task[P, R]: ...
@overload
def task(function: Callable[P, R], /) -> Task[P, R]: ...
@overload
def task(
    *,
    retry: Retry | Sequence[Retry] | None = None,
    timeout: int = 60,
    heartbeat: int | None = None,
    memory: int = 512,
    expect: float | None = None,
    step: bool = False,
    idempotent: bool | None = None,
    pool: Pool | Sequence[Pool] | None = None,
    name: str | None = None,
    allow: Iterable[Any] = (),
    environment: Mapping[str, str] | None = None,
    storage: int | None = None,
    concurrency: int | None = None,
    layers: Sequence[str] | None = None,
) -> TaskDecorator: ...
def task(function: Callable[..., Any] | None = None, /, **options: Any) -> Any:
    """Declare a function as a task: one Lambda function, one kind of step.

    Parameters and result must be annotated; they travel as JSON and are checked on the way.

    * `retry`: when to try again after a failure (AWS Lambda's own transient errors are always retried).
    * `timeout`: seconds one try may take (at most 900; with a `TaskToken`, how long the answer may take).
    * `heartbeat`: seconds within which a task with a `TaskToken` must report that it is alive.
    * `memory`: MB of the Lambda function (128 to 10,240; CPU grows with it).
    * `expect`: seconds it usually takes, for planning what runs beside what.
    * `step`: true when its effects matter to others, so that nothing overlaps it.
    * `idempotent`: True when a call that has succeeded must not be made again: its result is kept, and given
      to whatever try or redrive of the same call comes later. False when a call must not even be tried again
      after it may have begun: errors of the Lambda service that leave that open are not retried, and `ladle
      check` warns of retries. None says nothing.
    * `pool`: what its calls share with those of other tasks, and how many may at once (`Pool`).
    * `name`: the task's name, the function's by default.
    * `allow`: IAM statements of the function's role.
    * `environment`: further environment variables of the function.
    * `storage`: MB of the function's `/tmp` (512 to 10,240).
    * `concurrency`: how many calls may run at once, reserved from the account's ("reserved concurrency").
    * `layers`: ARNs of layer versions that the function has.

    Wrong values do not raise here: they are in the task's `problems`, reported with all others by `ladle
    check`.
    """
    if function is None:
        return lambda decorated: Task(plain_function(decorated, "task"), **options)
    return Task(plain_function(function, "task"), **options)


def _pools(given: Any) -> tuple[Any, ...]:
    """The pools of a task, one or several; what is none is found when its options are checked."""
    return tuple(given) if isinstance(given, Sequence) and not isinstance(given, str) else (given,)


def plain_function(function: Any, decorator: str) -> Callable[..., Any]:
    """The function itself; anything that has no signature of its own is refused at once."""
    if isinstance(function, type) or not callable(function) or isinstance(function, Declared):
        from ladle.errors import LadleError

        raise LadleError(f"@{decorator} goes on a function, not on {function!r}: write it above a `def`")
    checked: Callable[..., Any] = function
    return checked
