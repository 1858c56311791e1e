"""Metrics of the current call, through Powertools: CloudWatch reads them from the function's log.

Powertools is loaded when it is first used.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ladle.errors import LadleError
from ladle.runtime.envelope import current

if TYPE_CHECKING:
    from aws_lambda_powertools import Metrics

__all__ = ["flush", "metrics"]

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
