"""The workflows that are compared, in each of their versions, run with the same results of tasks."""

from __future__ import annotations

import importlib
import importlib.util
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from benchmarks.engine.peers import PEERS_BY_NAME
from benchmarks.transitions.running import Ran, run
from ladle import compiler
from ladle.compiler import Compiled
from ladle.declare import Workflow

__all__ = ["SFNX", "VERSIONS", "Subject", "cells", "subjects", "table"]

HERE = Path(__file__).parent / "workflows"
VERSIONS = ("ladle", "by hand", "sfnx")
SFNX = PEERS_BY_NAME["sfnx"]


@dataclass(frozen=True)
class Subject:
    """One workflow: a folder with its runs and its versions."""

    name: str
    folder: Path

    @property
    def about(self) -> dict[str, Any]:
        """`runs.json`: where the workflow comes from, and its runs, each with its input and replies."""
        found: dict[str, Any] = json.loads((self.folder / "runs.json").read_text(encoding="utf-8"))
        return found

    def definitions(self, version: str) -> dict[str, Any] | None:
        """The state machines of a version by name, the workflow's own among them; None where it has none."""
        if version == "ladle":
            return {name: compiled.definition for name, compiled in self.compiled().items()}
        if version == "by hand":
            files = sorted(self.folder.glob("by_hand/*.asl.json"))
            return {
                file.name.removesuffix(".asl.json"): json.loads(file.read_text()) for file in files
            } or None
        source = self.folder / "sfnx.py.txt"
        return {self.name: by_sfnx(source)} if source.exists() and SFNX.installed else None

    def compiled(self) -> dict[str, Compiled]:
        """Ladle's version, and the workflows that it starts."""
        return _compiled(self)

    def ran(self, version: str, run_name: str) -> Ran | None:
        """One of the runs, of one of the versions."""
        definitions = self.definitions(version)
        if definitions is None:
            return None
        one = self.about["runs"][run_name]
        return run(definitions, self.name, one["input"], one["replies"], one.get("objects", {}))


def subjects() -> Iterator[Subject]:
    """All of them, by name."""
    for file in sorted(HERE.glob("*/runs.json")):
        yield Subject(file.parent.name, file.parent)


def cells(subject: Subject, run_name: str) -> list[str]:
    """The cells of a run, one for each version: transitions / events; empty where there is no such version.

    Raises AssertionError where a version ends otherwise than Ladle's, or makes other calls.
    """
    found = [subject.ran(version, run_name) for version in VERSIONS]
    mine = found[0]
    assert mine is not None
    for version, ran in zip(VERSIONS, found, strict=True):
        same = ran is None or (ran.end == mine.end and ran.calls == mine.calls)
        assert same, f"{subject.name}, {run_name}: {version} does something else: {ran} and {mine}"
    return ["" if ran is None else f"{ran.transitions} / {ran.events}" for ran in found]


def table() -> str:
    """All runs of all workflows, as a table in Markdown."""
    lines = [f"| workflow | run | {' | '.join(VERSIONS)} |", "|---|---|---|---|---|"]
    for subject in subjects():
        rows = [(run_name, " | ".join(cells(subject, run_name))) for run_name in subject.about["runs"]]
        lines += [f"| {subject.name} | {run_name} | {row} |" for run_name, row in rows]
    return "\n".join(lines)


@cache
def by_sfnx(source: Path) -> dict[str, Any]:
    """What the installed sfnx compiles a source to."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "source.py"
        copy.write_text(source.read_text(encoding="utf-8"), encoding="utf-8")
        command = [str(SFNX.home / "bin" / "python"), "-m", "sfnx", "compile", str(copy)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{source}: {done.stderr.strip()}")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@cache
def _compiled(subject: Subject) -> dict[str, Compiled]:
    module = _module(subject)
    first = next(
        value for value in vars(module).values() if isinstance(value, Workflow) and value.name == subject.name
    )
    found: dict[str, Compiled] = {}
    todo: list[Workflow[..., Any]] = [first]
    while todo:
        workflow = todo.pop()
        if workflow.name not in found:
            found[workflow.name] = compiler.compile_workflow(workflow)
            todo.extend(found[workflow.name].workflows)
    return found


def _module(subject: Subject) -> ModuleType:
    """The module of the workflow: the folder's own, or that of the sample project."""
    path = subject.folder / "workflow.py"
    if not path.exists():
        return importlib.import_module(f"statemachines.{subject.name}")
    name = f"benchmarks_transitions_{subject.name}"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module
