"""The page about the page is true: its app serves it, its stage file is read, its addresses are there."""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path
from types import ModuleType

import pytest

from ladle.cli.commands.ui import command
from ladle.deploy.stage import read_stage
from ladle.web.answer import PAGES, matched

PAGE = (Path(__file__).parents[2] / "docs" / "page.md").read_text()
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def block(kind: str) -> str:
    """The one block of that kind."""
    (found,) = [text for name, text in BLOCKS if name == kind]
    return found


def test_the_app_shown_serves_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the variable that the deployment sets it has all routes, without it none."""
    monkeypatch.delenv("AWS_CHALICE_CLI_MODE", raising=False)
    for asked in (False, True):
        if asked:
            monkeypatch.setenv("LADLE_PAGE", "1")
        module = ModuleType("shown")
        monkeypatch.setitem(sys.modules, "shown", module)
        exec(block("python"), module.__dict__)
        assert ("/api/overview" in module.app.routes) is asked


def test_the_stage_file_shown_is_read(tmp_path: Path) -> None:
    file = tmp_path / "prod.toml"
    file.write_text(block("toml"))
    stage = read_stage("prod", file, "infra/prod.toml")
    assert stage.page
    assert list(stage.page_actions) == tomllib.loads(block("toml"))["page"]["actions"]


def test_the_addresses_listed_are_those_there_are() -> None:
    listed = re.findall(r"^\| `(/[^`]*)` \|", PAGE.partition("## Keys")[0], re.MULTILINE)
    assert len(listed) == len(PAGES)
    for address in listed:
        path = tuple(address.partition("?")[0].split("/")[1:])
        assert any(matched(pattern, path) is not None for pattern in PAGES), address


def test_every_option_is_listed() -> None:
    options = {option for parameter in command.params for option in parameter.opts}
    for option in options:
        assert f"`{option}" in PAGE, option


def test_the_figures_are_within_the_promise() -> None:
    rows = re.findall(r"\| (\d+) ms \| (\d+) ms \| ([\d.]+) KB \|", PAGE)
    assert len(rows) == 8
    assert all(int(first) < 200 and float(size) < 50 for first, _, size in rows)
