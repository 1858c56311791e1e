"""Retriers and catchers: which errors they name, and in which order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from ladle.asl.problems import Pointer, Problem
from ladle.asl.rules.context import Context
from ladle.asl.tables import STATES

__all__ = ["STATES_ERRORS", "check_handlers"]

STATES_ERRORS = frozenset(
    f"States.{name}"
    for name in (
        "ALL",
        "BranchFailed",
        "DataLimitExceeded",
        "ExceedToleratedFailureThreshold",
        "HeartbeatTimeout",
        "Http.Socket",
        "IntrinsicFailure",
        "ItemReaderFailed",
        "NoChoiceMatched",
        "ParameterPathFailure",
        "Permissions",
        "QueryEvaluationError",
        "ResultPathMatchFailure",
        "ResultWriterFailed",
        "Runtime",
        "TaskFailed",
        "Timeout",
    )
)
"""The error names that Step Functions itself gives (developer guide, "Handling errors");
`States.Http.StatusCode.NNN` comes on top."""


def check_handlers(context: Context) -> Iterator[Problem]:
    """`States.ALL` alone and last; names beginning with States. must exist."""
    for visit in context.visits:
        for field in ("Retry", "Catch"):
            entries = visit.state.get(field)
            if field in STATES.get(visit.type, ()) and isinstance(entries, list):
                yield from _entries(field, entries, (*visit.pointer, field))


def _entries(field: str, entries: list[Any], pointer: Pointer) -> Iterator[Problem]:
    caught_before: set[str] = set()
    for index, entry in enumerate(entries):
        errors = entry.get("ErrorEquals") if isinstance(entry, Mapping) else None
        if not isinstance(errors, list):
            continue
        here = (*pointer, index, "ErrorEquals")
        if "States.ALL" in errors:
            if len(errors) > 1:
                yield Problem(
                    "A212",
                    here,
                    "States.ALL must stand alone: it matches the other names already",
                    'write ["States.ALL"], and give the other names an entry of their own before it',
                )
            if index < len(entries) - 1:
                yield Problem(
                    "A212",
                    here,
                    f"States.ALL must be in the last entry of {field}: what follows would never be tried",
                    "move this entry to the end",
                )
        for position, name in enumerate(errors):
            if isinstance(name, str):
                yield from _name(field, name, (*here, position), caught_before)
        caught_before.update(name for name in errors if isinstance(name, str))


def _name(field: str, name: str, pointer: Pointer, before: set[str]) -> Iterator[Problem]:
    if (
        name.startswith("States.")
        and name not in STATES_ERRORS
        and not name.startswith("States.Http.StatusCode.")
    ):
        close = get_close_matches(name, STATES_ERRORS, 1, 0.7)
        yield Problem(
            "A912",
            pointer,
            f"Step Functions knows no error {name!r}",
            f"did you mean {close[0]!r}?" if close else "names beginning with States. are reserved",
        )
    elif name == "States.Runtime":
        yield Problem(
            "A912",
            pointer,
            f"States.Runtime is never {'retried' if field == 'Retry' else 'caught'}",
            "make the failing expression safe instead",
        )
    elif name in before:
        yield Problem(
            "A912", pointer, f"an earlier entry handles {name!r} already", "remove it from one of the two"
        )
