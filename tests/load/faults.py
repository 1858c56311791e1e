"""AWS at its worst: requests that are throttled, that never arrive, and that are done though no answer comes.

The faults are put where moto takes a request off botocore's hands, so that botocore's own retries, and
Ladle's, are what copes with them.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import botocore.endpoint
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ConnectTimeoutError, ReadTimeoutError
from moto.core.botocore_stubber import BotocoreStubber, MockRawResponse

__all__ = ["Faults", "faults"]

KINDS = ("throttled", "unreached", "unanswered")


class Faults:
    """Decides which requests fail, and how; counts them by kind. `share` of all requests do."""

    def __init__(self, share: float, seed: int, only: Collection[str]) -> None:
        self.share = share
        self.only = frozenset(only)
        self.counts: Counter[str] = Counter()
        self.unanswered: Counter[str] = Counter()
        self._random = random.Random(seed)

    def next(self, event_name: str) -> str:
        """The fault of the next request; empty for none."""
        service, operation = event_name.split(".")[1:3]
        self.counts["requests"] += 1
        if self.only and service not in self.only:
            return ""
        if self._random.random() >= self.share:
            return ""
        kind = self._random.choice(KINDS)
        self.counts[kind] += 1
        if kind == "unanswered":
            self.unanswered[operation] += 1
        return kind


@contextmanager
def faults(share: float, seed: int = 0, only: Collection[str] = ()) -> Iterator[Faults]:
    """Let a share of the requests to AWS (of the services `only`, as botocore's events name them) fail.

    Within it, nobody waits between tries.
    """
    found = Faults(share, seed, only)
    call = BotocoreStubber.__call__

    def unreliable(self: Any, event_name: str, request: Any, **more: Any) -> Any:
        kind = found.next(event_name) if self.enabled else ""
        if kind == "throttled":
            return _throttled(request, event_name)
        if kind == "unreached":
            raise ConnectTimeoutError(endpoint_url=request.url)
        answer = call(self, event_name, request, **more)
        if kind == "unanswered":
            raise ReadTimeoutError(endpoint_url=request.url)
        return answer

    with (
        patch.object(BotocoreStubber, "__call__", unreliable),
        patch.object(botocore.endpoint.time, "sleep", lambda _: None),
    ):
        yield found


def _throttled(request: Any, event_name: str) -> AWSResponse:
    """A refusal as the service words it: in XML where it speaks the query protocol."""
    if event_name.split(".")[1] in ("sns", "iam", "cloudwatch", "s3"):
        error = "<Error><Code>Throttling</Code><Message>Rate exceeded</Message></Error>"
        body = f"<ErrorResponse>{error}</ErrorResponse>"
        headers = {"Content-Type": "text/xml"}
    else:
        body = json.dumps({"__type": "ThrottlingException", "message": "Rate exceeded"})
        headers = {"Content-Type": "application/json", "x-amzn-errortype": "ThrottlingException"}
    return AWSResponse(request.url, 400, headers, MockRawResponse(body))  # type: ignore[arg-type]
