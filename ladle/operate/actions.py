"""Starting, stopping, redriving and resuming runs of a deployed stage."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

from ladle.errors import LadleError
from ladle.operate.account import AccountRuns, Clients
from ladle.operate.ends import Started
from ladle.operate.records import RunRecord
from ladle.operate.resume import Checks, Resumption, plan_resume, resumed_name
from ladle.operate.slots import Slot
from ladle.runtime.resumed import resumer_of

__all__ = ["AccountActions", "redrive", "start", "stop"]

_TRIES: Final = 30
"""Seconds in which a machine that has just been made, or is just being changed, must become usable."""


class AccountActions:
    """What one does with the runs of a deployed stage; see `ladle.operate.ends.Actions`.

    `machines` has the ARN of each workflow's machine, `starter` names the stage's starter. `checks` gives for
    a workflow what holds recorded values to the types of the present code, where that code is at hand.
    """

    def __init__(
        self,
        client: Clients,
        runs: AccountRuns,
        machines: Mapping[str, str],
        starter: str,
        checks: Callable[[str], Checks] | None = None,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._client = client
        self._runs = runs
        self._machines = dict(machines)
        self._starter = starter
        self._checks = checks
        self._pause = pause

    def start(self, workflow: str, input: Mapping[str, Any], name: str = "") -> Started:
        """Through the stage's starter, which checks the input."""
        event = {"trigger": "manual", "workflow": workflow, "input": dict(input)}
        return self._started(event | ({"name": name} if name else {}))

    def start_slot(self, slot: Slot) -> Started:
        """As EventBridge Scheduler does."""
        return self._started(slot.event)

    def stop(self, run: str, reason: str) -> RunRecord:
        """By StopExecution."""
        stop(self._client, self._runs.find(run), reason)
        return self._runs.find(run)

    def redrive(self, run: str) -> RunRecord:
        """By RedriveExecution."""
        redrive(self._client, self._runs.find(run))
        return self._runs.find(run)

    def plan_resume(self, run: str, step: str | None = None) -> Resumption:
        """Read the run, and the machine that is deployed now."""
        record = self._runs.find(run)
        found = self._states.describe_state_machine(stateMachineArn=self._machine(record.workflow))
        return plan_resume(
            record,
            self._runs.definition(record.id),
            self._runs.events(record.id),
            json.loads(found["definition"]),
            step=step,
            checks=None if self._checks is None else self._checks(record.workflow),
        )

    def resume(self, run: str, step: str | None = None) -> tuple[Started, Resumption]:
        """On a machine of its own, made or changed for this run, with the role of the workflow's machine."""
        plan = self.plan_resume(run, step)
        version = self._version(plan)
        try:
            text = json.dumps(plan.input, ensure_ascii=False, separators=(",", ":"))
            name = self._begun(plan, version, text)
        finally:
            # Runs that began with a version go on without it (DeleteStateMachineVersion, API reference).
            self._states.delete_state_machine_version(stateMachineVersionArn=version)
        self._runs.forget_resumers()
        return Started(plan.workflow, name, True), plan

    def _begun(self, plan: Resumption, version: str, text: str) -> str:
        """Start the run under the first name that no run has; gives the name."""
        states = self._states
        for number in range(1, 1000):
            name = resumed_name(plan.run, number)
            given = {"stateMachineArn": version, "name": name, "input": text}
            try:
                self._usable(partial(states.start_execution, **given))
            except states.exceptions.ExecutionAlreadyExists:
                machine = resumer_of(self._machine(plan.workflow))
                arn = f"{machine.replace(':stateMachine:', ':execution:')}:{name}"
                _check_earlier(plan.run, states.describe_execution(executionArn=arn)["status"], name)
                continue
            return name
        raise LadleError(f"{plan.run} was resumed a thousand times: start it again instead")

    def _version(self, plan: Resumption) -> str:
        """A version of the machine that resumes runs, with the definition of this one; gives its ARN.

        A run that is started on a version has its definition for sure; what an update changes may take a
        while to be seen (UpdateStateMachine, API reference).
        """
        states, machine = self._states, self._machine(plan.workflow)
        found = states.describe_state_machine(stateMachineArn=machine)
        form = {
            "definition": json.dumps(plan.definition, ensure_ascii=False),
            "roleArn": found["roleArn"],
            "publish": True,
            **{name: found[name] for name in _SETTINGS if found.get(name)},
        }
        arn = resumer_of(machine)
        try:
            answer = self._usable(lambda: states.update_state_machine(stateMachineArn=arn, **form))
        except states.exceptions.StateMachineDoesNotExist:
            tags = [
                {**tag, "value": f"resume.{plan.workflow}"} if tag["key"] == "ladle:key" else tag
                for tag in states.list_tags_for_resource(resourceArn=machine)["tags"]
            ]
            name = arn.rpartition(":")[2]
            answer = self._usable(
                lambda: states.create_state_machine(name=name, type="STANDARD", tags=tags, **form)
            )
        return str(answer["stateMachineVersionArn"])

    def _usable(self, call: Callable[[], Any]) -> Any:
        """Call, and call again while the machine is being made, changed or removed by somebody else."""
        states = self._states
        busy = (states.exceptions.ConflictException, states.exceptions.StateMachineDeleting)
        for _ in range(_TRIES):
            try:
                return call()
            except busy:
                self._pause(1.0)
        return call()

    @property
    def _states(self) -> Any:
        return self._client("stepfunctions")

    def _machine(self, workflow: str) -> str:
        if workflow not in self._machines:
            raise LadleError(f"there is no workflow {workflow!r} on this stage any more")
        return self._machines[workflow]

    def _started(self, event: Mapping[str, Any]) -> Started:
        run = start(self._client, self._starter, event)
        return Started(run["workflow"], run["run"], bool(run["started"]))


_SETTINGS: Final = ("loggingConfiguration", "tracingConfiguration", "encryptionConfiguration")
"""What the machine that resumes runs takes over from the workflow's."""


def _check_earlier(run: str, status: str, name: str) -> None:
    """Refuse to resume a run a second time while the first attempt goes on, or when it succeeded."""
    if status in ("RUNNING", "SUCCEEDED"):
        word = "is going on" if status == "RUNNING" else "succeeded"
        raise LadleError(f"{run} was resumed as {name}, which {word}")


def start(client: Clients, starter: str, event: Mapping[str, Any]) -> dict[str, Any]:
    """Have the stage's starter start a run; gives its `workflow`, `run`, `execution`, and if it `started`.

    `event` is one that `ladle.runtime.starter` takes. Raises LadleError with what the starter says of it.
    """
    functions = client("lambda")
    try:
        answer = functions.invoke(FunctionName=starter, Payload=json.dumps(event).encode())
    except functions.exceptions.ResourceNotFoundException:
        raise LadleError(
            f"there is no function {starter!r}: the stage is not deployed in this account and Region, or no"
            " workflow of it can be started"
        ) from None
    payload = json.loads(answer["Payload"].read() or b"null")
    if answer.get("FunctionError"):
        raise LadleError(_refusal(payload))
    run: dict[str, Any] = payload["runs"][0]
    return run


def stop(client: Clients, record: RunRecord, cause: str) -> None:
    """Stop a run that is going on, which fails what it waits for; its nested runs are stopped, too.

    Raises LadleError for a run that has ended.
    """
    if record.status != "RUNNING":
        raise LadleError(f"{record.id} {record.status.lower().replace('_', ' ')} already: nothing to stop")
    client("stepfunctions").stop_execution(executionArn=record.arn, error="Stopped", cause=cause)


def redrive(client: Clients, record: RunRecord) -> None:
    """Let AWS go on with a run from the steps that did not succeed; all that succeeded is kept.

    Raises LadleError where AWS cannot: for a run that succeeded or goes on, that ended too long ago, or that
    has no room left in its history (Step Functions developer guide, Redriving state machine executions).
    """
    if record.status in ("SUCCEEDED", "RUNNING"):
        state = "is going on" if record.status == "RUNNING" else "succeeded"
        raise LadleError(f"{record.id} {state}: there is nothing to redrive")
    if record.parent is not None:
        raise LadleError(
            f"{record.id} was started by {record.root}: redrive that one, which redrives this one if need be"
        )
    states = client("stepfunctions")
    found = states.describe_execution(executionArn=record.arn)
    if found.get("redriveStatus") == "NOT_REDRIVABLE":
        raise LadleError(
            f"AWS cannot redrive {record.id}: {found.get('redriveStatusReason', 'it does not say why')}. "
            "Start it again with the same input: ladle start"
        )
    states.redrive_execution(executionArn=record.arn)


def _refusal(payload: Any) -> str:
    """What the starter said, without the class of its error."""
    if isinstance(payload, dict) and payload.get("errorMessage"):
        text = str(payload["errorMessage"])
        try:
            inner = json.loads(text)
        except ValueError:
            return text
        return str(inner.get("message", text)) if isinstance(inner, dict) else text
    return f"the starter failed: {json.dumps(payload)[:500]}"
