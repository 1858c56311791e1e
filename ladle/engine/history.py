"""The history of one execution, kept as small records and turned into AWS's events only when asked.

A record is a tuple `(expand, previous id, milliseconds, …)`. `expand` is the function of this module that
turns the record, given the id of its first event, into :class:`HistoryEvent` values: dispatch costs nothing
when recording. Records hold references to the JSON values themselves (never changed by anybody), so JSON
text is written when somebody reads it. A state that is entered and left in one go is one record, two events.

Event types, the names of their details and the way in which ids are chained follow GetExecutionHistory.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeAlias

from ladle.engine.scope import JSON

if TYPE_CHECKING:
    from ladle.engine.clock import VirtualClock
    from ladle.engine.states.base import State

__all__ = ["History", "HistoryEvent", "Record", "json_text"]

Record: TypeAlias = tuple[Any, ...]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_WHOLE: dict[str, JSON] = {"truncated": False}

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def json_text(value: JSON) -> str:
    """The JSON text of a value, compact, characters as they are."""
    return _encode(value)


def moment(ms: int) -> datetime:
    """An aware UTC datetime of milliseconds since the epoch."""
    return _EPOCH + timedelta(milliseconds=ms)


def _details_key(event_type: str) -> str:
    """`TaskScheduled` -> `taskScheduledEventDetails`; *StateEntered share one name, *StateExited another."""
    if event_type.endswith("StateEntered"):
        return "stateEnteredEventDetails"
    if event_type.endswith("StateExited"):
        return "stateExitedEventDetails"
    return event_type[0].lower() + event_type[1:] + "EventDetails"


class HistoryEvent:
    """One event as AWS counts them.

    `id` counts from 1, `previous_id` is 0 for the first; `state` is the name of the state that the event
    belongs to, None for events of the execution itself; `details` is None for types that have none.
    """

    __slots__ = ("details", "id", "ms", "previous_id", "state", "type")

    def __init__(
        self,
        id: int,
        previous_id: int,
        ms: int,
        type: str,
        state: str | None,
        details: dict[str, JSON] | None,
    ) -> None:
        self.id = id
        self.previous_id = previous_id
        self.ms = ms
        self.type = type
        self.state = state
        self.details = details

    @property
    def time(self) -> datetime:
        """When it happened on the engine's clock, aware, to the millisecond."""
        return moment(self.ms)

    def as_dict(self) -> dict[str, Any]:
        """The event exactly as boto3's `get_execution_history` returns it."""
        event: dict[str, Any] = {
            "timestamp": moment(self.ms),
            "type": self.type,
            "id": self.id,
            "previousEventId": self.previous_id,
        }
        if self.details is not None:
            event[_details_key(self.type)] = self.details
        return event

    def __repr__(self) -> str:
        return f"<{self.id} after {self.previous_id}: {self.type} {self.state or ''}>"


class History:
    """The records of one execution. `count` is the id of the last event.

    `limit` is the most events that it may have; while `count` is at most `room`, a state can still be entered
    and left before the last event, which says how the execution ended.
    """

    __slots__ = ("clock", "count", "emit", "input", "input_text", "limit", "log", "notify", "room")

    def __init__(self, clock: VirtualClock, limit: int, input: JSON, input_text: str | None) -> None:
        self.clock = clock
        self.count = 0
        self.limit = limit
        self.room = limit - 3
        self.log: list[Record] = []
        self.input = input
        self.input_text = input_text
        self.emit: Callable[[Record], None] = self.log.append
        self.notify: Callable[[HistoryEvent], None] | None = None

    def listen(self, notify: Callable[[HistoryEvent], None]) -> None:
        """Call `notify` for each event from now on, as it is recorded."""
        append = self.log.append
        # Counted here: states that record several events in a row raise `count` after the last of them.
        next_id = self.count + 1

        def emit(record: Record) -> None:
            nonlocal next_id
            append(record)
            for event in record[0](self, record, next_id):
                next_id += 1
                notify(event)

        self.emit = emit

    def text(self, value: JSON) -> str:
        """JSON text; the execution's input keeps the text it was given with."""
        if value is self.input and self.input_text is not None and isinstance(value, (dict, list)):
            return self.input_text
        return _encode(value)

    def add(self, record: Record) -> int:
        """Record one event and return its id. (Hot paths do the same by hand.)"""
        self.emit(record)
        self.count += 1
        return self.count

    def __iter__(self) -> Iterator[HistoryEvent]:
        next_id = 1
        for record in self.log:
            for event in record[0](self, record, next_id):
                yield event
                next_id += 1

    def transitions(self) -> int:
        """State transitions as AWS bills them: states entered, and each retry of a state once more."""
        total = 0
        for record in self.log:
            expand = record[0]
            if expand is passed or expand is entered or expand is retried_marker:
                total += 1
        return total


# Records and their expansion -----------------------------------------------------------------------------


def _state_details(history: History, name: str, key: str, value: JSON) -> dict[str, JSON]:
    return {"name": name, key: history.text(value), key + "Details": dict(_WHOLE)}


def _exit_details(
    history: History, name: str, output: JSON, assigned: dict[str, JSON] | None
) -> dict[str, JSON]:
    details = _state_details(history, name, "output", output)
    if assigned:
        details["assignedVariables"] = {k: history.text(v) for k, v in assigned.items()}
        details["assignedVariablesDetails"] = dict(_WHOLE)
    return details


def passed(history: History, record: Record, first: int) -> tuple[HistoryEvent, ...]:
    """(passed, previous, ms, state, input, output, assigned): entered and exited at one instant."""
    _, previous, ms, state, value, output, assigned = record
    name = state.name
    return (
        HistoryEvent(
            first,
            previous,
            ms,
            state.type + "StateEntered",
            name,
            _state_details(history, name, "input", value),
        ),
        HistoryEvent(
            first + 1,
            first,
            ms,
            state.type + "StateExited",
            name,
            _exit_details(history, name, output, assigned),
        ),
    )


def entered(history: History, record: Record, first: int) -> tuple[HistoryEvent, ...]:
    """(entered, previous, ms, state, input)"""
    _, previous, ms, state, value = record
    name = state.name
    details = _state_details(history, name, "input", value)
    return (HistoryEvent(first, previous, ms, state.type + "StateEntered", name, details),)


def exited(history: History, record: Record, first: int) -> tuple[HistoryEvent, ...]:
    """(exited, previous, ms, state, output, assigned)"""
    _, previous, ms, state, output, assigned = record
    name = state.name
    details = _exit_details(history, name, output, assigned)
    return (HistoryEvent(first, previous, ms, state.type + "StateExited", name, details),)


def plain(_history: History, record: Record, first: int) -> tuple[HistoryEvent, ...]:
    """(plain, previous, ms, state or None, type, details or None): an event whose details are ready."""
    _, previous, ms, state, event_type, details = record
    return (HistoryEvent(first, previous, ms, event_type, None if state is None else state.name, details),)


def with_data(history: History, record: Record, first: int) -> tuple[HistoryEvent, ...]:
    """(with_data, previous, ms, state or None, type, details, key, value): `details` and a JSON text."""
    _, previous, ms, state, event_type, details, key, value = record
    full = {**details, key: history.text(value)}
    if key != "parameters":
        full[key + "Details"] = dict(_WHOLE)
    return (HistoryEvent(first, previous, ms, event_type, None if state is None else state.name, full),)


def iteration(_history: History, record: Record, first: int) -> tuple[HistoryEvent, ...]:
    """(iteration, previous, ms, state, type, index): MapIterationStarted, Succeeded, Failed, Aborted."""
    _, previous, ms, state, event_type, index = record
    return (HistoryEvent(first, previous, ms, event_type, state.name, {"name": state.name, "index": index}),)


def retried_marker(_history: History, _record: Record, _first: int) -> tuple[HistoryEvent, ...]:
    """(retried_marker, previous, ms, state): no event; a retry is billed as a transition."""
    return ()


def failure_details(error: str | None, cause: str | None, **more: JSON) -> dict[str, JSON]:
    """The details of a *Failed or *TimedOut event: what AWS has no value for is left out."""
    details: dict[str, JSON] = dict(more)
    if error is not None:
        details["error"] = error
    if cause is not None:
        details["cause"] = cause
    return details


def record_name(state: State | None) -> str | None:
    """The name of a state, or None."""
    return None if state is None else state.name
