"""docs/operating.md: every command on the page is one, and what it shows is what comes out."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from ladle.cli.app import cli

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
COMMANDS = [
    line
    for block in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
    for line in block.splitlines()
    if line.startswith("ladle ")
]
SESSIONS = re.findall(r"```\n\$ (ladle .*?)\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize("line", COMMANDS)
def test_a_command_of_the_page_is_one(line: str) -> None:
    """With these arguments and options."""
    words = shlex.split(line)[1:]
    command = cli.get_command(click.Context(cli), words[0])  # type: ignore[attr-defined]
    assert command is not None, line
    command.make_context(words[0], words[1:])


@pytest.mark.parametrize(("line", "shown"), SESSIONS)
def test_what_is_shown_comes_out(line: str, shown: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Line by line."""
    monkeypatch.chdir(ROOT)
    assert CliRunner().invoke(cli, shlex.split(line)[1:]).stdout == shown


def test_there_is_something_to_hold_the_page_to() -> None:
    """The page has commands, and a session."""
    assert len(COMMANDS) > 10
    assert SESSIONS
