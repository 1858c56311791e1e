"""Task: hands one call to the task runner (or to the engine itself) and goes on with what comes back."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

from ladle.engine import expressions, fields
from ladle.engine.clock import to_milliseconds
from ladle.engine.errors import fail
from ladle.engine.history import failure_details, plain, with_data
from ladle.engine.limits import not_json, too_large
from ladle.engine.protocols import Outcome, TaskCall, TaskFailed, TaskSubmitted, TaskSucceeded
from ladle.engine.scope import JSON, EvaluationFailed
from ladle.engine.states.base import (
    State,
    evaluation_failed,
    leave,
    over_limit,
    record_entered,
    size_failure,
    too_large_cause,
)
from ladle.engine.states.resource import Resource, parse_resource

if TYPE_CHECKING:
    from ladle.engine.strand import Step, Strand

__all__ = ["Flight", "TaskForm", "build_task"]


class TaskForm:
    """What the events and outcomes of one Task state have in common, worked out once."""

    __slots__ = (
        "at_once",
        "failed",
        "give",
        "label",
        "names",
        "nested",
        "resource",
        "scheduled",
        "started",
        "succeeded",
        "timed_out",
    )

    def __init__(self, resource: Resource, give: fields.Outlet | None) -> None:
        self.resource = resource
        self.give = give
        prefix = {"lambda": "LambdaFunction", "activity": "Activity", "service": "Task"}[resource.kind]
        self.scheduled = prefix + "Scheduled"
        self.started = None if resource.kind == "activity" else prefix + "Started"
        self.succeeded = prefix + "Succeeded"
        self.failed = prefix + "Failed"
        self.timed_out = prefix + "TimedOut"
        self.names: dict[str, JSON] = {}
        if resource.kind == "service":
            self.names = {"resourceType": resource.service, "resource": resource.action}
        self.nested = resource.service == "states" and resource.action.startswith("startExecution")
        self.at_once = resource.pattern == "request" and resource.kind != "activity"
        self.label = resource.service if resource.kind == "service" else resource.arn


class Flight:
    """One call on its way: what the runner calls when it is done, from whatever thread."""

    __slots__ = (
        "answered",
        "beat_at",
        "epoch",
        "form",
        "open",
        "outcome",
        "runs_outside",
        "s",
        "state",
        "submitted",
        "timed",
    )

    def __init__(self, s: Strand, state: State, form: TaskForm) -> None:
        self.s = s
        self.state = state
        self.form = form
        self.epoch = s.epoch
        self.open = True
        self.outcome: TaskSucceeded | TaskFailed | TaskSubmitted | None = None
        self.submitted = False
        self.answered: Outcome | None = None
        self.beat_at = 0
        self.timed = False
        # Whether the clock must run with the call: not for activities and the engine's own executions.
        # A runner that has the engine itself answer a call sets it to False.
        self.runs_outside = form.resource.kind != "activity" and not form.nested

    def take_off(self) -> None:
        """The call runs on outside: the clock runs with it until it lands."""
        if not self.timed:
            self.timed = True
            self.s.execution.engine.in_flight += 1

    def land(self) -> None:
        """The call is over or given up: the clock no longer waits for it, its token is void."""
        s = self.s
        engine = s.execution.engine
        s.flight = None
        if self.timed:
            self.timed = False
            engine.in_flight -= 1
        if s.token is not None:
            engine.tokens.pop(s.token, None)
            s.token = None

    def __call__(self, outcome: TaskSucceeded | TaskFailed | TaskSubmitted) -> None:
        engine = self.s.execution.engine
        if self.open and self.outcome is None and threading.get_ident() == engine.thread:
            self.outcome = outcome
        else:
            engine.post(self, outcome)


def build_task(state: State) -> None:
    """Task, for every kind of resource and every way of waiting."""
    definition, language = state.definition, state.language
    resource = parse_resource(definition["Resource"])
    take = fields.inlet(definition, language)
    form = TaskForm(resource, fields.outlet(definition, language))
    timeout = fields.number(definition, "TimeoutSeconds", language)
    heartbeat = fields.number(definition, "HeartbeatSeconds", language)
    credentials = None
    if "Credentials" in definition:
        if language == "JSONata":
            credentials = expressions.jsonata_template(definition["Credentials"], "Credentials")
        else:
            credentials = expressions.jsonpath_template(definition["Credentials"], "Credentials")
    needs_token = resource.pattern != "request" or resource.kind == "activity"

    def enter(s: Strand) -> Step | None:
        if s.history.count > s.history.room:
            return over_limit(s)
        s.retries = None
        s.attempt = 0
        record_entered(s, state)
        return run(s)

    def run(s: Strand) -> Step | None:
        execution = s.execution
        engine = execution.engine
        if needs_token:
            s.token = engine.new_token()
        try:
            arguments = s.input if take is None else take(s)
            timeout_seconds = None if timeout is None else timeout(s)
            heartbeat_seconds = None if heartbeat is None else heartbeat(s)
            role = None
            if credentials is not None:
                s.document = s.input
                role = credentials(s)
        except EvaluationFailed as failure:
            s.token = None
            return evaluation_failed(s, state, failure)
        if arguments is not s.input and too_large(arguments):
            s.token = None
            return size_failure(s, state)
        token = s.token
        if resource.kind == "activity" and resource.arn not in engine.activities:
            s.token = None
            missing = EvaluationFailed("States.Runtime", f"The activity {resource.arn} does not exist.")
            return evaluation_failed(s, state, missing)
        announce(s, state, form, arguments, timeout_seconds, heartbeat_seconds, role)
        call = TaskCall(
            resource.arn,
            arguments,
            None if resource.pattern == "sync" else token,
            state.name,
            execution,
            timeout_seconds,
            heartbeat_seconds,
            role,
            s.attempt,
            s.history.clock.ms,
        )
        flight = Flight(s, state, form)
        if token is not None:
            engine.tokens[token] = flight
        return launch(flight, call)

    state.enter = enter
    state.run = run


def announce(
    s: Strand,
    state: State,
    form: TaskForm,
    arguments: JSON,
    timeout: float | None,
    heartbeat: float | None,
    role: JSON,
) -> None:
    """Record that a call is scheduled and, where no worker has to ask for it, started."""
    h = s.history
    resource = form.resource
    details: dict[str, Any] = {}
    if timeout is not None:
        details["timeoutInSeconds"] = timeout
    if heartbeat is not None:
        details["heartbeatInSeconds"] = heartbeat
    if role is not None:
        details["taskCredentials"] = {"roleArn": role.get("RoleArn")}
    if resource.kind == "service":
        details = {**form.names, "region": s.execution.machine.region, **details}
        key = "parameters"
    else:
        details["resource"] = resource.arn
        key = "input"
    s.emit((with_data, s.prev, h.clock.ms, state, form.scheduled, details, key, arguments))
    h.count = s.prev = h.count + 1
    if form.started is not None:
        s.emit((plain, s.prev, h.clock.ms, state, form.started, form.names or None))
        h.count = s.prev = h.count + 1


def launch(flight: Flight, call: TaskCall) -> Step | None:
    """Hand the call to whoever runs it, and go on with what has come back by then."""
    s, state, form = flight.s, flight.state, flight.form
    engine = s.execution.engine
    clock = engine.clock
    began = time.perf_counter() if clock.measure else 0.0
    canceller = None
    if form.resource.kind == "activity" and not engine.activities.is_served(call.resource):
        engine.activities.offer(flight, call)
    elif form.nested and engine.nests(call):
        canceller = engine.start_nested(flight, call)
    else:
        try:
            if form.resource.kind == "activity":
                canceller = engine.activities.offer(flight, call)
            else:
                canceller = engine.runner.start(call, flight)
        except Exception as error:  # noqa: BLE001 - a runner that breaks must break its run, not the engine
            flight.land()
            problem = f"The task runner failed: {type(error).__name__}: {error}"
            return evaluation_failed(s, state, EvaluationFailed("States.Runtime", problem))
    flight.open = False
    if s.dead or s.epoch != flight.epoch:
        return None
    outcome = flight.outcome
    if outcome is not None:
        if clock.measure:
            took = time.perf_counter() - began
            if took > outcome.seconds:
                outcome = outcome._replace(seconds=took)
        if form.at_once and not outcome.seconds and not isinstance(outcome, TaskSubmitted):
            return landed(s, state, form, outcome)
    s.canceller = canceller
    s.flight = flight
    return in_flight(flight, call, outcome)


def in_flight(
    flight: Flight, call: TaskCall, outcome: TaskSucceeded | TaskFailed | TaskSubmitted | None
) -> Step | None:
    """The call goes on after `start` has returned: set its timers, and take what has come already."""
    s = flight.s
    engine = s.execution.engine
    now = s.history.clock.ms
    if call.timeout_seconds is not None:
        engine.timers.set(now + to_milliseconds(call.timeout_seconds), s, time_out, flight, False)
    beats = call.task_token is not None and not engine.activities.is_served(call.resource)
    if call.heartbeat_seconds is not None and beats:  # nobody else sends any
        period = to_milliseconds(call.heartbeat_seconds)
        flight.beat_at = now
        engine.timers.set(now + period, s, check_heartbeat, flight, period)
    if outcome is None:
        if flight.runs_outside:
            flight.take_off()
        return None
    if outcome.seconds:
        engine.timers.set(now + to_milliseconds(outcome.seconds), s, deliver, flight, outcome)
        return None
    return take_outcome(flight, outcome)


def deliver(s: Strand, flight: Flight, outcome: TaskSucceeded | TaskFailed | TaskSubmitted) -> None:
    """An outcome is there (from a timer or a thread): the strand goes on with it."""
    s.step = lambda _s: take_outcome(flight, outcome)
    s.execution.engine.ready.append(s)


def take_outcome(flight: Flight, outcome: TaskSucceeded | TaskFailed | TaskSubmitted) -> Step | None:
    """What an outcome means for its pattern: an end, or only that the call was submitted."""
    s, state, form = flight.s, flight.state, flight.form
    if s.dead or s.epoch != flight.epoch:
        return None
    pattern = form.resource.pattern
    submission = isinstance(outcome, TaskSubmitted) or (
        pattern == "token" and not flight.submitted and isinstance(outcome, TaskSucceeded)
    )
    if not submission:
        return landed(s, state, form, outcome)  # type: ignore[arg-type]
    flight.submitted = True
    h = s.history
    s.emit(
        (with_data, s.prev, h.clock.ms, state, "TaskSubmitted", form.names, "output", outcome.output)  # type: ignore[union-attr]
    )
    h.count = s.prev = h.count + 1
    if flight.answered is not None:
        return landed(s, state, form, flight.answered)
    if pattern == "sync" and flight.runs_outside:
        flight.take_off()
    elif pattern == "token" and flight.timed:
        flight.timed = False
        s.execution.engine.in_flight -= 1
    return None


def answer(flight: Flight, outcome: Outcome) -> None:
    """A task token was answered."""
    s = flight.s
    if s.dead or s.epoch != flight.epoch:
        return
    if flight.form.resource.pattern == "token" and not flight.submitted:
        flight.answered = outcome
        return
    flight.submitted = True
    deliver(s, flight, outcome)


def landed(s: Strand, state: State, form: TaskForm, outcome: Outcome) -> Step | None:
    """The call is over: record how, and go on or fail."""
    s.epoch += 1
    s.canceller = None
    if s.flight is not None:
        s.flight.land()
    s.token = None
    h = s.history
    if isinstance(outcome, TaskFailed):
        error, cause = outcome.error, outcome.cause
    else:
        result = outcome.output
        problem = not_json(result)
        if problem is not None:
            error, cause = "Runtime.MarshalError", f"Unable to marshal response: {problem}"
        elif too_large(result):
            error, cause = "States.DataLimitExceeded", too_large_cause(form.label)
        else:
            s.emit((with_data, s.prev, h.clock.ms, state, form.succeeded, form.names, "output", result))
            h.count = s.prev = h.count + 1
            give = form.give
            if give is None:
                return leave(s, state, result, None)
            try:
                output, assigned = give(s, result)
            except EvaluationFailed as failure:
                return evaluation_failed(s, state, failure)
            if output is not result and output is not s.input and too_large(output):
                return size_failure(s, state)
            return leave(s, state, output, assigned)
    s.emit((plain, s.prev, h.clock.ms, state, form.failed, failure_details(error, cause, **form.names)))
    h.count = s.prev = h.count + 1
    return fail(s, state, error, cause)


def time_out(s: Strand, flight: Flight, heartbeat: bool) -> None:
    """The call took too long, or its heartbeat stopped."""
    state, form = flight.state, flight.form
    engine = s.execution.engine
    canceller, s.canceller = s.canceller, None
    s.epoch += 1
    flight.land()
    if canceller is not None:
        canceller()

    def go_on(strand: Strand) -> Step | None:
        h = strand.history
        details = failure_details("States.Timeout", None, **form.names)
        strand.emit((plain, strand.prev, h.clock.ms, state, form.timed_out, details))
        h.count = strand.prev = h.count + 1
        return fail(strand, state, "States.Timeout", None, heartbeat=heartbeat)

    s.step = go_on
    engine.ready.append(s)


def check_heartbeat(s: Strand, flight: Flight, period: int) -> None:
    """Has a heartbeat come within the period? If so, look again when the next is due."""
    due = flight.beat_at + period
    if s.history.clock.ms >= due:
        time_out(s, flight, True)
    else:
        s.execution.engine.timers.set(due, s, check_heartbeat, flight, period)
