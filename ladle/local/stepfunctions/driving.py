"""When time passes behind the API.

A request that lets executions go on lets them go on as far as they can: waits and backoffs are skipped. Time
stops where the next thing to happen is that somebody's patience ends: the timeout or heartbeat of a task that
waits for a token, an activity's worker, or the timeout of an execution that waits for such a task. There the
execution stays RUNNING until it is answered. Looking at a waiting execution lets a little time pass, so that
a loop that polls until it has timed out ends; looking at one that waits for nobody lets it go on.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from ladle.engine import Engine, Execution, TaskCall, TaskRunner
from ladle.engine.execution import _timed_out
from ladle.engine.protocols import Done
from ladle.engine.states.task import check_heartbeat, time_out

__all__ = ["Driver", "Watched"]


class Driver:
    """Drives one engine, from any thread, also from inside a task that it runs.

    `look` is how many seconds pass when somebody looks at an execution that waits.
    """

    def __init__(self, engine: Engine, watched: Watched, look: float) -> None:
        self.engine = engine
        self.lock = threading.RLock()
        self._watched = watched
        self._look_ms = int(look * 1000)

    @contextmanager
    def if_free(self) -> Iterator[bool]:
        """Hold the lock, unless another thread does; says whether it is held."""
        held = self.lock.acquire(blocking=False)
        try:
            yield held
        finally:
            if held:
                self.lock.release()

    def settle(self) -> None:
        """Let everything go on as far as it can. Inside a task nothing happens: the outer call drives."""
        if not self._watched.stack:
            self._drive(None, patient=True)

    def finish(self, execution: Execution) -> None:
        """Drive one execution to its end, whatever else time brings."""
        self._drive(execution, patient=False)
        self.settle()

    def look(self, *executions: Execution) -> None:
        """Somebody asks how executions stand."""
        with self.if_free() as free:
            if not free:
                return
            # What has called the task that asks cannot go on before that task has ended.
            callers = {under_way.root for under_way in self._watched.stack}
            waits = False
            for execution in executions:
                if execution.status != "RUNNING" or execution.root in callers:
                    continue
                if execution.waiting_for:
                    waits = True
                else:
                    self._finish_unless_waiting(execution)
            if waits:
                self.pass_time(self._look_ms)
            self.settle()

    def _finish_unless_waiting(self, execution: Execution) -> None:
        self._drive(execution, patient=False, waiting=lambda: bool(execution.waiting_for))

    def pass_time(self, milliseconds: int) -> None:
        """Let time pass, and with it whatever happens by then."""
        clock = self.engine.clock
        instant = clock.ms + milliseconds
        self.engine.run(until=instant)
        clock.jump(instant)

    def _drive(
        self, target: Execution | None, *, patient: bool, waiting: Callable[[], bool] = lambda: False
    ) -> None:
        engine = self.engine
        engine.run(target, until=engine.clock.ms)
        while engine.running and (target is None or target.status == "RUNNING") and not waiting():
            timer = engine.timers.first()
            if timer is None or (patient and _ends_patience(*timer)):
                return
            engine.run(target, until=timer[0])


def _ends_patience(_at: int, holder: Any, ring: Callable[..., None], args: tuple[Any, ...]) -> bool:
    """Whether a timer is there for somebody outside who does not answer."""
    if ring is _timed_out:
        return bool(holder.root.waiting_for)
    if ring is time_out or ring is check_heartbeat:
        flight = args[0]
        resource = flight.form.resource
        if resource.pattern == "token" or resource.kind == "activity":
            return True
        return resource.service == "states" and bool(flight.s.execution.root.waiting_for)
    return False


class Watched:
    """A task runner that knows which executions' tasks it is running right now."""

    def __init__(self, runner: TaskRunner) -> None:
        self._runner = runner
        self.stack: list[Execution] = []

    def start(self, call: TaskCall, done: Done) -> Callable[[], None] | None:
        """See TaskRunner."""
        self.stack.append(call.execution)
        try:
            return self._runner.start(call, done)
        finally:
            self.stack.pop()
