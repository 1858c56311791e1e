"""Names of runs: a readable beginning, and a hash of what started the run.

A run's name is derived from its trigger, so that an event that arrives twice gives the same name twice, and
Step Functions refuses the second run.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Any, Final

__all__ = [
    "DIGITS",
    "LONGEST_NAME",
    "SLUG_LENGTH",
    "fingerprint",
    "run_name",
    "scheduled_identity",
    "scheduled_name",
    "slug",
    "time_slug",
    "upload_slug",
]

LONGEST_NAME: Final = 80
"""The most characters that the name of an execution may have (StartExecution, API reference)."""

SLUG_LENGTH: Final = 60
"""How much of a name is meant to be read; the hash, or a local child's number, needs the rest."""

DIGITS: Final = (10, 40)
"""Hexadecimal digits of the hash: those of the usual name, and those of one whose usual name another run has
(one in 10^12 for two runs that read alike)."""


def run_name(readable: str, identity: Sequence[Any], digits: int = DIGITS[0]) -> str:
    """The name of the run that `identity` (JSON values) stands for, beginning with `readable`.

    At most `LONGEST_NAME` characters, all of them legal in an execution's name. Equal identities give equal
    names.

    >>> run_name("flights/2013-01-01.csv", ["daily_delays", "landing", "flights/2013-01-01.csv", "1"])
    'flights-2013-01-01-csv-ce4f42b384'
    """
    start = slug(readable)[: min(SLUG_LENGTH, LONGEST_NAME - digits - 1)].rstrip("-") or "run"
    return f"{start}-{fingerprint(identity)[:digits]}"


def fingerprint(identity: Sequence[Any]) -> str:
    """The SHA-256 of an identity's JSON text, which no two identities share."""
    text = json.dumps(list(identity), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def slug(text: str) -> str:
    """Letters, digits, `-` and `_` of a text, the rest as single dashes; may be empty.

    >>> slug("Überfahrt, 1 + 2")
    'berfahrt-1-2'
    """
    return re.sub(r"[^A-Za-z0-9_]+", "-", text).strip("-")[:SLUG_LENGTH].rstrip("-")


def upload_slug(key: str, workflow: str) -> str:
    """How the name of an upload's run begins: with the file's name, where any of it can be read."""
    return slug(PurePosixPath(key).stem) or slug(workflow)


def time_slug(instant: datetime) -> str:
    """How the name of a scheduled run begins: with the time it was meant for, UTC.

    >>> time_slug(datetime(2013, 1, 31, 6, 0, tzinfo=UTC))
    '2013-01-31-0600'
    """
    return instant.astimezone(UTC).strftime("%Y-%m-%d-%H%M")


def scheduled_identity(workflow: str, schedule: Any, scheduled_for: datetime) -> tuple[Any, ...]:
    """What the run stands for that a schedule starts for that time.

    `schedule` tells the workflow's schedules apart: what the starter's event says as its `schedule`, or else
    as its `input`.
    """
    return (workflow, "schedule", schedule, scheduled_for.astimezone(UTC).isoformat())


def scheduled_name(workflow: str, schedule: Any, scheduled_for: datetime) -> str:
    """The name of the run that a schedule starts for that time, known before it does."""
    return run_name(time_slug(scheduled_for), scheduled_identity(workflow, schedule, scheduled_for))
