"""A project whose code changes between two commands, as a person's does."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ladle.cli.app import cli

Ladle = Callable[..., Result]

TASKS = """
    import os
    import pathlib

    import boto3

    from ladle import task

    s3 = boto3.client("s3")

    class Broken(Exception):
        pass

    def broken(what):
        return what in pathlib.Path("broken.txt").read_text().split()

    @task
    def load(day: str) -> list[int]:
        print("load")
        s3.put_object(Bucket="reports", Key=f"{day}.txt", Body=day)
        return [1, 2, 3]

    @task
    def double(number: int) -> int:
        print("double", number)
        if broken(f"double-{number}"):
            raise Broken(f"number {number}")
        return 2 * number

    @task
    def weather(day: str) -> str:
        print("weather")
        if broken("weather"):
            raise Broken("no weather")
        return "sun"

    @task
    def report(day: str, numbers: list[int], weather: str) -> int:
        print("report")
        if broken("report"):
            raise Broken("no report")
        assert s3.get_object(Bucket="reports", Key=f"{day}.txt")["Body"].read().decode() == day
        return sum(numbers)
"""
FLOW = """
    from functions.work import *
    from ladle import workflow

    @workflow
    def daily(day: str) -> int:
        numbers = load(day)
        doubled = [double(number) for number in numbers]
        sky = weather(day)
        return report(day, doubled, sky)
"""
LOCAL = """
    [buckets]
    reports = "reports"
"""


class Folder:
    """The project's folder. `ladle` runs a command on the code as it is now."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.write("functions/work.py", TASKS)
        self.write("statemachines/flows.py", FLOW)
        self.write("infra/local.toml", LOCAL)
        self.break_()

    def write(self, path: str, text: str) -> None:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(textwrap.dedent(text), encoding="utf-8")

    def change(self, path: str, old: str, new: str) -> None:
        text = (self.root / path).read_text(encoding="utf-8")
        assert old in text
        (self.root / path).write_text(text.replace(old, new), encoding="utf-8")

    def break_(self, *what: str) -> None:
        """What fails from now on; nothing without any."""
        (self.root / "broken.txt").write_text(" ".join(what))

    def ladle(self, *words: str) -> Result:
        forget()
        return CliRunner().invoke(cli, list(words))


def forget() -> None:
    for name in list(sys.modules):
        if name.partition(".")[0] in ("functions", "statemachines"):
            del sys.modules[name]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Folder]:
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    monkeypatch.chdir(tmp_path)
    yield Folder(tmp_path)
    forget()
