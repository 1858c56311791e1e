"""Loading the project for a command. What modules print on import stays out of the command's own output."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path

from ladle.local.store import Store
from ladle.project import Project, find_root

__all__ = ["load", "runs_counted", "store_of"]


def load(root: Path | None = None) -> Project:
    """Load the project of the current folder. What its modules print on import goes to stderr."""
    with contextlib.redirect_stdout(sys.stderr):
        return Project.load(root)


def store_of(root: Path | None = None) -> Store:
    """The store of runs of the current project."""
    return Store(find_root(root) / ".ladle")


def runs_counted(root: Path) -> dict[str, dict[str, int]]:
    """How many runs each workflow has in each status; nothing is made where there was no run yet."""
    if not (root / ".ladle" / "runs.db").exists():
        return {}
    with Store(root / ".ladle") as store:
        return store.counts()
