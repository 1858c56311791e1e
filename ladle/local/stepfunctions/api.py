"""The Step Functions API: every operation that AWS has, by name, over one :class:`World`.

It knows nothing of HTTP or moto: requests and answers are values as boto3 shows them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from datetime import timedelta
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from ladle.engine import Execution
from ladle.local.stepfunctions import activities, executions, machines, map_runs, state_tests, versions
from ladle.local.stepfunctions.checks import check_request
from ladle.local.stepfunctions.errors import ApiError
from ladle.local.stepfunctions.world import Desk, World

__all__ = ["OPERATIONS", "StepFunctions"]

Operation: TypeAlias = Callable[[Desk, dict[str, Any]], dict[str, Any]]

OPERATIONS: Final[Mapping[str, Operation]] = MappingProxyType(
    {
        "CreateActivity": activities.create_activity,
        "CreateStateMachine": machines.create_state_machine,
        "CreateStateMachineAlias": versions.create_state_machine_alias,
        "DeleteActivity": activities.delete_activity,
        "DeleteStateMachine": machines.delete_state_machine,
        "DeleteStateMachineAlias": versions.delete_state_machine_alias,
        "DeleteStateMachineVersion": versions.delete_state_machine_version,
        "DescribeActivity": activities.describe_activity,
        "DescribeExecution": executions.describe_execution,
        "DescribeMapRun": map_runs.describe_map_run,
        "DescribeStateMachine": machines.describe_state_machine,
        "DescribeStateMachineAlias": versions.describe_state_machine_alias,
        "DescribeStateMachineForExecution": executions.describe_state_machine_for_execution,
        "GetActivityTask": activities.get_activity_task,
        "GetExecutionHistory": executions.get_execution_history,
        "ListActivities": activities.list_activities,
        "ListExecutions": executions.list_executions,
        "ListMapRuns": map_runs.list_map_runs,
        "ListStateMachineAliases": versions.list_state_machine_aliases,
        "ListStateMachineVersions": versions.list_state_machine_versions,
        "ListStateMachines": machines.list_state_machines,
        "ListTagsForResource": activities.list_tags_for_resource,
        "PublishStateMachineVersion": versions.publish_state_machine_version,
        "RedriveExecution": executions.redrive_execution,
        "SendTaskFailure": executions.send_task_failure,
        "SendTaskHeartbeat": executions.send_task_heartbeat,
        "SendTaskSuccess": executions.send_task_success,
        "StartExecution": executions.start_execution,
        "StartSyncExecution": executions.start_sync_execution,
        "StopExecution": executions.stop_execution,
        "TagResource": activities.tag_resource,
        "TestState": state_tests.test_state,
        "UntagResource": activities.untag_resource,
        "UpdateMapRun": map_runs.update_map_run,
        "UpdateStateMachine": machines.update_state_machine,
        "UpdateStateMachineAlias": versions.update_state_machine_alias,
        "ValidateStateMachineDefinition": machines.validate_state_machine_definition,
    }
)
"""Every operation of the service, under the name that botocore's model has."""

UNLOCKED: Final = frozenset(
    {
        "DescribeExecution",
        "GetActivityTask",
        "GetExecutionHistory",
        "ListExecutions",
        "SendTaskFailure",
        "SendTaskHeartbeat",
        "SendTaskSuccess",
    }
)
"""Operations that another thread may do while tasks run: what tasks wait for, and what loops ask."""


class StepFunctions:
    """The service, with what a test may want besides the API.

    `executions` are the engine's own, by ARN: also Express ones, whose history the API does not show.
    """

    def __init__(self, world: World) -> None:
        self._world = world

    @property
    def executions(self) -> Mapping[str, Execution]:
        """Every execution by ARN, nested ones and children of Map Runs included."""
        return MappingProxyType(self._world.engine.executions)

    def advance(self, seconds: float | timedelta) -> None:
        """Let time pass: waits end, tasks and heartbeats that nobody answers time out."""
        if isinstance(seconds, timedelta):
            seconds = seconds.total_seconds()
        with self._world.driver.lock:
            self._world.driver.settle()
            self._world.driver.pass_time(int(seconds * 1000))
            self._world.driver.settle()

    def call(
        self,
        operation: str,
        request: Mapping[str, Any],
        *,
        account: str = "123456789012",
        region: str = "us-east-1",
    ) -> dict[str, Any]:
        """Do one operation. Raises ApiError with AWS's code and message."""
        act = OPERATIONS.get(operation)
        if act is None:
            raise ApiError("UnknownOperationException", f"The operation {operation} is not known")
        check_request(operation, request)
        with nullcontext() if operation in UNLOCKED else self._world.driver.lock:
            return act(Desk(self._world, account, region), dict(request))
