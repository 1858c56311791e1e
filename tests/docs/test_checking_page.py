"""The page about checking is true: what it shows of the sample is printed, and it names every option."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from ladle.cli.app import cli
from ladle.cli.commands.check import command

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "checking.md").read_text(encoding="utf-8")


def test_the_sample_has_the_errors_that_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """Line by line; where in its files may change."""
    monkeypatch.chdir(ROOT)
    (shown,) = re.findall(r"```\n\$ ladle (.*?)\n(.*?)```", PAGE, re.DOTALL)
    result = CliRunner().invoke(cli, shown[0].split())
    assert result.exit_code == 0, result.output
    assert places(result.stdout.partition("\n\n")[0]) == places(shown[1].rstrip("\n"))


def places(text: str) -> str:
    return re.sub(r":\d+:\d+ *", ":N ", text)


def test_every_option_is_told_of() -> None:
    """Here, or in the pages that it leads to."""
    options = {name for each in command.params for name in each.opts if name.startswith("--")}
    assert {each for each in options - {"--express"} if each not in PAGE} == set()
