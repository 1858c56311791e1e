"""The stages that the page of this project can show."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ladle.cli.accounts import app_name, deployed_stage
from ladle.cli.projects import load, store_of
from ladle.errors import LadleError
from ladle.project import find_root
from ladle.web.ends import End
from ladle.web.facts import facts_of, task_facts

__all__ = ["LOCAL", "stages_of"]

LOCAL = "local"


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
    project = load(root)
    try:
        app = app_name(root)
    except LadleError:
        app = root.name
    return End(
        LOCAL,
        app,
        store_of(root),
        facts_of(project.workflows.values(), root),
        task_facts(project.tasks.values(), root),
    )


def _deployed(root: Path, stage: str) -> End:
    there = deployed_stage(stage, root)
    project = load(root)
    facts = facts_of(project.workflows.values(), root)
    tasks = task_facts(project.tasks.values(), root)
    return End(stage, app_name(root), there.runs, facts, tasks, f" --stage {stage}")
