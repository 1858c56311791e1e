"""The engine: a ready queue of strands, a heap of timers, and a door for what other threads have to say."""

from __future__ import annotations

import queue
import random
import threading
import uuid
from collections import deque
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from ladle.engine.activities import Activities
from ladle.engine.clock import Timers, VirtualClock, to_milliseconds
from ladle.engine.execution import Execution
from ladle.engine.history import History
from ladle.engine.limits import HISTORY_EVENTS, RUNAWAY_EVENTS, not_json, too_large
from ladle.engine.machine import Machine
from ladle.engine.protocols import (
    Listener,
    ObjectStore,
    Outcome,
    TaskCall,
    TaskFailed,
    TaskRunner,
    TaskSubmitted,
    TaskSucceeded,
)
from ladle.engine.scope import JSON
from ladle.engine.states import task
from ladle.errors import LadleError

if TYPE_CHECKING:
    from ladle.engine.states.map_run import MapRun
    from ladle.engine.states.task import Flight
    from ladle.engine.strand import Step, Strand

__all__ = ["Engine", "ExecutionAlreadyExists", "InvalidInput", "TaskDoesNotExist"]


class TaskDoesNotExist(LadleError):
    """A task token that no waiting task has (any more). AWS's TaskTimedOut or InvalidToken."""


class ExecutionAlreadyExists(LadleError):
    """A Standard execution of that name exists, with another input or already closed."""


class InvalidInput(LadleError):
    """An execution's input that AWS would not take. AWS's InvalidExecutionInput."""


class Engine:
    """Runs executions of registered machines, any number at once, in one thread.

    Parameters:
        runner: runs the tasks.
        clock: the virtual clock; one that starts now when left out.
        seed: for retry jitter, names of executions, tokens, `$random` and the like.
        listener: called with (execution, event) for each history event as it happens.
        history_limit: events after which a Standard execution fails (25,000 on AWS); None for no limit.
        store: the objects that distributed Maps read and write; without one, those that do fail.

    `executions` and `map_runs` hold everything that was run, by ARN, children of distributed Maps included.
    Only `send_task_*`, `post` and `call_soon` may be used from other threads.
    """

    def __init__(
        self,
        runner: TaskRunner,
        *,
        clock: VirtualClock | None = None,
        seed: int = 0,
        listener: Listener | None = None,
        history_limit: int | None = HISTORY_EVENTS,
        store: ObjectStore | None = None,
    ) -> None:
        self.runner = runner
        self.clock = clock or VirtualClock()
        self.random = random.Random(seed)
        self.listener = listener
        self.history_limit = history_limit
        self.ready: deque[Strand] = deque()
        self.timers = Timers()
        self.in_flight = 0
        self.running = 0
        self.tokens: dict[str, Flight] = {}
        self.activities = Activities(self.clock, self.timers)
        self.store = store
        self.executions: dict[str, Execution] = {}
        self.map_runs: dict[str, MapRun] = {}
        self.thread = threading.get_ident()
        self._machines: dict[str, Machine] = {}
        self._inbox: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()

    # Machines and executions

    @property
    def machines(self) -> Mapping[str, Machine]:
        """The registered machines by ARN: the targets of nested executions."""
        return MappingProxyType(self._machines)

    def register(self, machine: Machine) -> None:
        """Make a machine known; one of the same ARN is replaced."""
        self._machines[machine.arn] = machine

    def unregister(self, arn: str) -> None:
        """Forget a machine; its executions go on."""
        self._machines.pop(arn, None)

    def start(
        self,
        machine: Machine | str,
        input: JSON,
        *,
        name: str | None = None,
        parent: Execution | None = None,
        input_text: str | None = None,
        sync: bool = False,
    ) -> Execution:
        """Make an execution and put it on the ready queue; `run` drives it.

        `machine` is a Machine (registered by this) or the ARN of a registered one. `input_text` is the JSON
        text that `input` was read from, if the history should show it unchanged. Starting a Standard
        execution again with the same name and input while it is open gives the open one. `sync` says that an
        Express execution is started by StartSyncExecution, which its context object shows.
        Raises LadleError for an unknown ARN, ExecutionAlreadyExists for a name in use, InvalidInput for an
        input that is not JSON or takes more than 256 KiB.
        """
        problem = not_json(input)
        if problem is None and too_large(input):
            problem = "it takes more than 262144 bytes of UTF-8"
        if problem is not None:
            raise InvalidInput(f"Invalid State Machine Execution Input: {problem}")
        if isinstance(machine, str):
            try:
                machine = self._machines[machine]
            except KeyError:
                raise LadleError(f"no machine is registered as {machine}") from None
        elif self._machines.get(machine.arn) is not machine:
            self.register(machine)
        given = name
        if name is None:
            name = str(uuid.UUID(int=self.random.getrandbits(128), version=4))
        if machine.type == "EXPRESS":
            unique = uuid.UUID(int=self.random.getrandbits(128), version=4)
            arn = f"arn:aws:states:{machine.region}:{machine.account}:express:{machine.name}:{name}:{unique}"
        else:
            arn = f"arn:aws:states:{machine.region}:{machine.account}:execution:{machine.name}:{name}"
            existing = self.executions.get(arn)
            if existing is not None and given is not None:
                if existing.status == "RUNNING" and existing.input == input:
                    return existing
                raise ExecutionAlreadyExists(f"Execution Already Exists: '{arn}'")
        limit = RUNAWAY_EVENTS if machine.type == "EXPRESS" else self.history_limit or RUNAWAY_EVENTS
        history = History(self.clock, limit, input, input_text)
        execution = Execution(
            self, machine, input, name=name, arn=arn, history=history, parent=parent, input_text=input_text
        )
        execution.sync = sync
        if self.listener is not None:
            listener = self.listener
            history.listen(lambda event: listener(execution, event))
        self.executions[arn] = execution
        self.running += 1
        execution.begin()
        return execution

    def forget(self, execution: Execution) -> None:
        """Drop an ended execution, and all that it started, from `executions` and `map_runs`.

        For an engine that lives long; the execution itself stays usable. Raises LadleError while it runs.
        """
        if execution.status == "RUNNING":
            raise LadleError(f"{execution.arn} is running: stop it before it is forgotten")
        gone = [arn for arn, each in self.executions.items() if each.root is execution]
        for arn in gone:
            del self.executions[arn]
        for arn in [arn for arn, each in self.map_runs.items() if each.parent.execution.root is execution]:
            del self.map_runs[arn]

    # Driving

    def run(self, execution: Execution | None = None, *, until: int | None = None) -> None:
        """Drive until the execution (or every one) has ended, or nothing can go on by itself.

        The latter is so when all that is left waits for task tokens or activity workers:
        `Execution.waiting_for` tells which. Timers after `until` (milliseconds) do not ring.
        """
        outer, self.thread = self.thread, threading.get_ident()
        try:
            self._run(execution, until)
        finally:
            self.thread = outer

    def _run(self, execution: Execution | None, until: int | None) -> None:
        ready, timers, clock, inbox = self.ready, self.timers, self.clock, self._inbox
        popleft = ready.popleft
        while True:
            while ready:
                strand = popleft()
                if strand.dead:
                    continue
                step = strand.step
                while step is not None:
                    step = step(strand)
                if self.in_flight:
                    clock.catch_up()
                    if not inbox.empty():
                        break
            while not inbox.empty():
                inbox.get()()
            if execution is not None and execution.status != "RUNNING":
                return
            if ready:
                continue
            at = timers.next_at()
            if self.in_flight:
                self._await_world(at)
                continue
            clock.halt()
            if at is None or not self.running or (until is not None and at > until):
                return
            clock.jump(at)
            if clock.ms >= at:  # whoever asks before the clock skips may have stopped a run instead
                timers.ring()

    def _await_world(self, at: int | None) -> None:
        """Tasks are in flight: sleep until one is done or the next timer is due, the clock running along."""
        clock = self.clock
        clock.run()
        clock.catch_up(at)
        if at is not None and at <= clock.ms:
            self.timers.ring()
            return
        try:
            call = self._inbox.get(timeout=None if at is None else (at - clock.ms) / 1000)
        except queue.Empty:
            clock.catch_up(at)
            return
        clock.catch_up(at)
        call()

    # What states use

    def wake_at(self, s: Strand, at: int, step: Step) -> None:
        """Let a strand go on with `step` at an instant (milliseconds)."""
        self.timers.set(at, s, _wake, step)

    def wake_after(self, s: Strand, seconds: float, step: Step) -> None:
        """Let a strand go on with `step` after so many seconds."""
        self.timers.set(self.clock.ms + to_milliseconds(seconds), s, _wake, step)

    def resume(self, s: Strand, step: Step) -> None:
        """Put a strand back on the ready queue."""
        s.step = step
        self.ready.append(s)

    def new_token(self) -> str:
        """A fresh task token."""
        return f"AQ{self.random.getrandbits(256):064x}"

    def nests(self, call: TaskCall) -> bool:
        """Whether the engine itself runs a startExecution call: its target is registered here."""
        arguments = call.arguments
        return isinstance(arguments, dict) and arguments.get("StateMachineArn") in self._machines

    def start_nested(self, flight: Flight, call: TaskCall) -> Callable[[], None] | None:
        """Run a startExecution call as an execution of this engine."""
        from ladle.engine.nested import start_nested

        return start_nested(self, flight, call)

    # What the outside says

    def post(self, flight: Flight, outcome: TaskSucceeded | TaskFailed | TaskSubmitted) -> None:
        """A task is done. Thread-safe."""
        self._inbox.put(lambda: _deliver(flight, outcome))

    def call_soon(self, call: Callable[[], None]) -> None:
        """Run `call` in the engine's thread, at the next opportunity. Thread-safe."""
        self._inbox.put(call)

    def send_task_success(self, token: str, output: JSON) -> None:
        """Answer a task token. Thread-safe. Raises TaskDoesNotExist for a token nobody waits on."""
        self._answer(token, TaskSucceeded(output))

    def send_task_failure(self, token: str, error: str | None = None, cause: str | None = None) -> None:
        """Answer a task token with an error. Thread-safe. Raises TaskDoesNotExist."""
        self._answer(token, TaskFailed(error, cause))

    def _answer(self, token: str, outcome: Outcome) -> None:
        flight = self.tokens.get(token)
        if flight is None:
            raise TaskDoesNotExist("Task Timed Out: 'Provided task does not exist anymore'")
        if threading.get_ident() == self.thread:
            task.answer(flight, outcome)
        else:
            self._inbox.put(lambda: task.answer(flight, outcome))

    def send_task_heartbeat(self, token: str) -> None:
        """Say that the task of a token is alive. Thread-safe. Raises TaskDoesNotExist."""
        flight = self.tokens.get(token)
        if flight is None:
            raise TaskDoesNotExist("Task Timed Out: 'Provided task does not exist anymore'")
        flight.beat_at = self.clock.ms

    def stop(self, execution: Execution, error: str | None = None, cause: str | None = None) -> None:
        """Abort an execution, as StopExecution does."""
        execution.stop(error, cause)

    def redrive(self, execution: Execution) -> None:
        """Take an execution up again where it failed, as RedriveExecution does; `run` drives it."""
        execution.redrive()


def _wake(s: Any, step: Any) -> None:
    s.step = step
    s.execution.engine.ready.append(s)


def _deliver(flight: Flight, outcome: TaskSucceeded | TaskFailed | TaskSubmitted) -> None:
    s = flight.s
    if s.dead or s.epoch != flight.epoch:
        return
    task.deliver(s, flight, outcome)
