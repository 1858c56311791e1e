"""Reaching a deployed stage for a command."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ladle.errors import LadleError
from ladle.operate.account import AccountRuns
from ladle.operate.actions import AccountActions
from ladle.operate.ends import Runs
from ladle.operate.resume import Checks

__all__ = ["DeployedStage", "actions_of", "deployed_stage", "runs_of"]


@dataclass(frozen=True, slots=True)
class DeployedStage:
    """A stage on AWS: its runs, its machines by workflow, the starter, and the clients to reach them."""

    name: str
    runs: AccountRuns
    machines: dict[str, str]
    starter: str
    client: Any


def deployed_stage(stage: str, root: Path | None = None) -> DeployedStage:
    """The stage of the current project in the account of the current credentials.

    The names are those that a deploy gives. Raises LadleError for a stage that the project does not have, or
    without credentials.
    """
    from ladle.cli.projects import load
    from ladle.deploy.account import here
    from ladle.deploy.names import name
    from ladle.project import find_root

    folder = find_root(root)
    if not (folder / "infra" / f"{stage}.toml").is_file():
        have = ", ".join(sorted(path.stem for path in (folder / "infra").glob("*.toml")))
        raise LadleError(f"there is no stage {stage!r}: infra/ has {have or 'none'}")
    app = app_name(folder)
    aws = here()
    machines = {
        workflow: aws.text(
            "arn:${AWS::Partition}:states:${AWS::Region}:${AWS::AccountId}:stateMachine:"
            + name(app, stage, "machine", workflow)
        )
        for workflow in load(folder).workflows
    }
    starter = name(app, stage, "function", "ladle-starter")
    return DeployedStage(stage, AccountRuns(aws.client, machines), machines, starter, aws.client)


def app_name(root: Path) -> str:
    """The application's name, as `.chalice/config.json` has it; raises LadleError without one."""
    path = root / ".chalice" / "config.json"
    try:
        found = json.loads(path.read_text(encoding="utf-8"))["app_name"]
    except (OSError, ValueError, KeyError) as error:
        raise LadleError(
            f".chalice/config.json must name the application as `app_name` ({error!r})"
        ) from None
    return str(found)


def actions_of(stage: str, root: Path | None = None) -> tuple[AccountRuns, AccountActions]:
    """The runs of a stage, and what one does with them."""
    from ladle.cli.projects import load
    from ladle.compiler import compile_workflow
    from ladle.local.going_on import checks_of

    there = deployed_stage(stage, root)

    def checks(workflow: str) -> Checks:
        return checks_of(compile_workflow(load(root).workflow(workflow)))

    return there.runs, AccountActions(there.client, there.runs, there.machines, there.starter, checks)


@contextmanager
def runs_of(stage: str | None) -> Iterator[Runs]:
    """The runs kept here, or those of a deployed stage."""
    from ladle.cli.projects import store_of

    if stage is not None:
        yield deployed_stage(stage).runs
        return
    with store_of() as store:
        yield store
