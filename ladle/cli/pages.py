"""The stages that the page of this project can show."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ladle.cli.accounts import actions_of, app_name
from ladle.cli.projects import load, store_of
from ladle.errors import LadleError
from ladle.project import Project, find_root
from ladle.web.ends import End
from ladle.web.facts import facts_of, task_facts

__all__ = ["LOCAL", "stages_of"]

LOCAL = "local"
VERBS = ("start", "stop", "redrive", "resume", "backfill")


def stages_of(wanted: str | None) -> tuple[dict[str, Callable[[], End]], str]:
    """How to open each stage, the runs made here first, and the one to begin with.

    Raises LadleError for a stage that the project does not have.
    """
    root = find_root(None)
    stages: dict[str, Callable[[], End]] = {LOCAL: lambda: _local(root)}
    for name in sorted(path.stem for path in (root / "infra").glob("*.toml")):
        if name != LOCAL:
            stages[name] = lambda name=name: _deployed(root, name)  # type: ignore[misc]
    if wanted is not None and wanted not in stages:
        raise LadleError(f"there is no stage {wanted!r}: infra/ has {', '.join(stages)}")
    return stages, wanted or LOCAL


def _local(root: Path) -> End:
    from ladle.local.acting import LocalActions

    project = load(root)
    try:
        app = app_name(root)
    except LadleError:
        app = root.name
    store = store_of(root)
    return End(
        LOCAL,
        app,
        store,
        facts_of(project.workflows.values(), root),
        task_facts((*project.tasks.values(), *project.activities.values()), root),
        actions=LocalActions(root, store),
        check=_checked(project),
        verbs=VERBS,
    )


def _deployed(root: Path, stage: str) -> End:
    runs, actions = actions_of(stage, root)
    project = load(root)
    return End(
        stage,
        app_name(root),
        runs,
        facts_of(project.workflows.values(), root),
        task_facts((*project.tasks.values(), *project.activities.values()), root),
        option=f" --stage {stage}",
        actions=actions,
        check=_checked(project),
        verbs=VERBS,
    )


def _checked(project: Project) -> Callable[[str, Mapping[str, Any]], object]:
    """What raises for input that a workflow of the project does not take."""
    from ladle.local.door import check_input

    return lambda workflow, given: check_input(project.workflow(workflow), dict(given))
