"""Going on with a failed run of this machine: on the code that it began with, or on the present code.

A redrive needs the run as it stood. It is rebuilt: the machine runs again from the start with the recorded
results of its calls, at their times, and must come to the same end by the same way; then the engine redrives
it, and the calls that follow are made for real. The history in the store goes on where it ended.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

from ladle import wire
from ladle.compiler import Compiled
from ladle.engine import Engine, Execution, HistoryEvent, TaskCall, compile_machine
from ladle.engine.limits import REDRIVE_MS
from ladle.errors import LadleError
from ladle.local.memory import REGION
from ladle.local.recorder import Recorder
from ladle.local.replay import replay
from ladle.local.replay.opaque import with_opaque_states
from ladle.local.session import ACCOUNT, LocalSession, Watcher
from ladle.local.tasks import Invocation
from ladle.operate.places import Place
from ladle.operate.recording import record
from ladle.operate.records import RunRecord, TaskLog
from ladle.operate.resume import Checks, Resumption, plan_resume, resumed_name
from ladle.runtime.resumed import resumer_of

__all__ = ["checks_of", "plan_here", "redrive_here", "resume_here"]


def plan_here(session: LocalSession, run: str, step: str | None = None) -> Resumption:
    """What resuming a run of this machine would mean, with the code as it is now. Raises LadleError."""
    found = session.store.find(run)
    workflow = session.project.workflow(found.workflow)
    return plan_resume(
        found,
        session.store.definition(found.id),
        session.store.events(found.id),
        session.machine(workflow).definition,
        step=step,
        checks=checks_of(session.compiled(workflow)),
    )


def checks_of(compiled: Compiled) -> Checks:
    """What holds values to the types of a workflow's variables, where a type can be held to at all."""

    def check(shape: wire.Shape) -> Callable[[Any], Any]:
        return lambda value: wire.decode(value, shape)

    return {name: check(shape) for name, shape in compiled.variables.items() if _has_values(shape)}


def _has_values(shape: wire.Shape) -> bool:
    """Whether values of the type are JSON as the wire knows it: not errors, and no empty display's items."""
    if isinstance(shape, wire.UnionShape):
        return bool(shape.options) and all(map(_has_values, shape.options))
    if isinstance(shape, wire.LiteralShape):
        return bool(shape.values)
    if isinstance(shape, wire.ListShape):
        return _has_values(shape.item)
    if isinstance(shape, wire.DictShape):
        return _has_values(shape.value)
    if isinstance(shape, wire.RecordShape):
        return not (isinstance(shape.cls, type) and issubclass(shape.cls, BaseException))
    return True


def resume_here(
    session: LocalSession,
    run: str,
    step: str | None = None,
    *,
    listener: Watcher | None = None,
    announce: Callable[[str, Execution], None] | None = None,
) -> RunRecord:
    """Resume a run of this machine with the code as it is now, as a run of its own; gives its record.

    What the failed run wrote to the AWS in memory is there again. Raises LadleError when it cannot be.
    """
    plan = plan_here(session, run, step)
    _put_back(session, plan.run)
    machine = compile_machine(
        json.dumps(plan.definition), name=resumer_of(plan.workflow), region=REGION, account=ACCOUNT
    )
    return session.run_machine(
        machine,
        plan.input,
        name=_name(session, plan.run),
        via={"kind": "resume", "of": plan.run, "step": plan.step},
        workflow=plan.workflow,
        listener=listener,
        announce=announce,
    )


def _put_back(session: LocalSession, run: str) -> None:
    """What a run wrote is there again, and before that what the runs wrote that it had resumed."""
    before = (session.store.find(run).via or {}).get("of")
    if isinstance(before, str) and session.store.exists(before):
        _put_back(session, before)
    session.put_back(run)


def _name(session: LocalSession, run: str) -> str:
    for number in range(1, 1000):
        name = resumed_name(run, number)
        if not session.store.exists(name):
            return name
        status = session.store.find(name).status
        if status in ("RUNNING", "SUCCEEDED"):
            word = "is going on" if status == "RUNNING" else "succeeded"
            raise LadleError(f"{run} was resumed as {name}, which {word}")
    raise LadleError(f"{run} was resumed a thousand times: start it again instead")


def redrive_here(
    session: LocalSession,
    run: str,
    *,
    listener: Watcher | None = None,
    announce: Callable[[str, Execution], None] | None = None,
) -> RunRecord:
    """Go on with a run of this machine from the steps that did not succeed, under its own id.

    The machine is that of the run's beginning, the tasks are those of the present code. Raises LadleError
    where that cannot be done, with the reason.
    """
    found = session.store.find(run)
    _check_redrivable(found)
    definition = session.store.definition(found.id)
    try:
        recording = record(definition, session.store.events(found.id))
    except LadleError as error:
        raise LadleError(f"{found.id}: {error}. Go on after its last completed step: ladle resume") from None
    opaque = with_opaque_states(definition)[1]
    _check_place(found, recording.failed_at, opaque)
    if found.workflow in session.project.workflows:
        session.machine(session.project.workflow(found.workflow))  # and those that it starts
    _put_back(session, found.id)
    recorder = Recorder(session.store, found.id, found.seed or 0, found.via or {}, None)
    engines: list[Engine] = []
    live: list[bool] = []

    def listen(execution: Execution, event: HistoryEvent) -> None:
        if live:
            recorder(execution, event)
        if listener is not None:
            listener(execution, event)

    def report(call: TaskCall, _: Invocation, log: TaskLog) -> None:
        if log.error is not None or log.log:
            recorder.log(call.execution, log)

    with session.world(report) as (engine, asking):
        asking.clock.ms = recording.started
        replayed = replay(
            recording,
            definition,
            found.arn,
            machines={each.arn: each for each in engine.machines.values()},
            listener=listen,
            seed=found.seed or 0,
            clock=asking.clock,
            attach=engines.append,
        )
        if replayed.difference is not None:
            raise LadleError(
                f"{found.id} cannot be taken up again: rebuilt from its history it goes another way"
                f" ({replayed.difference}). Resume it on the present code, or run it again: ladle resume"
            )
        (rebuilt,) = engines
        execution = rebuilt.executions[found.arn]
        rebuilt.runner, asking.engine = engine.runner, rebuilt
        rebuilt.nests = lambda call: Engine.nests(rebuilt, call)  # type: ignore[method-assign]
        rebuilt.clock.jump(int(time.time() * 1000))
        _check_redrivable_now(execution)
        recorder.hear(lambda reason: rebuilt.call_soon(lambda: execution.stop("Stopped", reason)))
        recorder.go_on(execution)
        live.append(True)
        try:
            if announce is not None:
                announce(found.id, execution)
            execution.redrive()
            rebuilt.run(execution)
            if execution.status == "RUNNING":
                asking.stop_unanswered(execution)
        except BaseException as error:
            recorder.close()
            by_hand = isinstance(error, KeyboardInterrupt)
            cause = "Stopped from the keyboard." if by_hand else f"Ladle failed: {error!r}"
            session.store.interrupt(found.id, cause)
            raise
    recorder.close()
    return session.ended(found.id)


def _check_redrivable_now(execution: Execution) -> None:
    """What AWS would say, before anything is written."""
    status, reason = execution.redrive_status
    if execution.engine.clock.ms - (execution.stopped_ms or 0) > REDRIVE_MS:
        reason = "a run can be redriven for 14 days after its end"
    if status != "REDRIVABLE" or reason is not None:
        raise LadleError(f"{execution.name}: {reason}. Resume it on the present code: ladle resume")


def _check_redrivable(found: RunRecord) -> None:
    if found.status in ("SUCCEEDED", "RUNNING"):
        state = "is going on" if found.status == "RUNNING" else "succeeded"
        raise LadleError(f"{found.id} {state}: there is nothing to redrive")
    if found.parent is not None:
        raise LadleError(f"{found.id} was started by {found.root}: redrive that one")
    if found.status == "INTERRUPTED":
        raise LadleError(
            f"{found.id} was interrupted: its history ends before its end, so it cannot be taken up where it"
            " was. Go on after its last completed step: ladle resume"
        )


def _check_place(found: RunRecord, failed_at: Place | None, opaque: frozenset[str]) -> None:
    if failed_at is not None and failed_at.state in opaque:
        raise LadleError(
            f"{found.id} failed in {failed_at.state}, whose items ran as executions of their own: here they"
            " cannot be taken up one by one. Go on before it: ladle resume"
        )
