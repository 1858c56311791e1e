"""One state on its own, as the TestState API runs it: with a mocked result or a real task, and what it looked
like on the way (inspection data).

Retries and waits do not happen here: an error that a retrier takes ends the test as RETRIABLE, one that a
catcher takes as CAUGHT_ERROR. Causes come without the words that name the state and its event.
https://docs.aws.amazon.com/step-functions/latest/dg/test-state-isolation.html
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from ladle.engine import expressions, fields
from ladle.engine.clock import VirtualClock
from ladle.engine.context import context_object
from ladle.engine.execution import Execution
from ladle.engine.history import History, json_text
from ladle.engine.limits import RUNAWAY_EVENTS
from ladle.engine.machine import Machine, StateCompiler
from ladle.engine.protocols import Done, TaskCall, TaskFailed, TaskRunner, TaskSucceeded
from ladle.engine.scheduler import Engine
from ladle.engine.scope import JSON, EvaluationFailed, Scope
from ladle.engine.states.base import State, finish, record_entered
from ladle.engine.states.map_inline import items_of, limit_of
from ladle.engine.states.resource import parse_resource
from ladle.engine.strand import Step, Strand
from ladle.errors import LadleError

__all__ = ["StateTestRefused", "try_state"]

THRESHOLD = "States.ExceedToleratedFailureThreshold"
THRESHOLD_CAUSE = "The specified tolerated failure threshold was exceeded"
MOCKABLE = ("Task", "Map", "Parallel")


class StateTestRefused(LadleError):
    """A request that TestState does not take; `code` is AWS's (ValidationException, InvalidDefinition)."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class _Probe(Strand):
    """A strand that runs one state, in the context object that the request gives, if any."""

    __slots__ = ("given",)

    given: dict[str, JSON] | None

    # Read out of whatever context object there is, not out of the execution.
    execution_input = Scope.execution_input
    map_index = Scope.map_index
    map_value = Scope.map_value

    def context_source(self) -> dict[str, Any]:
        """The context object."""
        return context_object(self) if self.given is None else self.given


class _End:
    """What became of the state."""

    def __init__(self) -> None:
        self.output: JSON = None
        self.next: str | None = None
        self.failure: tuple[str | None, str | None] | None = None
        self.children: list[Any] = []

    def done(self, strand: Strand) -> Step | None:
        """The state ended its strand."""
        self.output = strand.input
        return None

    def failed(self, _strand: Strand, error: str | None, cause: str | None) -> Step | None:
        """The state failed."""
        self.failure = (error, cause)
        return None

    def leads_to(self, name: str) -> Step:
        """The step that stands for a state that would follow."""

        def arrive(s: Strand) -> Step | None:
            self.next = name
            self.output = s.input
            return None

        return arrive


class _Mock:
    """A runner that gives what the request says."""

    def __init__(self, outcome: TaskSucceeded | TaskFailed) -> None:
        self.outcome = outcome

    def start(self, call: TaskCall, done: Done) -> None:
        """See TaskRunner."""
        if call.task_token is not None and isinstance(self.outcome, TaskSucceeded):
            call.execution.engine.send_task_success(call.task_token, self.outcome.output)
        done(self.outcome)


def try_state(
    definition: str | Mapping[str, Any],
    input: JSON,
    *,
    state_name: str | None = None,
    role_arn: str | None = None,
    mock: Mapping[str, Any] | None = None,
    state_configuration: Mapping[str, Any] | None = None,
    context: Mapping[str, JSON] | None = None,
    variables: Mapping[str, JSON] | None = None,
    reveal_secrets: bool = False,
    runner: TaskRunner | None = None,
    check_mock: Callable[[str, JSON, str], str | None] | None = None,
    account: str = "123456789012",
    region: str = "us-east-1",
    clock: VirtualClock | None = None,
) -> dict[str, Any]:
    """Test one state.

    `definition` is a state, or a machine of which `state_name` names one. `mock` has `result` (JSON text) or
    `errorOutput` (error, cause), and `fieldValidationMode`; `check_mock(resource, result, mode)` may refuse a
    result that the service could not give. `state_configuration` has retrierRetryCount,
    mapIterationFailureCount and errorCausedByState. Without a mock `runner` runs the task.

    Gives `status` (SUCCEEDED, FAILED, RETRIABLE, CAUGHT_ERROR), `output` (JSON value), `error`, `cause`,
    `nextState` and `inspectionData`, whose values are JSON texts as in the API. Raises StateTestRefused.
    """
    decoded = json.loads(definition) if isinstance(definition, str) else dict(definition)
    name, state_definition, language = _find(decoded, state_name)
    configuration = dict(state_configuration or {})
    outcome = _checked(state_definition, mock, configuration, context, role_arn, reveal_secrets, check_mock)
    test = _Test(name, state_definition, language, configuration)
    test.prepare(
        input,
        runner if outcome is None else _Mock(outcome),
        role_arn or f"arn:aws:iam::{account}:role/ladle",
        account,
        region,
        clock or VirtualClock(),
        None if context is None else dict(context),
        dict(variables or {}),
    )
    if state_definition["Type"] in ("Map", "Parallel"):
        assert outcome is not None
        return test.run_mocked(outcome)
    return test.run_state()


def _find(decoded: dict[str, Any], name: str | None) -> tuple[str, dict[str, Any], str]:
    """The state that is meant, its name and its query language."""
    language = decoded.get("QueryLanguage", "JSONPath")
    if name is None:
        if "Type" not in decoded:
            raise StateTestRefused("ValidationException", "StateName must be given for a state machine")
        return "StateName", decoded, language
    blocks = [(decoded, language)]
    while blocks:
        block, outer = blocks.pop()
        for key, state in block.get("States", {}).items():
            if key == name:
                return name, state, state.get("QueryLanguage", outer)
            inner = [*state.get("Branches", ()), state.get("ItemProcessor") or state.get("Iterator")]
            blocks += [(entry, outer) for entry in inner if entry]
    raise StateTestRefused("ValidationException", f"State '{name}' does not exist in the definition")


def _checked(
    definition: dict[str, Any],
    mock: Mapping[str, Any] | None,
    configuration: dict[str, Any],
    context: Mapping[str, JSON] | None,
    role_arn: str | None,
    reveal_secrets: bool,
    check_mock: Callable[[str, JSON, str], str | None] | None,
) -> TaskSucceeded | TaskFailed | None:
    """Refuse what AWS refuses; give the mock as an outcome, None without one."""

    def refuse(message: str, code: str = "ValidationException") -> None:
        raise StateTestRefused(code, message)

    kind = definition["Type"]
    if mock is None:
        if "mapIterationFailureCount" in configuration:
            refuse("TestState does not support MapIterationFailureCount when a mock is not specified.")
        if kind in ("Map", "Parallel"):
            refuse(
                "TestState API does not support Map or Parallel states. Supported state types include:"
                " [Task, Wait, Pass, Succeed, Fail, Choice]",
                "InvalidDefinition",
            )
        if kind == "Task" and role_arn is None:
            refuse("RoleArn must be specified when testing a Task state")
    elif kind not in MOCKABLE:
        refuse(f"State type '{kind}' is not supported when a mock is specified")
    elif reveal_secrets:
        refuse("TestState does not support RevealSecrets when a mock is specified.")
    if context is not None and "Task" in context:
        pattern = parse_resource(definition["Resource"]).pattern if kind == "Task" else "request"
        if pattern == "request":
            refuse(
                "Invalid Context object provided: Context object contains 'Task' when state is not a Task"
                " state with a '.sync' or '.waitForTaskToken' service integration pattern"
            )
    if mock is None:
        return None
    if "errorOutput" in mock:
        error = mock["errorOutput"]
        return TaskFailed(error.get("error"), error.get("cause"))
    try:
        result = json.loads(mock.get("result", "null"))
    except ValueError:
        refuse("Mocked result must be valid JSON")
        raise
    written = kind == "Map" and "Resource" in (definition.get("ResultWriter") or {})
    if kind in ("Map", "Parallel") and not written and not isinstance(result, list):
        refuse("Mocked result must be an array.")
    if written and not isinstance(result, dict):
        refuse("Mocked result must be a JSON object.")
    if isinstance(result, list) and configuration.get("mapIterationFailureCount", 0) > len(result):
        refuse("Map iteration failure count must be less than or equal to the number of Map iterations")
    mode = mock.get("fieldValidationMode", "STRICT")
    if kind == "Task" and mode != "NONE" and check_mock is not None:
        problem = check_mock(definition["Resource"], result, mode)
        if problem is not None:
            refuse(f"Mock result schema validation error: {problem}")
    return TaskSucceeded(result)


class _Test:
    """One test under way."""

    def __init__(
        self, name: str, definition: dict[str, Any], language: str, configuration: dict[str, Any]
    ) -> None:
        self.definition = definition
        self.configuration = configuration
        self.end = _End()
        self.inspected: dict[str, Any] = {}
        compiler = StateCompiler("TestState")
        links: list[Callable[[Callable[[str], Step]], None]] = []
        try:
            self.state: State = compiler.state(name, definition, language, links)
        except LadleError as error:
            raise StateTestRefused("InvalidDefinition", str(error)) from error
        state = self.state
        self.language = state.language
        state.after = finish if state.next_name is None else self.end.leads_to(state.next_name)
        for link in links:
            link(self.end.leads_to)
        self.retriers, state.retriers = state.retriers, ()
        self.catchers, state.catchers = state.catchers, ()

    def prepare(
        self,
        value: JSON,
        runner: TaskRunner | None,
        role_arn: str,
        account: str,
        region: str,
        clock: VirtualClock,
        context: dict[str, JSON] | None,
        variables: dict[str, JSON],
    ) -> None:
        """Make the engine, the execution and the strand that the state runs in."""
        self.engine = Engine(runner or _Mock(TaskFailed("States.Runtime", "No runner is given")), clock=clock)
        machine = Machine(
            name=str(uuid.UUID(int=self.engine.random.getrandbits(128), version=4)),
            type="EXPRESS",
            region=region,
            account=account,
            role_arn=role_arn,
            definition=self.definition,
            definition_text=json_text(self.definition),
            first=self.state,
            states={},
        )
        name = str(uuid.UUID(int=self.engine.random.getrandbits(128), version=4))
        arn = f"arn:aws:states:{region}:{account}:express:{machine.name}:{name}"
        history = History(clock, RUNAWAY_EVENTS, value, None)
        self.execution = Execution(self.engine, machine, value, name=name, arn=arn, history=history)
        self.execution.sync = True
        self.execution.bare_causes = True
        strand = _Probe(self.execution, self.end, self.state.enter, value, 0)
        strand.given = context
        strand.variables = variables
        strand.attempt = int(self.configuration.get("retrierRetryCount", 0))
        self.strand = strand
        self.note("input", value)

    def note(self, key: str, value: JSON) -> None:
        """Keep a value for the inspection data."""
        self.inspected[key] = json_text(value)

    # States that run

    def run_state(self) -> dict[str, Any]:
        """Pass, Task, Choice, Wait, Succeed and Fail: the compiled state itself, once."""
        strand = self.strand
        self.inspect_inputs()
        self.engine.running += 1
        self.engine.ready.append(strand)
        self.engine.run()
        failure = self.end.failure
        if self.execution.status == "FAILED":
            failure = (self.execution.error, self.execution.cause)
        if failure is not None:
            return self.failed(*failure)
        if self.end.next is None and strand.epoch == 0 and self.execution.waiting_for:
            return self.failed("States.Timeout", None)
        self.inspect_results()
        return self.answer("SUCCEEDED", output=self.end.output, next_state=self.end.next)

    def inspect_inputs(self) -> None:
        """afterInputPath, afterParameters, afterArguments: as far as they can be evaluated."""
        kind, s = self.definition["Type"], self.strand
        if kind == "Pass" and "Result" in self.definition and self.language != "JSONata":
            return
        s.state = self.state
        s.entered_ms = s.history.clock.ms
        if parse_resource(self.definition.get("Resource", "")).pattern != "request":
            s.token = self.engine.new_token()
        try:
            if self.language == "JSONata":
                take = fields.inlet(self.definition, "JSONata")
                if take is not None:
                    self.note("afterArguments", take(s))
                return
            select = fields.input_selector(self.definition)
            value = s.input if select is None else select(s)
            self.note("afterInputPath", value)
            if kind in ("Pass", "Task"):
                take = fields.inlet(self.definition, self.language)
                self.note("afterParameters", s.input if take is None else take(s))
        except EvaluationFailed:
            return  # the state itself fails on it, and says so
        finally:
            s.token = None

    def inspect_results(self) -> None:
        """result, afterResultSelector and afterResultPath, from what the state's own events say."""
        kind = self.definition["Type"]
        if kind == "Pass":
            if "Result" in self.definition and self.language != "JSONata":
                self.note("result", self.definition["Result"])
                self.inspect_shaping(self.definition["Result"])
            elif self.language != "JSONata":
                self.inspect_shaping(json.loads(self.inspected["afterParameters"]))
        elif kind == "Task":
            for event in self.execution.events():
                if event.type.endswith("Succeeded") and event.details and "output" in event.details:
                    result = json.loads(event.details["output"])
                    self.note("result", result)
                    self.inspect_shaping(result)

    def inspect_shaping(self, result: JSON) -> None:
        """What ResultSelector and ResultPath make of a result."""
        if self.language == "JSONata":
            return
        s = self.strand
        raw = json.loads(self.inspected["input"])
        if self.definition.get("ResultSelector") is not None:
            s.document = result
            result = expressions.jsonpath_template(self.definition["ResultSelector"], "ResultSelector")(s)
        self.note("afterResultSelector", result)
        put = expressions.result_path(self.definition.get("ResultPath", "$"))
        self.note("afterResultPath", result if put is None else put(raw, result))

    # Map and Parallel, which only a mock can answer

    def run_mocked(self, outcome: TaskSucceeded | TaskFailed) -> dict[str, Any]:
        """Evaluate what comes before and after the work of a Map or Parallel."""
        s, state = self.strand, self.state
        record_entered(s, state)
        try:
            threshold = self.inspect_map() if self.definition["Type"] == "Map" else None
            if isinstance(outcome, TaskFailed):
                return self.failed(outcome.error, outcome.cause)
            failures = self.configuration.get("mapIterationFailureCount", 0)
            if threshold is not None and failures > threshold:
                return self.failed(THRESHOLD, THRESHOLD_CAUSE)
            result = outcome.output
            self.inspect_shaping(result)
            give = fields.outlet(self.definition, self.language)
            output = result if give is None else give(s, result)[0]
        except EvaluationFailed as failure:
            return self.failed(failure.error, failure.cause)
        return self.answer("SUCCEEDED", output=output, next_state=state.next_name)

    def inspect_map(self) -> float | None:
        """What a Map evaluates first. Gives how many failures it tolerates, None for any number."""
        s, definition, language = self.strand, self.definition, self.language
        select = None if language == "JSONata" else fields.input_selector(definition)
        value = s.input if select is None else select(s)
        if language != "JSONata":
            self.note("afterInputPath", value)
        concurrency = fields.number(definition, "MaxConcurrency", language)
        at_once = 0 if concurrency is None else limit_of(concurrency(s))
        items: list[JSON] = []
        if "ItemReader" not in definition:
            items = items_of(definition, language)(s, value)
            if language != "JSONata":
                self.note("afterItemsPath", items)
        self.inspected["maxConcurrency"] = at_once
        threshold: float | None = None
        count = fields.number(definition, "ToleratedFailureCount", language)
        if count is not None:
            self.inspected["toleratedFailureCount"] = threshold = int(count(s))
        percentage = fields.number(definition, "ToleratedFailurePercentage", language, whole=False)
        if percentage is not None:
            share = self.inspected["toleratedFailurePercentage"] = float(percentage(s))
            threshold = share * len(items) / 100
        return threshold

    # Errors

    def failed(self, error: str | None, cause: str | None) -> dict[str, Any]:
        """What the state's retriers and catchers make of an error."""
        s = self.strand
        details: dict[str, Any] = {}
        terminal = error == "States.Runtime"
        for index, retrier in enumerate(() if terminal else self.retriers):
            if retrier.matches(error, False):
                details["retryIndex"] = index
                done = int(self.configuration.get("retrierRetryCount", 0))
                if done < retrier.max_attempts:
                    details["retryBackoffIntervalSeconds"] = _whole(retrier.delay(done))
                    self.inspected["errorDetails"] = details
                    return self.answer("RETRIABLE", error=error, cause=cause)
                break
        for index, catcher in enumerate(() if terminal else self.catchers):
            if catcher.matches(error, False):
                details["catchIndex"] = index
                self.inspected["errorDetails"] = details
                error_output = s.error_output = {"Error": error or "", "Cause": cause or ""}
                try:
                    output, _ = catcher.shape(s, error_output)
                except EvaluationFailed as failure:
                    return self.answer("FAILED", error=failure.error, cause=failure.cause)
                return self.answer(
                    "CAUGHT_ERROR", error=error, cause=cause, output=output, next_state=catcher.next_name
                )
        if details:
            self.inspected["errorDetails"] = details
        return self.answer("FAILED", error=error, cause=cause)

    def answer(
        self,
        status: str,
        *,
        output: JSON = None,
        error: str | None = None,
        cause: str | None = None,
        next_state: str | None = None,
    ) -> dict[str, Any]:
        """The response."""
        return {
            "status": status,
            "output": output,
            "error": error,
            "cause": cause,
            "nextState": next_state,
            "inspectionData": self.inspected,
        }


def _whole(seconds: float) -> float:
    return int(seconds) if seconds == int(seconds) else seconds
