"""Metrics: CloudWatch reads them from the function's log (embedded metric format).

Those of a task itself go through Powertools, which is loaded when it is first used. What Ladle measures of
each call is one line that it writes itself: Powertools' Metrics holds one set of dimensions at a time, and
that is the task's.
"""

from __future__ import annotations

import json
import os
import sys
import time
from typing import TYPE_CHECKING, Any, Final

from ladle.errors import LadleError
from ladle.runtime.envelope import current

if TYPE_CHECKING:
    from aws_lambda_powertools import Metrics

__all__ = ["flush", "measured", "metrics"]

UNITS: Final = {
    "duration": "Milliseconds",
    "attempts": "Count",
    "failures": "Count",
    "payload": "Bytes",
    "cold_starts": "Count",
}
"""What is measured of each call, by workflow and task."""

_metrics: list[Metrics] = []


def metrics() -> Metrics:
    """The metrics of the current call; raises LadleError where Powertools is not installed.

    `metrics().add_metric(name="rows", unit="Count", value=n)`: what a call adds is sent when it ends, with
    the workflow and the step as dimensions and the run beside them. The namespace is the application's name.
    """
    if not _metrics:
        try:
            from aws_lambda_powertools import Metrics as PowertoolsMetrics
        except ImportError:
            raise LadleError(
                "metrics need Powertools: put aws-lambda-powertools into requirements.txt"
            ) from None
        _metrics.append(PowertoolsMetrics(namespace=os.environ.get("LADLE_APP") or "ladle"))
    return _metrics[0]


def measured(task: str, values: dict[str, float]) -> None:
    """Send what was measured of the current call, by `UNITS`."""
    envelope = current.get()
    document: dict[str, Any] = {
        "_aws": {
            "Timestamp": int(time.time() * 1000),
            "CloudWatchMetrics": [
                {
                    "Namespace": os.environ.get("LADLE_APP") or "ladle",
                    "Dimensions": [["workflow", "task"]],
                    "Metrics": [{"Name": name, "Unit": UNITS[name]} for name in values],
                }
            ],
        },
        "workflow": (envelope.workflow if envelope is not None else "") or "none",
        "task": task,
        **values,
    }
    if envelope is not None and envelope.run:
        document["run"] = envelope.run
    sys.stdout.write(json.dumps(document, separators=(",", ":")) + "\n")


def flush() -> None:
    """Send what the current call has added, if anything."""
    if not _metrics or not _metrics[0].metric_set:
        return
    envelope = current.get()
    if envelope is not None and envelope.run:
        _metrics[0].add_dimension(name="workflow", value=envelope.workflow)
        _metrics[0].add_dimension(name="step", value=envelope.step[:250])
        _metrics[0].add_metadata(key="run", value=envelope.run)
    _metrics[0].flush_metrics()
