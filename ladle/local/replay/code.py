"""The machines of a project's code: as it stands in the folder, or as it was at a revision of Git."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

from ladle.compiler import compile_workflow, with_loops
from ladle.errors import DiagnosticError, LadleError
from ladle.local.placed import local_names, substitute
from ladle.project import Project

__all__ = ["definitions_at", "definitions_of"]

Definitions = Mapping[str, dict[str, Any]]


def definitions_of(project: Project) -> Definitions:
    """The machine of each workflow and split loop, as it runs locally.

    Raises DiagnosticError with every problem.
    """
    texts: dict[str, str] = {}
    problems = list(project.diagnostics)
    for workflow in project.workflows.values():
        try:
            compiled = compile_workflow(workflow, root=project.root, known=project.known)
            texts |= {each.name: one.text for each, one in with_loops(workflow, compiled)}
        except DiagnosticError as error:
            problems += error.diagnostics
    if problems:
        raise DiagnosticError(dict.fromkeys(problems))
    names = local_names(project, project.stage(), texts)
    return {name: json.loads(substitute(text, names)) for name, text in texts.items()}


def definitions_at(root: Path, revision: str) -> Definitions:
    """The same of the code at a revision. It is compiled in a process of its own, from a copy.

    Raises LadleError where Git does not know the revision, or the code there does not compile.
    """
    if revision.startswith("-"):
        raise LadleError(f"{revision!r} is no revision of Git: name a branch, a tag, a commit, or HEAD")
    try:
        archive = subprocess.run(
            ["git", "archive", "--format=tar", revision], cwd=root, capture_output=True, check=False
        )
    except FileNotFoundError:
        raise LadleError("--against a revision needs Git on the path; --against . takes the folder") from None
    if archive.returncode:
        raise LadleError(
            f"Git has no code at {revision!r}: {archive.stderr.decode(errors='replace').strip()}"
        )
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(fileobj=BytesIO(archive.stdout)) as files:
            files.extractall(folder, filter="data")
        done = subprocess.run(
            [sys.executable, "-m", "ladle.local.replay.code", folder],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
            # The compiler is this one, also where the project's folder has a `ladle` of its own.
            env={**os.environ, "PYTHONSAFEPATH": "1"},
        )
    if done.returncode:
        raise LadleError(f"the code at {revision} does not compile:\n{done.stderr.strip()}")
    found: Definitions = json.loads(done.stdout)
    return found


def _main(folder: str) -> None:
    out, sys.stdout = sys.stdout, sys.stderr  # what modules print on import is no part of the answer
    try:
        found = definitions_of(Project.load(Path(folder)))
    except DiagnosticError as error:
        sys.exit("\n".join(f"{each.span}: {each.code} {each.message}" for each in error.diagnostics))
    except LadleError as error:
        sys.exit(str(error))
    json.dump(found, out)


if __name__ == "__main__":
    _main(sys.argv[1])
