"""Workflows written in a test: the source goes to a file, is imported, and its workflow is read."""

from __future__ import annotations

import importlib.util
import itertools
import sys
import textwrap
from pathlib import Path
from types import ModuleType

from ladle.compiler.language import Reading, examine, verify
from ladle.compiler.language.printing import print_program
from ladle.declare import Workflow
from ladle.errors import Diagnostic

_NUMBERS = itertools.count()

TASKS = """\
from __future__ import annotations
import itertools
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime, timedelta, timezone
from enum import Enum
from typing import Any, Literal, NotRequired, TypedDict

from ladle import *


class BadFile(Exception):
    pass


class WorseFile(BadFile):
    pass


class Color(Enum):
    RED = "red"
    BLUE = "blue"


@dataclass
class Day:
    date: date
    carriers: list[str]
    rows: int = 0
    note: str | None = None


@dataclass
class Delay:
    carrier: str
    minutes: float


@dataclass
class Node:
    name: str
    day: Day | None = None


class Options(TypedDict):
    level: Literal["low", "high"]
    limit: int
    extra: NotRequired[str]


@task
def load(key: str) -> Day: ...
@task
def delays(day: Day, carrier: str) -> Delay: ...
@task
def weather(when: date) -> list[str]: ...
@task
def count(key: str, limit: int = 10, *, exact: bool = False) -> int: ...
@task
def size(key: str) -> int: ...
@task
def ratio(key: str) -> float: ...
@task
def ready(key: str) -> bool: ...
@task
def find(key: str) -> Day | None: ...
@task
def name(key: str) -> str: ...
@task
def names(key: str) -> list[str]: ...
@task
def table(key: str) -> dict[str, int]: ...
@task
def pair(key: str) -> tuple[str, int]: ...
@task
def options(key: str) -> Options: ...
@task
def anything(key: str) -> Any: ...
@task
def color(key: str) -> Color: ...
@task
def note(text: str) -> None: ...
@task(step=True)
def effect(text: str) -> int: ...
@task
def ask(token: TaskToken[bool], question: str) -> None: ...
@workflow
def child(key: str) -> Delay:
    return delays(load(key), "AA")


"""
"""What every test may use: some types, tasks of each result, a nested workflow."""

LINES = TASKS.count("\n")


def module_of(source: str, folder: Path, prelude: str = TASKS) -> ModuleType:
    """Imports the source as a module of its own."""
    name = f"written_{next(_NUMBERS)}"
    path = folder / f"{name}.py"
    path.write_text(prelude + textwrap.dedent(source), encoding="utf-8")
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


class Language:
    """Reads workflows written in tests."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def examine(self, source: str, prelude: str = TASKS) -> Reading:
        module = module_of(source, self.folder, prelude)
        found = [value for value in vars(module).values() if isinstance(value, Workflow)]
        return examine(found[-1], root=self.folder)

    def body(self, source: str) -> Reading:
        """A workflow `flow(key: str, n: int) -> None` with these statements."""
        text = textwrap.indent(textwrap.dedent(source).strip("\n"), "    ")
        return self.examine(f"@workflow\ndef flow(key: str, n: int) -> None:\n{text}\n")

    def form(self, source: str) -> str:
        """The printed form of a body, which must be without problems and lawful."""
        return self.printed(self.body(source))

    def printed(self, reading: Reading) -> str:
        """The printed statements of a program that must be without problems and lawful."""
        errors = [f"{each} ({each.hint})" for each in reading.diagnostics if each.severity == "error"]
        assert reading.program is not None, "\n".join(errors)
        assert verify(reading.program) == ()
        lines = print_program(reading.program).split("\n")[1:]
        return textwrap.dedent("\n".join(lines)).strip("\n")

    def problems(self, source: str) -> list[str]:
        """Code and message of each problem of a body, by place."""
        return [f"{each.code} {each.message}" for each in self.body(source).diagnostics]

    def codes(self, source: str) -> list[str]:
        return [each.code for each in self.body(source).diagnostics]

    def problem(self, source: str) -> Diagnostic:
        """The only problem of a body."""
        (found,) = self.body(source).diagnostics
        return found
