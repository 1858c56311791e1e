"""The state machine that resumes the failed runs of another one: what it is called.

It is made when a run is resumed for the first time (`ladle resume`), beside the workflow's own machine and
with its role. Its name follows from that machine's, so that alerts and permissions know it beforehand.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any, Final

from ladle.runtime.aws import client

__all__ = ["pages_of_runs", "resumed_by", "resumer_of"]

_TAIL: Final = "-resume"
_LONGEST: Final = 80
"""Characters in a machine's name (CreateStateMachine, API reference)."""
_DIGITS: Final = 8


def resumer_of(machine: str) -> str:
    """The name or ARN of the machine that resumes the runs of the machine of that name or ARN.

    >>> resumer_of("nyc-flights-prod-daily_delays")
    'nyc-flights-prod-daily_delays-resume'
    """
    prefix, colon, name = machine.rpartition(":")
    if len(name) + len(_TAIL) > _LONGEST:
        digest = hashlib.sha256(name.encode()).hexdigest()[:_DIGITS]
        name = f"{name[: _LONGEST - len(_TAIL) - _DIGITS - 1]}-{digest}"
    return f"{prefix}{colon}{name}{_TAIL}"


def resumed_by(resumer: str, machine: str) -> bool:
    """Whether the one machine (an ARN, perhaps with a version) resumes the runs of the other."""
    return f"{resumer}:".startswith(f"{resumer_of(machine)}:")


def pages_of_runs(machine: str, status: str) -> Iterator[Mapping[str, Any]]:
    """The runs of a machine (an ARN) in that status, as ListExecutions gives them: the last that began first.

    None where there is no such machine: of one that resumes runs, because none was ever resumed.
    """
    states = client("stepfunctions")
    pages = states.get_paginator("list_executions")
    try:
        yield from pages.paginate(stateMachineArn=machine, statusFilter=status)
    except states.exceptions.StateMachineDoesNotExist:
        return
