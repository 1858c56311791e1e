"""A structured logger whose lines say which run and step they belong to.

Powertools is loaded when it is first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ladle.errors import LadleError
from ladle.runtime.envelope import Envelope, current

if TYPE_CHECKING:
    from aws_lambda_powertools import Logger

__all__ = ["keys", "logger"]

_logger: list[Logger] = []


def keys(envelope: Envelope) -> dict[str, Any]:
    """What each line of a call carries; `workflow`, `root`, `redrive` and `item` only where they say
    something."""
    found: dict[str, Any] = {"run": envelope.run, "step": envelope.step, "attempt": envelope.attempt}
    if envelope.workflow:
        found["workflow"] = envelope.workflow
    if envelope.root != envelope.run:
        found["root"] = envelope.root
    if envelope.redrive:
        found["redrive"] = envelope.redrive
    if envelope.item is not None:
        found["item"] = envelope.item
    return found


def logger() -> Logger:
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
    found.thread_safe_clear_keys()
    envelope = current.get()
    if envelope is not None:
        found.thread_safe_append_keys(**keys(envelope))
    return found
