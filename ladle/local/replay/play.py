"""Plays a recorded run: the engine runs the machine, its calls get the recorded results at their times."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from ladle.asl.model import walk
from ladle.engine import (
    Engine,
    Execution,
    HistoryEvent,
    Machine,
    TaskCall,
    TaskFailed,
    TaskRunner,
    TaskSubmitted,
    TaskSucceeded,
    VirtualClock,
    compile_machine,
)
from ladle.engine.protocols import Done
from ladle.local.replay.compare import Difference, compare
from ladle.local.replay.opaque import RECORDED, with_opaque_states
from ladle.operate.recording import Call, Recorder, Recording, without_envelope

__all__ = ["Replayed", "machine_of", "replay"]

FOREVER: Final = 1e10
"""Seconds after which a call ends that the recorded run cut off: nothing else takes as long."""

Listener = Callable[[Execution, HistoryEvent], None]


@dataclass(frozen=True, slots=True)
class Replayed:
    """What came of it: how many moments agreed, the first difference if there is one, and the run as it went.

    `live` are the steps whose tasks really ran, in order.
    """

    agreed: int
    difference: Difference | None
    recording: Recording
    live: tuple[str, ...] = ()


def machine_of(text: str, arn: str, type: str = "STANDARD") -> Machine:
    """The machine of a definition, in the place of the one that the execution `arn` was of."""
    parts = arn.split(":")
    return compile_machine(text, name=parts[6], type=type, region=parts[3], account=parts[4])


def replay(
    recording: Recording,
    definition: Mapping[str, Any],
    arn: str,
    *,
    same_code: bool = True,
    live: TaskRunner | None = None,
    live_from: str | None = None,
    machines: Mapping[str, Machine] | None = None,
    listener: Listener | None = None,
    seed: int = 0,
    clock: VirtualClock | None = None,
    attach: Callable[[Engine], None] | None = None,
) -> Replayed:
    """Run `definition` on the input of a recorded run, whose execution was `arn`, with its recorded results.

    With `same_code` the definition is the one that was recorded, and every state is compared; otherwise a
    newer one, of which the calls and the end are. A call that was not recorded ends the replay, as a
    difference, unless there is a runner `live` for it. From the first call of the state or task `live_from`
    on, every call goes there; `machines` are those of workflows that such calls may start.
    """
    changed, opaque = with_opaque_states(definition)
    machine = machine_of(json.dumps(changed), arn)
    player = _Player(recording, changed, same_code=same_code, live=live, live_from=live_from)

    def listen(execution: Execution, event: HistoryEvent) -> None:
        if execution.parent is None and not player.over:
            player.see(event)
        if listener is not None:
            listener(execution, event)

    engine = _ReplayEngine(
        player, clock=clock or VirtualClock(recording.started / 1000), seed=seed, listener=listen
    )
    missing = "The activity {} does not exist.".format
    for called in (changed, *(one.definition for one in (machines or {}).values())):
        for activity in _activities_in(called):
            if missing(activity) not in (recording.cause or ""):
                engine.activities.serve(activity, player, "replay")
    if attach is not None:
        attach(engine)
    for each in (machines or {}).values():
        engine.register(each)
    execution = engine.start(machine, recording.input, name=arn.rpartition(":")[2])
    player.engine, player.execution = engine, execution
    if recording.status == "ABORTED":
        player.abort_at(recording)
    engine.run(execution)
    for at in recording.redriven:
        if execution.status not in ("FAILED", "TIMED_OUT", "ABORTED") or player.lost is not None:
            break
        engine.clock.jump(at)
        execution.redrive()
        engine.run(execution)
    now, player.over = player.seen.recording, True
    if live is not None:
        return Replayed(0, None, now, tuple(player.went_live))
    if not same_code:
        return Replayed(len(player.given), player.lost or player.left_out(now), now)
    agreed, difference = compare(recording, now, opaque, player.tokens)
    return Replayed(agreed, difference or player.lost, now)


def _activities_in(definition: Mapping[str, Any]) -> Iterator[str]:
    """The ARNs of the activities that a machine calls."""
    for visit in walk(definition):
        resource = str(visit.state.get("Resource", ""))
        if ":activity:" in resource:
            yield resource


class _ReplayEngine(Engine):
    """An engine that starts a nested run only where the recorded one is not to answer for it."""

    def nests(self, call: TaskCall) -> bool:
        """See `Engine`."""
        player = self.runner
        return super().nests(call) and isinstance(player, _Player) and player.is_live()


class _Player:
    """A TaskRunner that gives the recorded outcomes."""

    def __init__(
        self,
        recording: Recording,
        definition: Mapping[str, Any],
        *,
        same_code: bool,
        live: TaskRunner | None,
        live_from: str | None,
    ) -> None:
        self.recording = recording
        self.seen = Recorder(definition)
        self.engine: Engine
        self.execution: Execution
        self.lost: Difference | None = None
        self.over = False
        self.given: dict[int, Call] = {}
        self.went_live: list[str] = []
        self.tokens: list[str] = []
        self._same_code = same_code
        self._live = live
        self._at = {(call.place, call.number): call for call in recording.calls}
        self._like: dict[str, list[Call]] = {}
        for call in recording.calls:
            self._like.setdefault(_likeness(call), []).append(call)
        self._left_to_do = frozenset(map(id, _from(recording, live_from)))

    def see(self, event: HistoryEvent) -> None:
        """Take an event of the run that is being made."""
        self.seen.see(event.id, event.previous_id, event.ms, event.type, event.details or {}, event.state)

    # ------------------------------------------------------------------------------------------- answering

    def is_live(self) -> bool:
        """Whether the call that was scheduled last really is to be made."""
        return self._live is not None and self._recorded(self.seen.recording.calls[-1]) is None

    def start(self, call: TaskCall, done: Done) -> Callable[[], None] | None:
        """See `TaskRunner`."""
        mine = self.seen.recording.calls[-1]
        if call.task_token is not None:
            self.tokens.append(call.task_token)
        if call.resource == RECORDED:
            self._give_what_it_gave(mine, done)
            return None
        found = self._recorded(mine)
        if found is None and self._live is not None:
            self.went_live.append(mine.place.state)
            return self._live.start(call, done)
        if found is None:
            self._lose(self._unknown(mine), done)
            return None
        self.given[id(found)] = found
        self._give(found, call, done)
        return None

    def _recorded(self, mine: Call) -> Call | None:
        """The recorded call that this one is: at the same place, or else any with the same arguments."""
        same_place = self._at.get((mine.place, mine.number))
        found = same_place if same_place is not None and _likeness(mine) == _likeness(same_place) else None
        if found is None or id(found) in self.given:
            unused = (each for each in self._like.get(_likeness(mine), ()) if id(each) not in self.given)
            found = next(unused, None)
        if found is None and self._same_code and self._live is None:
            found = same_place  # the comparison tells that it is given something else
        if self._live is not None and found is not None:
            unhandled_end = found.outcome != "succeeded" and not found.handled
            if unhandled_end or id(found) in self._left_to_do:
                return None
        return found

    def _give(self, found: Call, call: TaskCall, done: Done) -> None:
        now = self.engine.clock.ms
        if not found.outcome and found.place == self.recording.failed_at:
            # The machine itself failed there, without an event of the call: so does it when its runner does.
            raise RuntimeError(self.recording.cause or self.recording.error)
        if found.outcome in ("", "timed out") or found.ended is None:
            # Nobody misses the heartbeats of a worker here, and its timeout may have been either.
            timed = call.timeout_seconds is not None or call.heartbeat_seconds is not None
            if found.outcome == "timed out" and (":activity:" in call.resource or not timed):
                done(TaskFailed(found.error, found.cause, max(0, (found.ended or now) - now) / 1000))
                return
            self._wait_for_the_end(found, done)
            return
        seconds = max(0, found.ended - now) / 1000
        outcome: TaskSucceeded | TaskFailed
        if found.outcome == "succeeded":
            outcome = TaskSucceeded(found.output, seconds)
        else:
            outcome = TaskFailed(found.error, found.cause, seconds)
        if not found.was_submitted:
            done(outcome)
        elif call.task_token is None:
            # The engine takes time for real while a job goes on outside: it is taken just before its end.
            done(TaskSubmitted(found.submitted, seconds))
            self._later(found.ended, lambda: done(outcome._replace(seconds=0)))
        else:
            done(TaskSucceeded(found.submitted))
            token = call.task_token
            self._later(max(now, found.ended), lambda: self._answer(token, outcome))

    def _answer(self, token: str, outcome: TaskSucceeded | TaskFailed) -> None:
        if token not in self.engine.tokens:
            return  # the run went on without it
        if isinstance(outcome, TaskSucceeded):
            self.engine.send_task_success(token, outcome.output)
        else:
            self.engine.send_task_failure(token, outcome.error, outcome.cause)

    def _give_what_it_gave(self, mine: Call, done: Done) -> None:
        """The recorded output of a state that cannot be run again."""
        exited = self.recording.exits.get(mine.place)
        failure = self._failure_of(mine)
        if failure is not None:
            done(TaskFailed(*failure))
        elif exited is not None:
            done(TaskSucceeded(exited))
        elif any(moment.place == mine.place for moment in self.recording.moments):
            self._wait_for_the_end(mine, done)
        else:
            what = "is a step that the run did not have, and that cannot be run here"
            self._lose(Difference(mine.place, "the step", "not", what), done)

    def _failure_of(self, mine: Call) -> tuple[str | None, str | None] | None:
        """Why a state failed that cannot be run again; None if it did not."""
        recording = self.recording
        call = self._at.get((mine.place, mine.number))
        if call is not None and call.outcome in ("failed", "timed out"):
            return call.error, call.cause
        if mine.place == recording.failed_at and mine.place not in recording.exits:
            return recording.error, recording.cause
        return recording.block_failures.get(mine.place)

    def _wait_for_the_end(self, found: Call, done: Done) -> None:
        """A call that never ended: the end of something else must come before."""
        done(TaskSucceeded(None, FOREVER))
        at = self.engine.clock.ms + int(FOREVER * 1000) - 1000
        end = f"the run {self.recording.status.lower().replace('_', ' ')}"
        self._later(at, lambda: self._stop(Difference(found.place, "while it was called", end, "it goes on")))

    # -------------------------------------------------------------------------------------------- stopping

    def abort_at(self, recording: Recording) -> None:
        """Stop the run when the recorded one was stopped."""
        if recording.ended is not None:
            self._later(recording.ended, lambda: self.execution.stop(recording.error, recording.cause))

    def left_out(self, now: Recording) -> Difference | None:
        """What the recorded run called and this one does not, or another end."""
        for call in self.recording.calls:
            if id(call) not in self.given and call.outcome:
                return Difference(call.place, "the call", f"{call.callee} was called", "it is not")
        return compare(
            Recording(status=self.recording.status, output=self.recording.output, error=self.recording.error),
            Recording(status=now.status, output=now.output, error=now.error),
        )[1]

    def _unknown(self, mine: Call) -> Difference:
        given = json.dumps(without_envelope(mine.arguments), ensure_ascii=False)
        given = given if len(given) <= 100 else given[:99] + "…"
        return Difference(mine.place, "the call", "none like it", f"{mine.callee} is called with {given}")

    def _lose(self, difference: Difference, done: Done) -> None:
        done(TaskSucceeded(None, FOREVER))
        self.engine.call_soon(lambda: self._stop(difference))

    def _stop(self, difference: Difference) -> None:
        self.lost = self.lost or difference
        self.execution.stop("Ladle.Replay", str(difference))

    def _later(self, at: int, do: Callable[[], None]) -> None:
        self.engine.timers.set(at, self.execution, lambda _: do())


def _likeness(call: Call) -> str:
    return call.callee + json.dumps(without_envelope(call.arguments), sort_keys=True)


def _from(recording: Recording, step: str | None) -> list[Call]:
    """The calls from the first of a step, or of a task of that name, on; in the order of the history."""
    calls = recording.calls
    first = (at for at, call in enumerate(calls) if step in (call.place.state, call.callee))
    return calls[next(first, len(calls)) :]
