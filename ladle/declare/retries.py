"""`Retry`: when a failed call is tried again."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import Any, Final

from ladle.declare.checks import is_bool, is_error_class, is_number, is_whole
from ladle.value import Value

__all__ = ["MAX_ATTEMPTS", "MAX_DELAY_SECONDS", "Retry", "retries"]

MAX_ATTEMPTS: Final = 99_999_999
"""The most that `MaxAttempts` and `IntervalSeconds` may be (Amazon States Language)."""

MAX_DELAY_SECONDS: Final = 31_622_399
"""The most that `MaxDelaySeconds` may be: less than 366 days (Amazon States Language)."""


class Retry(Value):
    """Try a failed call again, later and later.

    `on` are the exception classes it is for, subclasses included; by default every error. `attempts` counts
    the retries *after* the first try (ASL's MaxAttempts): `attempts=3` calls at most four times. The first
    wait is `interval` whole seconds, each further one `backoff` times as long, none above `max_delay`
    seconds. With `jitter` a wait is a random time between 0 and that, so that many runs do not come back at
    once.

    Of several policies the first that names the error counts, and each counts its own attempts. Wrong values
    are recorded in `faults` and reported when the workflow is checked, together with everything else that is
    wrong.
    """

    on: tuple[type[BaseException], ...]
    attempts: int
    interval: int
    backoff: float
    max_delay: int | None
    jitter: bool
    _empty: bool

    def __init__(
        self,
        on: type[BaseException] | Iterable[type[BaseException]] | None = None,
        attempts: int = 3,
        interval: int = 1,
        backoff: float = 2.0,
        max_delay: int | None = None,
        jitter: bool = True,
    ) -> None:
        classes: Any = () if on is None else tuple(on) if isinstance(on, Iterable) else (on,)
        empty = on is not None and not classes
        super().__init__(classes, attempts, interval, backoff, max_delay, jitter, empty)

    def takes(self, error: BaseException) -> bool:
        """Whether this policy is for the error."""
        return isinstance(error, self.on or Exception)

    def delay(self, retry: int) -> float:
        """Seconds to wait before a retry (the first is number 0), without jitter: the longest it can be."""
        try:
            seconds = self.interval * self.backoff**retry
        except OverflowError:
            seconds = float(MAX_DELAY_SECONDS)
        return float(min(seconds, self.max_delay or MAX_DELAY_SECONDS))

    @property
    def faults(self) -> tuple[str, ...]:
        """What is wrong with the values, each with what is allowed."""
        found: list[str] = []
        if self._empty:
            found.append(
                "`on` is empty, so nothing would be retried: name exception classes, or leave it out"
            )
        for each in self.on:
            if not is_error_class(each):
                found.append(f"`on` holds {each!r}, which is no exception class: write the class itself")
            elif not issubclass(each, Exception):
                found.append(f"`on` holds {each.__name__}, which ends a program: name errors")
        if not is_whole(self.attempts, 0, MAX_ATTEMPTS):
            found.append(f"`attempts` is {self.attempts!r}: write a whole number from 0 to {MAX_ATTEMPTS:,}")
        if not is_whole(self.interval, 1, MAX_ATTEMPTS):
            found.append(f"`interval` is {self.interval!r}: write whole seconds, at least 1")
        if not is_number(self.backoff, 1, sys.float_info.max):
            found.append(f"`backoff` is {self.backoff!r}: write a number of at least 1.0")
        if self.max_delay is not None:
            if not is_whole(self.max_delay, 1, MAX_DELAY_SECONDS):
                found.append(f"`max_delay` is {self.max_delay!r}: write whole seconds, less than 366 days")
            elif is_whole(self.interval, self.max_delay, MAX_ATTEMPTS):
                found.append(
                    f"`max_delay` is {self.max_delay}, no more than the first wait: "
                    f"write more than `interval`, which is {self.interval}"
                )
        if not is_bool(self.jitter):
            found.append(f"`jitter` is {self.jitter!r}: write True or False")
        return tuple(found)


def retries(given: Retry | Sequence[Retry] | None) -> tuple[Retry, ...]:
    """One policy, several or none, as a tuple (whatever else was written stays in it, to be reported)."""
    values: Any = given
    return () if given is None else tuple(values) if isinstance(values, list | tuple) else (values,)
