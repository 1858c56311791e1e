"""One run of a workflow as plain Python."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Mapping
from contextvars import Context, ContextVar, copy_context
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from ladle.declare import Declared, Retry, Task, TaskToken, Workflow
from ladle.declare.execution import current
from ladle.declare.integrations import ServiceCall
from ladle.declare.objects import Rows, Written
from ladle.declare.runs import Run
from ladle.declare.secrets import completed
from ladle.declare.web import HttpCall
from ladle.errors import DiagnosticError, LadleError
from ladle.plain.answers import Answers, by_name
from ladle.plain.clock import VirtualClock
from ladle.plain.objects import read_rows, write_results
from ladle.plain.record import CallRecord
from ladle.plain.services import Prepared, prepare
from ladle.plain.web import checked_body, fetch_body, sent_by

__all__ = ["PlainExecution", "RunTimedOut", "Session", "call", "pass_time"]

NO_LIMIT: Final = 365 * 24 * 3600
"""Seconds after which Step Functions ends a run whose workflow states no timeout (its quota: a year)."""


@dataclass
class Session:
    """What an outermost run shares with the runs nested in it.

    `answers` are those of the task tokens, `fakes` functions that stand for tasks' own, by name. `misuse` is
    the first declaration found wrong, which the workflow's own `except` must not hide.
    """

    clock: VirtualClock = field(default_factory=VirtualClock)
    answers: Answers = field(default_factory=Answers)
    fakes: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    calls: list[CallRecord] = field(default_factory=list)
    misuse: LadleError | None = None
    runs: int = 0

    @classmethod
    def of(
        cls,
        *,
        answers: Mapping[Any, Iterable[Any]] | None = None,
        fakes: Mapping[Any, Callable[..., Any]] | None = None,
        started: datetime | None = None,
    ) -> Session:
        """A session from what a caller states."""
        return cls(VirtualClock(started), Answers(answers), by_name(fakes or {}))

    def numbered(self, workflow: str) -> str:
        """The name of the session's next run."""
        self.runs += 1
        return f"{workflow}-{self.runs}"


def call(workflow: Declared[..., Any], arguments: Mapping[str, Any]) -> Any:
    """Runs a workflow that was called outside of any run; what it returns or raises is the call's."""
    return PlainExecution.begin(Session(), workflow, workflow.door.encode_arguments(arguments))


class PlainExecution:
    """Calls tasks one after the other, on the session's clock."""

    def __init__(self, session: Session, run: Run, ends: float) -> None:
        """`ends` is when the run's own timeout strikes, in seconds of the session's clock."""
        self.session = session
        self.run = run
        self._ends = ends

    @classmethod
    def begin(
        cls,
        session: Session,
        workflow: Declared[..., Any],
        arguments: Mapping[str, Any],
        *,
        name: str | None = None,
        parent: PlainExecution | None = None,
        scheduled_for: datetime | None = None,
    ) -> Any:
        """Runs a workflow with JSON arguments; gives its result as it comes through the door, or raises its
        error.

        A run that takes longer than its workflow's timeout raises TimeoutError.
        """
        clock = session.clock
        name = name or session.numbered(workflow.name)
        arn = f"arn:aws:states:us-east-1:123456789012:execution:{workflow.name}:{name}"
        root = parent.run.root if parent is not None else arn
        run = Run(arn, root, name, workflow.name, clock.now, scheduled_for)
        ends = clock.seconds + (getattr(workflow, "timeout", None) or NO_LIMIT)
        execution = cls(session, run, ends if parent is None else min(ends, parent._ends))
        door = workflow.door
        if getattr(workflow, "definition", None) is not None and _has_no_body(workflow.function):
            session.misuse = LadleError(
                f"{workflow.name} is a state machine that was written by hand: as plain Python it does"
                f" nothing. Write what it means as the body of `def {workflow.name}`, or `ladle run` it"
            )
            raise session.misuse
        given = door.decode_arguments(dict(arguments))
        context = copy_context()
        context.run(current.set, execution)
        context.run(_session.set, session)
        try:
            value = context.run(workflow.function, **given)
            execution._check_time()
        except RunTimedOut:
            if parent is not None and parent._is_over:
                raise
            raise TimeoutError(f"the run of {workflow.name} took longer than its timeout") from None
        except Exception:
            if session.misuse is not None:
                raise session.misuse from None
            raise
        if session.misuse is not None:
            raise session.misuse
        return door.decode_result(door.encode_result(value, f"{workflow.name}()"), f"{workflow.name}()")

    # ------------------------------------------------------------------------------------------ the protocol

    def call(self, callee: Declared[..., Any], arguments: Mapping[str, Any]) -> Any:
        """Call a task or workflow with its arguments by name; its declared retries apply."""
        self._check_time()
        if callee.problems:
            self.session.misuse = self.session.misuse or DiagnosticError(callee.problems)
            raise self.session.misuse
        sent = callee.door.encode_arguments(arguments)
        policies = callee.retry if isinstance(callee, Task) else ()
        return self._repeated(policies, lambda retry: self._try(callee, sent, retry))

    def launch(self, callee: Declared[..., Any], arguments: Mapping[str, Any]) -> str:
        """Start a run that nobody waits for: it runs at once here, beside the time of this one."""
        self._check_time()
        session, clock = self.session, self.session.clock
        if callee.problems:
            session.misuse = session.misuse or DiagnosticError(callee.problems)
            raise session.misuse
        sent = callee.door.encode_arguments(arguments)
        name, at = session.numbered(callee.name), clock.seconds
        arn = f"arn:aws:states:us-east-1:123456789012:execution:{callee.name}:{name}"
        session.calls.append(CallRecord(f"{callee.name}.start", sent, arn, None, 0, at, self.run.name))
        try:
            PlainExecution.begin(session, callee, sent, name=name)
        except Exception:
            if session.misuse is not None:
                raise
        finally:
            clock.back_to(at)
        return arn

    def service(self, call: ServiceCall) -> Any:
        """Call an action of an AWS service; the call's retries apply."""
        self._check_time()
        try:
            prepared = prepare(call)
        except LadleError as error:
            self.session.misuse = self.session.misuse or error
            raise
        return self._repeated(call.retry, lambda retry: self._make(prepared, retry))

    def fetch(self, call: HttpCall) -> Any:
        """Call a web API; a body of another type ends the run."""
        self._check_time()
        return self._repeated(call.retry, lambda retry: self._fetch(call, retry))

    def items(self, rows: Rows[Any]) -> Iterable[Any]:
        """What lies in S3, as items of their type; what has another type ends the run."""
        self._check_time()
        try:
            return read_rows(rows)
        except LadleError as error:
            self.session.misuse = self.session.misuse or error
            raise

    def write(self, results: list[Any], bucket: str, prefix: str) -> Written:
        """Write results to S3, as a distributed Map does."""
        self._check_time()
        return write_results(results, bucket, prefix)

    def repeat(self, policies: tuple[Retry, ...], body: Callable[[], Any]) -> Any:
        """Run `body`, and again as the policies say when it raises."""
        return self._repeated(policies, lambda _: body())

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self._pass(seconds)

    def sleep_until(self, instant: datetime) -> None:
        """Let time pass until an instant; none when it has passed."""
        self._pass(max(0.0, (instant - self.session.clock.now).total_seconds()))

    def now(self) -> datetime:
        """The time, in UTC."""
        return self.session.clock.now

    # ------------------------------------------------------------------------------------------ tries

    def _repeated(self, policies: tuple[Retry, ...], body: Callable[[int], Any]) -> Any:
        """The first policy that takes an error decides, and counts its own retries (as ASL's retriers do)."""
        used = [0] * len(policies)
        while True:
            try:
                return body(sum(used))
            except Exception as error:
                index = next((i for i, policy in enumerate(policies) if policy.takes(error)), None)
                if index is None or used[index] >= policies[index].attempts or self._is_over:
                    raise
                # Without jitter: the longest wait that the policy allows, the same in every run.
                self._pass(policies[index].delay(used[index]))
                used[index] += 1

    def _try(self, callee: Declared[..., Any], sent: dict[str, Any], retry: int) -> Any:
        """One try, recorded."""
        session, door = self.session, callee.door
        at, place, name = session.clock.seconds, len(session.calls), f"{callee.name}()"
        try:
            if isinstance(callee, Workflow):
                value = self._nested(callee, sent)
            else:
                assert isinstance(callee, Task)
                value = self._task(callee, sent)
            result = door.encode_result(value, name)
        except Exception as error:
            session.calls.insert(place, CallRecord(callee.name, sent, None, error, retry, at, self.run.name))
            raise
        session.calls.insert(place, CallRecord(callee.name, sent, result, None, retry, at, self.run.name))
        return door.decode_result(result, name)

    def _make(self, prepared: Prepared, retry: int) -> Any:
        """One try of a service's action, recorded. What no state could have caught ends the run."""
        session, name = self.session, prepared.call.name
        at = session.clock.seconds
        token = f"{self.run.name}-{len(session.calls)}"
        fake = session.fakes.get(name)
        sent: Any = prepared.given(token)
        result: Any = None
        try:
            if fake is not None:
                result = prepared.checked(fake(**sent))
            else:
                result = prepared.make(sent)
                if prepared.call.answer is not None:
                    result = prepared.checked(self._answer(prepared.call))
        except Exception as error:
            session.calls.append(CallRecord(name, sent, None, error, retry, at, self.run.name))
            if isinstance(error, LadleError):
                session.misuse = session.misuse or error
            raise
        session.calls.append(CallRecord(name, sent, result, None, retry, at, self.run.name))
        return prepared.decoded(result)

    def _fetch(self, call: HttpCall, retry: int) -> Any:
        session, at = self.session, self.session.clock.seconds
        sent: dict[str, Any] = {}
        try:
            sent = sent_by(call)
            fake = session.fakes.get(call.name)
            body = fetch_body(sent) if fake is None else fake(**sent)
            value = checked_body(call, body)
        except Exception as error:
            session.calls.append(CallRecord(call.name, sent, None, error, retry, at, self.run.name))
            if isinstance(error, LadleError):
                session.misuse = session.misuse or error
            raise
        session.calls.append(CallRecord(call.name, sent, body, None, retry, at, self.run.name))
        return value

    def _nested(self, callee: Workflow[..., Any], sent: dict[str, Any]) -> Any:
        return PlainExecution.begin(self.session, callee, sent, parent=self)

    def _task(self, task: Task[..., Any], sent: dict[str, Any]) -> Any:
        """Runs a task's function outside of the run's context, as it would be in its Lambda function."""
        session, clock = self.session, self.session.clock
        given = task.door.decode_arguments(sent)
        function = session.fakes.get(task.name, task.function)
        fake = function is not task.function
        token = (
            [] if fake or not task.takes_token else [TaskToken[Any](f"{self.run.name}-{len(session.calls)}")]
        )
        context = _outside_of_runs()
        if task.sources and not fake:
            given |= completed(task, token, given)
        began, virtual = time.perf_counter(), clock.seconds
        value = context.run(function, *token, **given)
        took = clock.seconds - virtual
        if not _being_debugged():
            took += time.perf_counter() - began
        if task.takes_token and not fake:
            return self._answer(task)
        if took > task.timeout:
            raise TimeoutError(f"{task.name} took {took:.1f} s, and its timeout is {task.timeout} s")
        return value

    def _answer(self, task: Task[..., Any] | ServiceCall) -> Any:
        """What answers the call; without an answer, the time runs out as it would in the cloud."""
        given, answer = self.session.answers.next_for(task)
        if not given:
            limit = task.timeout or NO_LIMIT
            waited = min(limit, task.heartbeat or limit)
            self._pass(waited)
            raise TimeoutError(
                f"{task.name} was not answered within {waited} s (answers={{{task.name}: […]}} gives answers)"
            )
        if isinstance(answer, BaseException):
            raise answer
        if isinstance(answer, type) and issubclass(answer, BaseException):
            raise answer()
        return answer

    # ------------------------------------------------------------------------------------------ time

    @property
    def _is_over(self) -> bool:
        return self.session.clock.seconds >= self._ends

    def _pass(self, seconds: float) -> None:
        clock = self.session.clock
        left = self._ends - clock.seconds
        clock.advance(min(seconds, max(left, 0.0)))
        if seconds >= left:
            self._check_time()

    def _check_time(self) -> None:
        if self._is_over:
            raise RunTimedOut(f"{self.run.workflow} took longer than its timeout")


class RunTimedOut(BaseException):
    """The run's own timeout struck. It ends the run, past every `except` of the workflow, as in the cloud."""


_session: ContextVar[Session | None] = ContextVar("ladle_plain_session", default=None)


def pass_time(seconds: float) -> None:
    """Let virtual time pass in a task's code, so that it seems to take so long.

    Raises LadleError outside of a plain run.
    """
    session = _session.get()
    if session is None:
        raise LadleError(
            "pass_time moves the clock of a plain run, and none is going on: use ladle.testing.plain_run"
        )
    session.clock.advance(seconds)


def _outside_of_runs() -> Context:
    context = copy_context()
    context.run(current.set, None)
    return context


def _being_debugged() -> bool:
    """Whether somebody may be standing at a breakpoint, so that real time says nothing."""
    if sys.gettrace() is not None:
        return True
    monitoring = getattr(sys, "monitoring", None)  # Python 3.12
    return monitoring is not None and monitoring.get_tool(monitoring.DEBUGGER_ID) is not None


def _bare() -> None: ...


def _documented() -> None:
    """Says something, and does nothing."""


NO_BODY: Final = frozenset({_bare.__code__.co_code, _documented.__code__.co_code})


def _has_no_body(function: Callable[..., Any]) -> bool:
    """Whether a function is only `...`, with or without a docstring."""
    return function.__code__.co_code in NO_BODY
