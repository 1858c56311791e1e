"""What one does with the runs of this machine, without waiting for them: each run has a process of its own.

A process is the command that a person would give (`ladle run`, `redrive`, `resume`, `backfill`). It outlives
whoever started it, and its runs can be watched and stopped from anywhere, through the store.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from ladle.errors import LadleError
from ladle.local.door import check_input
from ladle.local.names import new_id, slug, slug_of
from ladle.local.store import Store
from ladle.operate.ends import Started
from ladle.operate.records import RunRecord
from ladle.operate.resume import Resumption, resumed_name
from ladle.operate.slots import Slot
from ladle.project import Project

__all__ = ["LocalActions", "stop_here"]

PATIENCE: Final = 60.0
"""Seconds in which a process must have begun its run: it loads the project and compiles the workflow."""

STOPPING: Final = 10.0
"""Seconds in which a process must have stopped its run; it looks every fifth of a second."""

EVERY: Final = 0.05


class LocalActions:
    """What one does with the runs of a project here; see `ladle.operate.ends.Actions`."""

    def __init__(self, root: Path, store: Store, project: Project | None = None) -> None:
        """`root` is the project's folder; the project is loaded when it is needed, unless it is given."""
        self._root = root
        self._store = store
        self._project = project

    def start(self, workflow: str, input: Mapping[str, Any], name: str = "") -> Started:
        """By `ladle run`. Raises LadleError for wrong input, and for a name that another input has."""
        declared = self._loaded().workflow(workflow)
        given = check_input(declared, dict(input))
        if name and slug(name) != name:
            raise LadleError(f"the name {name!r} cannot be a run's: letters, digits, - and _, at most 60")
        run = name or new_id(slug_of(workflow, {}), self._store.exists)
        if self._is_there(workflow, run, given):
            return Started(workflow, run, False)
        text = json.dumps(given, ensure_ascii=False)
        self._begin(["run", workflow, "--name", run, "--input", "-"], run, text)
        return Started(workflow, run, True)

    def start_slot(self, slot: Slot) -> Started:
        """By `ladle backfill` of this one time."""
        if self._store.exists(slot.run):
            return Started(slot.workflow, slot.run, False)
        self._begin(["backfill", slot.workflow, "--from", slot.written, "--to", slot.written], slot.run)
        return Started(slot.workflow, slot.run, True)

    def stop(self, run: str, reason: str) -> RunRecord:
        """See `stop_here`."""
        return stop_here(self._store, run, reason)

    def redrive(self, run: str) -> RunRecord:
        """By `ladle redrive`."""
        found = self._store.find(run)
        before = found.redrives
        self._spawn(
            ["redrive", found.id, "--yes"],
            found.id,
            lambda: self._store.find(found.id).redrives > before,
        )
        return self._store.find(found.id)

    def plan_resume(self, run: str, step: str | None = None) -> Resumption:
        """By `ladle resume --dry-run`: the present code is compiled in a process of its own."""
        found = self._store.find(run)
        words = ["resume", found.id, "--dry-run", "--json", *(["--from", step] if step else [])]
        done = subprocess.run(
            self._command(words), cwd=self._root, capture_output=True, text=True, env=_environment()
        )
        if done.returncode:
            raise LadleError(_said(done.stdout, done.stderr))
        plan = json.loads(done.stdout)
        return Resumption(
            run=plan["run"],
            workflow=plan["workflow"],
            step=plan["step"],
            after=plan["after"],
            restored=tuple(plan["restored"]),
            notes=tuple(plan["notes"]),
            definition={},
            input={},
        )

    def resume(self, run: str, step: str | None = None) -> tuple[Started, Resumption]:
        """By `ladle resume`."""
        plan = self.plan_resume(run, step)
        numbers = (resumed_name(plan.run, number) for number in range(1, 1000))
        name = next(name for name in numbers if not self._store.exists(name))
        self._begin(["resume", plan.run, "--yes", *(["--from", step] if step else [])], name)
        return Started(plan.workflow, name, True), plan

    # ------------------------------------------------------------------------------------------ processes

    def _loaded(self) -> Project:
        if self._project is None:
            self._project = Project.load(self._root)
        return self._project

    def _is_there(self, workflow: str, run: str, given: Mapping[str, Any]) -> bool:
        """Whether there is that run already; raises LadleError when it is another one of that name."""
        if not self._store.exists(run):
            return False
        found = self._store.find(run)
        if (found.workflow, found.input) == (workflow, given):
            return True
        raise LadleError(f"there is a run {run} already, with another input: choose another name")

    def _begin(self, words: Sequence[str], run: str, text: str = "") -> None:
        self._spawn(words, run, lambda: self._store.exists(run), text)

    def _spawn(self, words: Sequence[str], run: str, begun: Callable[[], bool], text: str = "") -> None:
        """Start a process that goes on by itself, and wait until it has begun its run.

        Raises LadleError with what it said when it ends before.
        """
        folder = self._root / ".ladle" / "started"
        folder.mkdir(parents=True, exist_ok=True)
        log = folder / f"{run}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                self._command(words),
                cwd=self._root,
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                env=_environment(),
            )
        assert process.stdin is not None
        with process.stdin as pipe:
            pipe.write(text.encode())
        until = time.monotonic() + PATIENCE
        while not begun():
            if process.poll() is not None and not begun():
                raise LadleError(_said(log.read_text(encoding="utf-8", errors="replace"), ""))
            if time.monotonic() > until:
                raise LadleError(f"{run} has not begun within {PATIENCE:g} s; what it said is in {log}")
            time.sleep(EVERY)

    def _command(self, words: Sequence[str]) -> list[str]:
        return [sys.executable, "-m", "ladle", *words]


def stop_here(store: Store, run: str, reason: str) -> RunRecord:
    """Stop a run of this machine that is going on, whichever process drives it; gives it as it is then.

    Raises LadleError for one that has ended, and when its process does not listen.
    """
    found = store.find(run)
    if found.status != "RUNNING":
        raise LadleError(f"{found.id} {found.status.lower().replace('_', ' ')} already: nothing to stop")
    if found.parent is not None:
        raise LadleError(f"{found.id} was started by {found.root}: stop that one")
    store.ask_to_stop(found.id, reason)
    until = time.monotonic() + STOPPING
    while (now := store.find(found.id)).status == "RUNNING":
        if time.monotonic() > until:
            raise LadleError(
                f"{found.id} was asked to stop, and its process has not done so within {STOPPING:g} s: it"
                " stops when it can"
            )
        time.sleep(EVERY)
    return now


def _environment() -> dict[str, str]:
    """The environment of the process: what is hidden from tasks here is hidden by itself there."""
    return {**os.environ, "PYTHONUNBUFFERED": "1", "NO_COLOR": "1"}


def _said(output: str, errors: str) -> str:
    """The message of a command that failed: of its JSON, or its last lines."""
    try:
        return str(json.loads(output)["error"]["message"])
    except (ValueError, KeyError, TypeError):
        lines = (errors or output).strip().splitlines()
        return "\n".join(lines[-20:]) or "the process ended before its run began, and said nothing"
