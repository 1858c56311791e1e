"""Going on for real: the recorded results up to a step, then the project's own tasks as they stand now."""

from __future__ import annotations

import copy
import functools
import pdb
import sys
from collections.abc import Callable, Collection, Mapping
from typing import Any, cast

from ladle.asl.model import walk
from ladle.declare import Task
from ladle.engine import Engine
from ladle.errors import LadleError
from ladle.local.replay.play import Listener, Replayed, replay
from ladle.local.session import LocalSession
from ladle.local.tasks import Report
from ladle.operate.recording import Recording

__all__ = ["go_on", "steps_of"]


def go_on(
    session: LocalSession,
    workflow: str,
    recording: Recording,
    arn: str,
    step: str | None,
    report: Report,
    *,
    listener: Listener | None = None,
    debug: bool = False,
) -> Replayed:
    """Run the project's code on the input of a recorded run, from the first call of `step` on for real.

    Calls of before get their recorded results, also those that the code makes elsewhere now. Without a
    `step` only what the record has no good result for is called: what failed the run, and what is new.
    With `debug` the tasks of the step stop in the debugger at their first line.
    Raises LadleError for a step that the run did not come to.
    """
    if step is not None and step not in steps_of(recording):
        known = ", ".join(steps_of(recording)) or "none"
        raise LadleError(f"the run did not come to a step {step!r} that calls something; it called {known}")
    machine = session.machine(session.project.workflow(workflow))
    if debug:
        _stop_in(session, recording, step)
    session.restore_values(arn)
    with session.world(report) as (engine, asking):

        def attach(replaying: Engine) -> None:
            asking.engine = replaying
            replaying.store = engine.store

        asking.clock.ms = recording.started
        return replay(
            recording,
            _patient(machine.definition) if debug else machine.definition,
            arn,
            same_code=False,
            live=engine.runner,
            live_from=step,
            machines=engine.machines,
            listener=listener,
            seed=session.seed,
            clock=asking.clock,
            attach=attach,
        )


def _patient(definition: Mapping[str, Any]) -> dict[str, Any]:
    """The definition without time limits: who sits in a debugger takes time."""
    patient = copy.deepcopy(dict(definition))
    for holder in (patient, *(visit.state for visit in walk(patient))):
        for name in ("TimeoutSeconds", "HeartbeatSeconds"):
            cast("dict[str, Any]", holder).pop(name, None)
    return patient


def steps_of(recording: Recording) -> Collection[str]:
    """The steps and tasks that a run called, in the order of their first calls."""
    return dict.fromkeys(name for call in recording.calls for name in (call.place.state, call.callee))


def _stop_in(session: LocalSession, recording: Recording, step: str | None) -> None:
    """Let the tasks of a step begin in the debugger (of any step that is really called, without one)."""
    names = {call.callee for call in recording.calls if step in (None, call.place.state, call.callee)}
    for name, task in session.project.tasks.items():
        if step is None or name in names:
            _debugged(task)


def _debugged(task: Task[..., Any]) -> None:
    function: Callable[..., Any] = task.function

    @functools.wraps(function)
    def stopped(*args: Any, **kwargs: Any) -> Any:
        # The streams of the terminal: what a task prints is kept with its call.
        debugger = pdb.Pdb(stdin=sys.__stdin__, stdout=sys.__stdout__)
        debugger.prompt = f"({function.__name__}) "
        return debugger.runcall(function, *args, **kwargs)

    task.function = stopped
