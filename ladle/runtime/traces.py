"""X-Ray: a subsegment for each call of a task, with what its log lines say as annotations.

Nothing is loaded where X-Ray is off. Where it is on, a subsegment is one datagram to the daemon beside the
function (X-Ray developer guide, "Sending trace data to X-Ray"), which needs no SDK: constructing Powertools'
Tracer takes some 300 ms of a cold start. A task that has loaded the SDK itself (its own Tracer did) gets the
subsegment through it, so that its own are within.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from ladle.runtime.envelope import Envelope

__all__ = ["subsegment"]

DAEMON: Final = "AWS_XRAY_DAEMON_ADDRESS"
TRACE: Final = "_X_AMZN_TRACE_ID"
"""Environment variables of Lambda: the daemon's address, and the trace of the current call."""


@contextmanager
def subsegment(task: str, envelope: Envelope) -> Iterator[None]:
    """A subsegment around the block, where the current call is traced."""
    trace = _trace()
    if trace is None:
        yield
        return
    annotations = _annotations(envelope)
    sdk: Any = sys.modules.get("aws_xray_sdk.core")
    if sdk is not None:
        with sdk.xray_recorder.in_subsegment(task) as found:
            for name, value in annotations.items():
                if found is not None:
                    found.put_annotation(name, value)
            yield
        return
    began, fault = time.time(), False
    try:
        yield
    except BaseException:
        fault = True
        raise
    finally:
        _send(
            {
                "id": os.urandom(8).hex(),
                "trace_id": trace["Root"],
                "parent_id": trace["Parent"],
                "type": "subsegment",
                "name": task,
                "start_time": began,
                "end_time": time.time(),
                "fault": fault,
                "annotations": annotations,
            }
        )


def _trace() -> dict[str, str] | None:
    """The parts of the trace header, where X-Ray is on and takes a sample of this call."""
    header = os.environ.get(TRACE)
    if not header or DAEMON not in os.environ:
        return None
    parts = dict(part.partition("=")[::2] for part in header.split(";"))
    return parts if parts.get("Sampled") == "1" and {"Root", "Parent"} <= parts.keys() else None


def _annotations(envelope: Envelope) -> dict[str, str | int]:
    found: dict[str, str | int] = {
        "workflow": envelope.workflow,
        "run": envelope.run,
        "step": envelope.step,
        "attempt": envelope.attempt,
    }
    return {name: value for name, value in found.items() if value}


def _send(document: dict[str, Any]) -> None:
    import socket

    host, _, port = os.environ[DAEMON].rpartition(":")
    text = '{"format": "json", "version": 1}\n' + json.dumps(document)
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as way:
            way.sendto(text.encode(), (host, int(port)))
    except (OSError, ValueError) as error:  # a trace that is lost must not fail the task, but be told
        print(json.dumps({"level": "WARNING", "message": "trace not sent", "reason": str(error)}))
