"""What a workflow says besides calls: how to repeat, wait, go on past failures, and in which order.

Each means what it says when the workflow runs as plain Python; the compiler knows them by identity.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, Protocol, TypeVar

from ladle.declare.checks import is_number, is_whole
from ladle.declare.declared import Declared
from ladle.declare.execution import inside
from ladle.declare.integrations import Action
from ladle.declare.retries import Retry
from ladle.errors import LadleError

if TYPE_CHECKING:
    from datetime import datetime

__all__ = [
    "CurrentRun",
    "Each",
    "Failed",
    "Repeated",
    "after",
    "at_once",
    "attempt",
    "each",
    "in_order",
    "now",
    "retry",
    "run",
    "sleep",
    "sleep_until",
    "split",
]

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")


@dataclass(frozen=True)
class Failed:
    """A failure as a value: `error` is the name of the exception's class, `cause` its text."""

    error: str
    cause: str


class Each(Generic[T]):
    """The items of a comprehension, with options."""

    def __init__(
        self, items: Iterable[T], concurrency: int | None, batch: int | None = None, **far: Any
    ) -> None:
        self.items = items
        self.concurrency = concurrency
        self.batch = batch
        self.far = far

    def __iter__(self) -> Iterator[T]:
        return iter(self.items)


def each(
    items: Iterable[T],
    concurrency: int | None = None,
    *,
    batch: int | None = None,
    most: int | None = None,
    distributed: bool = False,
    tolerate: int | str | None = None,
    express: bool = False,
    label: str | None = None,
) -> Each[T]:
    """The items of a comprehension's first `for`, at most `concurrency` of them at once.

    `[delays(day, c) for c in each(day.carriers, concurrency=4)]`. Without a number, as many as the platform
    allows (40 in an inline Map). With `batch`, each invocation of the task's function works off so many items
    one after the other: `[clean(row) for row in each(table.rows, batch=1000)]`. `most` states how many items
    there are at most, which `ladle check` reckons with; with more, ValueError is raised before the first.
    Raises LadleError for a number below 1.

    With `distributed`, each item (or batch) is a run of its own, up to 10,000 of them at once, with a history
    of its own; that is so for what `s3` reads in any case. `tolerate` says how many of them may fail (`5`, or
    `"2%"`): their results are missing. In plain Python the first failure ends the comprehension all the same.
    With `express` they are Express runs, of at most five minutes. `label` is what the Map Run is called.
    """
    for name, number in (("concurrency", concurrency), ("batch", batch), ("most", most)):
        if number is not None and not is_whole(number, 1, sys.maxsize):
            raise LadleError(
                f"each(…, {name}={number!r}): write a whole number of at least 1, or leave it out"
            )
    if most is not None:
        items = list(items)
        if len(items) > most:
            raise ValueError(f"each: more than {most:,} items")
    far = {"distributed": distributed, "tolerate": tolerate, "express": express, "label": label}
    return Each(items, concurrency, batch, **far)


def attempt(callee: Declared[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R | Failed:
    """The value of a call of a task or workflow, or `Failed` when it fails (after its retries).

    `[attempt(daily, d) for d in days]` goes on past bad days. Outside of a run LadleError is raised.
    """
    execution = inside("attempt")
    called: Any = callee  # `aws.sns.publish` too, which has no type of its own
    if not isinstance(called, Declared | Action):
        raise LadleError(
            f"attempt takes a task or a workflow, not {callee!r}: decorate it, or use try and except"
        )
    try:
        if isinstance(called, Action):
            result: R = execution.service(called.bind(kwargs))
        else:
            result = execution.call(called, called.bind(args, kwargs))
    except Exception as error:  # noqa: BLE001 - a failure as a value is what it is for
        return Failed(type(error).__name__, str(error))
    return result


class Repeated(Protocol):
    """What `retry(...)` gives: it takes a helper and returns it with the same signature."""

    def __call__(self, helper: Callable[P, R], /) -> Callable[P, R]: ...


def retry(
    on: type[BaseException] | Iterable[type[BaseException]] | None = None,
    attempts: int = 3,
    interval: int = 1,
    backoff: float = 2.0,
    max_delay: int | None = None,
    jitter: bool = True,
) -> Repeated:
    """Repeat a helper as a whole: `retry(on=[Late], attempts=5)(fetch)(day)`. The options are those of
    `Retry`.

    Everything the helper calls is called again. Raises LadleError outside of a run and for wrong options.
    """
    policy = Retry(on, attempts, interval, backoff, max_delay, jitter)

    def repeated(helper: Callable[P, R], /) -> Callable[P, R]:
        def again(*args: P.args, **kwargs: P.kwargs) -> R:
            if policy.faults:
                raise LadleError(f"retry: {'; '.join(policy.faults)}")
            result: R = inside("retry").repeat((policy,), lambda: helper(*args, **kwargs))
            return result

        return again

    return repeated


def sleep(seconds: float) -> None:
    """Wait; takes no time in plain Python and in local runs. On AWS at least a second, at most a year.

    Raises LadleError outside of a run (in a task, use `time.sleep`) and for a negative number.
    """
    if not is_number(seconds, 0, 99_999_999):
        raise LadleError(f"sleep({seconds!r}): write seconds from 0 to 99,999,999")
    inside("sleep").sleep(seconds)


def sleep_until(instant: datetime) -> None:
    """Wait until an instant, which must have a time zone; not at all when it has passed.

    Raises LadleError outside of a run and for a time without a zone.
    """
    if instant.tzinfo is None:
        raise LadleError(
            f"sleep_until({instant.isoformat()}): the time has no zone: give it one, such as UTC"
        )
    inside("sleep_until").sleep_until(instant)


def now() -> datetime:
    """The time, in UTC, to the millisecond: the run's own clock in plain Python and in local runs."""
    return inside("now").now()


@contextmanager
def in_order() -> Iterator[None]:
    """`with in_order():` each call waits for the one written before it."""
    yield


@contextmanager
def at_once() -> Iterator[None]:
    """`with at_once():` even bare calls overlap; the block as a whole is a step."""
    yield


@contextmanager
def after(*values: Any) -> Iterator[None]:
    """`with after(a, b):` the calls of the block wait for the calls that gave these values."""
    del values
    yield


@contextmanager
def split(*, every: int) -> Iterator[None]:
    """`with split(every=500):` the block is one `for` or `while`, and its turns are runs of their own.

    Each of these runs takes up to `every` turns, one after the other, and hands the values that the loop
    changes to the next. So each has a history of its own, and the loop may go round as often as it likes.
    Raises LadleError for a number below 1.
    """
    if not is_whole(every, 1, sys.maxsize):
        raise LadleError(f"split(every={every!r}): write a whole number of at least 1")
    yield


class CurrentRun:
    """The run that the workflow's code belongs to. Every field raises LadleError outside of a run."""

    @property
    def id(self) -> str:
        """The run's ARN."""
        return inside("run.id").run.id

    @property
    def root(self) -> str:
        """The ARN of the outermost run: the run's own unless another workflow called it."""
        return inside("run.root").run.root

    @property
    def name(self) -> str:
        """The run's name."""
        return inside("run.name").run.name

    @property
    def workflow(self) -> str:
        """The workflow's name."""
        return inside("run.workflow").run.workflow

    @property
    def started(self) -> datetime:
        """When the run began, in UTC."""
        return inside("run.started").run.started

    @property
    def scheduled_for(self) -> datetime:
        """The time that a schedule meant the run for, in UTC; LadleError when no schedule started it."""
        instant = inside("run.scheduled_for").run.scheduled_for
        if instant is None:
            raise LadleError(
                "run.scheduled_for: no schedule started this run: give the workflow a Cron, Rate or At"
            )
        return instant


run = CurrentRun()
"""The run that the workflow's code belongs to: `run.id`, `run.started` and so on."""
