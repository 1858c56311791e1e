"""The recording of a run, whose calls have the names that the project gives them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ladle.operate.ends import Runs
    from ladle.operate.recording import Recording
    from ladle.operate.records import RunRecord

__all__ = ["names_on", "read", "recorded"]


def recorded(target: str, stage: str | None) -> tuple[RunRecord, Recording]:
    """A run and its recording, whose calls have the project's own names."""
    from ladle.cli.accounts import runs_of

    names = names_on(stage)
    with runs_of(stage) as store:
        run = store.find(target)
        return run, read(store, run, names)


def read(store: Runs, run: RunRecord, names: Mapping[str, str]) -> Recording:
    from ladle.operate.recording import record, with_names

    recording = record(store.definition(run.id), store.events(run.id))
    with_names(recording, names)
    return recording


def names_on(stage: str | None) -> Mapping[str, str]:
    """What the project calls the functions, activities and machines of a stage.

    Of runs made here nothing: they have the project's own names, and a replay imports the project's tasks
    later, in the AWS in memory.
    """
    if stage is None:
        return {}
    from ladle.cli.accounts import app_name
    from ladle.cli.projects import load
    from ladle.deploy.names import name
    from ladle.project import find_root

    app, project = app_name(find_root()), load()
    kinds = (
        ("function", project.tasks),
        ("activity", project.activities),
        ("machine", project.workflows),
    )
    return {name(app, stage, kind, each): each for kind, declared in kinds for each in declared}
