"""Retry: what is repeated, after how long, how often."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from ladle.compiler.language.failures import Failures

__all__ = ["ALL_OF_A_TASK", "LAMBDA_TRANSIENT", "NOT_BEGUN", "WAITING", "retriers", "transient", "waiting"]

ALL_OF_A_TASK: Final = ("States.TaskFailed", "States.Timeout")
"""Every failure of a task: unlike States.ALL it leaves out expressions that fail, which are no part of the
task."""


LAMBDA_TRANSIENT: Final[Mapping[str, Any]] = {
    "ErrorEquals": [
        "Lambda.ServiceException",
        "Lambda.AWSLambdaException",
        "Lambda.SdkClientException",
        "Lambda.TooManyRequestsException",
    ],
    "IntervalSeconds": 1,
    "MaxAttempts": 3,
    "BackoffRate": 2,
    "JitterStrategy": "FULL",
}
"""Errors of the Lambda service itself, as AWS recommends to retry them."""

NOT_BEGUN: Final[Mapping[str, Any]] = {
    **LAMBDA_TRANSIENT,
    "ErrorEquals": ["Lambda.TooManyRequestsException"],
}
"""The one of them that comes before the function is called: for tasks that must not be called twice."""


WAITING: Final[Mapping[str, Any]] = {
    "IntervalSeconds": 2,
    "MaxAttempts": 1000,
    "BackoffRate": 1.5,
    "MaxDelaySeconds": 30,
    "JitterStrategy": "FULL",
}
"""How a call waits for a place in a pool, or for an earlier try of itself: it asks again, at least every 30
seconds, for some four hours. Each time is a transition and three events of the run's history, of 25,000."""


def waiting(task: Any) -> tuple[Mapping[str, Any], ...]:
    """The retrier of a task whose calls may have to wait."""
    errors = [*(["PoolFull"] if task.pools else []), *(["CallInProgress"] if task.idempotent else [])]
    return ({"ErrorEquals": errors, **WAITING},) if errors else ()


def transient(task: Any) -> Mapping[str, Any]:
    """The retrier of Lambda's own errors for a task."""
    return NOT_BEGUN if task.idempotent is False else LAMBDA_TRANSIENT


def retriers(retries: Iterable[Any], failures: Failures) -> tuple[Mapping[str, Any], ...]:
    """The retriers of declared `Retry` values, in their order."""
    return tuple(_retrier(retry, failures) for retry in retries)


def _retrier(retry: Any, failures: Failures) -> Mapping[str, Any]:
    errors = failures.taken_by(retry.on) if retry.on else ALL_OF_A_TASK
    found: dict[str, Any] = {
        "ErrorEquals": list(ALL_OF_A_TASK if "States.ALL" in errors else errors),
        "IntervalSeconds": retry.interval,
        "MaxAttempts": retry.attempts,
        "BackoffRate": int(retry.backoff) if retry.backoff == int(retry.backoff) else retry.backoff,
    }
    if retry.max_delay is not None:
        found["MaxDelaySeconds"] = retry.max_delay
    if retry.jitter:
        found["JitterStrategy"] = "FULL"
    return found
