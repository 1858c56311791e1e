"""A run's history, read for being run again: what each call was given and gave, and what each state did.

Nothing but GetExecutionHistory is read, so a run of an account and one of this machine are the same here.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from ladle.errors import LadleError
from ladle.operate.places import Place, Places
from ladle.operate.progress import BLOCK_FAILED, ENDED, FAILED, SCHEDULED, SUCCEEDED, details_of

__all__ = ["Call", "Moment", "Recorder", "Recording", "callee_of", "record", "with_names", "without_envelope"]

OF_THE_CALL: Final = frozenset({"ClientToken", "Name", "FunctionName", "StateMachineArn"})
"""Arguments that tell a call apart, or what it calls, and not what it is given."""

MAP_RUN_FAILED: Final = ("MapRunFailed", "MapRunAborted")


@dataclass(slots=True)
class Call:
    """One try of a task. `number` counts the tries at its place, from 0.

    `arguments` are those of the integration; `scheduled` and `ended` are milliseconds since the epoch.
    `outcome` is "succeeded" (with `output`), "failed" or "timed out" (with `error` and `cause`), or "" for
    one that the run's own end cut off. `submitted` is what the service answered when it took a call that goes
    on. `handled` says that the run went on after it: it was tried again, or a handler took its failure.
    """

    place: Place
    number: int
    callee: str
    arguments: Any
    scheduled: int
    outcome: str = ""
    output: Any = None
    error: str | None = None
    cause: str | None = None
    ended: int | None = None
    submitted: Any = None
    was_submitted: bool = False
    handled: bool = False


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that a run did: `what` is entered, called, succeeded, failed or exited, with its `value`.

    `number` tells moments of one kind at one place apart. `event` is the id in the history.
    """

    place: Place
    what: str
    number: int
    value: Any
    event: int

    @property
    def key(self) -> tuple[Place, str, int]:
        """What the same moment of another run has, too."""
        return self.place, self.what, self.number


@dataclass(slots=True)
class Recording:
    """A whole run: its calls, what its states did in the order of the history, and its end.

    `started` is in milliseconds since the epoch. `exits` are the output and the assigned variables of each
    left state; `block_failures` is why distributed Maps failed, `failed_blocks` are the Maps and Parallels in
    which something failed, so that what else ran in them was cut off.
    """

    started: int = 0
    input: Any = None
    calls: list[Call] = field(default_factory=list)
    moments: list[Moment] = field(default_factory=list)
    exits: dict[Place, dict[str, Any]] = field(default_factory=dict)
    block_failures: dict[Place, tuple[str | None, str | None]] = field(default_factory=dict)
    failed_blocks: set[Place] = field(default_factory=set)
    redriven: list[int] = field(default_factory=list)
    status: str = "RUNNING"
    output: Any = None
    error: str | None = None
    cause: str | None = None
    ended: int | None = None
    failed_at: Place | None = None
    events: int = 0


class Recorder:
    """Folds events into a `Recording`."""

    def __init__(self, definition: Mapping[str, Any]) -> None:
        self.recording = Recording()
        self._places = Places(definition)
        self._place_of: dict[int, Place | None] = {}
        self._open: dict[Place, Call] = {}
        self._tries: dict[Place, list[Call]] = {}
        self._numbers: dict[tuple[Place, str], int] = {}

    def see(
        self,
        id: int,
        previous: int,
        ms: int,
        kind: str,
        details: Mapping[str, Any],
        state: str | None = None,
    ) -> Place | None:
        """Take the next event; gives its place."""
        found = self.recording
        found.events += 1
        place = self._places.see(id, previous, kind, details, state)
        self._place_of[id] = place
        if place is None:
            self._execution(kind, ms, previous, details)
        elif kind.endswith("StateEntered"):
            self._moment(place, "entered", _json(details.get("input")), id)
        elif kind.endswith("StateExited"):
            assigned = {name: _json(text) for name, text in (details.get("assignedVariables") or {}).items()}
            found.exits[place] = {"output": _json(details.get("output")), "assigned": assigned}
            self._moment(place, "exited", found.exits[place], id)
            for call in self._tries.get(place, ())[-1:]:
                call.handled = True
        elif kind in SCHEDULED:
            self._scheduled(place, kind, ms, details, id)
        elif kind == "TaskSubmitted" and place in self._open:
            self._open[place].submitted = _json(details.get("output"))
            self._open[place].was_submitted = True
        elif kind in SUCCEEDED and place in self._open:
            call = self._open.pop(place)
            call.outcome, call.output, call.ended = "succeeded", _json(details.get("output")), ms
            self._moment(place, "succeeded", call.output, id)
        elif kind in FAILED and place in self._open:
            call = self._open.pop(place)
            call.outcome = "timed out" if kind.endswith("TimedOut") else "failed"
            call.error, call.cause, call.ended = details.get("error"), details.get("cause"), ms
            self._moment(place, "failed", {"error": call.error}, id)
        elif kind in MAP_RUN_FAILED:
            found.block_failures[place] = details.get("error"), details.get("cause")
        elif kind in BLOCK_FAILED:
            found.failed_blocks.add(place)
        return place

    def _scheduled(self, place: Place, kind: str, ms: int, details: Mapping[str, Any], id: int) -> None:
        before = self._tries.setdefault(place, [])
        for call in before[-1:]:  # it is tried again
            call.handled = True
        given = _json(details.get("parameters", details.get("input")))
        resource = str(details.get("resource", ""))
        if kind == "TaskScheduled":
            resource = f"{details.get('resourceType')}:{resource}"
        callee = callee_of(resource, given)
        call = Call(place, len(before), callee, given, ms)
        self.recording.calls.append(call)
        before.append(call)
        self._open[place] = call
        self._moment(place, "called", {"callee": callee, "arguments": without_envelope(given)}, id)

    def _execution(self, kind: str, ms: int, previous: int, details: Mapping[str, Any]) -> None:
        found = self.recording
        if kind == "ExecutionStarted":
            found.started, found.input = ms, _json(details.get("input"))
        elif kind == "ExecutionRedriven":
            found.redriven.append(ms)
            found.status, found.error, found.cause = "RUNNING", None, None
        elif kind in ENDED:
            word = kind.removeprefix("Execution")
            found.status = {"Succeeded": "SUCCEEDED", "Failed": "FAILED", "TimedOut": "TIMED_OUT"}.get(
                word, "ABORTED"
            )
            found.output, found.ended = _json(details.get("output")), ms
            found.error, found.cause = details.get("error"), details.get("cause")
            found.failed_at = self._place_of.get(previous) if found.status == "FAILED" else None

    def _moment(self, place: Place, what: str, value: Any, event: int) -> None:
        number = self._numbers[place, what] = self._numbers.get((place, what), -1) + 1
        self.recording.moments.append(Moment(place, what, number, value, event))


def record(definition: Mapping[str, Any], events: Iterable[Mapping[str, Any]]) -> Recording:
    """Read a whole history; `definition` is that of the machine that ran.

    `events` are those of a `Runs`: boto3's, with `timestamp` in milliseconds. Raises LadleError for a
    history that does not say what was passed (AWS leaves it out where logging of execution data is off).
    """
    recorder = Recorder(definition)
    for event in events:
        details = details_of(event) or {}
        if any(isinstance(value, dict) and value.get("truncated") for value in details.values()):
            raise LadleError("the history of this run has been cut: it does not say what was passed")
        recorder.see(
            event["id"],
            event["previousEventId"],
            event["timestamp"],
            event["type"],
            details,
            event.get("state"),
        )
    if not recorder.recording.events:
        raise LadleError("this run has no history: that of an Express workflow is in its logs only")
    return recorder.recording


def with_names(recording: Recording, names: Mapping[str, str]) -> None:
    """Give what the calls call its name in the project: `names` has it by the name on AWS."""
    for call in recording.calls:
        call.callee = names.get(call.callee, call.callee)


def callee_of(resource: str, arguments: Any) -> str:
    """What a call calls, in one word: the function, activity or machine, or else the service's action.

    >>> callee_of("lambda:invoke", {"FunctionName": "arn:aws:lambda:eu-west-1:1:function:load"})
    'load'
    """
    given = arguments if isinstance(arguments, dict) else {}
    target = given.get("FunctionName") or given.get("StateMachineArn")
    if not isinstance(target, str):
        target = resource if ":function:" in resource or ":activity:" in resource else None
    if target is None:
        return resource.removeprefix("arn:aws:states:::")
    parts = target.split(":")
    for kind in ("function", "activity", "stateMachine"):
        if kind in parts[:-1]:
            return parts[parts.index(kind) + 1]
    return target


def without_envelope(arguments: Any) -> Any:
    """The arguments of a call without what each run has anew: Ladle's envelope, names and tokens."""
    if not isinstance(arguments, dict):
        return arguments
    found = {name: value for name, value in arguments.items() if name not in OF_THE_CALL}
    for name in ("Payload", "Input"):
        if isinstance(found.get(name), dict):
            found[name] = {key: value for key, value in found[name].items() if key != "ladle"}
    found.pop("ladle", None)
    return found


def _json(text: Any) -> Any:
    return json.loads(text) if isinstance(text, str) and text else None
