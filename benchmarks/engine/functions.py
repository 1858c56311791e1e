"""What the workloads' tasks do: next to nothing. `functions.mjs` says the same."""

from __future__ import annotations

import itertools
import os
import tempfile
from pathlib import Path
from typing import Any

CALLS = itertools.count(1)
IN_LAMBDA = "LAMBDA_TASK_ROOT" in os.environ


class FlakyError(Exception):
    """Three times out of four."""


class EnrichError(Exception):
    """One item in ten."""


def echo(event: Any, context: Any = None) -> Any:
    return event


def call_number() -> int:
    """How many calls there were. An emulated Lambda counts in a file: a failure may cost it its process."""
    if not IN_LAMBDA:
        return next(CALLS)
    kept = Path(tempfile.gettempdir()) / "ladle-benchmark-calls"
    number = int(kept.read_text()) + 1 if kept.exists() else 1
    kept.write_text(str(number))
    return number


def flaky(event: Any, context: Any = None) -> Any:
    if call_number() % 4:
        raise FlakyError("not yet")
    return {"ok": True}


def config(event: Any, context: Any = None) -> Any:
    return {"mode": "full"}


def enrich(event: Any, context: Any = None) -> Any:
    if event["index"] % 10 == 9:
        raise EnrichError(event["key"])
    return {"key": event["key"], "score": 7}


def load(event: Any, context: Any = None) -> Any:
    return {"loaded": len(event["chunk"])}


def notify(event: Any, context: Any = None) -> Any:
    return {"sent": True}


FUNCTIONS = {function.__name__: function for function in (echo, flaky, config, enrich, load, notify)}
