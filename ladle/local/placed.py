"""The names in a definition as what they are in local runs: functions, machines, activities, buckets."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from typing import Final
from uuid import UUID

from ladle.asl.placeholders import STAGE_TABLES, stage_name
from ladle.errors import LadleError
from ladle.local.memory import REGION
from ladle.project import Project, Stage

__all__ = [
    "ACCOUNT",
    "activity_arn",
    "connection_arn",
    "function_arn",
    "local_names",
    "machine_arn",
    "substitute",
]

ACCOUNT: Final = "123456789012"
"""moto's account, so that ARNs agree."""


def function_arn(name: str) -> str:
    """The ARN that a task's function has in local runs."""
    return f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}"


def machine_arn(name: str) -> str:
    """The ARN that a workflow's machine has in local runs."""
    return f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:{name}"


def activity_arn(name: str) -> str:
    """The ARN that an activity has in local runs."""
    return f"arn:aws:states:{REGION}:{ACCOUNT}:activity:{name}"


def connection_arn(name: str) -> str:
    """The ARN of a connection that the stage's file does not list: no local call asks for its credentials."""
    return f"arn:aws:events:{REGION}:{ACCOUNT}:connection/{name}/{UUID(int=0)}"


def local_names(project: Project, stage: Stage, machines: Iterable[str] = ()) -> Callable[[str], str | None]:
    """What each `${name}` of a definition is in local runs; None for a name that there is not.

    `machines` are those besides the workflows': of split loops.
    """
    names = {task: function_arn(task) for task in project.tasks}
    names |= {activity: activity_arn(activity) for activity in project.activities}
    names |= {machine: machine_arn(machine) for machine in (*project.workflows, *machines)}

    def found(name: str) -> str | None:
        listed = stage_name(name)
        if listed is None:
            return names.get(name)
        table, logical = listed
        return (
            stage.bucket(logical)
            if table == "buckets"
            else stage.connections.get(logical, connection_arn(logical))
        )

    return found


def substitute(text: str, names: Callable[[str], str | None]) -> str:
    """Replace each `${name}` of a definition, CloudFormation's DefinitionSubstitutions.

    Raises `LadleError` for a name that is not there.
    """

    def value(match: re.Match[str]) -> str:
        found = names(match[1])
        if found is None:
            raise LadleError(f"the definition names ${{{match[1]}}}, which the project does not have")
        return json.dumps(found)[1:-1]

    return re.sub(rf"\$\{{([A-Za-z0-9_-]+|(?:{'|'.join(STAGE_TABLES)})\.[^{{}}]+)\}}", value, text)
