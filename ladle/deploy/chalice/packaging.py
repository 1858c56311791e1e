"""Our files in the package that Chalice builds, and everything in its hash."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ladle.deploy.assemble import Assembly
from ladle.deploy.package import contents, written

__all__ = ["Packages"]

NEVER = ("ladle", "bin", "chalice")
"""What pip may have installed that no package needs: Ladle's own files are chosen one by one."""


class Packages:
    """What goes into the package of each project folder that is being deployed."""

    def __init__(self) -> None:
        self._files: dict[Path, tuple[dict[str, Path], bool]] = {}

    def prepare(self, assembly: Assembly, app: Any) -> None:
        """Work out a stage's files, before Chalice packs them."""
        root = assembly.project.root
        # Functions of Chalice's own need app.py and Chalice's part of the runtime; ours do not.
        chalice = bool(app.routes or app.websocket_handlers or app.event_sources or app.pure_lambda_functions)
        files = written(
            contents(assembly, with_app=chalice), root / ".ladle" / "package" / assembly.stage.name
        )
        self._files[root] = (files, chalice)

    def names(self, packager: Any, project_dir: str, original: Any) -> Iterator[tuple[str, str]]:
        """The files that Chalice packs and hashes, each with its path in the package."""
        known = self._files.get(Path(project_dir).resolve())
        if known is None:
            yield from original(packager, project_dir)
            return
        files, chalice = known
        if chalice:
            yield from original(packager, project_dir)
        else:
            yield from packager._iter_chalice_lib_if_needed(project_dir)
        for path, file in files.items():
            yield str(file), path

    def prune(self, deps_dir: str) -> None:
        """Leave out what pip installed and no task needs."""
        if not self._files:
            return
        for name in NEVER:
            shutil.rmtree(Path(deps_dir) / name, ignore_errors=True)
