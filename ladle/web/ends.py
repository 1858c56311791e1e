"""What the page is shown of: the runs of one stage, the workflows they are of, and what may be done."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ladle.operate.ends import Actions, Runs

__all__ = ["End", "TaskFacts", "WorkflowFacts"]


@dataclass(frozen=True, slots=True)
class TaskFacts:
    """Where a task stands, and how much memory (MB) its function has."""

    name: str
    file: str
    line: int
    memory: int | None = None


@dataclass(frozen=True, slots=True)
class WorkflowFacts:
    """What is known of a workflow besides its runs.

    `triggers` are as declared, `told` says them for reading. `parameters` have name, type, required and
    default. `source` is a path and line.
    """

    name: str
    doc: str = ""
    triggers: tuple[Any, ...] = ()
    told: tuple[str, ...] = ()
    source: str | None = None
    parameters: tuple[Mapping[str, Any], ...] = ()


@dataclass(slots=True)
class End:
    """One stage.

    `option` is what a command line needs to name it (empty for this machine). `verbs` are what the page may
    do, by `actions` (see `ladle.operate.ends.Actions`); `check` raises for input that a workflow does not
    take.
    """

    name: str
    app: str
    runs: Runs
    workflows: Mapping[str, WorkflowFacts]
    tasks: Mapping[str, TaskFacts] = field(default_factory=dict)
    option: str = ""
    actions: Actions | None = None
    check: Callable[[str, Mapping[str, Any]], Any] | None = None
    verbs: tuple[str, ...] = ()
    cache: dict[str, Any] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)

    @property
    def is_local(self) -> bool:
        """Whether its runs were made on this machine."""
        return not self.option

    def task_of(self, function: str) -> TaskFacts | None:
        """The task whose function that is: on AWS its name is made of app, stage and task."""
        if function in self.tasks:
            return self.tasks[function]
        fits = [name for name in self.tasks if function.endswith(f"-{name}")]
        return self.tasks[max(fits, key=len)] if fits else None
