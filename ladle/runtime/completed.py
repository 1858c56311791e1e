"""Calls that are made once: what a call gave is kept, and given to each later try of the same call.

A call of an idempotent task is known by its run, its step, when the step was entered (each pass of a loop
enters it anew), its place in the Maps around it, and its arguments; retries and redrives are tries of the
same call. While a try is at it, it holds a lease, so that no second one begins beside it; a try that failed
gives it back, one that died loses it when the function's time is over.
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable
from typing import Any, Final

from ladle.errors import LadleError
from ladle.runtime.envelope import Envelope
from ladle.runtime.failures import Waits
from ladle.runtime.kept import Document, Kept, changed

__all__ = ["LARGEST_KEPT", "CallInProgress", "call_of", "once_completed"]

KEPT_SECONDS: Final = (365 + 14) * 24 * 3600
"""As long as any run can be redriven: Standard runs last at most a year, and are redriven within 14 days
(Step Functions quotas; developer guide, Redriving executions)."""

LARGEST_KEPT: Final = 350_000
"""Bytes of JSON of a result that is kept; an item of DynamoDB has at most 400 KB (DynamoDB quotas)."""


class CallInProgress(Waits):
    """An earlier try of the same call has not ended; the state machine tries again later."""


def call_of(envelope: Envelope, arguments: Any) -> str:
    """What tells a call from every other: 32 hexadecimal digits.

    `arguments` are the call's as they came (JSON). Retries and redrives are not part of it.
    """
    import hashlib  # loads OpenSSL: only calls that are told apart pay for it

    facts = [envelope.run, envelope.step, envelope.entered, envelope.item, list(envelope.outer), arguments]
    text = json.dumps(facts, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def once_completed(kept: Kept, call: str, seconds: float, make: Callable[[], Any]) -> Any:
    """The result of the call (JSON): the one that is kept, or that of `make`, which is kept from now on.

    `seconds` is how long the call may take. Raises CallInProgress while another try is at it, LadleError for
    a result that is too large to be kept, and whatever `make` raises: then the call may be tried again.
    """
    name, mine = f"call/{call}", uuid.uuid4().hex

    def take(found: Any) -> tuple[Document | None, Any]:
        if found is not None and "result" in found:
            return None, found
        if found is not None and found["by"] and found["until"] > time.time():
            left = found["until"] - time.time()
            raise CallInProgress(
                f"an earlier try of this call may still be at it, for at most {left:.0f} seconds more"
            )
        return {"by": mine, "until": time.time() + seconds}, None

    done = changed(kept, name, KEPT_SECONDS, take)
    if done is not None:
        return done["result"]
    try:
        result = make()
        size = len(json.dumps(result, ensure_ascii=False, allow_nan=False).encode())
        if size > LARGEST_KEPT:
            raise LadleError(
                f"the result of an idempotent call is kept, and {size:,} bytes are more than the"
                f" {LARGEST_KEPT:,} that can be: write it to a bucket, and return where it is"
            )
    except BaseException:
        changed(kept, name, KEPT_SECONDS, lambda found: (_free(found, mine), None))
        raise
    changed(kept, name, KEPT_SECONDS, lambda found: (_noted(found, mine, result), None))
    return result


def _free(found: Any, mine: str) -> Document | None:
    """The document without this try's lease; nobody else's is touched."""
    return {"by": "", "until": 0} if found is not None and found.get("by") == mine else None


def _noted(found: Any, mine: str, result: Any) -> Document | None:
    """The document with the result, unless the lease ran out and another try has taken over."""
    if found is None or found.get("by") != mine:
        raise CallInProgress("this try outlived its lease, and another one has taken over: its result counts")
    return {"result": result}
