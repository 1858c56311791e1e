"""Answers the task tokens of one local run, and stops the run when nobody does.

Two dangers lie in skipped time. Between a task's end and its answer the engine could find itself idle and
skip to the task's timeout: so the answer is looked up first, and both are passed on together. And a token
that nobody answers would time out at once, on a clock that ran for days: so the clock asks here before it
skips past the timeout of such a token, and the run is stopped with the words that tell how to answer.
"""

from __future__ import annotations

import json
import math
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ladle.declare import Task
from ladle.engine import Engine, Execution, TaskCall, TaskDoesNotExist, VirtualClock
from ladle.engine.clock import to_milliseconds
from ladle.local.answers import Answer, Answers, Question, example_of
from ladle.local.tasks import Invocation
from ladle.wire import describe

__all__ = ["Asking"]


@dataclass(frozen=True, slots=True)
class _Pending:
    """A token without an answer: the call that handed it on, and what to say of it."""

    call: TaskCall
    message: str

    def ends(self, last_beat: int) -> float:
        """When the wait ends (milliseconds): at the call's own limits, or at those of the runs around it."""
        call = self.call
        ends = [math.inf]
        if call.timeout_seconds is not None:
            ends.append(call.scheduled_ms + to_milliseconds(call.timeout_seconds))
        if call.heartbeat_seconds is not None:
            ends.append(last_beat + to_milliseconds(call.heartbeat_seconds))
        execution: Execution | None = call.execution
        while execution is not None:
            if execution.machine.timeout_seconds is not None:
                ends.append(execution.started_ms + to_milliseconds(execution.machine.timeout_seconds))
            execution = execution.parent
        return min(ends)


class Asking:
    """Answers tokens for an engine that runs on `clock`."""

    def __init__(self, tasks: Mapping[str, Task[..., Any]], answers: Answers) -> None:
        self._tasks = tasks
        self._answers = answers
        self._pending: dict[str, _Pending] = {}
        self.clock: VirtualClock = _AskingClock(self._before_skip)
        self.engine: Engine

    def submit(self, call: TaskCall, invocation: Invocation, done: Callable[[], None]) -> None:
        """A task has handed its token on; called in the task's own thread."""
        token = call.task_token
        if token is None:
            raise ValueError(f"{call.state} has no task token")
        door = self._tasks[invocation.task].door
        event = invocation.event if isinstance(invocation.event, dict) else {}
        question = Question(
            task=invocation.task,
            step=call.state,
            run=call.execution.root.name,
            arguments=event.get("args", {}),
            token=token,
            expected=describe(door.result),
            check=door.decode_result,
        )
        answer = self._answers.next(question)

        def deliver() -> None:
            done()
            self.engine.call_soon(lambda: self._answer(call, token, question, answer))

        self.engine.call_soon(deliver)

    def stop_unanswered(self, execution: Execution) -> None:
        """Stop a run that can go on no more: it waits for answers, or for what only the outside could do."""
        for token, pending in self._pending.items():
            if token in self.engine.tokens and pending.call.execution.root is execution:
                execution.stop("NoAnswer", pending.message)
                return
        waiting = ", ".join(str(each["state"]) for each in execution.waiting_for)
        execution.stop("NothingLeftToDo", f"the run waits for what nobody will send: {waiting or 'unknown'}")

    def _answer(self, call: TaskCall, token: str, question: Question, answer: Answer | None) -> None:
        if answer is None:
            example = example_of(self._tasks[question.task].door.result)
            message = _how_to_answer(question, example)
            self._pending[token] = _Pending(call, message)
            return
        if answer.silent:
            return
        try:
            if answer.error is not None:
                self.engine.send_task_failure(token, answer.error, answer.cause)
            else:
                self.engine.send_task_success(token, answer.value)
        except TaskDoesNotExist:
            pass  # it timed out, or its run ended, while the answer was thought about

    def _before_skip(self, ms: int) -> bool:
        """Whether the clock may skip to an instant; if not, the run that waits has been stopped."""
        for token, pending in list(self._pending.items()):
            if token not in self.engine.tokens:
                del self._pending[token]  # somebody answered
            elif pending.ends(self.engine.tokens[token].beat_at) <= ms:
                pending.call.execution.root.stop("NoAnswer", pending.message)
                return False
        return True


class _AskingClock(VirtualClock):
    """A virtual clock that asks before it skips."""

    __slots__ = ("_may_skip",)

    def __init__(self, may_skip: Callable[[int], bool]) -> None:
        super().__init__()
        self._may_skip = may_skip

    def jump(self, ms: int) -> None:
        """Move on to an instant, if nobody minds."""
        if self._may_skip(ms):
            super().jump(ms)


def _how_to_answer(question: Question, example: Any) -> str:
    task = question.task
    written = shlex.quote(f"{task}={json.dumps(example, ensure_ascii=False)}")
    return (
        f"{task} waits for an answer ({question.expected}), and none was given.\n"
        f"Give it beforehand: --answer {written}\n"
        f"or an error, --answer '{task}=!Error: cause', or let it time out, --answer '{task}=!silence'"
    )
