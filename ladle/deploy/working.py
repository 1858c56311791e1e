"""What a worker of an activity needs of a stage: where it asks for work, what it finds and may do there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from ladle.declare import Activity
from ladle.deploy import needs
from ladle.deploy.assemble import assemble
from ladle.deploy.policies import Statement, worker_statements
from ladle.deploy.stage import Stage
from ladle.errors import LadleError
from ladle.project import Project

__all__ = ["Work", "work_of"]


@dataclass(frozen=True, slots=True)
class Work:
    """An activity on a stage.

    `arn` has placeholders for account and Region; `errors` are the full names of the exception classes that
    the machines handle; `environment` is what the function finds there, `statements` what it may do.
    """

    activity: Activity[..., Any]
    arn: str
    errors: tuple[str, ...]
    environment: Mapping[str, str]
    statements: tuple[Statement, ...]


def work_of(project: Project, stage: Stage, app: str, name: str) -> Work:
    """The work of the activity of that name.

    Raises LadleError when the project has none, and whatever is wrong with the project or the stage.
    """
    activity = project.activities.get(name)
    if activity is None:
        near = get_close_matches(name, project.activities, n=1)
        known = f"did you mean {near[0]!r}?" if near else f"it has {', '.join(project.activities) or 'none'}"
        raise LadleError(f"the project has no activity {name!r}: {known}")
    assembly = assemble(project, stage, app)
    (resource,) = [each for each in assembly.resources if each.key == f"activity.{name}"]
    own, variables = needs.of(activity, stage, None)
    return Work(
        activity,
        resource.arn,
        assembly.errors,
        {**stage.environment, **variables, "LADLE_APP": app, "LADLE_STAGE": stage.name},
        (*worker_statements(resource.arn, stage.kms_key or ""), *own),
    )
