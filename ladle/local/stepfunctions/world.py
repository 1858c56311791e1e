"""What one AWS in memory knows of Step Functions: machines, versions, activities, executions, tags."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from ladle.engine import Engine, Execution, Machine, VirtualClock
from ladle.engine.protocols import Done, ObjectStore, TaskCall
from ladle.local.aws import AwsServices, LambdaBackend, S3Objects
from ladle.local.aws.failures import first_failure
from ladle.local.stepfunctions.driving import Driver, Watched
from ladle.local.stepfunctions.errors import no_execution, no_machine
from ladle.services.naming import Optimized

__all__ = ["Activity", "Alias", "Desk", "Origin", "StoredMachine", "Version", "World"]

_START: Final = "arn:aws:states:::states:startExecution"
_STATES: Final = Optimized("stepfunctions", "StepFunctions", "AWSStepFunctions", "AWSStepFunctionsException")


@dataclass
class Version:
    """A published version: what the machine was when it was published."""

    arn: str
    number: int
    revision: str
    description: str | None
    created: datetime
    machine: Machine
    role: str
    settings: dict[str, Any]


@dataclass
class Alias:
    """A name for one version, or for two with weights."""

    arn: str
    name: str
    description: str | None
    routing: list[dict[str, Any]]
    created: datetime
    updated: datetime


@dataclass
class StoredMachine:
    """A state machine as it stands: `machine` is its definition, compiled."""

    arn: str
    name: str
    type: str
    role: str
    machine: Machine
    settings: dict[str, Any]
    created: datetime
    updated: datetime
    revision: str = "INITIAL"
    versions: dict[int, Version] = field(default_factory=dict)
    published: int = 0
    aliases: dict[str, Alias] = field(default_factory=dict)
    adopted: bool = False
    """Whether it was made by CloudFormation, past this API."""


@dataclass
class Activity:
    """An activity."""

    arn: str
    name: str
    created: datetime
    encryption: dict[str, Any]


@dataclass(frozen=True)
class Origin:
    """Where an execution's definition comes from."""

    stored: StoredMachine
    revision: str
    settings: dict[str, Any]
    version: Version | None = None


@dataclass(frozen=True)
class Started:
    """What StartExecution was given besides the input."""

    alias: str | None = None
    trace_header: str | None = None


class World:
    """Everything behind the API, of all accounts and regions, on one clock and one engine."""

    def __init__(
        self,
        functions: Callable[[str, str], LambdaBackend],
        *,
        start: datetime | float | None = None,
        seed: int = 0,
        look: float = 1.0,
    ) -> None:
        self._functions = functions
        self._services: dict[str, AwsServices] = {}
        watched = Watched(self)
        self.engine: Final = Engine(
            watched, clock=VirtualClock(start), seed=seed, store=_Objects(self._services_of)
        )
        self.driver: Final = Driver(self.engine, watched, look)
        self.machines: dict[str, StoredMachine] = {}
        self.activities: dict[str, Activity] = {}
        self.tags: dict[str, dict[str, str]] = {}
        self.origins: dict[Machine, Origin] = {}
        self.started: dict[str, Started] = {}
        self.disowned: set[str] = set()

    # Tasks

    def start(self, call: TaskCall, done: Done) -> Callable[[], None] | None:
        """Run a task in its machine's region; see TaskRunner."""
        machine = call.execution.machine
        if call.resource.startswith(_START) and isinstance(call.arguments, dict):
            # The engine nests what is registered: there is no such machine.
            code = "StateMachineDoesNotExist"
            message = f"State Machine Does Not Exist: '{call.arguments.get('StateMachineArn')}'"
            done(first_failure(_STATES, code, code, message, 400, self.unique()))
            return None
        return self._services_of(machine.region, machine.account).start(call, done)

    def _services_of(self, region: str, account: str) -> AwsServices:
        key = f"{region}/{account}"
        found = self._services.get(key)
        if found is None:
            functions = self._functions(account, region)
            found = self._services[key] = AwsServices(functions=functions, region=region)
        return found

    # Machines and executions

    def now(self) -> datetime:
        """The time on the engine's clock."""
        return self.engine.clock.moment()

    def unique(self) -> str:
        """A fresh UUID; the same ones in the same order for the same seed."""
        return str(uuid.UUID(int=self.engine.random.getrandbits(128), version=4))

    def machine(self, arn: str) -> StoredMachine:
        """A machine by its ARN, unqualified. Raises ApiError."""
        found = self.machines.get(arn)
        if found is None:
            raise no_machine(arn)
        return found

    def execution(self, arn: str) -> Execution:
        """An execution by its ARN. Raises ApiError."""
        found = self.engine.executions.get(arn)
        if found is None:
            raise no_execution(arn)
        return found

    def origin(self, execution: Execution) -> Origin | None:
        """What an execution runs; for a child of a Map Run, what its parent runs."""
        while execution.map_run_arn is not None and execution.parent is not None:
            execution = execution.parent
        return self.origins.get(execution.machine)


class _Objects:
    """An ObjectStore; buckets are the same from every region."""

    def __init__(self, services: Callable[[str, str], AwsServices]) -> None:
        self._services = services
        self._made: ObjectStore | None = None

    def __getattr__(self, name: str) -> Any:
        if self._made is None:
            self._made = S3Objects(self._services("us-east-1", "123456789012").clients)
        return getattr(self._made, name)


@dataclass(frozen=True)
class Desk:
    """Where a request arrives: the world, and whose account and region it concerns."""

    world: World
    account: str
    region: str

    def arn(self, kind: str, name: str) -> str:
        """The ARN of a resource here."""
        partition = "aws-cn" if self.region.startswith("cn-") else "aws"
        return f"arn:{partition}:states:{self.region}:{self.account}:{kind}:{name}"
