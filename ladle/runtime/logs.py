"""A structured logger whose lines say which run and step they belong to.

Powertools is loaded when it is first used.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from ladle.errors import LadleError
from ladle.runtime.envelope import Envelope, current

if TYPE_CHECKING:
    from aws_lambda_powertools import Logger

__all__ = ["keys", "logger"]

_logger: list[Logger] = []
_cold = [False]
_keyed: ContextVar[Envelope | None] = ContextVar("ladle_keyed", default=None)
"""Whose keys the loggers have: they are set once for a call."""


def keys(envelope: Envelope) -> dict[str, Any]:
    """What each line of a call carries; `workflow`, `trigger`, `root`, `redrive` and `item` only where
    they say something."""
    found: dict[str, Any] = {"run": envelope.run, "step": envelope.step, "attempt": envelope.attempt}
    if envelope.workflow:
        found["workflow"] = envelope.workflow
    if envelope.trigger:
        found["trigger"] = envelope.trigger
    if envelope.root != envelope.run:
        found["root"] = envelope.root
    if envelope.redrive:
        found["redrive"] = envelope.redrive
    if envelope.item is not None:
        found["item"] = envelope.item
    return found


def logger(*, cold_start: bool | None = None) -> Logger:
    """The logger of the current call, with its keys; raises LadleError where Powertools is not installed.

    Call it where a line is written (`logger().info("loaded", extra={"rows": n})`), not once for the module:
    the keys are those of the call that is going on.
    """
    if not _logger:
        try:
            from aws_lambda_powertools import Logger as PowertoolsLogger
        except ImportError:
            raise LadleError(
                "logger needs Powertools: put aws-lambda-powertools into requirements.txt"
            ) from None
        _logger.append(PowertoolsLogger())
    found = _logger[0]
    envelope = current.get()
    if cold_start is not None:
        _cold[:] = [cold_start]
    if envelope is None or _keyed.get() != envelope:
        # Powertools keeps these keys for all its loggers: those that a task makes itself have them, too.
        found.thread_safe_clear_keys()
        if envelope is not None:
            found.thread_safe_append_keys(**keys(envelope), **({"cold_start": True} if _cold[0] else {}))
        _keyed.set(envelope)
    return found
