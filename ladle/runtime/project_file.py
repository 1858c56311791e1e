"""`ladle_project.json`: what the package knows of the project's workflows, which are not in it themselves.

The deployment writes it at the root of the Lambda package; starter, alerts, sweep and deadlines read it.
"""

from __future__ import annotations

import functools
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ladle.errors import LadleError
from ladle.runtime.aws import Place
from ladle.runtime.resumed import resumed_by

__all__ = ["FILE_NAME", "ProjectFile", "WorkflowFacts", "project_file"]

FILE_NAME: Final = "ladle_project.json"


@dataclass(frozen=True, slots=True)
class WorkflowFacts:
    """A workflow as its deployment knows it.

    `machine` is the state machine, `topic` the topic that hears of failed runs (ARNs; `topic` may be empty).
    `schema` describes the input. `triggers` are objects with `kind` (`S3Upload` with the real `bucket`,
    `prefix`, `suffix`; `Cron`, `Rate`, `At` with `expression`, `timezone`, `input`). `deadline` is the local
    time of day, or empty; `timeout` in seconds, None for no limit.
    """

    name: str
    machine: str
    schema: Mapping[str, Any]
    triggers: tuple[Mapping[str, Any], ...] = ()
    topic: str = ""
    deadline: str = ""
    timeout: int | None = None

    def execution(self, run: str) -> str:
        """The ARN of a run of this workflow."""
        return f"{self.machine.replace(':stateMachine:', ':execution:', 1)}:{run}"

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of its parameters."""
        return tuple(self.schema.get("properties", {}))


@dataclass(frozen=True, slots=True)
class ProjectFile:
    """The workflows of one stage of a project."""

    app: str
    stage: str
    workflows: Mapping[str, WorkflowFacts]

    @classmethod
    def of(cls, document: Mapping[str, Any], place: Place) -> ProjectFile:
        """The file's content, with names made ARNs; raises LadleError for another form."""
        try:
            found = {
                name: WorkflowFacts(
                    name,
                    place.arn(facts["machine"], "states", "stateMachine:"),
                    facts["schema"],
                    tuple(facts.get("triggers", ())),
                    place.arn(facts["topic"], "sns") if facts.get("topic") else "",
                    facts.get("deadline") or "",
                    facts.get("timeout"),
                )
                for name, facts in document["workflows"].items()
            }
            stage = document.get("stage") or os.environ.get("LADLE_STAGE", "")
            return cls(document["app"], stage, found)
        except (KeyError, TypeError, AttributeError) as error:
            raise LadleError(f"{FILE_NAME} has another form ({error!r}): deploy again") from None

    def workflow(self, name: Any) -> WorkflowFacts:
        """The workflow of that name; raises LadleError when the stage has none."""
        found = self.workflows.get(name) if isinstance(name, str) else None
        if found is None:
            known = ", ".join(sorted(self.workflows)) or "none"
            raise LadleError(f"there is no workflow {name!r} in {self.app} {self.stage}: it has {known}")
        return found

    def of_machine(self, arn: str) -> WorkflowFacts | None:
        """The workflow of a state machine, which may be named with a version or an alias.

        The machine that resumes a workflow's runs is the workflow's, too.
        """
        for each in self.workflows.values():
            if f"{arn}:".startswith(f"{each.machine}:") or resumed_by(arn, each.machine):
                return each
        return None


@functools.cache
def _document(path: Path) -> Mapping[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise LadleError(f"{FILE_NAME} cannot be read from the package: {error}") from None
    if not isinstance(found, dict):
        raise LadleError(f"{FILE_NAME} has another form: deploy again")
    return found


def project_file(context: Any) -> ProjectFile:
    """The file of the package that this code runs in, for the account of Lambda's context object."""
    folder = Path(os.environ.get("LAMBDA_TASK_ROOT", "."))
    return ProjectFile.of(_document(folder / FILE_NAME), Place.of(context))
